"""Choosing a new password by a link in a mail: two hours, once, and every sign-in ends."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course.db import audit
from course.db.errors import DomainError
from course.outbox.service import queue

from . import service, sign_ins
from .models import Person, ResetToken
from .rules import RESET_LIMIT

KIND = "reset"


class ResetGone(DomainError):
    """The link was used, is too old, or never was."""

    status = 404

    def __init__(self) -> None:
        super().__init__("Linket virker ikke længere.")


def link_token(nonce: str, secret: str) -> str:
    """The token in the link, made anew from the nonce whenever the mail is."""
    made = hmac.digest(secret.encode(), f"reset:{nonce}".encode(), "sha256")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def ask(session: Session, *, now: datetime, email: str, secret: str) -> None:
    """Queue a mail with a link if the address is somebody's. The caller's answer is the same either way."""
    person = service.find_person(session, email)
    if person is None:
        return
    nonce = secrets.token_urlsafe(32)
    reset = ResetToken(
        person_id=person.id, nonce=nonce, token_hash=_hash(link_token(nonce, secret)), created_at=now,
        expires_at=now + RESET_LIMIT,
    )  # fmt: skip
    session.add(reset)
    session.flush()
    queue(
        session,
        now=now,
        kind=KIND,
        to=person.email,
        params={"reset_id": reset.id},
        dedupe_key=f"reset:{reset.nonce}",
    )
    audit.record(session, actor_id=None, now=now, verb="reset_asked", detail={"person": person.id})
    session.flush()


def find(session: Session, *, token: str, now: datetime) -> Person:
    """Whom a link belongs to.

    Raises:
        ResetGone: it does not work (any more).
    """
    return _usable(session, token, now, lock=False)[1]


def use(session: Session, *, token: str, now: datetime, password_hash: str, device: str) -> tuple[Person, str]:
    """Take a new password by a link; ends every sign-in and begins one, whose token is answered.

    Raises:
        ResetGone: the link does not work (any more).
    """
    reset, person = _usable(session, token, now, lock=True)
    session.execute(
        update(ResetToken).where(ResetToken.person_id == person.id, ResetToken.used_at.is_(None)).values(used_at=now)
    )
    reset.used_at = now
    person.password_hash = password_hash
    audit.record(session, actor_id=person.id, now=now, verb="password_reset")
    sign_ins.end_all(session, person_id=person.id, now=now)
    return person, sign_ins.begin(session, person_id=person.id, now=now, device=device)


def is_usable(reset: ResetToken, now: datetime) -> bool:
    """Whether a link can still be used."""
    return reset.used_at is None and now < reset.expires_at


def _usable(session: Session, token: str, now: datetime, *, lock: bool) -> tuple[ResetToken, Person]:
    query = select(ResetToken).where(ResetToken.token_hash == _hash(token))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    reset = session.scalars(query).one_or_none()
    if reset is None or not is_usable(reset, now):
        raise ResetGone
    person = session.get_one(Person, reset.person_id, with_for_update=lock, populate_existing=lock)
    if person.closed_at is not None:
        raise ResetGone
    return reset, person


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
