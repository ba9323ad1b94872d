"""Minutes, percent, the code on the screen: tables without app or database."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from course.runs.attendance_rules import (
    CODE_LENGTH,
    CODE_SIGNS,
    AttendanceState,
    Door,
    Held,
    Knock,
    Mark,
    arrival,
    at_clock,
    checked,
    code,
    held,
    is_enough,
    knock,
    quarter_hours,
    seconds_left,
    slot_at,
    typed_code,
)
from tests.runs.small_course import HOURS, NET, small_course

DAY = datetime(2026, 12, 4, 8, 0, tzinfo=UTC)
"""9.00 in Denmark."""
SHEET = small_course().sheets["day1"]
SECRET = "kun-til-proever"


def at(clock: str) -> datetime:
    """A time of the day in Denmark."""
    return datetime.combine(DAY.date(), time.fromisoformat(clock), ZoneInfo("Europe/Copenhagen"))


@pytest.fixture
def day() -> Held:
    """The day with its sheet."""
    return held(DAY, DAY + HOURS, SHEET)


@pytest.mark.parametrize(
    ("begins", "ends", "minutes"),
    [
        (None, None, 360),
        ("09:30", None, 330),
        ("10:05", None, 300),  # came in the break
        ("12:30", None, 195),  # came in the lunch
        (None, "11:00", 105),
        (None, "12:20", 165),
        ("10:00", "15:00", 225),
        ("12:05", "12:40", 0),  # only there for lunch
        ("08:00", "18:00", 360),
        ("15:30", "15:45", 15),
    ],
)
def test_minutes_of_teaching(day: Held, begins: str | None, ends: str | None, minutes: int) -> None:
    assert day.minutes(at(begins) if begins else None, at(ends) if ends else None) == minutes
    assert day.net == NET


def test_without_a_sheet_all_of_it_counts() -> None:
    assert held(DAY, DAY + HOURS, None).net == 435
    assert held(DAY, DAY + HOURS, None).minutes(at("12:00"), None) == 255


def test_a_session_shorter_or_longer_than_its_sheet() -> None:
    assert held(DAY, DAY + timedelta(hours=2), SHEET).net == 105
    assert held(DAY, DAY + timedelta(hours=9), SHEET).net == NET


@pytest.mark.parametrize(
    ("day", "hours"), [(datetime(2026, 3, 29), 5), (datetime(2026, 10, 25), 7), (datetime(2026, 6, 7), 6)]
)
def test_the_night_the_clocks_change_is_as_long_as_it_was(day: datetime, hours: int) -> None:
    zone = ZoneInfo("Europe/Copenhagen")
    starts, ends = day.replace(tzinfo=zone), day.replace(hour=6, tzinfo=zone)
    night = held(starts, ends, None)
    assert night.net == hours * 60
    four = at_clock(night, time(4, 0))
    assert night.minutes(four, None) == 120
    assert night.minutes(None, four) == (hours - 2) * 60


def test_a_time_typed_belongs_to_the_day_or_night_of_the_session() -> None:
    evening = held(DAY.replace(hour=20), DAY.replace(hour=20) + timedelta(hours=4), None)  # 21.00–1.00
    assert at_clock(evening, time(22, 30)) == DAY.replace(hour=21, minute=30)
    assert at_clock(evening, time(0, 30)) == DAY.replace(hour=23, minute=30)
    assert at_clock(evening, None) is None


@pytest.mark.parametrize(
    ("minutes", "percent", "enough"),
    [(288, 80, True), (287, 80, False), (360, 100, True), (359, 100, False), (0, 0, False), (1, 0, True)],
)
def test_enough(minutes: int, percent: int, enough: bool) -> None:
    assert is_enough(minutes, NET, percent) is enough


@pytest.mark.parametrize(("minutes", "shown"), [(0, 0), (7, 0), (8, 15), (22, 15), (23, 30), (352, 345), (353, 360)])
def test_quarters(minutes: int, shown: int) -> None:
    assert quarter_hours(minutes) == shown


PRESENT = AttendanceState.PRESENT


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        (None, None, Mark(PRESENT)),
        ("08:30", "16:15", Mark(PRESENT)),
        ("09:00", None, Mark(PRESENT)),
        ("09:45", "15:00", Mark(PRESENT, at("09:45"), at("15:00"))),
        ("15:00", "09:45", None),
        ("10:00", "10:00", None),
        ("17:00", None, None),
        (None, "08:00", None),
    ],
)
def test_times_that_can_be(day: Held, begins: str | None, ends: str | None, expected: Mark | None) -> None:
    given = Mark(PRESENT, at(begins) if begins else None, at(ends) if ends else None)
    assert checked(day, given) == expected


def test_who_is_absent_has_no_times(day: Held) -> None:
    assert checked(day, Mark(AttendanceState.ABSENT, at("10:00"))) == Mark(AttendanceState.ABSENT)


def test_arriving_within_twenty_minutes_is_from_the_beginning(day: Held) -> None:
    assert arrival(day, DAY - timedelta(minutes=40)) is None
    assert arrival(day, DAY + timedelta(minutes=20)) is None
    late = DAY + timedelta(minutes=20, seconds=1)
    assert arrival(day, late) == late


# -- the code ----------------------------------------------------------------------------------------------------------

DOOR = Door(7, "day1", "Kursusdag 1", DAY, DAY + HOURS)
DAY2 = DAY + timedelta(days=35)
SECOND = Door(7, "day2", "Kursusdag 2", DAY2, DAY2 + HOURS)


def code_at(door: Door, moment: datetime) -> str:
    return code(SECRET, door.run_id, door.session_key, slot_at(moment))


def test_codes_have_no_lookalikes_and_differ() -> None:
    codes = {code(SECRET, run, key, slot) for run in range(3) for key in ("day1", "day2") for slot in range(200)}
    assert len(codes) == 1200
    assert all(len(one) == CODE_LENGTH and set(one) <= set(CODE_SIGNS) for one in codes)
    assert not set(CODE_SIGNS) & set("0O1IL5S2Z8BU")
    assert code("another secret", 0, "day1", 0) not in codes


def test_seconds_left() -> None:
    assert seconds_left(DAY) == 60
    assert seconds_left(DAY + timedelta(seconds=59, milliseconds=900)) == 1


@pytest.mark.parametrize(
    ("shown_at", "typed_at", "answer"),
    [
        (0, 0, Knock.GOOD),
        (0, 179, Knock.GOOD),  # the current and two before
        (0, 180, Knock.CHANGED),
        (-3600, -3600, Knock.GOOD),  # an hour before
        (-3601, -3601, Knock.TOO_EARLY),
        (60, 0, Knock.WRONG),  # not shown yet
        (int(HOURS.total_seconds()), int(HOURS.total_seconds()), Knock.GOOD),
        (int(HOURS.total_seconds()), int(HOURS.total_seconds()) + 1, Knock.OTHER_DAY),
        (0, 24 * 3600, Knock.OTHER_DAY),  # yesterday's
        (0, 35 * 24 * 3600, Knock.OTHER_DAY),  # day 1's on day 2
    ],
)
def test_when_a_code_works(shown_at: int, typed_at: int, answer: Knock) -> None:
    typed = code_at(DOOR, DAY + timedelta(seconds=shown_at))
    found, door = knock(typed, [SECOND, DOOR], SECRET, DAY + timedelta(seconds=typed_at))
    assert found is answer
    if answer is not Knock.OTHER_DAY:
        assert door == DOOR
    else:
        assert door is not None
        assert door.title == "Kursusdag 1"


def test_codes_of_others_do_not_work() -> None:
    other = Door(8, "day1", "Kursusdag 1", DAY, DAY + HOURS)
    assert knock(code_at(other, DAY), [DOOR, SECOND], SECRET, DAY)[0] is Knock.WRONG
    assert knock(code_at(DOOR, DAY), [DOOR], "another secret", DAY)[0] is Knock.WRONG


def test_between_the_days_and_after_them() -> None:
    between = DAY + timedelta(days=3)
    assert knock("AAAAAA", [DOOR, SECOND], SECRET, between) == (Knock.TOO_EARLY, SECOND)
    assert knock("AAAAAA", [DOOR, SECOND], SECRET, DAY2 + timedelta(days=1)) == (Knock.OVER, None)
    assert knock("AAAAAA", [], SECRET, DAY) == (Knock.OVER, None)
    assert knock("", [DOOR], SECRET, DAY)[0] is Knock.WRONG


@pytest.mark.parametrize(
    ("typed", "read"),
    [("acd34f", "ACD34F"), (" AC D3-4F ", "ACD34F"), ("", ""), ("A" * 500, "A" * 40), ("æøå", "ÆØÅ"), ("\x00!", "")],
)
def test_a_code_as_typed(typed: str, read: str) -> None:
    assert typed_code(typed) == read
