"""What every mail of a run can say, and the mail that invites somebody to a run."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, url_for
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.content.catalogue import Course
from course.outbox.mail import CONTACT, GENERAL, MailKind, MailMakers, Place, Values
from course.outbox.models import Message
from course.web.danish import clock_time, day, listing, long_date

from .contents import course_of
from .invitations import KIND, link_token
from .models import Invitation, Membership, Run, RunSession
from .rules import Role
from .service import members


def addressee(session: Session, message: Message) -> Membership | None:
    """The member a mail goes to (``params["membership"]``), while they are in a run that goes on."""
    member = session.get(Membership, message.params["membership"])
    if member is None or member.left_at is not None or member.person.closed_at is not None:
        return None
    return None if member.run.cancelled_at is not None else member


def general(session: Session, run: Run, name: str, link: str) -> dict[str, str]:
    """The values of ``outbox.mail.GENERAL``: the receiver's name, the run, its organisers, and the page to open."""
    return {"navn": name, "hold": run.name, "link": link, "kontakt": contact(session, run)}


def contact(session: Session, run: Run) -> str:
    """The organisers of a run with their addresses, in words."""
    people = [member.person for member in members(session, run.id, Role.ORGANISER)]
    return listing([f"{person.name} ({person.email})" for person in people]) if people else "kursusarrangøren"


BODY = """\
Hej {navn}

{indbydelse}

{datoer}

Begynd her – du vælger selv en adgangskode:

{link}

Linket er personligt og virker til {gyldig til}.

Er der noget, du er i tvivl om, så skriv til {kontakt}.

Venlig hilsen
{afsender}
"""

_ROLE_WORDS = {
    Role.PARTICIPANT: "{sender} inviterer dig til kurset »{course}« på {run}.\n\n{how}",
    Role.FACILITATOR: "{sender} inviterer dig til at være underviser på kurset »{course}« på {run}.",
    Role.ORGANISER: "{sender} inviterer dig til at være kursusarrangør på kurset »{course}« på {run}.",
}


def _invitation(session: Session, message: Message, now: datetime) -> Values | None:
    """None when the invitation does not wait (any more) for this address."""
    found = session.get(Invitation, message.params["invitation_id"])
    if found is None or found.state != "pending" or now >= found.expires_at or found.email != message.to:
        return None
    run = found.run
    if run.cancelled_at is not None:
        return None
    course = course_of(session, run)
    inviter = session.get(Person, found.created_by_id) if found.created_by_id else None
    sender = inviter.name if inviter else "Vejen Frem Kursus"
    token = link_token(found, current_app.config["SECRET_KEY"])
    return {
        "navn": found.name,
        "hold": run.name,
        "kursus": course.title,
        "indbydelse": _ROLE_WORDS[Role(found.role)].format(
            sender=sender, course=course.title, run=run.name, how=how_it_is_held(course, run)
        ),
        "datoer": dates(course, run),
        "link": url_for("runs.invitation", token=token, _external=True),
        "gyldig til": long_date(found.expires_at),
        "kontakt": f"{sender} ({inviter.email})" if inviter else contact(session, run),
        "afsender": sender,
    }


def how_it_is_held(course: Course, run: Run) -> str:
    """What a participant is told of how the course goes."""
    if run.is_own_time:
        return (
            "Du tager kurset i din egen takt sammen med en makker fra holdet. I taler sammen to gange, og imellem "
            "holder du et kort møde på dit arbejde."
        )
    if course.is_online:
        return "Kurset holdes på video. Mellem kursusgangene holder du et kort møde på dit arbejde."
    return "Forberedelsen tager du i små bidder, når det passer dig, på telefon eller computer."


def dates(course: Course, run: Run) -> str:
    """The days of a run with times and places, one a line."""
    lines = [f"{session_line(course, run, session, with_end=True)}" for session in run.sessions]
    return "\n".join(lines) or "Datoerne er ikke lagt fast endnu."


def session_line(course: Course, run: Run, meeting: RunSession, *, with_end: bool = False) -> str:
    """A session with its time and place; in one's own time with the days between which it can be taken."""
    planned = course.sessions.get(meeting.key)
    title = planned.title if planned else meeting.key
    place = f", {meeting.place}" if meeting.place else ""
    if run.is_own_time:
        return f"{title}: i din egen takt fra {day(meeting.starts_at)} til {day(meeting.ends_at)}{place}"
    until = f"–{clock_time(meeting.ends_at)}" if with_end else ""
    return f"{title}: {long_date(meeting.starts_at)}{until}{place}"


SENDER = Place("Navnet på den, der har inviteret", "Olga Organiser")


def _invitation_examples(session: Session, run_id: int) -> Values:
    run = session.get_one(Run, run_id)
    course = course_of(session, run)
    return {
        "kursus": course.title,
        "indbydelse": _ROLE_WORDS[Role.PARTICIPANT].format(
            sender=SENDER.example, course=course.title, run=run.name, how=how_it_is_held(course, run)
        ),
        "datoer": dates(course, run),
    }


INVITATION = MailKind(
    title="Invitation",
    when="Når du inviterer nogen til holdet, og når du sender invitationen igen.",
    subject="Invitation: {kursus}",
    body=BODY,
    places={
        **GENERAL,
        "navn": Place("Navnet i invitationen; tomt, hvis du ikke har skrevet et", "Karen Holm"),
        "kursus": Place("Kursets titel", "Arbejdsfastholdelse ved muskelskeletbesvær"),
        "indbydelse": Place(
            "Hvem der inviterer til hvad, alt efter om det er som deltager, underviser eller kursusarrangør",
            "Olga Organiser inviterer dig til kurset »Arbejdsfastholdelse ved muskelskeletbesvær« på Hold Åsbakken.",
        ),
        "datoer": Place(
            "Kursusdagene med tid og sted",
            "Kursusdag 1: fredag den 4. december 2026 kl. 9.00–16.15, Medborgerhuset",
        ),
        "link": Place("Modtagerens eget link til at begynde", "https://kursus.example/invitations/…"),
        "gyldig til": Place("Hvor længe linket virker", "fredag den 25. december 2026 kl. 9.00"),
        "kontakt": CONTACT,
        "afsender": SENDER,
    },
    values=_invitation,
    examples_of=_invitation_examples,
    secrets=frozenset({"link"}),
)
MAILS: MailMakers = {KIND: INVITATION}
