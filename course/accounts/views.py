"""Signing in and out, choosing a new password, one's own account."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from course.db.session import current, writing
from course.web.audience import PUBLIC, SIGNED_IN, audience
from course.web.clock import now

from . import devices, held, limits, passwords, resets, service, sign_ins
from .browser import count_tries, device, ip, remember_device, secret
from .forms import ChangePasswordForm, DetailsForm, ForgotForm, NewPasswordForm, SignInForm
from .models import Person
from .rules import normalise_email, safe_next
from .signing_in import enter, leave, signed_in

bp = Blueprint("accounts", __name__, template_folder="templates")

WRONG = "Mailadressen og adgangskoden passer ikke sammen. Prøv igen, eller vælg en ny adgangskode."


def home() -> str:
    """Where somebody who has just signed in goes without a better aim."""
    return url_for("learning.home")


@bp.get("/sign-in")
@audience(PUBLIC)
def sign_in() -> ResponseReturnValue:
    """The sign-in page."""
    target = safe_next(request.args.get("next"))
    if signed_in():
        return redirect(target or home())
    return held.sign_in_page(SignInForm(formdata=None), target=target)


@bp.post("/sign-in")
@audience(PUBLIC)
def sign_in_post() -> ResponseReturnValue:
    """Sign in; give back a text that came along."""
    target, text, form = safe_next(request.form.get("next")), held.taken_along(), SignInForm()
    if form.validate():
        token_of = _signed_in_by_password(form)
        if token_of is not None:
            return _welcome(*token_of, target, text)
        form.password.errors = [WRONG]
    return held.sign_in_page(form, 422, text=text, target=target)


def _signed_in_by_password(form: SignInForm) -> tuple[Person, str] | None:
    """Who signed in and with which token; as slow for an unknown address as for a known one."""
    email, password = normalise_email(form.email.data or ""), form.password.data or ""
    known = devices.device_of(secret(), request.cookies.get(devices.COOKIE), email)
    count_tries(devices.sign_in_tries(email, ip(), known))
    database = current()
    person = service.find_person(database, email)
    database.commit()
    was = person.password_hash if person else None
    if not passwords.is_right(was, password) or person is None or was is None:
        return None
    new_hash = service.renewed_hash(was, password)
    before = signed_in()
    with writing():
        if before:
            sign_ins.end(database, actor=before.actor, now=now(), sign_in_id=before.sign_in_id)
        token = service.sign_in(database, person_id=person.id, now=now(), was=was, new_hash=new_hash, device=device())
    return (person, token) if token else None


def _welcome(person: Person, token: str, target: str | None, text: held.HeldText | None) -> Response:
    enter(person, token)
    if text is not None:
        response = held.give_back(text, service.actor_of(person))
    else:
        response = make_response(redirect(target or home()))
    return remember_device(response, person.email)


@bp.post("/sign-out")
@audience(PUBLIC)
def sign_out() -> ResponseReturnValue:
    """End this browser's sign-in."""
    somebody = signed_in()
    if somebody:
        with writing() as database:
            sign_ins.end(database, actor=somebody.actor, now=now(), sign_in_id=somebody.sign_in_id)
    leave()
    flash("Du er logget ud.", "success")
    return redirect(safe_next(request.form.get("next")) or url_for("accounts.sign_in"))


@bp.get("/forgot")
@audience(PUBLIC)
def forgot() -> ResponseReturnValue:
    """Ask for a link to choose a new password."""
    return render_template("accounts/forgot.html", form=ForgotForm(formdata=None))


@bp.post("/forgot")
@audience(PUBLIC)
def forgot_post() -> ResponseReturnValue:
    """Queue the mail; the answer is the same whoever asks."""
    form = ForgotForm()
    if not form.validate():
        return render_template("accounts/forgot.html", form=form), 422
    email, moment = normalise_email(form.email.data or ""), now()
    count_tries([(devices.RESET_IP, ip())])
    with writing() as database:
        if not limits.count_all(database, [(devices.RESET_ADDRESS, email)], moment):
            resets.ask(database, now=moment, email=email, secret=secret())
    return redirect(url_for("accounts.forgot_sent"))


@bp.get("/forgot/sent")
@audience(PUBLIC)
def forgot_sent() -> ResponseReturnValue:
    """What happens now."""
    has_mail = bool(current_app.extensions["settings"].smtp_url)
    return render_template("accounts/forgot_sent.html", has_mail=has_mail)


@bp.get("/reset/<token>")
@audience(PUBLIC)
def reset(token: str) -> ResponseReturnValue:
    """Choose a new password by the link of a mail."""
    try:
        person = resets.find(current(), token=token, now=now())
    except resets.ResetGone as gone:
        return render_template("accounts/reset_gone.html"), gone.status
    return render_template("accounts/reset.html", form=NewPasswordForm(formdata=None), person=person, token=token)


@bp.post("/reset/<token>")
@audience(PUBLIC)
def reset_post(token: str) -> ResponseReturnValue:
    """Take the new password and sign its owner in."""
    count_tries([(devices.RESET_USE, ip())])
    database, form = current(), NewPasswordForm()
    try:
        person = resets.find(database, token=token, now=now())
        form.email_of_person, form.name_of_person = person.email, person.name
        if not form.validate():
            return render_template("accounts/reset.html", form=form, person=person, token=token), 422
        database.commit()
        new_hash = passwords.hash_password(form.password.data or "")
        with writing():
            person, sign_in_token = resets.use(
                database, token=token, now=now(), password_hash=new_hash, device=device()
            )
    except resets.ResetGone as gone:
        return render_template("accounts/reset_gone.html"), gone.status
    enter(person, sign_in_token)
    flash("Din nye adgangskode virker fra nu. Du er logget ud alle andre steder.", "success")
    return remember_device(make_response(redirect(home())), person.email)


@bp.get("/account")
@audience(SIGNED_IN)
def account() -> ResponseReturnValue:
    """One's own name, password and signed-in browsers."""
    return _account()


def _account(
    details: DetailsForm | None = None, password: ChangePasswordForm | None = None, status: int = 200
) -> ResponseReturnValue:
    database = current()
    person = database.get_one(Person, current_user.actor.person_id)
    page = render_template(
        "accounts/account.html",
        person=person,
        details=details or DetailsForm(formdata=None, name=person.name, title=person.title),
        password=password or ChangePasswordForm(formdata=None),
        browsers=sign_ins.of_person(database, person.id, now()),
        this_sign_in=current_user.sign_in_id,
    )
    return page, status


@bp.post("/account/details")
@audience(SIGNED_IN)
def change_details() -> ResponseReturnValue:
    """Change name and title."""
    form = DetailsForm()
    if not form.validate():
        return _account(details=form, status=422)
    with writing() as database:
        service.change_details(
            database,
            actor=current_user.actor,
            now=now(),
            name=form.name.data or "",
            title=form.title.data or "",
        )
    flash("Dit navn og din titel er gemt.", "success")
    return redirect(url_for("accounts.account"))


@bp.post("/account/password")
@audience(SIGNED_IN)
def change_password() -> ResponseReturnValue:
    """Change the password; every other browser is signed out."""
    actor, database, form = current_user.actor, current(), ChangePasswordForm()
    form.email_of_person, form.name_of_person = actor.email, actor.name
    if not form.validate():
        return _account(password=form, status=422)
    count_tries([(devices.PASSWORD_CHANGE, str(actor.person_id))])
    was = database.get_one(Person, actor.person_id).password_hash
    database.commit()
    if not passwords.is_right(was, form.current_password.data or ""):
        form.current_password.errors = ["Det er ikke din nuværende adgangskode."]
        return _account(password=form, status=422)
    new_hash = passwords.hash_password(form.password.data or "")
    with writing():
        service.change_password(
            database,
            actor=actor,
            now=now(),
            was=was,
            password_hash=new_hash,
            sign_in_id=current_user.sign_in_id,
        )
    flash("Adgangskoden er ændret. Du er logget ud alle andre steder.", "success")
    return redirect(url_for("accounts.account"))


@bp.post("/account/sign-ins/<int:sign_in_id>/end")
@audience(SIGNED_IN)
def end_sign_in(sign_in_id: int) -> ResponseReturnValue:
    """Sign another browser of one's own out."""
    with writing() as database:
        sign_ins.end(database, actor=current_user.actor, now=now(), sign_in_id=sign_in_id)
    flash("Browseren er logget ud.", "success")
    return redirect(url_for("accounts.account"))


@bp.post("/account/sign-ins/end-others")
@audience(SIGNED_IN)
def end_other_sign_ins() -> ResponseReturnValue:
    """Sign every other browser of one's own out."""
    with writing() as database:
        sign_ins.end_all(database, person_id=current_user.actor.person_id, now=now(), but=current_user.sign_in_id)
    flash("Du er logget ud alle andre steder.", "success")
    return redirect(url_for("accounts.account"))
