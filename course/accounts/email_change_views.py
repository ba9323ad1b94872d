"""Changing one's own address: asked for with the password, confirmed from the new address."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired, Length

from course.db.errors import DomainError
from course.db.session import current, writing
from course.web.audience import PUBLIC, SIGNED_IN, audience
from course.web.clock import now
from course.web.forms import DanishForm

from . import devices, email_change, passwords
from .browser import count_tries, ip, secret
from .email_change import ChangeGone
from .forms import OLD_PASSWORD, needed_password
from .limits import Limit
from .models import Person
from .signing_in import signed_in

bp = Blueprint("email_change", __name__, template_folder="templates")

ASKED = Limit("email-change", 5, timedelta(hours=1))
USED = Limit("email-change-ip", 60, timedelta(minutes=15))


class EmailForm(DanishForm):
    """The new address, and the password."""

    email = EmailField(
        "Ny mailadresse", [InputRequired("Skriv din nye mailadresse."), Length(max=254)],
        render_kw={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"},
    )  # fmt: skip
    current_password = PasswordField("Din adgangskode", [needed_password], render_kw=OLD_PASSWORD)


def _page(form: EmailForm, status: int = 200) -> ResponseReturnValue:
    return render_template("accounts/email_change.html", form=form, email=current_user.actor.email), status


@bp.get("/account/email")
@audience(SIGNED_IN)
def change() -> ResponseReturnValue:
    """Ask for another address."""
    return _page(EmailForm(formdata=None))


@bp.post("/account/email")
@audience(SIGNED_IN)
def change_post() -> ResponseReturnValue:
    """Check the password and send a link to the new address; the answer is the same whoever has it."""
    actor, form = current_user.actor, EmailForm()
    if not form.validate():
        return _page(form, 422)
    count_tries([(devices.PASSWORD_CHANGE, str(actor.person_id)), (ASKED, str(actor.person_id))])
    kept = current().get_one(Person, actor.person_id).password_hash
    current().commit()
    if not passwords.is_right(kept, form.current_password.data or ""):
        form.current_password.errors = ["Det er ikke din adgangskode. Prøv igen."]
        return _page(form, 422)
    try:
        with writing() as session:
            email_change.ask(session, actor=actor, now=now(), email=form.email.data or "")
    except DomainError as error:
        form.email.errors = [error.message]
        return _page(form, error.status)
    return redirect(url_for("email_change.sent"))


@bp.get("/account/email/sent")
@audience(SIGNED_IN)
def sent() -> ResponseReturnValue:
    """What happens now."""
    has_mail = bool(current_app.extensions["settings"].smtp_url)
    return render_template("accounts/email_change_sent.html", has_mail=has_mail)


@bp.get("/account/email/confirm/<token>")
@audience(PUBLIC)
def confirm(token: str) -> ResponseReturnValue:
    """Ask once more; programs that look into mails open links too, and shall change nothing."""
    try:
        person, email = email_change.find(current(), token=token, now=now(), secret=secret())
    except ChangeGone as gone:
        return render_template("accounts/email_change_gone.html"), gone.status
    return render_template("accounts/email_change_confirm.html", person=person, email=email, token=token)


@bp.post("/account/email/confirm/<token>")
@audience(PUBLIC)
def confirm_post(token: str) -> ResponseReturnValue:
    """Take the new address."""
    count_tries([(USED, ip())])
    try:
        with writing() as session:
            person = email_change.use(session, token=token, now=now(), secret=secret())
    except ChangeGone as gone:
        return render_template("accounts/email_change_gone.html"), gone.status
    flash(f"Din mailadresse er nu {person.email}. Den skal du bruge, når du logger ind.", "success")
    return redirect(url_for("accounts.account" if signed_in() else "accounts.sign_in"))
