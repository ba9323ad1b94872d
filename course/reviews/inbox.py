"""What waits in the inbox of a run: one page of it, and what to read next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from course.accounts.models import Person
from course.content.catalogue import Course
from course.runs.models import Membership, Team
from course.work import fields as shape
from course.work.judging import own_teams
from course.work.models import Revision, Work
from course.work.rules import Projection, State

from .models import Assignment, Lease, Recusal, RiskFlag
from .reading import team_author
from .rules import IN_INBOX, PAGE_SIZE, Filter, Order, Shown, Whose, is_live, word_count


@dataclass(frozen=True, slots=True)
class Barred:
    """The memberships whose works a reviewer does not see: their own, and those they are recused from (by name).

    What a team wrote is not seen by ``person_id`` either who is or was in it.
    """

    own: frozenset[int]
    recused: dict[int, str]
    person_id: int

    @property
    def all(self) -> frozenset[int]:
        """Both."""
        return self.own | self.recused.keys()

    def hides(self) -> list[ColumnElement[bool]]:
        """What a work must fulfil to be seen."""
        where = [or_(Work.team_id.is_(None), Work.team_id.not_in(own_teams(self.person_id)))]
        if self.all:
            where.append(or_(Work.membership_id.is_(None), Work.membership_id.not_in(self.all)))
        return where


@dataclass(frozen=True, slots=True)
class Row:
    """One work in the list."""

    work_id: int
    author: str
    has_left: bool
    activity: str
    slot: str
    state: str
    projection: str
    submitted_at: datetime | None
    until: datetime | None
    words: int | None
    assigned_to: str | None
    is_mine: bool
    read_by: str | None
    read_until: datetime | None
    flags: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list, and how much there is in all."""

    rows: tuple[Row, ...]
    number: int
    pages: int
    total: int


def barred(session: Session, run_id: int, person_id: int, own: Collection[int]) -> Barred:
    """Whose works a reviewer does not see. ``own`` are the reviewer's memberships of the run."""
    rows = session.execute(
        select(Recusal.membership_id, Person.name)
        .join(Membership, Membership.id == Recusal.membership_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Recusal.person_id == person_id, Membership.run_id == run_id)
        .order_by(Person.name)
    )
    return Barred(frozenset(own), {membership_id: name for membership_id, name in rows}, person_id)


def page_of(
    session: Session,
    *,
    run_id: int,
    person_id: int,
    hidden: Barred,
    wanted: Filter,
    course: Course,
    now: datetime,
) -> Page:
    """One page of the inbox in three queries, however many works there are."""
    where = _where(run_id, person_id, hidden, wanted)
    total = session.scalar(_joined(select(func.count()).select_from(Work), wanted).where(*where)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(wanted.page, pages)
    ids = list(
        session.scalars(
            _joined(select(Work.id), wanted)
            .where(*where)
            .order_by(*_ORDER[wanted.order])
            .limit(PAGE_SIZE)
            .offset((number - 1) * PAGE_SIZE)
        )
    )
    return Page(_rows(session, ids, person_id, course, now), number, pages, total)


def _joined(query: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.whose is not Whose.ALL:
        query = query.outerjoin(Assignment, Assignment.work_id == Work.id)
    if wanted.order is Order.AUTHOR:
        query = (
            query.outerjoin(Membership, Membership.id == Work.membership_id)
            .outerjoin(Person, Person.id == Membership.person_id)
            .outerjoin(Team, Team.id == Work.team_id)
        )
    return query


def _where(run_id: int, person_id: int, hidden: Barred, wanted: Filter) -> list[ColumnElement[bool]]:
    where = [Work.run_id == run_id, Work.needs_review, *_SHOWN[wanted.shown], *hidden.hides()]
    if wanted.activity:
        where.append(Work.activity_id == wanted.activity)
    if wanted.whose is Whose.MINE:
        where.append(Assignment.person_id == person_id)
    elif wanted.whose is Whose.NOBODYS:
        where.append(Assignment.work_id.is_(None))
    return where


_SHOWN: dict[Shown, list[ColumnElement[bool]]] = {
    Shown.WAITING: [Work.state == State.SUBMITTED],
    Shown.RETURNED: [Work.state == State.RETURNED],
    Shown.ACCEPTED: [Work.state == State.ACCEPTED, Work.projection != Projection.RELEASED],
    Shown.RELEASED: [Work.projection == Projection.RELEASED],
    Shown.REJECTED: [Work.state == State.REJECTED],
    Shown.ALL: [Work.state.in_(sorted(IN_INBOX))],
}
_ORDER: dict[Order, list[ColumnElement[Any]]] = {
    Order.OLDEST: [Work.submitted_at.expression, Work.id.expression],
    Order.DEADLINE: [Work.returned_until.is_(None), Work.returned_until.expression, Work.submitted_at.expression,
                     Work.id.expression],
    Order.AUTHOR: [Person.name.is_(None), Person.name.expression, Team.session_key.expression, Team.no.expression,
                   Work.submitted_at.expression, Work.id.expression],
}  # fmt: skip


def _rows(session: Session, ids: list[int], person_id: int, course: Course, now: datetime) -> tuple[Row, ...]:
    reviewer, reader = aliased(Person), aliased(Person)
    flags = (
        select(func.count())
        .where(RiskFlag.work_id == Work.id, RiskFlag.answered_at.is_(None))
        .correlate(Work)
        .scalar_subquery()
    )
    found = session.execute(
        select(
            Work, Person.name, Membership.left_at, Assignment.person_id, reviewer.name, Lease.person_id, Lease.until,
            reader.name, Revision.data, flags, Team,
        )
        .outerjoin(Membership, Membership.id == Work.membership_id)
        .outerjoin(Person, Person.id == Membership.person_id)
        .outerjoin(Team, Team.id == Work.team_id)
        .outerjoin(Assignment, Assignment.work_id == Work.id)
        .outerjoin(reviewer, reviewer.id == Assignment.person_id)
        .outerjoin(Lease, Lease.work_id == Work.id)
        .outerjoin(reader, reader.id == Lease.person_id)
        .outerjoin(Revision, and_(Revision.work_id == Work.id, Revision.no == Work.submitted_no))
        .where(Work.id.in_(ids))
    )  # fmt: skip
    rows = {
        work.id: _row(
            course,
            work,
            team_author(team) if team is not None else author,
            left,
            (assigned, name, person_id),
            (read_by, until, reader_name, now),
            data,
            n,
        )
        for work, author, left, assigned, name, read_by, until, reader_name, data, n, team in found
    }
    return tuple(rows[work_id] for work_id in ids if work_id in rows)


def _row(
    course: Course,
    work: Work,
    author: str,
    left: datetime | None,
    desk: tuple[int | None, str | None, int],
    reading: tuple[int | None, datetime | None, str | None, datetime],
    data: dict[str, Any] | None,
    flags: int,
) -> Row:
    assigned_id, assigned_to, person_id = desk
    reader_id, until, reader, now = reading
    is_read = is_live(until, now) and reader_id != person_id
    activity = course.activities.get(work.activity_id)
    slot = activity.slot(work.slot) if activity else None
    return Row(
        work_id=work.id,
        author=author,
        has_left=left is not None,
        activity=activity.title if activity else work.activity_id,
        slot=slot.title if slot else work.slot,
        state=work.state,
        projection=work.projection,
        submitted_at=work.submitted_at,
        until=work.returned_until,
        words=_words(course, work, data),
        assigned_to=assigned_to,
        is_mine=assigned_id == person_id,
        read_by=reader if is_read else None,
        read_until=until if is_read else None,
        flags=flags,
    )


def _words(course: Course, work: Work, data: dict[str, Any] | None) -> int | None:
    activity = course.activities.get(work.activity_id)
    if not data or activity is None or activity.form is None:
        return None
    return word_count([text for _, _, text in shape.texts(activity.form.fields.values(), data)])


def next_work(
    session: Session, *, run_id: int, person_id: int, hidden: Barred, now: datetime, after: int | None = None
) -> int | None:
    """What to read next: first what is on one's own desk, then what is on nobody's; the oldest first.

    What somebody else has open right now is passed over. ``after`` is the work one is leaving: the answer is the
    one behind it in the line, and from the end of the line one begins at the front.
    """
    mine = Assignment.person_id == person_id
    left = session.get(Work, after) if after else None
    query = (
        select(Work.id)
        .outerjoin(Membership, Membership.id == Work.membership_id)
        .outerjoin(Assignment, Assignment.work_id == Work.id)
        .outerjoin(Lease, Lease.work_id == Work.id)
        .where(
            Work.run_id == run_id,
            Work.needs_review,
            Work.state == State.SUBMITTED,
            Membership.left_at.is_(None),
            or_(mine, Assignment.work_id.is_(None)),
            or_(Lease.work_id.is_(None), Lease.person_id == person_id, Lease.until <= now),
            Work.id != (after or 0),
        )
    )
    query = query.where(*hidden.hides())
    behind = _behind(left) if left is not None and left.run_id == run_id else false()
    query = query.order_by(
        case((mine, 0), else_=1), case((behind, 0), else_=1), Work.submitted_at, Work.id
    ).limit(1)  # fmt: skip
    return session.scalar(query)


def _behind(left: Work) -> ColumnElement[bool]:
    if left.submitted_at is None:
        return Work.id > left.id
    return or_(Work.submitted_at > left.submitted_at, and_(Work.submitted_at == left.submitted_at, Work.id > left.id))
