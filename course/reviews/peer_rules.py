"""Who gives words to whose homework, and how that is mended when somebody drops out or comes late. Pure.

People are ids. A conflict is a set of two: they never give words to one another. A pairing maps givers to receivers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from random import Random

ROUNDS = 40
"""How many orders are tried for one circle of all."""

Conflicts = Collection[frozenset[int]]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Colleague:
    """What can make a conflict: somebody's clinic, and who their tutor is (both may be missing)."""

    id: int
    clinic: str = ""
    tutor_id: int | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    """Who gives to whom; who gets words from a facilitator instead; and who has nobody to give words to."""

    pairs: Mapping[int, int]
    stood_in: frozenset[int] = frozenset()
    idle: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a repair must leave alone.

    ``done``: words that have been given, by giver; they stay, and their giver gives no more. ``stood_in``: receivers
    whom a facilitator takes care of, until somebody has nobody else to give to; ``closed``: those for whom it is to
    stay so. ``begun``: givers who have begun to write, moved only when nothing else helps. ``pinned``: givers who are
    not moved at all. ``excused``: people who cannot give words any more.
    """

    done: Mapping[int, int] = field(default_factory=dict)
    stood_in: frozenset[int] = frozenset()
    begun: frozenset[int] = frozenset()
    pinned: frozenset[int] = frozenset()
    closed: frozenset[int] = frozenset()
    excused: frozenset[int] = frozenset()


NOTHING = Bounds()


def conflicts_of(people: Iterable[Colleague]) -> frozenset[frozenset[int]]:
    """Everybody of one clinic, and every trainee with the own tutor."""
    known = list(people)
    found = {
        frozenset((one.id, other.id)) for one, other in combinations(known, 2) if _clinic(one) == _clinic(other) != ""
    }
    return frozenset(found | {frozenset((one.id, one.tutor_id)) for one in known if one.tutor_id not in (None, one.id)})


def _clinic(person: Colleague) -> str:
    return " ".join(person.clinic.split()).casefold()


def may_give(giver: int, receiver: int, conflicts: Conflicts) -> bool:
    """Whether one may give words to the other."""
    return giver != receiver and frozenset((giver, receiver)) not in conflicts


def allocate(people: Collection[int], conflicts: Conflicts, seed: int = 0) -> Allocation:
    """Pair everybody from nothing: each gives once and gets once, in one circle where there is one.

    A circle has no two who give to one another from three people on. Where conflicts leave no circle, as many as can
    be are paired, and a facilitator stands in for the rest.
    """
    order = sorted(set(people))
    circle = _circle(order, conflicts, seed)
    if circle is not None:
        return Allocation(dict(zip(circle, [*circle[1:], circle[0]], strict=True)))
    return repair(order, conflicts, {}, seed=seed)


def repair(
    people: Collection[int],
    conflicts: Conflicts,
    pairs: Mapping[int, int],
    bounds: Bounds = NOTHING,
    *,
    seed: int = 0,
) -> Allocation:
    """Mend a pairing for the people who are there now, changing as little as possible.

    What was between people who are both still there is kept; a gap is closed by the shortest chain of moves – when
    somebody drops out, by joining their giver with their receiver. As many as can be get words from a colleague; then
    as many givers as can be have somebody to give to, if need be somebody who has words already.
    """
    mending = _Mending(people, conflicts, pairs, bounds, seed)
    for movable in (mending.movable(of_begun=False), mending.movable(of_begun=True)):
        for receiver in mending.needing():
            mending.find_giver(receiver, movable)
    for movable in (mending.movable(of_begun=False), mending.movable(of_begun=True)):
        for giver in mending.idle():
            mending.find_receiver(giver, movable)
    if len(mending.people) >= 4:
        mending.part_mutual()
    return mending.allocation()


def mutual(pairs: Mapping[int, int], done: Mapping[int, int] | None = None) -> int:
    """How many of the pairs give to somebody who gives, or gave, to them."""
    given = {**(done or {}), **pairs}
    return sum(given.get(receiver) == giver for giver, receiver in pairs.items())


# -- one circle of all -----------------------------------------------------------------------------------------------


def _circle(people: list[int], conflicts: Conflicts, seed: int) -> list[int] | None:
    """An order in which everybody may give to the next; None when none was found."""
    if len(people) < 2:
        return None
    chance = Random(seed)
    for _ in range(ROUNDS):
        order = list(people)
        chance.shuffle(order)
        if _close_gaps(order, conflicts):
            return order
    return None


def _close_gaps(order: list[int], conflicts: Conflicts) -> bool:
    """Turn stretches of a circle round until no two neighbours conflict. Each turn closes a gap (Palmer's rule)."""
    for _ in range(len(order) + 1):
        gap = next((i for i in range(len(order)) if not may_give(order[i - 1], order[i], conflicts)), None)
        if gap is None:
            return True
        order[:] = order[gap:] + order[:gap]
        first, last = order[0], order[-1]
        turns = (
            j
            for j in range(1, len(order) - 1)
            if may_give(last, order[j], conflicts) and may_give(first, order[j + 1], conflicts)
        )
        turn = next(turns, None)
        if turn is None:
            return False
        order[: turn + 1] = reversed(order[: turn + 1])
    return False


# -- mending ---------------------------------------------------------------------------------------------------------


class _Mending:
    """A pairing on its way to be whole: both directions of it, and what may be moved."""

    def __init__(
        self, people: Collection[int], conflicts: Conflicts, pairs: Mapping[int, int], bounds: Bounds, seed: int
    ) -> None:
        self.people = sorted(set(people))
        Random(seed).shuffle(self.people)
        self.conflicts, self.bounds = conflicts, bounds
        self.received = frozenset(bounds.done.values())
        self.givers = [p for p in self.people if p not in bounds.done and p not in bounds.excused]
        self.to: dict[int, int] = {}
        self.by: dict[int, int] = {}
        for giver, receiver in sorted(pairs.items(), key=lambda pair: (pair[0] not in bounds.pinned, pair)):
            is_there = giver in self.people and receiver in self.people and giver not in bounds.done
            if is_there and receiver not in self.by and may_give(giver, receiver, conflicts):
                self._join(giver, receiver)

    def movable(self, *, of_begun: bool) -> frozenset[int]:
        """The givers whose receiver may be changed."""
        still = self.bounds.pinned if of_begun else self.bounds.pinned | self.bounds.begun
        return frozenset(self.people) - still

    def needing(self) -> list[int]:
        """Whose words nobody takes care of yet."""
        taken_care_of = self.received | self.bounds.stood_in | self.bounds.closed | self.by.keys()
        return [person for person in self.people if person not in taken_care_of]

    def idle(self) -> list[int]:
        """Who has nobody to give words to; those first who have been given least freedom by the conflicts."""
        free = [giver for giver in self.givers if giver not in self.to]
        return sorted(free, key=lambda giver: sum(may_give(giver, p, self.conflicts) for p in self.people))

    def _join(self, giver: int, receiver: int) -> None:
        self.to[giver], self.by[receiver] = receiver, giver

    def _part(self, giver: int) -> None:
        receiver = self.to.pop(giver, None)
        if receiver is not None and self.by.get(receiver) == giver:
            del self.by[receiver]

    def find_giver(self, receiver: int, movable: frozenset[int]) -> None:
        """Give a receiver a giver by the shortest chain of moves that leaves nobody else without."""
        came_by: dict[int, Pair | None] = {receiver: None}
        waiting = deque([receiver])
        while waiting:
            lacking = waiting.popleft()
            for giver in self._givers_for(lacking):
                held = self.to.get(giver)
                if held is None or (giver in movable and held in self.received | self.bounds.stood_in):
                    return self._pass_on_givers(came_by, lacking, giver)
                if giver in movable and held not in came_by:
                    came_by[held] = (lacking, giver)
                    waiting.append(held)
        return None

    def _givers_for(self, receiver: int) -> list[int]:
        able = [giver for giver in self.givers if may_give(giver, receiver, self.conflicts)]
        return sorted(able, key=lambda giver: (self._given(receiver) == giver, giver in self.to))

    def _pass_on_givers(self, came_by: Mapping[int, Pair | None], receiver: int, giver: int) -> None:
        """Let ``giver`` give to ``receiver``; whoever stood there moves one on, back to where the chain began."""
        self._part(giver)
        while (step := came_by[receiver]) is not None:
            nearer, moves = step
            self._part(moves)
            self._join(giver, receiver)
            receiver, giver = nearer, moves
        self._join(giver, receiver)

    def find_receiver(self, giver: int, movable: frozenset[int]) -> None:
        """Give a giver somebody to give to by the shortest chain of moves that leaves no other giver without."""
        came_by: dict[int, Pair | None] = {giver: None}
        waiting = deque([giver])
        while waiting:
            lacking = waiting.popleft()
            for receiver in self._receivers_for(lacking):
                held = self.by.get(receiver)
                if held is None:
                    return self._pass_on_receivers(came_by, lacking, receiver)
                if held in movable and held not in came_by:
                    came_by[held] = (lacking, receiver)
                    waiting.append(held)
        return None

    def _receivers_for(self, giver: int) -> list[int]:
        able = [one for one in self.people if may_give(giver, one, self.conflicts) and one not in self.bounds.closed]
        return sorted(able, key=lambda one: (one in self.by, one in self.received, self._given(one) == giver))

    def _pass_on_receivers(self, came_by: Mapping[int, Pair | None], giver: int, receiver: int) -> None:
        while (step := came_by[giver]) is not None:
            nearer, freed = step
            self._part(giver)
            self._join(giver, receiver)
            giver, receiver = nearer, freed
        self._join(giver, receiver)

    def _given(self, giver: int) -> int | None:
        return self.to.get(giver, self.bounds.done.get(giver))

    def part_mutual(self) -> None:
        """Swap receivers so that fewer give to one another. Every swap lowers their number, so it ends."""
        movable = self.movable(of_begun=False)
        while (swap := self._better_swap(movable)) is not None:
            first, second = swap
            at_first, at_second = self.to[first], self.to[second]
            self._part(first)
            self._part(second)
            self._join(first, at_second)
            self._join(second, at_first)

    def _better_swap(self, movable: frozenset[int]) -> Pair | None:
        now = mutual(self.to, self.bounds.done)
        if not now:
            return None
        held = [giver for giver in self.to if giver in movable]
        for first in held:
            if self._given(self.to[first]) != first:
                continue
            for second in held:
                if self._may_swap(first, second) and self._mutual_after(first, second) < now:
                    return first, second
        return None

    def _may_swap(self, first: int, second: int) -> bool:
        crossed = ((first, self.to[second]), (second, self.to[first]))
        return first != second and all(may_give(*pair, self.conflicts) for pair in crossed)

    def _mutual_after(self, first: int, second: int) -> int:
        return mutual({**self.to, first: self.to[second], second: self.to[first]}, self.bounds.done)

    def allocation(self) -> Allocation:
        """How it stands now."""
        known = set(self.people)
        helped = self.bounds.stood_in | self.bounds.closed
        stood_in = {one for one in helped if one in known and one not in self.by}
        idle = (giver for giver in self.givers if giver not in self.to)
        return Allocation(dict(self.to), frozenset(stood_in | set(self.needing())), frozenset(idle))
