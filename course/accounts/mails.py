"""The mail with the link to choose a new password."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, url_for
from sqlalchemy.orm import Session

from course.outbox.mail import Mail, MailMakers
from course.outbox.models import Message
from course.web.danish import long_date

from .models import Person, ResetToken
from .resets import KIND, is_usable, link_token

BODY = """\
Hej {name}

Du – eller en anden – har bedt om at vælge en ny adgangskode til Vejen Frem Kursus. Det gør du her:

{link}

Linket virker til {until} og kan bruges én gang. Når du har valgt en ny adgangskode, bliver du logget ud \
alle andre steder.

Har du ikke bedt om det, skal du ikke gøre noget. Din adgangskode er den samme som før.

Venlig hilsen
Vejen Frem Kursus
"""


def reset(session: Session, message: Message, now: datetime) -> Mail | None:
    """The mail, or None when the link has been used or is too old."""
    found = session.get(ResetToken, message.params["reset_id"])
    if found is None or not is_usable(found, now):
        return None
    person = session.get_one(Person, found.person_id)
    if person.closed_at is not None or person.email != message.to:
        return None
    token = link_token(found.nonce, current_app.config["SECRET_KEY"])
    link = url_for("accounts.reset", token=token, _external=True)
    return Mail("Vælg en ny adgangskode", BODY.format(name=person.name, link=link, until=long_date(found.expires_at)))


MAILS: MailMakers = {KIND: reset}
