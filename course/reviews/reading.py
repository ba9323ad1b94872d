"""What a reviewer has in front of them: the work, who has it, what was said before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased, joinedload

from course.accounts.models import Person
from course.accounts.rules import Actor
from course.content.catalogue import Activity, Course, Form, Kind, Rubric, Slot
from course.db.errors import NotAllowed
from course.runs.models import Membership, Team
from course.runs.wording import team_name
from course.work.judging import own_teams, record_opening
from course.work.models import Decision, FieldComment, Opening, Redaction, Revision, Work
from course.work.rules import Operation, Projection, State, possible

from . import leases
from .marking import Strike
from .models import Assignment, Lease, Recusal, RiskFlag, SavedComment
from .rules import IN_INBOX, is_live, wants_lease


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a work, by the name reviewers know: a person, or a team."""

    name: str
    is_team: bool = False


def team_author(team: Team) -> str:
    """What a team is called as an author."""
    return team_name(team) if team.dissolved_at is None else f"{team_name(team)} (opløst)"


@dataclass(frozen=True, slots=True)
class Reading:
    """A work that a reviewer may read. Having one is the proof that they may."""

    work: Work
    author: Author
    has_left: bool
    assigned_id: int | None
    assigned_to: str | None
    reader_id: int | None
    reader: str | None
    read_until: datetime | None
    flags: int

    @property
    def can(self) -> frozenset[Operation]:
        """What can be done with it."""
        return possible(State(self.work.state), Projection(self.work.projection))

    def held_by_another(self, person_id: int, now: datetime) -> bool:
        """Whether somebody else has it open right now."""
        return is_live(self.read_until, now) and self.reader_id != person_id


@dataclass(frozen=True, slots=True)
class Asked:
    """What a work answers: its activity, slot and form in the run's course, and the rubric it is talked about by."""

    activity: Activity
    slot: Slot
    form: Form
    analyses: Mapping[str, Form]
    rubric: Rubric | None = None

    @property
    def audience(self) -> str | None:
        """Who can be given a copy: all of the "run", one "peer", or nobody."""
        return audience_of(self.activity)


def audience_of(activity: Activity) -> str | None:
    """Who can be given a copy of the works of an activity: all of the "run", one "peer", or nobody."""
    if activity.kind is Kind.HOMEWORK:
        return "peer"
    return "run" if activity.release else None


def find(session: Session, *, actor: Actor, run_id: int, work_id: int) -> Reading:
    """The work, for staff of the run (the route has made sure of that) who did not write it. One query.

    Raises:
        NotAllowed: it is another run's, one's own, somebody's one is recused from, a draft or taken back.
    """
    reviewer, reader = aliased(Person), aliased(Person)
    flags = select(func.count()).where(RiskFlag.work_id == Work.id).correlate(Work).scalar_subquery()
    row = session.execute(
        select(
            Work, Person, Membership.left_at, Assignment.person_id, reviewer.name, Lease.person_id, reader.name,
            Lease.until, flags, Recusal.person_id, Team,
        )
        .outerjoin(Membership, Membership.id == Work.membership_id)
        .outerjoin(Person, Person.id == Membership.person_id)
        .outerjoin(Team, Team.id == Work.team_id)
        .outerjoin(Assignment, Assignment.work_id == Work.id)
        .outerjoin(reviewer, reviewer.id == Assignment.person_id)
        .outerjoin(Lease, Lease.work_id == Work.id)
        .outerjoin(reader, reader.id == Lease.person_id)
        .outerjoin(
            Recusal, and_(Recusal.membership_id == Work.membership_id, Recusal.person_id == actor.person_id)
        )
        .where(Work.id == work_id, Work.run_id == run_id, Work.needs_review, Work.state.in_(sorted(IN_INBOX)))
        .where(or_(Work.team_id.is_(None), Work.team_id.not_in(own_teams(actor.person_id))))
        .execution_options(populate_existing=True)
    ).one_or_none()  # fmt: skip
    if row is None or row[9] is not None or (row[1] is not None and row[1].id == actor.person_id):
        raise NotAllowed
    work, person, left, assigned_id, assigned_to, reader_id, reader_name, until, count, _, team = row
    author = Author(team_author(team), is_team=True) if team is not None else Author(person.name)
    return Reading(work, author, left is not None, assigned_id, assigned_to, reader_id, reader_name, until, count)


def asked(course: Course, work: Work) -> Asked:
    """What the work answers.

    Raises:
        NotAllowed: the run's course no longer has it.
    """
    activity = course.activities.get(work.activity_id)
    slot = activity.slot(work.slot) if activity else None
    if activity is None or slot is None or activity.form is None:
        raise NotAllowed
    rubric = course.rubrics.get(activity.rubric or "")
    return Asked(activity, slot, activity.form, course.analyses_of(work.activity_id, work.slot), rubric)


def open_for_review(session: Session, *, actor: Actor, now: datetime, reading: Reading) -> bool:
    """Remember that the reviewer opened the work, and take or keep the lease where something can be decided.

    Whether it is free for this reviewer to decide about.
    """
    work = reading.work
    record_opening(session, actor=actor, now=now, work_id=work.id, capacity="reviewer")
    if not wants_lease(State(work.state), Projection(work.projection)):
        return not reading.held_by_another(actor.person_id, now)
    return leases.take(session, actor=actor, now=now, work_id=work.id)


@dataclass(frozen=True, slots=True)
class History:
    """The revision to judge, the one judged before it (None: there is none), and every decision, newest first."""

    current: Revision | None
    before: Revision | None
    decisions: tuple[Decision, ...]


def history(session: Session, work: Work) -> History:
    """What was handed in and decided before. One query."""
    rows = session.execute(
        select(Revision, Decision)
        .outerjoin(Decision, and_(Decision.work_id == Revision.work_id, Decision.revision_no == Revision.no))
        .where(
            Revision.work_id == work.id,
            or_(Decision.id.is_not(None), Revision.no == work.submitted_no),
        )
        .options(joinedload(Decision.by))
        .order_by(Revision.no, Decision.id)
    ).all()
    revisions = {revision.no: revision for revision, _ in rows}
    judged = [revision for revision, decision in rows if decision is not None and revision.no != work.submitted_no]
    decisions = [decision for _, decision in rows if decision is not None]
    return History(
        revisions.get(work.submitted_no or 0),
        judged[-1] if judged else None,
        tuple(sorted(decisions, key=lambda decision: decision.id, reverse=True)),
    )


@dataclass(frozen=True, slots=True)
class Remark:
    """Words to one field of the revision to judge, and who wrote them."""

    id: int
    field: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A comment to use again."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Notes:
    """What reviewers have done to the revision to judge, and the reader's own comments to use again."""

    strikes: tuple[Strike, ...]
    remarks: tuple[Remark, ...]
    saved: tuple[Saved, ...]


def notes(session: Session, work: Work, person_id: int) -> Notes:
    """Everything that lies beside the text. One query."""
    no = work.submitted_no or 0
    rows = session.execute(
        union_all(
            select(
                literal(1).label("sort"), Redaction.id.label("id"), Redaction.path.label("name"), Redaction.start,
                Redaction.end, Redaction.replacement, literal(""),
            ).where(Redaction.work_id == work.id, Redaction.revision_no == no),
            select(
                literal(2), FieldComment.id, FieldComment.field, literal(0), literal(0), FieldComment.text, Person.name,
            )
            .outerjoin(Person, Person.id == FieldComment.by_id)
            .where(FieldComment.work_id == work.id, FieldComment.revision_no == no),
            select(
                literal(3), SavedComment.id, SavedComment.title, literal(0), literal(0), SavedComment.text, literal(""),
            ).where(SavedComment.person_id == person_id),
        ).order_by("sort", "name", "id")
    ).all()  # fmt: skip
    return Notes(
        tuple(Strike(id, name, start, end, text) for sort, id, name, start, end, text, _ in rows if sort == 1),
        tuple(Remark(id, name, text, by or "") for sort, id, name, _, _, text, by in rows if sort == 2),
        tuple(Saved(f"own-{id}", name, text) for sort, id, name, _, _, text, _ in rows if sort == 3),
    )


def has_opened(session: Session, *, actor: Actor, run_id: int, work_id: int) -> bool:
    """Whether the reviewer has had a work of this run open that cannot be read any more: it was taken back."""
    return (
        session.scalars(
            select(Opening.work_id)
            .join(Work, Work.id == Opening.work_id)
            .where(
                Opening.work_id == work_id,
                Opening.person_id == actor.person_id,
                Opening.capacity == "reviewer",
                Work.run_id == run_id,
                Work.state.not_in(sorted(IN_INBOX)),
            )
        ).first()
        is not None
    )
