"""Two members of a team changed one answer: no line of either is lost."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.work.merging import merge
from course.work.weaving import Clash, merge_answer, put_together, weave

from .shapes import make_field

TEXT = make_field("text")
LINES = make_field("lines")
ROWS = make_field("rows")

MERGED: list[tuple[str, str, str, str, str]] = [
    ("each adds a line at the end", "a\nb", "a\nb\nMette", "a\nb\nJens", "a\nb\nMette\nJens"),
    ("both begin an empty field", "", "Mette", "Jens", "Mette\nJens"),
    ("one on top, one at the end", "a\nb", "Mette\na\nb", "a\nb\nJens", "Mette\na\nb\nJens"),
    ("each changes another line", "a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC"),
    ("one changes a line, one adds after it", "a", "a\nMette", "A", "A\nMette"),
    ("one changes a line, one adds before it", "a", "Mette\na", "A", "Mette\nA"),
    ("one takes a line away, one adds elsewhere", "a\nb\nc", "a\nc", "a\nb\nc\nd", "a\nc\nd"),
    ("both take the same line away", "a\nb\nc", "a\nc", "a\nc", "a\nc"),
    ("both write the same", "a", "a\nb", "a\nb", "a\nb"),
    ("one has seen what the other wrote", "a", "a\nMette\nJens", "a\nJens", "a\nMette\nJens"),
    ("a line that grows beside a new one", "a", "x\na", "a b", "x\na b"),
    ("paragraphs", "a\n\nb", "a\n\nMette\n\nb", "a\n\nb\n\nJens", "a\n\nMette\n\nb\n\nJens"),
]


@pytest.mark.parametrize(("base", "latest", "posted", "both"), [row[1:] for row in MERGED], ids=[r[0] for r in MERGED])
def test_texts_go_together_by_line(base: str, latest: str, posted: str, both: str) -> None:
    assert merge_answer(TEXT, base or None, latest, posted) == both


CLASHES: list[tuple[str, str | None, str | None, str | None]] = [
    ("the same line, differently", "a\nb", "A\nb", "AA\nb"),
    ("one takes away what the other changes", "a\nb", "a", "a\nB"),
    ("one empties the field", "a", None, "a\nb"),
    ("the other empties the field", "a", "a\nb", None),
    ("one rewrites all, one adds in the middle", "a\nb", "x\ny", "a\nm\nb"),
]


@pytest.mark.parametrize(("base", "latest", "posted"), [row[1:] for row in CLASHES], ids=[row[0] for row in CLASHES])
def test_what_stands_in_the_way_of_the_other_is_a_clash(base: Any, latest: Any, posted: Any) -> None:
    with pytest.raises(Clash):
        merge_answer(TEXT, base, latest, posted)


def test_there_must_be_room_for_both() -> None:
    with pytest.raises(Clash):
        merge_answer(TEXT, None, "m" * 3000, "j" * 3000)
    with pytest.raises(Clash):
        merge_answer(LINES, None, ["1", "2", "3"], ["4", "5", "6"])


ANSWERS: list[tuple[str, Any, Any, Any, Any]] = [
    ("lines", ["a"], ["a", "Mette"], ["a", "Jens"], ["a", "Mette", "Jens"]),
    ("rows", None, [{"who": "a"}], [{"who": "b"}], [{"who": "a"}, {"who": "b"}]),
    (
        "rows",
        [{"who": "a"}, {"who": "b"}],
        [{"who": "a", "view": "Mette"}, {"who": "b"}],
        [{"who": "a", "short": "Jens"}, {"who": "b"}],
        [{"who": "a", "view": "Mette", "short": "Jens"}, {"who": "b"}],
    ),
    ("choices", ["a"], ["a", "b"], ["a", "60-plus"], ["a", "b", "60-plus"]),
    ("choices", ["a", "b"], ["b"], ["a", "b", "60-plus"], ["b", "60-plus"]),
    ("tally", [["x"], [], []], [["x", "y"], [], []], [["x"], ["y"], []], [["x", "y"], ["y"], []]),
]


@pytest.mark.parametrize(("kind", "base", "latest", "posted", "both"), ANSWERS)
def test_lists_go_together_item_by_item(kind: str, base: Any, latest: Any, posted: Any, both: Any) -> None:
    assert merge_answer(make_field(kind), base, latest, posted) == both


SINGLE = [
    ("line", "a", "b"),
    ("choice", "a", "b"),
    ("scale", 1, 2),
    ("number", 1, 2),
    ("date", "2026-01-01", "2026-01-02"),
]


@pytest.mark.parametrize(("kind", "latest", "posted"), SINGLE)
def test_a_single_answer_cannot_be_two(kind: str, latest: Any, posted: Any) -> None:
    with pytest.raises(Clash):
        merge_answer(make_field(kind), None, latest, posted)


def test_the_same_cell_of_a_row_is_a_clash() -> None:
    with pytest.raises(Clash):
        merge_answer(ROWS, [{"view": "a"}], [{"view": "b"}], [{"view": "c"}])


def test_only_shared_fields_are_put_together() -> None:
    base, latest, posted = {"f": "a"}, {"f": "a\nMette"}, {"f": "a\nJens"}
    assert merge(base, latest, posted).conflicts == ("f",)
    assert merge(base, latest, posted, {"f": TEXT}).data == {"f": "a\nMette\nJens"}


# -- whatever two people do ------------------------------------------------------------------------------------------

texts = st.lists(st.sampled_from("abcdef"), max_size=6)


@given(texts, texts, texts)
def test_no_line_of_either_is_lost(base: list[str], latest: list[str], posted: list[str]) -> None:
    """Whatever one added is there; whatever both kept is there; nothing is made up. Or it is a clash."""
    try:
        merged = Counter(put_together(base, latest, posted))
    except Clash:
        return
    was, ours, theirs = Counter(base), Counter(latest), Counter(posted)
    for line in was | ours | theirs:
        if not was[line]:
            assert merged[line] >= max(ours[line], theirs[line]), line
        if was[line] == 1 and ours[line] and theirs[line]:
            assert merged[line], line
    assert set(merged) <= set(base) | set(latest) | set(posted)


new_left, new_right = st.lists(st.text("LM", min_size=1), max_size=4), st.lists(st.text("RS", min_size=1), max_size=4)


@given(texts, new_left, new_right, st.integers(0, 6), st.integers(0, 6))
def test_two_who_only_add_never_clash(base: list[str], left: list[str], right: list[str], at: int, there: int) -> None:
    ours, theirs = base[:at] + left + base[at:], base[:there] + right + base[there:]
    merged = put_together(base, ours, theirs)
    assert Counter(merged) == Counter(base) + Counter(left) + Counter(right)
    assert [line for line in merged if line in base] == base


@given(texts, texts)
def test_one_who_writes_alone_never_clashes(base: list[str], posted: list[str]) -> None:
    assert put_together(base, base, posted) == posted
    assert put_together(base, posted, base) == posted
    assert put_together(base, posted, posted) == posted


@given(texts, texts, texts)
def test_sent_twice_is_the_same_as_once(base: list[str], latest: list[str], posted: list[str]) -> None:
    """A retry whose first answer was lost changes nothing, and never clashes with itself when only lines were added."""
    ours, theirs = [*base, *(f"L{one}" for one in latest)], [*base, *(f"R{one}" for one in posted)]
    once = put_together(base, ours, theirs)
    assert put_together(base, once, theirs) == once


@given(texts, texts)
def test_weaving_keeps_both_in_order(left: list[str], right: list[str]) -> None:
    woven = weave(left, right)
    for side in (left, right):
        found = iter(woven)
        assert all(one in found for one in side)
