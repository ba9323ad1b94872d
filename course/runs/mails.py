"""The mail that invites somebody to a run."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, url_for
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.content.catalogue import Course
from course.outbox.mail import Mail, MailMakers
from course.outbox.models import Message
from course.web.danish import clock_time, long_date

from .contents import course_of
from .invitations import KIND, link_token
from .models import Invitation, Run
from .rules import Role

BODY = """\
Hej{name}

{asks}

{dates}

Begynd her – du vælger selv en adgangskode:

{link}

Linket er personligt og virker til {until}.

Er der noget, du er i tvivl om, så skriv til {contact}.

Venlig hilsen
{sender}
"""

_ROLE_WORDS = {
    Role.PARTICIPANT: "{sender} inviterer dig til kurset »{course}« på {run}.\n\n"
    "Forberedelsen tager du i små bidder, når det passer dig, på telefon eller computer.",
    Role.FACILITATOR: "{sender} inviterer dig til at være underviser på kurset »{course}« på {run}.",
    Role.ORGANISER: "{sender} inviterer dig til at være kursusarrangør på kurset »{course}« på {run}.",
}


def invitation(session: Session, message: Message, now: datetime) -> Mail | None:
    """The mail, or None when the invitation does not wait (any more) for this address."""
    found = session.get(Invitation, message.params["invitation_id"])
    if found is None or found.state != "pending" or now >= found.expires_at or found.email != message.to:
        return None
    run = found.run
    if run.cancelled_at is not None:
        return None
    course = course_of(session, run)
    inviter = session.get(Person, found.created_by_id) if found.created_by_id else None
    sender = inviter.name if inviter else "Vejen Frem Kursus"
    token = link_token(found, current_app.config["SECRET_KEY"])
    body = BODY.format(
        name=f" {found.name}" if found.name else "",
        asks=_ROLE_WORDS[Role(found.role)].format(sender=sender, course=course.title, run=run.name),
        dates=_dates(course, run),
        link=url_for("runs.invitation", token=token, _external=True),
        until=long_date(found.expires_at),
        contact=f"{sender} ({inviter.email})" if inviter else "den, der arrangerer kurset",
        sender=sender,
    )
    return Mail(f"Invitation: {course.title}", body)


def _dates(course: Course, run: Run) -> str:
    lines = []
    for session in run.sessions:
        planned = course.sessions.get(session.key)
        title = planned.title if planned else session.key
        place = f", {session.place}" if session.place else ""
        lines.append(f"{title}: {long_date(session.starts_at)}–{clock_time(session.ends_at)}{place}")
    return "\n".join(lines) or "Datoerne er ikke lagt fast endnu."


MAILS: MailMakers = {KIND: invitation}
