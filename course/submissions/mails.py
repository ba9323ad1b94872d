"""The receipt by mail for something that somebody is going to read."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.outbox.mail import Mail, MailMakers
from course.outbox.models import Message
from course.runs.contents import course_of
from course.runs.models import Membership
from course.web.danish import long_date
from course.work.models import Submission, Work

from .wording import next_sentences

RECEIPT = "receipt"

BODY = """\
Hej {name}

Vi har modtaget »{title}« {at}.

Kvitteringsnummer: {number}

{then}

Du finder det, du har sendt, her:
{link}

Venlig hilsen
Vejen Frem Kursus
"""


def receipt(session: Session, message: Message, _now: datetime) -> Mail | None:
    """The mail, or None when the work has been taken back, handed in again, or its author has left."""
    found = session.execute(
        select(Submission, Work, Membership, Person)
        .join(Work, Work.id == Submission.work_id)
        .join(Membership, Membership.id == Work.membership_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Submission.id == message.params["submission_id"])
    ).one_or_none()
    if found is None:
        return None
    handed_in, work, member, person = found
    is_current = work.submitted_no == handed_in.revision_no and work.state == "submitted"
    if not is_current or member.left_at is not None or person.closed_at is not None:
        return None
    activity = course_of(session, member.run).activities[work.activity_id]
    slot = activity.slot(work.slot)
    title = slot.title if slot is not None and len(activity.slots) > 1 else activity.title
    link = url_for("submissions.work", run_id=work.run_id, activity_id=work.activity_id, slot=work.slot, _external=True)
    body = BODY.format(
        name=person.name,
        title=title,
        at=long_date(handed_in.at),
        number=handed_in.receipt,
        then="\n\n".join(next_sentences(activity)),
        link=link,
    )
    return Mail(f"Kvittering for »{title}«", body)


MAILS: MailMakers = {RECEIPT: receipt}
