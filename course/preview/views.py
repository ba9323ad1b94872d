"""Pages of the preview. Every request looks for changed files; faults are a page, never a stack trace."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for

from course.content.catalogue import Activity, ActivityRef, Course, Link, Module, Page
from course.content.loader import Loaded
from course.preview.watching import Watched
from course.preview.wording import gate_words, moment_words

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
    return _show("faults.html")


@bp.get("/version")
def version() -> Response:
    """Answer with the version of the files; a page that is open asks every second."""
    return Response(_watched().version(), mimetype="text/plain")


@bp.get("/courses/<course_id>")
def course(course_id: str) -> str:
    return _show("course.html", course=_course(course_id), gate_words=gate_words, moment_words=moment_words)


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
    """Show a form a step a page, or a quiz with its explanations once it is answered."""
    course = _course(course_id)
    activity = _activity(course, activity_id)
    shared = {"course": course, "activity": activity, "module": course.modules[activity.module_id]}
    if activity.quiz is not None:
        return _show("quiz.html", quiz=activity.quiz, chosen=_chosen(), answered=bool(request.args), **shared)
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
        moment_words=moment_words,
        **shared,
    )


def _chosen() -> dict[str, list[str]]:
    return {key: values for key, values in request.args.lists()}


def _page_of(course: Course, module: Module, activity: Activity) -> dict[str, Any]:
    page = module.page(activity.page_id) or abort(404)
    return {
        "course": course,
        "module": module,
        "page": page,
        "pieces": _pieces(course, page),
        "position": module.pages.index(page) + 1,
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


@bp.get("/courses/<course_id>/figures/<module_id>/<name>")
def figure(course_id: str, module_id: str, name: str) -> Response:
    found = _course(course_id).figures.get(f"{module_id}/{name}") or abort(404)
    return Response(found.data, mimetype=found.media_type)
