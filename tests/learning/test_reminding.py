"""The moments of reminders: 8.00 in Denmark, summer and winter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.learning.reminding import LATE, is_day, latest, moment
from course.runs.rules import COPENHAGEN


def utc(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "days", "expected"),
    [
        ("2026-11-20T22:59", 7, "2026-11-13T07:00"),
        ("2026-11-20T22:59", 2, "2026-11-18T07:00"),
        ("2026-11-20T23:30", 2, "2026-11-19T07:00"),  # the day after, in Denmark
        ("2027-03-30T21:59", 7, "2027-03-23T07:00"),  # winter time
        ("2027-03-30T21:59", 2, "2027-03-28T06:00"),  # the morning the clocks have gone forward
        ("2026-10-27T22:59", 2, "2026-10-25T07:00"),  # the morning the clocks have gone back
        ("2026-10-27T22:59", 3, "2026-10-24T06:00"),
        ("2028-03-01T22:59", 1, "2028-02-29T07:00"),
    ],
)
def test_the_moment_is_eight_o_clock_in_denmark(at: str, days: int, expected: str) -> None:
    found = moment(utc(at), days)
    assert found == utc(expected)
    assert found.astimezone(COPENHAGEN).hour == 8


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-13T06:59:59", False),
        ("2026-11-13T07:00", True),
        ("2026-11-13T18:59:59", True),
        ("2026-11-13T19:00", False),
        ("2026-07-13T06:00", True),
        ("2026-07-13T05:59", False),
        ("2026-07-13T18:00", False),
    ],
)
def test_nobody_is_written_to_at_night(now: str, day: bool) -> None:
    assert is_day(utc(now)) is day


DUE = utc("2026-11-20T22:59")


@pytest.mark.parametrize(
    ("now", "days"),
    [
        ("2026-11-13T06:59", None),
        ("2026-11-13T07:00", 7),
        ("2026-11-18T06:59", 7),
        ("2026-11-18T07:00", 2),
        ("2026-11-20T22:58", 2),
        ("2026-11-20T22:59", None),
        ("2026-11-25T07:00", None),
    ],
)
def test_only_the_latest_moment_counts_and_none_after_the_deadline(now: str, days: int | None) -> None:
    found = latest(DUE, (7, 2), utc(now))
    assert (found[0] if found else None) == days


def test_a_moment_long_gone_is_over() -> None:
    at = DUE + timedelta(days=40)
    begins = moment(at, 50)
    assert latest(at, (50,), begins + LATE) == (50, begins)
    assert latest(at, (50,), begins + LATE + timedelta(minutes=1)) is None


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.lists(st.integers(1, 60), max_size=4, unique=True),
    st.timedeltas(timedelta(days=-70), timedelta(days=3)),
)
def test_a_moment_has_come_and_the_deadline_has_not(at: datetime, remind: list[int], ahead: timedelta) -> None:
    now = at + ahead
    found = latest(at, remind, now)
    if found is None:
        return
    days, when = found
    assert when == moment(at, days) <= now < at
    assert not any(when < moment(at, other) <= now for other in remind)
