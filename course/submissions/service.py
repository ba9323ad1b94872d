"""What the pages of a work need to read, each in one query, always through the membership or run of the asker."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, literal, null, select, union_all
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.runs.models import Membership
from course.work.models import Decision, FieldComment, Opening, Release, Revision, Submission, Work
from course.work.rules import State


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


Places = Collection[tuple[str, str]]


_OWN_WORKS = (
    select(Work, Revision)
    .outerjoin(Revision, and_(Revision.work_id == Work.id, Revision.no == Work.latest_no))
    .where(Work.membership_id == bindparam("member"), Work.activity_id.in_(bindparam("activities", expanding=True)))
    .order_by(Work.id)
)


def own_works(session: Session, membership_id: int, places: Places) -> dict[tuple[str, str], list[Written]]:
    """The works of a member in each (activity, slot), the oldest first: rejected ones, then the one that counts."""
    activities = list({activity for activity, _ in places})
    rows = session.execute(_OWN_WORKS, {"member": membership_id, "activities": activities})
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
    """What has happened to one work, the oldest first; the openings the newest first."""

    receipts: list[Receipt] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    openings: list[Opened] = field(default_factory=list)

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


_ADD = {1: _add_verdict, 2: _add_remark, 3: _add_receipt, 4: _add_opening}


@dataclass(frozen=True, slots=True)
class Released:
    """A release as members of the run see it. ``author`` is for staff, and for the author."""

    id: int
    work_id: int
    activity_id: str
    slot: str
    data: dict[str, Any]
    released_at: datetime
    author: str
    author_id: int


def releases(session: Session, run_id: int, release_id: int | None = None) -> list[Released]:
    """The releases of a run that can be seen now (or one of them), the oldest first. What is recalled is not there."""
    query = (
        select(Release, Work, Person)
        .join(Work, Work.id == Release.work_id)
        .join(Membership, Membership.id == Work.membership_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Work.run_id == run_id, Release.recalled_at.is_(None), Work.projection == "released")
        .order_by(Release.released_at, Release.id)
    )
    if release_id is not None:
        query = query.where(Release.id == release_id)
    return [
        Released(
            release.id, work.id, work.activity_id, work.slot, release.data, release.released_at, person.name, person.id
        )
        for release, work, person in session.execute(query)
        if release.data is not None
    ]  # fmt: skip
