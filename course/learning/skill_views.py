"""»Dine færdigheder«: each skill as a ladder."""

from __future__ import annotations

from flask import render_template

from course.db.session import current
from course.exercises.reading import attempts
from course.runs.access import participant, run
from course.runs.wording import gate_reason
from course.web.audience import PARTICIPANT, audience
from course.web.clock import now
from course.work.standing import standing

from . import service, skill_rules
from .blueprint import bp
from .lines import way


@bp.get("/runs/<int:run_id>/skills")
@audience(PARTICIPANT)
def skills(run_id: int) -> str:
    """Where the member stands in each skill, and what comes next. Only they see it."""
    stands = standing(current(), run(), participant())
    tried = [(one.activity_id, one.points, one.points_of) for one in attempts(current(), participant().id)]
    return render_template(
        "learning/skills.html",
        run=run(),
        course=stands.course,
        ladders=skill_rules.ladders(stands.course, service.entries(stands, now()), skill_rules.best_results(tried)),
        url_of=lambda entry: way(entry, run_id).url,
        reason=lambda entry: gate_reason(entry.gate, stands.course),
    )
