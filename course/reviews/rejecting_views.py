"""Rejecting stands apart, and asks twice."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course.db.errors import DomainError, NotAllowed
from course.db.session import current, engine, forget_log, writing
from course.runs.access import actor, run
from course.runs.contents import course_of
from course.web.audience import STAFF, audience
from course.web.clock import now
from course.work.rules import REFUSED, Operation

from . import deciding, forms, reading
from .blueprint import bp
from .forms import Typed
from .meanwhile import taken_back
from .reading import Asked, Reading


def confirm_page(
    at_hand: Reading, asked: Asked, typed: Typed, *, refusal: DomainError | None = None
) -> ResponseReturnValue:
    """What is erased, what the author keeps, and the reason. What was typed as comment is the reason so far."""
    if refusal is None and Operation.REJECT not in at_hand.can:
        refusal = DomainError(REFUSED[Operation.REJECT])
    body = render_template(
        "reviews/reject.html",
        run=run(),
        work=at_hand.work,
        reading=at_hand,
        asked=asked,
        kept=[field.label for field in asked.form.fields.values() if field.reflection],
        typed=typed,
        is_possible=Operation.REJECT in at_hand.can,
        refusal=refusal,
    )
    return body, refusal.status if refusal else 200


@bp.get("/runs/<int:run_id>/reviews/works/<int:work_id>/rejection")
@audience(*STAFF)
def rejection(run_id: int, work_id: int) -> ResponseReturnValue:
    """Ask whether the text really shall be rejected."""
    at_hand = reading.find(current(), actor=actor(), run_id=run_id, work_id=work_id)
    return confirm_page(at_hand, reading.asked(course_of(current(), run()), at_hand.work), forms.read({}))


@bp.post("/runs/<int:run_id>/reviews/works/<int:work_id>/rejection")
@audience(*STAFF)
def reject(run_id: int, work_id: int) -> ResponseReturnValue:
    """Reject the text: it is erased at once."""
    typed = forms.read(request.form)
    try:
        at_hand = reading.find(current(), actor=actor(), run_id=run_id, work_id=work_id)
    except NotAllowed:
        return taken_back(work_id, typed)
    asked = reading.asked(course_of(current(), run()), at_hand.work)
    try:
        if request.form.get("sure") != "yes":
            raise DomainError("Sæt hak ved, at teksten skal slettes. Ellers sker der ikke noget.", status=422)
        with writing() as session:
            deciding.reject(
                session, actor=actor(), now=now(), work_id=work_id, seen=typed.seen, comment=typed.comment,
                form=asked.form, analyses=asked.analyses,
            )  # fmt: skip
        forget_log(engine())
    except NotAllowed:
        raise
    except DomainError as refusal:
        fresh = reading.find(current(), actor=actor(), run_id=run_id, work_id=work_id)
        return confirm_page(fresh, asked, typed, refusal=refusal)
    flash(f"»{asked.slot.title}« af {at_hand.author.name} er afvist, og teksten er slettet.", "success")
    return redirect(url_for("reviews.next", run_id=run_id, after=work_id), 303)
