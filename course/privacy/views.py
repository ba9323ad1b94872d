"""My data: what is stored, who has opened it; taking it out, leaving a run, being erased."""

from __future__ import annotations

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from itsdangerous import BadData, URLSafeTimedSerializer

from course.accounts import devices, passwords
from course.accounts.browser import count_tries
from course.accounts.models import Person
from course.accounts.signing_in import leave as forget_browser
from course.db.session import current, engine, writing
from course.printing.pdf import make_pdf, pdf_response
from course.reviews.peers import repair_after_leaving
from course.runs import service as runs
from course.runs.models import Membership, Run
from course.web.audience import SIGNED_IN, audience
from course.web.clock import now

from . import erasing, exporting, ledger
from .forms import EraseForm, SureForm
from .records import RECORDS
from .scrubbing import scrub

bp = Blueprint("privacy", __name__, template_folder="templates")

TITLE = "Mine data"
SURE_SECONDS = 600
"""How long the password counts between the two questions."""
WRONG = "Det er ikke din adgangskode. Prøv igen."


def me() -> Person:
    """The person who asks."""
    return current().get_one(Person, current_user.actor.person_id)


@bp.get("/me/data")
@audience(SIGNED_IN)
def my_data() -> ResponseReturnValue:
    """What is stored about the one who asks, for how long, and who has opened their texts."""
    session, person = current(), me()
    return render_template(
        "privacy/my_data.html",
        person=person,
        sections=exporting.sections(session, person),
        works=exporting.written(session, person),
        seats=exporting.seats(session, person),
    )


@bp.get("/me/data.json")
@audience(SIGNED_IN)
def data_json() -> ResponseReturnValue:
    """Everything in one file for a machine."""
    response = jsonify(exporting.export(current(), me(), now()))
    response.headers["Content-Disposition"] = 'attachment; filename="mine-data.json"'
    return response


@bp.get("/me/data.pdf")
@audience(SIGNED_IN)
def data_pdf() -> ResponseReturnValue:
    """Everything in one document for a person."""
    session, person = current(), me()
    html = render_template(
        "privacy/data_print.html",
        title=TITLE,
        person=person,
        made_at=now(),
        sections=exporting.sections(session, person),
        works=exporting.written(session, person),
        seats=exporting.seats(session, person),
    )
    session.commit()  # nothing is kept open while the document is made
    return pdf_response(make_pdf(html, title=TITLE), "mine-data")


def _own_seat(membership_id: int) -> Membership:
    member = current().get(Membership, membership_id)
    if member is None or member.person_id != current_user.actor.person_id or member.left_at is not None:
        abort(404)
    return member


@bp.route("/me/runs/<int:membership_id>/leave", methods=["GET", "POST"])
@audience(SIGNED_IN)
def leave_run(membership_id: int) -> ResponseReturnValue:
    """Leave a run, after asking."""
    member = _own_seat(membership_id)
    if request.method == "GET":
        return render_template("privacy/leave.html", member=member)
    with writing() as session:
        run = session.get_one(Run, member.run_id)
        runs.remove_member(session, actor=current_user.actor, now=now(), run=run, membership_id=membership_id)
        repair_after_leaving(session, run, now())
    flash(f"Du er ikke længere på holdet »{run.name}«.", "success")
    return redirect(url_for("privacy.my_data"))


@bp.get("/me/erase")
@audience(SIGNED_IN)
def erase() -> ResponseReturnValue:
    """What goes and what stays; the first question."""
    return _erase_page(EraseForm(formdata=None))


def _erase_page(form: EraseForm, status: int = 200) -> ResponseReturnValue:
    needed = erasing.only_organiser_of(current(), current_user.actor.person_id, now())
    stays = [record for record in RECORDS.values() if record.stays]
    return render_template("privacy/erase.html", form=form, person=me(), needed=needed, stays=stays), status


@bp.post("/me/erase")
@audience(SIGNED_IN)
def erase_post() -> ResponseReturnValue:
    """Check the password and ask again."""
    form, person = EraseForm(), me()
    if not form.validate():
        return _erase_page(form, 422)
    count_tries([(devices.PASSWORD_CHANGE, str(person.id))])
    kept = person.password_hash
    current().commit()
    if not passwords.is_right(kept, form.password.data or ""):
        form.password.errors = [WRONG]
        return _erase_page(form, 422)
    erasing.require_not_needed(current(), person, now())
    return _sure_page(SureForm(formdata=None), _serializer().dumps(_claim()))


def _sure_page(form: SureForm, token: str, status: int = 200) -> ResponseReturnValue:
    return render_template("privacy/sure.html", form=form, token=token, person=me()), status


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="erase")


def _claim() -> list[int]:
    """Who gave the password, in which signed-in browser."""
    return [current_user.actor.person_id, current_user.sign_in_id]


def _has_given_password(token: str) -> bool:
    try:
        return _serializer().loads(token, max_age=SURE_SECONDS) == _claim()
    except BadData:
        return False


@bp.post("/me/erase/now")
@audience(SIGNED_IN)
def erase_now() -> ResponseReturnValue:
    """Erase the one who asks, and sign the browser out."""
    token, form = request.form.get("token", ""), SureForm()
    if not _has_given_password(token):
        flash("Skriv din adgangskode igen. Den gælder kun i ti minutter.", "info")
        return redirect(url_for("privacy.erase"))
    if not form.validate():
        return _sure_page(form, token, 422)
    ledger_file = ledger.path_in(current_app.extensions["settings"].instance)
    number = current_user.actor.person_id
    with writing() as session:
        erasing.erase(session, person=session.get_one(Person, number), now=now(), ledger_file=ledger_file)
    session.close()
    scrub(engine())
    forget_browser()
    flash("Du er slettet. Tak, fordi du var med.", "success")
    return redirect(url_for("accounts.sign_in"))
