"""The mail that says who one's partner is, in a run that is taken in one's own time."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.outbox.mail import GENERAL, MailKind, MailMakers, Place, Values
from course.outbox.models import Message
from course.outbox.service import queue
from course.runs.mails import addressee, general
from course.runs.models import Membership, Run
from course.web.danish import listing

from .partner_reading import partners_of
from .rules import Groups

KIND = "partner"


def tell_partners(
    session: Session, *, now: datetime, run: Run, session_key: str, before: Groups, after: Groups
) -> None:
    """Queue a mail to everybody who has other partners than before."""
    was = {member: group for group in before.values() for member in group}
    new = {member: group for group in after.values() for member in group if was.get(member) != group and len(group) > 1}
    for member in session.scalars(select(Membership).where(Membership.id.in_(new)).order_by(Membership.id)):
        with_whom = "-".join(map(str, new[member.id]))
        queue(
            session, now=now, kind=KIND, to=member.person.email, run_id=run.id,
            params={"membership": member.id, "session": session_key},
            dedupe_key=f"{KIND}-{member.id}-{with_whom}-{now.isoformat()}",
        )  # fmt: skip


def _partner(session: Session, message: Message, now: datetime) -> Values | None:
    """The partners as they are now. None when there is none any more, or a later mail says it."""
    member = addressee(session, message)
    if member is None or _is_told_again(session, message):
        return None
    key = message.params["session"]
    people = [partner.person for partner in partners_of(session, member, key)]
    if not people:
        return None
    link = url_for("teams.partner", run_id=member.run_id, session_key=key, _external=True)
    return {
        **general(session, member.run, member.person.name, link),
        "makker": listing([f"{person.name} ({person.email})" for person in people]),
    }


def _is_told_again(session: Session, message: Message) -> bool:
    later = select(Message.params).where(
        Message.run_id == message.run_id, Message.kind == KIND, Message.to == message.to, Message.id > message.id
    )
    return any(params["membership"] == message.params["membership"] for params in session.scalars(later))


MAILS: MailMakers = {
    KIND: MailKind(
        of_own_time=True,
        title="Din makker",
        when="På hold i egen takt: når makkerne er fordelt, og når en deltager får en anden makker.",
        subject="Din makker på {hold}",
        body="""\
Kære {navn}

Du tager kurset sammen med {makker}.

Skriv til hinanden, og find en tid, hvor I kan tale sammen. Et opkald på tyve minutter er nok. Her kan du se, \
hvad I skal nå sammen:
{link}

Er der noget i vejen, så skriv til {kontakt}.
""",
        places={
            **GENERAL,
            "makker": Place("Makkerens navn og mailadresse", "Oda Lyngholm (oda@arbejdsplads.example)"),
        },
        values=_partner,
        needs=frozenset({"makker"}),
    )
}
