"""A member's own partner in a session that is taken in one's own time: what the two do together, and that they did."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from course.content.catalogue import Kind
from course.db.errors import DomainError, NotAllowed
from course.db.session import current, writing
from course.runs.access import actor, participant, run
from course.runs.wording import gate_reason
from course.web.audience import PARTICIPANT, audience
from course.web.clock import now
from course.work.standing import activities_of, standing

from . import partners
from .blueprint import bp
from .groups_views import meeting
from .partner_reading import partners_of


@bp.get("/runs/<int:run_id>/sessions/<session_key>/partner")
@audience(PARTICIPANT)
def partner(run_id: int, session_key: str) -> ResponseReturnValue:
    """Who my partner is, what we do together, what I have left, and the talk that closes the session."""
    if not run().is_own_time:
        return redirect(url_for("teams.group", run_id=run_id, session_key=session_key))
    return _page(session_key), 200


def _page(session_key: str, fault: str = "") -> str:
    course, dated = meeting(session_key)
    stands, member, time = standing(current(), run(), participant()), participant(), now()
    attending = course.attend_activity(session_key) or abort(404)
    gate = stands.gate(attending, time)
    together = [a for a in activities_of(course, session_key) if a.is_shared or a.kind is Kind.PEER]
    return render_template(
        "teams/partner.html",
        run=run(),
        course=course,
        session=dated,
        title=course.sessions[session_key].title,
        partners=partners_of(current(), member, session_key),
        has_team=stands.team_id(session_key) is not None,
        together=[(activity, stands.fact(activity.id), stands.gate(activity, time)) for activity in together],
        left=[course.activities[need.activity_id] for need in gate.needs],
        attending=attending,
        gate=gate,
        is_done=stands.fact(attending.id) is not None,
        reason=lambda one: gate_reason(one, course),
        fault=fault,
    )


@bp.post("/runs/<int:run_id>/sessions/<session_key>/partner")
@audience(PARTICIPANT)
def talked(run_id: int, session_key: str) -> ResponseReturnValue:
    """ "Vi har holdt den": the session is done."""
    course, _ = meeting(session_key)
    try:
        with writing() as session:
            partners.hold_talk(
                session, actor=actor(), now=now(), run=run(), member=participant(), session_key=session_key
            )
    except NotAllowed:
        raise
    except DomainError as refusal:
        return _page(session_key, refusal.message), refusal.status
    flash(f"{course.sessions[session_key].title} er gjort.", "success")
    return redirect(url_for("teams.partner", run_id=run_id, session_key=session_key), 303)
