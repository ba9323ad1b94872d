"""Who did what when: one row in the same transaction as the act, never the text."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from .base import Base, Code, Id, PrimaryKey


class AuditRow(Base):
    """An act. ``detail`` holds ids, counts and names of fields – never what somebody wrote."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "run_id", "at"), Index(None, "work_id", "at"))

    id: Mapped[PrimaryKey]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    verb: Mapped[Code]
    run_id: Mapped[int | None] = mapped_column(Id)
    work_id: Mapped[int | None] = mapped_column(Id)
    revision_no: Mapped[int | None]
    detail: Mapped[dict[str, Any] | None]


_NEW = insert(AuditRow)


def record(
    session: Session,
    *,
    actor_id: int | None,
    now: datetime,
    verb: str,
    run_id: int | None = None,
    work_id: int | None = None,
    revision_no: int | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write one audit row, at once: nobody changes it, so it need not be an object of the session first."""
    row = {
        "at": now, "actor_id": actor_id, "verb": verb, "run_id": run_id, "work_id": work_id,
        "revision_no": revision_no, "detail": detail,
    }  # fmt: skip
    session.connection().execute(_NEW, row)
