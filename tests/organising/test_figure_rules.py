"""Figures: what is counted, what is compared, and what is not shown. Tables without an app."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from course.content.catalogue import Course, FieldType
from course.organising import figure_rules as rules
from tests.factories import course


def with_figures() -> Course:
    """The real course."""
    return course()


def field_named(kind: FieldType) -> tuple[str, Any]:
    """The first activity with figures that has a field of this type."""
    for activity in with_figures().activities.values():
        if activity.figures and activity.form is not None:
            for field in activity.form.fields.values():
                if field.type is kind and not field.private:
                    return activity.id, field
    raise AssertionError(kind)


def picture_of(activity: str, field: Any, answers: list[dict[str, Any]]) -> rules.Series:
    """The series of one activity in the picture of one field."""
    found = rules.pictures(with_figures(), {activity: answers})
    title = with_figures().activities[activity].title
    (series,) = (
        series
        for picture in found
        for series in picture.series
        if picture.label == field.label and series.title == title
    )
    return series


@pytest.mark.parametrize(("answers", "shown"), [(0, False), (1, False), (4, False), (5, True), (24, True)])
def test_fewer_than_five_are_not_shown(answers: int, shown: bool) -> None:
    activity, field = field_named(FieldType.SCALE)
    series = picture_of(activity, field, [{field.id: 7}] * answers)
    assert series.answers == answers
    assert series.is_shown is shown
    assert (series.mean == 7) is shown
    assert series.bars == ()


@given(some.lists(some.integers(0, 10), min_size=5, max_size=40))
def test_a_scale_shows_its_mean_alone(values: list[int]) -> None:
    activity, field = field_named(FieldType.SCALE)
    series = picture_of(activity, field, [{field.id: value} for value in values])
    assert (series.answers, series.bars) == (len(values), ())
    assert series.mean == pytest.approx(sum(values) / len(values))


def test_a_tally_counts_patients_and_not_people() -> None:
    activity, field = field_named(FieldType.TALLY)
    first, *others = [column.id for column in field.columns]
    mine = [[first], [first, *others], [], [], [], [], [], [], [], []]
    series = picture_of(activity, field, [{field.id: mine}] * 6)
    assert series.answers == 6
    assert [(bar.count, bar.of) for bar in series.bars] == [(12, 60)] + [(6, 60)] * len(others)


def test_the_same_tally_before_and_after_is_one_picture() -> None:
    found = [p for p in rules.pictures(with_figures(), {}) if p.kind == "tally"]
    assert [len(picture.series) for picture in found] == [3]
    assert not found[0].is_compared


def test_what_one_did_not_answer_is_not_counted() -> None:
    activity, field = field_named(FieldType.SCALE)
    series = picture_of(activity, field, [{field.id: 3}] * 5 + [{}, {field.id: None}])
    assert series.answers == 5


def test_words_have_no_names_and_no_order() -> None:
    activity, field = next(
        (a.id, f)
        for a in with_figures().activities.values()
        if a.figures and a.form is not None and not a.is_shared
        for f in a.form.fields.values()
        if f.type in (FieldType.TEXT, FieldType.LINE) and not f.private
    )
    answers = [{field.id: text} for text in ("delta", "alfa", "echo", "bravo", "charlie")]
    (shown,) = [w for w in rules.words(with_figures(), {activity: answers}) if w.label == field.label and w.answers]
    assert shown.texts == ("alfa", "bravo", "charlie", "delta", "echo")
    (hidden,) = [
        w for w in rules.words(with_figures(), {activity: answers[:4]}) if w.label == field.label and w.answers
    ]
    assert (hidden.texts, hidden.is_shown) == ((), False)


@pytest.mark.parametrize(
    ("count", "of", "percent"), [(0, 0, 0), (0, 7, 0), (1, 3, 33), (2, 3, 67), (1, 8, 13), (7, 7, 100)]
)
def test_shares_are_rounded_half_up(count: int, of: int, percent: int) -> None:
    assert rules.Bar("x", count, of).percent == percent
