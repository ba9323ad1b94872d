"""Days of the demo: working days around today."""

from __future__ import annotations

from datetime import date, timedelta

SATURDAY, SUNDAY = 5, 6


def weekday(day: date) -> date:
    """The same day, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= SATURDAY else 0)


def nearest_weekday(day: date) -> date:
    """The same day; of a Saturday the Friday before, of a Sunday the Monday after."""
    return day + timedelta(days={SATURDAY: -1, SUNDAY: 1}.get(day.weekday(), 0))
