"""Who was there and for how long, and the code on the screen. Pure.

All times are compared as instants in UTC: on the days the clocks change a session is as long as it really was.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from course.content.catalogue import Activity, Course, Kind, Sheet

from .rules import COPENHAGEN, local_instant

OPENS_BEFORE = timedelta(minutes=60)
"""How long before a session its code works, and somebody can be marked as there."""
ON_TIME = timedelta(minutes=20)
"""Who types the code no later than this after the beginning was there from the beginning."""

CODE_SIGNS = "ACDEFGHJKMNPQRTVWXY34679"
"""What a code is made of: nothing that is read as something else from the last row."""
CODE_LENGTH = 6
SLOT_SECONDS = 60
VALID_SLOTS = 3
"""The code on the screen and the two before it work."""


class AttendanceState(StrEnum):
    """What is noted about a member in a session. ``PLANNED``: takes it with another run, not seen there yet."""

    PRESENT = "present"
    ABSENT = "absent"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class Mark:
    """What somebody notes: there (from and until a time, None: the whole of it), or not there."""

    state: AttendanceState
    from_at: datetime | None = None
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A session as it is held: when it begins and ends, and when there is teaching (breaks taken off)."""

    starts_at: datetime
    ends_at: datetime
    teaching: tuple[tuple[datetime, datetime], ...]

    @property
    def net(self) -> int:
        """The minutes of teaching."""
        return self.minutes(None, None)

    def minutes(self, from_at: datetime | None, until_at: datetime | None) -> int:
        """The minutes of teaching somebody had who was there from and until these times (None: all the time)."""
        begin, end = from_at or self.starts_at, until_at or self.ends_at
        overlaps = (min(end, stop) - max(begin, start) for start, stop in self.teaching)
        return int(sum((o for o in overlaps if o > timedelta(0)), timedelta(0)).total_seconds()) // 60


def held(starts_at: datetime, ends_at: datetime, sheet: Sheet | None) -> Held:
    """Lay the run sheet over a session. Without one, all of it is teaching.

    A session shorter than its sheet ends when it ends; one that is longer has no more teaching than the sheet.
    """
    starts_at, ends_at = starts_at.astimezone(UTC), ends_at.astimezone(UTC)
    if sheet is None or not sheet.items:
        return Held(starts_at, ends_at, ((starts_at, ends_at),))
    teaching, begin = [], starts_at
    for item in sheet.items:
        end = min(begin + timedelta(minutes=item.minutes), ends_at)
        if not item.is_pause and end > begin:
            teaching.append((begin, end))
        begin = max(begin, end)
    return Held(starts_at, ends_at, tuple(teaching))


def is_enough(minutes: int, net: int, percent: int) -> bool:
    """Whether so many minutes count as having attended."""
    return minutes > 0 and minutes * 100 >= percent * net


def quarter_hours(minutes: int) -> int:
    """Minutes rounded to the nearest quarter of an hour, as a certificate says them."""
    return (minutes + 7) // 15 * 15


def attend_activities(course: Course, session_key: str) -> tuple[Activity, ...]:
    """The activities that are done by attending a session."""
    return tuple(a for a in course.activities.values() if a.kind is Kind.ATTEND and a.session == session_key)


def at_clock(session: Held, clock: time | None) -> datetime | None:
    """The instant of a time typed on the page of a session, on the day (or night) it is held."""
    if clock is None:
        return None
    first = session.starts_at.astimezone(COPENHAGEN).date()
    last = session.ends_at.astimezone(COPENHAGEN).date()
    instants = [local_instant(day, clock) for day in (first, last)]
    return next((at for at in instants if session.starts_at <= at <= session.ends_at), instants[0])


def checked(session: Held, mark: Mark) -> Mark | None:
    """The mark without times that say nothing; None when the times cannot be."""
    if mark.state is not AttendanceState.PRESENT:
        return Mark(mark.state)
    begin = mark.from_at if mark.from_at and mark.from_at > session.starts_at else None
    end = mark.until_at if mark.until_at and mark.until_at < session.ends_at else None
    if (begin or session.starts_at) >= (end or session.ends_at):
        return None
    return Mark(mark.state, begin, end)


def arrival(session: Held, now: datetime) -> datetime | None:
    """When somebody arrived who types the code now; None: from the beginning."""
    return None if now <= session.starts_at + ON_TIME else now


# -- the code ----------------------------------------------------------------------------------------------------------


def slot_at(now: datetime) -> int:
    """The minute a code belongs to."""
    return int(now.timestamp()) // SLOT_SECONDS


def seconds_left(now: datetime) -> int:
    """How long the code on the screen stands, in whole seconds, at least one."""
    return SLOT_SECONDS - int(now.timestamp()) % SLOT_SECONDS


def code(secret: str, run_id: int, session_key: str, slot: int) -> str:
    """The code of one session in one minute."""
    made = hmac.digest(secret.encode(), f"attendance:{run_id}:{session_key}:{slot}".encode(), "sha256")
    number, signs = int.from_bytes(made, "big"), []
    for _ in range(CODE_LENGTH):
        number, rest = divmod(number, len(CODE_SIGNS))
        signs.append(CODE_SIGNS[rest])
    return "".join(signs)


def typed_code(text: str) -> str:
    """A code as it was typed, in the one spelling: capitals, no spaces or dashes. A long text is cut."""
    return "".join(sign for sign in text[:40].upper() if sign.isalnum())


@dataclass(frozen=True, slots=True)
class Door:
    """A session that a member may be let into by its code: of the own run, or of the one a missed day is taken with."""

    run_id: int
    session_key: str
    title: str
    starts_at: datetime
    ends_at: datetime

    @property
    def opens_at(self) -> datetime:
        """When its code begins to work."""
        return self.starts_at - OPENS_BEFORE

    def is_open(self, now: datetime) -> bool:
        """Whether its code works now."""
        return self.opens_at <= now <= self.ends_at

    def knows(self, secret: str, typed: str, slots: Iterable[int]) -> bool:
        """Whether this was its code in one of these minutes."""
        return any(
            hmac.compare_digest(code(secret, self.run_id, self.session_key, slot).encode(), typed.encode())
            for slot in slots
        )


class Knock(StrEnum):
    """What a typed code comes to."""

    GOOD = "good"
    CHANGED = "changed"
    OTHER_DAY = "other_day"
    TOO_EARLY = "too_early"
    OVER = "over"
    WRONG = "wrong"


def knock(typed: str, doors: Iterable[Door], secret: str, now: datetime) -> tuple[Knock, Door | None]:
    """Which door a code opens, or what is wrong with it – and the door that the answer is about."""
    ordered = sorted(doors, key=lambda door: door.starts_at)
    current = slot_at(now)
    for door in ordered:
        if door.is_open(now) and door.knows(secret, typed, range(current - VALID_SLOTS + 1, current + 1)):
            return Knock.GOOD, door
    for door in ordered:
        shown = range(slot_at(door.opens_at), min(current, slot_at(door.ends_at)) + 1)
        if door.opens_at <= now and door.knows(secret, typed, shown):
            return (Knock.CHANGED if door.is_open(now) else Knock.OTHER_DAY), door
    open_now = next((door for door in ordered if door.is_open(now)), None)
    if open_now is not None:
        return Knock.WRONG, open_now
    coming = next((door for door in ordered if now < door.opens_at), None)
    return (Knock.TOO_EARLY, coming) if coming is not None else (Knock.OVER, None)
