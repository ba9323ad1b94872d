"""A mail as it is sent or read in the app, and the kinds of mail there are.

Each subject that sends mail has a ``mails.py`` with a ``MAILS`` mapping from kind to a :class:`MailKind` (or to a
bare maker, where the words can never be an organiser's). A kind declares its words with named places and gives
the values of the places. It is asked when the mail is sent (or read), looks at how things stand *then*, and
answers None when there is nothing to say any more. It runs inside a request context, so that
``url_for(…, _external=True)`` gives whole addresses.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from . import wording
from .models import MailText, Message

log = logging.getLogger(__name__)

HIDDEN = "[linket står kun i mailen]"


@dataclass(frozen=True, slots=True)
class Mail:
    """Subject and plain-text body in Danish. Never a text a participant wrote.

    ``reference``: what stays the same when the same mail is sent a second time.
    """

    subject: str
    body: str
    reference: str = ""


MailMaker = Callable[[Session, Message, datetime], Mail | None]
MailMakers = Mapping[str, MailMaker]
Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """What stands in a place of a mail: in words for the organiser, and an example."""

    says: str
    example: str


@dataclass(frozen=True, slots=True)
class MailKind:
    """One kind of mail: its words, and what stands in their places.

    ``title`` names it and ``when`` says when it is sent and to whom, for the organiser. ``values`` gives every place
    its value as things stand now, or None when there is nothing to say any more; a value is never a text that a
    participant wrote. Words without the places in ``needs`` are refused. ``secrets`` are places that only the
    receiver may read. ``examples_of`` gives examples out of a run's own course and dates, which stand before those of
    the places. A kind that is not editable always has these words.
    """

    title: str
    when: str
    subject: str
    body: str
    places: Mapping[str, Place]
    values: Callable[[Session, Message, datetime], Values | None]
    needs: frozenset[str] = frozenset({"link"})
    secrets: frozenset[str] = field(default=frozenset())
    examples_of: Callable[[Session, int], Values] | None = None
    is_editable: bool = True
    of_patients: bool = False
    of_own_time: bool = False

    def __call__(self, session: Session, message: Message, now: datetime, *, hide: bool = False) -> Mail | None:
        """The mail in the run's own words, or in ours. ``hide`` keeps its secrets back."""
        values = self.values(session, message, now)
        if values is None:
            return None
        if hide:
            values = {**values, **dict.fromkeys(self.secrets, HIDDEN)}
        return self.written(own_words(session, self, message.run_id, message.kind), values)

    def written(self, own: MailText | None, values: Values) -> Mail:
        """The mail with these values: in the run's own words when there are any, else in ours."""
        subject, body = (own.subject, own.body) if own is not None else (self.subject, self.body)
        return Mail(wording.one_line(wording.fill(subject, values)), wording.fill(body, values))

    def faults(self, subject: str, body: str) -> tuple[wording.WordingFault, ...]:
        """What keeps an organiser's words from being used."""
        return wording.faults(subject, body, self.places, self.needs)

    def examples(self, session: Session, run_id: int) -> dict[str, str]:
        """A value for every place, to show the words of a run with."""
        own = self.examples_of(session, run_id) if self.examples_of is not None else {}
        return {name: own.get(name, place.example) for name, place in self.places.items()}


def own_words(session: Session, kind: MailKind, run_id: int | None, name: str) -> MailText | None:
    """The words an organiser has put instead of ours; those a newer version of the kind has outgrown do not count."""
    if run_id is None or not kind.is_editable:
        return None
    own = session.get(MailText, (run_id, name))
    if own is None or not kind.faults(own.subject, own.body):
        return own
    log.warning("the words of run %s for %s no longer fit; ours are used", run_id, name)
    return None


NAME = Place("Modtagerens navn", "Karen Holm")
RUN = Place("Holdets navn", "Hold Åsbakken, vinter")
PAGE = Place("Linket til siden", "https://kursus.example/runs/7")
CONTACT = Place("Kursusarrangørens navn og mailadresse", "Olga Organiser (olga@region.example)")
GENERAL: Mapping[str, Place] = {"navn": NAME, "hold": RUN, "link": PAGE, "kontakt": CONTACT}
"""The places that every mail of a run has; ``course.runs.mails.general`` gives their values."""
