"""From a posted form to the data of a work."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from course.submissions.conflicts import as_posted
from course.work import fields as shape

from .shapes import EVERY, KINDS, OPTIONS, make_field

CLEAN = [
    ("  a b \r\n c\r d ", "a b \n c\n d"),
    ("nul\x00 og klokke\x07", "nul og klokke"),
    ("alene \ud800 stedfortræder", "alene  stedfortræder"),
    ("e\u0301n", "én"),
    ("👩‍⚕️ 🩺", "👩‍⚕️ 🩺"),
    ("\t linje \n", "linje"),
    ("ikke\ufffe\uffffet tegn", "ikkeet tegn"),
]


@pytest.mark.parametrize(("text", "clean"), CLEAN)
def test_clean_text(text: str, clean: str) -> None:
    assert shape.clean_text(text) == clean


@given(st.text(st.characters(), max_size=200))
def test_clean_text_can_always_be_stored(text: str) -> None:
    clean = shape.clean_text(text)
    assert "\x00" not in clean
    clean.encode("utf-8")
    assert shape.clean_text(clean) == clean
    assert unicodedata.is_normalized("NFC", clean)


READ: list[tuple[str, dict[str, Any], Any]] = [
    ("text", {"f": " et svar\r\npå to linjer "}, "et svar\npå to linjer"),
    ("text", {"f": "   "}, None),
    ("line", {}, None),
    ("choice", {"f": "60-plus"}, "60-plus"),
    ("choices", {"f": ["b", "a"]}, ["a", "b"]),
    ("choices", {}, None),
    ("scale", {"f": "0"}, 0),
    ("scale", {"f": "10"}, 10),
    ("number", {"f": " 12 "}, 12),
    ("date", {"f": "2026-12-04"}, "2026-12-04"),
    ("lines", {"f-0": "en", "f-1": " ", "f-3": "to", "f-9": "uden for"}, ["en", "to"]),
    ("rows", {"f-0-who": "a", "f-2-view": "sådan", "f-2-else": "ukendt"}, [{"who": "a"}, {"view": "sådan"}]),
    ("rows", {}, None),
    ("tally", {"f-0": ["y", "x", "z"], "f-2": "x", "f-7": "x"}, [["x", "y"], [], ["x"]]),
    ("tally", {}, None),
]


@pytest.mark.parametrize(("kind", "posted", "value"), READ)
def test_read(kind: str, posted: dict[str, Any], value: Any) -> None:
    found = shape.read([make_field(kind)], MultiDict(posted))
    assert found.problems == {}
    assert found.data == {"f": value}


REFUSED = [
    ("text", {"f": "x" * 4001}),
    ("line", {"f": "x" * 201}),
    ("choice", {"f": "c"}),
    ("choices", {"f": ["a", "c"]}),
    ("scale", {"f": "11"}),
    ("scale", {"f": "-1"}),
    ("scale", {"f": "²"}),
    ("number", {"f": "0"}),
    ("number", {"f": "1201"}),
    ("number", {"f": "3,5"}),
    ("number", {"f": "9" * 5000}),
    ("date", {"f": "2026-02-30"}),
    ("date", {"f": "4. december"}),
    ("date", {"f": "1999-12-31"}),
    ("date", {"f": "2026-W49-5"}),
    ("date", {"f": "20261204"}),
    ("lines", {"f-0": "x" * 401}),
    ("rows", {"f-0-who": "c"}),
    ("rows", {"f-0-short": "x" * 201}),
]


@pytest.mark.parametrize(("kind", "posted"), REFUSED)
def test_what_cannot_be_kept_is_told_and_shown_again(kind: str, posted: dict[str, Any]) -> None:
    found = shape.read([make_field(kind)], MultiDict(posted))
    assert found.data == {}
    assert found.problems["f"].endswith(".")
    assert found.typed["f"]


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(["f", "f-0", "f-0-who", "f-1-view"]), st.text()))
def test_no_posted_text_breaks_the_reading(kind: str, posted: dict[str, str]) -> None:
    field = make_field(kind)
    found = shape.read([field], MultiDict(posted))
    assert set(found.data) | set(found.problems) == {"f"}
    if found.data.get("f") is not None:
        assert shape.problem_of(field, found.data["f"]) is None


words = st.text("abcæøå 👩\n", min_size=1).map(shape.clean_text).filter(bool)
short = st.text("abcæøå", min_size=1, max_size=20)
ids = st.sampled_from([option.id for option in OPTIONS])
DATA = st.fixed_dictionaries(
    {},
    optional={
        "text": words,
        "line": short,
        "choice": ids,
        "choices": st.sets(ids, min_size=1).map(lambda chosen: [o.id for o in OPTIONS if o.id in chosen]),
        "scale": st.integers(0, 10),
        "number": st.integers(1, 1200),
        "date": st.dates(min_value=date(2000, 1, 1)).filter(lambda d: d.year <= 2100).map(str),
        "lines": st.lists(short, min_size=1, max_size=5),
        "rows": st.lists(
            st.fixed_dictionaries({"view": words}, optional={"who": ids, "short": short}), min_size=1, max_size=4
        ),
        "tally": st.lists(st.sampled_from([[], ["x"], ["y"], ["x", "y"]]), min_size=3, max_size=3).filter(any),
    },
)


@given(DATA)
def test_what_is_kept_can_be_posted_and_read_again(data: dict[str, Any]) -> None:
    found = shape.read(EVERY, MultiDict(as_posted(EVERY, data)))
    assert found.problems == {}
    assert {name: value for name, value in found.data.items() if value is not None} == data


@given(DATA)
def test_every_text_can_be_found_and_changed_by_its_path(data: dict[str, Any]) -> None:
    for path, field, text in list(shape.texts(EVERY, data)):
        assert field.is_free_text
        changed = shape.with_text(data, path, text + "!")
        assert dict((p, t) for p, _, t in shape.texts(EVERY, changed))[path] == text + "!"
        assert data == shape.with_text(changed, path, text)


MISSING = [
    ("text", {}, True),
    ("text", {"f": "noget"}, False),
    ("scale", {"f": 0}, False),
    ("choices", {"f": []}, True),
    ("lines", {"f": ["en"]}, True),
    ("lines", {"f": ["en", "to"]}, False),
    ("rows", {"f": [{"who": "a"}]}, True),
    ("rows", {"f": [{"who": "a"}, {"view": "b"}]}, False),
    ("tally", {"f": [["x"], [], []]}, False),
]


@pytest.mark.parametrize(("kind", "data", "lacks"), MISSING)
def test_missing(kind: str, data: dict[str, Any], lacks: bool) -> None:
    assert bool(shape.missing([make_field(kind, required=True)], data)) is lacks
    assert shape.missing([make_field(kind)], data) == {}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0101\u200b90-1234", "010190-1234"),
        ("\uff11\uff12 \u0663", "12 3"),
        ("før\u202eefter\u2066.", "førefter."),
        ("👩\u200d⚕️ og læge", "👩\u200d⚕️ og læge"),
    ],
)
def test_nothing_invisible_hides_a_number(typed: str, kept: str) -> None:
    assert shape.clean_text(typed) == kept
