"""Where a member is in an exercise: the attempt they are in, or the last one they finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from course.content import kinds
from course.content.catalogue import Activity, Course, Exercise
from course.runs.contents import version_of
from course.runs.models import Membership, Practice

from . import rules
from .models import Attempt, PracticeStep


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken."""

    no: int
    save_key: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt that was begun, with its steps in order and, when it is finished, what came of it."""

    practice: Practice
    attempt: Attempt | None
    steps: tuple[Taken, ...]

    @property
    def log(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(step.data for step in self.steps)

    def step(self, save_key: str) -> Taken | None:
        """The step that was saved under a key."""
        return next((step for step in self.steps if step.save_key == save_key), None)


@dataclass(frozen=True, slots=True)
class Place:
    """A member's attempts at one activity: the latest, the one asked for by its key, and how many are finished."""

    latest: Begun | None
    asked: Begun | None
    finished: int

    @property
    def is_under_way(self) -> bool:
        """Whether the latest attempt is not finished."""
        return self.latest is not None and self.latest.attempt is None


@dataclass(frozen=True, slots=True)
class Asked:
    """What an attempt was asked with: the version of the course, its activity and the exercise that was given."""

    course: Course
    activity: Activity
    exercise: Exercise

    @property
    def kind(self) -> kinds.ExerciseKind:
        return kinds.played(self.exercise.kind)


def place(session: Session, membership_id: int, activity_id: str, key: str = "") -> Place:
    """Where a member is in an activity. One query."""
    rows = session.execute(_PLACE, {"member": membership_id, "activity": activity_id, "key": key}).all()
    begun: dict[int, tuple[Practice, Attempt | None, list[Taken]]] = {}
    for practice, attempt, no, save_key, data, _ in rows:
        _, _, steps = begun.setdefault(practice.id, (practice, attempt, []))
        if no is not None:
            steps.append(Taken(no, save_key, data))
    found = [Begun(practice, attempt, tuple(steps)) for practice, attempt, steps in begun.values()]
    return Place(
        found[-1] if found else None,
        next((one for one in found if one.practice.key == key), None),
        rows[0][-1] if rows else 0,
    )


def _place() -> Select[Practice, Attempt, int, str, dict[str, Any], int]:
    member, activity = bindparam("member"), bindparam("activity")
    mine = (Practice.membership_id == member, Practice.activity_id == activity)
    latest = select(func.max(Practice.id)).where(*mine).scalar_subquery()
    finished = (
        select(func.count())
        .select_from(Attempt)
        .where(Attempt.membership_id == member, Attempt.activity_id == activity)
        .scalar_subquery()
    )
    return (
        select(Practice, Attempt, PracticeStep.no, PracticeStep.save_key, PracticeStep.data, finished)
        .outerjoin(Attempt, Attempt.practice_id == Practice.id)
        .outerjoin(PracticeStep, PracticeStep.practice_id == Practice.id)
        .where(*mine, or_(Practice.id == latest, Practice.key == bindparam("key")))
        .order_by(Practice.id, PracticeStep.no)
    )


_PLACE = _place()  # put together once: every page of an exercise asks it


def asked(session: Session, practice: Practice) -> Asked | None:
    """What an attempt was asked with, from the version of the content that it began in."""
    course = version_of(session, practice.content_digest)
    activity = course.activities.get(practice.activity_id)
    exercise = rules.exercise_of(activity, practice.exercise_id) if activity is not None else None
    return Asked(course, activity, exercise) if activity is not None and exercise is not None else None


def logs_of_run(session: Session, run_id: int, practice: Practice) -> list[tuple[Mapping[str, Any], ...]]:
    """The first finished attempt of each member of a run at one exercise, asked with the same content. One query."""
    rows = session.execute(
        select(Practice.membership_id, Practice.id, PracticeStep.data)
        .join(Membership, Membership.id == Practice.membership_id)
        .join(Attempt, Attempt.practice_id == Practice.id)
        .join(PracticeStep, PracticeStep.practice_id == Practice.id)
        .where(
            Membership.run_id == run_id,
            Practice.activity_id == practice.activity_id,
            Practice.exercise_id == practice.exercise_id,
            Practice.content_digest == practice.content_digest,
        )
        .order_by(Attempt.id, PracticeStep.no)
    )
    first: dict[int, tuple[int, list[Mapping[str, Any]]]] = {}
    for member, number, data in rows:
        practised, log = first.setdefault(member, (number, []))
        if practised == number:
            log.append(data)
    return [tuple(log) for _, log in first.values()]


def attempts(session: Session, membership_id: int) -> Sequence[Attempt]:
    """Every finished attempt of a member, the oldest first."""
    return session.scalars(
        select(Attempt).where(Attempt.membership_id == membership_id).order_by(Attempt.at, Attempt.id)
    ).all()
