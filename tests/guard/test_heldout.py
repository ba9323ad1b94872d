"""The promise about texts nobody tuned to: the figures of `figures.py`, held."""

from __future__ import annotations

import pytest

from tests.guard import figures


@pytest.fixture(scope="module")
def held_out() -> figures.Figures:
    return figures.held_out()


def test_there_is_enough_to_judge_by(held_out: figures.Figures) -> None:
    assert held_out.marked.total() >= 120
    assert held_out.clean >= 80


@pytest.mark.parametrize("kind", figures.RED)
def test_everything_red_is_found(held_out: figures.Figures, kind: str) -> None:
    assert held_out.marked[kind] >= 4
    assert held_out.share(kind) == 1


@pytest.mark.parametrize("kind", figures.WHO_AND_WHERE)
def test_names_workplaces_and_places_are_found(held_out: figures.Figures, kind: str) -> None:
    assert held_out.share(kind) >= 0.9


def test_clean_sentences_stay_clean(held_out: figures.Figures) -> None:
    assert held_out.false_per_sentence <= 0.3
