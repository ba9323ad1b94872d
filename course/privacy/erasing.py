"""Erasing a person: every row that is theirs goes, every row that names them forgets who it was.

What others need stays without a name: a group's worksheet, a reviewer's words to an author, the fact that somebody
opened a text, and the sealed copy of a certificate. ``records.py`` says so table by table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from course.accounts.models import Person
from course.certificates.service import seal_for_erasure
from course.db import audit
from course.db.base import Base
from course.db.errors import DomainError
from course.outbox.models import Message
from course.reviews.peers import repair_after_leaving
from course.runs.models import Invitation, Membership, Run, RunSession
from course.runs.rules import Role
from course.work.models import Work

from . import ledger, rules
from .finding import Owned, owned_by, owned_tables
from .records import RECORDS, STAFF_WORDS, Then, table_of_param

NAME = "Slettet person"
STRUCK = "[slettet]"


class StillNeeded(DomainError):
    """The person cannot be erased yet; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did. ``rows`` counts deleted rows by table; ``is_gone``: not even a nameless row is left."""

    person_id: int
    rows: dict[str, int]
    is_gone: bool


def erase(
    session: Session,
    *,
    person: Person,
    now: datetime,
    ledger_file: Path | None,
    replayed: bool = False,
) -> Erased:
    """Erase a person; the ledger has the line before the first row changes. Runs in the caller's write transaction.

    ``replayed``: the ledger has the person already, and nothing can stand in the way.

    Raises:
        StillNeeded: they are the only organiser of a run that is not over.
    """
    if not replayed:
        require_not_needed(session, person, now)
    if ledger_file is not None and not replayed:
        ledger.append(ledger_file, [ledger.Entry.of(person, now)])
    owned = owned_by(session, person)
    _leave(session, owned, now)
    seal_for_erasure(session, owned.members)
    _strike_names(session, person)
    rows = _delete_owned(session, owned)
    _forget(session, person.id)
    is_gone = _end_person(session, person, now)
    audit.record(
        session, actor_id=None, now=now, verb="person_erased",
        detail={"memberships": len(owned.members), "works": len(owned.works)},
    )  # fmt: skip
    session.flush()
    session.expire_all()
    return Erased(owned.person_id, rows, is_gone)


def erase_address(session: Session, entry: ledger.Entry) -> int:
    """Delete invitations and mails to the address of somebody who was erased later than this copy was made."""
    gone = 0
    for table, column in ((Invitation, Invitation.email), (Message, Message.to)):
        for address in session.scalars(select(column).distinct()):
            if entry.is_address(address):
                gone += session.execute(delete(table).where(column == address)).rowcount  # type: ignore[attr-defined]
    return gone


def only_organiser_of(session: Session, person_id: int, now: datetime) -> list[Run]:
    """The runs that would stand without an organiser, and are not over (a year after the last session)."""
    other = aliased(Membership)
    last = select(func.max(RunSession.ends_at)).where(RunSession.run_id == Run.id).scalar_subquery()
    return list(
        session.scalars(
            select(Run)
            .join(Membership, Membership.run_id == Run.id)
            .where(
                Membership.person_id == person_id,
                Membership.role == Role.ORGANISER.value,
                Membership.left_at.is_(None),
                Run.cancelled_at.is_(None),
                last > now - rules.COURSE_TIME,
                ~exists().where(
                    other.run_id == Run.id, other.role == Role.ORGANISER.value, other.left_at.is_(None),
                    other.person_id != person_id,
                ),
            )
            .order_by(Run.id)
        )
    )  # fmt: skip


def require_not_needed(session: Session, person: Person, now: datetime) -> None:
    """Refuse to leave a run without an organiser."""
    runs = only_organiser_of(session, person.id, now)
    if runs:
        names = " og ".join(f"»{run.name}«" for run in runs)
        raise StillNeeded(
            f"{person.name} er den eneste kursusarrangør på {names}. "
            "Tilføj en anden arrangør først, eller aflys holdet."
        )


def _leave(session: Session, owned: Owned, now: datetime) -> None:
    """Leave the runs first, so that a peer is not left without somebody to give words to, or to get them from."""
    left = session.scalars(
        select(Membership).where(
            Membership.id.in_(owned.members), Membership.left_at.is_(None), Membership.role == Role.PARTICIPANT.value
        )
    ).all()
    for member in left:
        member.left_at = now
    session.flush()
    for member in left:
        repair_after_leaving(session, session.get_one(Run, member.run_id), now)


def _strike_names(session: Session, person: Person) -> None:
    """Take a person's own name and address out of the words they wrote to others and that stay."""
    marks = [mark for mark in (person.name.strip(), person.email) if mark]
    for name, column, by in STAFF_WORDS:
        table = Base.metadata.tables[name]
        text, keys = table.c[column], list(table.primary_key)
        rows = session.execute(select(*keys, text).where(table.c[by] == person.id, text.is_not(None))).all()
        for row in rows:
            struck = _without(row[-1], marks)
            if struck != row[-1]:
                same = [key == value for key, value in zip(keys, row[:-1], strict=True)]
                session.execute(update(table).where(*same).values({column: struck[: text.type.length or None]}))  # type: ignore[attr-defined]
    organised = select(Membership.run_id).where(
        Membership.person_id == person.id, Membership.role == Role.ORGANISER.value
    )
    session.execute(
        update(Run)
        .where(Run.id.in_(organised), Run.organised_by.contains(person.name, autoescape=True))
        .values(organised_by="")
    )


def _without(text: str, marks: Iterable[str]) -> str:
    for mark in marks:
        text = text.replace(mark, STRUCK)
    return text


def _delete_owned(session: Session, owned: Owned) -> dict[str, int]:
    """Delete the rows that are theirs, those that point at others first; and the mails about such rows."""
    theirs = [(table, condition) for table, record, condition in owned_tables(owned) if not record.stays]
    gone = {
        (table.name, number)
        for table, condition in theirs
        if "id" in table.c
        for number in session.scalars(select(table.c.id).where(condition))
    }
    counts = {"message": _delete_mails(session, owned, gone)}
    session.execute(update(Work).where(Work.id.in_(owned.works)).values(replaces_id=None))
    for table, condition in reversed(theirs):
        if table.name != "person":
            counts[table.name] = counts.get(table.name, 0) + _count(session.execute(delete(table).where(condition)))
    return {name: number for name, number in counts.items() if number}


def _count(result: Any) -> int:
    return max(0, result.rowcount)


def _delete_mails(session: Session, owned: Owned, gone: set[tuple[str, int]]) -> int:
    """Delete mails to others that are about rows which go: they have nothing to say any more."""
    rows = session.execute(
        select(Message.id, Message.params).where(or_(Message.run_id.in_(owned.runs), Message.run_id.is_(None)))
    )
    about = [
        number
        for number, params in rows
        if any((table_of_param(name), value) in gone for name, value in params.items() if isinstance(value, int))
    ]
    return _count(session.execute(delete(Message).where(Message.id.in_(about)))) if about else 0


def _forget(session: Session, person_id: int) -> None:
    """Let every row that names the person as the one who did something forget who it was."""
    for table in Base.metadata.sorted_tables:
        for column, then in RECORDS[table.name].actors.items():
            if then is Then.FORGET:
                session.execute(update(table).where(table.c[column] == person_id).values({column: None}))


def is_pointed_at(session: Session, person_id: int) -> bool:
    """Whether any row still points at a person."""
    return any(
        session.execute(select(1).select_from(table).where(key.parent == person_id).limit(1)).first()
        for table in Base.metadata.sorted_tables
        for key in _to_person(table)
    )


def _to_person(table: Table) -> list[Any]:
    return [key for key in table.foreign_keys if key.column.table.name == "person"]


def _end_person(session: Session, person: Person, now: datetime) -> bool:
    """Delete the row, or take everything off it that says who it was. Answers whether it is gone."""
    if not is_pointed_at(session, person.id):
        session.execute(delete(Person).where(Person.id == person.id), execution_options={"synchronize_session": False})
        session.expunge(person)
        return True
    person.name, person.title, person.email = NAME, "", f"{person.id}{ledger.NOBODY}"
    person.password_hash, person.closed_at = None, now
    person.is_administrator = person.may_create_runs = False
    session.flush()
    return False


def replay(session: Session, entries: Iterable[ledger.Entry], now: datetime) -> int:
    """Erase again everybody in the ledger whom this database (an older copy) still knows. Answers how many."""
    entries = list(entries)
    found = ledger.still_here(session, entries)
    for _, person in found:
        erase(session, person=person, now=now, ledger_file=None, replayed=True)
    for entry in entries:
        erase_address(session, entry)
    return len(found)
