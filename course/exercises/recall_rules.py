""" "Tre om dagen": when a missed item is worth meeting again. Pure.

An item lies in a box. Missed, it goes to the first; answered rightly by itself, to the next; after the last it is
known. A box says in how many days it is asked again, counted in days of the Danish calendar.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from course.runs.rules import COPENHAGEN

BOXES = (1, 3, 7, 21)
"""Days until an item of each box is asked again."""
A_DAY = 3
"""How many are asked on one day, at most."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of one exercise, as it was given in an activity."""

    activity: str
    exercise: str
    id: str


@dataclass(frozen=True, slots=True)
class Met:
    """An item was missed in an attempt, or answered ``by_itself``, rightly or not."""

    item: Item
    was_right: bool
    by_itself: bool
    at: datetime


def day_of(at: datetime) -> date:
    """The day in Denmark."""
    return at.astimezone(COPENHAGEN).date()


def boxes(met: Iterable[Met]) -> dict[Item, tuple[int, date]]:
    """The box (0–3) of every item that is not known yet, and the day it is asked again. ``met``: the oldest first."""
    found: dict[Item, tuple[int, date]] = {}
    for one in met:
        box = found.get(one.item, (0, date.min))[0] + 1 if one.was_right else 0
        if box < len(BOXES):
            found[one.item] = (box, day_of(one.at) + timedelta(days=BOXES[box]))
        else:
            found.pop(one.item, None)
    return found


def due(met: Iterable[Met], now: datetime) -> list[Item]:
    """What is left to ask today, those that have waited longest first; three a day with those answered already."""
    met, today = list(met), day_of(now)
    answered = sum(one.by_itself and day_of(one.at) == today for one in met)
    waiting = sorted((at, box, item.exercise, item.id) for item, (box, at) in boxes(met).items() if at <= today)
    items = {(item.exercise, item.id): item for item in boxes(met)}
    return [items[exercise, name] for _, _, exercise, name in waiting][: max(0, A_DAY - answered)]
