"""Friendly questions: when they are asked."""

from __future__ import annotations

from typing import Any

import pytest
from markupsafe import Markup

from course.content.catalogue import Nudge, Step
from course.submissions.nudges import by_field, count_words, questions
from tests.factories import form_of
from tests.work.shapes import make_field

JUDGING = {"words": ("umotiveret", "ligeglad", "burde")}
TABLE: list[tuple[str, str, dict[str, Any], Any, bool]] = [
    ("empty", "text", {}, None, True),
    ("empty", "text", {}, "noget", False),
    ("empty", "lines", {}, ["noget"], False),
    ("few_rows", "rows", {"n": 2}, None, True),
    ("few_rows", "rows", {"n": 2}, [{"who": "a"}], True),
    ("few_rows", "rows", {"n": 2}, [{"who": "a"}, {"who": "b"}], False),
    ("few_items", "lines", {"n": 3}, ["a", "b"], True),
    ("few_items", "lines", {"n": 3}, ["a", "b", "c"], False),
    ("no_first_person", "text", {}, None, False),
    ("no_first_person", "text", {}, "Patienten gik.", True),
    ("no_first_person", "text", {}, "Så gik JEG.", False),
    ("no_first_person", "text", {}, "Det var min tur.", False),
    ("no_first_person", "text", {}, "En jeger gik.", True),
    ("no_first_person", "lines", {}, ["hun", "jeg"], False),
    ("no_date", "date", {}, None, True),
    ("no_date", "date", {}, "2026-12-04", False),
    ("no_date", "text", {}, "en skønne dag", True),
    ("no_date", "text", {}, "på mandag", False),
    ("no_date", "text", {}, "i uge 49", False),
    ("judging_words", "text", JUDGING, "Hun var umotiveret.", True),
    ("judging_words", "text", JUDGING, "De umotiverede", True),
    ("judging_words", "text", JUDGING, "LIGEGLAD var han", True),
    ("judging_words", "text", JUDGING, "en ligegladhed", False),
    ("judging_words", "text", JUDGING, None, False),
    ("words_outside", "text", {}, "for kort", True),
    ("words_outside", "text", {}, "lige tilpas langt svar", False),
    ("words_outside", "text", {}, "alt " * 7, True),
    ("words_outside", "text", {}, None, False),
]


def step_with(when: str, kind: str, values: dict[str, Any]) -> Step:
    """A step of two fields with one question to the first."""
    fields = (make_field(kind, words=(3, 6) if when == "words_outside" else None), make_field("text", name="other"))
    return Step("s", "Trin", 5, Markup(""), Markup(""), None, fields, (Nudge(when, "f", "Hvad med …?", **values),))


@pytest.mark.parametrize(("when", "kind", "values", "value", "asked"), TABLE)
def test_when_it_is_asked(when: str, kind: str, values: dict[str, Any], value: Any, asked: bool) -> None:
    data = {"other": "noget"} | ({"f": value} if value is not None else {})
    assert bool(questions(step_with(when, kind, values), data)) is asked


def test_nothing_is_asked_before_anything_is_written() -> None:
    assert questions(step_with("empty", "text", {}), {}) == ()


def test_the_words_are_named_once_each() -> None:
    step = step_with("judging_words", "text", JUDGING)
    (asked,) = questions(step, {"f": "Hun burde, ja burde, ikke være ligeglad."})
    assert asked.sentences == ("Hvad med …?", "Det gælder: burde, ligeglad.")


def test_several_questions_to_one_field() -> None:
    step = form_of("gp-05.case").step("events")
    found = by_field(questions(step, {"did": "Undersøgte."}))
    assert len(found["did"]) == 2


@pytest.mark.parametrize(
    ("text", "number"),
    [("", 0), ("ét ord", 2), ("APV-møde og læge's", 3), ("– · –", 0), ("8 kg, 10 min.", 4), ("a_b", 2)],
)
def test_words_are_counted_as_people_count(text: str, number: int) -> None:
    assert count_words(text) == number


@pytest.mark.parametrize("activity_id", ["gp-05.case", "gp-05.analysis"])
def test_every_question_of_the_course_can_be_asked_of_anything(activity_id: str) -> None:
    form = form_of(activity_id)
    for step in form.steps:
        for name in form.fields:
            value = {"rows": [{"who": "me"}], "lines": ["a"], "choices": ["a"]}.get(form.fields[name].type, "a")
            assert all(question.say for question in questions(step, {name: value}))
