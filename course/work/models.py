"""Tables of the spine. Constraints repeat the rules of ``rules.py``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from course.accounts.models import Person
from course.db.base import Base, Code, Json, PrimaryKey, Short
from course.runs.models import Membership, Team

STATES = "state IN ('draft', 'submitted', 'returned', 'accepted', 'rejected', 'withdrawn')"
PROJECTIONS = "projection IN ('none', 'released', 'recalled')"


class Work(Base):
    """Everything one member, or one team together, writes for one slot of one activity in a run.

    ``complete_steps`` names the steps of the form whose required fields are answered, with spaces between.
    """

    __tablename__ = "work"
    __table_args__ = (
        CheckConstraint(STATES, name="state_known"),
        CheckConstraint(PROJECTIONS, name="projection_known"),
        CheckConstraint(
            "(state IN ('submitted', 'returned', 'accepted', 'rejected')) = (submitted_no IS NOT NULL)",
            name="submitted_names_revision",
        ),
        CheckConstraint(
            "(state IN ('returned', 'accepted', 'rejected')) = (decided_by_id IS NOT NULL)", name="decided_has_judge"
        ),
        CheckConstraint("projection <> 'released' OR state = 'accepted'", name="released_is_accepted"),
        CheckConstraint("returned_until IS NULL OR state = 'returned'", name="return_has_deadline"),
        CheckConstraint("submitted_no IS NULL OR submitted_no <= latest_no", name="submitted_exists"),
        CheckConstraint("(membership_id IS NULL) <> (team_id IS NULL)", name="one_owner"),
        Index("uq_work_live", "membership_id", "activity_id", "slot", unique=True,
              sqlite_where=text("state <> 'rejected'"), postgresql_where=text("state <> 'rejected'")),
        Index("uq_work_live_of_team", "team_id", "activity_id", "slot", unique=True,
              sqlite_where=text("state <> 'rejected'"), postgresql_where=text("state <> 'rejected'")),
        Index(None, "membership_id", "activity_id"),
        Index(None, "team_id", "activity_id"),
        Index("ix_work_inbox", "run_id", "needs_review", "state", "submitted_at", "id"),
        Index("ix_work_released", "run_id", "projection"),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    activity_id: Mapped[Code]
    slot: Mapped[Code]
    needs_review: Mapped[bool]
    state: Mapped[Code] = mapped_column(default="draft")
    projection: Mapped[Code] = mapped_column(default="none")
    asked_digest: Mapped[str] = mapped_column(String(64))
    latest_no: Mapped[int] = mapped_column(default=0)
    complete_steps: Mapped[Short] = mapped_column(default="")
    submitted_no: Mapped[int | None]
    submitted_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    returned_until: Mapped[datetime | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("work.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    membership: Mapped[Membership | None] = relationship()
    team: Mapped[Team | None] = relationship()


class Revision(Base):
    """One saved text. Rows are only ever added; the text may become NULL, the row stays.

    ``data`` maps field ids to values as ``work.fields`` describes; ``confirmed`` holds the amber words
    that the author has looked at and kept.
    """

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("work_id", "no"), UniqueConstraint("work_id", "save_id"))

    id: Mapped[PrimaryKey]
    work_id: Mapped[int] = mapped_column(ForeignKey("work.id", ondelete="CASCADE"))
    no: Mapped[int]
    save_id: Mapped[str] = mapped_column(String(36))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime]
    data: Mapped[dict[str, Any] | None]
    confirmed: Mapped[list[str] | None]


def _judged() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["work_id", "revision_no"], ["revision.work_id", "revision.no"], ondelete="CASCADE")


class Submission(Base):
    """A receipt: this revision was handed in then. ``submit_key`` makes a second click the same act."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("work_id", "submit_key"), _judged())

    id: Mapped[PrimaryKey]
    work_id: Mapped[int]
    revision_no: Mapped[int]
    submit_key: Mapped[str] = mapped_column(String(36))
    receipt: Mapped[str] = mapped_column(String(16), unique=True)
    at: Mapped[datetime]


class Decision(Base):
    """What a reviewer decided about one revision, and the words to its author."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("kind IN ('returned', 'accepted', 'rejected')", name="kind_known"),
        CheckConstraint("(kind = 'returned') = (until IS NOT NULL)", name="return_has_deadline"),
        _judged(),
        Index(None, "work_id", "at"),
    )

    id: Mapped[PrimaryKey]
    work_id: Mapped[int]
    revision_no: Mapped[int]
    kind: Mapped[Code]
    comment: Mapped[str] = mapped_column(Text)
    until: Mapped[datetime | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    by: Mapped[Person | None] = relationship()


class FieldComment(Base):
    """A reviewer's remark to one field of one revision. Its author sees it once that revision is decided about."""

    __tablename__ = "field_comment"
    __table_args__ = (_judged(), Index(None, "work_id", "revision_no"))

    id: Mapped[PrimaryKey]
    work_id: Mapped[int]
    revision_no: Mapped[int]
    field: Mapped[Short]
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class Redaction(Base):
    """A passage that shall not be seen by others: code points ``start``–``end`` of one text of a revision.

    ``path`` is a field id, or ``field.index`` and ``field.index.column`` inside lists and rows.
    """

    __tablename__ = "redaction"
    __table_args__ = (
        CheckConstraint('start >= 0 AND "end" > start', name="span"),
        _judged(),
        Index(None, "work_id", "revision_no"),
    )

    id: Mapped[PrimaryKey]
    work_id: Mapped[int]
    revision_no: Mapped[int]
    path: Mapped[Short]
    start: Mapped[int]
    end: Mapped[int]
    replacement: Mapped[Short]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class Release(Base):
    """The redacted copy that others may see, until it is recalled: all of the run, or the author's peer alone."""

    __tablename__ = "release"
    __table_args__ = (
        _judged(),
        Index("uq_release_current", "work_id", unique=True,
              sqlite_where=text("recalled_at IS NULL"), postgresql_where=text("recalled_at IS NULL")),
        CheckConstraint("recalled_at IS NULL OR recalled_at >= released_at", name="recalled_after"),
        CheckConstraint("audience IN ('run', 'peer')", name="audience_known"),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    work_id: Mapped[int]
    revision_no: Mapped[int]
    audience: Mapped[Code] = mapped_column(default="run", server_default=text("'run'"))
    data: Mapped[dict[str, Any] | None] = mapped_column(Json)
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    released_at: Mapped[datetime]
    recalled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recalled_at: Mapped[datetime | None]


class TeamCase(Base):
    """A text a team works with in its session: the release of a member's case, or a teaching case of the course."""

    __tablename__ = "team_case"
    __table_args__ = (
        UniqueConstraint("team_id", "work_id"),
        UniqueConstraint("team_id", "case_id"),
        CheckConstraint("(work_id IS NULL) <> (case_id IS NULL)", name="one_text"),
        Index(None, "work_id"),
    )

    id: Mapped[PrimaryKey]
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    work_id: Mapped[int | None] = mapped_column(ForeignKey("work.id", ondelete="CASCADE"))
    case_id: Mapped[Code | None]


class PeerPair(Base):
    """Who gives words to whose homework. Without a giver a facilitator (``stands_in_id``) does.

    A pair that is broken up keeps its row, ended; a member gives in at most one that is not, and so it is with getting.
    One that staff have chosen ``by_hand`` is not moved by the program.
    """

    __tablename__ = "peer_pair"
    __table_args__ = (
        CheckConstraint("giver_id IS NULL OR giver_id <> receiver_id", name="two_people"),
        CheckConstraint("stands_in_id IS NULL OR giver_id IS NULL", name="one_giver"),
        Index("uq_peer_pair_receiver", "activity_id", "receiver_id", unique=True,
              sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
        Index("uq_peer_pair_giver", "activity_id", "giver_id", unique=True,
              sqlite_where=text("ended_at IS NULL AND giver_id IS NOT NULL"),
              postgresql_where=text("ended_at IS NULL AND giver_id IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), index=True)
    activity_id: Mapped[Code]
    receiver_id: Mapped[int] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"))
    giver_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"))
    stands_in_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_hand: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    receiver: Mapped[Membership] = relationship(foreign_keys=[receiver_id])
    giver: Mapped[Membership | None] = relationship(foreign_keys=[giver_id])


class Opening(Base):
    """Somebody other than the author has opened a work: as reviewer, or its release as colleague."""

    __tablename__ = "opening"

    work_id: Mapped[int] = mapped_column(ForeignKey("work.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    capacity: Mapped[Code] = mapped_column(primary_key=True)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    times: Mapped[int]

    person: Mapped[Person] = relationship()
