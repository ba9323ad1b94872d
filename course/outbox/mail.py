"""A mail as it is sent or read in the app, and who makes it.

Each subject that sends mail has a ``mails.py`` with a ``MAILS`` mapping from kind to a maker. The maker is
asked when the mail is sent (or read), looks at how things stand *then*, and answers None when there is
nothing to say any more. It runs inside a request context, so that ``url_for(…, _external=True)`` gives whole
addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from .models import Message


@dataclass(frozen=True, slots=True)
class Mail:
    """Subject and plain-text body in Danish. Never a text a participant wrote."""

    subject: str
    body: str


MailMaker = Callable[[Session, Message, datetime], Mail | None]
MailMakers = Mapping[str, MailMaker]
