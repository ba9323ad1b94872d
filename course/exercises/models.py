"""Attempts at exercises. Rows are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from course.db.base import Base, Code, PrimaryKey


class Attempt(Base):
    """One attempt, pinned by digest to what was asked. ``attempt_key`` makes a second click the same attempt."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("membership_id", "attempt_key"),
        CheckConstraint("points >= 0 AND points <= points_of", name="points_bounded"),
        Index(None, "membership_id", "activity_id", "at"),
    )

    id: Mapped[PrimaryKey]
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"))
    activity_id: Mapped[Code]
    asked_digest: Mapped[str] = mapped_column(String(64))
    attempt_key: Mapped[str] = mapped_column(String(36))
    answers: Mapped[dict[str, Any]]
    points: Mapped[int]
    points_of: Mapped[int]
    at: Mapped[datetime]
