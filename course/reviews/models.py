"""Tables of the inbox: who has taken what, who must not judge, saved comments and flags."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from course.accounts.models import Person
from course.db.base import Base, Code, PrimaryKey


class Assignment(Base):
    """Who shall review a work. One at a time; sharing out and taking both end here."""

    __tablename__ = "assignment"

    work_id: Mapped[int] = mapped_column(ForeignKey("work.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    assigned_at: Mapped[datetime]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class Lease(Base):
    """Somebody has the work open right now, and the others can see it. It runs out by itself."""

    __tablename__ = "lease"

    work_id: Mapped[int] = mapped_column(ForeignKey("work.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    taken_at: Mapped[datetime]
    until: Mapped[datetime]

    person: Mapped[Person] = relationship()


class Recusal(Base):
    """Somebody is disqualified ("inhabil") from one member's works, and does not see them in the inbox."""

    __tablename__ = "recusal"

    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]


class SavedComment(Base):
    """A comment its author uses again."""

    __tablename__ = "saved_comment"
    __table_args__ = (UniqueConstraint("person_id", "title"),)

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class RiskFlag(Base):
    """ "Patienten kan være i risiko": raised by a reviewer, answered by the run's named clinician.

    ``clinician_id`` is whom it was sent to when it was raised; NULL when the run had named nobody. It is then
    kept, the organisers are told, and it reaches the clinician as soon as there is one.
    """

    __tablename__ = "risk_flag"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answered_by_id IS NULL)", name="answered_by_somebody"),
        Index(None, "work_id"),
        Index(None, "clinician_id", "answered_at"),
    )

    id: Mapped[PrimaryKey]
    work_id: Mapped[int] = mapped_column(ForeignKey("work.id", ondelete="CASCADE"))
    reason: Mapped[str] = mapped_column(Text)
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    raised_at: Mapped[datetime]
    clinician_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[Code] = mapped_column(default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]

    raised_by: Mapped[Person | None] = relationship(foreign_keys=[raised_by_id])
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])


class Profile(Base):
    """The levels a reviewer has set by a rubric for one revision: a profile to talk from, never a sum.

    ``rubric_digest`` names the rubric as it was; ``levels`` maps criteria to 0, 1, 2 …
    """

    __tablename__ = "profile"
    __table_args__ = (
        UniqueConstraint("work_id", "revision_no", "by_id"),
        ForeignKeyConstraint(["work_id", "revision_no"], ["revision.work_id", "revision.no"], ondelete="CASCADE"),
    )

    id: Mapped[PrimaryKey]
    work_id: Mapped[int]
    revision_no: Mapped[int]
    rubric_id: Mapped[Code]
    rubric_digest: Mapped[str] = mapped_column(String(64))
    levels: Mapped[dict[str, Any]]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    at: Mapped[datetime]


class Calibration(Base):
    """The levels somebody gave an anchor text, to see how near they are to an experienced reviewer."""

    __tablename__ = "calibration"
    __table_args__ = (
        UniqueConstraint("run_id", "person_id", "rubric_id", "anchor_id", "rubric_digest", name="uq_calibration_once"),
    )

    id: Mapped[PrimaryKey]
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    rubric_id: Mapped[Code]
    rubric_digest: Mapped[str] = mapped_column(String(64))
    anchor_id: Mapped[Code]
    levels: Mapped[dict[str, Any]]
    at: Mapped[datetime]
