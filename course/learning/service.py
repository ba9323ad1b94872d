"""What a participant reads, and that they have read it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from course.accounts.rules import Actor
from course.content.catalogue import Activity, Kind
from course.db import audit
from course.db.errors import DomainError, NotAllowed
from course.db.upsert import upsert
from course.runs.models import Membership, Progress
from course.runs.rules import Gate
from course.work.standing import Standing

from .rules import Entry


def entries(standing: Standing, now: datetime, activities: Iterable[Activity] | None = None) -> list[Entry]:
    """Everything on a member's path, in its order; or what there is to do of some activities."""
    if activities is None:
        activities = standing.course.activities.values()
    return [
        Entry(
            activity,
            place.id,
            place.title,
            standing.fact(activity.id, place.id),
            standing.gate(activity, now, slot=place.id),
            _steps(standing, activity, place.id, now),
        )
        for activity in activities
        for place in activity.places
    ]


def _steps(standing: Standing, activity: Activity, slot: str, now: datetime) -> tuple[tuple[str, bool], ...]:
    """The steps of an activity that opens step by step; empty for all others, which open at once."""
    if activity.form is None or not activity.form.opens_by_step:
        return ()
    return tuple((step.id, standing.gate(activity, now, slot=slot, step=step).is_open) for step in activity.form.steps)


def mark_read(
    session: Session, *, actor: Actor, now: datetime, membership: Membership, activity: Activity, gate: Gate
) -> None:
    """Remember that the member has read a page. Saying it twice is fine."""
    if membership.person_id != actor.person_id or activity.kind is not Kind.READ:
        raise NotAllowed
    if not gate.is_open:
        raise DomainError("Siden er ikke åben nu.")
    upsert(session, Progress, {"membership_id": membership.id, "activity_id": activity.id}, {"at": now})
    audit.record(
        session, actor_id=actor.person_id, now=now, verb="read", run_id=membership.run_id,
        detail={"activity": activity.id},
    )  # fmt: skip
