"""The pages of exercises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course.content import kinds
from course.content.catalogue import Activity
from course.content.kinds import Unclear
from course.db.session import current, writing
from course.runs.access import actor, participant, run
from course.runs.wording import gate_reason
from course.web.audience import PARTICIPANT, audience
from course.web.clock import now
from course.work.service import valid_key
from course.work.standing import Standing, standing

from . import reading, rules, service
from .blueprint import bp
from .reading import Asked, Begun
from .service import Outcome, Sent


def _found(activity_id: str) -> tuple[Standing, Activity]:
    stands = standing(current(), run(), participant())
    activity = stands.course.activities.get(activity_id)
    if activity is None or not activity.kind.is_played:
        abort(404)
    return stands, activity


@bp.get("/runs/<int:run_id>/exercises/<activity_id>")
@audience(PARTICIPANT)
def play(run_id: int, activity_id: str) -> str:
    """The attempt under way; or the latest with its explanations; or a new one when there is none (or ``?again=1``)."""
    stands, activity = _found(activity_id)
    at = reading.place(current(), participant().id, activity.id)
    latest = at.latest
    is_open = stands.gate(activity, now()).is_open
    if latest is None or (latest.attempt is not None and request.args.get("again") and is_open):
        exercise = rules.given(activity.exercises, participant().id, at.finished)
        return _ask(stands, activity, Asked(stands.course, activity, exercise), None, str(uuid4()))
    what = reading.asked(current(), latest.practice) or abort(404)
    if latest.attempt is None:
        return _ask(stands, activity, what, latest, latest.practice.key)
    return render_template(
        "exercises/explain.html",
        run=run(),
        activity=activity,
        exercise=what.exercise,
        case=what.course.cases.get(what.exercise.case or ""),
        attempt=latest.attempt,
        passes_at=what.activity.passes_at,
        is_passed=rules.is_passed(what.kind.score(what.exercise.spec, latest.log), what.activity.passes_at),
        view=what.kind.report(what.exercise.spec, latest.log),
        together=_together(what, latest),
        same=latest.attempt.asked_digest == activity.digest,
        is_open=is_open,
        has_variants=len(activity.exercises) > 1,
    )


def _together(what: Asked, begun: Begun) -> Mapping[str, Any] | None:
    """How the run has answered, for a kind that shows it and when enough have answered."""
    shared = kinds.shared(what.exercise.kind)
    if shared is None:
        return None
    logs = reading.logs_of_run(current(), run().id, begun.practice)
    return shared.together(what.exercise.spec, begun.log, logs) if len(logs) >= rules.FEWEST_TOGETHER else None


@bp.post("/runs/<int:run_id>/exercises/<activity_id>")
@audience(PARTICIPANT)
def answer(run_id: int, activity_id: str) -> ResponseReturnValue:
    """Take a step, and show what comes after it."""
    stands, activity = _found(activity_id)
    time, form = now(), request.form
    after = form.get("after", "0")
    sent = Sent(
        valid_key(form.get("key", "")),
        valid_key(form.get("save_key", "")),
        form.get("exercise", activity.exercises[0].id),
        int(after) if after.isascii() and after.isdigit() and len(after) < 6 else 0,
        form,
    )
    gate = stands.gate(activity, time)
    try:
        with writing() as session:
            outcome = service.take_step(
                session, actor=actor(), now=time, membership=participant(), activity=activity,
                content_digest=run().content_digest, gate=gate, sent=sent,
            )  # fmt: skip
    except Unclear as unclear:
        return _asked_again(stands, activity, sent, unclear), 422
    if outcome is Outcome.STALE:
        flash("Siden var ikke den nyeste. Her er du nået til.", "info")
    return redirect(url_for("exercises.play", run_id=run_id, activity_id=activity_id))


def _asked_again(stands: Standing, activity: Activity, sent: Sent, unclear: Unclear) -> str:
    """The page a step was posted from, with what was chosen and what is missing."""
    at = reading.place(current(), participant().id, activity.id, sent.key)
    what = reading.asked(current(), at.asked.practice) if at.asked is not None else None
    if what is None:
        exercise = rules.given(activity.exercises, participant().id, at.finished)
        what = Asked(stands.course, activity, exercise)
    return _ask(stands, activity, what, at.asked, sent.key, unclear, sent.save_key)


def _ask(
    stands: Standing,
    activity: Activity,
    what: Asked,
    begun: Begun | None,
    key: str,
    unclear: Unclear | None = None,
    save_key: str = "",
) -> str:
    gate = stands.gate(activity, now())
    log = begun.log if begun is not None else ()
    return render_template(
        "exercises/ask.html",
        run=run(),
        activity=activity,
        exercise=what.exercise,
        case=what.course.cases.get(what.exercise.case or ""),
        view=what.kind.page(what.exercise.spec, log),
        kept=unclear.kept if unclear is not None else {},
        errors=list(unclear.problems) if unclear is not None else [],
        key=key,
        save_key=save_key or str(uuid4()),
        after=len(log),
        is_open=gate.is_open,
        reason=gate_reason(gate, stands.course),
    )
