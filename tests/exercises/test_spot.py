"""Finding faults: the formula as a table and as properties, and what the check finds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.exercises.kinds import marking
from course.exercises.kinds.spot import rules
from course.exercises.kinds.spot.rules import Mark, Spot

from .playing import built, faults_with, sample

SPEC: Spot = built("spot").spec
FAULTS, DECOYS = ("a", "c", "d"), ("b", "e", "f")


def points(*marks: str) -> int:
    """What pointing at these earns, of nine."""
    return rules.score(SPEC, [{"marks": list(marks)}]).points


@pytest.mark.parametrize(
    ("marks", "earned"),
    [
        ("", 0), ("a", 3), ("ac", 6), ("acd", 9), ("b", 0), ("bef", 0), ("ab", 0), ("acb", 3), ("acdb", 6),
        ("acdbe", 3), ("abcdef", 0),
    ],
)  # fmt: skip
def test_what_hits_and_false_marks_earn(marks: str, earned: int) -> None:
    assert points(*marks) == earned


def spot(faults: int, decoys: int) -> Spot:
    """A text with so many faults and others."""
    marks = [Mark(f"f{n}", "x", True, "y") for n in range(faults)]
    return Spot("?", (), tuple(marks + [Mark(f"d{n}", "x", False, "y") for n in range(decoys)]))


texts = st.builds(spot, st.integers(2, 8), st.integers(2, 8))


@given(texts, st.data())
def test_one_more_fault_found_never_earns_less_and_one_false_mark_never_more(spec: Spot, data: st.DataObject) -> None:
    ids = [mark.id for mark in spec.marks]
    chosen = set(data.draw(st.lists(st.sampled_from(ids), unique=True)))
    before = rules.score(spec, [{"marks": sorted(chosen)}])
    assert 0 <= before.points <= before.of
    for mark in spec.marks:
        if mark.id not in chosen:
            after = rules.score(spec, [{"marks": sorted({*chosen, mark.id})}]).points
            assert after >= before.points if mark.is_fault else after <= before.points


@given(texts)
def test_everything_or_nothing_is_worth_nothing_and_the_faults_are_worth_all(spec: Spot) -> None:
    faults = [mark.id for mark in spec.marks if mark.is_fault]
    assert rules.score(spec, [{"marks": [mark.id for mark in spec.marks]}]).points == 0
    assert rules.score(spec, [{"marks": []}]).points == rules.score(spec, ()).points == 0
    assert rules.score(spec, [{"marks": faults}]).percent == 100
    assert rules.missed(spec, [{"marks": faults}]) == ()


@settings(deadline=None)
@given(texts, st.randoms(use_true_random=False))
def test_guessing_earns_little(spec: Spot, random: Any) -> None:
    """Ticking each place by the toss of a coin: the mean is far from passing."""
    tosses = [[mark.id for mark in spec.marks if random.random() < 0.5] for _ in range(60)]
    mean = sum(rules.score(spec, [{"marks": toss}]).percent for toss in tosses) / len(tosses)
    assert mean < 50


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": "[[a|et]] [[a|to]]"}, "»a« står flere gange i teksten"),
        ({"text": "Uden mærker."}, "»a« står ikke i teksten"),
        ({"text": "[[x|nyt]]"}, "»x« er mærket i teksten, men står ikke under »marks«"),
        ({"text": "[[a|uden slut"}, "et mærke skal skrives som [[id|ordene]]"),
    ],
)
def test_faults_of_the_text(changes: dict[str, Any], said: str) -> None:
    assert any(said in fault.message for fault in faults_with(sample("spot").exercise | changes))


@pytest.mark.parametrize("fault", [True, False])
def test_there_are_faults_and_others(fault: bool) -> None:
    marks = [mark | {"fault": fault} for mark in sample("spot").exercise["marks"]]
    faults = faults_with(sample("spot").exercise | {"marks": marks})
    assert any("mindst 2 steder skal være fejl" in one.message for one in faults)


@given(st.text(st.characters(exclude_characters="[]|")), st.text(st.characters(exclude_characters="[]|"), min_size=1))
def test_marked_text_keeps_every_word(before: str, words: str) -> None:
    pieces = [piece for paragraph in marking.paragraphs(f"{before} [[a|x{words}x]]") for piece in paragraph]
    assert " ".join(f"{before} x{words}x".split()) == " ".join(" ".join(piece.text for piece in pieces).split())
