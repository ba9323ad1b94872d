"""Pages of the preview. Every request looks for changed files; faults are a page, never a stack trace."""

import datetime as dt
import json
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for

from course.content import kinds
from course.content.catalogue import Activity, ActivityRef, Course, Link, Module, Page
from course.content.loader import Loaded
from course.preview.watching import Watched
from course.preview.wording import AUDIENCES, clock_words, gate_words, moment_words, remind_words

bp = Blueprint(
    "preview",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static/preview",
)


class NothingToShow(Exception):
    """The content does not fit together; the page of faults says why."""


def _watched() -> Watched:
    return current_app.extensions["watched"]


def _loaded() -> Loaded:
    return _watched().current()[1]


def _show(template: str, **values: Any) -> str:
    version, loaded = _watched().current()
    return render_template(f"preview/{template}", version=version, faults=loaded.faults, **values)


def _course(course_id: str) -> Course:
    catalogue = _loaded().catalogue
    if catalogue is None:
        raise NothingToShow
    return catalogue.courses.get(course_id) or abort(404)


def _activity(course: Course, activity_id: str) -> Activity:
    return course.activities.get(activity_id) or abort(404)


@bp.errorhandler(NothingToShow)
def nothing_to_show(_error: NothingToShow) -> str:
    return _show("faults.html")


@bp.app_errorhandler(404)
def not_found(_error: Exception) -> tuple[str, int]:
    return _show("not_found.html"), 404


@bp.get("/")
def home() -> str:
    catalogue = _loaded().catalogue
    if catalogue is None:
        raise NothingToShow
    return _show("home.html", catalogue=catalogue)


@bp.get("/faults")
def faults() -> str:
    warnings = _loaded().warnings(dt.date.today())
    return _show("faults.html", warnings=warnings)


@bp.get("/version")
def version() -> Response:
    """Answer with the version of the files; a page that is open asks every second."""
    return Response(_watched().version(), mimetype="text/plain")


@bp.get("/courses/<course_id>")
def course(course_id: str) -> str:
    return _show(
        "course.html",
        course=_course(course_id),
        audiences=AUDIENCES,
        gate_words=gate_words,
        moment_words=moment_words,
        remind_words=remind_words,
    )


@bp.get("/courses/<course_id>/modules/<module_id>")
@bp.get("/courses/<course_id>/modules/<module_id>/<page_id>")
def module(course_id: str, module_id: str, page_id: str | None = None) -> str:
    course = _course(course_id)
    module = course.modules.get(module_id) or abort(404)
    page = module.pages[0] if page_id is None else module.page(page_id) or abort(404)
    position = module.pages.index(page)
    return _show(
        "page.html",
        course=course,
        module=module,
        page=page,
        pieces=_pieces(course, page),
        before=module.pages[position - 1] if position else None,
        after=module.pages[position + 1] if position + 1 < len(module.pages) else None,
        position=position + 1,
        audiences=AUDIENCES,
        gate_words=gate_words,
    )


def _pieces(course: Course, page: Page) -> list[dict[str, Any]]:
    """Return the segments of a page as the template takes them: {"html"} or {"activity"}."""

    def link(target: Link) -> str:
        module_id, _, name = target.target.partition("/")
        if target.scheme == "figur":
            return url_for("preview.figure", course_id=course.id, module_id=module_id, name=name)
        return url_for("preview.module", course_id=course.id, module_id=module_id, page_id=name or None)

    return [
        {"activity": course.activities[piece.activity_id]} if isinstance(piece, ActivityRef) else {"html": piece}
        for piece in page.render(link)
    ]


@bp.get("/courses/<course_id>/activities/<activity_id>")
@bp.get("/courses/<course_id>/activities/<activity_id>/<step_id>")
def activity(course_id: str, activity_id: str, step_id: str | None = None) -> str:
    """Show a form a step a page, or an exercise: a step at a time, with its explanations at the end."""
    course = _course(course_id)
    activity = _activity(course, activity_id)
    shared = {"course": course, "activity": activity, "module": course.modules[activity.module_id]}
    if activity.kind.is_played:
        return _exercise(activity, shared)
    if activity.form is None:
        return _show("page.html", **_page_of(course, shared["module"], activity))
    steps = activity.form.steps
    step = steps[0] if step_id is None else activity.form.step(step_id) or abort(404)
    number = steps.index(step)
    return _show(
        "step.html",
        form=activity.form,
        step=step,
        number=number + 1,
        before=steps[number - 1] if number else None,
        after=steps[number + 1] if number + 1 < len(steps) else None,
        prefilled=_prefilled(course, activity),
        written=activity.written,
        exercise=activity.exercises[0] if activity.written else None,
        case=course.cases.get(activity.exercises[0].case or "") if activity.written else None,
        moment_words=moment_words,
        **shared,
    )


def _exercise(activity: Activity, shared: dict[str, Any]) -> str:
    """Play an exercise without keeping anything: the steps taken so far stand in the address."""
    ids = [exercise.id for exercise in activity.exercises]
    exercise = activity.exercise(request.args.get("variant", "")) or activity.exercises[0]
    kind, spec = kinds.played(exercise.kind), exercise.spec
    log, kept, errors = _steps(), {}, ()
    if set(request.args) - {"variant"}:
        try:
            log.append(dict(kind.read(spec, log, request.args)))
        except kinds.Unclear as unclear:
            kept, errors = unclear.kept, unclear.problems
    is_over = kind.is_over(spec, log)
    score = kind.score(spec, log)
    return _show(
        "exercise.html",
        exercise=exercise,
        variants=ids if len(ids) > 1 else [],
        case=shared["course"].cases.get(exercise.case or ""),
        view=kind.report(spec, log) if is_over else kind.page(spec, log),
        is_over=is_over,
        attempt={"points": score.points, "points_of": score.of},
        steps=[json.dumps(step) for step in log],
        kept=kept,
        errors=list(errors),
        **shared,
    )


def _steps() -> list[dict[str, Any]]:
    """The steps in the address; an address that was changed by hand begins anew."""
    try:
        steps = [json.loads(text) for text in request.args.getlist("step")]
    except ValueError:
        return []
    return steps if all(isinstance(step, dict) for step in steps) else []


def _page_of(course: Course, module: Module, activity: Activity) -> dict[str, Any]:
    page = module.page(activity.page_id) or abort(404)
    return {
        "course": course,
        "module": module,
        "page": page,
        "pieces": _pieces(course, page),
        "position": module.pages.index(page) + 1,
        "audiences": AUDIENCES,
        "gate_words": gate_words,
    }


def _prefilled(course: Course, activity: Activity) -> dict[str, str]:
    """Return what prefilled fields hold, with the label of the case's field in place of its answer."""
    case = course.activities.get(activity.on.activity) if activity.on else None
    if case is None or case.form is None or activity.form is None:
        return {}
    labels = {field.id: f"[{field.label}]" for field in case.form.fields.values()}
    return {field.id: field.prefill.fill(labels) for field in activity.form.fields.values() if field.prefill}


@bp.get("/courses/<course_id>/cases/<case_id>")
def case(course_id: str, case_id: str) -> str:
    course = _course(course_id)
    return _show("case.html", course=course, case=course.cases.get(case_id) or abort(404))


@bp.get("/courses/<course_id>/sheets/<session_id>")
def sheet(course_id: str, session_id: str) -> str:
    """Show the run sheet of a session with the time of every line."""
    course = _course(course_id)
    sheet = course.sheets.get(session_id) or abort(404)
    return _show(
        "sheet.html", course=course, sheet=sheet, times=course.sheet_times(session_id), clock_words=clock_words
    )


@bp.get("/courses/<course_id>/cards/<cards_id>")
def cards(course_id: str, cards_id: str) -> str:
    course = _course(course_id)
    return _show("cards.html", course=course, cards=course.cards.get(cards_id) or abort(404))


@bp.get("/courses/<course_id>/rubrics/<rubric_id>")
def rubric(course_id: str, rubric_id: str) -> str:
    """Show the criteria of a rubric and its texts to calibrate by, with the level and the reason of each."""
    course = _course(course_id)
    return _show("rubric.html", course=course, rubric=course.rubrics.get(rubric_id) or abort(404))


@bp.get("/courses/<course_id>/figures/<module_id>/<name>")
def figure(course_id: str, module_id: str, name: str) -> Response:
    found = _course(course_id).figures.get(f"{module_id}/{name}") or abort(404)
    return Response(found.data, mimetype=found.media_type)
