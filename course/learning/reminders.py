"""Reminders and announcements: queued by `course worker`, written when they are sent.

What was queued is known from the outbox itself. The same mail is never queued twice, however many workers there are
and whatever the clock does: its key names the member and the day (or the activity).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from course.content.catalogue import Kind
from course.db.session import writing
from course.outbox.mail import GENERAL, MailKind, MailMakers, Place, Values
from course.outbox.models import Message
from course.outbox.service import queue
from course.runs.contents import course_of
from course.runs.mails import addressee, general
from course.runs.models import Membership, Run
from course.runs.rules import COPENHAGEN, Role, timetable
from course.runs.service import members
from course.web.danish import listing, long_date, minutes, relative_day
from course.work.standing import Standing, anchors_of, moves, planned_of, standing, standings_of_run

from . import reminding, rules, service

NEAR, OPENS = "deadline_near", "opens"
ABOUT_DATES = ("deadlines_moved", "session_moved", "returned", "rejected")
OWN_DATES = timedelta(days=30)
"""A text sent back or rejected has a date of its own, so long after the deadline at most."""
OLDEST = timedelta(days=800)
"""A run is over for good so long after its last day."""


@dataclass(slots=True)
class Told:
    """What the outbox of a run tells: rounds of reminding held, who got a reminder on which day, what was announced
    to whom, and when somebody last heard of their dates.
    """

    held: set[reminding.Key] = field(default_factory=set)
    reminded: set[tuple[int, date]] = field(default_factory=set)
    announced: set[tuple[int, str]] = field(default_factory=set)
    dates: dict[str, datetime] = field(default_factory=dict)


def run_due(session: Session, now: datetime) -> int:
    """Queue the reminders and announcements that are due. The answer is how many mails were queued."""
    if not reminding.is_day(now):
        return 0
    runs = session.scalars(select(Run).where(Run.cancelled_at.is_(None)).options(selectinload(Run.sessions)))
    return sum(_of_run(session, run, now) for run in list(runs) if _goes_on(run, now))


def _goes_on(run: Run, now: datetime) -> bool:
    return not run.sessions or max(meeting.ends_at for meeting in run.sessions) > now - OLDEST


def _of_run(session: Session, run: Run, now: datetime) -> int:
    if not _may_be_due(session, run, now):
        return 0
    people = {m.id: m for m in members(session, run.id, Role.PARTICIPANT) if m.person.closed_at is None}
    told = _told(session, run)
    mails = [
        mail
        for member, stands in standings_of_run(session, run, people.values()).items()
        for mail in _mails(people[member], stands, told, now)
    ]
    if not mails:
        return 0
    with writing(session):
        for kind, member, params, key in mails:
            queue(
                session, now=now, kind=kind, to=member.person.email, run_id=run.id,
                params={"membership": member.id, **params}, dedupe_key=key,
            )  # fmt: skip
    return len(mails)


def _may_be_due(session: Session, run: Run, now: datetime) -> bool:
    """Whether a look at the members is worth while: a deadline comes near or is just over, or something has opened."""
    course = course_of(session, run)
    for_all, for_one = moves(session, run.id)
    dates = timetable(anchors_of(run), planned_of(course, run.mode), for_all, {})
    for deadline in course.deadlines.values():
        known = (dates.due(deadline.id), *(own.get(deadline.id) for own in for_one.values()))
        if deadline.remind and any(at and _is_near(at, max(deadline.remind), now) for at in known):
            return True
    opened = (dates.at(activity.opens) for activity in course.activities.values() if activity.announce)
    return any(at and at <= now <= at + reminding.LATE for at in opened)


def _is_near(at: datetime, days: int, now: datetime) -> bool:
    return reminding.moment(at, days) <= now < at + OWN_DATES


def _told(session: Session, run: Run) -> Told:
    told = Told()
    rows = session.execute(
        select(Message.kind, Message.to, Message.params, Message.queued_at).where(
            Message.run_id == run.id, Message.kind.in_((NEAR, OPENS, *ABOUT_DATES))
        )
    )
    for kind, to, params, queued_at in rows:
        if kind == NEAR:
            told.held |= {(deadline, days, at) for deadline, days, at in params["due"]}
            told.reminded.add((params["membership"], _day(queued_at)))
        elif kind == OPENS:
            told.announced |= {(params["membership"], activity) for activity in params["activities"]}
        else:
            told.dates[to] = max(queued_at, told.dates.get(to, queued_at))
    return told


def _mails(
    member: Membership, stands: Standing, told: Told, now: datetime
) -> Iterable[tuple[str, Membership, dict[str, list[object]], str]]:
    """The mails a member gets now: kind, member, params and key."""
    everything = service.entries(stands, now)
    near = _near(member, stands, everything, told, now)
    if near and (member.id, _day(now)) not in told.reminded:
        yield NEAR, member, {"due": [list(r.key) for r in near]}, f"{NEAR}-{member.id}-{_day(now)}"
    opened = [
        entry.activity.id
        for entry in reminding.announced(everything, now, since=member.joined_at)
        if (member.id, entry.activity.id) not in told.announced
    ]
    if opened:
        yield OPENS, member, {"activities": [*opened]}, f"{OPENS}-{member.id}-{opened[0]}"


def _day(moment: datetime) -> date:
    return moment.astimezone(COPENHAGEN).date()


def _near(
    member: Membership, stands: Standing, everything: list[rules.Entry], told: Told, now: datetime
) -> tuple[reminding.Reminder, ...]:
    return reminding.reminders(
        rules.deadlines(stands.course, everything),
        everything,
        {deadline.id: deadline.remind for deadline in stands.course.deadlines.values()},
        now,
        since=max(member.joined_at, told.dates.get(member.person.email, member.joined_at)),
        held=told.held,
    )


def _deadline_near(session: Session, message: Message, now: datetime) -> Values | None:
    """What still lacks before the deadlines that still hold; None when nothing does."""
    member = addressee(session, message)
    if member is None:
        return None
    stands = standing(session, member.run, member)
    everything = service.entries(stands, now)
    meant = {(deadline, at) for deadline, _, at in message.params["due"]}
    left = [
        (deadline, lacking)
        for deadline in rules.deadlines(stands.course, everything)
        if (deadline.id, deadline.at.isoformat()) in meant and deadline.at > now
        if (lacking := reminding.lacking(deadline.waiting, everything))
    ]
    if not left:
        return None
    lines = [
        f"– {deadline.title}: {long_date(deadline.at)}\n  Du mangler {listing([f'»{e.title}«' for e in lacking])}."
        for deadline, lacking in left
    ]
    link = url_for("learning.path", run_id=member.run_id, _external=True)
    return {
        **general(session, member.run, member.person.name, link),
        "frister": "\n".join(lines),
        "hvornår": relative_day(left[0][0].at, now),
    }


def _opens(session: Session, message: Message, now: datetime) -> Values | None:
    """None when it is done already, or has closed again."""
    member = addressee(session, message)
    if member is None:
        return None
    named: list[str] = message.params["activities"]
    everything = service.entries(standing(session, member.run, member), now)
    first: Mapping[str, rules.Entry] = {
        e.activity.id: e for e in reversed(everything) if e.activity.id in named and e.gate.is_open and not e.is_done
    }
    entries = [first[activity] for activity in named if activity in first]
    if not entries:
        return None
    closes = min((e.gate.closes_at for e in entries if e.gate.closes_at is not None), default=None)
    return {
        **general(session, member.run, member.person.name, _link(member.run, entries)),
        "titel": listing([f"»{e.activity.title}«" for e in entries]),
        "tid": minutes(sum(e.activity.minutes for e in entries)),
        "frist": f"Fristen er {long_date(closes)}." if closes is not None else "",
    }


def _link(run: Run, entries: list[rules.Entry]) -> str:
    """Where the one thing is done; the path when there are several."""
    activity, slot = entries[0].activity, entries[0].slot
    if len(entries) > 1 or activity.kind is Kind.ATTEND:
        return url_for("learning.path", run_id=run.id, _external=True)
    if activity.kind is Kind.READ:
        return url_for("learning.module", run_id=run.id, module_id=activity.module_id, page_id=activity.page_id,
                       _external=True)  # fmt: skip
    if activity.kind.is_played:
        return url_for("exercises.play", run_id=run.id, activity_id=activity.id, _external=True)
    return url_for("submissions.work", run_id=run.id, activity_id=activity.id, slot=slot, _external=True)


def _example_of_near(session: Session, run_id: int) -> Values:
    """The first deadline that something is due by."""
    stands = standing(session, session.get_one(Run, run_id), None)
    for activity in stands.course.activities.values():
        if activity.due and (at := stands.dates.due(activity.due)):
            title = stands.course.deadlines[activity.due].title
            return {"frister": f"– {title}: {long_date(at)}\n  Du mangler »{activity.title}«."}
    return {}


def _example_of_opens(session: Session, run_id: int) -> Values:
    """The first thing that the course announces."""
    stands = standing(session, session.get_one(Run, run_id), None)
    activity = next((one for one in stands.course.activities.values() if one.announce), None)
    if activity is None:
        return {}
    due = stands.dates.due(activity.due)
    return {
        "titel": f"»{activity.title}«",
        "tid": minutes(activity.minutes),
        "frist": f"Fristen er {long_date(due)}." if due else "",
    }


MAILS: MailMakers = {
    NEAR: MailKind(
        title="En frist nærmer sig",
        when="Kl. 8 om morgenen, nogle dage før fristen, som kurset siger det. Går kun til deltagere, "
        "der mangler noget før fristen, og samler dagens frister i én mail.",
        subject="Frist {hvornår}: {hold}",
        body="""\
Kære {navn}

Der er en frist på holdet »{hold}« {hvornår}, og du mangler noget:

{frister}

Skriv videre her:
{link}

Kan du ikke nå det, så skriv til {kontakt}.
""",
        places={
            **GENERAL,
            "frister": Place(
                "Fristerne og det, der mangler",
                "– Send dine to forløb: fredag den 20. november 2026 kl. 23.59\n"
                "  Du mangler »Et forløb, der gik dårligt«.",
            ),
            "hvornår": Place("Hvor langt der er til den første frist", "om 7 dage"),
        },
        values=_deadline_near,
        examples_of=_example_of_near,
        needs=frozenset({"frister", "link"}),
    ),
    OPENS: MailKind(
        title="Noget nyt er åbnet",
        when="Om dagen, når noget åbner, som kurset siger til om, for eksempel opfølgningen tre måneder efter. "
        "Går til deltagerne.",
        subject="{titel} er åben nu",
        body="""\
Kære {navn}

{titel} er åben nu på holdet »{hold}«. Det tager cirka {tid}

{frist}

Begynd her:
{link}
""",
        places={
            **GENERAL,
            "titel": Place("Det, der er åbnet", "»Gjorde jeg det?«"),
            "tid": Place("Hvor længe det tager", "5 min."),
            "frist": Place("En sætning om fristen; tom, når der ikke er nogen", "Fristen er fredag den 9. april 2027."),
        },
        values=_opens,
        examples_of=_example_of_opens,
    ),
}
