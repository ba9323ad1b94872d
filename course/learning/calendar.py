"""The dates of a member as a calendar: sessions and deadlines, the same that the path shows."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from course.runs.models import Membership, Run, RunSession
from course.runs.rules import COPENHAGEN

from .rules import DatedDeadline

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


def calendar(run: Run, titles: dict[str, str], deadlines: Iterable[DatedDeadline], url: str, now: datetime) -> bytes:
    """An iCalendar file. ``titles`` names the sessions; no text of a participant stands in it."""
    book = Calendar()
    book.add("prodid", "-//Vejen Frem Kursus//DA")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", run.name)
    book.add("x-wr-timezone", COPENHAGEN.key)
    for session in run.sessions:
        book.add_component(_session(run, session, titles.get(session.key, run.name), url, now))
    for deadline in deadlines:
        book.add_component(_deadline(run, deadline, url, now))
    return book.to_ical()


def _session(run: Run, session: RunSession, title: str, url: str, now: datetime) -> Event:
    event = _event(f"session-{run.id}-{session.key}", f"{title}: {run.name}", url, now)
    event.add("dtstart", session.starts_at)
    event.add("dtend", session.ends_at)
    if session.place:
        event.add("location", session.place)
    if run.cancelled_at is not None:
        event.add("status", "CANCELLED")
    return event


def _deadline(run: Run, deadline: DatedDeadline, url: str, now: datetime) -> Event:
    done = "" if deadline.waiting else " (gjort)"
    event = _event(f"deadline-{run.id}-{deadline.id}", f"Frist: {deadline.title}{done}", url, now)
    event.add("dtstart", deadline.at - REMINDER_LENGTH)
    event.add("dtend", deadline.at)
    event.add("transp", "TRANSPARENT")
    return event


def _event(uid: str, summary: str, url: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{uid}@vejenfrem-kursus")
    event.add("dtstamp", now)
    event.add("summary", summary)
    event.add("url", url)
    return event
