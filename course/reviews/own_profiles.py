"""Profiles that participants set: of one's own text when it is handed in, and of a colleague's that is released."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.rules import Actor
from course.content.catalogue import Activity, Course, Kind, Rubric
from course.db.errors import NotAllowed
from course.runs.models import Membership
from course.runs.rules import Role
from course.work import finding
from course.work.judging import NewerText
from course.work.models import Release, Work
from course.work.rules import Projection

from . import profiles
from .profiles import JUDGED, Picture, Set, Shown

WITH_WORDS = frozenset({Kind.HOMEWORK, Kind.PEER})
"""Kinds whose profiles stand in a form beside the words (``peers``)."""


def rubric_of(course: Course, activity: Activity) -> Rubric | None:
    """The rubric that a participant can set a profile by; None where there is none for participants."""
    if activity.is_shared or activity.kind in WITH_WORDS:
        return None
    return course.rubrics.get(activity.rubric or "")


def is_ready(work: Work | None) -> bool:
    """Whether there is a text that was handed in, and stands."""
    return work is not None and work.submitted_no is not None and work.state in JUDGED


def set_own(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    work_id: int,
    revision_no: int,
    rubric: Rubric,
    levels: Mapping[str, int],
) -> None:
    """Keep the author's own profile of the text as it was handed in.

    Raises:
        NotAllowed: it is somebody else's, or nothing is handed in.
        NewerText: another text has been handed in since.
        DomainError: no level is chosen.
    """
    work = finding.lock(session, work_id)
    owner = session.get(Membership, work.membership_id) if work.membership_id is not None else None
    if owner is None or owner.person_id != actor.person_id or owner.left_at is not None or not is_ready(work):
        raise NotAllowed
    if work.submitted_no != revision_no:
        raise NewerText
    profiles.keep(session, actor=actor, now=now, work=work, revision_no=revision_no, rubric=rubric, levels=levels)


def set_by_colleague(
    session: Session, *, actor: Actor, now: datetime, release_id: int, rubric: Rubric, levels: Mapping[str, int]
) -> None:
    """Keep a colleague's profile of a text that is released to the run.

    Raises:
        NotAllowed: it is not released (any more), one's own, or another run's.
        DomainError: no level is chosen.
    """
    release = session.get(Release, release_id)
    if release is None or release.recalled_at is not None or release.audience != "run":
        raise NotAllowed
    work = finding.lock(session, release.work_id)
    if work.projection != Projection.RELEASED or not _is_colleague(session, actor, work):
        raise NotAllowed
    profiles.keep(
        session, actor=actor, now=now, work=work, revision_no=release.revision_no, rubric=rubric, levels=levels
    )


def _is_colleague(session: Session, actor: Actor, work: Work) -> bool:
    mine = session.scalars(
        select(Membership.id).where(
            Membership.run_id == work.run_id,
            Membership.person_id == actor.person_id,
            Membership.role == Role.PARTICIPANT,
            Membership.left_at.is_(None),
        )
    ).one_or_none()
    return mine is not None and mine != work.membership_id


def levels_by(session: Session, work_id: int, person_id: int) -> dict[str, int]:
    """The profile a participant has set last; empty when there is none."""
    found = next((one for one in profiles.set_by_participants(session, work_id) if one.by_id == person_id), None)
    return dict(found.levels) if found is not None else {}


def pictures(session: Session, course: Course, work: Work, rubric: Rubric, author_id: int) -> tuple[Picture, ...]:
    """Every profile of a text for its author: one's own, colleagues' and, once decided, reviewers'; each by the rubric
    it was set by.
    """
    lines = [(found, _by(found, author_id)) for found in profiles.set_by_participants(session, work.id)]
    lines += [(found, f"{found.by}, underviser") for found in profiles.set_by_reviewers(session, work.id)]
    return profiles.pictures(
        [(profiles.columns_as_set(session, course, found), Shown(by, found.levels)) for found, by in lines],
        profiles.columns_of(rubric),
    )


def _by(found: Set, author_id: int) -> str:
    return "Dig selv" if found.by_id == author_id else f"{found.by}, kollega"
