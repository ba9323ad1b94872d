"""Every way through a talk: how many there are, the best, the lazy ones, and what is never reached. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from . import rules
from .conditions import MINUTES, Condition
from .rules import State
from .talk import Choice, Talk

MOST_STATES = 20_000
"""A talk with more places than this is not walked to its end: nobody could review it either."""


class TooMany(Exception):
    """The talk branches too much to be looked through."""


def every(talk: Talk) -> Iterator[State]:
    """Give the last state of every way, in the order of the file; a dead end is one too."""

    def walk(state: State) -> Iterator[State]:
        choices = rules.offered(talk, state)
        if not choices:
            yield state
        for choice in choices:
            yield from walk(rules.choose(talk, state, choice.id))

    return walk(rules.begin(talk))


# --- the lazy ones

Rule = Callable[[tuple[Choice, ...]], Choice]


def _most_work(choices: tuple[Choice, ...]) -> Choice:
    return max(choices, key=lambda choice: choice.work)


def _longest(choices: tuple[Choice, ...]) -> Choice:
    return max(choices, key=lambda choice: len(choice.text))


def _nth(place: int) -> Rule:
    return lambda choices: choices[min(place, len(choices) - 1)]


LAZY: Mapping[str, Rule] = {
    "det mest arbejdsvenlige": _most_work,
    "det længste": _longest,
    "det første": _nth(0),
    "det andet": _nth(1),
    "det tredje": _nth(2),
}
"""Ways to choose without thinking; where two are alike, the first in the file is taken."""


def lazy(talk: Talk, rule: Rule) -> State:
    """Return where one ends who always chooses by one rule."""
    state = rules.begin(talk)
    while choices := rules.offered(talk, state):
        state = rules.choose(talk, state, rule(choices).id)
    return state


def percent(talk: Talk, state: State) -> int:
    """A way's score in whole percent of the best, rounded down."""
    found = rules.score(talk, state)
    return 100 * found.points // found.of if found.of else 0


# --- a survey


@dataclass(frozen=True, slots=True)
class Rest:
    """What can still come of a state. ``good`` holds up to two ways to a good end, as decisions alone."""

    paths: int
    best: int
    best_way: tuple[str, ...]
    fewest: int
    most: int
    good: frozenset[tuple[str, ...]] = frozenset()


@dataclass(slots=True)
class Survey:
    """Everything that happens on some way through a talk."""

    rest: Rest = Rest(0, 0, (), 0, 0)
    scenes: set[str] = field(default_factory=set)
    offered: set[str] = field(default_factory=set)
    taken: set[tuple[str, int]] = field(default_factory=set)
    dead_ends: dict[str, tuple[str, ...]] = field(default_factory=dict)
    decisions: dict[str, set[int]] = field(default_factory=dict)
    """How many choices a decision is met with."""


def survey(talk: Talk) -> Survey:
    """Look through a talk; raise TooMany when it branches too much.

    States that differ only in what nobody asks for are looked at once.
    """
    walk = _Walk(talk)
    walk.found.rest = walk.rest(rules.begin(talk))
    return walk.found


class _Walk:
    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.found = Survey()
        self.known: dict[object, Rest] = {}
        asked = {condition.name for condition in conditions(talk)}
        self.counters = [n for n, counter in enumerate(talk.counters) if counter.id in asked]
        self.flags = frozenset(asked)
        self.has_clock = bool(talk.minutes) or MINUTES in asked
        again = _met_again(talk)
        self.repeatable = frozenset(choice.id for choice in talk.choices.values() if choice.scene in again)

    def key(self, state: State) -> object:
        return (
            state.scene,
            tuple(state.numbers[n] for n in self.counters),
            state.flags & self.flags,
            min(state.spent, self.talk.minutes) if self.has_clock else 0,
            state.is_time_up,
            self.repeatable.intersection(state.way),
        )

    def rest(self, state: State) -> Rest:
        key = self.key(state)
        if key not in self.known:
            if len(self.known) >= MOST_STATES:
                raise TooMany
            self.known[key] = self.looked_at(state)
        return self.known[key]

    def looked_at(self, state: State) -> Rest:
        scene = rules.scene_of(self.talk, state)
        self.found.scenes.add(scene.id)
        choices = rules.offered(self.talk, state)
        if not choices:
            if scene.ends is None:
                self.found.dead_ends.setdefault(scene.id, state.way)
            good: frozenset[tuple[str, ...]] = frozenset({()}) if scene.ends == "good" else frozenset()
            return Rest(1, 0, (), 0, 0, good)
        if scene.decision:
            self.found.decisions.setdefault(scene.id, set()).add(len(choices))
        return _together([self.after(state, choice) for choice in choices])

    def after(self, state: State, choice: Choice) -> Rest:
        after = rules.choose(self.talk, state, choice.id)
        self.found.offered.add(choice.id)
        self.found.taken.add((choice.id, rules.taken(self.talk, after, choice)))
        rest = self.rest(after)
        is_decision = self.talk.scenes[choice.scene].decision
        return Rest(
            rest.paths,
            rest.best + choice.points,
            (choice.id, *rest.best_way),
            rest.fewest + is_decision,
            rest.most + is_decision,
            frozenset((choice.id, *way) for way in rest.good) if is_decision else rest.good,
        )


def _together(rests: list[Rest]) -> Rest:
    best = max(rests, key=lambda rest: rest.best)
    good = sorted(frozenset().union(*(rest.good for rest in rests)))
    return Rest(
        sum(rest.paths for rest in rests),
        best.best,
        best.best_way,
        min(rest.fewest for rest in rests),
        max(rest.most for rest in rests),
        frozenset(good[:2]),
    )


def conditions(talk: Talk) -> Iterator[Condition]:
    """Every condition of the talk."""
    for choice in talk.choices.values():
        yield from choice.when
        for way in choice.ways:
            yield from way.when


def next_scenes(talk: Talk, scene: str, *, late: bool = True) -> frozenset[str]:
    """The scenes a scene's choices may lead to; with ``late`` also the one that ends the minutes."""
    found = {way.scene for choice in talk.scenes[scene].choices for way in choice.ways}
    if late and found and talk.minutes and talk.time_up is not None:
        found.add(talk.time_up)
    return frozenset(found)


def reachable(talk: Talk, scene: str, *, late: bool = True) -> frozenset[str]:
    """The scenes that may come after a scene, whatever the conditions say."""
    found: set[str] = set()
    waiting = [scene]
    while waiting:
        new = next_scenes(talk, waiting.pop(), late=late) - found
        found |= new
        waiting.extend(new)
    return frozenset(found)


def _met_again(talk: Talk) -> frozenset[str]:
    return frozenset(scene for scene in talk.scenes if scene in reachable(talk, scene))
