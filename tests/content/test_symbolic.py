import datetime as dt

import pytest

from course.content.symbolic import Direction, NotADate, Symbolic, Unit, parse, parse_time

NIGHT = dt.time(23, 59)


@pytest.mark.parametrize(
    ("text", "amount", "unit", "direction", "anchor", "time"),
    [
        ("14 days before day1 at 23.59", 14, Unit.DAYS, Direction.BEFORE, "day1", NIGHT),
        ("14 days before day1 at 8.05", 14, Unit.DAYS, Direction.BEFORE, "day1", dt.time(8, 5)),
        ("2 weeks after day2", 2, Unit.WEEKS, Direction.AFTER, "day2", NIGHT),
        ("1 week after day2", 1, Unit.WEEKS, Direction.AFTER, "day2", NIGHT),
        ("3 months after day2", 3, Unit.MONTHS, Direction.AFTER, "day2", NIGHT),
        ("day1", 0, Unit.DAYS, Direction.AT, "day1", None),
        ("start", 0, Unit.DAYS, Direction.AT, "start", None),
        ("day1 at 12.00", 0, Unit.DAYS, Direction.AT, "day1", dt.time(12)),
        ("  7  days   after start ", 7, Unit.DAYS, Direction.AFTER, "start", NIGHT),
    ],
)
def test_parse(text: str, amount: int, unit: Unit, direction: Direction, anchor: str, time: dt.time | None) -> None:
    assert parse(text) == Symbolic(amount, unit, direction, anchor, time)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2 uger før day1",
        "days before day1",
        "-2 days before day1",
        "0 days before day1",
        "401 days before day1",
        "2 weeks before",
        "2 weeks before Day1",
        "2 hours before day1",
        "day1 at 24.00",
        "day1 at 9:00",
        "day1 at 9.60",
        "day1 day2",
        "2.5 days before day1",
    ],
)
def test_what_is_no_date_is_said_in_danish(text: str) -> None:
    with pytest.raises(NotADate, match=r"er ikke|ligger"):
        parse(text)


@pytest.mark.parametrize("text", ["14 days before day1 at 23.59", "1 week after day2 at 8.05", "day1", "day1 at 9.00"])
def test_a_date_can_be_written_and_read_again(text: str) -> None:
    assert str(parse(text)) == text
    assert parse(str(parse(text))) == parse(text)


def test_parse_time() -> None:
    assert parse_time("9.00") == dt.time(9)
    with pytest.raises(NotADate):
        parse_time("9")
