"""Mails about reviews. They never hold a text, only where to read it, and say what holds when they are sent.

A mail about what a team wrote names its receiver: ``params["membership"]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.outbox.mail import GENERAL, MailKind, MailMakers, Place, Values
from course.outbox.models import Message
from course.runs.contents import course_of
from course.runs.mails import general
from course.runs.models import Membership, Run
from course.submissions.mails import title_examples
from course.web.danish import long_date
from course.work.models import Decision, Release, Work
from course.work.rules import Projection, State

from .models import RiskFlag


@dataclass(frozen=True, slots=True)
class About:
    """The work a mail is about, who gets it and what the work is called."""

    work: Work
    receiver: Person
    run: Run
    title: str
    url: str


def _about(session: Session, message: Message, work_id: int) -> About | None:
    """None when there is nobody to write to: the author has left, or the run was cancelled."""
    work = session.get(Work, work_id)
    member = session.get(Membership, message.params.get("membership") or work.membership_id) if work else None
    run = session.get(Run, work.run_id) if work else None
    if work is None or member is None or run is None or member.left_at or run.cancelled_at:
        return None
    activity = course_of(session, run).activities.get(work.activity_id)
    slot = activity.slot(work.slot) if activity else None
    title = slot.title if activity and slot and len(activity.slots) > 1 else activity.title if activity else "din tekst"
    url = url_for("submissions.work", run_id=run.id, activity_id=work.activity_id, slot=work.slot, _external=True)
    return About(work, member.person, run, title, url)


def _values(session: Session, about: About, **more: str) -> Values:
    return {**general(session, about.run, about.receiver.name, about.url), "titel": about.title, **more}


def _decided(session: Session, message: Message, state: State) -> About | None:
    """What was decided on, while the decision counts: the text has not been handed in or judged again."""
    decision = session.get(Decision, message.params["decision"])
    found = _about(session, message, decision.work_id) if decision else None
    if decision is None or found is None or found.work.state != state:
        return None
    return found if found.work.submitted_no == decision.revision_no else None


def _returned(session: Session, message: Message, now: datetime) -> Values | None:
    """None when the author has already sent it again."""
    about = _decided(session, message, State.RETURNED)
    if about is None or about.work.returned_until is None:
        return None
    until = about.work.returned_until
    when = f"Du kan sende den igen til og med {long_date(until)}."
    if until < now:
        when = f"Fristen var {long_date(until)}. Skriv til kursusarrangøren, hvis du har brug for mere tid."
    return _values(session, about, frist=when)


def _accepted(session: Session, message: Message, now: datetime) -> Values | None:
    about = _decided(session, message, State.ACCEPTED)
    return _values(session, about) if about is not None else None


def _rejected(session: Session, message: Message, now: datetime) -> Values | None:
    """None when a new one is begun in its place."""
    about = _decided(session, message, State.REJECTED)
    if about is None or _is_replaced(session, about.work):
        return None
    return _values(session, about)


def _is_replaced(session: Session, work: Work) -> bool:
    return session.query(Work.id).filter(Work.replaces_id == work.id).first() is not None


_READERS = {"run": ("Dine kolleger", "holdet"), "peer": ("Din makker", "din makker")}


def _released(session: Session, message: Message, now: datetime) -> Values | None:
    """None when the copy was taken back before this was sent."""
    found = _copy(session, message)
    if found is None or found[1].recalled_at is not None or found[0].work.projection != Projection.RELEASED:
        return None
    about, release = found
    who, to = _READERS[release.audience]
    return _values(session, about, **{"hvem": who, "frigivet til": to})


def _recalled(session: Session, message: Message, now: datetime) -> Values | None:
    """None when it was released again."""
    found = _copy(session, message)
    if found is None or found[0].work.projection != Projection.RECALLED:
        return None
    return _values(session, found[0])


def _copy(session: Session, message: Message) -> tuple[About, Release] | None:
    release = session.get(Release, message.params["release"])
    found = _about(session, message, release.work_id) if release else None
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


def _risk_values(session: Session, found: tuple[RiskFlag, Run, Person]) -> Values:
    flag, run, person = found
    link = url_for("reviews.risk", run_id=run.id, flag_id=flag.id, _external=True)
    return general(session, run, person.name, link)


def _risk_flag(session: Session, message: Message, now: datetime) -> Values | None:
    found = _flagged(session, message)
    if found is None or found[1].clinician_id != found[2].id:
        return None
    return _risk_values(session, found)


def _risk_unheard(session: Session, message: Message, now: datetime) -> Values | None:
    found = _flagged(session, message)
    if found is None or found[0].clinician_id is not None:
        return None
    return _risk_values(session, found)


TITLE = Place("Tekstens titel på kurset", "Et forløb, der gik dårligt")
_PLACES: Mapping[str, Place] = {**GENERAL, "titel": TITLE}


RETURNED = MailKind(
    title="En tekst er sendt tilbage",
    when="Når en underviser sender en tekst tilbage med bemærkninger. Går til den eller dem, der har skrevet den.",
    subject="Et par spørgsmål til »{titel}«",
    body="""\
Kære {navn}

En underviser har læst »{titel}« og har nogle bemærkninger, som kan gøre teksten endnu bedre.

{frist}

Læs bemærkningerne, og skriv videre her:
{link}

Hold: {hold}
""",
    places={
        **_PLACES,
        "frist": Place(
            "En sætning om, hvor længe teksten kan sendes igen",
            "Du kan sende den igen til og med fredag den 4. december 2026 kl. 23.59.",
        ),
    },
    values=_returned,
    examples_of=title_examples,
)
ACCEPTED = MailKind(
    title="En tekst er godkendt",
    when="Når en underviser godkender en tekst. Går til den eller dem, der har skrevet den.",
    subject="»{titel}« er godkendt",
    body="""\
Kære {navn}

En underviser har læst og godkendt »{titel}«. Tak for dit arbejde.

Kollegerne på holdet ser ikke teksten, medmindre den bliver frigivet. Det får du besked om.

Se den her:
{link}

Hold: {hold}
""",
    places=_PLACES,
    values=_accepted,
    examples_of=title_examples,
)
REJECTED = MailKind(
    title="En tekst er afvist",
    when="Når en underviser afviser en tekst, og den er slettet. Går til den, der har skrevet den.",
    subject="»{titel}« kan ikke bruges på kurset",
    body="""\
Kære {navn}

En underviser har læst »{titel}« og vurderet, at netop den tekst ikke kan bruges på kurset. \
Det siger ikke noget om din faglighed.

Teksten er slettet. Dine egne overvejelser har vi gemt til dig, og kun du kan se dem.

Du kan læse begrundelsen og begynde på en ny her:
{link}

Vil du tale om det, så skriv til kursusarrangøren.

Hold: {hold}
""",
    places=_PLACES,
    values=_rejected,
    examples_of=title_examples,
)
RELEASED = MailKind(
    title="En tekst er frigivet",
    when="Når en underviser frigiver en tekst til holdet eller til en makker. "
    "Går til den eller dem, der har skrevet den.",
    subject="{hvem} kan nu læse »{titel}«",
    body="""\
Kære {navn}

En gennemlæst udgave af »{titel}« er frigivet til {frigivet til}. Det er kun den udgave, der kan læses.

Er der noget, du ikke vil have stående, så skriv til kursusarrangøren. Udgaven kan tages tilbage med det samme.

Se, hvem der har læst den, her:
{link}

Hold: {hold}
""",
    places={
        **_PLACES,
        "hvem": Place("»Dine kolleger« eller »Din makker«", "Dine kolleger"),
        "frigivet til": Place("»holdet« eller »din makker«", "holdet"),
    },
    values=_released,
    examples_of=title_examples,
)
RECALLED = MailKind(
    title="En tekst er kaldt tilbage",
    when="Når en udgave, andre kunne læse, bliver taget tilbage. Går til den eller dem, der har skrevet den.",
    subject="»{titel}« er kaldt tilbage",
    body="""\
Kære {navn}

Udgaven af »{titel}« er taget tilbage. Dine kolleger kan ikke længere se den.

Din egen tekst ligger, hvor den lå:
{link}

Hold: {hold}
""",
    places=_PLACES,
    values=_recalled,
    examples_of=title_examples,
)
RISK_FLAG = MailKind(
    of_patients=True,
    title="En patient kan være i risiko",
    when="Med det samme, når en underviser er bekymret for en patient i et forløb. Går til holdets kliniker.",
    subject="En patient kan være i risiko",
    body="""\
Kære {navn}

En underviser på holdet »{hold}« er blevet bekymret for en patient i et forløb og beder dig som holdets kliniker \
se på det.

Læs henvendelsen, og giv dit svar her:
{link}

Af hensyn til patienten står der ikke mere i denne mail.
""",
    places=GENERAL,
    values=_risk_flag,
    is_editable=False,
)
RISK_UNHEARD = MailKind(
    of_patients=True,
    title="En patient kan være i risiko – holdet mangler en kliniker",
    when="Med det samme, når en underviser er bekymret, og holdet ingen kliniker har. Går til kursusarrangørerne.",
    subject="En patient kan være i risiko – holdet mangler en kliniker",
    body="""\
Kære {navn}

En underviser på holdet »{hold}« er blevet bekymret for en patient i et forløb, men der er ikke nogen kliniker, \
som henvendelsen kan gå til.

Navngiv en kliniker på holdets side, eller se på henvendelsen selv:
{link}
""",
    places=GENERAL,
    values=_risk_unheard,
    is_editable=False,
)

MAILS: MailMakers = {
    "returned": RETURNED,
    "accepted": ACCEPTED,
    "released": RELEASED,
    "rejected": REJECTED,
    "recalled": RECALLED,
    "risk_flag": RISK_FLAG,
    "risk_unheard": RISK_UNHEARD,
}
