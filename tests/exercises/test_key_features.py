"""Critical decisions: what is right as a table, what over-choosing earns, and what the check finds."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from course.content.kinds import Unclear
from course.exercises.kinds.key_features import rules
from course.exercises.kinds.key_features.rules import KeyFeatures

from .playing import built, faults_with, sample

SPEC: KeyFeatures = built("key_features").spec
FIRST, SECOND = SPEC.decisions


@pytest.mark.parametrize(
    ("chosen", "is_right"),
    [
        (["tasks", "flags"], True),
        (["tasks"], False),
        (["tasks", "scan"], False),
        (["tasks", "mood"], False),
        (["tasks", "flags", "mood"], False),
        (["tasks", "flags", "scan", "mood"], False),
        ([], False),
    ],
)
def test_everything_needed_and_nothing_that_spoils_it(chosen: list[str], is_right: bool) -> None:
    assert rules.is_right(FIRST, chosen) is is_right


@pytest.mark.parametrize(("chosen", "is_right"), [("plan", True), ("leave", False), ("mri", False), ("pills", False)])
def test_one_choice(chosen: str, is_right: bool) -> None:
    assert rules.is_right(SECOND, [chosen]) is is_right


def test_too_much_is_said_before_it_is_taken() -> None:
    with pytest.raises(Unclear, match="Vælg højst 2 svar"):
        rules.read(SPEC, (), MultiDict({"d1": ["tasks", "flags", "mood"]}))
    with pytest.raises(Unclear, match="Vælg mindst ét svar"):
        rules.read(SPEC, (), MultiDict({"d2": ["plan"]}))


def test_a_decision_cannot_be_taken_back() -> None:
    """The second step is read as the second decision, whatever is posted of the first."""
    log = [rules.read(SPEC, (), MultiDict({"d1": ["scan"]}))]
    step = rules.read(SPEC, log, MultiDict({"d1": ["tasks", "flags"], "d2": ["plan"]}))
    assert step == {"chosen": ["plan"]}
    assert rules.score(SPEC, [*log, step]).points == 1


subsets = st.lists(st.sampled_from([option.id for option in FIRST.options]), unique=True)


@given(subsets, st.sampled_from([option.id for option in SECOND.options]))
def test_bounds(first: list[str], second: str) -> None:
    score = rules.score(SPEC, [{"chosen": first}, {"chosen": [second]}])
    assert 0 <= score.points <= score.of == 2
    assert len(rules.missed(SPEC, [{"chosen": first}, {"chosen": [second]}])) == score.of - score.points


def test_guessing_earns_less_than_half() -> None:
    """Every way there is to answer, each as likely as the other."""
    for decision in SPEC.decisions:
        sizes = range(1, decision.choose + 1)
        ways = [w for size in sizes for w in itertools.combinations([o.id for o in decision.options], size)]
        assert sum(rules.is_right(decision, way) for way in ways) / len(ways) <= 0.25


@pytest.mark.parametrize(
    ("at", "changes", "said"),
    [
        (0, {"choose": 1}, "2 svar skal til, men man må kun vælge 1"),
        (0, {"choose": 3}, "man må vælge næsten alt"),
        (0, {"id": "d2"}, "id »d2« står to gange"),
    ],
)
def test_faults_of_a_decision(at: int, changes: dict[str, Any], said: str) -> None:
    exercise = sample("key_features").exercise
    decisions = [dict(decision) for decision in exercise["decisions"]]
    decisions[at] |= changes
    assert any(said in fault.message for fault in faults_with(exercise | {"decisions": decisions}))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["fine", "fine", "unneeded", "harmful"], "mindst ét svar skal være det, der skal til"),
        (["key", "fine", "fine", "fine"], "mindst ét svar skal være skadeligt"),
    ],
)
def test_faults_of_the_values(values: list[str], said: str) -> None:
    exercise = sample("key_features").exercise
    first, second = exercise["decisions"]
    options = [option | {"value": value} for option, value in zip(first["options"], values, strict=True)]
    faults = faults_with(exercise | {"decisions": [first | {"options": options}, second]})
    assert any(said in fault.message for fault in faults)


def test_always_the_longest_is_not_always_right() -> None:
    exercise = sample("key_features").exercise
    decisions = []
    for decision in exercise["decisions"]:
        options = [
            o | {"text": o["text"] + " og meget mere om det hele, som vi kender det" * (o["value"] == "key")}
            for o in decision["options"]
        ]
        decisions.append(decision | {"options": options})
    faults = faults_with(exercise | {"decisions": decisions})
    assert any("de længste svar er dem, der skal til" in fault.message for fault in faults)
