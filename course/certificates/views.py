"""The participant's own certificate, the document, and the public page that checks a number."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course.accounts.browser import count_tries, ip
from course.accounts.limits import Limit
from course.content.catalogue import Activity, Kind
from course.db.session import current
from course.printing.pdf import make_pdf, pdf_response
from course.printing.qr import qr_data
from course.runs.access import participant, run
from course.runs.attendance_rules import quarter_hours
from course.runs.completion_rules import Lacking, minutes_online
from course.web.audience import ORGANISER, PARTICIPANT, PUBLIC, audience
from course.web.clock import now

from . import rules, service
from .models import Certificate

bp = Blueprint("certificates", __name__, template_folder="templates")

CHECKS = Limit("certificate-check", 30, timedelta(minutes=10))
NOT_INDEXED = frozenset({"certificates.ask", "certificates.check"})


@bp.after_request
def keep_out_of_search(response: Response) -> Response:
    """No search engine keeps a page that names somebody."""
    if request.endpoint in NOT_INDEXED:
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@bp.app_template_filter("hours_da")
def hours_da(minutes: int) -> str:
    """``5¾ time``, ``12 timer``."""
    return f"{rules.hours(minutes)} {'time' if 0 < minutes <= 60 else 'timer'}"


@bp.app_template_filter("day_of")
def day_of(text: str) -> date:
    """A day as it stands on a certificate (``2026-12-04``), as a date."""
    return date.fromisoformat(text)


# -- the participant ---------------------------------------------------------------------------------------------------


@bp.get("/runs/<int:run_id>/certificate")
@audience(PARTICIPANT)
def mine(run_id: int) -> str:
    """What is missing, with the way to it; or the certificate."""
    found = service.candidate(current(), run(), participant())
    return render_template(
        "certificates/mine.html",
        run=run(),
        found=found,
        missing=[(one, _link(found.standing.course.activities[one.activity_id], one)) for one in found.missing],
        row=found.certificate,
        on_site=sum(quarter_hours(there.minutes) for there in found.presences.values()),
        online=quarter_hours(minutes_online(found.standing.course, found.standing.facts)),
    )


def _link(activity: Activity, one: Lacking) -> str:
    """Where to do what is missing."""
    run_id = run().id
    match activity.kind:
        case Kind.ATTEND:
            return url_for("runs.attend", run_id=run_id)
        case Kind.QUIZ | Kind.EXERCISE:
            return url_for("exercises.play", run_id=run_id, activity_id=activity.id)
        case Kind.READ:
            return url_for("learning.module", run_id=run_id, module_id=activity.module_id, page_id=activity.page_id)
        case _:
            return url_for("submissions.work", run_id=run_id, activity_id=activity.id, slot=one.slot)


@bp.get("/runs/<int:run_id>/certificate.pdf")
@audience(PARTICIPANT)
def mine_pdf(run_id: int) -> Response:
    """The document; 404 while there is none."""
    return _pdf(service.candidate(current(), run(), participant()).certificate or abort(404))


@bp.get("/runs/<int:run_id>/certificates/<int:certificate_id>.pdf")
@audience(ORGANISER)
def document(run_id: int, certificate_id: int) -> Response:
    """The document for the organiser; 404 when it was revoked, or its holder is erased."""
    return _pdf(service.of_run(current(), run(), certificate_id))


def _pdf(row: Certificate) -> Response:
    if row.number is None or row.printed is None or row.revoked_at is not None:
        abort(404)
    printed = rules.from_json(row.printed)
    page = document_html(printed, row.number)
    current().commit()  # nothing is read while the document is made
    return pdf_response(make_pdf(page, title=f"Kursusbevis: {printed.course}"), "kursusbevis")


def document_html(printed: rules.Printed, number: str) -> str:
    """The whole document as HTML."""
    address = url_for("certificates.check", number=number, _external=True)
    return render_template(
        "certificates/document.html",
        printed=printed,
        number=number,
        address=address,
        page=url_for("certificates.ask", _external=True).partition("://")[2],
        qr=qr_data(address),
    )


# -- whoever was shown a certificate -----------------------------------------------------------------------------------


@bp.get("/certificates")
@audience(PUBLIC)
def ask() -> ResponseReturnValue:
    """Where a number is typed."""
    typed = request.args.get("number", "").strip()
    if typed:
        return redirect(url_for("certificates.check", number=rules.typed_number(typed) or "ukendt"))
    return render_template("certificates/ask.html")


@bp.get("/certificates/<number>")
@audience(PUBLIC)
def check(number: str) -> ResponseReturnValue:
    """Everything that is printed on the certificate; or that the number is not valid, whatever it is."""
    count_tries([(CHECKS, ip())])
    found = service.check(current(), number)
    page = render_template("certificates/check.html", found=found, now=now())
    return make_response(page, 404 if found is None else 200)
