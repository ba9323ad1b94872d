"""Runs: the list, a new one, the cockpit, changes, content, cancelling."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course.content.catalogue import Catalogue, Course
from course.db.errors import DomainError
from course.db.session import current, writing
from course.runs import invitation_rows, invitations
from course.runs import service as runs_service
from course.runs.access import actor, run
from course.runs.contents import course_of
from course.runs.invitation_rows import Rows
from course.runs.rules import Role
from course.web.audience import ORGANISER, RUN_CREATOR, audience
from course.web.clock import now

from . import cockpit as figures
from . import service
from .forms import RunForm, run_form
from .views import bp


def _newest(course_id: str) -> Course:
    catalogue: Catalogue = current_app.extensions["catalogue"]
    return catalogue.courses.get(course_id) or abort(404)


@bp.route("/runs/new", methods=["GET", "POST"])
@audience(RUN_CREATOR)
def new_run() -> ResponseReturnValue:
    """Create a run and invite its facilitators."""
    course = _newest(request.args.get("course", "gp"))
    form = run_form(course)
    others = [one for one in current_app.extensions["catalogue"].courses.values() if one.id != course.id]
    if not form.validate_on_submit():
        page = render_template("organising/run_form.html", form=form, course=course, run=None, others=others)
        return page, _status(form)
    time = now()
    read = invitation_rows.read_pasted(form.facilitators.data or "")
    rows = Rows(tuple(replace(row, role=Role.FACILITATOR) for row in read.good), read.bad)
    try:
        with writing() as session:
            made = runs_service.create_run(
                session, actor=actor(), now=time, course=course, packed=current_app.extensions["packed"][course.id],
                name=form.name.data or "", cluster=form.cluster.data or "", meetings=form.meetings(course),
                organised_by=form.organised_by.data or "", activity_number=form.activity_number.data or "",
                erase_days=form.erase_days.data or 30, mode=form.chosen_mode,
            )  # fmt: skip
            invited = invitations.invite(session, actor=actor(), now=time, run=made, rows=rows)
    except DomainError as error:
        form.form_errors.append(error.message)
        page = render_template("organising/run_form.html", form=form, course=course, run=None, others=others)
        return page, error.status
    for bad in invited.faults:
        flash(f"Linje {bad.line}: {bad.reason}", "warning")
    flash(f"Holdet »{made.name}« er oprettet.", "success")
    return redirect(url_for("organising.cockpit", run_id=made.id))


def _status(form: RunForm) -> int:
    return 422 if form.errors else 200


@bp.get("/runs/<int:run_id>")
@audience(ORGANISER)
def cockpit(run_id: int) -> str:
    """How the run stands, and what wants attention."""
    time = now()
    return render_template(
        "organising/cockpit.html",
        run=run(),
        now=time,
        course=course_of(current(), run()),
        newest=_newest(run().course_id),
        view=figures.cockpit(current(), run(), time),
    )


@bp.route("/runs/<int:run_id>/edit", methods=["GET", "POST"])
@audience(ORGANISER)
def edit_run(run_id: int) -> ResponseReturnValue:
    """Change name, dates and places: first what moves and who is told, then yes."""
    course = course_of(current(), run())
    form = run_form(
        course, run().sessions, name=run().name, cluster=run().cluster, organised_by=run().organised_by,
        activity_number=run().activity_number, erase_days=run().erase_days, mode=run().mode,
    )  # fmt: skip
    if not form.validate_on_submit():
        return render_template("organising/run_form.html", form=form, course=course, run=run()), _status(form)
    try:
        general, touched = service.preview_meetings(current(), run(), form.meetings(course), mode=form.chosen_mode)
        if request.form.get("confirmed") != "yes":
            people = service.participants(current(), run())
            return render_template(
                "organising/run_preview.html", form=form, course=course, run=run(), general=general, touched=touched,
                people=people, meetings=form.meetings(course),
            )  # fmt: skip
        with writing() as session:
            service.change_run(
                session, actor=actor(), now=now(), run=run(), name=form.name.data or "",
                cluster=form.cluster.data or "", meetings=form.meetings(course),
                organised_by=form.organised_by.data or "", activity_number=form.activity_number.data or "",
                erase_days=form.erase_days.data, mode=form.chosen_mode,
            )  # fmt: skip
    except DomainError as error:
        form.form_errors.append(error.message)
        return render_template("organising/run_form.html", form=form, course=course, run=run()), error.status
    flash("Holdet er ændret.", "success")
    return redirect(url_for("organising.cockpit", run_id=run_id))


@bp.route("/runs/<int:run_id>/cancel", methods=["GET", "POST"])
@audience(ORGANISER)
def cancel_run(run_id: int) -> ResponseReturnValue:
    """Cancel the run, after asking."""
    if request.method == "GET":
        return render_template("organising/cancel.html", run=run())
    with writing() as session:
        service.cancel(session, actor=actor(), now=now(), run=run())
    flash("Holdet er aflyst, og alle får besked.", "success")
    return redirect(url_for("organising.cockpit", run_id=run_id))


@bp.route("/runs/<int:run_id>/content", methods=["GET", "POST"])
@audience(ORGANISER)
def content(run_id: int) -> ResponseReturnValue:
    """What the newest version of the course would change, and the yes to it."""
    newest = _newest(run().course_id)
    if request.method == "POST":
        with writing() as session:
            service.take_content(
                session, actor=actor(), now=now(), run=run(), new=newest,
                packed=current_app.extensions["packed"][newest.id], seen_digest=request.form.get("digest", ""),
            )  # fmt: skip
        flash("Holdet bruger nu den nyeste udgave af kurset.", "success")
        return redirect(url_for("organising.cockpit", run_id=run_id))
    return render_template(
        "organising/content.html",
        run=run(),
        newest=newest,
        is_newest=newest.digest == run().content_digest,
        touched=service.preview_content(current(), run(), newest),
    )
