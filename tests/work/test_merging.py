"""Two tabs, one text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.work.merging import merge

TABLE: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any], tuple[str, ...]]] = [
    ("nothing before", {}, {}, {"a": "x"}, {"a": "x"}, ()),
    ("a changed here", {"a": "1"}, {"a": "1"}, {"a": "2"}, {"a": "2"}, ()),
    ("b changed there", {"a": "1", "b": "1"}, {"a": "1", "b": "2"}, {"a": "1", "b": "1"}, {"a": "1", "b": "2"}, ()),
    ("each changed one", {"a": "1", "b": "1"}, {"a": "2", "b": "1"}, {"a": "1", "b": "2"}, {"a": "2", "b": "2"}, ()),
    ("both the same", {"a": "1"}, {"a": "2"}, {"a": "2"}, {"a": "2"}, ()),
    ("both differently", {"a": "1"}, {"a": "2"}, {"a": "3"}, {"a": "2"}, ("a",)),
    ("emptied here", {"a": "1"}, {"a": "1"}, {"a": None}, {}, ()),
    ("emptied there, changed here", {"a": "1"}, {}, {"a": "2"}, {}, ("a",)),
    ("emptied here, changed there", {"a": "1"}, {"a": "2"}, {"a": None}, {"a": "2"}, ("a",)),
    ("both emptied", {"a": "1"}, {}, {"a": None}, {}, ()),
    ("never answered", {}, {}, {"a": None}, {}, ()),
    ("begun in both", {}, {"a": "1"}, {"a": "2"}, {"a": "1"}, ("a",)),
    ("not on this page", {"b": "1"}, {"b": "2"}, {"a": "1"}, {"a": "1", "b": "2"}, ()),
    ("lists", {"a": ["x"]}, {"a": ["x", "y"]}, {"a": ["z"]}, {"a": ["x", "y"]}, ("a",)),
]


@pytest.mark.parametrize(
    ("base", "latest", "posted", "data", "conflicts"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_merge(base: dict, latest: dict, posted: dict, data: dict, conflicts: tuple[str, ...]) -> None:
    found = merge(base, latest, posted)
    assert (found.data, found.conflicts) == (data, conflicts)


answers = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1", "2", "3"]))
posts = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1", "2", "3", None]))


@given(answers, answers, posts)
def test_nothing_is_lost(base: dict[str, str], latest: dict[str, str], posted: dict[str, str | None]) -> None:
    """Every answer that differs from the base is in the result, or its field is named as a conflict."""
    found = merge(base, latest, posted)
    for name in "abc":
        ours, theirs, was = posted.get(name, base.get(name)), latest.get(name), base.get(name)
        if name in found.conflicts:
            assert found.data.get(name) == theirs
            assert len({ours, theirs, was}) == 3 or (ours != theirs and theirs != was)
        elif ours != was:
            assert found.data.get(name) == ours
        else:
            assert found.data.get(name) == theirs


@given(answers, posts)
def test_one_tab_never_conflicts(base: dict[str, str], posted: dict[str, str | None]) -> None:
    assert merge(base, base, posted).conflicts == ()


@given(answers, answers, posts)
def test_the_same_post_twice_is_the_same_as_once(base: dict, latest: dict, posted: dict) -> None:
    once = merge(base, latest, posted)
    if not once.conflicts:
        again = merge(base, once.data, posted)
        assert (again.data, again.conflicts) == (once.data, ())
