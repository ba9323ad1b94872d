"""People of a run: members, invitations, the named clinician."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course.db.errors import DomainError
from course.db.session import current, writing
from course.reviews import peers, risk
from course.runs import invitation_rows, invitations
from course.runs import service as runs_service
from course.runs.access import actor, run
from course.runs.contents import course_of
from course.runs.invitation_rows import Rows
from course.runs.invitations import Invited
from course.runs.models import Invitation, Membership
from course.runs.rules import ROLE_NAMES, Role
from course.web.audience import ORGANISER, audience
from course.web.clock import now

from .forms import AddressForm, member_form
from .views import bp


@bp.get("/runs/<int:run_id>/people")
@audience(ORGANISER)
def people(run_id: int) -> str:
    """Members, invitations and the form to invite."""
    return _page()


def _page(*, typed: str = "", rows: Rows | None = None, invited: Invited | None = None, fault: str = "") -> str:
    return render_template(
        "organising/people.html",
        run=run(),
        now=now(),
        members=runs_service.members(current(), run().id),
        invitations=[i for i in invitations.of_run(current(), run().id) if i.state != "accepted"],
        role_names={role.value: name for role, name in ROLE_NAMES.items()},
        typed=typed,
        bad=(*(rows.bad if rows and not invited else ()), *(invited.faults if invited else ())),
        invited=len(invited.invitations) if invited else 0,
        fault=fault,
    )


@bp.post("/runs/<int:run_id>/invitations")
@audience(ORGANISER)
def invite(run_id: int) -> ResponseReturnValue:
    """Invite from pasted addresses or an uploaded table; bad rows are named, the good ones kept."""
    role = request.form.get("role", "")
    rows, typed = _given_rows()
    if role in {Role.FACILITATOR, Role.ORGANISER}:
        rows = Rows(tuple(replace(row, role=Role(role)) for row in rows.good), rows.bad)
    if not rows.good and not rows.bad:
        return _page(typed=typed, fault="Skriv mindst én mailadresse, eller vælg en fil."), 422
    try:
        with writing() as session:
            invited = invitations.invite(session, actor=actor(), now=now(), run=run(), rows=rows)
    except DomainError as error:
        return _page(typed=typed, rows=rows, fault=error.message), error.status
    if not invited.faults:
        flash(f"{len(invited.invitations)} inviteret.", "success")
        return redirect(url_for("organising.people", run_id=run_id))
    left = "\n".join(fault.shown for fault in invited.faults)
    return _page(typed=left, rows=rows, invited=invited), 422


def _given_rows() -> tuple[Rows, str]:
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        return invitation_rows.read_upload(upload.read(invitation_rows.LARGEST_UPLOAD + 1)), ""
    typed = request.form.get("addresses", "")
    return invitation_rows.read_pasted(typed), typed


def _invitation(invitation_id: int) -> Invitation:
    found = current().get(Invitation, invitation_id)
    if found is None or found.run_id != run().id:
        abort(404)
    return found


@bp.post("/runs/<int:run_id>/invitations/<int:invitation_id>/resend")
@audience(ORGANISER)
def resend_invitation(run_id: int, invitation_id: int) -> ResponseReturnValue:
    """Send an invitation again; it counts for the whole time anew."""
    with writing() as session:
        found = invitations.resend(session, actor=actor(), now=now(), run=run(), invitation_id=invitation_id)
    flash(f"Invitationen til {found.email} er sendt igen.", "success")
    return redirect(url_for("organising.people", run_id=run_id))


@bp.post("/runs/<int:run_id>/invitations/<int:invitation_id>/revoke")
@audience(ORGANISER)
def revoke_invitation(run_id: int, invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    with writing() as session:
        found = invitations.revoke(session, actor=actor(), now=now(), run=run(), invitation_id=invitation_id)
    flash(f"Invitationen til {found.email} er trukket tilbage. Linket virker ikke mere.", "success")
    return redirect(url_for("organising.people", run_id=run_id))


@bp.route("/runs/<int:run_id>/invitations/<int:invitation_id>", methods=["GET", "POST"])
@audience(ORGANISER)
def correct_invitation(run_id: int, invitation_id: int) -> ResponseReturnValue:
    """Send an invitation to another address."""
    found = _invitation(invitation_id)
    form = AddressForm(data={"email": found.email, "name": found.name})
    status = 200
    if form.validate_on_submit():
        try:
            with writing() as session:
                invitations.correct(
                    session, actor=actor(), now=now(), run=run(), invitation_id=invitation_id,
                    email=form.email.data or "", name=form.name.data or "",
                )  # fmt: skip
            flash(
                "Invitationen er rettet og sendt til den nye adresse. Det gamle link virker ikke mere.",
                "success",
            )
            return redirect(url_for("organising.people", run_id=run_id))
        except DomainError as error:
            form.form_errors.append(error.message)
            status = error.status
    elif form.errors:
        status = 422
    return render_template("organising/invitation.html", run=run(), form=form, invitation=found), status


@bp.route("/runs/<int:run_id>/people/<int:membership_id>", methods=["GET", "POST"])
@audience(ORGANISER)
def edit_member(run_id: int, membership_id: int) -> ResponseReturnValue:
    """Clinic and tutor of a participant: they decide who sits with whom."""
    everybody = runs_service.members(current(), run_id)
    member = next((m for m in everybody if (m.id, m.role) == (membership_id, Role.PARTICIPANT)), None) or abort(404)
    values = {"clinic": member.clinic, "is_trainee": member.is_trainee, "tutor": str(member.tutor_id or "")}
    form = member_form(course_of(current(), run()), **values)
    others = [(str(m.id), m.person.name) for m in everybody if m.person_id != member.person_id]
    form.tutor.choices = [("", "Ingen"), *others]
    if not form.validate_on_submit():
        page = render_template("organising/member.html", run=run(), form=form, member=member)
        return page, 422 if form.errors else 200
    with writing() as session:
        runs_service.change_member(
            session, actor=actor(), now=now(), run=run(), membership_id=membership_id, clinic=form.clinic.data or "",
            is_trainee=form.is_trainee.data, tutor_id=int(form.tutor.data) if form.tutor.data else None,
        )  # fmt: skip
    flash(f"{member.person.name} er rettet.", "success")
    return redirect(url_for("organising.people", run_id=run_id))


@bp.route("/runs/<int:run_id>/people/<int:membership_id>/remove", methods=["GET", "POST"])
@audience(ORGANISER)
def remove_member(run_id: int, membership_id: int) -> ResponseReturnValue:
    """Let a member leave the run, after asking."""
    member = current().get(Membership, membership_id)
    if member is None or member.run_id != run_id:
        abort(404)
    if request.method == "GET":
        return render_template("organising/remove.html", run=run(), member=member)
    with writing() as session:
        runs_service.remove_member(session, actor=actor(), now=now(), run=run(), membership_id=membership_id)
        peers.repair_after_leaving(session, run(), now())
    flash(f"{member.person.name} er ikke længere på holdet.", "success")
    if member.person_id == actor().person_id:
        return redirect(url_for("learning.home"))
    return redirect(url_for("organising.people", run_id=run_id))


@bp.post("/runs/<int:run_id>/clinician")
@audience(ORGANISER)
def name_clinician(run_id: int) -> ResponseReturnValue:
    """Name who is told when a patient may be at risk."""
    person_id = request.form.get("person", 0, type=int)
    with writing() as session:
        time = now()
        runs_service.name_clinician(session, actor=actor(), now=time, run=run(), person_id=person_id)
        told = risk.tell_clinician(session, now=time, run=run())
    flash("Holdets kliniker er valgt." + (f" {told} åbne beskeder er sendt videre." if told else ""), "success")
    return redirect(url_for("organising.people", run_id=run_id))
