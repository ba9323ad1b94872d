"""Mails about reviews. They never hold a text, only where to read it, and say what holds when they are sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.outbox.mail import Mail, MailMakers
from course.outbox.models import Message
from course.runs.contents import course_of
from course.runs.models import Membership, Run
from course.web.danish import long_date
from course.work.models import Decision, Release, Work
from course.work.rules import Projection, State

from .models import RiskFlag


@dataclass(frozen=True, slots=True)
class About:
    """The work a mail is about, its author and what it is called."""

    work: Work
    author: Person
    run: Run
    title: str
    url: str


def _about(session: Session, work_id: int) -> About | None:
    """None when there is nobody to write to: the author has left, or the run was cancelled."""
    work = session.get(Work, work_id)
    member = session.get(Membership, work.membership_id) if work else None
    run = session.get(Run, work.run_id) if work else None
    if work is None or member is None or run is None or member.left_at or run.cancelled_at:
        return None
    activity = course_of(session, run).activities.get(work.activity_id)
    slot = activity.slot(work.slot) if activity else None
    title = slot.title if activity and slot and len(activity.slots) > 1 else activity.title if activity else "din tekst"
    url = url_for("submissions.work", run_id=run.id, activity_id=work.activity_id, slot=work.slot, _external=True)
    return About(work, member.person, run, title, url)


def _decided(session: Session, message: Message, state: State) -> tuple[About, Decision] | None:
    """The decision, while it is the one that counts: the text has not been handed in or judged again."""
    decision = session.get(Decision, message.params["decision"])
    found = _about(session, decision.work_id) if decision else None
    if decision is None or found is None or found.work.state != state:
        return None
    return (found, decision) if found.work.submitted_no == decision.revision_no else None


def _letter(about: About, subject: str, *paragraphs: str) -> Mail:
    body = [f"Kære {about.author.name}", *paragraphs, f"Hold: {about.run.name}"]
    return Mail(subject, "\n\n".join(body) + "\n")


def returned(session: Session, message: Message, now: datetime) -> Mail | None:
    """The text came back; dropped when the author has already sent it again."""
    found = _decided(session, message, State.RETURNED)
    if found is None or found[0].work.returned_until is None:
        return None
    about = found[0]
    until = about.work.returned_until
    assert until is not None
    when = f"Du kan sende den igen til og med {long_date(until)}."
    if until < now:
        when = f"Fristen var {long_date(until)}. Skriv til kursusarrangøren, hvis du har brug for mere tid."
    return _letter(
        about,
        f"Et par spørgsmål til »{about.title}«",
        f"En underviser har læst »{about.title}« og har nogle bemærkninger, som kan gøre teksten endnu bedre.",
        when,
        f"Læs bemærkningerne, og skriv videre her:\n{about.url}",
    )


def accepted(session: Session, message: Message, now: datetime) -> Mail | None:
    """The text was accepted."""
    found = _decided(session, message, State.ACCEPTED)
    if found is None:
        return None
    about = found[0]
    return _letter(
        about,
        f"»{about.title}« er godkendt",
        f"En underviser har læst og godkendt »{about.title}«. Tak for dit arbejde.",
        "Kollegerne på holdet ser ikke teksten, medmindre den bliver frigivet. Det får du besked om.",
        f"Se den her:\n{about.url}",
    )


def rejected(session: Session, message: Message, now: datetime) -> Mail | None:
    """The text was rejected and erased; there is a way on. Dropped when a new one is begun in its place."""
    found = _decided(session, message, State.REJECTED)
    if found is None or _is_replaced(session, found[0].work):
        return None
    about = found[0]
    return _letter(
        about,
        f"»{about.title}« kan ikke bruges på kurset",
        f"En underviser har læst »{about.title}« og vurderet, at netop det forløb ikke kan bruges på kurset. "
        "Det siger ikke noget om din faglighed.",
        "Teksten er slettet. Dine egne overvejelser har vi gemt til dig, og kun du kan se dem.",
        f"Du kan læse begrundelsen og begynde på et andet forløb her:\n{about.url}",
        "Vil du tale om det, så skriv til kursusarrangøren.",
    )


def _is_replaced(session: Session, work: Work) -> bool:
    return session.query(Work.id).filter(Work.replaces_id == work.id).first() is not None


def released(session: Session, message: Message, now: datetime) -> Mail | None:
    """Colleagues can see a copy; dropped when it was taken back before this was sent."""
    found = _released(session, message)
    if found is None or found[1].recalled_at is not None or found[0].work.projection != Projection.RELEASED:
        return None
    about = found[0]
    return _letter(
        about,
        f"Dine kolleger kan nu læse »{about.title}«",
        f"En gennemlæst udgave af »{about.title}« er frigivet til holdet. Kollegerne ser kun den udgave.",
        "Er der noget, du ikke vil have stående, så skriv til kursusarrangøren. "
        "Udgaven kan tages tilbage med det samme.",
        f"Se, hvem der har læst den, her:\n{about.url}",
    )


def recalled(session: Session, message: Message, now: datetime) -> Mail | None:
    """Colleagues can no longer see the copy; dropped when it was released again."""
    found = _released(session, message)
    if found is None or found[0].work.projection != Projection.RECALLED:
        return None
    about = found[0]
    return _letter(
        about,
        f"»{about.title}« er kaldt tilbage",
        f"Udgaven af »{about.title}« er taget tilbage. Dine kolleger kan ikke længere se den.",
        f"Din egen tekst ligger, hvor den lå:\n{about.url}",
    )


def _released(session: Session, message: Message) -> tuple[About, Release] | None:
    release = session.get(Release, message.params["release"])
    found = _about(session, release.work_id) if release else None
    return (found, release) if release is not None and found is not None else None


def _flagged(session: Session, message: Message) -> tuple[RiskFlag, Run, Person] | None:
    """A flag nobody has answered, and to whom this mail goes, while they are in the run."""
    flag = session.get(RiskFlag, message.params["flag"])
    work = session.get(Work, flag.work_id) if flag else None
    run = session.get(Run, work.run_id) if work else None
    person = session.get(Person, message.params["person"])
    if flag is None or run is None or person is None or flag.answered_at is not None:
        return None
    return flag, run, person


def risk_flag(session: Session, message: Message, now: datetime) -> Mail | None:
    """To the named clinician: a patient may be at risk."""
    found = _flagged(session, message)
    if found is None or found[1].clinician_id != found[2].id:
        return None
    flag, run, person = found
    url = url_for("reviews.risk", run_id=run.id, flag_id=flag.id, _external=True)
    return Mail(
        "En patient kan være i risiko",
        f"Kære {person.name}\n\nEn underviser på holdet »{run.name}« er blevet bekymret for en patient i et forløb "
        "og beder dig som holdets kliniker se på det.\n\n"
        f"Læs henvendelsen, og giv dit svar her:\n{url}\n\n"
        "Af hensyn til patienten står der ikke mere i denne mail.\n",
    )


def risk_unheard(session: Session, message: Message, now: datetime) -> Mail | None:
    """To the organisers: a flag waits, and nobody is named to hear it."""
    found = _flagged(session, message)
    if found is None or found[0].clinician_id is not None:
        return None
    flag, run, person = found
    url = url_for("reviews.risk", run_id=run.id, flag_id=flag.id, _external=True)
    return Mail(
        "En patient kan være i risiko – holdet mangler en kliniker",
        f"Kære {person.name}\n\nEn underviser på holdet »{run.name}« er blevet bekymret for en patient i et forløb, "
        "men der er ikke nogen kliniker, som henvendelsen kan gå til.\n\n"
        f"Navngiv en kliniker på holdets side, eller se på henvendelsen selv:\n{url}\n",
    )


MAILS: MailMakers = {
    "returned": returned,
    "accepted": accepted,
    "released": released,
    "rejected": rejected,
    "recalled": recalled,
    "risk_flag": risk_flag,
    "risk_unheard": risk_unheard,
}
