"""How long what is kept: tables of dates, and the page that tells people so."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from course.content.forms import Keep
from course.privacy import rules
from course.privacy.rules import RunDates, expired, remaining
from tests.factories import DAY1, DAY2, form_of

DAY = timedelta(days=1)
OVER = DAY2 + timedelta(hours=7, minutes=15)
BEFORE = DAY1
S, C, L = Keep.SHORT, Keep.COURSE, Keep.LONG


def dates(cancelled_at: datetime | None = None, erase_days: int = 30) -> RunDates:
    return RunDates(OVER, cancelled_at, erase_days)


@pytest.mark.parametrize(
    ("found", "changed", "now", "gone"),
    [
        (dates(), BEFORE, OVER, set()),
        (dates(), BEFORE, OVER + 30 * DAY - timedelta(seconds=1), set()),
        (dates(), BEFORE, OVER + 30 * DAY, {S}),
        (dates(erase_days=90), BEFORE, OVER + 89 * DAY, set()),
        (dates(erase_days=90), BEFORE, OVER + 90 * DAY, {S}),
        # written after the last session: the own patient, the follow-up
        (dates(), OVER + 28 * DAY, OVER + 57 * DAY, set()),
        (dates(), OVER + 28 * DAY, OVER + 58 * DAY, {S}),
        (dates(), BEFORE, OVER + 364 * DAY, {S}),
        (dates(), BEFORE, OVER + 365 * DAY, {S, C}),
        # nobody keeps a case by changing it again and again
        (dates(), OVER + 364 * DAY, OVER + 365 * DAY, {S, C}),
        (dates(), BEFORE, OVER + 5 * 365 * DAY - DAY, {S, C}),
        (dates(), BEFORE, OVER + 5 * 365 * DAY, {S, C, L}),
        # cancelled: counts from then, and never from later than the last session
        (dates(cancelled_at=DAY1 - 10 * DAY), DAY1 - 20 * DAY, DAY1 + 19 * DAY, set()),
        (dates(cancelled_at=DAY1 - 10 * DAY), DAY1 - 20 * DAY, DAY1 + 20 * DAY, {S}),
        (dates(cancelled_at=OVER + 100 * DAY), BEFORE, OVER + 30 * DAY, {S}),
    ],
)
def test_when_answers_go(found: RunDates, changed: datetime, now: datetime, gone: set[Keep]) -> None:
    assert expired(found, changed, now) == gone


HOMEWORK: dict[str, Any] = {"episode": "x", "commitment": "jeg vil", "commitment_date": "2027-02-01"}


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        (set(), {"episode", "commitment", "commitment_date"}),
        ({S}, {"commitment", "commitment_date"}),
        ({S, C}, {"commitment", "commitment_date"}),
        ({S, C, L}, set()),
    ],
)
def test_a_commitment_outlives_its_case(gone: set[Keep], left: set[str]) -> None:
    assert set(remaining(form_of("gp-23.homework"), HOMEWORK, gone)) == left


def test_what_no_form_knows_is_kept_as_shortly_as_any() -> None:
    assert remaining(None, {"x": "y"}, {S}) == {}
    assert remaining(form_of("gp-23.homework"), {"long_gone": "y"}, {S}) == {}
    assert remaining(None, None, set()) == {}


def test_every_period_of_the_rules_stands_on_the_page_word_for_word() -> None:
    page = (Path(__file__).parents[2] / "docs/databeskyttelse/slettefrister.md").read_text("utf-8")
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", page, re.MULTILINE)[1:]
    assert rows == [(line.what, line.until) for line in rules.RETENTION.values()]
