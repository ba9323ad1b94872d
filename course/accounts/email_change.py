"""Changing one's own address: the new one must answer a link within a day, and the old one is told.

Nothing is stored but the queued mail: its link is made from the secret, the mail's number and both addresses, so that
it works once, for that person, as long as the old address is still theirs.
"""

from __future__ import annotations

import base64
import hmac
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course.db import audit
from course.db.errors import DomainError
from course.outbox.models import Message
from course.outbox.service import queue

from .models import Person, ResetToken
from .rules import Actor, is_email, normalise_email

KIND, TOLD = "email_change", "email_changed"
LIMIT = timedelta(hours=24)


class ChangeGone(DomainError):
    """The link was used, is too old, or never was."""

    status = 404

    def __init__(self) -> None:
        super().__init__("Linket virker ikke længere.")


def ask(session: Session, *, actor: Actor, now: datetime, email: str) -> None:
    """Queue a mail with a link to the new address.

    An address that somebody else has gets none; the caller's answer is the same, so that nobody can find out who is
    here.

    Raises:
        DomainError: it is no address, or the one they have.
    """
    email = normalise_email(email)
    if not is_email(email):
        raise DomainError("Det ligner ikke en mailadresse.", status=422)
    if email == actor.email:
        raise DomainError("Det er den mailadresse, du har nu.", status=422)
    audit.record(session, actor_id=actor.person_id, now=now, verb="email_change_asked")
    if session.scalar(select(Person.id).where(Person.email == email)) is None:
        queue(
            session, now=now, kind=KIND, to=email, params={"person": actor.person_id},
            dedupe_key=f"{KIND}:{actor.person_id}:{now.isoformat()}",
        )  # fmt: skip
    session.flush()


def link_token(message: Message, person: Person, secret: str) -> str:
    """The token in the link, made anew whenever the mail is."""
    said = f"{KIND}:{message.id}:{person.id}:{person.email}:{message.to}"
    made = hmac.digest(secret.encode(), said.encode(), "sha256")
    return f"{message.id}-{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"


def is_usable(message: Message, now: datetime) -> bool:
    """Whether a link can still be used."""
    return message.kind == KIND and bool(message.to) and now < message.queued_at + LIMIT


def find(session: Session, *, token: str, now: datetime, secret: str) -> tuple[Person, str]:
    """Whose link it is, and the address it leads to.

    Raises:
        ChangeGone: it does not work (any more).
    """
    number = token.partition("-")[0]
    message = session.get(Message, int(number)) if number.isascii() and number.isdigit() and len(number) < 18 else None
    if message is None or not is_usable(message, now):
        raise ChangeGone
    person = session.get(Person, message.params["person"])
    if person is None or person.closed_at is not None:
        raise ChangeGone
    if not hmac.compare_digest(link_token(message, person, secret).encode(), token.encode("utf-8", "replace")):
        raise ChangeGone
    return person, message.to


def use(session: Session, *, token: str, now: datetime, secret: str) -> Person:
    """Change the address by a link, tell the old one, and end open links to choose a password.

    Raises:
        ChangeGone: the link does not work (any more).
        DomainError: somebody else has got the address meanwhile.
    """
    person, email = find(session, token=token, now=now, secret=secret)
    person = session.get_one(Person, person.id, with_for_update=True, populate_existing=True)
    find(session, token=token, now=now, secret=secret)  # two tabs: the second finds the address changed
    if session.scalar(select(Person.id).where(Person.email == email)) is not None:
        raise DomainError("Der er allerede en konto med den mailadresse.")
    old, person.email = person.email, email
    session.execute(
        update(ResetToken).where(ResetToken.person_id == person.id, ResetToken.used_at.is_(None)).values(used_at=now)
    )
    queue(
        session, now=now, kind=TOLD, to=old, params={"person": person.id},
        dedupe_key=f"{TOLD}:{person.id}:{now.isoformat()}",
    )  # fmt: skip
    audit.record(session, actor_id=person.id, now=now, verb="email_changed")
    session.flush()
    return person
