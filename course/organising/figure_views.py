"""The run in figures, and the problem map: for staff, and for the screen in the room."""

from __future__ import annotations

from flask import render_template, request

from course.db.session import current
from course.runs.access import access, run
from course.runs.contents import course_of
from course.web.audience import ANYONE_IN_RUN, STAFF, audience
from course.web.clock import now

from . import figures as reading
from .views import bp


@bp.get("/runs/<int:run_id>/figures")
@audience(*STAFF)
def figures(run_id: int) -> str:
    """What the run has answered, as pictures with tables; ``?plenary=1`` for the screen, without what was written."""
    course = course_of(current(), run())
    pictures, words = reading.figures(current(), run_id, course)
    results = reading.results(current(), run_id, course)
    is_plenary = request.args.get("plenary") == "1"
    return render_template(
        "organising/figures.html",
        run=run(),
        pictures=pictures,
        results=results,
        words=() if is_plenary else words,
        is_plenary=is_plenary,
    )


@bp.get("/runs/<int:run_id>/problem-map")
@audience(*ANYONE_IN_RUN)
def problem_map(run_id: int) -> str:
    """Barriers × solutions as the run's groups have named them. Participants see it once the first day has begun."""
    course = course_of(current(), run())
    starts = min((session.starts_at for session in run().sessions), default=None)
    is_open = access().is_staff or (starts is not None and starts <= now())
    return render_template(
        "organising/problem_map.html",
        run=run(),
        starts_at=starts,
        is_open=is_open,
        map=reading.problem_map(current(), run_id, course) if is_open else None,
    )


@bp.get("/runs/<int:run_id>/meetings")
@audience(*ANYONE_IN_RUN)
def meetings(run_id: int) -> str:
    """What people did between the sessions, side by side: their logs as figures, without words and without names."""
    course = course_of(current(), run())
    pictures, count = reading.logs_side_by_side(current(), run_id, course)
    return render_template(
        "organising/meetings.html", run=run(), pictures=pictures, count=count, is_staff=access().is_staff
    )
