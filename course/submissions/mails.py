"""The receipt by mail for something that somebody is going to read."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.outbox.mail import GENERAL, MailKind, MailMakers, Place, Values
from course.outbox.models import Message
from course.runs.contents import course_of
from course.runs.mails import general
from course.runs.models import Membership, Run
from course.web.danish import long_date
from course.work.models import Submission, Work

from .wording import next_sentences

RECEIPT = "receipt"


def _receipt(session: Session, message: Message, _now: datetime) -> Values | None:
    """None when the work has been taken back or handed in again, or who handed it in has left.

    ``params["membership"]`` says who handed in what a team wrote.
    """
    found = session.execute(
        select(Submission, Work)
        .join(Work, Work.id == Submission.work_id)
        .where(Submission.id == message.params["submission_id"])
    ).one_or_none()
    if found is None:
        return None
    handed_in, work = found
    member = session.get(Membership, message.params.get("membership") or work.membership_id)
    is_current = work.submitted_no == handed_in.revision_no and work.state == "submitted"
    if member is None or not is_current or member.left_at is not None or member.person.closed_at is not None:
        return None
    activity = course_of(session, member.run).activities[work.activity_id]
    slot = activity.slot(work.slot)
    link = url_for("submissions.work", run_id=work.run_id, activity_id=work.activity_id, slot=work.slot, _external=True)
    return {
        **general(session, member.run, member.person.name, link),
        "titel": slot.title if slot is not None and len(activity.slots) > 1 else activity.title,
        "modtaget": long_date(handed_in.at),
        "kvittering": handed_in.receipt,
        "hvad nu": "\n\n".join(next_sentences(activity)),
    }


def title_examples(session: Session, run_id: int) -> Values:
    """What the first text that staff read in the run's course is called, and what happens when it is sent."""
    course = course_of(session, session.get_one(Run, run_id))
    activity = next((one for one in course.activities.values() if one.review), None)
    if activity is None:
        return {}
    return {
        "titel": activity.slots[-1].title if len(activity.slots) > 1 else activity.title,
        "hvad nu": "\n\n".join(next_sentences(activity)),
    }


MAILS: MailMakers = {
    RECEIPT: MailKind(
        title="Kvittering",
        when="Når en deltager sender en tekst, som en underviser skal læse. Går til den, der har sendt den.",
        subject="Kvittering for »{titel}«",
        body="""\
Hej {navn}

Vi har modtaget »{titel}« {modtaget}.

Kvitteringsnummer: {kvittering}

{hvad nu}

Du finder det, du har sendt, her:
{link}

Venlig hilsen
Vejen Frem Kursus
""",
        places={
            **GENERAL,
            "titel": Place("Tekstens titel på kurset", "Et forløb, der gik dårligt"),
            "modtaget": Place("Hvornår den er modtaget", "fredag den 13. november 2026 kl. 14.03"),
            "kvittering": Place("Kvitteringens nummer", "K7QP-2M4X"),
            "hvad nu": Place("Hvad der sker, når noget er sendt", "En underviser læser teksten."),
        },
        values=_receipt,
        examples_of=title_examples,
    )
}
