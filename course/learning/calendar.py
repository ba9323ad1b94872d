"""The dates of a member as a calendar: sessions and deadlines, the same that the path shows."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from course.runs.models import Membership, Run
from course.runs.rules import COPENHAGEN

from .calendar_dates import Occasion

if TYPE_CHECKING:
    from icalendar import Event

REMINDER_LENGTH = timedelta(minutes=15)


def feed_token(membership: Membership, secret: str) -> str:
    """The key of a member's calendar feed: derived from their nonce, stored nowhere, dead when the nonce changes."""
    return f"{membership.id}.{_mac(membership, secret)}"


def is_feed_token(membership: Membership, token: str, secret: str) -> bool:
    """Whether ``token`` opens this member's feed."""
    return hmac.compare_digest(feed_token(membership, secret).encode(), token.encode("utf-8", "replace"))


def _mac(membership: Membership, secret: str) -> str:
    message = f"calendar|{membership.id}|{membership.calendar_nonce}"
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()[:40]


def calendar(run: Run, occasions: Iterable[Occasion], url: str, now: datetime) -> bytes:
    """An iCalendar file. No text of a participant stands in it."""
    from icalendar import Calendar  # 1½ MB that only a calendar needs

    book = Calendar()
    book.add("prodid", "-//Vejen Frem Kursus//DA")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", run.name)
    book.add("x-wr-timezone", COPENHAGEN.key)
    for occasion in occasions:
        book.add_component(_event(run, occasion, url, now))
    return book.to_ical()


def _event(run: Run, occasion: Occasion, url: str, now: datetime) -> Event:
    """``sequence`` grows when the date is decided anew: seconds since the run was made, so that it never falls."""
    from icalendar import Event

    event = Event()
    event.add("uid", f"{occasion.key}@vejenfrem-kursus")
    event.add("dtstamp", now)
    event.add("last-modified", occasion.changed_at)
    event.add("sequence", max(0, int((occasion.decided_at - run.created_at).total_seconds())))
    event.add("summary", occasion.title)
    event.add("dtstart", occasion.starts_at - (REMINDER_LENGTH if occasion.is_deadline else timedelta()))
    event.add("dtend", occasion.ends_at)
    event.add("url", url)
    if occasion.place:
        event.add("location", occasion.place)
    if occasion.is_cancelled:
        event.add("status", "CANCELLED")
    if occasion.is_deadline:
        event.add("transp", "TRANSPARENT")
    return event
