"""Signed-in browsers: begun, found, seen, ended. Only the browser has the token; the table has its hash."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session, joinedload

from course.db import audit
from course.db.errors import NotAllowed

from .models import Person, SignIn
from .rules import ABSOLUTE_LIMIT, Actor, is_alive

_SIGN_IN, _PERSON = SignIn.__table__.c, Person.__table__.c
OF_TOKEN = (
    select(
        _SIGN_IN.id, _SIGN_IN.seen_at, _SIGN_IN.expires_at, _SIGN_IN.revoked_at, _PERSON.closed_at,
        _PERSON.id, _PERSON.name, _PERSON.email, _PERSON.is_administrator, _PERSON.may_create_runs,
    )
    .join_from(SignIn.__table__, Person.__table__, _PERSON.id == _SIGN_IN.person_id)
    .where(_SIGN_IN.token_hash == bindparam("token_hash"))
)  # fmt: skip
"""Asked at every request, so it is put together once, of tables: entities would cost more than the database does.
On a route of a run it is asked together with the run (`course.runs.access`); ``found_in`` reads its columns.
"""
COLUMNS = len(OF_TOKEN.selected_columns)


@dataclass(frozen=True, slots=True)
class Found:
    """A sign-in as a request needs it: whose it is, and what decides whether it still counts."""

    id: int
    actor: Actor
    seen_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    closed_at: datetime | None


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def begin(session: Session, *, person_id: int, now: datetime, device: str = "") -> str:
    """Sign a person in; the answer is the token for the browser, which nobody can ask for again."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            person_id=person_id, token_hash=token_hash(token), created_at=now, seen_at=now,
            expires_at=now + ABSOLUTE_LIMIT, device=device[:200],
        )
    )  # fmt: skip
    audit.record(session, actor_id=person_id, now=now, verb="signed_in")
    session.flush()
    return token


def find(session: Session, token: str) -> Found | None:
    """The sign-in of a token with its person, in one query, whether it still counts or not."""
    row = session.connection().execute(OF_TOKEN, {"token_hash": token_hash(token)}).one_or_none()
    return None if row is None else found_in(row)


def found_in(row: Sequence[Any]) -> Found:
    """What the columns of ``OF_TOKEN``, the first of a row, say."""
    sign_in_id, seen_at, expires_at, revoked_at, closed_at, person_id, name, email, administers, creates = row[:COLUMNS]
    actor = Actor(person_id, name, email, administers, creates)
    return Found(sign_in_id, actor, seen_at, expires_at, revoked_at, closed_at)


def counts(sign_in: Found, now: datetime) -> bool:
    """Whether a sign-in lets its person in now."""
    return sign_in.closed_at is None and _is_alive(sign_in, now)


def _is_alive(sign_in: Found | SignIn, now: datetime) -> bool:
    return is_alive(seen_at=sign_in.seen_at, expires_at=sign_in.expires_at, revoked_at=sign_in.revoked_at, now=now)


def see(session: Session, *, sign_in_id: int, now: datetime) -> None:
    """Note that a sign-in is in use."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id, SignIn.seen_at < now).values(seen_at=now))


def of_person(session: Session, person_id: int, now: datetime) -> list[SignIn]:
    """The browsers a person is signed in with now, the latest used first."""
    found = session.scalars(
        select(SignIn)
        .where(SignIn.person_id == person_id, SignIn.revoked_at.is_(None), SignIn.expires_at > now)
        .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
        .options(joinedload(SignIn.person))
    )
    return [s for s in found if s.person.closed_at is None and _is_alive(s, now)]


def end(session: Session, *, actor: Actor, now: datetime, sign_in_id: int) -> None:
    """End one of the actor's own sign-ins; one that has ended already stays as it is.

    Raises:
        NotAllowed: it is somebody else's, or there is no such sign-in.
    """
    sign_in = session.get(SignIn, sign_in_id, with_for_update=True, populate_existing=True)
    if sign_in is None or sign_in.person_id != actor.person_id:
        raise NotAllowed
    if sign_in.revoked_at is None:
        sign_in.revoked_at = now
        audit.record(session, actor_id=actor.person_id, now=now, verb="signed_out", detail={"sign_in": sign_in_id})
        session.flush()


def end_all(session: Session, *, person_id: int, now: datetime, but: int | None = None) -> None:
    """End every sign-in of a person, except the one numbered ``but``."""
    query = update(SignIn).where(SignIn.person_id == person_id, SignIn.revoked_at.is_(None))
    if but is not None:
        query = query.where(SignIn.id != but)
    session.execute(query.values(revoked_at=now), execution_options={"synchronize_session": False})
    audit.record(session, actor_id=person_id, now=now, verb="signed_out_others", detail={"but": but})
    session.flush()
