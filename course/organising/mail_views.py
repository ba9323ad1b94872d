"""The kinds of mail a run sends, and the organiser's own words in them."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course.content.catalogue import Course
from course.db.errors import DomainError
from course.db.session import current, writing
from course.outbox.mail import MailKind
from course.outbox.models import MailText
from course.outbox.reading import kinds
from course.outbox.wording import BODY_MAX, SUBJECT_MAX
from course.runs.access import actor, run
from course.web.audience import ORGANISER, audience
from course.web.clock import now
from course.work.standing import planned_of, standing

from . import mail_texts
from .views import bp


@bp.get("/runs/<int:run_id>/mails")
@audience(ORGANISER)
def mail_kinds(run_id: int) -> str:
    """Every kind of mail, when it is sent, and whether the run has words of its own."""
    stands = standing(current(), run(), None)
    planned = planned_of(stands.course, run().mode)
    return render_template(
        "organising/mail_kinds.html",
        run=run(),
        kinds={name: kind for name, kind in kinds().items() if _is_sent(kind, stands.course)},
        own=mail_texts.own_texts(current(), run()),
        reminded=[deadline for name in planned if (deadline := stands.course.deadlines[name]).remind],
        announced=[(a, stands.dates.at(a.opens)) for a in stands.course.activities.values() if a.announce],
    )


def _is_sent(kind: MailKind, course: Course) -> bool:
    """Whether a run like this one can come to send a mail of this kind."""
    return (course.tells_of_patients or not kind.of_patients) and (run().is_own_time or not kind.of_own_time)


def _kind(name: str) -> MailKind:
    kind = kinds().get(name)
    if kind is None or not kind.is_editable:
        abort(404)
    return kind


@bp.route("/runs/<int:run_id>/mails/<name>", methods=["GET", "POST"])
@audience(ORGANISER)
def mail_text(run_id: int, name: str) -> ResponseReturnValue:
    """Read and change the words of one kind: type, see the mail, save."""
    kind = _kind(name)
    own = current().get(MailText, (run_id, name))
    if request.method == "GET":
        subject, body = (own.subject, own.body) if own else (kind.subject, kind.body.strip())
        return _page(name, kind, own, subject, body)
    subject, body = (mail_texts.tidy(request.form.get(field, "")) for field in ("subject", "body"))
    errors = {fault.field: fault.message for fault in reversed(mail_texts.faults(kind, subject, body))}
    if errors or request.form.get("action") != "save":
        return _page(name, kind, own, subject, body, errors), 422 if errors else 200
    try:
        with writing() as session:
            mail_texts.change(
                session, actor=actor(), now=now(), run=run(), name=name, kind=kind, subject=subject, body=body,
                seen=request.form.get("seen", ""),
            )  # fmt: skip
    except DomainError as error:
        return _page(name, kind, own, subject, body, {"": error.message}), error.status
    flash("Teksten er gemt. Den gælder for de mails, der ikke er sendt endnu.", "success")
    return redirect(url_for("organising.mail_kinds", run_id=run_id))


def _page(
    name: str, kind: MailKind, own: MailText | None, subject: str, body: str, errors: dict[str, str] | None = None
) -> str:
    """The form with the mail as it would be beside it; nothing can be shown of words that cannot be used."""
    errors = errors or {}
    shown = not errors.keys() & {"subject", "body"} and not kind.faults(subject, body)
    mail, is_real = mail_texts.preview(current(), now(), run(), name, kind, subject, body) if shown else (None, False)
    return render_template(
        "organising/mail_text.html",
        run=run(),
        name=name,
        kind=kind,
        own=own,
        seen=mail_texts.version(own),
        subject=subject,
        body=body,
        errors=errors,
        limits=(SUBJECT_MAX, BODY_MAX),
        mail=mail,
        is_real=is_real,
    )


@bp.post("/runs/<int:run_id>/mails/<name>/reset")
@audience(ORGANISER)
def reset_mail_text(run_id: int, name: str) -> ResponseReturnValue:
    """Use our words again."""
    _kind(name)
    with writing() as session:
        mail_texts.reset(session, actor=actor(), now=now(), run=run(), name=name)
    flash("Mailen har vores ord igen.", "success")
    return redirect(url_for("organising.mail_kinds", run_id=run_id))
