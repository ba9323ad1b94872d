"""What happens to a run: created, changed, cancelled; people join and leave."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from course.accounts.models import Person
from course.accounts.rules import Actor
from course.content.catalogue import LIVE, Course
from course.db import audit
from course.db.errors import DomainError, NotAllowed

from .contents import course_of, keep_version
from .models import Attendance, Membership, Run, RunSession
from .rules import Role


@dataclass(frozen=True, slots=True)
class Meeting:
    """When and where a session of a run is held."""

    starts_at: datetime
    ends_at: datetime
    place: str


def create_run(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: Course,
    packed: bytes,
    name: str,
    cluster: str,
    meetings: Mapping[str, Meeting],
    opens_at: datetime | None = None,
    organised_by: str = "",
    activity_number: str = "",
    erase_days: int = 30,
    mode: str = LIVE,
) -> Run:
    """Create a run with its dates, pinned to this version of the course; the actor becomes its organiser.

    Raises:
        NotAllowed: the actor may not create runs.
        DomainError: a session has no date, or the dates stand in the wrong order.
    """
    if not (actor.may_create_runs or actor.is_administrator):
        raise NotAllowed
    check_meetings(course, meetings)
    check_mode(course, mode)
    run = Run(
        course_id=course.id,
        name=name,
        cluster=cluster,
        content_digest=keep_version(session, now=now, course=course, packed=packed),
        created_by_id=actor.person_id,
        created_at=now,
        opens_at=opens_at or now,
        organised_by=organised_by,
        activity_number=activity_number,
        erase_days=erase_days,
        mode=mode,
        sessions=[
            RunSession(key=key, starts_at=m.starts_at, ends_at=m.ends_at, place=m.place) for key, m in meetings.items()
        ],
    )
    session.add(run)
    session.flush()
    audit.record(session, actor_id=actor.person_id, now=now, verb="run_created", run_id=run.id)
    add_member(session, actor=actor, now=now, run=run, person_id=actor.person_id, role=Role.ORGANISER)
    return run


def check_meetings(course: Course, meetings: Mapping[str, Meeting]) -> None:
    """Refuse dates that are missing or stand in another order than the course's sessions."""
    if set(meetings) != set(course.sessions):
        raise DomainError(f"Alle {course.words.sessions} skal have en dato.", status=422)
    before: Meeting | None = None
    for key, planned in course.sessions.items():
        meeting = meetings[key]
        if meeting.ends_at <= meeting.starts_at:
            raise DomainError(f"{planned.title} slutter, før den begynder.", status=422)
        if before is not None and meeting.starts_at < before.ends_at:
            raise DomainError(f"{planned.title} begynder, før den inden er slut. Byt om på datoerne.", status=422)
        before = meeting


def check_mode(course: Course, mode: str) -> None:
    """Refuse a way of being held that the course does not know."""
    if mode not in course.modes:
        raise DomainError("Kurset kan ikke holdes på den måde.", status=422)


def set_mode(session: Session, run: Run, mode: str) -> None:
    """Let a run be held in another way.

    Raises:
        DomainError: the course cannot be held so, or somebody has been noted in a session already.
    """
    check_mode(course_of(session, run), mode)
    noted = select(Attendance.id).join(Membership, Membership.id == Attendance.membership_id)
    if session.scalars(noted.where(Membership.run_id == run.id).limit(1)).first() is not None:
        raise DomainError("Nogen har allerede taget en kursusgang. Så kan måden ikke ændres mere.", status=422)
    run.mode = mode


def add_member(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    run: Run,
    person_id: int,
    role: Role,
    clinic: str = "",
    is_trainee: bool = False,
) -> Membership:
    """Let a person into a run, or back into it. Somebody who came back has what they wrote."""
    membership = session.scalars(
        select(Membership).where(
            Membership.run_id == run.id, Membership.person_id == person_id, Membership.role == role
        )
    ).one_or_none()
    if membership is None:
        membership = Membership(
            run_id=run.id,
            person_id=person_id,
            role=role,
            calendar_nonce=secrets.token_urlsafe(32),
            joined_at=now,
        )
        session.add(membership)
    membership.clinic, membership.is_trainee, membership.left_at = clinic, is_trainee, None
    session.flush()
    audit.record(
        session, actor_id=actor.person_id, now=now, verb="joined", run_id=run.id,
        detail={"membership": membership.id, "role": str(role)},
    )  # fmt: skip
    return membership


def lock_run(session: Session, run: Run) -> None:
    """Let nobody else change the run's people, dates or invitations until the transaction ends."""
    session.execute(select(Run.id).where(Run.id == run.id).with_for_update())


def remove_member(session: Session, *, actor: Actor, now: datetime, run: Run, membership_id: int) -> Membership:
    """Let a member leave; what they wrote is kept for as long as the run keeps its texts.

    Raises:
        DomainError: it is the run's last organiser.
    """
    lock_run(session, run)  # two organisers may remove each other
    membership = session.get(Membership, membership_id, with_for_update=True, populate_existing=True)
    if membership is None or membership.run_id != run.id:
        raise NotAllowed
    if membership.left_at is not None:
        return membership
    if membership.role == Role.ORGANISER and len(members(session, run.id, Role.ORGANISER)) < 2:
        raise DomainError("Et hold skal have mindst én kursusarrangør. Tilføj en anden først.")
    membership.left_at = now
    session.flush()
    if run.clinician_id == membership.person_id and membership.person_id not in _staff_ids(session, run):
        run.clinician_id = None
    audit.record(
        session,
        actor_id=actor.person_id,
        now=now,
        verb="left",
        run_id=run.id,
        detail={"membership": membership.id},
    )
    session.flush()
    return membership


def change_member(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    run: Run,
    membership_id: int,
    clinic: str,
    is_trainee: bool,
    tutor_id: int | None,
) -> Membership:
    """Change what decides whom a member sits with. ``tutor_id`` is the tutor's own membership of the run.

    Raises:
        NotAllowed: the run has no such member.
        DomainError: the tutor is not on the run, or is the member.
    """
    lock_run(session, run)
    known = {member.id: member for member in members(session, run.id)}
    if membership_id not in known:
        raise NotAllowed
    if tutor_id is not None and (tutor_id not in known or known[tutor_id].person_id == known[membership_id].person_id):
        raise DomainError("Vælg en tutor, der er på holdet.", status=422)
    member = known[membership_id]
    member.clinic, member.is_trainee, member.tutor_id = clinic, is_trainee, tutor_id
    audit.record(
        session, actor_id=actor.person_id, now=now, verb="member_changed", run_id=run.id,
        detail={"membership": member.id, "tutor": tutor_id},
    )  # fmt: skip
    session.flush()
    return member


def members(session: Session, run_id: int, role: Role | None = None) -> list[Membership]:
    """The members of a run (in one role), by name; those who have left are not among them."""
    query = (
        select(Membership)
        .join(Membership.person)
        .options(contains_eager(Membership.person))
        .where(Membership.run_id == run_id, Membership.left_at.is_(None))
    )
    if role is not None:
        query = query.where(Membership.role == role)
    return list(session.scalars(query.order_by(Person.name, Membership.id)))


def _staff_ids(session: Session, run: Run) -> set[int]:
    return {m.person_id for m in members(session, run.id) if m.role != Role.PARTICIPANT}


def name_clinician(session: Session, *, actor: Actor, now: datetime, run: Run, person_id: int) -> None:
    """Name the clinician whom a "patienten kan være i risiko" flag reaches. Must be staff of the run."""
    if person_id not in _staff_ids(session, run):
        raise DomainError("Vælg en underviser eller kursusarrangør på holdet.", status=422)
    run.clinician_id = person_id
    audit.record(
        session,
        actor_id=actor.person_id,
        now=now,
        verb="clinician_named",
        run_id=run.id,
        detail={"person": person_id},
    )
    session.flush()


def cancel_run(session: Session, *, actor: Actor, now: datetime, run: Run) -> None:
    """Cancel a run. Nothing more can be written in it; what was written can still be read by its authors."""
    if run.cancelled_at is None:
        run.cancelled_at = now
        audit.record(session, actor_id=actor.person_id, now=now, verb="run_cancelled", run_id=run.id)
        session.flush()
