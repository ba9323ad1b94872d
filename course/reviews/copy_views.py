"""The copy that colleagues see: looked at first, then released."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from course.db.errors import DomainError, NotAllowed
from course.db.session import current, writing
from course.runs.access import actor, run
from course.runs.contents import course_of
from course.web.audience import STAFF, audience
from course.web.clock import now
from course.work import judging
from course.work.finding import revision

from . import deciding, forms, profiles, reading
from .blueprint import bp
from .forms import Typed
from .meanwhile import taken_back
from .reading import Asked, Reading


def preview_page(
    at_hand: Reading, asked: Asked, typed: Typed, *, refusal: DomainError | None = None
) -> ResponseReturnValue:
    """The copy exactly as colleagues would read it. What was typed on the review page goes along."""
    work = at_hand.work
    judged = revision(current(), work.id, work.submitted_no)
    if judged is None or judged.data is None or asked.audience is None:
        raise NotAllowed
    copy = judging.redacted(asked.form, judged.data, judging.redactions(current(), work.id, judged.no))
    body = render_template(
        "reviews/preview.html",
        run=run(),
        work=work,
        reading=at_hand,
        asked=asked,
        fields=[field for field in asked.form.fields.values() if not field.private],
        copy=copy,
        digest=deciding.copy_digest(copy),
        typed=replace(typed, revision_no=judged.no, state=work.state),
        can={operation.value for operation in at_hand.can},
        refusal=refusal,
    )
    return body, refusal.status if refusal else 200


@bp.get("/runs/<int:run_id>/reviews/works/<int:work_id>/copy")
@audience(*STAFF)
def preview(run_id: int, work_id: int) -> ResponseReturnValue:
    """Look at the copy."""
    at_hand = reading.find(current(), actor=actor(), run_id=run_id, work_id=work_id)
    return preview_page(at_hand, reading.asked(course_of(current(), run()), at_hand.work), forms.read({}))


@bp.post("/runs/<int:run_id>/reviews/works/<int:work_id>/copy")
@audience(*STAFF)
def release(run_id: int, work_id: int) -> ResponseReturnValue:
    """Release the copy that was looked at; with ``do=accept`` accept the text first."""
    typed = forms.read(request.form)
    try:
        at_hand = reading.find(current(), actor=actor(), run_id=run_id, work_id=work_id)
    except NotAllowed:
        return taken_back(work_id, typed)
    asked = reading.asked(course_of(current(), run()), at_hand.work)
    try:
        with writing() as session:
            _keep_profile(session, at_hand.work.id, asked, typed)
            deciding.release(
                session,
                actor=actor(),
                now=now(),
                work_id=work_id,
                seen=typed.seen,
                activity=asked.activity,
                seen_copy=request.form.get("copy", ""),
                accept_first=typed.do == "accept",
                comment=typed.comment,
            )
    except NotAllowed:
        raise
    except DomainError as refusal:
        fresh = reading.find(current(), actor=actor(), run_id=run_id, work_id=work_id)
        return preview_page(fresh, asked, typed, refusal=refusal)
    to = "givet til makkeren" if asked.audience == "peer" else "frigivet til holdet"
    flash(f"»{asked.slot.title}« af {at_hand.author.name} er {to}.", "success")
    return redirect(url_for("reviews.next", run_id=run_id, after=work_id), 303)


def _keep_profile(session: Session, work_id: int, asked: Asked, typed: Typed) -> None:
    """Keep the profile that was chosen on the review page, when the text is accepted in the same breath."""
    levels = profiles.read_levels(asked.rubric, typed.levels) if asked.rubric is not None else {}
    if asked.rubric is not None and levels and typed.do == "accept":
        profiles.set_profile(
            session, actor=actor(), now=now(), work_id=work_id, revision_no=typed.revision_no, rubric=asked.rubric,
            levels=levels,
        )  # fmt: skip
