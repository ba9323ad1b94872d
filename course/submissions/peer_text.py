"""The homework one gives words to: its release, and nothing else, as long as it is not recalled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.content.catalogue import Activity, Course, Field, Kind
from course.outbox.service import queue
from course.runs.models import Membership
from course.work.finding import Closed
from course.work.models import PeerPair, Release, Submission, Work

GIVEN = "words_given"
"""The mail to the author; made by ``course.reviews.peer_mails``."""
NEW_PEER = (
    "Du har fået en anden makker, siden du skrev. Læs din nye makkers tekst, og ret dine ord, så de handler om den. "
    "Det, du har skrevet, er gemt."
)


@dataclass(frozen=True, slots=True)
class PeerText:
    """The pair a member gives words in: whose homework, since when, and its release (None: there is none to read)."""

    author: str
    receiver_id: int
    since: datetime
    work_id: int | None
    data: dict[str, Any] | None

    def is_older(self, written_at: datetime | None) -> bool:
        """Whether something was written before this pair was made, so that it is about another's text."""
        return written_at is not None and written_at < self.since


_TEXT = (
    select(Person.name, PeerPair.receiver_id, PeerPair.made_at, Release.work_id, Release.data)
    .join(Membership, Membership.id == PeerPair.receiver_id)
    .join(Person, Person.id == Membership.person_id)
    .outerjoin(
        Work,
        and_(
            Work.membership_id == PeerPair.receiver_id,
            Work.activity_id == PeerPair.activity_id,
            Work.projection == "released",
        ),
    )
    .outerjoin(Release, and_(Release.work_id == Work.id, Release.recalled_at.is_(None), Release.audience == "peer"))
    .where(
        PeerPair.giver_id == bindparam("giver"),
        PeerPair.activity_id == bindparam("homework"),
        PeerPair.ended_at.is_(None),
    )
)


def text_for(session: Session, giver_id: int, homework_id: str) -> PeerText | None:
    """The text a member gives words to now; None without a peer. One query."""
    row = session.execute(_TEXT, {"giver": giver_id, "homework": homework_id}).one_or_none()
    return PeerText(*row) if row is not None else None


def text_of_place(session: Session, giver_id: int, activity: Activity) -> PeerText | None:
    """The same for a place where one writes: None where that is no words to a peer."""
    if activity.kind is not Kind.PEER or activity.on is None:
        return None
    return text_for(session, giver_id, activity.on.activity)


def fields_shown(course: Course, homework_id: str, text: PeerText) -> list[Field]:
    """The fields of the homework that stand in the release."""
    homework = course.activities.get(homework_id)
    if homework is None or homework.form is None or text.data is None:
        return []
    return [field for name, field in homework.form.fields.items() if name in text.data and not field.private]


def require_same_peer(session: Session, giver_id: int, activity: Activity, written_at: datetime | None) -> None:
    """Refuse words that were written to somebody else's text.

    Raises:
        Closed: the pair is newer than the words.
    """
    text = text_of_place(session, giver_id, activity)
    if text is not None and text.is_older(written_at):
        raise Closed(NEW_PEER)


def tell_author(session: Session, *, now: datetime, giver_id: int, activity: Activity, receipt: Submission) -> None:
    """Tell the author of a homework that a peer has given words to it. Nothing for other works."""
    text = text_of_place(session, giver_id, activity)
    receiver = session.get(Membership, text.receiver_id) if text is not None else None
    if receiver is not None and receiver.left_at is None:
        queue(
            session, now=now, kind=GIVEN, to=receiver.person.email, run_id=receiver.run_id,
            params={"membership": receiver.id, "submission": receipt.id}, dedupe_key=f"{GIVEN}-{receipt.id}",
        )  # fmt: skip
