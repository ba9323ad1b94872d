"""Profiles on a rubric: what a reviewer set, what peers and authors set in their forms, each by the rubric of its time.

A profile is a picture to talk from. Nothing here adds levels up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.accounts.rules import Actor
from course.content import pinning
from course.content.catalogue import Activity, Course, FieldColumn, FieldType, Option, Rubric
from course.db import audit
from course.db.errors import DomainError
from course.db.upsert import upsert
from course.runs.models import ContentVersion, Membership
from course.runs.rules import Role
from course.work.judging import NewerText
from course.work.models import Decision, Work
from course.work.rules import State

from .models import Profile
from .service import lock_work

JUDGED = frozenset({State.SUBMITTED, State.RETURNED, State.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of a picture: whose profile it is, and the level at each criterion."""

    by: str
    levels: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Picture:
    """The profiles that were set by the same rubric. ``is_older``: it is no longer the run's."""

    columns: tuple[FieldColumn, ...]
    profiles: tuple[Shown, ...]
    is_older: bool = False


def columns_of(rubric: Rubric) -> tuple[FieldColumn, ...]:
    """The criteria of a rubric as the columns of a profile, the levels as their options."""
    return tuple(
        FieldColumn(
            one.id, one.title, "level", tuple(Option(str(level), text) for level, text in enumerate(one.levels))
        )
        for one in rubric.criteria
    )


def read_levels(rubric: Rubric, posted: Mapping[str, str]) -> dict[str, int]:
    """The levels that were chosen, by criterion; what is no level of the rubric is not read."""
    known = {column.id: {option.id for option in column.options} for column in columns_of(rubric)}
    given = {name: posted.get(name, "") for name in known}
    return {name: int(level) for name, level in given.items() if level in known[name]}


def set_profile(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    work_id: int,
    revision_no: int,
    rubric: Rubric,
    levels: Mapping[str, int],
) -> None:
    """Keep a reviewer's profile of one revision: one a reviewer, the last that was set. The author sees it once that
    revision is decided about.

    Raises:
        NewerText: the author has handed in another revision.
        DomainError: no level is chosen, or the text is rejected.
    """
    if not levels:
        raise DomainError("Vælg et trin ved mindst ét punkt.", status=422)
    work = lock_work(session, actor, work_id)
    if work.submitted_no != revision_no:
        raise NewerText
    if work.state not in JUDGED:
        raise DomainError("Teksten er afvist og slettet, så der er ikke noget at sætte en profil på.")
    keep(session, actor=actor, now=now, work=work, revision_no=revision_no, rubric=rubric, levels=levels)


def keep(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    work: Work,
    revision_no: int,
    rubric: Rubric,
    levels: Mapping[str, int],
) -> None:
    """Write a profile down: one a person and revision, the last that was set. Whether it may be is asked before.

    Raises:
        DomainError: no level is chosen.
    """
    if not levels:
        raise DomainError("Vælg et trin ved mindst ét punkt.", status=422)
    values: dict[str, Any] = {
        "rubric_id": rubric.id,
        "rubric_digest": rubric.digest,
        "levels": dict(levels),
        "at": now,
    }
    key = {"work_id": work.id, "revision_no": revision_no, "by_id": actor.person_id}
    upsert(session, Profile, key, values, values)
    audit.record(
        session, actor_id=actor.person_id, now=now, verb="profile_set", run_id=work.run_id, work_id=work.id,
        revision_no=revision_no, detail={"rubric": rubric.id, "criteria": len(levels)},
    )  # fmt: skip
    session.flush()


def own_levels(session: Session, work: Work, person_id: int) -> dict[str, int]:
    """The profile somebody has set for the revision that was handed in; empty when there is none."""
    found = session.scalars(
        select(Profile.levels).where(
            Profile.work_id == work.id, Profile.revision_no == work.submitted_no, Profile.by_id == person_id
        )
    ).one_or_none()
    return dict(found or {})


@dataclass(frozen=True, slots=True)
class Set:
    """Somebody's profile of a work, and by which rubric it was set."""

    by_id: int
    by: str
    rubric_id: str
    rubric_digest: str
    levels: Mapping[str, int]


def set_by_reviewers(session: Session, work_id: int) -> list[Set]:
    """The newest profile of each reviewer, of revisions that have been decided about; the first reviewer first."""
    decided = select(Decision.id).where(
        Decision.work_id == Profile.work_id, Decision.revision_no == Profile.revision_no
    )
    rows = session.execute(
        select(Profile, Person.name)
        .join(Person, Person.id == Profile.by_id)
        .where(Profile.work_id == work_id, decided.exists(), ~_IS_PARTICIPANT)
        .order_by(Profile.revision_no, Profile.id)
    )
    return _newest(rows)


def set_by_participants(session: Session, work_id: int) -> list[Set]:
    """The newest profile of the author and of each colleague, the first that was set first."""
    rows = session.execute(
        select(Profile, Person.name)
        .join(Person, Person.id == Profile.by_id)
        .where(Profile.work_id == work_id, _IS_PARTICIPANT)
        .order_by(Profile.revision_no, Profile.id)
    )
    return _newest(rows)


_IS_PARTICIPANT = exists().where(
    Membership.person_id == Profile.by_id,
    Membership.role == Role.PARTICIPANT,
    Membership.run_id == Work.run_id,
    Work.id == Profile.work_id,
)
"""Whether who set a profile takes part in the run: the author, or a colleague."""


def _newest(rows: Iterable[tuple[Profile, str]]) -> list[Set]:
    newest = {row.by_id: Set(row.by_id, name, row.rubric_id, row.rubric_digest, row.levels) for row, name in rows}
    return list(newest.values())


def kept_by_rubric(session: Session, run_id: int) -> dict[str, int]:
    """How many profiles of a run were set by each rubric, by the digest it had."""
    rows = session.execute(
        select(Profile.rubric_digest, func.count())
        .join(Work, Work.id == Profile.work_id)
        .where(Work.run_id == run_id)
        .group_by(Profile.rubric_digest)
    )
    return {digest: number for digest, number in rows}


def set_by_an_older_rubric(session: Session, run_id: int, activity_id: str, rubric: Rubric) -> int:
    """How many profiles of an activity in a run were set by another rubric than the run's."""
    rows = session.scalars(
        select(Profile.id)
        .join(Work, Work.id == Profile.work_id)
        .where(Work.run_id == run_id, Work.activity_id == activity_id, Profile.rubric_digest != rubric.digest)
    )
    return len(rows.all())


# -- the rubric as it was --------------------------------------------------------------------------------------------


def _versions(session: Session, course: Course) -> Iterator[Course]:
    """The versions of a course that a run is or was pinned to: the run's own first, then the newest first."""
    yield course
    others = session.scalars(
        select(ContentVersion)
        .where(ContentVersion.course_id == course.id, ContentVersion.digest != course.digest)
        .order_by(ContentVersion.created_at.desc())
    )
    for version in others:
        yield pinning.unpack(version.packed)


def columns_as_set(session: Session, course: Course, found: Set) -> tuple[FieldColumn, ...]:
    """The criteria a reviewer's profile was set by; empty when that version is not kept any more."""
    for version in _versions(session, course):
        rubric = version.rubrics.get(found.rubric_id)
        if rubric is not None and rubric.digest == found.rubric_digest:
            return columns_of(rubric)
    return ()


def columns_as_asked(session: Session, course: Course, work: Work) -> dict[str, tuple[FieldColumn, ...]]:
    """The criteria of each profile field of the form a work was begun with, by field; empty when it is not kept."""
    for version in _versions(session, course):
        activity = version.activities.get(work.activity_id)
        if activity is not None and activity.digest == work.asked_digest:
            return _profile_fields(activity)
    return {}


def _profile_fields(activity: Activity) -> dict[str, tuple[FieldColumn, ...]]:
    fields = activity.form.fields.values() if activity.form else ()
    return {field.id: field.columns for field in fields if field.type is FieldType.PROFILE}


def in_forms(
    session: Session, course: Course, work: Work, data: Mapping[str, Any], by: str
) -> list[tuple[tuple[FieldColumn, ...], Shown]]:
    """The profiles that stand in a work itself: a peer's, or the author's own."""
    asked = columns_as_asked(session, course, work)
    return [(columns, Shown(by, data[name])) for name, columns in asked.items() if data.get(name)]


def pictures(
    lines: Iterable[tuple[tuple[FieldColumn, ...], Shown]], current: tuple[FieldColumn, ...]
) -> tuple[Picture, ...]:
    """The profiles put together, one picture for each rubric they were set by; the run's own first."""
    grouped: dict[tuple[FieldColumn, ...], list[Shown]] = {current: []}
    for columns, line in lines:
        grouped.setdefault(columns, []).append(line)
    return tuple(
        Picture(columns, tuple(profiles), columns != current)
        for columns, profiles in grouped.items()
        if columns and profiles
    )
