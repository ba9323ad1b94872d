"""What moves when a date moves, and who is told. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from course.content.catalogue import Activity, Course
from course.runs.rules import Facts, Timetable, has_reached


@dataclass(frozen=True, slots=True)
class Moved:
    """A date that moves: its title, when it was and when it will be (None: it had, or has, no date)."""

    id: str
    title: str
    was: datetime | None
    becomes: datetime | None


@dataclass(frozen=True, slots=True)
class Affected:
    """What a change means for one member: the dates that move, and whether a mail tells them."""

    membership_id: int
    moved: tuple[Moved, ...]
    is_told: bool


def changes(course: Course, before: Timetable, after: Timetable) -> tuple[Moved, ...]:
    """The deadlines that differ between two timetables, in the course's order."""
    return tuple(
        Moved(deadline.id, deadline.title, was, becomes)
        for deadline in course.deadlines.values()
        if (was := before.due(deadline.id)) != (becomes := after.due(deadline.id))
    )


def affected(
    course: Course,
    before: Mapping[int, Timetable],
    after: Mapping[int, Timetable],
    facts: Mapping[int, Facts],
) -> tuple[Affected, ...]:
    """Whom a change of dates touches: members, by the deadlines that an activity has; the others are the staff's own.

    Told is who still has something to do before a date that moves.
    """
    found = []
    concerning = {activity.due for activity in course.activities.values()}
    for membership_id, old in before.items():
        moved = tuple(m for m in changes(course, old, after[membership_id]) if m.id in concerning)
        if moved:
            waiting = {a.due for a in unfinished(course.activities.values(), facts.get(membership_id, {}))}
            found.append(Affected(membership_id, moved, any(m.id in waiting for m in moved)))
    return tuple(found)


def unfinished(activities: Iterable[Activity], facts: Facts) -> tuple[Activity, ...]:
    """The activities that a member has not handed in or done."""
    return tuple(
        a for a in activities if not has_reached(facts, a.id, tuple(s.id for s in a.slots) or ("main",), "done")
    )


def moved_by_content(
    old: Course,
    new: Course,
    before: Mapping[int, Timetable],
    after: Mapping[int, Timetable],
    facts: Mapping[int, Facts],
) -> dict[int, tuple[str, ...]]:
    """Whose dates a newer version of the course moves: the new version's deadlines, by member.

    They are those before which the member still has something to do that had another date. An activity that is new,
    or had no date, moves for nobody.
    """
    found: dict[int, tuple[str, ...]] = {}
    for member, dates in before.items():
        moved = dict.fromkeys(
            activity.due
            for activity in unfinished(new.activities.values(), facts.get(member, {}))
            if activity.due and _has_moved(old, dates, activity, after[member])
        )
        if moved:
            found[member] = tuple(moved)
    return found


def _has_moved(old: Course, before: Timetable, activity: Activity, after: Timetable) -> bool:
    was = old.activities.get(activity.id)
    had = before.due(was.due) if was is not None else None
    return had is not None and after.due(activity.due) not in (None, had)


def has_place(course: Course, activity_id: str, slot: str) -> bool:
    """Whether what was written in this slot can still be shown and changed."""
    activity = course.activities.get(activity_id)
    return activity is not None and activity.form is not None and activity.slot(slot) is not None


@dataclass(frozen=True, slots=True)
class ChangedRubric:
    """A rubric that is another one in the newer version, and how many profiles were set by it as it is."""

    title: str
    profiles: int


@dataclass(frozen=True, slots=True)
class Touched:
    """What a newer version of the content would change for a run under way."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    asked_anew: tuple[str, ...]
    works: int
    deadlines: tuple[str, ...] = ()
    rubrics: tuple[ChangedRubric, ...] = ()


def touched(
    now: Course, new: Course, works_by_activity: Mapping[str, int], profiles_by_rubric: Mapping[str, int]
) -> Touched:
    """Compare the version a run is pinned to with a newer one. ``works`` counts works of activities that change;
    ``profiles_by_rubric`` counts what was set by each rubric, by its digest.
    """
    asked_anew = [
        a.id for a in now.activities.values() if a.id in new.activities and new.activities[a.id].digest != a.digest
    ]
    removed = [a.id for a in now.activities.values() if a.id not in new.activities]
    return Touched(
        added=tuple(a.title for a in new.activities.values() if a.id not in now.activities),
        removed=tuple(now.activities[a].title for a in removed),
        asked_anew=tuple(now.activities[a].title for a in asked_anew),
        works=sum(works_by_activity.get(a, 0) for a in [*removed, *asked_anew]),
        deadlines=tuple(
            deadline.title
            for deadline in new.deadlines.values()
            if deadline.id not in now.deadlines or now.deadlines[deadline.id].at != deadline.at
        ),
        rubrics=tuple(
            ChangedRubric(rubric.title, profiles_by_rubric[rubric.digest])
            for rubric in now.rubrics.values()
            if profiles_by_rubric.get(rubric.digest)
            and (rubric.id not in new.rubrics or new.rubrics[rubric.id].digest != rubric.digest)
        ),
    )
