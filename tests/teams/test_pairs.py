"""Partners: two and two, one group of three when they are odd, mended with few moves."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from course.teams.rules import PAIRS, Rule, Seated, bent, make_groups, moved, remake


def people(*clinics: str) -> list[Seated]:
    return [Seated(number, clinic) for number, clinic in enumerate(clinics, start=1)]


def sizes(groups: dict[int, tuple[int, ...]]) -> Counter[int]:
    return Counter(len(group) for group in groups.values())


def clashes(groups: dict[int, tuple[int, ...]], everybody: list[Seated]) -> int:
    return sum(one.rule is Rule.CLINIC for one in bent(groups, everybody, PAIRS))


@given(st.integers(2, 40), st.integers(0, 99))
def test_all_are_two_and_two_but_for_one_group_of_three(number: int, seed: int) -> None:
    groups = make_groups(people(*[""] * number), seed=seed, sizes=PAIRS)
    assert sizes(groups) == Counter({2: number // 2 - number % 2, 3: number % 2}) - Counter()
    assert sorted(m for group in groups.values() for m in group) == list(range(1, number + 1))


@given(st.integers(1, 12), st.integers(0, 99))
def test_two_of_one_workplace_are_no_partners_where_that_can_be(places: int, seed: int) -> None:
    everybody = people(*[f"Sted {n}" for n in range(places)] * 2)
    groups = make_groups(everybody, seed=seed, sizes=PAIRS)
    assert clashes(groups, everybody) == (1 if places == 1 else 0)


def test_everybody_of_one_workplace_still_has_a_partner() -> None:
    assert sizes(make_groups(people(*["Skolen"] * 5), sizes=PAIRS)) == Counter({2: 1, 3: 1})


@settings(max_examples=300)
@given(st.data())
def test_who_leaves_and_who_comes_leaves_nobody_alone(data: st.DataObject) -> None:
    """Whatever happens, everybody is in one group, of two, and of three at most once for each odd one."""
    number = data.draw(st.integers(2, 20))
    everybody = people(*data.draw(st.lists(st.sampled_from(["", "A", "B", "C"]), min_size=number, max_size=number)))
    first = data.draw(st.integers(1, number))
    groups = make_groups(everybody[:first], sizes=PAIRS)
    gone = data.draw(st.sets(st.sampled_from([one.id for one in everybody]), max_size=number - 1))
    there = [one for one in everybody if one.id not in gone]
    after = remake(groups, there, PAIRS)
    assert sorted(m for group in after.values() for m in group) == sorted(one.id for one in there)
    if len(there) > 1:
        assert set(sizes(after)) <= {2, 3}, after
    assert remake(after, there, PAIRS) == after, "what is whole stays as it is"


@settings(max_examples=300)
@given(st.integers(2, 20), st.data())
def test_only_an_odd_one_makes_three_when_all_may_sit_together(number: int, data: st.DataObject) -> None:
    everybody = people(*[""] * number)
    first = data.draw(st.integers(1, number))
    groups = make_groups(everybody[:first], sizes=PAIRS)
    gone = data.draw(st.sets(st.sampled_from(range(1, number + 1)), max_size=number - 1))
    there = [one for one in everybody if one.id not in gone]
    found = sizes(remake(groups, there, PAIRS))
    if len(there) > 1:
        assert found == Counter({2: (len(there) - 3 * (len(there) % 2)) // 2, 3: len(there) % 2}) - Counter()


def test_a_partner_who_leaves_is_replaced_out_of_the_group_of_three() -> None:
    everybody = people(*[""] * 7)
    groups = {1: (1, 2), 2: (3, 4), 3: (5, 6, 7)}
    after = remake(groups, [one for one in everybody if one.id != 1], PAIRS)
    assert sizes(after) == Counter({2: 3})
    assert len(moved(groups, after)) == 1


def test_an_odd_newcomer_joins_a_pair_and_the_next_one_gets_somebody_out_of_three() -> None:
    everybody = people(*[""] * 6)
    odd = remake({1: (1, 2), 2: (3, 4)}, everybody[:5], PAIRS)
    assert sizes(odd) == Counter({2: 1, 3: 1})
    assert sizes(remake(odd, everybody, PAIRS)) == Counter({2: 3})


def test_two_newcomers_become_partners_and_nobody_else_is_moved() -> None:
    groups = {1: (1, 2), 2: (3, 4)}
    assert remake(groups, people(*[""] * 6), PAIRS) == groups | {3: (5, 6)}
