"""The kinds of question: what is right, what is no answer, what guessing earns; and what the check finds."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from course.content.kinds import Unclear
from course.exercises.kinds.quiz import rules
from course.exercises.kinds.quiz.spec import Answer, Question, Quiz, shuffled

from .playing import built, faults_with, sample

SPEC: Quiz = built("quiz").spec
BEST = sample("quiz").best[0]


def scored(**changes: list[str]) -> dict[str, bool]:
    """Whether each question is right when these answers differ from the best."""
    posted = BEST | {name.replace("__", "."): value for name, value in changes.items()}
    log = [rules.read(SPEC, (), MultiDict(posted))]
    missed = rules.missed(SPEC, log)
    assert rules.score(SPEC, log).points == len(SPEC.questions) - len(missed)
    return {question.id: question.id not in missed for question in SPEC.questions}


def refused(**changes: list[str]) -> list[str]:
    """The questions that must be answered first."""
    posted = BEST | {name.replace("__", "."): value for name, value in changes.items()}
    with pytest.raises(Unclear) as unclear:
        rules.read(SPEC, (), MultiDict(posted))
    return [target for target, _ in unclear.value.problems]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, None),
        ({"one": ["scan"]}, "one"),
        ({"many": ["leader"]}, "many"),
        ({"many": ["leader", "amr", "alone"]}, "many"),
        ({"many": []}, "many"),
        ({"rest": ["true"]}, "rest"),
        ({"rest__reason": ["r2"]}, "rest"),
        ({"steps__a": ["2"], "steps__b": ["1"]}, "steps"),
        ({"pairs__a": ["b"]}, "pairs"),
        ({"pairs__a": ["b"], "pairs__b": ["a"]}, "pairs"),
        ({"groups__b": ["risk"]}, "groups"),
        ({"weeks": ["5"]}, "weeks"),
        ({"weeks": [" 4 "]}, None),
        ({"gaps__2": ["b"]}, "gaps"),
    ],
)
def test_a_question_is_right_when_all_of_it_is(changes: dict[str, list[str]], wrong: str | None) -> None:
    assert scored(**changes) == {question.id: question.id != wrong for question in SPEC.questions}


@pytest.mark.parametrize(
    ("changes", "question"),
    [
        ({"one": []}, "one"),
        ({"one": ["day", "scan"]}, "one"),
        ({"one": ["nowhere"]}, "one"),
        ({"rest__reason": []}, "rest"),
        ({"steps__a": [""]}, "steps"),
        ({"steps__a": ["2"]}, "steps"),
        ({"steps__a": ["4"]}, "steps"),
        ({"pairs__b": []}, "pairs"),
        ({"groups__a": ["neither"]}, "groups"),
        ({"weeks": ["fire"]}, "weeks"),
        ({"weeks": ["4,5"]}, "weeks"),
        ({"weeks": ["0101901234"]}, "weeks"),
        ({"gaps__1": []}, "gaps"),
    ],
)
def test_what_is_no_answer_is_asked_for_again(changes: dict[str, list[str]], question: str) -> None:
    assert refused(**changes) == [question]


@pytest.mark.parametrize(
    ("given_number", "is_right"), [("6", False), ("7", True), ("8", True), ("9", True), ("10", False), ("-8", False)]
)
def test_a_number_within_its_range(given_number: str, is_right: bool) -> None:
    questions = [{"id": "n", "kind": "number", "text": "Hvor mange?",
                  "answer": {"value": 8, "from": 7, "to": 9, "unit": "uger", "why": "Sådan er det."}}]  # fmt: skip
    spec = quiz(questions)
    log = [rules.read(spec, (), MultiDict({"n": [given_number]}))]
    assert bool(rules.score(spec, log).points) is is_right
    (row,) = rules.report(spec, log)["questions"][0]["rows"]
    assert row["right"] == "8 uger (fra 7 til 9 tæller med)"


def quiz(questions: list[dict[str, Any]]) -> Quiz:
    """A quiz of these questions."""
    from .playing import course_with

    exercise = {"format": 1, "id": "sample", "kind": "quiz", "title": "Prøve", "questions": questions}
    return course_with(exercise).activities["demo-01.practice"].exercises[0].spec


@given(st.integers(2, 12), st.text("abc", min_size=1, max_size=4))
def test_a_shuffle_is_another_order_of_the_same(number: int, seed: str) -> None:
    options = [Answer(f"o{n}", str(n), False, "x") for n in range(number)]
    mixed = shuffled(seed, options)
    assert sorted(one.id for one in mixed) == sorted(one.id for one in options)
    assert list(mixed) != options
    assert shuffled(seed, options) == mixed


def ways_to_answer(question: Question) -> list[dict[str, list[str]]]:
    """Everything that can be answered to a question; a number is left out."""
    parts = rules.parts(question)
    values = [
        [list(some) for size in range(len(allowed) + 1) for some in itertools.combinations(allowed, size)]
        if question.kind == "multiple"
        else [[one] for one in allowed]
        for allowed in parts.values()
    ]
    return [dict(zip(parts, chosen, strict=True)) for chosen in itertools.product(*values)]


@pytest.mark.parametrize("question", [q for q in SPEC.questions if q.kind != "number"], ids=lambda q: q.kind)
def test_exactly_one_way_is_right_so_that_guessing_earns_chance(question: Question) -> None:
    spec = Quiz((question,))
    points = []
    for posted in ways_to_answer(question):
        try:
            points.append(rules.score(spec, [rules.read(spec, (), MultiDict(posted))]).points)
        except Unclear:
            continue
    assert sum(points) == 1
    assert len(points) >= 2


@given(
    st.sets(st.sampled_from([q.id for q in SPEC.questions])), st.sets(st.sampled_from([q.id for q in SPEC.questions]))
)
def test_more_right_answers_never_earn_less(some: set[str], more: set[str]) -> None:
    def points(right: set[str]) -> int:
        best = rules.read(SPEC, (), MultiDict(BEST))["answers"]
        return rules.score(SPEC, [{"answers": {name: value for name, value in best.items() if name in right}}]).points

    assert points(some) == len(some)
    assert points(some | more) >= points(some)


def test_answers_from_before_the_new_kinds_are_still_scored() -> None:
    """A step of an attempt from before has the chosen options of each question, and nothing else."""
    old = Quiz(tuple(question for question in SPEC.questions if question.kind in ("single", "multiple")))
    log = [{"answers": {"one": ["day"], "many": ["amr", "leader"]}}]
    assert rules.score(old, log).points == 2
    assert [one["is_right"] for one in rules.report(old, log)["questions"]] == [True, True]


OPTION = {"id": "a", "text": "Et", "why": "Fordi."}
OTHER = {"id": "b", "text": "To", "why": "Fordi."}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"kind": "single"}, "et spørgsmål af slagsen single skal have »options«"),
        ({"kind": "number"}, "et spørgsmål af slagsen number skal have »answer«"),
        ({"kind": "gap", "text": "{1}"}, "et spørgsmål af slagsen gap skal have »gaps«"),
        ({"kind": "order", "options": [OPTION, OTHER | {"text": "Et"}]}, "to linjer er ens"),
        ({"kind": "order", "options": [OPTION, OTHER], "reasons": [OPTION, OTHER]}, "kan ikke have »reasons«"),
        ({"kind": "order", "options": [OPTION | {"correct": True}, OTHER]}, "»correct« hører ikke til"),
        ({"kind": "match", "options": [OPTION | {"to": "x"}, OTHER]}, "hvert svar skal have »to«"),
        ({"kind": "match", "options": [OPTION | {"to": "x"}, OTHER | {"to": "x"}]}, "alt hører sammen med det samme"),
        ({"kind": "sort", "options": [OPTION | {"group": "g"}, OTHER | {"group": "g"}]}, "skal have »groups«"),
        (
            {"kind": "sort", "options": [OPTION | {"group": "g"}, OTHER | {"group": "x"}],
             "groups": [{"id": "g", "text": "G"}, {"id": "h", "text": "H"}]},
            "svaret »b« skal have »group« med en af grupperne",
        ),
        (
            {"kind": "sort", "options": [OPTION | {"group": "g"}, OTHER | {"group": "g"}],
             "groups": [{"id": "g", "text": "G"}, {"id": "h", "text": "H"}]},
            "alle svar hører til i samme gruppe",
        ),
        (
            {"kind": "number", "answer": {"value": 8, "from": 9, "unit": "uger", "why": "x"}},
            "8 ligger ikke fra 9 til 8",
        ),
        ({"kind": "gap", "text": "Uden", "gaps": [{"options": [OPTION, OTHER]}]}, "teksten skal have hullerne {1}"),
        ({"kind": "gap", "text": "Med {1}", "gaps": [{"options": [OPTION, OTHER]}]}, "hul 1 skal have netop ét"),
        (
            {"kind": "multiple", "options": [OPTION | {"correct": True}, OTHER | {"correct": True}]},
            "alle svar er rigtige",
        ),
        (
            {"kind": "truefalse", "options": [OPTION | {"correct": True}, OTHER], "reasons": [OPTION, OTHER]},
            "netop én begrundelse skal være rigtig",
        ),
    ],
)  # fmt: skip
def test_faults_of_a_question(question: dict[str, Any], said: str) -> None:
    exercise = {
        "format": 1, "id": "sample", "kind": "quiz", "title": "Prøve",
        "questions": [{"id": "q", "text": "Hvad?"} | question],
    }  # fmt: skip
    faults = faults_with(exercise)
    assert any(said in fault.message for fault in faults), faults
