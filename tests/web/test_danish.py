"""How times, amounts and lists read in Danish, daylight saving included."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from course.web import danish


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (utc(2026, 12, 4, 8), "fredag den 4. december 2026 kl. 9.00"),
        (utc(2026, 7, 1, 12, 3), "onsdag den 1. juli 2026 kl. 14.03"),
        (utc(2026, 12, 31, 23, 30), "fredag den 1. januar 2027 kl. 0.30"),
        (utc(2028, 2, 29, 11), "tirsdag den 29. februar 2028 kl. 12.00"),
        (
            datetime(2026, 12, 4, 9, 0, tzinfo=timezone(timedelta(hours=1))),
            "fredag den 4. december 2026 kl. 9.00",
        ),
        # The night to 29 March 2026 the hour from 2 to 3 is missing.
        (utc(2026, 3, 29, 0, 59), "søndag den 29. marts 2026 kl. 1.59"),
        (utc(2026, 3, 29, 1, 0), "søndag den 29. marts 2026 kl. 3.00"),
        # The night to 25 October 2026 the hour from 2 to 3 comes twice.
        (utc(2026, 10, 25, 0, 30), "søndag den 25. oktober 2026 kl. 2.30"),
        (utc(2026, 10, 25, 1, 30), "søndag den 25. oktober 2026 kl. 2.30"),
        (utc(2026, 10, 25, 2, 0), "søndag den 25. oktober 2026 kl. 3.00"),
    ],
)
def test_long_date(moment: datetime, shown: str) -> None:
    assert danish.long_date(moment) == shown


def test_the_parts_of_a_time() -> None:
    moment = utc(2026, 12, 4, 13, 3)
    assert danish.day(moment) == "fredag den 4. december 2026"
    assert danish.short_date(moment) == "4. dec. 2026"
    assert danish.clock_time(moment) == "14.03"
    assert danish.day_and_time(moment) == "4. dec. kl. 14.03"
    assert danish.iso_time(moment) == "2026-12-04T14:03+01:00"


def test_a_plain_date_is_shown_as_it_is() -> None:
    assert danish.day(date(2026, 5, 3)) == "søndag den 3. maj 2026"
    assert danish.short_date(date(2026, 5, 3)) == "3. maj 2026"
    assert danish.iso_time(date(2026, 5, 3)) == "2026-05-03"


@pytest.mark.parametrize(
    "show",
    [
        danish.long_date,
        danish.day,
        danish.short_date,
        danish.clock_time,
        danish.day_and_time,
        danish.iso_time,
    ],
)
def test_a_naive_time_is_refused(show: Callable[[datetime], str]) -> None:
    with pytest.raises(ValueError, match="aware"):
        show(datetime(2026, 12, 4, 9, 0))


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        (utc(2026, 12, 4, 22, 59), "i dag"),
        (utc(2026, 12, 4, 23, 0), "i morgen"),
        (utc(2026, 12, 3, 22, 59), "i går"),
        (utc(2026, 12, 7, 8), "om 3 dage"),
        (utc(2026, 12, 2, 8), "for 2 dage siden"),
        (date(2026, 12, 4), "i dag"),
    ],
)
def test_relative_day_counts_danish_days(when: date, shown: str) -> None:
    assert danish.relative_day(when, utc(2026, 12, 4, 8)) == shown


def test_relative_day_over_the_short_day_in_march() -> None:
    assert danish.relative_day(utc(2026, 3, 29, 22, 0), utc(2026, 3, 28, 22, 30)) == "om 2 dage"
    assert danish.relative_day(utc(2026, 3, 29, 21, 59), utc(2026, 3, 28, 22, 30)) == "i morgen"


@pytest.mark.parametrize(("text", "shown"), [("2026-12-04", "fredag den 4. december 2026"), ("snart", "snart")])
def test_stored_day(text: str, shown: str) -> None:
    assert danish.stored_day(text) == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "0 min."), (25, "25 min."), (60, "1 t."), (165, "2 t. 45 min."), (61, "1 t. 1 min.")],
)
def test_minutes(amount: int, shown: str) -> None:
    assert danish.minutes(amount) == shown


@pytest.mark.parametrize(
    ("amount", "decimals", "shown"),
    [
        (3.5, None, "3,5"),
        (1533, None, "1.533"),
        (1234567.25, None, "1.234.567,25"),
        (Decimal("0.10"), None, "0,10"),
        (0.1 + 0.2, None, "0,3"),
        (2 / 3, 2, "0,67"),
        (-4, None, "−4"),
    ],
)
def test_number(amount: float, decimals: int | None, shown: str) -> None:
    assert danish.number(amount, decimals) == shown


@pytest.mark.parametrize(("amount", "shown"), [(0, "0 dage"), (1, "1 dag"), (2, "2 dage"), (1200, "1.200 dage")])
def test_plural(amount: int, shown: str) -> None:
    assert danish.plural(amount, "dag", "dage") == shown


@pytest.mark.parametrize(
    ("size", "shown"),
    [(850, "850 byte"), (1000, "1 kB"), (14_300, "14 kB"), (999_600, "1,0 MB"), (1_230_000, "1,2 MB")],
)
def test_file_size(size: int, shown: str) -> None:
    assert danish.file_size(size) == shown


@pytest.mark.parametrize(
    ("words", "shown"), [([], ""), (["a"], "a"), (["a", "b"], "a og b"), (["a", "b", "c"], "a, b og c")]
)
def test_listing(words: list[str], shown: str) -> None:
    assert danish.listing(words) == shown
    assert danish.listing(iter(words), "eller") == shown.replace(" og ", " eller ")


def test_the_hour_that_october_repeats_is_told_apart() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=danish.ZONE, fold=0)
    second = first.replace(fold=1)
    for _ in range(2):
        assert danish.iso_time(first) == "2026-10-25T02:30+02:00"
        assert danish.iso_time(second) == "2026-10-25T02:30+01:00"
        assert danish.iso_time(second.astimezone(UTC)) == "2026-10-25T02:30+01:00"
        assert danish.long_date(first.astimezone(UTC)) == "søndag den 25. oktober 2026 kl. 2.30"
