"""Deadlines: which there are, and moving one for all or for one person after seeing what that means."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from course.content.catalogue import Deadline
from course.db.errors import DomainError
from course.db.session import current, writing
from course.runs.access import actor, run
from course.runs.models import DeadlineMove
from course.runs.rules import COPENHAGEN, local_instant
from course.web.audience import ORGANISER, audience
from course.web.clock import now
from course.work.standing import planned_of, standing

from . import service
from .forms import DeadlineForm
from .views import bp


@bp.get("/runs/<int:run_id>/deadlines")
@audience(ORGANISER)
def deadlines(run_id: int) -> str:
    """Every deadline of the run, and who has one of their own."""
    stands = standing(current(), run(), None)
    people = service.participants(current(), run())
    moves = current().scalars(select(DeadlineMove).where(DeadlineMove.run_id == run_id)).all()
    return render_template(
        "organising/deadlines.html",
        run=run(),
        now=now(),
        course=stands.course,
        deadlines=[d for d in stands.course.deadlines.values() if d.id in planned_of(stands.course, run().mode)],
        dates=stands.dates,
        moved={move.deadline_id for move in moves if move.membership_id is None},
        own=[(move, people[move.membership_id]) for move in moves if move.membership_id in people],
    )


@bp.route("/runs/<int:run_id>/deadlines/<deadline_id>", methods=["GET", "POST"])
@audience(ORGANISER)
def move_deadline(run_id: int, deadline_id: str) -> ResponseReturnValue:
    """Move one deadline: type, see what moves and who is told, say yes."""
    stands = standing(current(), run(), None)
    if deadline_id not in planned_of(stands.course, run().mode):
        abort(404)
    deadline = stands.course.deadlines[deadline_id]
    people = service.participants(current(), run())
    form = DeadlineForm()
    form.membership.choices = [("all", "Alle på holdet"), *((str(m.id), m.person.name) for m in people.values())]
    if request.method == "GET":
        at = stands.dates.due(deadline_id)
        if at is not None:
            form.date.data, form.time.data = (
                at.astimezone(COPENHAGEN).date(),
                at.astimezone(COPENHAGEN).time(),
            )
    if not form.validate_on_submit() or form.date.data is None or form.time.data is None:
        return _form_page(form, deadline, stands.dates.due(deadline_id)), 422 if form.errors else 200
    moved_to = local_instant(form.date.data, form.time.data)
    membership_id = int(form.membership.data) if form.membership.data != "all" else None
    try:
        if request.form.get("confirmed") != "yes":
            if moved_to <= now():
                raise DomainError("Den nye frist ligger allerede i fortiden.", status=422)
            touched = service.preview_move(current(), run(), deadline_id, membership_id, moved_to)
            return render_template(
                "organising/deadline_preview.html", run=run(), form=form, deadline=deadline, moved_to=moved_to,
                touched=touched, people=people, chosen=people.get(membership_id or 0),
                is_staff_only=deadline_id not in {a.due for a in stands.course.activities.values()},
            )  # fmt: skip
        with writing() as session:
            service.move_deadline(
                session, actor=actor(), now=now(), run=run(), deadline_id=deadline_id, membership_id=membership_id,
                moved_to=moved_to,
            )  # fmt: skip
    except DomainError as error:
        form.form_errors.append(error.message)
        return _form_page(form, deadline, stands.dates.due(deadline_id)), error.status
    flash("Fristen er flyttet.", "success")
    return redirect(url_for("organising.deadlines", run_id=run_id))


def _form_page(form: DeadlineForm, deadline: Deadline, at: object) -> str:
    return render_template("organising/deadline_form.html", run=run(), form=form, deadline=deadline, at=at)
