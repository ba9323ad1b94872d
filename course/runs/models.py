"""Tables of runs: who meets when about which version of the content."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from course.accounts.models import Person
from course.content.catalogue import LIVE, OWN_TIME
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
    """One delivery of a course (et hold). ``mode``: live, or each session in one's own time with a partner; then a
    session's beginning and end are the first and the last day it can be taken.
    """

    __tablename__ = "run"
    __table_args__ = (CheckConstraint("mode IN ('live', 'own-time')", name="mode_known"),)

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
    organised_by: Mapped[Short] = mapped_column(default="", server_default=text("''"))
    activity_number: Mapped[Short] = mapped_column(default="", server_default=text("''"))
    mode: Mapped[Code] = mapped_column(default=LIVE, server_default=text("'live'"))

    sessions: Mapped[list[RunSession]] = relationship(order_by="RunSession.starts_at", back_populates="run")

    @property
    def is_own_time(self) -> bool:
        """Whether its sessions are taken in one's own time."""
        return self.mode == OWN_TIME


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
    tutor_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id", ondelete="SET NULL"))
    calendar_nonce: Mapped[str] = mapped_column(String(43))
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    run: Mapped[Run] = relationship()


class Team(Base):
    """Some members who work together in one session. A team is never deleted; it is dissolved."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("run_id", "session_key", "no"),)

    id: Mapped[PrimaryKey]
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    session_key: Mapped[Code]
    no: Mapped[int]
    made_at: Mapped[datetime]
    dissolved_at: Mapped[datetime | None]

    members: Mapped[list[TeamMember]] = relationship(order_by="TeamMember.membership_id", back_populates="team")


class TeamMember(Base):
    """A member's place in a session: one team at a time."""

    __tablename__ = "team_member"
    __table_args__ = (Index(None, "team_id"),)

    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"), primary_key=True)
    session_key: Mapped[Code] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))

    team: Mapped[Team] = relationship(back_populates="members")
    membership: Mapped[Membership] = relationship()


class FormerTeamMember(Base):
    """A member sat in a team before the groups were changed: what it wrote stays readable to them."""

    __tablename__ = "former_team_member"

    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True, index=True)
    left_at: Mapped[datetime]

    membership: Mapped[Membership] = relationship()


class Attendance(Base):
    """Whether a member was there in a session: the whole of it, or from and until a time.

    ``how``: noted by staff, by the code on the screen, or (in one's own time) by saying that the talk with the partner
    was held. ``planned``: the member takes the session with another run (``held_in_run_id``) and has not been seen
    there yet.
    """

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("membership_id", "session_key"),
        CheckConstraint("state IN ('present', 'absent', 'planned')", name="state_known"),
        CheckConstraint("how IN ('staff', 'code', 'talk')", name="how_known"),
        CheckConstraint("state <> 'planned' OR held_in_run_id IS NOT NULL", name="planned_somewhere"),
        Index(None, "held_in_run_id", "session_key"),
    )

    id: Mapped[PrimaryKey]
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"))
    session_key: Mapped[Code]
    state: Mapped[Code]
    how: Mapped[Code]
    from_at: Mapped[datetime | None]
    until_at: Mapped[datetime | None]
    held_in_run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    marked_at: Mapped[datetime]

    membership: Mapped[Membership] = relationship()


class CompletionGrant(Base):
    """The course counts as completed although something is missing, and why."""

    __tablename__ = "completion_grant"

    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime]


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


class Practice(Base):
    """An attempt at an exercise that a member has begun: which exercise was given, in which version of the content.

    ``key`` makes a second click the same attempt. What was done in it are its steps, what came of it an attempt
    (course.exercises.models); it stands here because it says where a member is.
    """

    __tablename__ = "practice"
    __table_args__ = (
        UniqueConstraint("membership_id", "key"),
        Index(None, "membership_id", "activity_id", "id"),
    )

    id: Mapped[PrimaryKey]
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"))
    activity_id: Mapped[Code]
    exercise_id: Mapped[Code]
    content_digest: Mapped[str] = mapped_column(ForeignKey("content_version.digest"))
    key: Mapped[str] = mapped_column(String(36))
    started_at: Mapped[datetime]
