"""The outbox of a run: what was sent, what waits, what did not arrive."""

from __future__ import annotations

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from course.db.session import current, writing
from course.outbox import service as outbox_service
from course.outbox.models import Message
from course.outbox.reading import kinds, render
from course.outbox.worker import post_of
from course.runs.access import run
from course.web.audience import ORGANISER, audience
from course.web.clock import now

from .views import bp

PAGE = 50
LAST_PAGE = 1_000_000


def sends() -> bool:
    """Whether there is a mail server; without one all mails are read here."""
    return post_of(current_app) is not None


@bp.get("/runs/<int:run_id>/outbox")
@audience(ORGANISER)
def outbox(run_id: int) -> str:
    """The mails of the run, the newest first; or only those that failed."""
    page = min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
    only_failed = request.args.get("only") == "failed"
    of_run = select(Message).where(Message.run_id == run_id)
    shown = of_run.where(Message.state == "failed") if only_failed else of_run
    messages = list(current().scalars(shown.order_by(Message.id.desc()).limit(PAGE + 1).offset((page - 1) * PAGE)))
    failed = select(func.count()).where(Message.run_id == run_id, Message.state == "failed")
    return render_template(
        "organising/outbox.html",
        run=run(),
        messages=messages[:PAGE],
        page=page,
        titles={name: kind.title for name, kind in kinds().items()},
        more=len(messages) > PAGE,
        only="failed" if only_failed else None,
        failed=current().scalar(failed),
        sends=sends(),
    )


@bp.post("/runs/<int:run_id>/outbox/<int:message_id>/send-again")
@audience(ORGANISER)
def send_again(run_id: int, message_id: int) -> ResponseReturnValue:
    """Queue a mail that failed once more."""
    with writing() as session:
        outbox_service.send_again(session, now=now(), message=_message(message_id))
    flash("Mailen bliver sendt igen.", "success")
    return redirect(url_for("organising.outbox", run_id=run_id))


@bp.post("/runs/<int:run_id>/outbox/send-again")
@audience(ORGANISER)
def send_all_again(run_id: int) -> ResponseReturnValue:
    """Queue every mail of the run that failed once more."""
    with writing() as session:
        failed = session.scalars(
            select(Message).where(Message.run_id == run_id, Message.state == "failed").with_for_update()
        ).all()
        for message in failed:
            outbox_service.send_again(session, now=now(), message=message)
    flash("Mailene bliver sendt igen.", "success")
    return redirect(url_for("organising.outbox", run_id=run_id))


def _message(message_id: int) -> Message:
    found = current().get(Message, message_id)
    if found is None or found.run_id != run().id:
        abort(404)
    return found


@bp.get("/runs/<int:run_id>/outbox/<int:message_id>")
@audience(ORGANISER)
def message(run_id: int, message_id: int) -> str:
    """One mail as it would be sent now. With a mail server, what only the receiver may read is kept back."""
    found = _message(message_id)
    return render_template(
        "organising/message.html",
        run=run(),
        message=found,
        kind=kinds().get(found.kind),
        mail=render(current(), found, now(), hide=sends()),
    )
