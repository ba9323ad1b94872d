"""The guard at the spine."""

from __future__ import annotations

import json

import pytest
from werkzeug.datastructures import MultiDict

from course.content.catalogue import Guard
from course.work import checking
from tests.factories import case_data, form_of

from .shapes import make_field

RED = ["010190-1234", "22 33 44 55", "karen@klinik.example", "https://klinik.example/p/7"]
WHERE = [
    ("text", "f", "f"),
    ("line", "f", "f"),
    ("lines", "f-0", "f.0"),
    ("rows", "f-0-view", "f.0.view"),
    ("rows", "f-0-short", "f.0.short"),
]


@pytest.mark.parametrize("red", RED)
@pytest.mark.parametrize(("kind", "name", "path"), WHERE)
def test_nothing_red_is_kept_in_any_free_text(kind: str, name: str, path: str, red: str) -> None:
    found = checking.check([make_field(kind, guard=Guard.PATIENT)], MultiDict({name: f"patienten, {red}, kom igen"}))
    assert red not in json.dumps([found.data, found.typed])
    (replaced,) = found.replaced
    assert (replaced.path, replaced.field_id) == (path, "f")
    assert replaced.placeholder.startswith("[")
    assert red not in repr(replaced)
    assert replaced.placeholder in json.dumps(found.data, ensure_ascii=False)


def test_red_is_taken_out_of_what_is_shown_again_although_it_cannot_be_kept() -> None:
    text = "ring på 22 33 44 55 " + "x" * 4000
    found = checking.check([make_field("text", guard=Guard.PATIENT)], MultiDict({"f": text}))
    assert "f" in found.problems
    assert "f" not in found.data
    assert "22 33 44 55" not in found.typed["f"]


def test_a_field_without_guard_still_never_keeps_a_cpr_number() -> None:
    found = checking.check([make_field("line", guard=Guard.NONE)], MultiDict({"f": "010190-1234"}))
    assert "010190" not in str(found.data)


def test_amber_words_are_asked_once_and_remembered_by_their_spelling() -> None:
    form = form_of("gp-05.case")
    data = case_data(did="Hun arbejdede i Horsens.", ended="Hun flyttede fra HORSENS til Odense.")
    words = checking.amber_words(form, data, ["horsens"])
    found = {word.word.casefold(): word.confirmed for word in words}
    assert found == {"horsens": True, "odense": False}


def test_a_confirmed_word_is_forgotten_when_it_no_longer_stands_there() -> None:
    form = form_of("gp-05.case")
    data = case_data(did="Hun arbejdede i Horsens.")
    assert checking.still_confirmed(form, data, ["Horsens", "Odense"]) == ["horsens"]
    assert checking.still_confirmed(form, case_data(), ["Horsens"]) == []
