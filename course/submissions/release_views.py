"""What members of a run may read of one another: releases, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from course.content.catalogue import Activity, Course, Kind
from course.db.session import current, writing
from course.runs.access import access, actor, run
from course.runs.contents import course_of
from course.web.audience import ANYONE_IN_RUN, audience
from course.web.clock import now
from course.work.judging import record_opening

from . import service, together, wording
from .blueprint import bp
from .release_line import release_line
from .service import Released


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
    return render_template(
        "submissions/release.html",
        run_id=run_id,
        shown=shown,
        activity=activity,
        fields=fields,
        use=_use(found, activity, course) if shown.is_own else "",
        takes_profile=_takes_profile(activity, shown),
    )


def _takes_profile(activity: Activity, shown: Shown) -> bool:
    """Whether a colleague can set a profile by the rubric of what is released."""
    is_mine_to_give = not (shown.is_own or shown.release.is_shared or access().is_staff)
    return is_mine_to_give and activity.rubric is not None and activity.kind not in (Kind.HOMEWORK, Kind.PEER)


def _use(found: Released, activity: Activity, course: Course) -> str:
    if activity.kind is not Kind.CASE:
        return ""
    is_ahead = any(now() < session.ends_at for session in run().sessions)
    return wording.use_sentence(together.uses_of(current(), found.work_id), course, is_ahead=is_ahead)


def _shown(found: Released, course: Course) -> Shown:
    activity = course.activities.get(found.activity_id)
    is_own = actor().person_id in found.author_ids
    return Shown(
        found,
        _title(activity, found.slot),
        release_line(activity, found.data) if activity else "",
        is_own,
        found.author if access().is_staff or found.is_shared else "",
    )


def _title(activity: Activity | None, slot_id: str) -> str:
    slot = activity.slot(slot_id) if activity else None
    if activity is None or slot is None:
        return "En tekst"
    return slot.title if len(activity.slots) > 1 else activity.title
