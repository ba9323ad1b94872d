"""Where a member stands in a run: the dates that hold for them and what they have done.

Path, pages, deadline list, calendar and mail all ask here, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, literal, null, select, union_all
from sqlalchemy.orm import Session

from course.content.catalogue import Activity, Course, Step
from course.runs import rules
from course.runs.contents import course_of
from course.runs.models import DeadlineMove, Membership, Progress, Run
from course.runs.rules import Fact, Gate, Timetable

from .models import Work
from .rules import State


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that decides what is open to one member. ``facts`` maps (activity, slot) to what was done."""

    run: Run
    course: Course
    dates: Timetable
    facts: Mapping[tuple[str, str], Fact]

    def gate(self, activity: Activity, now: datetime, *, slot: str | None = None, step: Step | None = None) -> Gate:
        """Whether an activity, one slot or one step of it is open to the member."""
        return rules.gate(
            activity,
            slot,
            self.dates,
            self.facts,
            {
                need.activity: tuple(s.id for s in self.course.activities[need.activity].slots)
                for need in activity.needs
            },
            now,
            cancelled=self.run.cancelled_at is not None,
            step=step,
        )

    def fact(self, activity_id: str, slot: str = "main") -> Fact | None:
        """What the member has done with one slot."""
        return self.facts.get((activity_id, slot))


def standing(session: Session, run: Run, membership: Membership | None) -> Standing:
    """Where a member stands; without a member, the run's own dates and no deeds. Two queries."""
    course = course_of(session, run)
    return Standing(
        run,
        course,
        timetable_of(session, run, course, membership.id if membership else None),
        facts_of(session, membership.id) if membership else {},
    )


def timetable_of(session: Session, run: Run, course: Course, membership_id: int | None) -> Timetable:
    """The dates of a run for one member (or for all), every move applied."""
    for_all, for_one = moves(session, run.id)
    planned = {d.id: d.at for d in course.deadlines.values()}
    return rules.timetable(anchors_of(run), planned, for_all, for_one.get(membership_id or 0, {}))


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
    return {"start": run.opens_at} | {session.key: session.starts_at for session in run.sessions}


def facts_of(session: Session, membership_id: int) -> dict[tuple[str, str], Fact]:
    """What a member has done: the live works and the progress, in one query."""
    return facts_of_members(session, [membership_id])[membership_id]


_FACTS = union_all(
    select(
        Work.membership_id, Work.activity_id, Work.slot, Work.state, Work.returned_until, Work.updated_at,
        Work.complete_steps, Work.id,
    ).where(Work.membership_id.in_(bindparam("members", expanding=True))),
    select(
        Progress.membership_id, Progress.activity_id, literal("main"), literal("done"), null(), Progress.at,
        literal(""), literal(0),
    ).where(Progress.membership_id.in_(bindparam("members", expanding=True))),
).order_by("id")  # fmt: skip


def facts_of_members(session: Session, membership_ids: Collection[int]) -> dict[int, dict[tuple[str, str], Fact]]:
    """What each of these members has done, in one query. A rejected work counts until it is replaced."""
    rows = session.execute(_FACTS, {"members": list(membership_ids)})
    known: dict[int, dict[tuple[str, str], Fact]] = {member: {} for member in membership_ids}
    for member, activity_id, slot, state, until, updated_at, steps, _ in rows:
        facts = known[member]
        before = facts.get((activity_id, slot))
        replace_until = before.replace_until if before else None
        if state == State.REJECTED:
            replace_until = updated_at + rules.REPLACE_WITHIN
        facts[activity_id, slot] = Fact(state, until, replace_until, frozenset(steps.split()))
    return known


def standings_of_run(session: Session, run: Run, members: Iterable[Membership]) -> dict[int, Standing]:
    """Where each of these members of a run stands, by membership. Two queries, however many they are."""
    course = course_of(session, run)
    ids = [member.id for member in members]
    for_all, for_one = moves(session, run.id)
    planned = {d.id: d.at for d in course.deadlines.values()}
    anchors = anchors_of(run)
    facts = facts_of_members(session, ids)
    return {
        member: Standing(
            run, course, rules.timetable(anchors, planned, for_all, for_one.get(member, {})), facts[member]
        )
        for member in ids
    }
