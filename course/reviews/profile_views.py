"""Where a participant sets a profile: of the own text, and of a colleague's that is released."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course.content.catalogue import Activity, Course, Rubric
from course.db.errors import DomainError, NotAllowed
from course.db.session import current, writing
from course.runs.access import actor, run
from course.runs.contents import course_of
from course.submissions.place import Place, place, posted_number
from course.submissions.service import Released, releases
from course.web.audience import PARTICIPANT, audience
from course.web.clock import now

from . import own_profiles, profiles
from .blueprint import bp

OWN = "/runs/<int:run_id>/activities/<activity_id>/<slot>/profile"
COLLEAGUES = "/runs/<int:run_id>/releases/<int:release_id>/profile"
KEPT = "Profilen er gemt. Du kan ændre den, så længe du vil."


@bp.get(OWN)
@audience(PARTICIPANT)
def own_profile(run_id: int, activity_id: str, slot: str) -> ResponseReturnValue:
    """One's own text by the rubric, with everybody's profiles in one picture."""
    here, rubric = _own(activity_id, slot)
    if here.live is None or not own_profiles.is_ready(here.live.work):
        return redirect(here.url())
    return _own_page(here, rubric)


@bp.post(OWN)
@audience(PARTICIPANT)
def set_own_profile(run_id: int, activity_id: str, slot: str) -> ResponseReturnValue:
    """Keep one's own profile."""
    here, rubric = _own(activity_id, slot)
    if here.live is None:
        raise NotAllowed
    try:
        with writing() as session:
            own_profiles.set_own(
                session, actor=actor(), now=here.now, work_id=here.live.work.id,
                revision_no=posted_number("revision_no"), rubric=rubric, levels=_levels(rubric),
            )  # fmt: skip
    except NotAllowed:
        raise
    except DomainError as refusal:
        return _own_page(_own(activity_id, slot)[0], rubric, refusal)
    flash(KEPT, "success")
    return redirect(here.url("reviews.own_profile"), 303)


def _own(activity_id: str, slot: str) -> tuple[Place, Rubric]:
    here = place(activity_id, slot, now())
    return here, own_profiles.rubric_of(here.course, here.activity) or abort(404)


def _levels(rubric: Rubric) -> dict[str, int]:
    return profiles.read_levels(rubric, {name: request.form.get(f"profile-{name}", "") for name in _names(rubric)})


def _names(rubric: Rubric) -> list[str]:
    return [one.id for one in rubric.criteria]


def _own_page(here: Place, rubric: Rubric, refusal: DomainError | None = None) -> ResponseReturnValue:
    session, me = current(), actor().person_id
    live = here.live or abort(404)
    body = render_template(
        "reviews/own_profile.html",
        here=here,
        rubric=rubric,
        columns=profiles.columns_of(rubric),
        levels=_levels(rubric) if refusal else profiles.own_levels(session, live.work, me),
        pictures=own_profiles.pictures(session, here.course, live.work, rubric, me),
        revision_no=live.work.submitted_no,
        refusal=refusal,
    )
    return body, refusal.status if refusal else 200


@bp.get(COLLEAGUES)
@audience(PARTICIPANT)
def colleague_profile(run_id: int, release_id: int) -> ResponseReturnValue:
    """A colleague's released text by the rubric."""
    return _colleagues_page(*_released(run_id, release_id))


@bp.post(COLLEAGUES)
@audience(PARTICIPANT)
def set_colleague_profile(run_id: int, release_id: int) -> ResponseReturnValue:
    """Keep the profile; its author sees it."""
    course, activity, found, rubric = _released(run_id, release_id)
    try:
        with writing() as session:
            own_profiles.set_by_colleague(
                session, actor=actor(), now=now(), release_id=release_id, rubric=rubric, levels=_levels(rubric)
            )
    except NotAllowed:
        raise
    except DomainError as refusal:
        return _colleagues_page(course, activity, found, rubric, refusal)
    flash("Profilen er gemt. Forfatteren kan se den og dit navn.", "success")
    return redirect(url_for("reviews.colleague_profile", run_id=run_id, release_id=release_id), 303)


def _released(run_id: int, release_id: int) -> tuple[Course, Activity, Released, Rubric]:
    course = course_of(current(), run())
    found = next(iter(releases(current(), run_id, release_id)), None) or abort(404)
    activity = course.activities.get(found.activity_id)
    rubric = own_profiles.rubric_of(course, activity) if activity is not None else None
    if activity is None or rubric is None or actor().person_id in found.author_ids:
        abort(404)
    return course, activity, found, rubric


def _colleagues_page(
    course: Course, activity: Activity, found: Released, rubric: Rubric, refusal: DomainError | None = None
) -> ResponseReturnValue:
    fields = activity.form.fields.values() if activity.form else ()
    body = render_template(
        "reviews/colleague_profile.html",
        run=run(),
        activity=activity,
        found=found,
        fields=[field for field in fields if field.id in found.data and not field.private],
        rubric=rubric,
        columns=profiles.columns_of(rubric),
        levels=_levels(rubric) if refusal else own_profiles.levels_by(current(), found.work_id, actor().person_id),
        refusal=refusal,
    )
    return body, refusal.status if refusal else 200
