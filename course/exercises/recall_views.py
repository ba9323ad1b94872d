""" "Tre om dagen": one question, its explanation, and the next."""

from __future__ import annotations

from uuid import uuid4

from flask import render_template, request
from flask.typing import ResponseReturnValue

from course.content.kinds import Unclear
from course.db.errors import NotAllowed
from course.db.session import current, writing
from course.runs.access import actor, participant, run
from course.runs.contents import course_of
from course.web.audience import PARTICIPANT, audience
from course.web.clock import now
from course.work.service import valid_key

from . import recall
from .blueprint import bp
from .recall import Alone
from .recall_rules import Item


@bp.get("/runs/<int:run_id>/three-a-day")
@audience(PARTICIPANT)
def three(run_id: int) -> str:
    """The next question of today; or that there is none."""
    waiting = recall.waiting(current(), participant().id, course_of(current(), run()), now())
    return _ask(waiting[0]) if waiting else render_template("exercises/three_done.html", run=run())


@bp.post("/runs/<int:run_id>/three-a-day")
@audience(PARTICIPANT)
def three_answer(run_id: int) -> ResponseReturnValue:
    """Take an answer, and explain it."""
    course, form = course_of(current(), run()), request.form
    item = Item(form.get("activity", "")[:80], form.get("exercise", "")[:80], form.get("item", "")[:80])
    save_key = valid_key(form.get("save_key", ""))
    try:
        with writing() as session:
            asked, log = recall.answer(
                session, actor=actor(), now=now(), membership=participant(), course=course, item=item,
                save_key=save_key, posted=form,
            )  # fmt: skip
    except Unclear as unclear:
        found = recall.alone(course, item)
        if found is None:
            raise NotAllowed from None
        return _ask(found, unclear, save_key), 422
    return render_template(
        "exercises/three_explained.html",
        run=run(),
        activity=asked.activity,
        exercise=asked.exercise,
        view=asked.kind.report(asked.spec, log),
        left=len(recall.waiting(current(), participant().id, course, now())),
    )


def _ask(asked: Alone, unclear: Unclear | None = None, save_key: str = "") -> str:
    return render_template(
        "exercises/three_ask.html",
        run=run(),
        item=asked.item,
        activity=asked.activity,
        exercise=asked.exercise,
        view=asked.kind.page(asked.spec, ()),
        kept=unclear.kept if unclear is not None else {},
        errors=list(unclear.problems) if unclear is not None else [],
        save_key=save_key or str(uuid4()),
    )
