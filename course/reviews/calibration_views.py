"""Reading the anchor texts of a rubric one by one, and seeing what an experienced reviewer chose, and why."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course.content.catalogue import Rubric
from course.db.errors import DomainError, NotAllowed
from course.db.session import current, writing
from course.runs.access import access, actor, run
from course.runs.contents import course_of
from course.web.audience import ANYONE_IN_RUN, audience
from course.web.clock import now

from . import calibration, profiles
from .blueprint import bp
from .calibration_rules import agreement, compare

RUBRIC = "/runs/<int:run_id>/calibration/<rubric_id>"
LEVEL = "level-"


def _rubric(rubric_id: str) -> Rubric:
    return calibration.rubric_for(course_of(current(), run()), rubric_id)


@bp.get(RUBRIC)
@audience(*ANYONE_IN_RUN)
def calibrate(run_id: int, rubric_id: str) -> ResponseReturnValue:
    """The anchor texts, how far one is, and for staff how well the readers of the run agree."""
    rubric = _rubric(rubric_id)
    own = calibration.own_judgements(current(), run_id, actor().person_id, rubric)
    judged = calibration.judgements(current(), run_id, rubric) if access().is_staff else []
    return render_template(
        "reviews/calibration.html",
        run=run(),
        rubric=rubric,
        own=own,
        near={
            anchor.id: (sum(one.is_near for one in compared), len(compared))
            for anchor in rubric.anchors
            if anchor.id in own
            for compared in [compare(rubric, anchor, own[anchor.id])]
        },
        next=next((anchor for anchor in rubric.anchors if anchor.id not in own), None),
        is_staff=access().is_staff,
        readers=len({person for person, _, _ in judged}),
        agreement=agreement(rubric, judged),
    )


@bp.get(f"{RUBRIC}/<anchor_id>")
@audience(*ANYONE_IN_RUN)
def anchor(run_id: int, rubric_id: str, anchor_id: str) -> ResponseReturnValue:
    """One anchor text: to judge, or judged already and compared with the expert."""
    return _page(_rubric(rubric_id), anchor_id)


def _page(rubric: Rubric, anchor_id: str, refusal: DomainError | None = None) -> ResponseReturnValue:
    found = next((one for one in rubric.anchors if one.id == anchor_id), None) or abort(404)
    own = calibration.own_judgements(current(), run().id, actor().person_id, rubric)
    following = [one for one in rubric.anchors if one.id not in own and one.id != anchor_id]
    body = render_template(
        "reviews/anchor.html",
        run=run(),
        rubric=rubric,
        anchor=found,
        columns=profiles.columns_of(rubric),
        compared=compare(rubric, found, own[anchor_id]) if anchor_id in own else (),
        typed={name.removeprefix(LEVEL): level for name, level in request.form.items() if name.startswith(LEVEL)},
        next=following[0] if following else None,
        refusal=refusal,
    )
    return body, refusal.status if refusal else 200


@bp.post(f"{RUBRIC}/<anchor_id>")
@audience(*ANYONE_IN_RUN)
def judge_anchor(run_id: int, rubric_id: str, anchor_id: str) -> ResponseReturnValue:
    """Keep one's own levels, and show the expert's."""
    rubric = _rubric(rubric_id)
    typed = {name.removeprefix(LEVEL): level for name, level in request.form.items() if name.startswith(LEVEL)}
    try:
        with writing() as session:
            calibration.judge_anchor(
                session, actor=actor(), now=now(), run=run(), rubric=rubric, anchor_id=anchor_id,
                levels=profiles.read_levels(rubric, typed),
            )  # fmt: skip
    except NotAllowed:
        raise
    except DomainError as refusal:
        return _page(rubric, anchor_id, refusal)
    return redirect(url_for("reviews.anchor", run_id=run_id, rubric_id=rubric_id, anchor_id=anchor_id), 303)
