"""How a talk goes, as tables."""

from __future__ import annotations

from typing import Any

import pytest

from course.exercises.kinds.consultation import rules
from course.exercises.kinds.consultation.conditions import parse
from course.exercises.kinds.consultation.talk import Talk

from .talks import EXPERT, said, sample, small

END = {"id": "slut", "ends": "good"}


@pytest.mark.parametrize(
    ("text", "numbers", "flags", "holds"),
    [
        ("trust >= 3", {"trust": 3}, (), True),
        ("trust >= 3", {"trust": 2}, (), False),
        ("trust > 3", {"trust": 3}, (), False),
        ("trust < 3", {"trust": 2}, (), True),
        ("trust <= 3", {"trust": 3}, (), True),
        ("trust == 3", {"trust": 3}, (), True),
        ("trust == 3", {"trust": 4}, (), False),
        ("minutes < 10", {"minutes": 9}, (), True),
        ("frygt-kendt", {}, ("frygt-kendt",), True),
        ("frygt-kendt", {}, (), False),
        ("not frygt-kendt", {}, (), True),
        ("not frygt-kendt", {}, ("frygt-kendt",), False),
    ],
)
def test_a_condition(text: str, numbers: dict[str, int], flags: tuple[str, ...], holds: bool) -> None:
    condition = parse(text)
    assert condition.holds(numbers, frozenset(flags)) is holds
    assert str(condition) == text


@pytest.mark.parametrize(
    "text", ["", "trust >=3", "trust => 3", "not trust >= 3", "trust >= -1", "Trust", "a b", "not"]
)
def test_what_is_no_condition(text: str) -> None:
    with pytest.raises(ValueError, match="kan ikke læses: skriv fx »trust >= 3«"):
        parse(text)


@pytest.mark.parametrize(("change", "after"), [(3, 8), (-3, 2), (9, 10), (-9, 0), (0, 5)])
def test_a_counter_stays_between_0_and_10(change: int, after: int) -> None:
    talk = small({"id": "a", "choices": [said("x", "slut", effects={"trust": change})]}, END)
    assert rules.play(talk, ["x"]).numbers == (after,)


@pytest.mark.parametrize(
    ("change", "scene"),
    [(-3, "lukket"), (0, "midt"), (3, "aaben")],
)
def test_the_first_way_whose_conditions_hold_is_taken(change: int, scene: str) -> None:
    ways = [{"when": ["trust < 4"], "scene": "lukket"}, {"when": ["trust < 7"], "scene": "midt"}, {"scene": "aaben"}]
    ends = [{"id": name, "ends": "fair"} for name in ("lukket", "midt", "aaben")]
    talk = small({"id": "a", "choices": [said("x", ways, effects={"trust": change})]}, *ends)
    assert rules.play(talk, ["x"]).scene == scene


def test_what_is_remembered_opens_and_closes_choices() -> None:
    talk = small(
        {"id": "a", "choices": [said("x", "b", sets=["set"]), said("y", "b")]},
        {"id": "b", "choices": [said("with", "slut", when=["set"]), said("without", "slut", when=["not set"])]},
        END,
    )
    assert [each.id for each in rules.offered(talk, rules.play(talk, ["x"]))] == ["with"]
    assert [each.id for each in rules.offered(talk, rules.play(talk, ["y"]))] == ["without"]


def test_nothing_is_said_twice() -> None:
    talk = small({"id": "a", "choices": [said("x", "a"), said("y", "a"), said("ud", "slut")]}, END)
    assert [each.id for each in rules.offered(talk, rules.play(talk, ["x"]))] == ["y", "ud"]
    with pytest.raises(rules.NotOffered):
        rules.play(talk, ["x", "x"])


def clocked(minutes: int, first: int, ending: str = "b") -> Talk:
    return small(
        {"id": "a", "choices": [said("x", ending, minutes=first)]},
        {"id": "b", "choices": [said("y", "c", minutes=2)]},
        {"id": "c", "choices": [said("z", "slut", minutes=2)]},
        {"id": "uret", "choices": [said("mere", "b", minutes=3), said("farvel", "slut")]},
        END,
        minutes=minutes,
        time_up="uret",
    )


@pytest.mark.parametrize(
    ("way", "scene", "left"),
    [
        ((), "a", 5),
        (("x",), "b", 2),
        (("x", "y"), "uret", 0),
        (("x", "y", "mere"), "b", 0),
        (("x", "y", "farvel"), "slut", 0),
    ],
)
def test_the_storys_minutes_run_out_once(way: tuple[str, ...], scene: str, left: int) -> None:
    talk = clocked(5, 3)
    state = rules.play(talk, way)
    assert (state.scene, rules.minutes_left(talk, state)) == (scene, left)


def test_an_ending_comes_before_the_clock() -> None:
    assert rules.play(clocked(5, 5, ending="slut"), ["x"]).scene == "slut"


def test_after_the_end_there_is_nothing_to_say() -> None:
    talk = sample()
    state = rules.play(talk, EXPERT)
    assert rules.has_ended(talk, state)
    assert rules.offered(talk, state) == ()
    assert talk.scenes[state.scene].ends == "good"


@pytest.mark.parametrize(
    ("way", "points"),
    [
        (EXPERT, 8),
        (("femte-dag", "se-armen", "paa-papir", "saetningen", "sig-det-hoejt"), 8),
        (("femte-dag", "spoerg-leder", "ned-i-tid", "din-ret", "om-to-uger"), 5),
        (("en-uges-ro", "ro-fasthold", "ring-til-leder", "albuebind", "vendt-fasthold", "ring-hvis"), 0),
    ],
)
def test_decisions_are_scored_and_never_below_nothing(way: tuple[str, ...], points: int) -> None:
    talk = sample()
    assert rules.score(talk, rules.play(talk, way)) == rules.Score(points, 8)


CHOICES = [{"choice": each} for each in EXPERT[:3]]


@pytest.mark.parametrize(
    ("steps", "way", "rewinds"),
    [
        ([], (), 0),
        (CHOICES, EXPERT[:3], 0),
        ([*CHOICES, {"rewind": 2}], EXPERT[:2], 1),
        ([*CHOICES, {"rewind": 0}], (), 1),
        ([*CHOICES, {"rewind": 2}, {"rewind": 1}], EXPERT[:1], 2),
        ([*CHOICES, {"rewind": 3}], EXPERT[:3], 0),
        ([*CHOICES, {"rewind": 9}], EXPERT[:3], 0),
    ],
)
def test_going_back(steps: list[dict[str, Any]], way: tuple[str, ...], rewinds: int) -> None:
    talk = sample()
    played = rules.fold(talk, steps)
    assert played.state == rules.play(talk, way)
    assert played.rewinds == rewinds


def test_the_rest_of_the_way_is_remembered() -> None:
    talk = sample()
    back = rules.fold(talk, [*CHOICES, {"rewind": 1}])
    assert rules.chosen_before(back) == {"spoerg-leder"}
    again = rules.fold(talk, [*CHOICES, {"rewind": 1}, {"choice": "spoerg-leder"}])
    assert rules.chosen_before(again) == {"paa-papir"}
    other = rules.fold(talk, [*CHOICES, {"rewind": 1}, {"choice": "se-armen"}])
    assert rules.chosen_before(other) == frozenset()


def test_a_choice_of_another_scene_is_not_offered() -> None:
    with pytest.raises(rules.NotOffered, match="paa-papir"):
        rules.play(sample(), ["paa-papir"])
