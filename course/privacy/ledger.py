"""The ledger of erased people: a file outside of the database, so that a restored backup forgets them again.

One JSON line a person: the id they had, salted hashes that recognise the row and the address, and the time. Nobody can
read from it who they were. A line is on the disk before the database changes.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.accounts.rules import normalise_email

FILE = "erased.jsonl"
NOBODY = "@slettet.invalid"
"""How the address of a row ends that had to stay when its person was erased."""


class LedgerFault(Exception):
    """The ledger cannot be read; the message says in Danish where."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One erased person. ``row`` recognises the row by id and time of making (ids can be used again); ``email`` the
    address.
    """

    person: int
    salt: str
    row: str
    email: str
    at: str

    @classmethod
    def of(cls, person: Person, now: datetime) -> Entry:
        """The line for a person who is about to be erased."""
        salt = secrets.token_hex(16)
        email, at = _hash(salt, normalise_email(person.email)), now.astimezone(UTC).isoformat()
        return cls(person.id, salt, _row(salt, person), email, at)

    def is_row(self, person: Person | None) -> bool:
        """Whether this row is the erased person, whatever address it has."""
        return person is not None and person.id == self.person and _row(self.salt, person) == self.row

    def is_address(self, address: str) -> bool:
        """Whether this address is the one the erased person had."""
        return _hash(self.salt, normalise_email(address)) == self.email


def _hash(salt: str, text: str) -> str:
    return sha256(f"{salt}\0{text}".encode()).hexdigest()


def _row(salt: str, person: Person) -> str:
    return _hash(salt, f"{person.id} {person.created_at.astimezone(UTC).isoformat()}")


def path_in(instance: Path) -> Path:
    """Where the ledger of an instance lies."""
    return instance / FILE


def read(path: Path) -> list[Entry]:
    """The entries of a ledger; empty when there is none.

    A last line without its end was cut off while it was written: the erasure it announced did not happen.

    Raises:
        LedgerFault: any other line cannot be read.
    """
    if not path.exists():
        return []
    *lines, _unfinished = path.read_text("utf-8").split("\n")
    return list(parse(lines, path.name))


def parse(lines: Iterable[str], name: str) -> Iterator[Entry]:
    """The entries in these lines."""
    for number, line in enumerate(lines, 1):
        try:
            entry = Entry(**json.loads(line))
            if not isinstance(entry.person, int) or len(entry.row) != 64 or len(entry.email) != 64:
                raise ValueError
        except (TypeError, ValueError):
            raise LedgerFault(f"{name}, linje {number}, kan ikke læses.") from None
        yield entry


def append(path: Path, entries: Iterable[Entry]) -> None:
    """Write lines, and return when they are on the disk. What was cut off at the end goes first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR, 0o600), "rb+") as file:
        flock(file, LOCK_EX)
        whole = file.read().rfind(b"\n") + 1
        file.truncate(whole)
        file.seek(whole)
        file.write("".join(json.dumps(asdict(entry)) + "\n" for entry in entries).encode())
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def add_missing(path: Path, entries: Iterable[Entry]) -> None:
    """Take over the entries of another ledger (a backup's) that this one lacks."""
    known = set(read(path))
    missing = [entry for entry in entries if entry not in known]
    if missing:
        append(path, missing)


def still_here(session: Session, entries: Iterable[Entry]) -> list[tuple[Entry, Person]]:
    """The erased people whom a database still knows: an older copy of it was put back."""
    found = []
    for entry in entries:
        person = session.scalars(select(Person).where(Person.id == entry.person)).one_or_none()
        if person is not None and not person.email.endswith(NOBODY) and entry.is_row(person):
            found.append((entry, person))
    return found
