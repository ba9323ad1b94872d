"""A mail as it can be read in the app: what it would say if it were sent now."""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from .mail import Mail, MailKind
from .models import Message


def render(session: Session, message: Message, now: datetime, *, hide: bool = False) -> Mail | None:
    """The mail, or None when there is nothing to say any more. ``hide`` keeps back what only the receiver may read.

    Only mails of a run can be read: a link to choose a new password is for its receiver alone.
    """
    if message.run_id is None:
        return None
    maker = current_app.extensions["mails"].get(message.kind)
    if isinstance(maker, MailKind):
        return maker(session, message, now, hide=hide)
    return maker(session, message, now) if maker else None


def kinds() -> dict[str, MailKind]:
    """Every kind of mail that declares its words."""
    makers = current_app.extensions["mails"]
    return {name: kind for name, kind in makers.items() if isinstance(kind, MailKind)}
