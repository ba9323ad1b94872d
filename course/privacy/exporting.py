"""Taking out everything that is a person's: all rows as the registry names them, and the written works to be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from course.accounts.models import Person
from course.content.catalogue import Activity, Course, Field
from course.content.forms import FieldType
from course.db.base import Base
from course.runs.contents import course_of
from course.runs.models import Membership, Run, Team, TeamMember
from course.runs.rules import ROLE_NAMES, Role
from course.submissions.service import Events, events
from course.work.models import Decision, Revision, Work

from .finding import Owned, mine, owned_by
from .records import RECORDS, SHOWN_WHEN_DECIDED, TAKEN_OUT_BY_ACTOR, Record, Whose, Words
from .rules import RETENTION

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one table that are a person's; ``until`` says how long they are kept, ``why_not`` why they are not
    here.
    """

    table: str
    title: str
    until: str
    rows: tuple[Mapping[str, Any], ...]
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A work to be read: where it belongs, what was asked and answered, and what has happened to it."""

    work: Work
    run: str
    title: str
    answers: tuple[tuple[Field, Any], ...]
    events: Events
    team: str = ""


@dataclass(frozen=True, slots=True)
class Seat:
    """A membership as its owner sees it."""

    membership: Membership
    run: Run
    role: str


def sections(session: Session, person: Person) -> list[Section]:
    """Every table with rows that are the person's, or about which there is something to say."""
    owned = owned_by(session, person)
    names = _names(session)
    found = []
    for table in Base.metadata.sorted_tables:
        record = RECORDS[table.name]
        if record.hidden:
            found.append(Section(table.name, record.title, RETENTION[record.kept].until, (), record.hidden))
            continue
        rows = tuple(_rows(session, table, record, owned, names))
        if rows:
            found.append(Section(table.name, record.title, RETENTION[record.kept].until, rows))
    return found


def _names(session: Session) -> dict[int, str]:
    """The name of everybody; ids say nothing to somebody who reads about themselves."""
    return {number: name for number, name in session.execute(select(Person.id, Person.name))}


def _rows(
    session: Session, table: Table, record: Record, owned: Owned, names: Mapping[int, str]
) -> Iterable[dict[str, Any]]:
    condition = _condition(table, record, owned)
    if condition is None:
        return
    shown = [column for column in table.columns if record.words.get(column.name) is not Words.SECRET]
    people = {*record.actors, *(name for name, whose in record.owners.items() if whose is Whose.PERSON)} - {"id"}
    for row in session.execute(select(*shown).where(condition).order_by(*table.primary_key)):
        yield {
            column.name: names.get(value, value) if column.name in people else _plain(value)
            for column, value in zip(shown, row, strict=True)
        }


def _condition(table: Table, record: Record, owned: Owned) -> ColumnElement[bool] | None:
    """Which rows a person gets: those that are theirs, and those that they made."""
    if record.taken_by:
        return table.c[record.taken_by] == owned.person_id
    condition = mine(table, record, owned)
    if condition is not None and table.name in SHOWN_WHEN_DECIDED:
        condition &= exists().where(Decision.work_id == table.c.work_id, Decision.revision_no == table.c.revision_no)
    made_by = TAKEN_OUT_BY_ACTOR.get(table.name)
    if made_by is None:
        return condition
    made = table.c[made_by] == owned.person_id
    return made if condition is None else or_(condition, made)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def export(session: Session, person: Person, now: datetime) -> dict[str, Any]:
    """Everything as one JSON object: the works with their questions, then every row."""
    return {
        "format": FORMAT,
        "lavet": now.isoformat(),
        "navn": person.name,
        "mailadresse": person.email,
        "besvarelser": [_as_json(work) for work in written(session, person)],
        "tabeller": {
            part.table: {"titel": part.title, "opbevares": part.until, "rækker": list(part.rows)}
            | ({"hvorfor_ikke": part.why_not} if part.why_not else {})
            for part in sections(session, person)
        },
    }


def _as_json(one: Written) -> dict[str, Any]:
    return {
        "hold": one.run,
        "titel": one.title,
        "gruppe": one.team,
        "tilstand": one.work.state,
        "svar": [{"spørgsmål": field.label, "svar": _shown(field, value)} for field, value in one.answers],
        "afgørelser": [
            {"hvornår": said.at.isoformat(), "hvad": said.kind, "hvem": said.by, "bemærkning": said.comment}
            for said in one.events.verdicts
        ],
        "åbnet_af": [
            {"hvem": seen.by, "som": seen.capacity, "senest": seen.last_at.isoformat()} for seen in one.events.openings
        ],
    }


def _shown(field: Field, value: Any) -> Any:
    """An answer in words: the text of an option instead of its id."""
    texts = {option.id: option.text for option in field.options}
    if field.type is FieldType.CHOICE:
        return texts.get(value, value)
    if field.type is FieldType.CHOICES:
        return [texts.get(one, one) for one in value]
    return value


def seats(session: Session, person: Person) -> list[Seat]:
    """The person's memberships, also those they have left."""
    rows = session.scalars(
        select(Membership)
        .where(Membership.person_id == person.id)
        .options(joinedload(Membership.run))
        .order_by(Membership.id)
    )
    return [Seat(member, member.run, ROLE_NAMES[Role(member.role)]) for member in rows]


def written(session: Session, person: Person) -> list[Written]:
    """Every work the person has written, and those of the groups they are in."""
    members = select(Membership.id).where(Membership.person_id == person.id)
    teams = select(TeamMember.team_id).where(TeamMember.membership_id.in_(members))
    rows = session.execute(
        select(Work, Run, Revision, Team)
        .join(Run, Run.id == Work.run_id)
        .outerjoin(Revision, (Revision.work_id == Work.id) & (Revision.no == Work.latest_no))
        .outerjoin(Team, Team.id == Work.team_id)
        .where(or_(Work.membership_id.in_(members), Work.team_id.in_(teams)))
        .order_by(Work.run_id, Work.id)
    ).all()
    happened = events(session, [work.id for work, *_ in rows])
    return [
        Written(
            work, run.name, _title(activity, work), _answers(activity, revision), happened[work.id],
            f"Gruppe {team.no}" if team else "",
        )
        for work, run, revision, team in rows
        for activity in (_activity(course_of(session, run), work),)
    ]  # fmt: skip


def _activity(course: Course, work: Work) -> Activity | None:
    return course.activities.get(work.activity_id)


def _title(activity: Activity | None, work: Work) -> str:
    if activity is None:
        return work.activity_id
    slot = activity.slot(work.slot)
    return f"{activity.title}: {slot.title}" if slot is not None and len(activity.slots) > 1 else activity.title


def _answers(activity: Activity | None, revision: Revision | None) -> tuple[tuple[Field, Any], ...]:
    data = (revision.data if revision else None) or {}
    form = activity.form if activity is not None else None
    return tuple((field, data[name]) for name, field in form.fields.items() if name in data) if form else ()
