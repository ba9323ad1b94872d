"""What happens to people: made, changed, given a password."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.db import audit
from course.db.errors import DomainError

from . import passwords, sign_ins
from .models import Person
from .rules import NAME_MAX, Actor, is_email, normalise_email, normalise_name


def actor_of(person: Person) -> Actor:
    """A person as the one who acts."""
    return Actor(person.id, person.name, person.email, person.is_administrator, person.may_create_runs)


def find_person(session: Session, email: str) -> Person | None:
    """The person with an address, however it is spelled. Somebody whose account is closed is not found."""
    email = normalise_email(email)
    if not is_email(email):
        return None
    return session.scalars(select(Person).where(Person.email == email, Person.closed_at.is_(None))).one_or_none()


def create_person(
    session: Session,
    *,
    actor: Actor | None,
    now: datetime,
    email: str,
    name: str,
    title: str = "",
    password_hash: str | None = None,
    is_administrator: bool = False,
    may_create_runs: bool = False,
) -> Person:
    """Make a person. ``actor`` is None when people make their own account from an invitation.

    Raises:
        DomainError: the address is no address or is taken, or the name is empty or too long.
    """
    email = normalise_email(email)
    if not is_email(email):
        raise DomainError("Det ligner ikke en mailadresse.", status=422)
    if session.scalar(select(Person.id).where(Person.email == email)) is not None:
        raise DomainError("Der er allerede en konto med den mailadresse.")
    person = Person(
        email=email, name=checked_name(name), title=normalise_name(title)[:NAME_MAX],
        password_hash=password_hash, is_administrator=is_administrator, may_create_runs=may_create_runs,
        created_at=now,
    )  # fmt: skip
    session.add(person)
    session.flush()
    audit.record(
        session, actor_id=actor.person_id if actor else person.id, now=now, verb="person_created",
        detail={"person": person.id},
    )  # fmt: skip
    return person


def checked_name(name: str) -> str:
    """The name on one line; DomainError when it is empty or too long."""
    name = normalise_name(name)
    if not name:
        raise DomainError("Skriv dit navn.", status=422)
    if len(name) > NAME_MAX:
        raise DomainError(f"Navnet kan højst være på {NAME_MAX} tegn.", status=422)
    return name


def change_details(session: Session, *, actor: Actor, now: datetime, name: str, title: str) -> None:
    """Change one's own name and title."""
    person = session.get_one(Person, actor.person_id, with_for_update=True, populate_existing=True)
    person.name, person.title = checked_name(name), normalise_name(title)[:NAME_MAX]
    audit.record(session, actor_id=actor.person_id, now=now, verb="details_changed")
    session.flush()


def change_password(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    was: str | None,
    password_hash: str,
    sign_in_id: int | None,
) -> None:
    """Change one's own password and end every sign-in but this one.

    ``was`` is the hash that the old password was compared with; ``password_hash`` the new one's. Both were
    made before the write transaction.

    Raises:
        DomainError: the password was changed in the meantime.
    """
    person = session.get_one(Person, actor.person_id, with_for_update=True, populate_existing=True)
    if person.password_hash != was:
        raise DomainError("Adgangskoden er lige blevet ændret et andet sted. Åbn siden igen.")
    person.password_hash = password_hash
    audit.record(session, actor_id=actor.person_id, now=now, verb="password_changed")
    sign_ins.end_all(session, person_id=actor.person_id, now=now, but=sign_in_id)


def sign_in(
    session: Session, *, person_id: int, now: datetime, was: str | None, new_hash: str | None, device: str
) -> str | None:
    """Sign in somebody whose password was found right against ``was``; None if it changed in the meantime.

    ``new_hash`` replaces ``was`` when the hash was made with old parameters.
    """
    person = session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None or person.closed_at is not None or person.password_hash != was:
        return None
    if new_hash is not None:
        person.password_hash = new_hash
    return sign_ins.begin(session, person_id=person_id, now=now, device=device)


def renewed_hash(kept: str, password: str) -> str | None:
    """A hash with today's parameters when ``kept`` has older ones, else None."""
    return passwords.hash_password(password) if passwords.wants_new_hash(kept) else None
