"""The page behind the link of an invitation."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from course.accounts import passwords, sign_ins
from course.accounts.browser import count_tries, device, ip, remember_device, secret
from course.accounts.limits import Limit
from course.accounts.models import Person
from course.accounts.signing_in import enter, signed_in
from course.db.session import current, writing
from course.web.audience import PUBLIC, audience
from course.web.clock import now

from . import invitations
from .contents import course_of
from .forms import AcceptForm
from .models import Invitation
from .rules import ROLE_NAMES, Role

bp = Blueprint("runs", __name__, template_folder="templates", static_folder="static", static_url_path="/static/runs")

UNKNOWN = Limit("invitation-unknown-ip", 60, timedelta(minutes=15))
ACCEPT = Limit("invitation-accept", 20, timedelta(hours=1))


@bp.errorhandler(invitations.InvitationGone)
def gone(error: invitations.InvitationGone) -> ResponseReturnValue:
    """One page for unknown, used, expired and revoked links."""
    return render_template("runs/invitation_gone.html", is_signed_in=signed_in() is not None), error.status


@bp.get("/invitation/<token>")
@audience(PUBLIC)
def invitation(token: str) -> ResponseReturnValue:
    """What the link leads to depends on whether its person has an account and who is signed in."""
    found = _found(token)
    somebody = signed_in()
    if found.state == "accepted":
        if somebody and found.accepted_by_id == somebody.actor.person_id:
            return redirect(_home_of(found))
        raise invitations.InvitationGone
    if somebody:
        return _page(found, token, "join" if somebody.actor.email == found.email else "somebody_else")
    person = invitations.person_of(current(), found)
    if person is not None and person.closed_at is not None:
        raise invitations.InvitationGone
    if person is not None and person.password_hash is not None:
        return _page(found, token, "sign_in")
    form = AcceptForm(formdata=None, name=found.name)
    return _page(found, token, "new", form=form)


@bp.post("/invitation/<token>")
@audience(PUBLIC)
def accept_invitation(token: str) -> ResponseReturnValue:
    """Accept: by one button when signed in, else with a name and a new password."""
    found = _found(token)
    somebody = signed_in()
    if somebody is None:
        return _accept_as_new(found, token)
    if somebody.actor.email != found.email:
        return _page(found, token, "somebody_else")
    with writing() as database:
        membership = invitations.accept(database, actor=somebody.actor, now=now(), invitation_id=found.id)
        target = _home(Role(membership.role), membership.run_id)
    return redirect(target)


def _accept_as_new(found: Invitation, token: str) -> ResponseReturnValue:
    database, form = current(), AcceptForm()
    form.email_of_person = found.email
    count_tries([(ACCEPT, str(found.id))])
    person = invitations.person_of(database, found)
    if person is not None and person.password_hash is not None:
        return _again(found, token, person, form.password.data or "")
    if not form.validate():
        return _page(found, token, "new", form=form, status=422)
    database.commit()
    new_hash = passwords.hash_password(form.password.data or "")
    try:
        with writing():
            person, _ = invitations.accept_as_new(
                database, now=now(), invitation_id=found.id, name=form.name.data or "", password_hash=new_hash
            )
            sign_in_token = sign_ins.begin(database, person_id=person.id, now=now(), device=device())
    except invitations.InvitationGone:  # the other click was first
        found = _found(token)
        person = invitations.person_of(database, found)
        if person is None:
            raise
        return _again(found, token, person, form.password.data or "")
    return _welcome(person, sign_in_token, found)


def _again(found: Invitation, token: str, person: Person, password: str) -> ResponseReturnValue:
    """The form came twice (a double click): whoever knows the password chosen a moment ago is let in."""
    if found.state != "accepted":
        return redirect(url_for("runs.invitation", token=token))
    database = current()
    database.commit()
    if found.accepted_by_id != person.id or not passwords.is_right(person.password_hash, password):
        raise invitations.InvitationGone
    with writing():
        sign_in_token = sign_ins.begin(database, person_id=person.id, now=now(), device=device())
    return _welcome(person, sign_in_token, found)


def _welcome(person: Person, sign_in_token: str, found: Invitation) -> Response:
    enter(person, sign_in_token)
    flash(f"Velkommen, {person.name}.", "success")
    return remember_device(make_response(redirect(_home_of(found))), person.email)


def _found(token: str) -> Invitation:
    try:
        return invitations.find(current(), token=token, secret=secret(), now=now())
    except invitations.InvitationGone:
        count_tries([(UNKNOWN, ip())])
        raise


def _home_of(found: Invitation) -> str:
    return _home(Role(found.role), found.run_id)


def _home(role: Role, run_id: int) -> str:
    """A participant's first page is the path; staff find their rooms on the home page."""
    return url_for("learning.path", run_id=run_id) if role is Role.PARTICIPANT else url_for("learning.home")


def _page(
    found: Invitation, token: str, case: str, *, form: AcceptForm | None = None, status: int = 200
) -> ResponseReturnValue:
    course = course_of(current(), found.run)
    inviter = current().get(Person, found.created_by_id) if found.created_by_id else None
    page = render_template(
        "runs/invitation.html",
        case=case,
        invitation=found,
        token=token,
        form=form,
        course=course,
        run=found.run,
        inviter=inviter.name if inviter else None,
        role=ROLE_NAMES[Role(found.role)],
        titles={key: planned.title for key, planned in course.sessions.items()},
    )
    return page, status


from . import attend_views, attendance_views  # noqa: E402, F401  (they add their routes to bp)
