"""The mails about a changed address: the link to the new one, and the word to the old one."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, url_for
from sqlalchemy.orm import Session

from course.outbox.mail import Mail, MailMakers
from course.outbox.models import Message
from course.web.danish import long_date

from .email_change import KIND, LIMIT, TOLD, is_usable, link_token
from .models import Person

ASKED = """\
Hej {name}

Du har bedt om at bruge denne adresse til Vejen Frem Kursus. Åbn linket, og tryk »Skift mailadresse«:

{link}

Linket virker til {until} og kan bruges én gang. Indtil da logger du ind med din gamle adresse.

Har du ikke bedt om det, skal du ikke gøre noget.

Venlig hilsen
Vejen Frem Kursus
"""
CHANGED = """\
Hej {name}

Din konto på Vejen Frem Kursus har fået en ny mailadresse. Du logger ikke længere ind med denne.

Var det ikke dig, så skriv med det samme til kursusarrangøren på dit hold.

Venlig hilsen
Vejen Frem Kursus
"""


def asked(session: Session, message: Message, now: datetime) -> Mail | None:
    """The link to the new address, or None when it no longer leads anywhere."""
    person = session.get(Person, message.params["person"])
    if person is None or person.closed_at is not None or not is_usable(message, now) or person.email == message.to:
        return None
    link = url_for(
        "email_change.confirm", token=link_token(message, person, current_app.config["SECRET_KEY"]), _external=True
    )
    until = long_date(message.queued_at + LIMIT)
    return Mail("Bekræft din nye mailadresse", ASKED.format(name=person.name, link=link, until=until))


def changed(session: Session, message: Message, now: datetime) -> Mail | None:
    """The word to the old address."""
    person = session.get(Person, message.params["person"])
    if person is None or person.closed_at is not None or not message.to:
        return None
    return Mail("Din mailadresse er ændret", CHANGED.format(name=person.name))


MAILS: MailMakers = {KIND: asked, TOLD: changed}
