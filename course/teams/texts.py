"""What the groups of a session work with and have written. Releases only: a case that is recalled is gone at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from course.content.catalogue import Activity, Course
from course.runs.models import Team
from course.submissions.release_line import release_line
from course.work.models import Release, Revision, TeamCase, Work
from course.work.rules import Projection, State

from .rules import teaching_case


@dataclass(frozen=True, slots=True)
class TeamText:
    """A text a group works with: the release of a member's case, or a teaching case (``case_id``).

    ``line`` tells one release from another without a name.
    """

    title: str
    kind: str
    case_id: str | None = None
    work_id: int | None = None
    release_id: int | None = None
    author_id: int | None = None
    activity_id: str = ""
    data: dict[str, Any] | None = None
    line: str = ""


def texts_of(session: Session, course: Course, found: Collection[Team]) -> dict[int, list[TeamText]]:
    """The texts of these groups as they can be read now, cases of members first. ``author_id`` is a membership.

    A group that is left without any (all were recalled) has a teaching case until somebody chooses another.
    """
    rows = session.execute(
        select(TeamCase, Work, Release)
        .outerjoin(Work, and_(Work.id == TeamCase.work_id, Work.projection == Projection.RELEASED.value))
        .outerjoin(
            Release,
            and_(Release.work_id == Work.id, Release.recalled_at.is_(None), Release.audience == "run"),
        )
        .where(TeamCase.team_id.in_([team.id for team in found]))
        .order_by(TeamCase.work_id.is_(None), Work.activity_id, Work.slot, TeamCase.id)
    )
    texts: dict[int, list[TeamText]] = {team.id: [] for team in found}
    for row, work, release in rows:
        text = _teaching(course, row.case_id) if row.case_id else _released(course, work, release)
        if text is not None:
            texts[row.team_id].append(text)
    for team in found:
        if not texts[team.id]:
            spare = _teaching(course, teaching_case(team.no, list(course.cases)))
            texts[team.id] = [spare] if spare is not None else []
    return texts


def _teaching(course: Course, case_id: str | None) -> TeamText | None:
    case = course.cases.get(case_id or "")
    return TeamText(case.title, "", case_id=case.id) if case is not None else None


def _released(course: Course, work: Work | None, release: Release | None) -> TeamText | None:
    activity = course.activities.get(work.activity_id) if work is not None else None
    if work is None or release is None or release.data is None or activity is None:
        return None
    slot = activity.slot(work.slot)
    title = slot.title if slot is not None else activity.title
    return TeamText(
        title, work.slot, None, work.id, release.id, work.membership_id, activity.id, release.data,
        release_line(activity, release.data),
    )  # fmt: skip


def worksheets(course: Course, session_key: str) -> list[Activity]:
    """What the groups of a session write together."""
    return [a for a in course.activities.values() if a.is_shared and a.session == session_key]


@dataclass(frozen=True, slots=True)
class SheetText:
    """A worksheet of a group as it stands."""

    activity: Activity
    work: Work
    data: dict[str, Any]


def sheets_of(session: Session, course: Course, team_ids: Collection[int]) -> dict[int, list[SheetText]]:
    """What these groups have written, by group; what was rejected is not among it."""
    rows = session.execute(
        select(Work, Revision)
        .outerjoin(Revision, and_(Revision.work_id == Work.id, Revision.no == Work.latest_no))
        .where(Work.team_id.in_(team_ids), Work.state != State.REJECTED.value)
        .order_by(Work.id)
    )
    found: dict[int, list[SheetText]] = {team_id: [] for team_id in team_ids}
    for work, latest in rows:
        activity = course.activities.get(work.activity_id)
        if activity is not None and activity.form is not None:
            found[work.team_id or 0].append(SheetText(activity, work, (latest.data if latest else None) or {}))
    return found
