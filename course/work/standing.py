"""Where a member stands in a run: the dates that hold for them and what they have done.

Path, pages, deadline list, calendar and mail all ask here, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Executable,
    bindparam,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from course.content.catalogue import Activity, Course, Kind, Step
from course.content.symbolic import END, Symbolic
from course.runs import rules
from course.runs.contents import course_of
from course.runs.models import DeadlineMove, Membership, Practice, Progress, Run, TeamMember
from course.runs.rules import Fact, Gate, Need, Timetable

from .models import PeerPair, Work
from .rules import Projection, State


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that decides what is open to one member. ``facts`` maps (activity, slot) to what was done."""

    run: Run
    course: Course
    dates: Timetable
    facts: Mapping[tuple[str, str], Fact]

    def gate(self, activity: Activity, now: datetime, *, slot: str | None = None, step: Step | None = None) -> Gate:
        """Whether an activity, one slot or one step of it is open to the member."""
        by_talk = self.dates.own_time and activity.kind is Kind.ATTEND
        return rules.gate(
            activity,
            slot,
            self.dates,
            self.facts,
            self.course.slots,
            now,
            cancelled=self.run.cancelled_at is not None,
            step=step,
            before=self.left_of_session(activity.session or "", now) if by_talk else (),
        )

    def left_of_session(self, session_key: str, now: datetime) -> tuple[Need, ...]:
        """What the member has left to do of a session that is taken in one's own time."""
        mine = [a for a in activities_of(self.course, session_key) if a.kind is not Kind.ATTEND]
        return rules.left_of_session(mine, {a.id: self.gate(a, now) for a in mine}, self.facts)

    def team_id(self, session_key: str | None) -> int | None:
        """The team the member works in at a session; None when there is none (yet)."""
        seat = self.facts.get((rules.TEAM, session_key or ""))
        return seat.team_id if seat is not None else None

    def fact(self, activity_id: str, slot: str = "main") -> Fact | None:
        """What the member has done with one slot."""
        return self.facts.get((activity_id, slot))


def standing(session: Session, run: Run, membership: Membership | None) -> Standing:
    """Where a member stands; without a member, the run's own dates and no deeds. One query."""
    course = course_of(session, run)
    if membership is None:
        return Standing(run, course, timetable_of(session, run, course, None), {})
    return _standings(session, run, course, [membership.id])[membership.id]


def activities_of(course: Course, session_key: str) -> tuple[Activity, ...]:
    """What there is to do in the modules of a session, in the order of the path; practice is left to oneself."""
    modules = {module for phase in course.phases if phase.session == session_key for module in phase.modules}
    return tuple(a for a in course.activities.values() if a.module_id in modules and not a.kind.is_practice)


def planned_of(course: Course, mode: str) -> dict[str, Symbolic]:
    """The deadlines of a run that is held so, as the course says them: some are only for one way of holding it."""
    return {d.id: d.at for d in course.deadlines.values() if d.mode in (None, mode)}


def timetable_of(session: Session, run: Run, course: Course, membership_id: int | None) -> Timetable:
    """The dates of a run for one member (or for all), every move applied."""
    for_all, for_one = moves(session, run.id)
    own = for_one.get(membership_id or 0, {})
    return rules.timetable(anchors_of(run), planned_of(course, run.mode), for_all, own, own_time=run.is_own_time)


_MOVES = select(DeadlineMove.deadline_id, DeadlineMove.membership_id, DeadlineMove.moved_to).where(
    DeadlineMove.run_id == bindparam("run")
)


def moves(session: Session, run_id: int) -> tuple[dict[str, datetime], dict[int, dict[str, datetime]]]:
    """The moved deadlines of a run: for all, and by membership."""
    for_all: dict[str, datetime] = {}
    for_one: dict[int, dict[str, datetime]] = {}
    for deadline_id, member, moved_to in session.execute(_MOVES, {"run": run_id}):
        if member is None:
            for_all[deadline_id] = moved_to
        else:
            for_one.setdefault(member, {})[deadline_id] = moved_to
    return for_all, for_one


def anchors_of(run: Run) -> dict[str, datetime]:
    """The dates that symbolic dates count from."""
    return {"start": run.opens_at} | anchors_of_meetings({s.key: (s.starts_at, s.ends_at) for s in run.sessions})


def anchors_of_meetings(meetings: Mapping[str, tuple[datetime, datetime]]) -> dict[str, datetime]:
    """The beginning and the end of each session, as symbolic dates name them."""
    starts = {key: starts_at for key, (starts_at, _) in meetings.items()}
    return starts | {f"{key}{END}": ends_at for key, (_, ends_at) in meetings.items()}


_MOVED = "moved"


def _facts(is_asked: Callable[[Any], ColumnElement[bool]]) -> Executable:
    """What was done, and the moved deadlines, of the memberships that are asked about."""
    return union_all(
        select(
            Work.membership_id, Work.activity_id, Work.slot, Work.state, Work.returned_until, Work.updated_at,
            Work.complete_steps, Work.id,
        ).where(is_asked(Work.membership_id)),
        select(
            TeamMember.membership_id, Work.activity_id, Work.slot, Work.state, Work.returned_until, Work.updated_at,
            Work.complete_steps, Work.id,
        ).join(TeamMember, TeamMember.team_id == Work.team_id).where(is_asked(TeamMember.membership_id)),
        select(
            TeamMember.membership_id, literal(rules.TEAM), TeamMember.session_key, literal("done"), null(), null(),
            literal(""), TeamMember.team_id,
        ).where(is_asked(TeamMember.membership_id)),
        select(
            PeerPair.giver_id, literal(rules.PEER), PeerPair.activity_id,
            case((exists().where(
                Work.membership_id == PeerPair.receiver_id, Work.activity_id == PeerPair.activity_id,
                Work.projection == Projection.RELEASED.value,
            ), "ready"), else_="waiting"),
            null(), null(), literal(""), PeerPair.receiver_id,
        ).where(is_asked(PeerPair.giver_id), PeerPair.ended_at.is_(None)),
        select(
            Practice.membership_id, Practice.activity_id, literal("main"), literal("started"), null(),
            func.max(Practice.started_at), literal(""), literal(-1),
        ).where(is_asked(Practice.membership_id)).group_by(Practice.membership_id, Practice.activity_id),
        select(
            Progress.membership_id, Progress.activity_id, literal("main"), literal("done"), null(), Progress.at,
            literal(""), literal(0),
        ).where(is_asked(Progress.membership_id)),
        select(
            DeadlineMove.membership_id, literal(_MOVED), DeadlineMove.deadline_id, literal(""), DeadlineMove.moved_to,
            null(), literal(""), literal(0),
        ).where(
            DeadlineMove.run_id == bindparam("run"),
            or_(DeadlineMove.membership_id.is_(None), is_asked(DeadlineMove.membership_id)),
        ),
    ).order_by("id")  # fmt: skip


_FACTS_OF_ONE = _facts(lambda column: column == bindparam("member"))
_FACTS = _facts(lambda column: column.in_(bindparam("members", expanding=True)))


def _standings(session: Session, run: Run, course: Course, member_ids: Collection[int]) -> dict[int, Standing]:
    """Where each of these members stands: the live works, the attempts begun, the progress and the moved deadlines,
    in one query. A rejected work counts until it is replaced.
    """
    session.flush()
    # Asked on the connection: no entities come back, so there is nothing for the session to look after.
    rows = cast("Iterable[Any]", session.connection().execute(*_facts_asked(member_ids, run.id)))
    known: dict[int, dict[tuple[str, str], Fact]] = {member: {} for member in member_ids}
    for_all: dict[str, datetime] = {}
    for_one: dict[int, dict[str, datetime]] = {}
    for member, activity_id, slot, state, until, updated_at, steps, number in rows:
        if activity_id == _MOVED:
            (for_all if member is None else for_one.setdefault(member, {}))[slot] = until
            continue
        facts = known[member]
        if activity_id == rules.TEAM:
            facts[activity_id, slot] = Fact(state, team_id=number)
            continue
        before = facts.get((activity_id, slot))
        replace_until = before.replace_until if before else None
        if state == State.REJECTED:
            replace_until = updated_at + rules.REPLACE_WITHIN
        facts[activity_id, slot] = Fact(state, until, replace_until, frozenset(steps.split()))
    planned, anchors = planned_of(course, run.mode), anchors_of(run)
    dates = {
        member: rules.timetable(anchors, planned, for_all, for_one.get(member, {}), own_time=run.is_own_time)
        for member in member_ids
    }
    return {member: Standing(run, course, dates[member], known[member]) for member in member_ids}


def _facts_asked(member_ids: Collection[int], run_id: int) -> tuple[Executable, dict[str, Any]]:
    """The statement and its values. One member is asked about on every page, with a statement that never changes."""
    if len(member_ids) == 1:
        return _FACTS_OF_ONE, {"member": next(iter(member_ids)), "run": run_id}
    return _FACTS, {"members": list(member_ids), "run": run_id}


def standings_of_run(session: Session, run: Run, members: Iterable[Membership]) -> dict[int, Standing]:
    """Where each of these members of a run stands, by membership. One query, however many they are."""
    return _standings(session, run, course_of(session, run), [member.id for member in members])
