"""The table of certificates. A certificate outlives the coursework, and the erasure of its holder."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from course.db.base import Base, Json, PrimaryKey


class Certificate(Base):
    """What was printed, sealed with a key that only the certificate's number opens.

    The check page needs the number and nothing else. While its holder is known here, ``number`` and ``printed`` stand
    open, so that the certificate can be printed again; when the holder is erased they become NULL, and ``sealed``
    remains, which nobody can read without the paper.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint("(number IS NULL) = (printed IS NULL)", name="open_or_sealed"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason IS NULL)", name="revoked_has_reason"),
    )

    id: Mapped[PrimaryKey]
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id", ondelete="SET NULL"), index=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id", ondelete="SET NULL"), index=True)
    number_hash: Mapped[str] = mapped_column(String(64), unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    number: Mapped[str | None] = mapped_column(String(40))
    printed: Mapped[dict[str, Any] | None] = mapped_column(Json)
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_reason: Mapped[str | None] = mapped_column(Text)
