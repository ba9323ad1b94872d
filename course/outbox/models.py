"""The outbox. A message holds ids, never a text somebody wrote; its words are made when it is needed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from course.db.base import Base, Code, PrimaryKey, Short


class MailText(Base):
    """The words an organiser has put instead of ours in one kind of mail of a run."""

    __tablename__ = "mail_text"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[Code] = mapped_column(primary_key=True)
    subject: Mapped[Short]
    body: Mapped[str] = mapped_column(Text)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime]


class Message(Base):
    """One mail to one address. ``dedupe_key`` makes sure that the same mail is queued once."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'sent', 'failed', 'dropped')", name="state_known"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
        Index("ix_message_due", "state", "due_at"),
        Index(None, "run_id", "id"),
    )

    id: Mapped[PrimaryKey]
    kind: Mapped[Code]
    to: Mapped[str] = mapped_column(String(254))
    params: Mapped[dict[str, Any]]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[Code] = mapped_column(default="queued")
    queued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    fault: Mapped[Short] = mapped_column(default="")
