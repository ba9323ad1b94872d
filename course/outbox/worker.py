"""Sends what is queued. Any number of workers may run at the same time, on either database.

A message is claimed in a transaction of its own, sent outside of any, and marked in a third. Once the server
has acknowledged it, it is never sent again – with one exception that no mail program can close: when this
process dies, or the database stays out of reach, between the acknowledgement and the mark. Then the claim
runs out and it is sent a second time (at least once).
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Engine, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from course.db.session import EXTENSION, new_session, writing
from course.web.clock import now as clock_now

from .mail import Mail
from .models import Message
from .smtp import Carrier, NotSent, Post

CLAIM = timedelta(minutes=10)
MOST_TRIES = 6
BACKOFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240))
PAUSE = 5.0
"""Seconds between two looks into the outbox."""
AT_ONCE = 100
MARK_TRIES, MARK_PAUSE = 5, 0.2

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Counts:
    """What one round did. ``retried`` will be tried again; ``dropped`` had nothing to say any more."""

    sent: int = 0
    failed: int = 0
    retried: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the try went: a state of ``Message``, or "queued" again."""

    state: str
    fault: str = ""


def post_of(app: Flask) -> Post | None:
    """The mail server of the settings; None without one: then nothing is sent and all is read in the app."""
    settings: Any = app.extensions["settings"]
    return Post(settings.smtp_url, settings.mail_from) if settings.smtp_url and settings.mail_from else None


def run_once(app: Flask, now: datetime, *, post: Carrier | None = None, stop: threading.Event | None = None) -> Counts:
    """Send what is due (a hundred at most) and say how it went. Without a mail server nothing happens."""
    post, counts = post or post_of(app), Counts()
    if post is None:
        return counts
    engine: Engine = app.extensions[EXTENSION]
    for _ in range(AT_ONCE):
        if stop is not None and stop.is_set():
            break
        with new_session(engine) as session:
            message = claim(session, now)
            if message is None:
                break
            session.expunge(message)
            outcome = _try(app, session, message, now, post)
            _mark_surely(session, message, outcome, now)
        _count(counts, outcome)
    return counts


def serve(app: Flask, stop: threading.Event) -> None:
    """Look into the outbox every few seconds until ``stop`` is set. A database that is away is waited for."""
    while not stop.is_set():
        try:
            run_once(app, clock_now(), stop=stop)
        except DBAPIError as error:
            log.error("the outbox could not be read: %s", type(error).__name__)
        stop.wait(PAUSE)


def claim(session: Session, now: datetime) -> Message | None:
    """Take the next due message for this worker alone; None when there is none.

    PostgreSQL passes over rows that another worker is taking; on SQLite the write transaction keeps the
    others out.
    """
    with writing(session):
        message = session.scalars(
            select(Message)
            .where(
                Message.state == "queued",
                Message.due_at <= now,
                or_(Message.claimed_until.is_(None), Message.claimed_until <= now),
            )
            .order_by(Message.due_at, Message.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if message is not None:
            message.claimed_until = now + CLAIM
            message.tries += 1
    return message


def _try(app: Flask, session: Session, message: Message, now: datetime, post: Carrier) -> Outcome:
    try:
        mail = _words(app, session, message, now)
    except Exception as error:
        log.exception("mail %s of kind %s could not be written", message.id, message.kind)
        return _again(message, f"Mailen kunne ikke skrives ({type(error).__name__}).")
    finally:
        session.rollback()  # reading is over; nothing is kept open while the mail server is asked
    if mail is None:
        return Outcome("dropped")
    try:
        post.send(message.to, mail, now)
    except NotSent as error:
        log.warning("mail %s was not sent: %s", message.id, error.fault)
        return Outcome("failed", error.fault) if error.for_good else _again(message, error.fault)
    return Outcome("sent")


def _words(app: Flask, session: Session, message: Message, now: datetime) -> Mail | None:
    maker = app.extensions["mails"].get(message.kind)
    if maker is None:
        raise LookupError(message.kind)
    with app.test_request_context(base_url=app.extensions["settings"].base_url):
        return maker(session, message, now)


def _again(message: Message, fault: str) -> Outcome:
    return Outcome("failed" if message.tries >= MOST_TRIES else "queued", fault)


def _mark_surely(session: Session, message: Message, outcome: Outcome, now: datetime) -> None:
    """Write down how it went; a database that is busy is asked again, for the mail may be out already."""
    for attempt in range(1, MARK_TRIES + 1):
        try:
            return _mark(session, message, outcome, now)
        except DBAPIError:
            if attempt == MARK_TRIES:
                raise
            log.warning("mail %s is not marked yet (%s)", message.id, outcome.state)
            time.sleep(MARK_PAUSE * attempt)


def _mark(session: Session, message: Message, outcome: Outcome, now: datetime) -> None:
    with writing(session):
        row = session.get(Message, message.id, with_for_update=True, populate_existing=True)
        if row is None or (row.state == "sent" and outcome.state != "sent"):
            return
        row.state, row.fault, row.claimed_until = outcome.state, outcome.fault[:200], None
        row.sent_at = now if outcome.state == "sent" else None
        if outcome.state == "queued":
            row.due_at = now + BACKOFF[min(row.tries, len(BACKOFF)) - 1]


def _count(counts: Counts, outcome: Outcome) -> None:
    match outcome.state:
        case "sent":
            counts.sent += 1
        case "failed":
            counts.failed += 1
        case "dropped":
            counts.dropped += 1
        case _:
            counts.retried += 1
