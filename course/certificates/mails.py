"""The mail that a certificate is ready."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from course.outbox.mail import GENERAL, MailKind, MailMakers, Place, Values
from course.outbox.models import Message
from course.runs.contents import course_of
from course.runs.mails import addressee, general
from course.runs.models import Run

from .models import Certificate
from .service import KIND


def _certificate(session: Session, message: Message, now: datetime) -> Values | None:
    """None when the certificate was revoked, or its holder has left, before the mail was sent."""
    member = addressee(session, message)
    row = session.get(Certificate, message.params["certificate"])
    if member is None or row is None or row.revoked_at is not None or row.membership_id != member.id:
        return None
    link = url_for("certificates.mine", run_id=member.run_id, _external=True)
    return {
        **general(session, member.run, member.person.name, link),
        "kursus": course_of(session, member.run).title,
    }


CERTIFICATE = MailKind(
    title="Kursusbevis",
    when="Når et kursusbevis udstedes, eller udstedes igen. Går til deltageren.",
    subject="Dit kursusbevis: {kursus}",
    body="""\
Kære {navn}

Tillykke – du har gennemført »{kursus}«.

Dit kursusbevis er klar. Hent det her:
{link}

På beviset står et nummer. Med det kan andre se, at beviset er ægte.
""",
    places={**GENERAL, "kursus": Place("Kursets titel", "Arbejdsfastholdelse ved muskelskeletbesvær")},
    values=_certificate,
    examples_of=lambda session, run_id: {"kursus": course_of(session, session.get_one(Run, run_id)).title},
)

MAILS: MailMakers = {KIND: CERTIFICATE}
