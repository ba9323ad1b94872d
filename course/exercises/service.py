"""Attempts: each step is added once and never changed; the last one makes a result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from course.accounts.rules import Actor
from course.content import kinds
from course.content.catalogue import Activity
from course.content.kinds import Log, Posted, Score, Step
from course.db import audit
from course.db.errors import DomainError, NotAllowed
from course.db.upsert import upsert
from course.runs.contents import version_of
from course.runs.models import Membership, Practice, Progress
from course.runs.rules import Gate

from . import rules
from .models import Attempt, PracticeStep, Recall
from .reading import Asked, Begun, Place, asked, place


@dataclass(frozen=True, slots=True)
class Sent:
    """A step as a page sends it: of which attempt (``key``) at which exercise, after how many steps (``after``), and
    under which key it is saved once.
    """

    key: str
    save_key: str
    exercise_id: str
    after: int
    posted: Posted


class Outcome(StrEnum):
    """What became of a step. ``STALE``: the page was older than the attempt, or than another one under way."""

    TAKEN = "taken"
    STALE = "stale"


def take_step(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    membership: Membership,
    activity: Activity,
    content_digest: str,
    gate: Gate,
    sent: Sent,
) -> Outcome:
    """Add one step to an attempt, which begins with its first step; the same step twice is one.

    Other answers under a used key of a finished attempt (a page that was gone back to) begin a new one.

    Raises:
        NotAllowed: the membership is somebody else's, or the activity is not played.
        DomainError: the activity is closed, or the exercise is not the one that was given.
        Unclear: what was posted is no step yet.
    """
    if membership.person_id != actor.person_id or not activity.exercises or not activity.kind.is_played:
        raise NotAllowed
    if not gate.is_open:
        raise DomainError("Øvelsen er ikke åben nu. Dit svar er ikke gemt.")
    at = place(session, membership.id, activity.id, sent.key)
    if at.asked is None:
        return _first_step(session, actor, now, membership, activity, content_digest, at, sent)
    return _next_step(session, actor, now, membership, activity, content_digest, at, at.asked, sent)


def _first_step(
    session: Session,
    actor: Actor,
    now: datetime,
    membership: Membership,
    activity: Activity,
    content_digest: str,
    at: Place,
    sent: Sent,
) -> Outcome:
    if at.is_under_way or sent.after:
        return Outcome.STALE
    exercise = rules.given(activity.exercises, membership.id, at.finished)
    if sent.exercise_id != exercise.id:
        raise DomainError("Du har fået en anden udgave af øvelsen nu. Dit svar er ikke gemt. Gå tilbage til Min vej.")
    what = Asked(version_of(session, content_digest), activity, exercise)
    step = what.kind.read(exercise.spec, (), sent.posted)
    upsert(
        session,
        Practice,
        {"membership_id": membership.id, "key": sent.key},
        {
            "activity_id": activity.id, "exercise_id": exercise.id, "content_digest": content_digest,
            "started_at": now,
        },
    )  # fmt: skip
    begun = place(session, membership.id, activity.id, sent.key).asked
    if begun is None:
        raise NotAllowed  # the key is one of another activity's
    if begun.steps:  # a second click, while the first was under way
        return Outcome.TAKEN
    return _add(session, actor, now, membership, begun, what, sent.save_key, step)


def _next_step(
    session: Session,
    actor: Actor,
    now: datetime,
    membership: Membership,
    activity: Activity,
    content_digest: str,
    at: Place,
    begun: Begun,
    sent: Sent,
) -> Outcome:
    what = asked(session, begun.practice)
    if what is None:
        raise NotAllowed
    before = begun.step(sent.save_key)
    if before is not None:
        step = what.kind.read(what.exercise.spec, begun.log[: before.no - 1], sent.posted)
        if step == before.data:
            return Outcome.TAKEN
        if begun.attempt is None:
            return Outcome.STALE
        again = Sent(str(uuid4()), str(uuid4()), sent.exercise_id, 0, sent.posted)
        return _first_step(session, actor, now, membership, activity, content_digest, at, again)
    if begun.attempt is not None or sent.after != len(begun.steps):
        return Outcome.STALE
    step = what.kind.read(what.exercise.spec, begun.log, sent.posted)
    return _add(session, actor, now, membership, begun, what, sent.save_key, step)


def _add(
    session: Session,
    actor: Actor,
    now: datetime,
    membership: Membership,
    begun: Begun,
    what: Asked,
    save_key: str,
    step: Step,
) -> Outcome:
    """Write a step and, when it is the last one, what came of the attempt.

    The number of a step can be had once: of two that come in the same moment one finds it taken and changes nothing.
    """
    number = {"practice_id": begun.practice.id, "no": len(begun.steps) + 1}
    if not upsert(session, PracticeStep, number, {"save_key": save_key, "data": dict(step), "at": now}):
        after = place(session, membership.id, begun.practice.activity_id, begun.practice.key).asked
        return Outcome.TAKEN if after is not None and after.step(save_key) is not None else Outcome.STALE
    log, spec = (*begun.log, step), what.exercise.spec
    if what.kind.is_over(spec, log):
        _finish(session, actor, now, membership, begun, what, save_key, log)
    return Outcome.TAKEN


def _finish(
    session: Session,
    actor: Actor,
    now: datetime,
    membership: Membership,
    begun: Begun,
    what: Asked,
    save_key: str,
    log: Log,
) -> None:
    spec = what.exercise.spec
    score = what.kind.score(spec, log)
    session.execute(
        insert(Attempt),
        {
            "membership_id": membership.id, "practice_id": begun.practice.id, "activity_id": what.activity.id,
            "exercise_id": what.exercise.id, "asked_digest": what.activity.digest, "points": score.points,
            "points_of": score.of, "at": now,
        },
    )  # fmt: skip
    _note_progress(session, now, membership, what.activity, score)
    _note_missed(session, now, membership, what, save_key, what.kind.missed(spec, log))
    audit.record(
        session, actor_id=actor.person_id, now=now, verb="attempted", run_id=membership.run_id,
        detail={"activity": what.activity.id},
    )  # fmt: skip


def _note_progress(session: Session, now: datetime, membership: Membership, activity: Activity, score: Score) -> None:
    """An activity that is passed is done, and so is what it skips."""
    if rules.is_passed(score, activity.passes_at):
        for name in (activity.id, *activity.skips):
            upsert(session, Progress, {"membership_id": membership.id, "activity_id": name}, {"at": now})


def _note_missed(
    session: Session, now: datetime, membership: Membership, what: Asked, save_key: str, missed: tuple[str, ...]
) -> None:
    """Keep what was missed for "Tre om dagen", where it can be asked alone."""
    if missed and kinds.alone(what.exercise.kind) is not None:
        session.execute(
            insert(Recall),
            [
                {
                    "membership_id": membership.id, "activity_id": what.activity.id, "exercise_id": what.exercise.id,
                    "item_id": item, "by_itself": False, "was_right": False, "save_key": save_key, "at": now,
                }
                for item in missed
            ],
        )  # fmt: skip
