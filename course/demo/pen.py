"""How the demo's people write: a text is opened, saved and handed in by the operations of the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.accounts.rules import Actor
from course.content.catalogue import MAIN, Activity, Course, Form
from course.runs.models import Membership
from course.work import checking
from course.work import fields as shape
from course.work import service as spine
from course.work.models import Work
from course.work.standing import standing


def actor_of(person: Person) -> Actor:
    """A person of the demo as the one who acts."""
    return Actor(person.id, person.name, person.email, may_create_runs=person.may_create_runs)


def form_of(activity: Activity) -> Form:
    """The form of a written activity."""
    assert activity.form is not None, f"{activity.id} has no form"
    return activity.form


def write(
    session: Session,
    course: Course,
    member: Membership,
    activity_id: str,
    data: dict[str, Any],
    at: datetime,
    *,
    slot: str = MAIN,
    team_id: int | None = None,
) -> Work:
    """Save a text, with every word the guard asks about looked at and kept. ``team_id``: that of a group's worksheet.

    The work is the one that counts in its place, begun when there is none.
    """
    activity = course.activities[activity_id]
    form = form_of(activity)
    data = {name: shape.clean_text(value) if isinstance(value, str) else value for name, value in data.items()}
    gate = standing(session, member.run, member).gate(activity, at, slot=slot)
    actor = actor_of(member.person)
    work = spine.open_work(
        session, actor=actor, now=at, membership=member, activity=activity, slot=slot, gate=gate, team_id=team_id
    )
    words = [word.word for word in checking.amber_words(form, data)]
    spine.save(
        session, actor=actor, now=at, work=work, form=form, gate=gate, content=checking.check_data(form, data),
        base_no=work.latest_no, save_id=str(uuid4()), confirmed=words,
    )  # fmt: skip
    return work


def hand_in(session: Session, course: Course, member: Membership, work: Work, at: datetime) -> None:
    """Hand in what was saved last, every question of the self-check confirmed."""
    activity = course.activities[work.activity_id]
    form = form_of(activity)
    gate = standing(session, member.run, member).gate(activity, at, slot=work.slot)
    spine.submit(
        session, actor=actor_of(member.person), now=at, work=work, form=form, gate=gate, revision_no=work.latest_no,
        submit_key=str(uuid4()), checked=range(len(form.self_check)),
    )  # fmt: skip
