"""A talk that a room goes through together: everything there is to know stands in the address. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from . import playing, rules
from .rules import State
from .talk import Talk

HANDS = "hands-"
"""Begins the name of a number of hands; the id of the choice follows."""

MOST_HANDS = 999


class Address(Protocol):
    """What stands in an address after the question mark."""

    def getlist(self, key: str, /) -> list[str]: ...

    def items(self) -> Iterable[tuple[str, str]]: ...


@dataclass(frozen=True, slots=True)
class Vote:
    """How many hands a choice got, and of how many per cent that is."""

    hands: int
    percent: int


@dataclass(frozen=True, slots=True)
class Room:
    """Where a room is in a talk. ``is_broken``: the address held a choice that could not be made there."""

    state: State
    hands: Mapping[str, int]
    is_broken: bool

    def address(self, way: Iterable[str]) -> dict[str, Any]:
        """What stands in the address for a way; the hands go along."""
        return {"way": list(way), **{f"{HANDS}{each}": count for each, count in self.hands.items()}}

    def vote(self, choices: Iterable[str]) -> Mapping[str, Vote]:
        """The hands of some choices, when there were any."""
        counts = {each: self.hands.get(each, 0) for each in choices}
        total = sum(counts.values())
        return {each: Vote(count, 100 * count // total) for each, count in counts.items()} if total else {}


def room(talk: Talk, address: Address) -> Room:
    """Read an address; what cannot be said where the talk stands ends the way."""
    state, is_broken = rules.begin(talk), False
    for each in address.getlist("way"):
        try:
            state = rules.choose(talk, state, each)
        except rules.NotOffered:
            is_broken = True
            break
    return Room(state, dict(_hands(talk, address)), is_broken)


def _hands(talk: Talk, address: Address) -> Iterator[tuple[str, int]]:
    for name, text in address.items():
        choice, is_number = name.removeprefix(HANDS), text.isascii() and text.isdigit() and len(text) <= 3
        if name.startswith(HANDS) and choice in talk.choices and is_number and 0 < int(text) <= MOST_HANDS:
            yield choice, int(text)


def shown(talk: Talk, found: Room) -> Mapping[str, Any]:
    """What the screen shows: the talk under way, or its report."""
    log = [{"choice": each} for each in found.state.way]
    if rules.has_ended(talk, found.state):
        return playing.report(talk, log)
    return playing.page(talk, log)


def kept(talk: Talk, found: Room) -> list[tuple[str, str]]:
    """The fields that go along with the next choice: the way, and the hands that are not typed on the page."""
    here = {choice.id for choice in rules.offered(talk, found.state)}
    way = [("way", each) for each in found.state.way]
    return way + [(f"{HANDS}{each}", str(count)) for each, count in found.hands.items() if each not in here]


def told_hands(talk: Talk, found: Room) -> list[str]:
    """For each choice of the way what the room voted where it was made, in the order of its letters."""
    told, state = [], rules.begin(talk)
    for each in found.state.way:
        letters = {option.id: option.letter for option in playing.options(talk, rules.Played(state))}
        votes = found.vote(letters)
        told.append(" · ".join(f"{letters[name]} {vote.hands}" for name, vote in votes.items()))
        state = rules.choose(talk, state, each)
    return told
