"""The pages of exercises."""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course.content.catalogue import Activity
from course.db.session import current, writing
from course.runs.access import actor, participant, run
from course.runs.wording import gate_reason
from course.web.audience import PARTICIPANT, audience
from course.web.clock import now
from course.work.service import valid_key
from course.work.standing import Standing, standing

from . import service
from .kinds.quiz import rules

bp = Blueprint("exercises", __name__, template_folder="templates")


def _found(activity_id: str) -> tuple[Standing, Activity]:
    stands = standing(current(), run(), participant())
    activity = stands.course.activities.get(activity_id)
    if activity is None or activity.quiz is None:
        abort(404)
    return stands, activity


@bp.get("/runs/<int:run_id>/exercises/<activity_id>")
@audience(PARTICIPANT)
def quiz(run_id: int, activity_id: str) -> str:
    """The latest attempt with its explanations, or the questions when there is none (or ``?again=1``)."""
    stands, activity = _found(activity_id)
    attempt = service.latest_attempt(current(), participant().id, activity_id)
    if attempt is None or (request.args.get("again") and stands.gate(activity, now()).is_open):
        return _questions(stands, activity, {}, str(uuid4()))
    return render_template(
        "exercises/answers.html",
        run=run(),
        activity=activity,
        quiz=activity.quiz,
        attempt=attempt,
        is_right=lambda question: rules.is_right(question, attempt.answers),
        same=attempt.asked_digest == activity.digest,
        is_open=stands.gate(activity, now()).is_open,
    )


@bp.post("/runs/<int:run_id>/exercises/<activity_id>")
@audience(PARTICIPANT)
def answer(run_id: int, activity_id: str) -> ResponseReturnValue:
    """Take the answers and show the explanations."""
    stands, activity = _found(activity_id)
    assert activity.quiz is not None
    time, key = now(), valid_key(request.form.get("attempt_key", ""))
    answers = rules.read(activity.quiz, request.form)
    if rules.unanswered(activity.quiz, answers):
        return _questions(stands, activity, answers, key, tried=True), 422
    gate = stands.gate(activity, time)
    with writing() as session:
        service.attempt_quiz(
            session, actor=actor(), now=time, membership=participant(), activity=activity, gate=gate,
            answers=answers, attempt_key=key,
        )  # fmt: skip
    return redirect(url_for("exercises.quiz", run_id=run_id, activity_id=activity_id))


def _questions(
    stands: Standing, activity: Activity, answers: dict[str, list[str]], key: str, *, tried: bool = False
) -> str:
    assert activity.quiz is not None
    gate = stands.gate(activity, now())
    return render_template(
        "exercises/quiz.html",
        run=run(),
        activity=activity,
        quiz=activity.quiz,
        answers=answers,
        attempt_key=key,
        is_open=gate.is_open,
        reason=gate_reason(gate, stands.course),
        missing=[(q.id, f"Svar på »{q.text}«.") for q in rules.unanswered(activity.quiz, answers)] if tried else [],
    )
