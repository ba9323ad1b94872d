"""The ladders: where a member stands in each skill, and what the next step is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from course.content.catalogue import LEVELS, Activity, Course, Skill

from .rules import Entry

LEVEL_NAMES: Mapping[int, str] = {
    1: "Studér et eksempel",
    2: "Find fejlene",
    3: "Udfyld det, der mangler",
    4: "Gør det selv",
    5: "Gør det under pres",
    6: "Brug det i din egen hverdag",
}
SURE, ON_THE_WAY = 90, 70
"""The per cent from which a result is called sure, and on the way."""


class RungState(StrEnum):
    """How a rung stands: done, begun, open, closed (its gate says why), or without an exercise in this course."""

    DONE = "done"
    STARTED = "started"
    OPEN = "open"
    CLOSED = "closed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Result:
    """The best attempt at an activity."""

    points: int
    of: int

    @property
    def percent(self) -> int:
        """Whole per cent, rounded down."""
        return 100 * self.points // self.of if self.of else 0

    @property
    def words(self) -> str:
        """What it says, without a mark."""
        if self.percent >= SURE:
            return "sikkert"
        return "godt på vej" if self.percent >= ON_THE_WAY else "i gang"


@dataclass(frozen=True, slots=True)
class Practised:
    """One thing to do on a rung, with the best result so far."""

    entry: Entry
    best: Result | None


@dataclass(frozen=True, slots=True)
class Rung:
    """One of the six levels of a skill."""

    level: int
    practised: tuple[Practised, ...]

    @property
    def name(self) -> str:
        """What one does at this level."""
        return LEVEL_NAMES[self.level]

    @property
    def state(self) -> RungState:
        """Done when everything on it is done. A skip test is another way up, and nobody has to take it."""
        entries = [one.entry for one in self.practised if not one.entry.activity.is_skip_test]
        if not entries:
            return RungState.NONE
        if all(entry.is_done for entry in entries):
            return RungState.DONE
        if any(entry.is_done or entry.is_begun for entry in entries):
            return RungState.STARTED
        return RungState.OPEN if any(entry.gate.is_open for entry in entries) else RungState.CLOSED


@dataclass(frozen=True, slots=True)
class Ladder:
    """A skill with its six rungs. ``skip_test``: what the able can take instead of what lies below it."""

    skill: Skill
    rungs: tuple[Rung, ...]
    next: Entry | None
    skip_test: Entry | None

    @property
    def there_are(self) -> int:
        """How many of the rungs have something to do."""
        return sum(rung.state is not RungState.NONE for rung in self.rungs)

    @property
    def done(self) -> int:
        """How many of them are done."""
        return sum(rung.state is RungState.DONE for rung in self.rungs)


def best_results(attempts: Iterable[tuple[str, int, int]]) -> dict[str, Result]:
    """The best attempt of each activity, of (activity, points, of)."""
    best: dict[str, Result] = {}
    for activity, points, of in attempts:
        result = Result(points, of)
        if activity not in best or result.percent > best[activity].percent:
            best[activity] = result
    return best


def ladders(course: Course, entries: Iterable[Entry], best: Mapping[str, Result]) -> tuple[Ladder, ...]:
    """Every skill of a course that has something to do, in the order of the course."""
    by_skill: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.activity.skill is not None:
            by_skill.setdefault(entry.activity.skill, []).append(entry)
    return tuple(_ladder(skill, by_skill[skill.id], best) for skill in course.skills.values() if skill.id in by_skill)


def _ladder(skill: Skill, entries: list[Entry], best: Mapping[str, Result]) -> Ladder:
    rungs = tuple(
        Rung(level, tuple(Practised(e, best.get(e.activity.id)) for e in entries if e.activity.level == level))
        for level in LEVELS
    )
    waiting = [one.entry for rung in rungs for one in rung.practised if not one.entry.is_done]
    done = {entry.activity.id for entry in entries if entry.is_done}
    following = next((e for e in waiting if e.gate.is_open and not e.activity.is_skip_test), None)
    skips = next((e for e in waiting if e.gate.is_open and _would_skip(e.activity, done)), None)
    return Ladder(skill, rungs, following, skips)


def _would_skip(activity: Activity, done: set[str]) -> bool:
    return any(name not in done for name in activity.skips)
