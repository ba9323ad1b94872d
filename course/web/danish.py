"""How times, amounts and lists read in Danish.

Every function that takes a time wants an *aware* datetime and shows it in Europe/Copenhagen, so that a
deadline reads the same in the page, the mail and the calendar whatever zone the server keeps.
All are also Jinja filters.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import Flask

from course.web import assets, icons

ZONE = ZoneInfo("Europe/Copenhagen")

WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
MONTHS = (
    *("januar", "februar", "marts", "april", "maj", "juni"),
    *("juli", "august", "september", "oktober", "november", "december"),
)
SHORT_MONTHS = ("jan.", "feb.", "mar.", "apr.", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec.")

KILO = 1000

_DANISH_MARKS = str.maketrans({",": ".", ".": ",", "-": "−"})


def local(moment: datetime) -> datetime:
    """The same moment on a Danish clock; a naive datetime is a programming error and raises ValueError."""
    if moment.tzinfo is None:
        raise ValueError("a time shown to people must be aware")
    return moment.astimezone(ZONE)


def _calendar_day(when: date) -> date:
    """The Danish calendar day of a moment; a plain date is already one."""
    return local(when).date() if isinstance(when, datetime) else when


def day(when: date) -> str:
    """``fredag den 4. december 2026``"""
    shown = _calendar_day(when)
    return f"{WEEKDAYS[shown.weekday()]} den {shown.day}. {MONTHS[shown.month - 1]} {shown.year}"


def clock_time(moment: datetime) -> str:
    """``9.00`` or ``14.03``: the hour has no leading zero."""
    shown = local(moment)
    return f"{shown.hour}.{shown.minute:02}"


def wall_clock(at: time) -> str:
    """``9.00`` for a time on the clock, which belongs to no zone."""
    return f"{at.hour}.{at.minute:02}"


def long_date(moment: datetime) -> str:
    """``fredag den 4. december 2026 kl. 9.00``"""
    return _known_long_date(moment) if moment.tzinfo is UTC else _long_date(moment)


def _long_date(moment: datetime) -> str:
    return f"{day(moment)} kl. {clock_time(moment)}"


_known_long_date = lru_cache(maxsize=1024)(_long_date)
"""The same few deadlines stand on every page. Only for UTC: two moments of the hour in October count as equal else."""


def short_date(when: date) -> str:
    """``4. dec. 2026``, for tables."""
    shown = _calendar_day(when)
    return f"{shown.day}. {SHORT_MONTHS[shown.month - 1]} {shown.year}"


def day_and_time(moment: datetime) -> str:
    """``4. dec. kl. 14.03``, for lists of recent events, where the year is plain."""
    shown = local(moment)
    return f"{shown.day}. {SHORT_MONTHS[shown.month - 1]} kl. {clock_time(moment)}"


def relative_day(when: date, now: datetime) -> str:
    """``i dag``, ``i morgen``, ``om 3 dage``, ``for 2 dage siden`` – counted in Danish calendar days."""
    days = (_calendar_day(when) - local(now).date()).days
    named = {0: "i dag", 1: "i morgen", -1: "i går"}
    if days in named:
        return named[days]
    return f"om {days} dage" if days > 0 else f"for {-days} dage siden"


def stored_day(text: str) -> str:
    """A date answer (``2026-12-04``) as people read it; what is not a date is shown as it stands."""
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


def iso_time(when: date) -> str:
    """The machine-readable value of ``<time datetime>``, with the Danish offset for a moment."""
    if isinstance(when, datetime):
        return _known_iso_time(when) if when.tzinfo is UTC else _iso_time(when)
    return when.isoformat()


def _iso_time(moment: datetime) -> str:
    return local(moment).isoformat(timespec="minutes")


_known_iso_time = lru_cache(maxsize=1024)(_iso_time)


def minutes(amount: int) -> str:
    """``25 min.``, ``1 t.``, ``2 t. 45 min.``"""
    hours, rest = divmod(amount, 60)
    parts = [f"{hours} t."] if hours else []
    if rest or not hours:
        parts.append(f"{rest} min.")
    return " ".join(parts)


def number(amount: float | Decimal, decimals: int | None = None) -> str:
    """Decimal comma and a point between thousands: ``3,5``, ``1.533``; its own decimals, or *decimals*."""
    if decimals is None:
        shown = f"{amount:,}" if not isinstance(amount, float) else f"{amount:,.10g}"
    else:
        shown = f"{amount:,.{decimals}f}"
    return shown.translate(_DANISH_MARKS)


def plural(amount: int, one: str, many: str) -> str:
    """``1 dag``, ``3 dage``, ``0 dage``."""
    return f"{number(amount)} {one if amount == 1 else many}"


def file_size(size: int) -> str:
    """``850 byte``, ``14 kB``, ``1,2 MB`` (1 kB = 1,000 byte)."""
    if size < KILO:
        return f"{size} byte"
    kilobytes = size / KILO
    if round(kilobytes) < KILO:
        return f"{number(round(kilobytes))} kB"
    return f"{number(kilobytes / KILO, 1)} MB"


def listing(words: Iterable[str], joiner: str = "og") -> str:
    """``a``, ``a og b``, ``a, b og c`` – no comma before the last."""
    *first, last = list(words) or [""]
    return f"{', '.join(first)} {joiner} {last}" if first else last


def register(app: Flask) -> None:
    """Give templates the filters above, ``asset(path)`` and ``icon_svg(name)``."""
    times = (day, clock_time, wall_clock, long_date, short_date, day_and_time, relative_day, stored_day, iso_time)
    for function in (*times, minutes, plural, file_size, listing):
        app.add_template_filter(function, function.__name__)
    app.add_template_filter(number, "number_da")
    assets.register(app)
    icons.register(app)
