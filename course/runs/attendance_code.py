"""Being let in by the code on the screen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.rules import Actor
from course.db.errors import DomainError, NotAllowed
from course.web.danish import clock_time, day, long_date

from .attendance import locked, require_going_on, write_by_code
from .attendance_reading import held_of, meeting_of
from .attendance_rules import AttendanceState, Door, Knock, arrival, knock, typed_code
from .contents import course_of
from .models import Attendance, Membership, Run


class CodeRefused(DomainError):
    """The code lets nobody in, and why."""

    status = 422


def doors(session: Session, run: Run, membership: Membership) -> list[Door]:
    """The sessions a member may be let into by a code: their own run's, and those agreed with another run. A run that
    is taken in one's own time has no code.
    """
    rows = session.scalars(select(Attendance).where(Attendance.membership_id == membership.id))
    elsewhere = {row.session_key: row.held_in_run_id for row in rows if row.held_in_run_id is not None}
    course, found = course_of(session, run), []
    for meeting in run.sessions:
        host_id = elsewhere.get(meeting.key, run.id)
        held_in = run if host_id == run.id else session.get_one(Run, host_id)
        at = meeting_of(held_in, meeting.key)
        if at is not None and held_in.cancelled_at is None and not held_in.is_own_time:
            title = course.sessions[meeting.key].title if meeting.key in course.sessions else meeting.key
            found.append(Door(held_in.id, meeting.key, title, at.starts_at, at.ends_at))
    return found


def arrive(
    session: Session, *, actor: Actor, now: datetime, run: Run, membership: Membership, secret: str, typed: str
) -> tuple[Door, Attendance]:
    """Note that the actor is there, by the code on the screen. Typing it again changes nothing.

    Raises:
        NotAllowed: the membership is somebody else's.
        CodeRefused: the code is wrong, too old, or too early.
        DomainError: the run is cancelled, or staff have noted something else.
    """
    if membership.person_id != actor.person_id or membership.run_id != run.id:
        raise NotAllowed
    require_going_on(run)
    answer, door = knock(typed_code(typed), doors(session, run, membership), secret, now)
    if answer is not Knock.GOOD or door is None:
        raise CodeRefused(refusal(answer, door))
    member, row = locked(session, membership.id, door.session_key)
    if row is not None and row.state != AttendanceState.PLANNED:
        return door, _as_it_stands(row)
    host = session.get_one(Run, door.run_id)
    meeting = meeting_of(host, door.session_key)
    assert meeting is not None, "a door is a session of its run"
    write_by_code(
        session, actor=actor, now=now, member=member, row=row, session_key=door.session_key,
        from_at=arrival(held_of(session, host, meeting), now),
    )  # fmt: skip
    _, row = locked(session, membership.id, door.session_key)
    assert row is not None, "it was written a moment ago"
    return door, row


def _as_it_stands(row: Attendance) -> Attendance:
    """What staff have noted stands; a code changes none of it."""
    if row.state == AttendanceState.ABSENT:
        raise DomainError("En underviser har noteret, at du ikke er til stede. Sig det, hvis det er forkert.")
    return row


def refusal(answer: Knock, door: Door | None) -> str:
    """Why a code lets nobody in, as Danish sentences."""
    match answer, door:
        case Knock.CHANGED, _:
            return "Koden er skiftet. Skriv den, der står på skærmen nu."
        case Knock.OTHER_DAY, Door():
            return f"Den kode var fra {door.title} {day(door.starts_at)} og gælder ikke mere."
        case Knock.TOO_EARLY, Door():
            return (
                f"{door.title} begynder {long_date(door.starts_at)}. Koden virker fra kl. {clock_time(door.opens_at)}."
            )
        case Knock.WRONG, _:
            return "Koden passer ikke. Se efter på skærmen, og skriv de seks tegn igen."
        case _:
            return "Der er ingen kursusgang at melde sig til. Mangler dit fremmøde, så sig det til en underviser."
