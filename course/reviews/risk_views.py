"""A flag that a patient may be at risk, and the clinician's answer."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course.db.errors import NotAllowed
from course.db.session import current, writing
from course.runs.access import actor, run
from course.web.audience import STAFF, audience
from course.web.clock import now

from . import reading, risk
from .blueprint import bp
from .inbox_views import is_organiser


@bp.get("/runs/<int:run_id>/reviews/risks/<int:flag_id>", endpoint="risk")
@audience(*STAFF)
def show(run_id: int, flag_id: int) -> str:
    """The flag: who raised it and why, and the answer."""
    flag = risk.find(current(), actor=actor(), run=run(), flag_id=flag_id, is_organiser=is_organiser())
    try:
        at_hand = reading.find(current(), actor=actor(), run_id=run_id, work_id=flag.work_id)
    except NotAllowed:
        at_hand = None
    return render_template(
        "reviews/risk.html",
        run=run(),
        flag=flag,
        reading=at_hand,
        answers=risk.ANSWERS,
        answer_options=[{"id": name, "text": text} for name, text in risk.ANSWERS.items()],
        is_clinician=run().clinician_id == actor().person_id,
        is_organiser=is_organiser(),
    )


@bp.post("/runs/<int:run_id>/reviews/risks/<int:flag_id>")
@audience(*STAFF)
def answer_risk(run_id: int, flag_id: int) -> ResponseReturnValue:
    """The clinician's answer."""
    with writing() as session:
        risk.answer_flag(
            session,
            actor=actor(),
            now=now(),
            run=run(),
            flag_id=flag_id,
            answer=request.form.get("answer", ""),
        )
    flash("Tak. Svaret er noteret, og underviseren kan se det.", "success")
    return redirect(url_for("reviews.risk", run_id=run_id, flag_id=flag_id), 303)
