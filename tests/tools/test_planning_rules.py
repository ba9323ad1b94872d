"""A meeting minute by minute: the table, and what holds for every meeting there can be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.content.catalogue import MeetingGuide
from course.tools.planning_rules import LONGEST, MOST, SHORTEST, Wanted, others_sentence, plan, shares
from tests.factories import catalogue


def guide() -> MeetingGuide:
    found = catalogue().meeting
    assert found is not None
    return found


DOMAIN = {
    # technique: minutes and people, as the domain's table has them
    "igp": ((15, 40), (4, 40)),
    "one-two-four": ((12, 15), (8, 60)),
    "cafe": ((45, 75), (12, 60)),
    "fishbowl": ((30, 45), (10, 50)),
    "dots": ((5, 10), (2, 60)),
    "rules": ((30, 45), (2, 20)),
    "round": ((5, 17), (2, 12)),
}


def test_the_techniques_are_those_of_the_domain() -> None:
    assert {t.id: (t.minutes, t.people) for t in guide().techniques.values()} == DOMAIN


@pytest.mark.parametrize(
    ("people", "minutes", "technique", "vote", "fits", "used", "said"),
    [
        (12, 30, "igp", True, True, "igp", ""),
        (12, 24, "igp", True, True, "igp", ""),
        (12, 23, "igp", True, False, "igp", "Det tager mindst 24 min."),
        (12, 20, "igp", False, True, "igp", ""),
        (6, 30, "one-two-four", True, True, "igp", "1-2-4-alle er til mindst 8. I er 6"),
        (8, 30, "one-two-four", True, True, "one-two-four", ""),
        (7, 17, "one-two-four", True, False, "igp", "I er 7"),
        (3, 60, "igp", True, False, "igp", "mindst 4 personer"),
        (41, 60, "igp", True, False, "igp", "højst 40 personer"),
        (12, 30, "round", False, True, "round", "3 min. til overs"),
        (13, 60, "round", False, False, "round", "højst 12 personer"),
        (20, 30, "cafe", True, False, "cafe", "Der mangler"),
        (20, 90, "cafe", True, True, "cafe", ""),
        (21, 60, "rules", False, False, "rules", "højst 20 personer"),
        (12, 120, "igp", True, True, "igp", "til overs"),
    ],
)
def test_what_fits(people: int, minutes: int, technique: str, vote: bool, fits: bool, used: str, said: str) -> None:
    found = plan(guide(), Wanted(people, minutes, technique, vote))
    assert (found.fits, found.technique.id) == (fits, used)
    assert said in " ".join(found.remarks)
    assert bool(found.remarks) is bool(said)


def test_half_an_hour_is_the_meeting_of_the_course() -> None:
    """Opening, alone, groups, all, dots, closing: in that order, and the groups have most of the time."""
    found = plan(guide(), Wanted(12, 30, "igp"))
    titles = [line.title for line in found.lines]
    assert titles == ["Åbn", "Skriv alene", "I grupper på tre til seks", "Alle", "Prikker", "Luk"]
    assert max(found.lines, key=lambda line: line.minutes).title == "I grupper på tre til seks"
    assert found.lines[-1].ends == 30


def test_minutes_to_spare_come_before_the_end() -> None:
    lines = plan(guide(), Wanted(12, 120, "igp")).lines
    assert [line.title for line in lines[-2:]] == ["Luft", "Luk"]


def test_when_it_does_not_fit_it_says_what_does() -> None:
    said = others_sentence(plan(guide(), Wanted(12, 20, "cafe", vote=False)))
    assert "IGP" in said
    assert "1-2-4" in said
    assert "Café" not in said


wanted = st.builds(
    Wanted, st.integers(2, MOST), st.integers(SHORTEST, LONGEST), st.sampled_from(sorted(DOMAIN)), st.booleans()
)


@settings(max_examples=500, deadline=None)
@given(wanted)
def test_every_plan_adds_up_and_keeps_its_limits(asked: Wanted) -> None:
    found = plan(guide(), asked)
    if not found.fits:
        assert found.remarks, "why it does not fit"
        return
    assert found.lines[0].begins == 0
    assert found.lines[-1].ends == asked.minutes
    assert all(a.ends == b.begins for a, b in zip(found.lines, found.lines[1:], strict=False))
    assert all(line.minutes >= 1 for line in found.lines)
    fewest, most = found.technique.people
    assert fewest <= asked.people <= most
    known = {part.title: part for part in found.technique.parts}
    for line in found.lines:
        if line.title in known:
            part, times = known[line.title], asked.people if known[line.title].each else 1
            assert part.least * times <= line.minutes <= part.most * times


@settings(max_examples=200, deadline=None)
@given(wanted)
def test_a_minute_more_never_makes_a_plan_impossible(asked: Wanted) -> None:
    if plan(guide(), asked).fits and asked.minutes < LONGEST:
        assert plan(guide(), Wanted(asked.people, asked.minutes + 1, asked.technique, asked.vote)).fits


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 20)), min_size=1, max_size=8), st.integers(0, 200))
def test_shares(parts: list[tuple[int, int]], extra: int) -> None:
    bounds = [(least, least + room) for least, room in parts]
    total = sum(least for least, _ in bounds) + extra
    given_minutes, left = shares(bounds, total)
    assert sum(given_minutes) + left == total
    assert all(least <= amount <= most for amount, (least, most) in zip(given_minutes, bounds, strict=True))
    assert left == 0 or given_minutes == [most for _, most in bounds]
