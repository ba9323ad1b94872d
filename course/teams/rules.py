"""How the members of a run are put into groups. Pure: the same people and seed give the same groups.

A group has 3–4 members, 2–5 where it must. Two of one clinic do not sit together, nor a trainee with the own tutor,
and every group has both kinds of cases, as far as there are any. What must give way gives way in this order: the
mix of cases first, then the size (a group of two, or of five), and the people who should not sit together last of
all: only when no division into groups of 2–5 keeps them apart. Then there are as few such pairs as can be, in groups
of the usual size, and :class:`Bent` says who. Somebody who is alone in the run is a group of one, which is said too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from random import Random

SMALLEST, LARGEST = 2, 5
USUAL = range(3, 5)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large groups are made: usually so, and otherwise within these bounds."""

    smallest: int
    usual: range
    largest: int

    @property
    def are_pairs(self) -> bool:
        """Whether people work two and two, and one group of three takes the odd one."""
        return self.usual == range(2, 3)


GROUPS = Sizes(SMALLEST, USUAL, LARGEST)
PAIRS = Sizes(2, range(2, 3), 3)
"""Partners: two and two."""


def sizes_like(groups: Mapping[int, Collection[int]]) -> Sizes:
    """How groups that are there already were made: two and two where most of them are so."""
    counts = Counter(len(members) for members in groups.values() if members)
    are_pairs = len(groups) > 1 and not counts.keys() - {2, 3} and counts[2] > counts[3]
    return PAIRS if are_pairs else GROUPS


STARTS = 8
"""From how many different first guesses the best division is looked for."""


@dataclass(frozen=True, slots=True)
class Seated:
    """A member as the rules see them: clinic ("" if not known), tutor (if a member too), released kinds of cases."""

    id: int
    clinic: str = ""
    tutor_id: int | None = None
    cases: frozenset[str] = frozenset()


class Rule(StrEnum):
    """A rule that had to be bent."""

    CLINIC = "clinic"
    TUTOR = "tutor"
    SIZE = "size"
    ALONE = "alone"


@dataclass(frozen=True, slots=True)
class Bent:
    """A rule that is bent in a group, and for whom (everybody in it when it is the size)."""

    rule: Rule
    group: int
    members: tuple[int, ...]


Group = tuple[int, ...]
Groups = dict[int, Group]
"""Groups by their number."""


def clinic_key(clinic: str) -> str:
    """A clinic's name as it is compared: capitals and spaces do not make it another one."""
    return " ".join(clinic.split()).casefold()


def kept_apart(one: Seated, other: Seated) -> Rule | None:
    """Why two members should not sit together; None when they may."""
    if one.tutor_id == other.id or other.tutor_id == one.id:
        return Rule.TUTOR
    if clinic_key(one.clinic) and clinic_key(one.clinic) == clinic_key(other.clinic):
        return Rule.CLINIC
    return None


def bent(groups: Mapping[int, Collection[int]], people: Iterable[Seated], sizes: Sizes = GROUPS) -> tuple[Bent, ...]:
    """Every rule that is bent in these groups, group by group."""
    known = {one.id: one for one in people}
    found: list[Bent] = []
    for no, members in sorted(groups.items()):
        here = [known[m] for m in sorted(members) if m in known]
        if here and len(here) not in sizes.usual:
            found.append(Bent(Rule.ALONE if len(here) == 1 else Rule.SIZE, no, tuple(one.id for one in here)))
        for one, other in combinations(here, 2):
            rule = kept_apart(one, other)
            if rule is not None:
                found.append(Bent(rule, no, (one.id, other.id)))
    return tuple(found)


# -- groups from nothing ---------------------------------------------------------------------------------------------


def make_groups(people: Collection[Seated], *, seed: int = 0, sizes: Sizes = GROUPS) -> Groups:
    """Put everybody into groups numbered from 1. Nobody gives no group, one person a group of one."""
    ordered = sorted(people, key=lambda one: one.id)
    if len(ordered) <= SMALLEST + 1:
        return {1: tuple(one.id for one in ordered)} if ordered else {}
    best = _best_division(ordered, seed, sizes)
    return {no: tuple(sorted(one.id for one in group)) for no, group in enumerate(best.groups, start=1)}


def _best_division(people: Sequence[Seated], seed: int, sizes: Sizes) -> _Division:
    tried: list[_Division] = []
    for count in _counts(len(people), sizes):
        division = _divide(people, count, seed, sizes)
        if not division.pairs() and (division.unusual() or division.is_mixed_as_can_be()):
            tried.append(division)
            break
        tried.append(division)
    apart = [division for division in tried if not division.pairs()]
    if apart:
        return min(apart, key=lambda division: (division.unusual(), division.lacking()))
    return min(tried, key=lambda division: (division.unusual(), division.pairs(), division.lacking()))


def _counts(number: int, sizes: Sizes) -> list[int]:
    """How many groups of these sizes can be made of so many people, those of the usual size first."""
    counts = range(-(-number // sizes.largest), number // sizes.smallest + 1)
    ordered = sorted(counts, key=lambda count: (_unusual(number, count, sizes), count))
    return ordered[:1] if sizes.are_pairs else ordered


def _unusual(number: int, count: int, sizes: Sizes) -> int:
    size, larger = divmod(number, count)
    made = [size + 1] * larger + [size] * (count - larger)
    return sum(one for one in made if one not in sizes.usual)


@dataclass(slots=True)
class _Division:
    """One way to divide; its people are swapped until nothing gets better."""

    groups: list[list[Seated]]
    kinds: frozenset[str]
    sizes: Sizes = GROUPS

    def pairs(self) -> int:
        """How many pairs sit together that should not."""
        return sum(_pairs(group) for group in self.groups)

    def unusual(self) -> int:
        """How many people sit in a group of another size than usual."""
        return sum(len(group) for group in self.groups if len(group) not in self.sizes.usual)

    def lacking(self) -> int:
        """How many kinds of cases the groups lack, all in all."""
        return sum(_lacking(group, self.kinds) for group in self.groups)

    def is_mixed_as_can_be(self) -> bool:
        """Whether no other division into so many groups could lack fewer kinds of cases."""
        have = Counter(kind for group in self.groups for one in group for kind in one.cases)
        return self.lacking() == sum(max(0, len(self.groups) - have[kind]) for kind in self.kinds)

    def improve(self) -> None:
        """Swap two people of different groups as long as it helps."""
        while any(self._swap_if_better(a, b) for a, b in combinations(range(len(self.groups)), 2)):
            pass

    def _swap_if_better(self, a: int, b: int) -> bool:
        one, other = self.groups[a], self.groups[b]
        before = self._cost(one, other)
        for i in range(len(one)):
            for j in range(len(other)):
                one[i], other[j] = other[j], one[i]
                if self._cost(one, other) < before:
                    return True
                one[i], other[j] = other[j], one[i]
        return False

    def _cost(self, one: list[Seated], other: list[Seated]) -> tuple[int, int, int]:
        """Pairs, kinds that lack, and how unevenly the cases lie."""
        counts = [Counter(kind for member in group for kind in member.cases) for group in (one, other)]
        uneven = sum((counts[0][kind] - counts[1][kind]) ** 2 for kind in self.kinds)
        lacking = _lacking(one, self.kinds) + _lacking(other, self.kinds)
        return _pairs(one) + _pairs(other), lacking, uneven


def _pairs(group: Sequence[Seated]) -> int:
    return sum(kept_apart(one, other) is not None for one, other in combinations(group, 2))


def _lacking(group: Sequence[Seated], kinds: frozenset[str]) -> int:
    return len(kinds - frozenset().union(*(member.cases for member in group)))


def _divide(people: Sequence[Seated], count: int, seed: int, sizes: Sizes) -> _Division:
    """The best division into so many groups that is found. The people of one clinic are dealt to different groups."""
    kinds = frozenset().union(*(one.cases for one in people))
    best: tuple[tuple[int, int], _Division] | None = None
    for start in range(STARTS):
        division = _dealt(people, count, Random(f"{seed}-{count}-{start}"), kinds, sizes)
        division.improve()
        worth = (division.pairs(), division.lacking())
        if best is None or worth < best[0]:
            best = worth, division
        if not worth[0] and division.is_mixed_as_can_be():
            break
    assert best is not None
    return best[1]


def _dealt(people: Sequence[Seated], count: int, random: Random, kinds: frozenset[str], sizes: Sizes) -> _Division:
    shuffled = random.sample(list(people), len(people))
    alike = Counter(clinic_key(one.clinic) for one in people)
    order = {clinic: i for i, clinic in enumerate(dict.fromkeys(clinic_key(one.clinic) for one in shuffled))}
    shuffled.sort(key=lambda one: (-alike[clinic_key(one.clinic)], order[clinic_key(one.clinic)]))
    return _Division([shuffled[i::count] for i in range(count)], kinds, sizes)


# -- somebody is missing ---------------------------------------------------------------------------------------------


def remake(groups: Mapping[int, Collection[int]], present: Collection[Seated], sizes: Sizes = GROUPS) -> Groups:
    """The groups with those who are present, changing as few seats as possible.

    Who is not present leaves; who is present without a seat gets one. A group keeps its number, and so its worksheet.
    Nobody is left alone, and no group has more than five: then somebody moves, where it does least harm, and a group
    that is left without members is gone from the answer. Groups of two are left in peace. Partners stay two and two:
    newcomers are paired with one another, and an odd one with somebody of the group of three, if there is one.
    """
    known = {one.id: one for one in present}
    seats = {no: [m for m in sorted(members) if m in known] for no, members in sorted(groups.items())}
    room = _Room({no: members for no, members in seats.items() if members}, known, max(groups, default=0), sizes)
    seated = {m for members in seats.values() for m in members}
    newcomers = sorted(known.keys() - seated)
    for newcomer in room.pair_up(newcomers) if sizes.are_pairs else newcomers:
        room.seat(newcomer)
    while room.wrong():
        if not room.move_one():
            break
    return {no: tuple(sorted(members)) for no, members in sorted(room.seats.items())}


Worth = tuple[int, int, int, int, int]


@dataclass(slots=True)
class _Room:
    """The seats while they are put right. ``last`` is the highest number a group has had."""

    seats: dict[int, list[int]]
    people: Mapping[int, Seated]
    last: int
    sizes: Sizes = GROUPS

    def wrong(self) -> int:
        """How many groups are of a size that cannot stay."""
        return sum(not self._may_stay(members) for members in self.seats.values())

    def _may_stay(self, members: Sequence[object]) -> bool:
        return self.sizes.smallest <= len(members) <= self.sizes.largest

    def pair_up(self, newcomers: Sequence[int]) -> list[int]:
        """Seat newcomers two and two, as far as they may sit together; the others are the answer."""
        left = list(newcomers)
        divided = make_groups([self.people[one] for one in left], sizes=self.sizes)
        for pair in (group[:2] for group in divided.values() if len(group) >= 2):
            if not _pairs([self.people[one] for one in pair]):
                self._begin(*pair)
                left = [one for one in left if one not in pair]
        return left

    def _begin(self, *members: int) -> None:
        self.last += 1
        self.seats[self.last] = list(members)

    def seat(self, member: int) -> None:
        """Give somebody without a seat the best one; where all is full, a group of their own to begin with.

        Among partners somebody of a group of three comes along to the new one.
        """
        if self.sizes.are_pairs and (partner := self._spare(member)) is not None:
            self._begin(member, partner)
            return
        open_to = [no for no, members in self.seats.items() if len(members) < self.sizes.largest]
        if not open_to:
            self._begin(member)
            return
        self.seats[min(open_to, key=lambda no: (*self._with(no, member), no))].append(member)

    def _spare(self, member: int) -> int | None:
        """Take somebody out of a group of three, rather one whom the newcomer may sit with."""
        threes = [(no, one) for no, members in self.seats.items() if len(members) > 2 for one in members]
        if not threes or any(len(members) == 1 for members in self.seats.values()):
            return None
        no, found = min(threes, key=lambda at: (_pairs([self.people[member], self.people[at[1]]]), -at[1]))
        self.seats[no].remove(found)
        return found

    def _with(self, no: int, member: int) -> tuple[int, int, int]:
        """What it costs to have somebody join a group: pairs, distance from the usual size, how many they are."""
        joined = [*self.seats[no], member]
        group = [self.people[m] for m in joined]
        return _pairs(group) - _pairs(group[:-1]), int(len(joined) not in self.sizes.usual), len(joined)

    def move_one(self) -> bool:
        """Move the one person whose moving helps most; whether anybody could."""
        before = self.wrong()
        moves = [
            (self._worth(member, source, target), member, source, target)
            for source, members in self.seats.items()
            for member in members
            for target in self.seats
            if target != source
        ]
        if not moves:
            return False
        worth, member, source, target = min(moves)
        if worth[0] >= before:
            return False
        self._move(member, source, target)
        self.seats = {no: members for no, members in self.seats.items() if members}
        return True

    def _worth(self, member: int, source: int, target: int) -> Worth:
        self._move(member, source, target)
        groups = [[self.people[m] for m in members] for members in self.seats.values() if members]
        worth = (
            sum(not self._may_stay(group) for group in groups),
            sum(map(_pairs, groups)),
            sum(len(group) for group in groups if len(group) not in self.sizes.usual),
            sum(_lacking(group, frozenset().union(*(p.cases for p in self.people.values()))) for group in groups),
            len(self.seats[target]),
        )
        self._move(member, target, source)
        return worth

    def _move(self, member: int, source: int, target: int) -> None:
        self.seats[source].remove(member)
        self.seats[target].append(member)


def swapped(groups: Mapping[int, Collection[int]], mover: int, people: Iterable[Seated]) -> Groups:
    """Partners after one of them was moved to another pair: who was left alone gets somebody of that pair in return."""
    known = {one.id: one for one in people}
    found = {no: list(members) for no, members in groups.items() if members}
    alone = next((no for no, members in found.items() if len(members) == 1 and members != [mover]), None)
    full = next((no for no, members in found.items() if mover in members and len(members) > 2), None)
    if alone is not None and full is not None:
        lonely = known[found[alone][0]]
        others = (member for member in found[full] if member != mover)
        back = min(others, key=lambda member: (_pairs([lonely, known[member]]), -member))
        found[full].remove(back)
        found[alone].append(back)
    return {no: tuple(sorted(members)) for no, members in found.items()}


def moved(before: Mapping[int, Collection[int]], after: Mapping[int, Collection[int]]) -> dict[int, int]:
    """Who has another group than before (or one for the first time), and which."""
    was = {member: no for no, members in before.items() for member in members}
    return {m: no for no, members in after.items() for m in members if was.get(m) != no}


# -- what a group works with -----------------------------------------------------------------------------------------


def teaching_case(no: int, cases: Sequence[str]) -> str | None:
    """The teaching case a group without any released case gets: another one for each group, as far as they reach."""
    return cases[(no - 1) % len(cases)] if cases else None
