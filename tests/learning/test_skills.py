"""»Dine færdigheder«: the ladder as tables, and the page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from course.content.catalogue import Course
from course.learning import skill_rules
from course.learning.rules import Entry
from course.learning.skill_rules import Result, RungState
from course.runs.rules import Fact, Gate, GateState
from tests.exercises.playing import course_with, sample

OPEN, WAITS = Gate(GateState.OPEN), Gate(GateState.NEEDS)
ID = "demo-01.practice"


def the_course() -> Course:
    """A course with one skill."""
    return course_with(sample("spot").exercise)


def entry(name: str, level: int, state: str = "", gate: Gate = OPEN, skips: tuple[str, ...] = ()) -> Entry:
    """One thing to do on a rung."""
    activity = replace(the_course().activities[ID], id=name, level=level, skips=skips)
    return Entry(activity, "main", name, Fact(state) if state else None, gate)


def ladder(*entries: Entry) -> skill_rules.Ladder:
    """The ladder these make."""
    (found,) = skill_rules.ladders(the_course(), entries, {})
    return found


@pytest.mark.parametrize(
    ("entries", "state"),
    [
        ([], RungState.NONE),
        ([entry("a", 1, "done")], RungState.DONE),
        ([entry("a", 1, "started")], RungState.STARTED),
        ([entry("a", 1, "done"), entry("b", 1)], RungState.STARTED),
        ([entry("a", 1)], RungState.OPEN),
        ([entry("a", 1, gate=WAITS)], RungState.CLOSED),
        ([entry("a", 1, gate=WAITS), entry("b", 1)], RungState.OPEN),
        ([entry("a", 1, "submitted")], RungState.DONE),
    ],
)
def test_how_a_rung_stands(entries: list[Entry], state: RungState) -> None:
    assert ladder(entry("other", 6), *entries).rungs[0].state is state


def test_a_ladder_has_six_rungs_and_leads_to_the_lowest_open_one() -> None:
    found = ladder(entry("c", 4, gate=WAITS), entry("b", 2), entry("a", 1, "done"), entry("b2", 2))
    assert [rung.level for rung in found.rungs] == [1, 2, 3, 4, 5, 6]
    assert (found.done, found.there_are) == (1, 3)
    assert found.next is not None
    assert found.next.activity.id == "b"


def test_the_skip_test_is_offered_while_it_skips_something() -> None:
    study, test = entry("study", 1), entry("test", 4, skips=("study",))
    assert ladder(study, test).skip_test is test
    assert ladder(entry("study", 1, "done"), test).skip_test is None
    assert ladder(study, entry("test", 4, gate=WAITS, skips=("study",))).skip_test is None


def test_the_skip_test_is_never_the_next_step() -> None:
    """It stands beside the ladder, also when it is all that is left."""
    study, test = entry("study", 1, "done"), entry("test", 4, skips=("study",))
    assert ladder(study, test).next is None
    found = ladder(study, test, entry("own", 4))
    assert found.next is not None
    assert found.next.activity.id == "own"


def test_a_course_without_exercises_of_a_skill_has_no_ladder() -> None:
    assert skill_rules.ladders(the_course(), [], {}) == ()


@pytest.mark.parametrize(
    ("points", "of", "percent", "words"),
    [(0, 0, 0, "i gang"), (69, 100, 69, "i gang"), (7, 10, 70, "godt på vej"), (89, 100, 89, "godt på vej"),
     (9, 10, 90, "sikkert"), (2, 3, 66, "i gang")],
)  # fmt: skip
def test_a_result_in_words(points: int, of: int, percent: int, words: str) -> None:
    assert (Result(points, of).percent, Result(points, of).words) == (percent, words)


def test_the_best_attempt_counts() -> None:
    best = skill_rules.best_results([("a", 1, 4), ("a", 3, 4), ("a", 2, 4), ("b", 0, 2)])
    assert best == {"a": Result(3, 4), "b": Result(0, 2)}
