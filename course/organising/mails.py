"""Mails about dates and cancelled runs. They say what holds when they are sent."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.outbox.mail import GENERAL, MailKind, MailMakers, Place, Values
from course.outbox.models import Message
from course.runs.contents import course_of
from course.runs.mails import addressee, general, session_line
from course.runs.models import Membership, Run, RunSession
from course.runs.rules import Role
from course.web.danish import listing, long_date
from course.work.standing import standing

from .rules import unfinished


def _is_told_again(session: Session, message: Message, what: str) -> bool:
    """Whether a later mail to the same member says all that this one would: moved twice is told once."""
    later = session.scalars(
        select(Message.params).where(
            Message.run_id == message.run_id,
            Message.kind == message.kind,
            Message.to == message.to,
            Message.id > message.id,
        )
    )
    return any(
        params["membership"] == message.params["membership"] and set(params[what]) >= set(message.params[what])
        for params in later
    )


def _deadlines_moved(session: Session, message: Message, now: datetime) -> Values | None:
    """The dates that hold now. None when nothing is left to do before them, or a later mail says it."""
    member = addressee(session, message)
    if member is None or _is_told_again(session, message, "deadlines"):
        return None
    stands = standing(session, member.run, member)
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
    link = url_for("learning.path", run_id=member.run_id, _external=True)
    return {**general(session, member.run, member.person.name, link), "frister": "\n".join(lines)}


def _session_moved(session: Session, message: Message, now: datetime) -> Values | None:
    """None when the moved days have passed, or a later mail says it."""
    member = addressee(session, message)
    if member is None or _is_told_again(session, message, "sessions"):
        return None
    run = member.run
    course = course_of(session, run)
    lines = [
        f"– {session_line(course, run, meeting)}"
        for meeting in run.sessions
        if meeting.key in message.params["sessions"]
        if (meeting.ends_at if run.is_own_time else meeting.starts_at) > now
    ]
    if not lines:
        return None
    page = "learning.path" if member.role == Role.PARTICIPANT else "reviews.inbox"
    link = url_for(page, run_id=run.id, _external=True)
    return {**general(session, run, member.person.name, link), "dage": "\n".join(lines)}


def _run_cancelled(session: Session, message: Message, now: datetime) -> Values | None:
    """None when the run was never cancelled, or the member has left."""
    member = session.get(Membership, message.params["membership"])
    if member is None or member.left_at is not None or member.run.cancelled_at is None:
        return None
    link = url_for("learning.home", _external=True)
    return {
        **general(session, member.run, member.person.name, link),
        "dage": _days([meeting for meeting in member.run.sessions if meeting.starts_at > now]),
    }


def _days(meetings: list[RunSession]) -> str:
    return f"Det gælder {listing([long_date(meeting.starts_at) for meeting in meetings])}." if meetings else ""


def _example_of_deadlines(session: Session, run_id: int) -> Values:
    stands = standing(session, session.get_one(Run, run_id), None)
    for deadline in stands.course.deadlines.values():
        if at := stands.dates.due(deadline.id):
            return {"frister": f"– {deadline.title}: {long_date(at)}"}
    return {}


def _example_of_sessions(session: Session, run_id: int) -> Values:
    run = session.get_one(Run, run_id)
    return {"dage": f"– {session_line(course_of(session, run), run, run.sessions[0])}"} if run.sessions else {}


def _example_of_cancelling(session: Session, run_id: int) -> Values:
    return {"dage": _days(session.get_one(Run, run_id).sessions)}


MAILS: MailMakers = {
    "deadlines_moved": MailKind(
        title="En frist er flyttet",
        when="Når en frist flyttes for alle eller for én, eller når nyt indhold flytter den. Går til deltagere, "
        "der mangler noget før fristen.",
        subject="Ny frist: {hold}",
        body="""\
Kære {navn}

En frist på holdet »{hold}« er flyttet. Nu gælder:

{frister}

Du kan se alle dine frister her:
{link}
""",
        places={
            **GENERAL,
            "frister": Place(
                "De flyttede frister, én på hver linje",
                "– Send dine to forløb: fredag den 20. november 2026 kl. 23.59",
            ),
        },
        values=_deadlines_moved,
        examples_of=_example_of_deadlines,
        needs=frozenset({"frister", "link"}),
    ),
    "session_moved": MailKind(
        title="Ny tid eller nyt sted",
        when="Når en kursusgang får ny tid eller nyt sted. Går til alle på holdet.",
        subject="Ny tid eller nyt sted: {hold}",
        body="""\
Kære {navn}

Holdet »{hold}« har fået ny tid eller nyt sted:

{dage}

Fristerne følger med. Se dem her:
{link}
""",
        places={
            **GENERAL,
            "dage": Place(
                "De flyttede dage med tid og sted, én på hver linje",
                "– Kursusdag 1: fredag den 4. december 2026 kl. 9.00, Medborgerhuset",
            ),
        },
        values=_session_moved,
        examples_of=_example_of_sessions,
        needs=frozenset({"dage", "link"}),
    ),
    "run_cancelled": MailKind(
        title="Holdet er aflyst",
        when="Når du aflyser holdet. Går til alle på holdet.",
        subject="Aflyst: {hold}",
        body="""\
Kære {navn}

Holdet »{hold}« er aflyst. {dage}

Du kan stadig læse det, du har skrevet:
{link}
""",
        places={
            **GENERAL,
            "dage": Place(
                "En sætning med de dage, der ikke bliver til noget; tom, når de er gået",
                "Det gælder fredag den 4. december 2026 kl. 9.00.",
            ),
        },
        values=_run_cancelled,
        examples_of=_example_of_cancelling,
    ),
}
