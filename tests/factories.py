"""Make what a test needs, through the same operations the pages use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from course.accounts.models import Person
from course.accounts.rules import Actor
from course.content import pinning
from course.content.catalogue import Catalogue, Course
from course.content.loader import load
from course.exercises import reading as exercises_reading
from course.exercises import rules as exercises_rules
from course.exercises import service as exercises
from course.exercises.models import Attempt
from course.runs import service as runs
from course.runs.contents import course_of
from course.runs.models import Membership, Run
from course.runs.rules import Role
from course.work import checking, judging
from course.work import service as spine
from course.work.models import Work
from course.work.standing import standing

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DAY1 = datetime(2026, 12, 4, 8, 0, tzinfo=UTC)
"""Friday 4 December 2026 at 9.00 in Denmark; cases are due on 20 November at 23.59."""
DAY2 = datetime(2027, 1, 8, 8, 0, tzinfo=UTC)

_numbers = count(1)


@cache
def catalogue() -> Catalogue:
    """The real content of the project."""
    return load(ROOT)


@cache
def packed(course_id: str) -> bytes:
    """A course as a run is pinned to it."""
    return pinning.pack(ROOT, course_id)


def course(course_id: str = "gp") -> Course:
    """The real course."""
    return catalogue().courses[course_id]


def actor_of(person: Person) -> Actor:
    """A person as the one who acts."""
    return Actor(person.id, person.name, person.email, person.is_administrator, person.may_create_runs)


def make_person(session: Session, name: str = "Karen Holm", *, now: datetime = NOW, **values: Any) -> Person:
    """A person with an address of their own."""
    values.setdefault("email", f"person{next(_numbers)}@example.test")
    person = Person(name=name, created_at=now, **values)
    session.add(person)
    session.flush()
    return person


def make_run(session: Session, organiser: Person | None = None, *, now: datetime = NOW, **values: Any) -> Run:
    """A run of the real GP course with both days dated. The organiser is made when not given."""
    organiser = organiser or make_person(session, "Olga Organiser", may_create_runs=True, now=now)
    actor = Actor(organiser.id, organiser.name, organiser.email, may_create_runs=True)
    day1, day2 = values.pop("day1", DAY1), values.pop("day2", DAY2)
    hours = timedelta(hours=7, minutes=15)
    return runs.create_run(
        session,
        actor=actor,
        now=now,
        course=course(),
        packed=packed("gp"),
        name=values.pop("name", "Hold Åsbakken"),
        cluster=values.pop("cluster", "Klynge Åsbakken"),
        meetings={
            "day1": runs.Meeting(day1, day1 + hours, "Medborgerhuset"),
            "day2": runs.Meeting(day2, day2 + hours, "Medborgerhuset"),
        },
        **values,
    )


def make_member(
    session: Session,
    run: Run,
    person: Person | None = None,
    role: Role = Role.PARTICIPANT,
    *,
    now: datetime = NOW,
) -> Membership:
    """A member of a run; the person is made when not given."""
    person = person or make_person(session, f"Læge {next(_numbers)}", now=now)
    member = runs.add_member(session, actor=actor_of(person), now=now, run=run, person_id=person.id, role=role)
    member.person = person
    return member


def case_data(**changes: Any) -> dict[str, Any]:
    """Answers to every required field of the case form, with nothing for the guard to find."""
    data: dict[str, Any] = {}
    for field in form_of("gp-05.case").fields.values():
        if field.type == "choice":
            data[field.id] = field.options[0].id
        elif field.type == "choices":
            data[field.id] = [field.options[0].id]
        elif field.type in {"number", "scale"}:
            data[field.id] = field.min or 1
        elif field.type == "text":
            data[field.id] = (
                "patienten havde ondt og ville gerne blive på arbejdet, og vi talte om, hvad der kunne lade sig gøre"
            )
        elif field.type == "line":
            data[field.id] = "rengøring"
    return data | changes


def form_of(activity_id: str) -> Any:
    """The form of a written activity of the real course."""
    form = course().activities[activity_id].form
    assert form is not None
    return form


def play(
    session: Session,
    member: Membership,
    activity_id: str,
    *steps: Mapping[str, list[str]],
    key: str | None = None,
    now: datetime = NOW,
    exercise_id: str | None = None,
) -> Attempt:
    """A whole attempt at an exercise, each step as a page posts it; the newest attempt of the member afterwards.

    A step's save key is the attempt's, so that the same attempt twice is one.
    """
    activity = course_of(session, member.run).activities[activity_id]
    key = key or str(uuid4())
    for after, posted in enumerate(steps):
        at = exercises_reading.place(session, member.id, activity_id)
        given = exercises_rules.given(activity.exercises, member.id, at.finished).id
        sent = exercises.Sent(
            key, str(uuid5(UUID(key), str(after))), exercise_id or given, after, MultiDict(dict(posted))
        )
        exercises.take_step(
            session, actor=actor_of(member.person), now=now, membership=member, activity=activity,
            content_digest=member.run.content_digest, gate=standing(session, member.run, member).gate(activity, now),
            sent=sent,
        )  # fmt: skip
    return session.scalars(
        select(Attempt).where(Attempt.membership_id == member.id).order_by(Attempt.id.desc()).limit(1)
    ).one()


def make_work(
    session: Session,
    member: Membership,
    *,
    activity_id: str = "gp-05.case",
    slot: str = "bad",
    data: dict[str, Any] | None = None,
    confirmed: list[str] | None = None,
    state: str = "draft",
    now: datetime = NOW,
    judge: Person | None = None,
    comment: str = "Skriv gerne lidt mere om arbejdspladsen.",
) -> Work:
    """A work of ``member``, brought to ``state`` by the operations of the spine.

    ``state``: draft, submitted, withdrawn, returned, accepted, rejected, released or recalled.
    All but the first three need ``judge``.
    """
    run = member.run
    activity = course().activities[activity_id]
    form = form_of(activity_id)
    actor = actor_of(member.person)
    gate = standing(session, run, member).gate(activity, now, slot=slot)
    data = data if data is not None else case_data()
    work = spine.open_work(session, actor=actor, now=now, membership=member, activity=activity, slot=slot, gate=gate)
    spine.save(
        session, actor=actor, now=now, work=work, form=form, gate=gate, content=checking.check_data(form, data),
        base_no=work.latest_no, save_id=str(uuid4()), confirmed=confirmed or (),
    )  # fmt: skip
    if state == "draft":
        return work
    spine.submit(
        session, actor=actor, now=now, work=work, form=form, gate=gate, revision_no=work.latest_no,
        submit_key=str(uuid4()), checked=range(len(form.self_check)),
    )  # fmt: skip
    if state == "withdrawn":
        spine.withdraw(session, actor=actor, now=now, work=work, gate=gate)
    elif state != "submitted":
        assert judge is not None, "somebody must have judged it"
        judge_work(session, work, actor_of(judge), state, now=now, comment=comment)
    return work


def judge_work(session: Session, work: Work, judge: Actor, state: str, *, now: datetime, comment: str) -> None:
    """Bring a submitted work to a judged state."""
    assert work.submitted_no is not None
    values: dict[str, Any] = {
        "actor": judge,
        "now": now,
        "work_id": work.id,
        "revision_no": work.submitted_no,
    }
    form = form_of(work.activity_id)
    if state == "returned":
        judging.return_for_changes(session, **values, comment=comment, until=now + timedelta(days=4))
    elif state == "rejected":
        judging.reject(session, **values, comment=comment, form=form)
    else:
        judging.accept(session, **values)
        if state in {"released", "recalled"}:
            judging.release(session, **values, form=form)
        if state == "recalled":
            judging.recall(session, **values)
