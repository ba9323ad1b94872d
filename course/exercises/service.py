"""Attempts: recorded once, never changed."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.rules import Actor
from course.content.catalogue import Activity
from course.db import audit
from course.db.errors import DomainError, NotAllowed
from course.db.upsert import upsert
from course.runs.models import Membership, Progress
from course.runs.rules import Gate

from .kinds.quiz import rules as quiz_rules
from .models import Attempt


def attempt_quiz(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    membership: Membership,
    activity: Activity,
    gate: Gate,
    answers: dict[str, list[str]],
    attempt_key: str,
) -> Attempt:
    """Record one attempt at a quiz; the same answers under the same ``attempt_key`` are the same attempt.

    Other answers under a used key (a page that was gone back to) are a new attempt.

    Raises:
        NotAllowed: the membership is somebody else's, or the activity is no quiz.
        DomainError: the activity is closed, or a question has no answer.
    """
    if membership.person_id != actor.person_id or activity.quiz is None:
        raise NotAllowed
    if not gate.is_open:
        raise DomainError("Øvelsen er ikke åben nu. Dine svar er ikke gemt.")
    if quiz_rules.unanswered(activity.quiz, answers):
        raise DomainError("Svar på alle spørgsmål, før du ser forklaringerne.", status=422)
    points = quiz_rules.score(activity.quiz, answers)
    before = _attempt(session, membership.id, attempt_key)
    if before is not None and (before.activity_id, before.answers) != (activity.id, answers):
        attempt_key = str(uuid4())
    upsert(
        session,
        Attempt,
        {"membership_id": membership.id, "attempt_key": attempt_key},
        {
            "activity_id": activity.id, "asked_digest": activity.digest, "answers": answers,
            "points": points.points, "points_of": points.of, "at": now,
        },
    )  # fmt: skip
    upsert(session, Progress, {"membership_id": membership.id, "activity_id": activity.id}, {"at": now})
    audit.record(
        session, actor_id=actor.person_id, now=now, verb="attempted", run_id=membership.run_id,
        detail={"activity": activity.id},
    )  # fmt: skip
    session.flush()
    made = _attempt(session, membership.id, attempt_key)
    assert made is not None
    return made


def _attempt(session: Session, membership_id: int, attempt_key: str) -> Attempt | None:
    return session.scalars(
        select(Attempt).where(Attempt.membership_id == membership_id, Attempt.attempt_key == attempt_key)
    ).one_or_none()


def latest_attempt(session: Session, membership_id: int, activity_id: str) -> Attempt | None:
    """The newest attempt of a member, if there is one."""
    return session.scalars(
        select(Attempt)
        .where(Attempt.membership_id == membership_id, Attempt.activity_id == activity_id)
        .order_by(Attempt.at.desc(), Attempt.id.desc())
        .limit(1)
    ).first()
