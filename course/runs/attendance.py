"""Attendance: noted by staff, by the code on the screen, or planned with another run.

The progress of the activity that a session is attended in follows every mark, so that path, reminders and completion
see it like anything else that is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from course.accounts.rules import Actor
from course.content.catalogue import LIVE
from course.db import audit
from course.db.errors import DomainError, NotAllowed
from course.db.upsert import upsert

from .attendance_reading import Presence, held_of, meeting_of, presences, roll, signature
from .attendance_rules import OPENS_BEFORE, AttendanceState, Mark, attend_activities, checked
from .contents import course_of
from .models import Attendance, Membership, Progress, Run, RunSession
from .rules import COPENHAGEN, STAFF, Role

STAFF_HOW, CODE_HOW, TALK_HOW = "staff", "code", "talk"


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What somebody else has noted since the roll was read, and what was about to be noted."""

    found: Attendance | None
    wanted: Mark | None


class MarkedMeanwhile(DomainError):
    """Somebody else has noted something else since the roll was read."""

    def __init__(self, between: Meanwhile) -> None:
        super().__init__("Fremmødet er noteret af en anden, siden du åbnede siden.")
        self.between = between


def require_staff(session: Session, actor: Actor, run: Run) -> None:
    """Refuse whoever is neither facilitator nor organiser of a run."""
    roles = session.scalars(
        select(Membership.role).where(
            Membership.run_id == run.id, Membership.person_id == actor.person_id, Membership.left_at.is_(None)
        )
    )
    if not STAFF & set(roles):
        raise NotAllowed


def require_going_on(run: Run) -> None:
    """Refuse a run that is cancelled."""
    if run.cancelled_at is not None:
        raise DomainError("Holdet er aflyst. Fremmødet kan ikke ændres mere.")


def require_meeting(run: Run, session_key: str) -> RunSession:
    """A session of a run; NotAllowed when it has none of that key."""
    meeting = meeting_of(run, session_key)
    if meeting is None:
        raise NotAllowed
    return meeting


def mark(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    run: Run,
    session_key: str,
    membership_id: int,
    wanted: Mark | None,
    seen: str,
) -> Attendance | None:
    """Note whether a member of the run, or a guest in it, was there. ``wanted`` None takes the mark away.

    ``seen`` is the signature of what the roll showed. Noting what stands there already changes nothing.

    Raises:
        NotAllowed: the actor is not staff, or nobody of that membership is expected here.
        MarkedMeanwhile: somebody else has noted something else since.
        DomainError: the session has not come yet, the times cannot be, or the run is cancelled.
    """
    require_staff(session, actor, run)
    require_going_on(run)
    meeting = require_meeting(run, session_key)
    if wanted is not None:
        wanted = _sensible(session, now, run, meeting, wanted)
    member, row = locked(session, membership_id, session_key)
    _require_expected(run, member, row)
    if _says(row, wanted):
        return row
    if signature(row) != seen:
        raise MarkedMeanwhile(Meanwhile(row, wanted))
    row = _write(session, row, member, session_key, wanted, now, actor.person_id, STAFF_HOW)
    _record(session, actor, now, run, "attendance_marked", member.id, session_key, wanted.state if wanted else "none")
    keep_in_step(session, now, member, session_key)
    return row


def _sensible(session: Session, now: datetime, run: Run, meeting: RunSession, wanted: Mark) -> Mark:
    if wanted.state is AttendanceState.PRESENT and now < meeting.starts_at - OPENS_BEFORE:
        raise DomainError("Dagen er ikke begyndt. Man kan noteres til stede fra en time før.")
    sensible = checked(held_of(session, run, meeting), wanted)
    if sensible is None:
        raise DomainError(
            "Se på klokkeslættene: man kan ikke gå, før man er kommet, eller før dagen begynder.", status=422
        )
    return sensible


def locked(session: Session, membership_id: int, session_key: str) -> tuple[Membership, Attendance | None]:
    """A participant and what is noted about them, with nobody else noting anything until the transaction ends."""
    member = session.get(Membership, membership_id, with_for_update=True, populate_existing=True)
    if member is None or member.role != Role.PARTICIPANT or member.left_at is not None:
        raise NotAllowed
    row = session.scalars(
        select(Attendance)
        .where(Attendance.membership_id == membership_id, Attendance.session_key == session_key)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return member, row


def _require_expected(run: Run, member: Membership, row: Attendance | None) -> None:
    held_in = row.held_in_run_id if row is not None else None
    if held_in == run.id:
        return
    if member.run_id != run.id:
        raise NotAllowed
    if held_in is not None:
        raise DomainError("Det er aftalt, at dagen tages med et andet hold. Fjern aftalen først.")


def _says(row: Attendance | None, wanted: Mark | None) -> bool:
    """Whether the row says what is wanted already."""
    if row is None or wanted is None:
        return row is None and wanted is None
    return (row.state, row.from_at, row.until_at) == (wanted.state, wanted.from_at, wanted.until_at)


def _write(
    session: Session, row: Attendance | None, member: Membership, session_key: str, wanted: Mark | None, now: datetime,
    by_id: int | None, how: str,
) -> Attendance | None:  # fmt: skip
    if wanted is None and row is not None and row.held_in_run_id is None:
        session.delete(row)
        session.flush()
        return None
    wanted = wanted or Mark(AttendanceState.PLANNED)  # a guest without a mark is still expected
    if row is None:
        row = Attendance(membership_id=member.id, session_key=session_key)
        session.add(row)
    row.state, row.from_at, row.until_at = wanted.state.value, wanted.from_at, wanted.until_at
    row.how, row.marked_by_id, row.marked_at = how, by_id, now
    session.flush()
    return row


def mark_rest_present(session: Session, *, actor: Actor, now: datetime, run: Run, session_key: str) -> int:
    """Note all of the run's own participants as there of whom nothing is noted yet; how many they were."""
    require_staff(session, actor, run)
    require_going_on(run)
    meeting = require_meeting(run, session_key)
    wanted = _sensible(session, now, run, meeting, Mark(AttendanceState.PRESENT))
    waiting = [seat.membership.id for seat in roll(session, run, session_key) if not seat.is_guest and seat.row is None]
    done = 0
    for membership_id in sorted(waiting):
        member, row = locked(session, membership_id, session_key)
        if row is None:
            _write(session, row, member, session_key, wanted, now, actor.person_id, STAFF_HOW)
            keep_in_step(session, now, member, session_key)
            done += 1
    if done:
        _record(session, actor, now, run, "attendance_marked", None, session_key, f"{done} present")
    session.flush()
    return done


def write_by_code(
    session: Session, *, actor: Actor, now: datetime, member: Membership, row: Attendance | None, session_key: str,
    from_at: datetime | None,
) -> None:  # fmt: skip
    """Note the arrival of somebody who typed the code; the caller has locked them and asked the rules."""
    _write(session, row, member, session_key, Mark(AttendanceState.PRESENT, from_at), now, actor.person_id, CODE_HOW)
    _record(session, actor, now, member.run, "attendance_by_code", member.id, session_key, "present")
    keep_in_step(session, now, member, session_key)


def write_by_talk(
    session: Session, *, actor: Actor, now: datetime, member: Membership, session_key: str, team_id: int
) -> None:
    """Note that a member has done a session in their own time, and held the talk with the partners of a team. Said
    again it changes nothing. The caller has asked the gate.

    Raises:
        NotAllowed: the membership is somebody else's.
        DomainError: staff have noted that they were not there.
    """
    if member.person_id != actor.person_id:
        raise NotAllowed
    member, row = locked(session, member.id, session_key)
    if row is not None and row.state == AttendanceState.ABSENT:
        raise DomainError("En underviser har noteret, at du mangler kursusgangen. Sig det, hvis det er forkert.")
    if row is not None and row.state == AttendanceState.PRESENT:
        return
    _write(session, row, member, session_key, Mark(AttendanceState.PRESENT), now, actor.person_id, TALK_HOW)
    audit.record(
        session, actor_id=actor.person_id, now=now, verb="talk_held", run_id=member.run_id,
        detail={"membership": member.id, "session": session_key, "team": team_id},
    )  # fmt: skip
    keep_in_step(session, now, member, session_key)


def _record(
    session: Session, actor: Actor, now: datetime, run: Run, verb: str, member: int | None, session_key: str, what: str
) -> None:
    audit.record(
        session, actor_id=actor.person_id, now=now, verb=verb, run_id=run.id,
        detail={"membership": member, "session": session_key, "state": str(what)},
    )  # fmt: skip
    session.flush()


# -- made up with another run ------------------------------------------------------------------------------------------


def hosts(session: Session, actor: Actor, run: Run, session_key: str) -> list[Run]:
    """The runs a missed session can be taken with: of the same course, live, on another day, where the actor is staff
    too.
    """
    own = require_meeting(run, session_key)
    rows = session.scalars(
        select(RunSession)
        .join(Run, Run.id == RunSession.run_id)
        .join(Membership, Membership.run_id == Run.id)
        .where(
            RunSession.key == session_key,
            Run.course_id == run.course_id,
            Run.id != run.id,
            Run.cancelled_at.is_(None),
            Run.mode == LIVE,
            Membership.person_id == actor.person_id,
            Membership.role.in_([role.value for role in STAFF]),
            Membership.left_at.is_(None),
        )
        .order_by(RunSession.starts_at, Run.id)
    )
    day = own.starts_at.astimezone(COPENHAGEN).date()
    found = {row.run_id: row for row in rows if row.starts_at.astimezone(COPENHAGEN).date() != day}
    return [session.get_one(Run, number) for number in found]


def plan_elsewhere(
    session: Session, *, actor: Actor, now: datetime, run: Run, membership_id: int, session_key: str, host_id: int
) -> Attendance:
    """Agree that a member takes a session with another run. There the staff see them among the guests.

    Raises:
        NotAllowed: the actor is not staff of both runs, or there is no such member or session.
        DomainError: the member has been seen in the session already.
    """
    require_staff(session, actor, run)
    require_going_on(run)
    if host_id not in {host.id for host in hosts(session, actor, run, session_key)}:
        raise NotAllowed
    member, row = locked(session, membership_id, session_key)
    if member.run_id != run.id:
        raise NotAllowed
    if row is not None and row.state == AttendanceState.PRESENT:
        raise DomainError("Deltageren er noteret til stede den dag. Fjern det først, hvis det er forkert.")
    if row is None:
        row = Attendance(membership_id=member.id, session_key=session_key)
        session.add(row)
    elif row.held_in_run_id == host_id and row.state == AttendanceState.PLANNED:
        return row
    row.held_in_run_id = host_id
    _write(session, row, member, session_key, Mark(AttendanceState.PLANNED), now, actor.person_id, STAFF_HOW)
    _record(session, actor, now, run, "attendance_planned", member.id, session_key, f"run {host_id}")
    keep_in_step(session, now, member, session_key)
    return row


def drop_plan(session: Session, *, actor: Actor, now: datetime, run: Run, membership_id: int, session_key: str) -> None:
    """Take an agreement back. Somebody who has been there with the other run keeps that.

    Raises:
        DomainError: the member has been seen with the other run.
    """
    require_staff(session, actor, run)
    require_meeting(run, session_key)
    member, row = locked(session, membership_id, session_key)
    if member.run_id != run.id:
        raise NotAllowed
    if row is None or row.held_in_run_id is None:
        return
    if row.state == AttendanceState.PRESENT:
        raise DomainError("Deltageren har været til stede med det andet hold. Aftalen kan ikke fjernes.")
    session.delete(row)
    session.flush()
    _record(session, actor, now, run, "attendance_plan_dropped", member.id, session_key, "none")
    keep_in_step(session, now, member, session_key)


# -- in step with progress ---------------------------------------------------------------------------------------------


def keep_in_step(session: Session, now: datetime, member: Membership, session_key: str) -> None:
    """Let the progress of the session's activity say whether the attendance counts."""
    found = presences(session, member.run, [member.id])[member.id].get(session_key)
    _follow(session, now, member, session_key, found)


def _follow(session: Session, now: datetime, member: Membership, session_key: str, found: Presence | None) -> None:
    for activity in attend_activities(course_of(session, member.run), session_key):
        key = {"membership_id": member.id, "activity_id": activity.id}
        if found is not None and found.counts:
            upsert(session, Progress, key, {"at": now})
        else:
            session.execute(delete(Progress).filter_by(**key))


def recount(session: Session, *, now: datetime, run: Run) -> None:
    """Count every attendance of a run, and of its guests, anew: its times or its content have changed."""
    session.flush()
    rows = session.execute(
        select(Membership, Attendance.session_key)
        .join(Attendance, Attendance.membership_id == Membership.id)
        .where(or_(Membership.run_id == run.id, Attendance.held_in_run_id == run.id))
    ).all()
    by_run: dict[int, list[tuple[Membership, str]]] = {}
    for member, session_key in rows:
        by_run.setdefault(member.run_id, []).append((member, session_key))
    for pairs in by_run.values():
        found = presences(session, pairs[0][0].run, {member.id for member, _ in pairs})
        for member, session_key in pairs:
            _follow(session, now, member, session_key, found[member.id].get(session_key))
