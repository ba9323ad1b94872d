"""What is done in attempts at exercises, and what came of them. Rows are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from course.db.base import Base, Code, PrimaryKey


class PracticeStep(Base):
    """One step of an attempt's log. ``save_key`` makes a second click the same step; the numbers have no gap."""

    __tablename__ = "practice_step"
    __table_args__ = (
        UniqueConstraint("practice_id", "save_key"),
        CheckConstraint("no > 0", name="no_counts_from_one"),
    )

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    save_key: Mapped[str] = mapped_column(String(36))
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class Attempt(Base):
    """A finished attempt: its points, pinned by digest to what the activity asked."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("practice_id"),
        CheckConstraint("points >= 0 AND points <= points_of", name="points_bounded"),
        Index(None, "membership_id", "activity_id", "at"),
    )

    id: Mapped[PrimaryKey]
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"))
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"))
    activity_id: Mapped[Code]
    exercise_id: Mapped[Code]
    asked_digest: Mapped[str] = mapped_column(String(64))
    points: Mapped[int]
    points_of: Mapped[int]
    at: Mapped[datetime]


class Recall(Base):
    """An item that was missed in an attempt, or answered by itself in "Tre om dagen". It never counts for anything."""

    __tablename__ = "recall"
    __table_args__ = (
        UniqueConstraint("membership_id", "activity_id", "exercise_id", "item_id", "save_key", name="uq_recall_once"),
    )

    id: Mapped[PrimaryKey]
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"))
    activity_id: Mapped[Code]
    exercise_id: Mapped[Code]
    item_id: Mapped[Code]
    was_right: Mapped[bool]
    by_itself: Mapped[bool]
    save_key: Mapped[str] = mapped_column(String(36))
    at: Mapped[datetime]
