"""Whose a row is: the registry's columns turned into conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, or_, select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.db.base import Base
from course.runs.models import Membership, Practice
from course.work.models import Work

from .records import RECORDS, Record, Whose


@dataclass(frozen=True, slots=True)
class Owned:
    """What makes a row one person's: the ids it can point at, and the address. ``runs`` are the runs they are in."""

    person_id: int
    address: str
    members: tuple[int, ...]
    works: tuple[int, ...]
    runs: tuple[int, ...]
    practices: tuple[int, ...] = ()

    def values(self, whose: Whose) -> tuple[int, ...] | tuple[str, ...]:
        """The values that a column of this kind has in a row of theirs."""
        match whose:
            case Whose.PERSON:
                return (self.person_id,)
            case Whose.MEMBER:
                return self.members
            case Whose.WORK:
                return self.works
            case Whose.PRACTICE:
                return self.practices
            case Whose.ADDRESS:
                return (self.address,)


def owned_by(session: Session, person: Person) -> Owned:
    """What is one person's. A team's works are the team's."""
    rows = session.execute(select(Membership.id, Membership.run_id).where(Membership.person_id == person.id)).all()
    members = tuple(row.id for row in rows)
    works = tuple(session.scalars(select(Work.id).where(Work.membership_id.in_(members))))
    practices = tuple(session.scalars(select(Practice.id).where(Practice.membership_id.in_(members))))
    return Owned(person.id, person.email, members, works, tuple({row.run_id for row in rows}), practices)


def mine(table: Table, record: Record, owned: Owned) -> ColumnElement[bool] | None:
    """The condition that a row of a table is theirs; None when no row can be."""
    conditions = [
        table.c[column].in_(values) for column, whose in record.owners.items() if (values := owned.values(whose))
    ]
    return or_(*conditions) if conditions else None


def owned_tables(owned: Owned) -> Iterator[tuple[Table, Record, ColumnElement[bool]]]:
    """Every table with rows that can be theirs, those that point at others after what they point at."""
    for table in Base.metadata.sorted_tables:
        record = RECORDS[table.name]
        condition = mine(table, record, owned)
        if condition is not None:
            yield table, record, condition
