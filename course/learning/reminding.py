"""Who is reminded of what, and when. Pure.

A reminder has a moment: 8.00 in Denmark, so many days before the deadline. A moment that was missed (nothing ran)
is made up for by day while the deadline lies ahead; of several missed ones only the latest counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from course.runs.rules import COPENHAGEN, GateState, local_instant

from .rules import DatedDeadline, Entry

MORNING, EVENING = time(8), time(20)
"""No reminder is written earlier or later in the Danish day."""
LATE = timedelta(days=14)
"""A moment that was missed by more than this is over."""

Key = tuple[str, int, str]
"""One round of reminding in a run: the deadline, how many days before it, and its instant."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A member lacks something before a deadline, ``days`` days ahead."""

    deadline: DatedDeadline
    days: int
    lacking: tuple[Entry, ...]

    @property
    def key(self) -> Key:
        """Which round of reminding it belongs to."""
        return self.deadline.id, self.days, self.deadline.at.isoformat()


def is_day(now: datetime) -> bool:
    """Whether people may be written to: by day in Denmark."""
    return MORNING <= now.astimezone(COPENHAGEN).time() < EVENING


def moment(at: datetime, days: int) -> datetime:
    """8.00 in Denmark, ``days`` days before the day of ``at``."""
    return local_instant(at.astimezone(COPENHAGEN).date() - timedelta(days=days), MORNING)


def latest(at: datetime, remind: Iterable[int], now: datetime) -> tuple[int, datetime] | None:
    """The latest moment of these that has come, and how many days before the deadline it lies.

    None when none has come, it came too long ago, or the deadline has passed.
    """
    come = [days for days in remind if moment(at, days) <= now]
    if not come or now >= at:
        return None
    days = min(come)
    return (days, moment(at, days)) if now - moment(at, days) <= LATE else None


def lacking(entries: Iterable[Entry], everything: Collection[Entry]) -> tuple[Entry, ...]:
    """What of ``entries`` is not done and the member can do something about now."""
    return tuple(entry for entry in entries if not entry.is_done and _can_act(entry, everything, frozenset()))


def _can_act(entry: Entry, everything: Collection[Entry], asked: frozenset[str]) -> bool:
    """Whether it is open, or waits only for what the member has not done yet."""
    if entry.gate.is_open:
        return True
    if entry.gate.state is not GateState.NEEDS or entry.activity.id in asked:
        return False
    asked |= {entry.activity.id}
    return all(
        any(
            e.activity.id == need.activity_id and not e.is_done and _can_act(e, everything, asked)
            for e in everything
            if need.slot in (None, e.slot)
        )
        for need in entry.gate.needs
    )


def reminders(
    deadlines: Iterable[DatedDeadline],
    everything: Collection[Entry],
    remind: Mapping[str, tuple[int, ...]],
    now: datetime,
    *,
    since: datetime,
    held: Collection[Key],
) -> tuple[Reminder, ...]:
    """What a member is reminded of now.

    ``since``: when they joined or last heard of their dates; moments before that are not made up for. ``held``: the
    rounds that have been; who lacked nothing then is not reminded of it later.
    """
    found = []
    for deadline in deadlines:
        due = latest(deadline.at, remind.get(deadline.id, ()), now)
        if due is None or due[1] < since:
            continue
        reminder = Reminder(deadline, due[0], lacking(deadline.waiting, everything))
        if reminder.lacking and reminder.key not in held:
            found.append(reminder)
    return tuple(found)


def announced(everything: Iterable[Entry], now: datetime, *, since: datetime) -> tuple[Entry, ...]:
    """What has opened for a member lately and is told by mail; each activity once."""
    found: dict[str, Entry] = {}
    for entry in everything:
        opened = entry.gate.opens_at
        if not entry.activity.announce or entry.is_done or not entry.gate.is_open or opened is None:
            continue
        if since <= opened <= now <= opened + LATE:
            found.setdefault(entry.activity.id, entry)
    return tuple(found.values())
