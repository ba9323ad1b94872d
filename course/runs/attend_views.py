"""The participant's page of attendance: type the code on the screen, or come by its picture."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select

from course.accounts.browser import count_tries, secret
from course.accounts.limits import Limit
from course.db.errors import DomainError
from course.db.session import current, writing
from course.web.audience import PARTICIPANT, SIGNED_IN, audience
from course.web.clock import now

from . import attendance_code
from .access import LARGEST_ID, actor, participant, run
from .attendance_reading import presences
from .attendance_rules import AttendanceState, typed_code
from .contents import course_of
from .models import Attendance, Membership
from .rules import Role
from .views import bp

GUESSES = Limit("attendance-code", 12, timedelta(minutes=10))


@bp.get("/runs/<int:run_id>/attend")
@audience(PARTICIPANT)
def attend(run_id: int) -> ResponseReturnValue:
    """Where the code is typed; one that came with the address is filled in. In one's own time there is no code: the
    way leads to the partner.
    """
    if run().is_own_time and run().sessions:
        key = next((m.key for m in reversed(run().sessions) if m.starts_at <= now()), run().sessions[0].key)
        return redirect(url_for("teams.partner", run_id=run_id, session_key=key))
    return _page(typed=typed_code(request.args.get("code", "")))


def _page(*, typed: str = "", fault: str = "") -> str:
    member, moment = participant(), now()
    found = presences(current(), run(), [member.id])[member.id]
    doors = attendance_code.doors(current(), run(), member)
    return render_template(
        "runs/attend.html",
        run=run(),
        course=course_of(current(), run()),
        typed=typed,
        fault=fault,
        doors=doors,
        open_now=next((door for door in doors if door.is_open(moment)), None),
        next_door=min((d for d in doors if moment < d.opens_at), key=lambda d: d.starts_at, default=None),
        presences=found,
        PRESENT=AttendanceState.PRESENT,
    )


@bp.post("/runs/<int:run_id>/attend")
@audience(PARTICIPANT)
def arrive(run_id: int) -> ResponseReturnValue:
    """Note the arrival; or say what is wrong with the code. Every try counts."""
    typed = request.form.get("code", "")
    try:
        count_tries([(GUESSES, str(actor().person_id))])
        with writing() as session:
            door, _ = attendance_code.arrive(
                session, actor=actor(), now=now(), run=run(), membership=participant(), secret=secret(), typed=typed
            )
    except DomainError as error:
        if error.status == 404:
            raise
        return _page(typed=typed_code(typed), fault=error.message), error.status
    flash(f"Du er noteret til stede på {door.title}. Velkommen.", "success")
    return redirect(url_for("runs.attend", run_id=run_id), 303)


@bp.get("/attend/<int:run_id>/<typed>")
@audience(SIGNED_IN)
def scan(run_id: int, typed: str) -> ResponseReturnValue:
    """The address in the picture: leads a participant, or a guest from another run, to their own run's page."""
    own = current().scalars(
        select(Membership.run_id)
        .outerjoin(Attendance, Attendance.membership_id == Membership.id)
        .where(
            Membership.person_id == actor().person_id,
            Membership.role == Role.PARTICIPANT.value,
            Membership.left_at.is_(None),
            or_(Membership.run_id == run_id, Attendance.held_in_run_id == run_id),
        )
        .order_by(Membership.run_id != run_id)
        .limit(1)
    ).first()  # fmt: skip
    if own is None or run_id > LARGEST_ID:
        abort(404)
    return redirect(url_for("runs.attend", run_id=own, code=typed_code(typed)))
