""" "Tre om dagen": what is asked again, and the answers to it. It is voluntary and counts for nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from course.accounts.rules import Actor
from course.content import kinds
from course.content.catalogue import Activity, Course, Exercise
from course.content.kinds import AloneKind, Log, Posted
from course.db.errors import NotAllowed
from course.db.upsert import upsert
from course.runs.models import Membership

from . import recall_rules, rules
from .models import Recall
from .recall_rules import Item, Met


class Alone(NamedTuple):
    """An item that can be asked by itself: where it is from, and the exercise cut down to it."""

    item: Item
    activity: Activity
    exercise: Exercise
    kind: AloneKind
    spec: Any


def met(session: Session, membership_id: int) -> list[Met]:
    """Everything a member has missed, and answered by itself since; the oldest first. One query."""
    session.flush()
    rows = session.connection().execute(_MET, {"member": membership_id})
    return [
        Met(Item(activity, exercise, item), right, alone, at) for activity, exercise, item, right, alone, at in rows
    ]


_MET = (
    select(Recall.activity_id, Recall.exercise_id, Recall.item_id, Recall.was_right, Recall.by_itself, Recall.at)
    .where(Recall.membership_id == bindparam("member"))
    .order_by(Recall.at, Recall.id)
)  # put together once: Min vej asks it every time


def waiting(session: Session, membership_id: int, course: Course, now: datetime) -> list[Alone]:
    """What is left to ask a member today. What the run's content has no more is not asked."""
    found = (alone(course, item) for item in recall_rules.due(met(session, membership_id), now))
    return [one for one in found if one is not None]


def alone(course: Course, item: Item) -> Alone | None:
    """One item as it stands in a course now; None when it is there no more."""
    activity = course.activities.get(item.activity)
    exercise = rules.exercise_of(activity, item.exercise) if activity is not None and activity.exercises else None
    kind = kinds.alone(exercise.kind) if exercise is not None else None
    spec = kind.alone(exercise.spec, item.id) if kind is not None and exercise is not None else None
    if activity is None or exercise is None or kind is None or spec is None:
        return None
    return Alone(item, activity, exercise, kind, spec)


def answer(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    membership: Membership,
    course: Course,
    item: Item,
    save_key: str,
    posted: Posted,
) -> tuple[Alone, Log]:
    """Note whether an item was answered rightly by itself; the same answer twice is one.

    Raises:
        NotAllowed: the membership is somebody else's, or the member never missed the item.
        Unclear: what was posted is no answer.
    """
    known = {one.item for one in met(session, membership.id)}
    asked = alone(course, item)
    if membership.person_id != actor.person_id or asked is None or item not in known:
        raise NotAllowed
    log = [asked.kind.read(asked.spec, (), posted)]
    upsert(
        session,
        Recall,
        {
            "membership_id": membership.id, "activity_id": item.activity, "exercise_id": item.exercise,
            "item_id": item.id, "save_key": save_key,
        },
        {"was_right": not asked.kind.missed(asked.spec, log), "by_itself": True, "at": now},
    )  # fmt: skip
    return asked, log
