"""What the run has answered, read for figures and the problem map. A fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from course.content.catalogue import Course
from course.exercises.models import Attempt
from course.runs.models import Membership
from course.work.models import Release, Revision, Work

from . import figure_rules, map_rules
from .figure_rules import Answers
from .map_rules import ProblemMap


def answers_of_run(session: Session, run_id: int, activities: Collection[str]) -> dict[str, list[Answers]]:
    """What was handed in for each of these activities, by whomever; texts that are erased are not there."""
    found: dict[str, list[Answers]] = {activity: [] for activity in activities}
    rows = session.execute(
        select(Work.activity_id, Revision.data)
        .join(Revision, and_(Revision.work_id == Work.id, Revision.no == Work.submitted_no))
        .where(Work.run_id == run_id, Work.activity_id.in_(list(activities)), Work.state != "rejected")
        .order_by(Work.id)
    )
    for activity, data in rows:
        if data:
            found[activity].append(data)
    return found


def released_of_run(session: Session, run_id: int, activities: Collection[str]) -> list[tuple[str, dict[str, Any]]]:
    """What colleagues of the run can read now of these activities, as it was released to them."""
    rows = session.execute(
        select(Work.activity_id, Release.data)
        .join(Release, Release.work_id == Work.id)
        .where(
            Work.run_id == run_id,
            Work.activity_id.in_(list(activities)),
            Work.projection == "released",
            Release.recalled_at.is_(None),
            Release.audience == "run",
        )
        .order_by(Release.id)
    )
    return [(activity, data) for activity, data in rows if data]


def figures(
    session: Session, run_id: int, course: Course
) -> tuple[tuple[figure_rules.Picture, ...], tuple[figure_rules.Words, ...]]:
    """The pictures of a run, and what was written freely."""
    asked = [activity.id for activity in course.activities.values() if activity.figures]
    answers = answers_of_run(session, run_id, asked)
    return figure_rules.pictures(course, answers), figure_rules.words(course, answers)


def figures_with(
    session: Session, run_id: int, course: Course, asked: Collection[str]
) -> tuple[figure_rules.Picture, ...]:
    """The pictures of a run that can be shown and that these activities are part of, whatever else is beside them."""
    titles = {course.activities[activity].title for activity in asked}
    found, _ = figures(session, run_id, course)
    return tuple(one for one in found if one.is_shown and any(part.title in titles for part in one.series))


def logs_side_by_side(session: Session, run_id: int, course: Course) -> tuple[tuple[figure_rules.Picture, ...], int]:
    """What the logs of a run tell when they are laid together, and how many there are."""
    answers = answers_of_run(session, run_id, [activity.id for activity in course.logs])
    return figure_rules.pictures(course, answers, course.logs), sum(map(len, answers.values()))


def results(session: Session, run_id: int, course: Course) -> tuple[figure_rules.Picture, ...]:
    """How the run's members did in each exercise, as bands of their latest attempts."""
    rows = session.execute(
        select(Attempt.activity_id, Attempt.membership_id, Attempt.points, Attempt.points_of)
        .join(Membership, Membership.id == Attempt.membership_id)
        .where(Membership.run_id == run_id)
        .order_by(Attempt.at, Attempt.id)
    )
    latest: dict[str, dict[int, int]] = {}
    for activity, member, points, of in rows:
        latest.setdefault(activity, {})[member] = 100 * points // of if of else 0
    return figure_rules.results(course, {name: list(percents.values()) for name, percents in latest.items()})


def problem_map(session: Session, run_id: int, course: Course) -> ProblemMap | None:
    """The problem map of a run: worksheets count when a group has handed them in, a member's text when released."""
    asked = map_rules.sources(course)
    shared = [name for name in asked if course.activities[name].is_shared]
    own = [name for name in asked if name not in shared]
    handed_in = answers_of_run(session, run_id, shared)
    released = released_of_run(session, run_id, list(asked))
    counted = [(name, data) for name, those in handed_in.items() for data in those]
    counted += [(name, dict(data)) for name, data in released if name in own]
    return map_rules.problem_map(course, counted, released)
