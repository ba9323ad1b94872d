"""Screening for the seven barriers: points as a table, tricks, and the run's judgements."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from course.content.kinds import Unclear
from course.exercises.kinds.screening import rules, schema
from course.exercises.kinds.screening.rules import Screening
from course.exercises.kinds.screening.schema import BARRIERS, ScreeningPart
from tests.factories import catalogue

from .playing import built, faults_with, sample

SPEC: Screening = built("screening").spec
BEST = sample("screening").best[0]


def points(**changes: list[str]) -> int:
    """What the best answers earn with these changes, of nineteen."""
    posted = BEST | {name.replace("__", "."): value for name, value in changes.items()}
    return rules.score(SPEC, [rules.read(SPEC, (), MultiDict(posted))]).points


@pytest.mark.parametrize(
    ("changes", "earned"),
    [
        ({}, 19),
        ({"fixed": ["unclear"]}, 17),
        ({"stress": ["not"]}, 17),
        ({"expectations__shown": ["s4"]}, 18),
        ({"expectations": ["not"]}, 16),
        ({"fixed": ["there"], "fixed__shown": ["s3"]}, 17),
        ({"first": ["rest"]}, 16),
    ],
)
def test_what_each_judgement_earns(changes: dict[str, list[str]], earned: int) -> None:
    assert points(**changes) == earned


@pytest.mark.parametrize(
    ("changes", "targets"),
    [
        ({"heavy": []}, ["heavy"]),
        ({"heavy": ["there", "not"]}, ["heavy"]),
        ({"heavy__shown": []}, ["heavy.shown"]),
        ({"heavy__shown": ["s1", "s2"]}, ["heavy.shown"]),
        ({"first": []}, ["first"]),
    ],
)
def test_what_is_missing(changes: dict[str, list[str]], targets: list[str]) -> None:
    posted = BEST | {name.replace("__", "."): value for name, value in changes.items()}
    with pytest.raises(Unclear) as unclear:
        rules.read(SPEC, (), MultiDict(posted))
    assert [target for target, _ in unclear.value.problems] == targets


def test_the_barriers_are_those_of_tool_10() -> None:
    tables = catalogue().tools[schema.TOOL].tables.values()
    assert [question.id for table in tables for question in table.questions] == list(BARRIERS)
    assert [barrier.title for barrier in SPEC.barriers] == [q.name for table in tables for q in table.questions]


judged = st.fixed_dictionaries({name: st.sampled_from(["there", "not", "unclear"]) for name in BARRIERS})


@given(judged, st.sampled_from(["s1", "s2", "s3", "s4"]), st.sampled_from(["hope", "refer", "rest"]))
def test_bounds_and_one_more_right_never_earns_less(given_judged: dict[str, str], sentence: str, first: str) -> None:
    step = {"judged": given_judged, "shown": dict.fromkeys(BARRIERS, sentence), "first": first}
    score = rules.score(SPEC, [step])
    assert 0 <= score.points <= score.of == 19
    for barrier in SPEC.barriers:
        better = step | {"judged": given_judged | {barrier.id: barrier.key}}
        assert rules.score(SPEC, [better]).points >= score.points


@pytest.mark.parametrize("judgement", ["there", "not", "unclear"])
@pytest.mark.parametrize("sentence", ["s1", "s2", "s3", "s4"])
def test_the_same_everywhere_earns_at_most_sixty_percent(judgement: str, sentence: str) -> None:
    longest = max(SPEC.first, key=lambda option: len(option.text)).id
    step = {
        "judged": dict.fromkeys(BARRIERS, judgement), "shown": dict.fromkeys(BARRIERS, sentence), "first": longest,
    }  # fmt: skip
    assert rules.score(SPEC, [step]).percent <= 60


def test_the_share_a_trick_earns_is_worked_out_as_it_is_scored() -> None:
    model = ScreeningPart.model_validate(_tuples(sample("screening").exercise))
    longest = max(SPEC.first, key=lambda option: len(option.text)).id
    most = max(
        rules.score(
            SPEC, [{"judged": dict.fromkeys(BARRIERS, j), "shown": dict.fromkeys(BARRIERS, s), "first": longest}]
        ).points
        for j in ("there", "not", "unclear")
        for s in ("s1", "s2", "s3", "s4")
    )
    assert schema.most_by_trick(model) == pytest.approx(most / 19)


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _tuples(one) for key, one in value.items()}
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("at", "changes", "said"),
    [
        (0, {"shown_by": []}, "»shown_by« skal stå ved en barriere, der er der"),
        (2, {"shown_by": ["s1"]}, "»shown_by« skal stå ved en barriere, der er der"),
        (0, {"shown_by": ["s9"]}, "sætningen »s9« findes ikke i historien"),
        (0, {"id": "heavy"}, "barrieren »expectations« mangler"),
        (0, {"id": "heavy"}, "barrieren »heavy« står flere gange"),
        (0, {"id": "rain"}, "»id« kan ikke være »rain«"),
    ],
)
def test_faults_of_a_barrier(at: int, changes: dict[str, Any], said: str) -> None:
    exercise = sample("screening").exercise
    barriers = [dict(barrier) for barrier in exercise["barriers"]]
    barriers[at] |= changes
    assert any(said in fault.message for fault in faults_with(exercise | {"barriers": barriers}))


def test_a_story_that_a_trick_wins_is_a_fault() -> None:
    exercise = sample("screening").exercise
    barriers = [{"id": name, "key": "not", "why": "Nej."} for name in BARRIERS]
    faults = faults_with(exercise | {"barriers": barriers})
    assert any("den, der svarer det samme ved alle barrierer" in fault.message for fault in faults)


def log(**changes: str) -> list[dict[str, Any]]:
    """A log of the key's judgements with these changes."""
    return [{"judged": {barrier.id: barrier.key for barrier in SPEC.barriers} | changes}]


def test_the_run_together() -> None:
    found = rules.together(SPEC, log(), [log(), log(), log(stress="not"), log(stress="not"), log(stress="not")])
    assert (found["answers"], found["agreed"]) == (5, 6)
    stress = next(one for one in found["barriers"] if one["barrier"].id == "stress")
    assert [count for _, count in stress["counts"]] == [0, 3, 2]
