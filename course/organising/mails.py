"""Mails about dates and cancelled runs. They say what holds when they are sent."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.outbox.mail import Mail, MailMakers
from course.outbox.models import Message
from course.runs.models import Membership, Run
from course.web.danish import listing, long_date
from course.work.standing import standing

from .rules import unfinished


def _member(session: Session, message: Message) -> tuple[Membership, Run, Person] | None:
    """The member a message is about, while they are in a run that goes on."""
    member = session.get(Membership, message.params["membership"])
    if member is None or member.left_at is not None:
        return None
    return member, member.run, member.person


def deadlines_moved(session: Session, message: Message, now: datetime) -> Mail | None:
    """A deadline was moved: the date that holds now. Dropped when nothing is left to do before it."""
    found = _member(session, message)
    if found is None or found[1].cancelled_at is not None:
        return None
    member, run, person = found
    stands = standing(session, run, member)
    left = unfinished(stands.course.activities.values(), stands.facts)
    waiting = {activity.due for activity in left if activity.due}
    named: list[str] = message.params["deadlines"]
    lines = [
        f"– {stands.course.deadlines[name].title}: {long_date(at)}"
        for name in named
        if name in waiting and name in stands.course.deadlines and (at := stands.dates.due(name)) and at > now
    ]
    if not lines:
        return None
    path = url_for("learning.path", run_id=run.id, _external=True)
    body = "\n".join(
        [f"Kære {person.name}", "", f"En frist på holdet »{run.name}« er flyttet. Nu gælder:", "", *lines, "",
         "Du kan se alle dine frister her:", path]
    )  # fmt: skip
    return Mail(f"Ny frist: {run.name}", body)


def session_moved(session: Session, message: Message, now: datetime) -> Mail | None:
    """A day of the run got another time or place."""
    found = _member(session, message)
    if found is None or found[1].cancelled_at is not None:
        return None
    member, run, person = found
    titles = {s.id: s.title for s in standing(session, run, None).course.sessions.values()}
    lines = [
        f"– {titles.get(meeting.key, meeting.key)}: {long_date(meeting.starts_at)}"
        + (f", {meeting.place}" if meeting.place else "")
        for meeting in run.sessions
        if meeting.key in message.params["sessions"] and meeting.starts_at > now
    ]
    if not lines:
        return None
    page = "learning.path" if member.role == "participant" else "reviews.inbox"
    body = "\n".join(
        [f"Kære {person.name}", "", f"Holdet »{run.name}« har fået ny tid eller nyt sted:", "", *lines, "",
         "Fristerne følger med. Se dem her:", url_for(page, run_id=run.id, _external=True)]
    )  # fmt: skip
    return Mail(f"Ny tid eller nyt sted: {run.name}", body)


def run_cancelled(session: Session, message: Message, now: datetime) -> Mail | None:
    """The run does not take place."""
    found = _member(session, message)
    if found is None or found[1].cancelled_at is None:
        return None
    _, run, person = found
    days = listing([long_date(meeting.starts_at) for meeting in run.sessions if meeting.starts_at > now])
    body = "\n".join(
        [f"Kære {person.name}", "", f"Holdet »{run.name}« er aflyst." + (f" Det gælder {days}." if days else ""), "",
         "Du kan stadig læse det, du har skrevet:", url_for("learning.home", _external=True)]
    )  # fmt: skip
    return Mail(f"Aflyst: {run.name}", body)


MAILS: MailMakers = {
    "deadlines_moved": deadlines_moved,
    "session_moved": session_moved,
    "run_cancelled": run_cancelled,
}
