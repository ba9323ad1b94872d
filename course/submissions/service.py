"""What the pages of a work need to read, each in one query, always through the membership or run of the asker."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, literal, null, select, union_all
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.runs.models import Membership, Team
from course.runs.wording import team_name
from course.work.models import Decision, FieldComment, Opening, Release, Revision, Submission, TeamCase, Work
from course.work.rules import State

from .together import TeamUse, writers_of_teams


@dataclass(frozen=True, slots=True)
class Written:
    """A work and its latest revision (None before anything was saved)."""

    work: Work
    latest: Revision | None

    @property
    def data(self) -> dict[str, Any]:
        """What stands in it; empty when nothing does or the text is erased."""
        return (self.latest.data if self.latest else None) or {}

    @property
    def confirmed(self) -> list[str]:
        """The amber words its author has looked at and kept."""
        return (self.latest.confirmed if self.latest else None) or []

    @property
    def state(self) -> State:
        """Where it stands."""
        return State(self.work.state)


Places = Sequence[tuple[str, str]]


_WORKS = (
    select(Work, Revision)
    .outerjoin(Revision, and_(Revision.work_id == Work.id, Revision.no == Work.latest_no))
    .where(Work.activity_id.in_((bindparam("activity"), bindparam("other"))))
    .order_by(Work.id)
)
_OWN_WORKS = _WORKS.where(Work.membership_id == bindparam("owner"))
_WORKS_OF_TEAM = _WORKS.where(Work.team_id == bindparam("owner"))


def own_works(
    session: Session, membership_id: int, places: Places, *, team_id: int | None = None
) -> dict[tuple[str, str], list[Written]]:
    """The works of a member in each (activity, slot), the oldest first: rejected ones, then the one that counts.

    With ``team_id`` they are the team's. The places are those of one activity, and of the one it is about.
    """
    activity, other = places[0][0], places[-1][0]
    assert {activity, other} == {activity for activity, _ in places}
    query, owner = (_OWN_WORKS, membership_id) if team_id is None else (_WORKS_OF_TEAM, team_id)
    rows = session.execute(query, {"owner": owner, "activity": activity, "other": other})
    found: dict[tuple[str, str], list[Written]] = {place: [] for place in places}
    for work, latest in rows:
        if (work.activity_id, work.slot) in found:
            found[work.activity_id, work.slot].append(Written(work, latest))
    return found


@dataclass(frozen=True, slots=True)
class Receipt:
    """A work was handed in."""

    number: str
    revision_no: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """A reviewer's decision, with the remarks to single fields."""

    kind: str
    revision_no: int
    comment: str
    until: datetime | None
    by: str
    at: datetime
    fields: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody has opened a work, or its release."""

    by: str
    capacity: str
    last_at: datetime


@dataclass(slots=True)
class Events:
    """What has happened to one work, the oldest first; the openings the newest first. ``uses``: who works with it."""

    receipts: list[Receipt] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    openings: list[Opened] = field(default_factory=list)
    uses: list[TeamUse] = field(default_factory=list)

    @property
    def line(self) -> list[tuple[datetime, str, Receipt | Verdict]]:
        """Receipts and decisions as they followed one another: (when, "receipt" or "verdict", what)."""
        receipts = [(one.at, "receipt", one) for one in self.receipts]
        verdicts = [(one.at, "verdict", one) for one in self.verdicts]
        return sorted([*receipts, *verdicts], key=lambda entry: entry[0])

    @property
    def verdict(self) -> Verdict | None:
        """The latest decision."""
        return self.verdicts[-1] if self.verdicts else None

    @property
    def receipt(self) -> Receipt | None:
        """The latest receipt."""
        return self.receipts[-1] if self.receipts else None


_DECIDED = exists().where(Decision.work_id == FieldComment.work_id, Decision.revision_no == FieldComment.revision_no)
_EVENTS = union_all(
    select(
        literal(1).label("sort"), Decision.work_id, Decision.revision_no.label("no"), Decision.at.label("at"),
        Decision.until, Decision.kind, Decision.comment, Person.name, Decision.id.label("id"),
    ).outerjoin(Person, Person.id == Decision.by_id).where(Decision.work_id.in_(bindparam("works", expanding=True))),
    select(
        literal(2), FieldComment.work_id, FieldComment.revision_no, FieldComment.at,
        null(), FieldComment.field, FieldComment.text, literal(""), FieldComment.id,
    ).where(FieldComment.work_id.in_(bindparam("works", expanding=True)), _DECIDED),
    select(
        literal(3), Submission.work_id, Submission.revision_no, Submission.at,
        null(), literal(""), Submission.receipt, literal(""), Submission.id,
    ).where(Submission.work_id.in_(bindparam("works", expanding=True))),
    select(
        literal(4), Opening.work_id, literal(0), Opening.last_at,
        null(), Opening.capacity, literal(""), Person.name, literal(0),
    ).join(Person, Person.id == Opening.person_id).where(Opening.work_id.in_(bindparam("works", expanding=True))),
    select(
        literal(5), TeamCase.work_id, Team.no, Team.made_at,
        null(), Team.session_key, literal(""), literal(""), Team.id,
    ).join(Team, Team.id == TeamCase.team_id).where(
        TeamCase.work_id.in_(bindparam("works", expanding=True)), Team.dissolved_at.is_(None)
    ),
).order_by("sort", "at", "id")  # fmt: skip


def events(session: Session, work_ids: Collection[int]) -> dict[int, Events]:
    """What has happened to each of these works. A remark to a field is told once its revision is decided about."""
    found = {work_id: Events() for work_id in work_ids}
    if not work_ids:
        return found
    rows = session.execute(_EVENTS, {"works": list(work_ids)})
    for sort, work_id, no, at, until, kind, text, name, _ in rows:
        _ADD[sort](found[work_id], no, at, until, kind, text, name or "")
    return found


def _add_verdict(to: Events, no: int, at: datetime, until: datetime | None, kind: str, text: str, by: str) -> None:
    to.verdicts.append(Verdict(kind, no, text, until, by, at))


def _add_remark(to: Events, no: int, _at: datetime, _until: datetime | None, name: str, text: str, _by: str) -> None:
    last = next((verdict for verdict in reversed(to.verdicts) if verdict.revision_no == no), None)
    if last is not None:
        last.fields.setdefault(name, []).append(text)


def _add_receipt(to: Events, no: int, at: datetime, _until: datetime | None, _: str, number: str, _by: str) -> None:
    to.receipts.append(Receipt(number, no, at))


def _add_opening(
    to: Events, _no: int, at: datetime, _until: datetime | None, capacity: str, _text: str, by: str
) -> None:
    to.openings.insert(0, Opened(by, capacity, at))


def _add_use(
    to: Events, no: int, _at: datetime, _until: datetime | None, session_key: str, _text: str, _by: str
) -> None:
    to.uses.append(TeamUse(session_key, no))


_ADD = {1: _add_verdict, 2: _add_remark, 3: _add_receipt, 4: _add_opening, 5: _add_use}


@dataclass(frozen=True, slots=True)
class Try:
    """A text that was handed in: the number of its revision, when, and what stood in it (None: it is erased)."""

    no: int
    at: datetime
    data: dict[str, Any] | None


def tries(session: Session, work: Work) -> list[Try]:
    """What was handed in of a work, the newest first; the same text handed in again counts once."""
    rows = session.execute(
        select(Submission.revision_no, Submission.at, Revision.data)
        .join(Revision, and_(Revision.work_id == Submission.work_id, Revision.no == Submission.revision_no))
        .where(Submission.work_id == work.id)
        .order_by(Submission.id)
    )
    newest = {no: Try(no, at, data) for no, at, data in rows}
    return sorted(newest.values(), key=lambda one: one.at, reverse=True)


@dataclass(frozen=True, slots=True)
class Released:
    """A release as members of the run see it. ``author`` is for staff, and for the author; a team's name is for all."""

    id: int
    work_id: int
    activity_id: str
    slot: str
    data: dict[str, Any]
    released_at: datetime
    author: str
    author_ids: frozenset[int]
    is_shared: bool


def releases(session: Session, run_id: int, release_id: int | None = None) -> list[Released]:
    """What the run can see now of cases and worksheets (or one of them), the oldest first; not what is recalled."""
    query = (
        select(Release, Work, Person, Team)
        .join(Work, Work.id == Release.work_id)
        .outerjoin(Membership, Membership.id == Work.membership_id)
        .outerjoin(Person, Person.id == Membership.person_id)
        .outerjoin(Team, Team.id == Work.team_id)
        .where(
            Work.run_id == run_id,
            Release.recalled_at.is_(None),
            Release.audience == "run",
            Work.projection == "released",
        )
        .order_by(Release.released_at, Release.id)
    )
    if release_id is not None:
        query = query.where(Release.id == release_id)
    rows = [row for row in session.execute(query) if row[0].data is not None]
    writers = writers_of_teams(session, [team.id for *_, team in rows if team is not None])
    return [
        Released(
            release.id,
            work.id,
            work.activity_id,
            work.slot,
            release.data or {},
            release.released_at,
            team_name(team) if team is not None else person.name,
            writers[team.id] if team is not None else frozenset({person.id}),
            team is not None,
        )
        for release, work, person, team in rows
    ]
