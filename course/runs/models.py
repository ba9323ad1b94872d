"""Tables of runs: who meets when about which version of the content."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from course.accounts.models import Person
from course.db.base import Base, Code, PrimaryKey, Short

ROLES = "role IN ('participant', 'facilitator', 'organiser')"


class ContentVersion(Base):
    """One packed version of a course's content. Runs point at it; it never changes."""

    __tablename__ = "content_version"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    course_id: Mapped[Code]
    packed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime]


class Run(Base):
    """One delivery of a course (et hold)."""

    __tablename__ = "run"

    id: Mapped[PrimaryKey]
    course_id: Mapped[Code]
    name: Mapped[Short]
    cluster: Mapped[Short] = mapped_column(default="")
    content_digest: Mapped[str] = mapped_column(ForeignKey("content_version.digest"))
    clinician_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    opens_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    erase_days: Mapped[int] = mapped_column(default=30)

    sessions: Mapped[list[RunSession]] = relationship(order_by="RunSession.starts_at", back_populates="run")


class RunSession(Base):
    """A dated meeting of a run (en kursusgang). ``key`` is the session's id in ``course.yaml``."""

    __tablename__ = "run_session"
    __table_args__ = (
        UniqueConstraint("run_id", "key"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    )

    id: Mapped[PrimaryKey]
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    key: Mapped[Code]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[Short] = mapped_column(default="")

    run: Mapped[Run] = relationship(back_populates="sessions")


class Membership(Base):
    """A person in a run, in one role. Somebody with two roles has two rows."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("run_id", "person_id", "role"),
        CheckConstraint(ROLES, name="role_known"),
        Index(None, "person_id"),
    )

    id: Mapped[PrimaryKey]
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    role: Mapped[Code]
    clinic: Mapped[Short] = mapped_column(default="")
    is_trainee: Mapped[bool] = mapped_column(default=False)
    calendar_nonce: Mapped[str] = mapped_column(String(43))
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    run: Mapped[Run] = relationship()


class DeadlineMove(Base):
    """A deadline moved for all (no member) or for one member."""

    __tablename__ = "deadline_move"
    __table_args__ = (
        Index("uq_deadline_move_for_all", "run_id", "deadline_id", unique=True,
              sqlite_where=text("membership_id IS NULL"), postgresql_where=text("membership_id IS NULL")),
        Index("uq_deadline_move_for_one", "run_id", "deadline_id", "membership_id", unique=True,
              sqlite_where=text("membership_id IS NOT NULL"), postgresql_where=text("membership_id IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    deadline_id: Mapped[Code]
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"))
    moved_to: Mapped[datetime]
    moved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    moved_at: Mapped[datetime]


class Invitation(Base):
    """An invitation to a role in a run. The link is derived from ``nonce`` and the secret, and stored nowhere."""

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint(ROLES, name="role_known"),
        CheckConstraint("state IN ('pending', 'accepted', 'revoked')", name="state_known"),
        CheckConstraint("(state = 'accepted') = (accepted_at IS NOT NULL)", name="accepted_has_time"),
        Index("uq_invitation_pending", "run_id", "email", "role", unique=True,
              sqlite_where=text("state = 'pending'"), postgresql_where=text("state = 'pending'")),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[Short] = mapped_column(default="")
    clinic: Mapped[Short] = mapped_column(default="")
    is_trainee: Mapped[bool] = mapped_column(default=False)
    role: Mapped[Code]
    state: Mapped[Code] = mapped_column(default="pending")
    nonce: Mapped[str] = mapped_column(String(43))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    accepted_at: Mapped[datetime | None]

    run: Mapped[Run] = relationship()


class Progress(Base):
    """A member has done an activity that is not a work: read a page, answered a quiz."""

    __tablename__ = "progress"

    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[Code] = mapped_column(primary_key=True)
    at: Mapped[datetime]
