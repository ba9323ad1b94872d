"""Everybody gives words and gets words, whoever drops out or comes late; no conflict, no deadlock."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.reviews.peer_rules import Allocation, Bounds, Colleague, allocate, conflicts_of, may_give, mutual, repair

Conflicts = frozenset[frozenset[int]]
NONE: Conflicts = frozenset()


def pairs_of(*couples: tuple[int, int]) -> Conflicts:
    return frozenset(frozenset(couple) for couple in couples)


def check(found: Allocation, people: set[int], conflicts: Conflicts, done: dict[int, int] | None = None) -> None:
    """Everybody who is there gives and gets, or it is said; nobody does twice; nobody is in a conflict."""
    done = done or {}
    assert all(may_give(giver, receiver, conflicts) for giver, receiver in found.pairs.items())
    assert set(found.pairs) | set(found.pairs.values()) <= people
    assert len(set(found.pairs.values())) == len(found.pairs)
    assert set(found.pairs) | found.idle | (done.keys() & people) == people
    assert not set(found.pairs) & (found.idle | done.keys())
    assert set(found.pairs.values()) | found.stood_in | (set(done.values()) & people) == people
    assert not set(found.pairs.values()) & found.stood_in


def most_pairs(givers: set[int], receivers: set[int], conflicts: Conflicts) -> int:
    """How many can be paired at most; another way of finding it than the one that is tested (Kuhn's)."""
    by: dict[int, int] = {}

    def can(giver: int, seen: set[int]) -> bool:
        for receiver in receivers - seen:
            if may_give(giver, receiver, conflicts):
                seen.add(receiver)
                if receiver not in by or can(by[receiver], seen):
                    by[receiver] = giver
                    return True
        return False

    return sum(can(giver, set()) for giver in givers)


# -- tables ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("people", "conflicts", "paired", "idle"),
    [
        (set(), NONE, 0, 0),
        ({1}, NONE, 0, 1),
        ({1, 2}, NONE, 2, 0),
        ({1, 2}, pairs_of((1, 2)), 0, 2),
        ({1, 2, 3}, NONE, 3, 0),
        ({1, 2, 3}, pairs_of((1, 2)), 2, 1),
        ({1, 2, 3, 4}, pairs_of((1, 2), (3, 4)), 4, 0),
        ({1, 2, 3, 4}, pairs_of((1, 2), (1, 3), (2, 3)), 2, 2),
        ({1, 2, 3, 4}, pairs_of(*combinations((1, 2, 3, 4), 2)), 0, 4),
    ],
)
def test_small_groups(people: set[int], conflicts: Conflicts, paired: int, idle: int) -> None:
    found = allocate(people, conflicts)
    check(found, people, conflicts)
    assert (len(found.pairs), len(found.idle)) == (paired, idle)


@pytest.mark.parametrize("number", range(3, 41))
def test_without_conflicts_nobody_gives_to_one_who_gives_to_them(number: int) -> None:
    found = allocate(range(number), NONE, seed=number)
    check(found, set(range(number)), NONE)
    assert not found.stood_in
    assert not mutual(found.pairs)


@pytest.mark.parametrize("number", range(4, 41))
def test_two_clinics_of_half_the_run_each(number: int) -> None:
    """The tightest that can be solved: everybody gives to the other clinic."""
    half = number // 2
    colleagues = [Colleague(i, clinic=["Nord", " nord", "Syd"][0 if i < half - 1 else 1 if i < half else 2])
                  for i in range(half * 2)]  # fmt: skip
    conflicts = conflicts_of(colleagues)
    found = allocate(range(half * 2), conflicts, seed=number)
    check(found, set(range(half * 2)), conflicts)
    assert not found.stood_in
    assert not mutual(found.pairs)


def test_conflicts_are_clinics_and_tutors() -> None:
    people = [
        Colleague(1, "Lægerne  Åen"), Colleague(2, "lægerne åen "), Colleague(3), Colleague(4, "", 3), Colleague(5),
    ]  # fmt: skip
    assert conflicts_of(people) == pairs_of((1, 2), (3, 4))


def test_the_same_seed_gives_the_same_and_another_gives_another() -> None:
    people = range(20)
    assert allocate(people, NONE, seed=3) == allocate(people, NONE, seed=3)
    assert allocate(people, NONE, seed=3) != allocate(people, NONE, seed=4)


CIRCLE = {1: 2, 2: 3, 3: 4, 4: 5, 5: 1}


def test_giver_and_receiver_of_somebody_who_drops_out_are_joined() -> None:
    found = repair({1, 2, 4, 5}, NONE, CIRCLE)
    assert found.pairs == {1: 2, 2: 4, 4: 5, 5: 1}


def test_when_they_may_not_be_joined_a_few_others_are_moved() -> None:
    many = {giver: giver % 20 + 1 for giver in range(1, 21)}
    people = set(many) - {3}
    found = repair(people, pairs_of((2, 4)), many)
    check(found, people, pairs_of((2, 4)))
    assert not found.stood_in
    assert not mutual(found.pairs)
    assert sum(found.pairs[giver] != receiver for giver, receiver in many.items() if 3 not in (giver, receiver)) <= 3


def test_words_that_are_given_stay() -> None:
    """2 has given words to 3, who leaves: 2 gives no more, and a facilitator gives words to 4."""
    found = repair({1, 2, 4, 5}, NONE, {1: 2, 3: 4, 4: 5, 5: 1}, Bounds(done={2: 3}))
    assert found.pairs == {1: 2, 4: 5, 5: 1}
    assert (found.stood_in, found.idle) == ({4}, frozenset())


def test_the_giver_of_somebody_who_gave_words_and_left_gives_to_whoever_got_them() -> None:
    """3 has given words to 4 and leaves: 2 has still to give, and gives to 4, who then gets twice."""
    found = repair({1, 2, 4, 5}, NONE, {1: 2, 2: 3, 4: 5, 5: 1}, Bounds(done={3: 4}))
    assert found.pairs == {1: 2, 2: 4, 4: 5, 5: 1}
    assert not found.stood_in


def test_somebody_late_is_put_into_the_circle() -> None:
    found = repair({1, 2, 3, 4, 5, 6}, NONE, CIRCLE, Bounds(begun=frozenset({1, 2, 3, 4})))
    check(found, {1, 2, 3, 4, 5, 6}, NONE)
    assert found.pairs == {1: 2, 2: 3, 3: 4, 4: 5, 5: 6, 6: 1}, "only 5 had not begun"


def test_somebody_late_when_all_words_are_given() -> None:
    """Nobody is left to give; the late one gives to somebody who has words already."""
    found = repair({1, 2, 3}, NONE, {}, Bounds(done={1: 2, 2: 1}))
    assert found.stood_in == {3}
    assert found.pairs in ({3: 1}, {3: 2})


def test_who_is_pinned_is_not_moved() -> None:
    found = repair({1, 2, 3, 4, 5, 6}, NONE, CIRCLE, Bounds(pinned=frozenset(CIRCLE)))
    assert found.pairs == CIRCLE
    assert (found.stood_in, found.idle) == ({6}, {6})


def test_a_facilitator_gives_way_to_somebody_with_nobody_to_give_to_unless_it_is_to_stay_so() -> None:
    assert repair({1, 2}, NONE, {}, Bounds(stood_in=frozenset({2}), done={2: 1})).pairs == {1: 2}
    found = repair({1, 2}, NONE, {}, Bounds(closed=frozenset({2}), done={2: 1}))
    assert found == Allocation({}, frozenset({2}), frozenset({1}))


def test_after_the_deadline_nobody_is_asked_for_more_words() -> None:
    found = repair({1, 2, 3, 4, 5, 6}, NONE, CIRCLE, Bounds(excused=frozenset({6}), pinned=frozenset(CIRCLE)))
    assert (found.pairs, found.stood_in, found.idle) == (CIRCLE, {6}, frozenset())


# -- properties ------------------------------------------------------------------------------------------------------


@st.composite
def runs(draw: st.DrawFn, least: int = 4) -> tuple[set[int], Conflicts]:
    """4–40 people with any conflicts: some clinics, some tutors, and some pairs at random."""
    number = draw(st.integers(least, 40))
    clinics = draw(st.lists(st.sampled_from(["", "", "", "A", "B", "C"]), min_size=number, max_size=number))
    tutors = draw(st.dictionaries(st.integers(0, number - 1), st.integers(0, number - 1), max_size=6))
    conflicts = conflicts_of(Colleague(i, clinic, tutors.get(i)) for i, clinic in enumerate(clinics))
    people = st.integers(0, number - 1)
    more = draw(st.lists(st.tuples(people, people).filter(lambda pair: pair[0] != pair[1]), max_size=number * 2))
    return set(range(number)), conflicts | pairs_of(*more)


@settings(max_examples=150, deadline=None)
@given(runs(), st.integers(0, 2**31))
def test_as_many_as_can_be_are_paired(run: tuple[set[int], Conflicts], seed: int) -> None:
    people, conflicts = run
    found = allocate(people, conflicts, seed)
    check(found, people, conflicts)
    assert len(found.pairs) == most_pairs(people, people, conflicts)


@settings(max_examples=100, deadline=None)
@given(runs(), st.integers(0, 2**31))
def test_where_everybody_may_give_to_half_nobody_is_left_out(run: tuple[set[int], Conflicts], seed: int) -> None:
    """Dirac's condition: then there is one circle of all, and it is found."""
    people, conflicts = run
    able = {one: sum(may_give(one, other, conflicts) for other in people) for one in people}
    chosen = {one for one in people if able[one] * 2 >= len(people)}
    conflicts = frozenset(pair for pair in conflicts if pair <= chosen)
    conflicts = frozenset(
        pair
        for pair in conflicts
        if all(sum(may_give(one, other, conflicts) for other in chosen) * 2 >= len(chosen) for one in pair)
    )
    if len(chosen) < 4:
        return
    found = allocate(chosen, conflicts, seed)
    check(found, chosen, conflicts)
    assert not found.stood_in
    assert not mutual(found.pairs)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), run=runs())
def test_any_drop_outs_and_late_arrivals(data: Any, run: tuple[set[int], Conflicts]) -> None:
    """However people leave, come back and hand in their words, everybody who remains gives and gets; it always ends."""
    everybody, conflicts = run
    people = set(everybody)
    found = allocate(people, conflicts, seed=1)
    done: dict[int, int] = {}
    for _ in range(data.draw(st.integers(1, 25))):
        act = data.draw(st.sampled_from(["leave", "come", "give"]))
        away = everybody - people
        if act == "leave" and people:
            people.discard(data.draw(st.sampled_from(sorted(people))))
        elif act == "come" and away:
            people.add(data.draw(st.sampled_from(sorted(away))))
        elif act == "give" and found.pairs:
            giver = data.draw(st.sampled_from(sorted(found.pairs)))
            done[giver] = found.pairs[giver]
        writing = {giver: to for giver, to in found.pairs.items() if giver not in done}
        begun = frozenset(data.draw(st.lists(st.sampled_from(sorted(writing)), max_size=5)) if writing else ())
        before = writing
        bounds = Bounds(done=dict(done), stood_in=found.stood_in & people, begun=begun)
        found = repair(people, conflicts, before, bounds, seed=1)
        check(found, people, conflicts, done)
        givers, needing = people - done.keys(), people - set(done.values()) - bounds.stood_in
        covered = needing & set(found.pairs.values())
        assert len(covered) == most_pairs(givers, needing, conflicts), "somebody could have had words from a colleague"
        assert len(found.pairs) == most_pairs(givers, people, conflicts), "somebody could have given words"
    while found.pairs:
        done |= found.pairs
        found = repair(people, conflicts, {}, Bounds(done=dict(done), stood_in=found.stood_in & people))
        check(found, people, conflicts, done)


@settings(max_examples=60, deadline=None)
@given(runs())
def test_a_repair_of_what_is_whole_changes_nothing(run: tuple[set[int], Conflicts]) -> None:
    people, conflicts = run
    found = allocate(people, conflicts, seed=2)
    again = repair(people, conflicts, found.pairs, Bounds(stood_in=found.stood_in), seed=2)
    assert again == found
