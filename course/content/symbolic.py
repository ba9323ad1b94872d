"""Symbolic dates of a course: "14 days before day1 at 23.59", "2 weeks after day2", "day1", "start".

A course file never knows a real date. `parse` gives a `Symbolic`; the run, which knows the dates of its
sessions, turns it into a moment (course.runs).
"""

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

START = "start"
"""The anchor that is the opening of the run itself, not a session."""

END = "-end"
"""What stands after a session's id in the anchor that is its end: "session1-end"."""

END_OF_DAY = dt.time(23, 59)
MOST = 400
"""No course looks further than this many days, weeks or months from a session."""


class Unit(StrEnum):
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


class Direction(StrEnum):
    BEFORE = "before"
    AT = "at"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Symbolic:
    """`amount` units before or after the day of `anchor` (a session's id, or "start"), at the wall-clock
    `time`.

    `direction` AT means the anchor's own day (amount 0). `time` None means the moment of the anchor itself:
    the session's start, or the opening of the run. An offset always has a time (23.59 unless written).
    """

    amount: int
    unit: Unit
    direction: Direction
    anchor: str
    time: dt.time | None

    def __str__(self) -> str:
        at = "" if self.time is None else f" at {self.time.hour}.{self.time.minute:02}"
        if self.direction is Direction.AT:
            return f"{self.anchor}{at}"
        unit = self.unit.value if self.amount != 1 else self.unit.value[:-1]
        return f"{self.amount} {unit} {self.direction} {self.anchor}{at}"


class NotADate(ValueError):
    """The text is no symbolic date; the message is a Danish sentence."""


_SYMBOLIC = re.compile(
    r"(?:(?P<amount>\d{1,4}) (?P<unit>day|week|month)s? (?P<direction>before|after) )?"
    r"(?P<anchor>[a-z][a-z0-9-]*)(?: at (?P<time>\S+))?"
)
_CLOCK = re.compile(r"(\d{1,2})\.(\d{2})")


def parse_time(text: str) -> dt.time:
    """Return "9.00" or "23.59" as a time; raise NotADate otherwise."""
    found = _CLOCK.fullmatch(text)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise NotADate(f"»{text}« er ikke et klokkeslæt: skriv fx 9.00 eller 23.59")
    return dt.time(int(found[1]), int(found[2]))


def parse(text: str) -> Symbolic:
    """Return the symbolic date written in `text`; raise NotADate with a Danish sentence otherwise.

    Whether the anchor is a session of the course is for the check to say: it knows the course.
    """
    found = _SYMBOLIC.fullmatch(" ".join(text.split()))
    if not found:
        raise NotADate(f"»{text}« er ikke en symbolsk dato: skriv fx »14 days before day1 at 23.59« eller »day1«")
    time = parse_time(found["time"]) if found["time"] else None
    if found["amount"] is None:
        return Symbolic(0, Unit.DAYS, Direction.AT, found["anchor"], time)
    amount = int(found["amount"])
    if not 1 <= amount <= MOST:
        raise NotADate(f"»{text}« ligger for langt væk eller på selve dagen: antallet skal være fra 1 til {MOST}")
    return Symbolic(
        amount, Unit(found["unit"] + "s"), Direction(found["direction"]), found["anchor"], time or END_OF_DAY
    )
