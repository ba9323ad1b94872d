"""Groups by rule: tables of what must come out, and what holds for any people."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.teams.rules import (
    LARGEST,
    SMALLEST,
    USUAL,
    Groups,
    Rule,
    Seated,
    bent,
    kept_apart,
    make_groups,
    moved,
    remake,
    teaching_case,
)

BOTH = frozenset({"good", "bad"})


def people(*clinics: str) -> list[Seated]:
    """Members 1, 2, … of these clinics, with both cases released."""
    return [Seated(i, clinic, None, BOTH) for i, clinic in enumerate(clinics, start=1)]


def pairs(groups: Groups, everybody: list[Seated]) -> int:
    return sum(one.rule in {Rule.CLINIC, Rule.TUTOR} for one in bent(groups, everybody))


SIZES = [
    (0, []), (1, [1]), (2, [2]), (3, [3]), (4, [4]), (5, [3, 2]), (6, [3, 3]), (7, [4, 3]), (8, [4, 4]), (9, [3, 3, 3]),
    (10, [4, 3, 3]), (11, [4, 4, 3]), (12, [4, 4, 4]), (17, [4, 4, 3, 3, 3]), (24, [4] * 6), (40, [4] * 10),
]  # fmt: skip


@pytest.mark.parametrize(("number", "sizes"), SIZES)
def test_sizes(number: int, sizes: list[int]) -> None:
    groups = make_groups(people(*[""] * number))
    assert sorted((len(group) for group in groups.values()), reverse=True) == sizes
    assert list(groups) == list(range(1, len(sizes) + 1))


APART = [
    ("two clinics of two", ["a", "a", "b", "b"], [2, 2]),
    ("one clinic of half", ["a"] * 4 + ["b", "c", "d", "e"], [2, 2, 2, 2]),
    ("one clinic of three in twelve", ["a"] * 3 + list("bcdefghij"), [4, 4, 4]),
    ("a clinic of five in twelve", ["a"] * 5 + list("bcdefgh"), [3, 3, 2, 2, 2]),
    ("whatever capitals and spaces", ["Lægerne  Åby", " lægerne åby ", "b", "c"], [2, 2]),
]


@pytest.mark.parametrize(("clinics", "sizes"), [row[1:] for row in APART], ids=[row[0] for row in APART])
def test_nobody_sits_with_the_own_clinic_while_others_are_there(clinics: list[str], sizes: list[int]) -> None:
    everybody = people(*clinics)
    groups = make_groups(everybody)
    assert pairs(groups, everybody) == 0
    assert sorted((len(group) for group in groups.values()), reverse=True) == sizes


def test_when_nobody_else_is_there_it_is_said_who_sits_together() -> None:
    everybody = people("a", "a", "a")
    assert [(one.rule, one.members) for one in bent(make_groups(everybody), everybody)] == [
        (Rule.CLINIC, (1, 2)), (Rule.CLINIC, (1, 3)), (Rule.CLINIC, (2, 3)),
    ]  # fmt: skip
    alone = people("a")
    assert [(one.rule, one.members) for one in bent(make_groups(alone), alone)] == [(Rule.ALONE, (1,))]


def test_one_clinic_only_still_gives_groups_of_the_usual_size() -> None:
    everybody = people(*["a"] * 12)
    assert {len(group) for group in make_groups(everybody).values()} <= set(USUAL)


def test_a_trainee_does_not_sit_with_the_own_tutor() -> None:
    everybody = [Seated(1), Seated(2, tutor_id=1), Seated(3), Seated(4, tutor_id=3), Seated(5), Seated(6, tutor_id=5)]
    groups = make_groups(everybody)
    assert pairs(groups, everybody) == 0
    two = [Seated(1, "a"), Seated(2, "b", tutor_id=1)]
    assert [one.rule for one in bent(make_groups(two), two)] == [Rule.SIZE, Rule.TUTOR]


def test_being_of_no_known_clinic_is_no_clinic() -> None:
    assert kept_apart(Seated(1), Seated(2)) is None


def test_every_group_has_good_and_bad_cases() -> None:
    """Half has only a good case released, half only a bad one: they are mixed."""
    everybody = [Seated(i, tutor_id=None, cases=frozenset({"good" if i <= 12 else "bad"})) for i in range(1, 25)]
    known = {one.id: one for one in everybody}
    for seed in range(5):
        for group in make_groups(everybody, seed=seed).values():
            kinds = [next(iter(known[member].cases)) for member in group]
            assert kinds.count("good") == kinds.count("bad") == 2


def test_few_cases_are_spread() -> None:
    everybody = [Seated(i, cases=BOTH if i <= 3 else frozenset()) for i in range(1, 13)]
    groups = make_groups(everybody)
    assert sorted(len({1, 2, 3} & set(group)) for group in groups.values()) == [1, 1, 1]


def test_a_seed_gives_the_same_groups_and_another_seed_others() -> None:
    everybody = people(*[f"k{i % 9}" for i in range(24)])
    assert make_groups(everybody, seed=3) == make_groups(list(reversed(everybody)), seed=3)
    assert len({tuple(make_groups(everybody, seed=seed).values()) for seed in range(5)}) > 1


# -- whoever comes ---------------------------------------------------------------------------------------------------


@st.composite
def crowds(draw: st.DrawFn, most: int = 40) -> list[Seated]:
    number = draw(st.integers(1, most))
    clinics = draw(st.lists(st.sampled_from(["", "a", "b", "c", "d", "e"]), min_size=number, max_size=number))
    crowd = []
    for i, clinic in enumerate(clinics, start=1):
        tutor = draw(st.none() | st.integers(1, number)) if draw(st.booleans()) else None
        kinds = draw(st.sampled_from([frozenset(), frozenset({"good"}), frozenset({"bad"}), BOTH]))
        crowd.append(Seated(i, clinic, tutor if tutor != i else None, kinds))
    return crowd


@settings(max_examples=60, deadline=None)
@given(crowds(), st.integers(0, 3))
def test_everybody_has_one_seat_in_a_group_of_a_possible_size(crowd: list[Seated], seed: int) -> None:
    groups = make_groups(crowd, seed=seed)
    assert sorted(member for group in groups.values() for member in group) == [one.id for one in crowd]
    if len(crowd) > 1:
        assert all(SMALLEST <= len(group) <= LARGEST for group in groups.values())
    if pairs(groups, crowd) and len(crowd) not in {1, 2, 5}:
        assert {len(group) for group in groups.values()} <= set(USUAL)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=40))
def test_clinics_are_kept_apart_whenever_they_can_be(clinics: list[str]) -> None:
    """A clinic with no more members than half of all can always be kept apart in groups of two or more."""
    everybody = people(*clinics)
    largest = max(clinics.count(clinic) for clinic in clinics)
    possible = len(clinics) == 1 or largest <= len(clinics) // 2
    assert (pairs(make_groups(everybody), everybody) == 0) is possible


@settings(max_examples=40, deadline=None)
@given(crowds(most=7))
def test_no_pair_that_should_not_sit_together_if_any_division_avoids_it(crowd: list[Seated]) -> None:
    best = min(pairs(groups, crowd) for groups in _divisions(crowd))
    found = pairs(make_groups(crowd), crowd)
    assert (found == 0) is (best == 0)


def _divisions(crowd: list[Seated]) -> list[Groups]:
    """Every division of a few people into groups of nearly the same size, 2–5 in each."""
    number = len(crowd)
    if number < 4:
        return [{1: tuple(one.id for one in crowd)}]
    counts = [count for count in range(1, number // 2 + 1) if -(-number // count) <= LARGEST]
    return [
        {no: tuple(order[no - 1 :: count]) for no in range(1, count + 1)}
        for order in permutations([one.id for one in crowd])
        for count in counts
    ]


# -- somebody is missing ---------------------------------------------------------------------------------------------

THREE: Groups = {1: (1, 2, 3, 4), 2: (5, 6, 7, 8), 3: (9, 10, 11)}
MISSING: list[tuple[str, Groups, set[int], Groups]] = [
    ("nobody", THREE, set(), THREE),
    ("one of four", THREE, {1}, {1: (2, 3, 4), 2: (5, 6, 7, 8), 3: (9, 10, 11)}),
    ("two left are left in peace", THREE, {1, 2}, {1: (3, 4), 2: (5, 6, 7, 8), 3: (9, 10, 11)}),
    ("the last one joins the smallest other", THREE, {9, 10}, {1: (1, 2, 3, 4), 2: (5, 6, 7, 8), 3: (11,)}),
    ("a whole group", THREE, {9, 10, 11}, {1: (1, 2, 3, 4), 2: (5, 6, 7, 8)}),
    ("two who are left alone find each other", {1: (1, 2), 2: (3, 4)}, {1, 3}, {1: (2, 4)}),
    ("one is left of all", {1: (1, 2), 4: (3,)}, {1, 3}, {1: (2,)}),
    ("everybody", THREE, set(range(1, 12)), {}),
]


@pytest.mark.parametrize(("groups", "missing", "after"), [row[1:] for row in MISSING], ids=[row[0] for row in MISSING])
def test_remake(groups: Groups, missing: set[int], after: Groups) -> None:
    present = [Seated(m, cases=BOTH) for group in groups.values() for m in group if m not in missing]
    found = remake(groups, present)
    if after == {1: (1, 2, 3, 4), 2: (5, 6, 7, 8), 3: (11,)}:  # somebody must move: the one, or one to the one
        assert len(moved(groups, found)) == 1
        assert sorted(len(group) for group in found.values()) in ([4, 5], [2, 3, 4])
    else:
        assert sorted(found.values()) == sorted(after.values())
        assert len(moved(groups, found)) <= 1


def test_who_is_new_gets_a_seat_apart_from_the_own_clinic() -> None:
    present = [Seated(1, "a"), Seated(2), Seated(3), Seated(4), Seated(5), Seated(6), Seated(7, "a")]
    assert remake({1: (1, 2, 3), 2: (4, 5, 6)}, present) == {1: (1, 2, 3), 2: (4, 5, 6, 7)}


def test_where_all_is_full_a_new_group_is_begun_and_somebody_joins_it() -> None:
    found = remake({1: (1, 2, 3, 4, 5)}, [Seated(i) for i in range(1, 7)])
    assert sorted(len(group) for group in found.values()) == [2, 4]
    assert set(found) == {1, 2}


def test_a_number_that_was_used_is_not_used_again() -> None:
    found = remake({1: (1, 2, 3, 4, 5), 7: ()}, [Seated(i) for i in range(1, 7)])
    assert set(found) == {1, 8}


@settings(max_examples=60, deadline=None)
@given(crowds(), st.data())
def test_whoever_is_missing(crowd: list[Seated], data: st.DataObject) -> None:
    """Everybody present has one seat, nobody is alone, and only those move who must."""
    before = make_groups(crowd)
    present = data.draw(st.lists(st.sampled_from(crowd), unique=True))
    after = remake(before, present)
    assert sorted(member for group in after.values() for member in group) == sorted(one.id for one in present)
    if len(present) > 1:
        assert all(SMALLEST <= len(group) <= LARGEST for group in after.values())
    here = {one.id for one in present}
    alone = sum(len(here & set(group)) == 1 for group in before.values())
    assert len(moved(before, after)) <= alone
    assert set(after) <= set(before)
    untouched = set(before) - {before_no(before, m) for m in moved(before, after)} - set(moved(before, after).values())
    assert all(set(after.get(no, ())) == here & set(before[no]) for no in untouched)
    assert remake(after, present) == after


def before_no(groups: Groups, member: int) -> int:
    return next(no for no, group in groups.items() if member in group)


def test_teaching_cases_are_shared_out() -> None:
    assert [teaching_case(no, ["x", "y"]) for no in (1, 2, 3)] == ["x", "y", "x"]
    assert teaching_case(1, []) is None
