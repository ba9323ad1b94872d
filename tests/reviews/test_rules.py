from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.reviews.rules import (
    Filter,
    Order,
    Shown,
    Whose,
    is_live,
    may_hold,
    occurrences,
    proposed_deadline,
    read_filter,
    share_out,
    wants_lease,
    word_count,
)
from course.work.rules import Projection, State

NOW = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
LATER, SOONER = NOW + timedelta(minutes=1), NOW - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("holder", "until", "mine"),
    [
        (None, None, True),
        (1, LATER, True),
        (1, SOONER, True),
        (2, LATER, False),
        (2, NOW, True),
        (2, SOONER, True),
    ],
)
def test_a_lease_is_had_when_it_is_ones_own_or_nobodys(holder: int | None, until: datetime | None, mine: bool) -> None:
    assert may_hold(holder, until, 1, NOW) is mine


def test_a_lease_ends_on_the_minute() -> None:
    assert not is_live(None, NOW)
    assert not is_live(NOW, NOW)
    assert is_live(LATER, NOW)


@pytest.mark.parametrize(
    ("state", "projection", "wanted"),
    [
        (State.SUBMITTED, Projection.NONE, True),
        (State.ACCEPTED, Projection.NONE, True),
        (State.ACCEPTED, Projection.RECALLED, True),
        (State.ACCEPTED, Projection.RELEASED, False),
        (State.RETURNED, Projection.NONE, False),
        (State.REJECTED, Projection.NONE, False),
    ],
)
def test_a_lease_is_taken_where_something_can_be_decided(state: State, projection: Projection, wanted: bool) -> None:
    assert wants_lease(state, projection) is wanted


@pytest.mark.parametrize(
    ("now", "deadline"),
    [
        (datetime(2026, 11, 22, 13, 0, tzinfo=UTC), datetime(2026, 11, 26, 22, 59, tzinfo=UTC)),
        (
            datetime(2026, 11, 22, 23, 30, tzinfo=UTC),
            datetime(2026, 11, 27, 22, 59, tzinfo=UTC),
        ),  # 0.30 the next day
        (
            datetime(2026, 10, 23, 10, 0, tzinfo=UTC),
            datetime(2026, 10, 27, 22, 59, tzinfo=UTC),
        ),  # over the clock change
        (datetime(2027, 3, 25, 10, 0, tzinfo=UTC), datetime(2027, 3, 29, 21, 59, tzinfo=UTC)),
    ],
)
def test_a_return_proposes_the_end_of_the_fourth_danish_day(now: datetime, deadline: datetime) -> None:
    assert proposed_deadline(now) == deadline


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({}, Filter()),
        ({"whose": "mine", "state": "returned"}, Filter(whose=Whose.MINE, shown=Shown.RETURNED)),
        ({"whose": "x", "state": "draft", "order": "", "page": "-1"}, Filter()),
        ({"order": "author", "page": "3"}, Filter(order=Order.AUTHOR, page=3)),
        ({"activity": "gp-05.case"}, Filter(activity="gp-05.case")),
        ({"activity": "' OR 1=1", "page": "9" * 400}, Filter()),
        ({"page": "²"}, Filter()),
    ],
)
def test_a_filter_is_read_from_the_address(args: dict[str, str], expected: Filter) -> None:
    assert read_filter(args, {"gp-05.case"}) == expected


def test_shared_out_evenly() -> None:
    shared = share_out(dict.fromkeys(range(1, 8), 99), [1, 2, 3])
    assert sorted(list(shared.values()).count(p) for p in (1, 2, 3)) == [2, 2, 3]


def test_what_lies_on_a_desk_counts() -> None:
    assert set(share_out({1: 99, 2: 99}, [7, 8], already={7: 5}).values()) == {8}


def test_a_recusal_moves_other_works_so_that_it_stays_even() -> None:
    # Reviewer 1 can only have the works of author 90; 2 can have all. Without moving, 2 would have three of four.
    works = {1: 90, 2: 90, 3: 91, 4: 91}
    shared = share_out(works, [1, 2], {(91, 1)})
    assert shared == {1: 1, 2: 1, 3: 2, 4: 2}


def test_a_work_nobody_may_judge_is_left_out() -> None:
    assert share_out({1: 5, 2: 6}, [5], set()) == {2: 5}
    assert share_out({1: 5}, []) == {}


people = st.integers(1, 4)


@given(
    works=st.dictionaries(st.integers(1, 30), st.integers(1, 8), max_size=7),
    reviewers=st.sets(people, max_size=4),
    recusals=st.sets(st.tuples(st.integers(1, 8), people), max_size=12),
)
def test_no_sharing_is_more_even(works: dict[int, int], reviewers: set[int], recusals: set[tuple[int, int]]) -> None:
    shared = share_out(works, reviewers, recusals)
    able = {w: [p for p in reviewers if p != a and (a, p) not in recusals] for w, a in works.items()}
    assert set(shared) == {w for w in works if able[w]}
    assert all(shared[w] in able[w] for w in shared)
    piles = list(shared.values())
    highest = max((piles.count(p) for p in reviewers), default=0)
    choices = [able[w] for w in shared]
    if len(shared) <= 5:
        least = min(max((way.count(p) for p in reviewers), default=0) for way in product(*choices))
        assert highest == least


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("Anna og anna", "Anna", [(0, 4), (8, 12)]),
        ("Annas mor", "Anna", []),
        ("hos  Hansen\nog Søn ApS", "Hansen og Søn", [(5, 18)]),
        ("🙂 Vejle", "Vejle", [(2, 7)]),
        ("a (b) c", "(b)", [(2, 5)]),
        ("intet", "  ", []),
        ("", "x", []),
    ],
)
def test_words_are_found_where_they_stand(text: str, words: str, found: list[tuple[int, int]]) -> None:
    assert occurrences(text, words) == found


def test_words_are_counted_over_all_texts() -> None:
    assert word_count(["Hun løftede 8 kg.", "", "arbejds-miljø"]) == 5
