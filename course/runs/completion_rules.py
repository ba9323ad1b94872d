"""What a member still lacks for the certificate. Pure: the course's rule and the facts in, what is missing out."""

from __future__ import annotations

from dataclasses import dataclass

from course.content.catalogue import Activity, Course, Kind, Requirement

from .rules import Facts, has_reached


@dataclass(frozen=True, slots=True)
class Lacking:
    """One thing that is missing: the activity and slot, and a whole Danish sentence that says so of anybody."""

    activity_id: str
    slot: str
    sentence: str


_NOT_YET = {"done": "er ikke gjort", "submitted": "er ikke sendt", "accepted": "er ikke godkendt"}
_ON_THE_WAY = {
    "submitted": "er sendt, men ikke læst endnu",
    "returned": "er sendt tilbage og skal rettes",
    "rejected": "er afvist og skal erstattes af et andet",
}


def lacking(course: Course, facts: Facts, *, own_time: bool = False) -> tuple[Lacking, ...]:
    """What of the course's rule of completion a member has not done, in the rule's order."""
    return tuple(
        Lacking(activity.id, slot, _sentence(course, activity, slot, requirement, facts, own_time=own_time))
        for requirement in course.completion
        if (activity := course.activities.get(requirement.activity)) is not None
        for slot in _slots(activity)
        if not has_reached(facts, activity.id, (slot,), requirement.needs)
    )


def _slots(activity: Activity) -> tuple[str, ...]:
    return tuple(slot.id for slot in activity.slots) or ("main",)


def _sentence(
    course: Course, activity: Activity, slot: str, requirement: Requirement, facts: Facts, *, own_time: bool
) -> str:
    if activity.kind is Kind.ATTEND:
        session = course.sessions.get(activity.session or "")
        if own_time:
            return f"{session.title if session else activity.title} er ikke gjort færdig med en makker."
        return f"Fremmødet på {session.title if session else activity.title} mangler eller er for kort."
    found = activity.slot(slot)
    title = found.title if found is not None and len(activity.slots) > 1 else activity.title
    fact = facts.get((activity.id, slot))
    on_the_way = _ON_THE_WAY.get(fact.state) if fact is not None else None
    return f"»{title}« {on_the_way or _NOT_YET[requirement.needs]}."


def is_complete(missing: tuple[Lacking, ...], is_granted: bool) -> bool:
    """Whether the course counts as completed: nothing is missing, or it was granted with a reason."""
    return not missing or is_granted


def minutes_online(course: Course, facts: Facts) -> int:
    """The minutes of what a member has done outside of the sessions; a part of an activity counts its share."""
    met = {module for phase in course.phases if phase.session is not None for module in phase.modules}
    total = 0.0
    for activity in course.activities.values():
        if activity.module_id not in met and activity.kind is not Kind.ATTEND:
            slots = _slots(activity)
            done = sum(has_reached(facts, activity.id, (slot,), "done") for slot in slots)
            total += activity.minutes * done / len(slots)
    return round(total)


def objectives_covered(course: Course, facts: Facts, attended: frozenset[str]) -> tuple[str, ...]:
    """The ids of the objectives of what a member has done, and of the sessions they attended, in the course's order."""
    covered: set[str] = set()
    for phase in course.phases:
        if phase.session is not None and phase.session in attended:
            covered |= {o for module in phase.modules for o in course.modules[module].objectives}
    for activity in course.activities.values():
        if has_reached(facts, activity.id, _slots(activity), "done"):
            covered |= {*activity.teaches, *activity.assesses}
    return tuple(name for name in course.objectives if name in covered)
