"""What members of a run may read of one another: releases, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from course.content.catalogue import Activity, Course, Field
from course.db.session import current, writing
from course.runs.access import access, actor, run
from course.runs.contents import course_of
from course.web.audience import ANYONE_IN_RUN, audience
from course.web.clock import now
from course.work.judging import record_opening

from . import service
from .blueprint import bp
from .service import Released

SHORT = 26
"""Chosen answers of at most so many signs make the line a release is recognised by."""
MOST = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A release as a list and a page show it. Only staff, and authors themselves, learn whose it is."""

    release: Released
    title: str
    line: str
    is_own: bool
    author: str


@bp.get("/runs/<int:run_id>/releases")
@audience(*ANYONE_IN_RUN)
def releases(run_id: int) -> ResponseReturnValue:
    """The cases of the run that can be read now."""
    course = course_of(current(), run())
    shown = [_shown(one, course) for one in service.releases(current(), run_id)]
    return render_template("submissions/releases.html", run_id=run_id, run=run(), releases=shown)


@bp.get("/runs/<int:run_id>/releases/<int:release_id>")
@audience(*ANYONE_IN_RUN)
def release(run_id: int, release_id: int) -> ResponseReturnValue:
    """One release; its author can see that somebody has opened it."""
    course = course_of(current(), run())
    found = next(iter(service.releases(current(), run_id, release_id)), None)
    activity = course.activities.get(found.activity_id) if found else None
    if found is None or activity is None or activity.form is None:
        abort(404)
    shown = _shown(found, course)
    if not shown.is_own:
        with writing() as session:
            record_opening(
                session,
                actor=actor(),
                now=now(),
                work_id=found.work_id,
                capacity="reviewer" if access().is_staff else "colleague",
            )
    fields = [field for field in activity.form.fields.values() if field.id in found.data and not field.private]
    return render_template("submissions/release.html", run_id=run_id, shown=shown, activity=activity, fields=fields)


def _shown(found: Released, course: Course) -> Shown:
    activity = course.activities.get(found.activity_id)
    is_own = found.author_id == actor().person_id
    return Shown(
        found,
        _title(activity, found.slot),
        _line(activity, found) if activity else "",
        is_own,
        found.author if access().is_staff else "",
    )


def _title(activity: Activity | None, slot_id: str) -> str:
    slot = activity.slot(slot_id) if activity else None
    if activity is None or slot is None:
        return "Et forløb"
    return slot.title if len(activity.slots) > 1 else activity.title


def _line(activity: Activity, found: Released) -> str:
    """The first short choices, by which one case is told from another: »40–49 år · Rengøring · Ryg«."""
    fields = activity.form.fields.values() if activity.form else ()
    texts = [text for field in fields if field.id in found.data for text in _chosen(field, found.data[field.id])]
    return " · ".join([text for text in texts if len(text) <= SHORT][:MOST])


def _chosen(field: Field, value: object) -> list[str]:
    if field.type == "choice":
        return [field.option_text(str(value))]
    if field.type == "choices" and isinstance(value, list):
        return [field.option_text(one) for one in value][:1]
    return []
