"""Mails about a colleague's homework: a text waits for one's words, and one has got words. Never any text."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from course.content.catalogue import Activity, Kind
from course.outbox.mail import GENERAL, MailKind, MailMakers, Place, Values
from course.outbox.models import Message
from course.runs.contents import course_of
from course.runs.mails import addressee, general
from course.runs.models import Run
from course.submissions import peer_text
from course.web.danish import long_date
from course.work.models import PeerPair, Submission, Work
from course.work.rules import Projection, State
from course.work.standing import standing

from .peer_reading import about
from .peer_words import READY


def _ready(session: Session, message: Message, now: datetime) -> Values | None:
    """None when the text was recalled, the pair broken up, the words given, or the time is out."""
    member, pair = addressee(session, message), session.get(PeerPair, message.params["pair"])
    if member is None or pair is None or pair.ended_at is not None or pair.giver_id != member.id:
        return None
    stands = standing(session, member.run, member)
    asked = about(stands.course, pair.activity_id, Kind.PEER)
    homework = stands.course.activities.get(pair.activity_id)
    given = stands.fact(asked.id) if asked is not None else None
    if asked is None or homework is None or (given is not None and given.state == State.SUBMITTED):
        return None
    gate = stands.gate(asked, now)
    if not gate.is_open:
        return None
    link = url_for("reviews.peer", run_id=member.run_id, activity_id=homework.id, _external=True)
    return {
        **general(session, member.run, member.person.name, link),
        "titel": homework.title,
        "frist": f"Giv dine ord senest {long_date(gate.closes_at)}." if gate.closes_at else "",
    }


def _given(session: Session, message: Message, now: datetime) -> Values | None:
    """None when the words were taken back, given anew, or taken out of sight."""
    member, receipt = addressee(session, message), session.get(Submission, message.params["submission"])
    work = session.get(Work, receipt.work_id) if receipt is not None else None
    if member is None or work is None or receipt is None or not _are_there(work, receipt):
        return None
    homework = _homework(session, member.run, work)
    if homework is None:
        return None
    link = url_for("reviews.words", run_id=member.run_id, activity_id=homework.id, _external=True)
    return {**general(session, member.run, member.person.name, link), "titel": homework.title}


def _are_there(work: Work, receipt: Submission) -> bool:
    is_current = work.state == State.SUBMITTED and work.submitted_no == receipt.revision_no
    return is_current and work.projection != Projection.RECALLED


def _homework(session: Session, run: Run, words: Work) -> Activity | None:
    course = course_of(session, run)
    asked = course.activities.get(words.activity_id)
    return course.activities.get(asked.on.activity) if asked is not None and asked.on else None


def _examples(session: Session, run_id: int) -> Values:
    activities = course_of(session, session.get_one(Run, run_id)).activities
    asked = next((one for one in activities.values() if one.kind is Kind.PEER and one.on), None)
    return {"titel": activities[asked.on.activity].title} if asked is not None and asked.on else {}


TITLE = Place("Hjemmeopgavens titel", "En kort skriftlig refleksion")

PEER_READY = MailKind(
    title="En makkers tekst venter på ord",
    when="Når en underviser har givet en hjemmeopgave videre, til den makker, der skal give ord.",
    subject="Din makkers tekst er klar",
    body="""\
Hej {navn}

En underviser har læst din makkers hjemmeopgave, »{titel}«, og givet den til dig. Nu venter den på dine ord.

{frist}

Læs den, og skriv dine ord her:
{link}

Hold: {hold}
""",
    places={
        **GENERAL,
        "titel": TITLE,
        "frist": Place("Hvornår ordene skal være givet", "Giv dine ord senest fredag den 18. december 2026 kl. 23.59."),
    },
    values=_ready,
    examples_of=_examples,
)
WORDS_GIVEN = MailKind(
    title="Ord fra en makker",
    when="Når en makker har givet ord til en hjemmeopgave, til den, der har skrevet den.",
    subject="Du har fået ord om »{titel}«",
    body="""\
Hej {navn}

Din makker har læst din hjemmeopgave, »{titel}«, og givet dig nogle ord med på vejen.

Læs dem, og svar, hvis du vil, her:
{link}

Hold: {hold}
""",
    places={**GENERAL, "titel": TITLE},
    values=_given,
    examples_of=_examples,
)

MAILS: MailMakers = {READY: PEER_READY, peer_text.GIVEN: WORDS_GIVEN}
