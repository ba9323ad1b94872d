"""The staff's pages of attendance: the roll of a session, and the code on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course.accounts.browser import secret
from course.accounts.models import Person
from course.content.catalogue import Session as PlannedSession
from course.db.errors import DomainError
from course.db.session import current, writing
from course.printing.qr import qr_svg
from course.web.audience import STAFF, audience
from course.web.clock import now
from course.web.danish import clock_time

from . import attendance
from .access import access, actor, run
from .attendance_reading import Seat, counted, held_of, roll, signature
from .attendance_rules import OPENS_BEFORE, AttendanceState, Held, Mark, at_clock, code, seconds_left, slot_at
from .contents import course_of
from .models import Attendance, RunSession
from .rules import Role
from .views import bp


@dataclass(frozen=True, slots=True)
class Day:
    """A session of the run with its title."""

    meeting: RunSession
    title: str


def day_of(session_key: str) -> Day:
    """The session an address names; answers 404 when the run has none."""
    meeting = attendance.require_meeting(run(), session_key)
    planned: PlannedSession | None = course_of(current(), run()).sessions.get(session_key)
    return Day(meeting, planned.title if planned else session_key)


def said(row: Attendance | Mark | None) -> str:
    """What is noted, in words: ``Til stede fra kl. 9.45``."""
    if row is None:
        return "Ikke noteret"
    if row.state == AttendanceState.ABSENT:
        return "Ikke til stede"
    if row.state == AttendanceState.PLANNED:
        return "Ventes"
    begins = f" fra kl. {clock_time(row.from_at)}" if row.from_at else ""
    ends = f" til kl. {clock_time(row.until_at)}" if row.until_at else ""
    return f"Til stede{begins}{ends}"


@bp.get("/runs/<int:run_id>/attendance")
@audience(*STAFF)
def attendance_days(run_id: int) -> str:
    """The sessions of the run and how many were there."""
    days = [(day, counted(roll(current(), run(), day.meeting.key))) for day in map(day_of, _keys())]
    return render_template("runs/attendance_days.html", run=run(), days=days, now=now())


def _keys() -> list[str]:
    return [meeting.key for meeting in run().sessions]


@bp.get("/runs/<int:run_id>/sessions/<session_key>/attendance", endpoint="attendance")
@audience(*STAFF)
def show(run_id: int, session_key: str) -> str:
    """The roll of a session."""
    return _roll(day_of(session_key))


def _roll(day: Day, fault: str = "") -> str:
    seats, moment = roll(current(), run(), day.meeting.key), now()
    return render_template(
        "runs/attendance.html",
        run=run(),
        day=day,
        own=[seat for seat in seats if not seat.is_guest],
        guests=[seat for seat in seats if seat.is_guest],
        figures=counted(seats),
        waiting=sum(seat.row is None for seat in seats),
        is_open=moment >= day.meeting.starts_at - OPENS_BEFORE,
        opens_at=day.meeting.starts_at - OPENS_BEFORE,
        said=said,
        way=_way,
        fault=fault,
        is_organiser=_is_organiser(),
    )


def _is_organiser() -> bool:
    return access().membership(Role.ORGANISER) is not None


def _way(seat: Seat) -> str:
    """Who noted it and how: ``Noteret af Maja kl. 9.04`` or ``Noteret med koden kl. 8.57``."""
    row = seat.row
    if row is None:
        return ""
    who = "med koden" if row.how == attendance.CODE_HOW else f"af {seat.marked_by or 'en tidligere underviser'}"
    verb = "Aftalt" if row.state == AttendanceState.PLANNED else "Noteret"
    return f"{verb} {who} kl. {clock_time(row.marked_at)}"


@bp.post("/runs/<int:run_id>/sessions/<session_key>/attendance/<int:membership_id>")
@audience(*STAFF)
def mark_attendance(run_id: int, session_key: str, membership_id: int) -> ResponseReturnValue:
    """Note one member; when somebody else noted something else meanwhile, both are shown."""
    day = day_of(session_key)
    try:
        wanted = _wanted(held_of(current(), run(), day.meeting))
        with writing() as session:
            attendance.mark(
                session, actor=actor(), now=now(), run=run(), session_key=session_key, membership_id=membership_id,
                wanted=wanted, seen=request.form.get("seen", "")[:200],
            )  # fmt: skip
    except attendance.MarkedMeanwhile as error:
        return _both(day, membership_id, error.between), error.status
    except DomainError as error:
        if error.status == 404:
            raise
        return _roll(day, error.message), error.status
    return redirect(
        url_for("runs.attendance", run_id=run_id, session_key=session_key, _anchor=f"m{membership_id}"), 303
    )


def _wanted(session: Held) -> Mark | None:
    state = request.form.get("state", "")
    if state == "none":
        return None
    if state == AttendanceState.ABSENT:
        return Mark(AttendanceState.ABSENT)
    if state != AttendanceState.PRESENT:
        raise DomainError("Vælg, om deltageren er til stede.", status=422)
    begins, ends = (at_clock(session, _clock(request.form.get(name, ""))) for name in ("from", "until"))
    return Mark(AttendanceState.PRESENT, begins, ends)


def _clock(text: str) -> time | None:
    if not text.strip():
        return None
    try:
        return time.fromisoformat(text.strip().replace(".", ":")).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError:
        raise DomainError("Skriv klokkeslættet som 9.45.", status=422) from None


def _both(day: Day, membership_id: int, between: attendance.Meanwhile) -> str:
    session = current()
    seat = next(seat for seat in roll(session, run(), day.meeting.key) if seat.membership.id == membership_id)
    by = session.get(Person, between.found.marked_by_id) if between.found and between.found.marked_by_id else None
    return render_template(
        "runs/attendance_conflict.html",
        run=run(),
        day=day,
        seat=seat,
        found=said(between.found),
        wanted=said(between.wanted),
        by=by.name if by else "",
        with_code=between.found is not None and between.found.how == attendance.CODE_HOW,
        at=between.found.marked_at if between.found else None,
        seen=signature(between.found),
        posted={name: request.form.get(name, "")[:40] for name in ("state", "from", "until")},
    )


@bp.post("/runs/<int:run_id>/sessions/<session_key>/attendance")
@audience(*STAFF)
def mark_rest(run_id: int, session_key: str) -> ResponseReturnValue:
    """Note everybody as there of whom nothing is noted."""
    day = day_of(session_key)
    try:
        with writing() as session:
            done = attendance.mark_rest_present(session, actor=actor(), now=now(), run=run(), session_key=session_key)
    except DomainError as error:
        if error.status == 404:
            raise
        return _roll(day, error.message), error.status
    flash(f"{done} er noteret til stede." if done else "Alle var noteret i forvejen.", "success")
    return redirect(url_for("runs.attendance", run_id=run_id, session_key=session_key), 303)


@bp.get("/runs/<int:run_id>/sessions/<session_key>/code", endpoint="code")
@audience(*STAFF)
def show_code(run_id: int, session_key: str) -> Response:
    """The code for the screen. It changes every minute; the page asks for the next one by itself."""
    day, moment = day_of(session_key), now()
    is_open = day.meeting.starts_at - OPENS_BEFORE <= moment <= day.meeting.ends_at and run().cancelled_at is None
    shown = code(secret(), run_id, session_key, slot_at(moment)) if is_open else ""
    address = url_for("runs.scan", run_id=run_id, typed=shown, _external=True) if shown else ""
    page = render_template(
        "runs/code.html",
        run=run(),
        day=day,
        code=shown,
        address=address,
        short=url_for("runs.attend", run_id=run_id, _external=True).partition("://")[2],
        qr=qr_svg(address) if address else "",
        seconds=seconds_left(moment) if shown else _until_open(day.meeting, moment),
        opens_at=day.meeting.starts_at - OPENS_BEFORE,
        is_over=moment > day.meeting.ends_at,
        figures=counted(roll(current(), run(), session_key)),
    )
    return make_response(page)


def _until_open(meeting: RunSession, moment: datetime) -> int:
    """How long a page without a code stands before it looks again: at the opening, at the latest in a quarter."""
    left = meeting.starts_at - OPENS_BEFORE - moment
    return int(min(max(left, timedelta(seconds=30)), timedelta(minutes=15)).total_seconds())
