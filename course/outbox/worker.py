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
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
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
ROUND = 120.0
"""Seconds after which a round takes no more mails: well within the claim it makes, however slow the server is."""
JOBS_EVERY = timedelta(minutes=1)
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
    """How the try went: a state of ``Message``, or "queued" again. ``is_server``: the next mail would meet it too."""

    state: str
    fault: str = ""
    is_server: bool = False


def post_of(app: Flask) -> Post | None:
    """The mail server of the settings; None without one: then nothing is sent and all is read in the app."""
    settings: Any = app.extensions["settings"]
    return Post(settings.smtp_url, settings.mail_from) if settings.smtp_url and settings.mail_from else None


def run_once(app: Flask, now: datetime, *, post: Carrier | None = None, stop: threading.Event | None = None) -> Counts:
    """Send what is due (a hundred at most) and say how it went. Without a mail server nothing happens.

    A server that does not answer is not asked again in the same round.
    """
    post, counts, ends = post or post_of(app), Counts(), time.monotonic() + ROUND
    if post is None:
        return counts
    engine: Engine = app.extensions[EXTENSION]
    for _ in range(AT_ONCE):
        if (stop is not None and stop.is_set()) or time.monotonic() > ends:
            break
        with new_session(engine) as session:
            message = claim(session, now)
            if message is None:
                break
            session.expunge(message)
            outcome = _try(app, session, message, now, post)
            _mark_surely(session, message, outcome, now)
        _count(counts, outcome)
        if outcome.is_server:
            break
    return counts


def run_jobs(app: Flask, now: datetime) -> int:
    """Do what is due beside sending, and say how much it was. A job that fails is logged; the others go on."""
    done = 0
    for name, run_due in app.extensions["jobs"].items():
        with (
            app.test_request_context(base_url=app.extensions["settings"].base_url),
            new_session(app.extensions[EXTENSION]) as session,
        ):
            try:
                done += run_due(session, now)
            except DBAPIError as error:
                log.error("job %s could not reach the database: %s", name, type(error).__name__)
            except Exception:
                log.exception("job %s failed", name)
    return done


def serve(app: Flask, stop: threading.Event) -> None:
    """Look into the outbox every few seconds, and for what else is due once a minute, until ``stop`` is set.

    A database that is away is waited for.
    """
    next_jobs = 0.0
    while not stop.is_set():
        try:
            if time.monotonic() >= next_jobs:
                next_jobs = time.monotonic() + JOBS_EVERY.total_seconds()
                run_jobs(app, clock_now())
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
        post.send(message.to, replace(mail, reference=_reference(message)), now)
    except NotSent as error:
        log.warning("mail %s was not sent: %s", message.id, error.fault)
        if error.for_good:
            return Outcome("failed", error.fault)
        return replace(_again(message, error.fault), is_server=error.is_server)
    return Outcome("sent")


def _reference(message: Message) -> str:
    """The same for every try of a mail, so that a mailbox can know it again when it comes twice."""
    return sha256(f"{message.id}|{message.dedupe_key}".encode()).hexdigest()[:32]


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
