"""How a talk goes: a pure fold over what was chosen. No clock but the story's own.

A choice that has been made is not offered again: nobody says the same sentence twice, and so every talk ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .conditions import MINUTES, Condition
from .talk import Choice, Scene, Talk

LOWEST, HIGHEST = 0, 10

Step = Mapping[str, Any]
"""``{"choice": id}``, or ``{"rewind": n}``: back to where one stood after n choices."""


class NotOffered(Exception):
    """A choice that cannot be made where the talk stands."""


@dataclass(frozen=True, slots=True)
class State:
    """Where a talk stands after the choices of ``way``."""

    scene: str
    numbers: tuple[int, ...]
    flags: frozenset[str] = frozenset()
    spent: int = 0
    is_time_up: bool = False
    way: tuple[str, ...] = ()
    points: int = 0


@dataclass(frozen=True, slots=True)
class Played:
    """A log, folded: where one stands, how often one went back, and the ways that were left."""

    state: State
    rewinds: int = 0
    left: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """``points`` of the highest sum of decisions, ``of``; never below 0."""

    points: int
    of: int


def begin(talk: Talk) -> State:
    """The state before anything was said."""
    return State(talk.start, tuple(counter.start for counter in talk.counters))


def scene_of(talk: Talk, state: State) -> Scene:
    return talk.scenes[state.scene]


def has_ended(talk: Talk, state: State) -> bool:
    return scene_of(talk, state).ends is not None


def offered(talk: Talk, state: State) -> tuple[Choice, ...]:
    """The choices that can be made now, in the order of the file."""
    if has_ended(talk, state):
        return ()
    numbers = _numbers(talk, state)
    return tuple(
        choice
        for choice in scene_of(talk, state).choices
        if choice.id not in state.way and _all_hold(choice.when, numbers, state.flags)
    )


def choose(talk: Talk, state: State, choice_id: str) -> State:
    """Return the state after a choice; raise NotOffered when it cannot be made."""
    choice = next((each for each in offered(talk, state) if each.id == choice_id), None)
    if choice is None:
        raise NotOffered(choice_id)
    after = replace(
        state,
        numbers=tuple(
            _bounded(number + choice.effects.get(counter.id, 0))
            for counter, number in zip(talk.counters, state.numbers, strict=True)
        ),
        flags=state.flags | choice.sets,
        spent=state.spent + choice.minutes,
        way=(*state.way, choice.id),
        points=state.points + choice.points,
    )
    return _moved(talk, after, taken(talk, after, choice))


def taken(talk: Talk, after: State, choice: Choice) -> int:
    """The number of the way that is taken, by how things stand after the choice.

    Raises NotOffered when no way is open: `course check` wants the last one without conditions.
    """
    numbers = _numbers(talk, after)
    for number, way in enumerate(choice.ways):
        if _all_hold(way.when, numbers, after.flags):
            return number
    raise NotOffered(choice.id)


def _moved(talk: Talk, after: State, number: int) -> State:
    """The state in the scene a way leads to, or in the scene that ends the story's minutes: once, and never
    in place of an ending.
    """
    scene = talk.choices[after.way[-1]].ways[number].scene
    is_late = bool(talk.time_up) and 0 < talk.minutes <= after.spent and not after.is_time_up
    if is_late and talk.scenes[scene].ends is None:
        assert talk.time_up is not None
        return replace(after, scene=talk.time_up, is_time_up=True)
    return replace(after, scene=scene)


def play(talk: Talk, way: Iterable[str]) -> State:
    """Return the state after the choices of a way; raise NotOffered at the first that cannot be made."""
    state = begin(talk)
    for choice_id in way:
        state = choose(talk, state, choice_id)
    return state


def fold(talk: Talk, log: Iterable[Step]) -> Played:
    """Return how a log stands; raise NotOffered when it does not fit the talk."""
    states, rewinds, left = [begin(talk)], 0, []
    for step in log:
        if "choice" in step:
            states.append(choose(talk, states[-1], step["choice"]))
        elif 0 <= step["rewind"] < len(states) - 1:
            left.append(states[-1].way)
            rewinds += 1
            del states[step["rewind"] + 1 :]
    return Played(states[-1], rewinds, tuple(left))


def chosen_before(played: Played) -> frozenset[str]:
    """The choices that were made from here on a way that was left again."""
    way = played.state.way
    return frozenset(each[len(way)] for each in played.left if len(each) > len(way) and each[: len(way)] == way)


def score(talk: Talk, state: State) -> Score:
    """The sum of the decisions on the way, within 0 and the highest there is."""
    best = talk.best
    return Score(min(max(0, state.points), best), best)


def minutes_left(talk: Talk, state: State) -> int:
    return max(0, talk.minutes - state.spent)


def _numbers(talk: Talk, state: State) -> dict[str, int]:
    numbers = {counter.id: number for counter, number in zip(talk.counters, state.numbers, strict=True)}
    return numbers | {MINUTES: minutes_left(talk, state)}


def _all_hold(conditions: Iterable[Condition], numbers: Mapping[str, int], flags: frozenset[str]) -> bool:
    return all(condition.holds(numbers, flags) for condition in conditions)


def _bounded(number: int) -> int:
    return min(HIGHEST, max(LOWEST, number))
