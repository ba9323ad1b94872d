"""What the buttons on the review page do. Each act takes a deed and says in Danish what happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from course.accounts.rules import Actor
from course.db.errors import DomainError
from course.runs.models import Run
from course.web.danish import long_date, plural

from . import deciding, leases, profiles, remarks, risk, service
from .forms import Typed, whole, without_red
from .reading import Asked, Reading


@dataclass(frozen=True, slots=True)
class Deed:
    """Who presses a button when, about which work, with what typed."""

    actor: Actor
    now: datetime
    run: Run
    reading: Reading
    asked: Asked
    typed: Typed

    @property
    def work_id(self) -> int:
        """The work it is about."""
        return self.reading.work.id

    @property
    def name(self) -> str:
        """What the work is called: »slot« by author."""
        return f"»{self.asked.slot.title}« af {self.reading.author.name}"


Act = Callable[[Session, Deed], str]


def take(session: Session, deed: Deed) -> str:
    service.take(session, actor=deed.actor, now=deed.now, work_id=deed.work_id)
    return "Du har taget den. Den ligger hos dig, til den er afgjort."


def give_back(session: Session, deed: Deed) -> str:
    service.give_back(session, actor=deed.actor, now=deed.now, work_id=deed.work_id)
    leases.let_go(session, actor=deed.actor, work_id=deed.work_id)
    return "Den er lagt tilbage til alle."


def take_over(session: Session, deed: Deed) -> str:
    leases.take_over(session, actor=deed.actor, now=deed.now, work_id=deed.work_id)
    return "Du har overtaget teksten."


def assign(session: Session, deed: Deed) -> str:
    to = deed.typed.assignee
    service.assign(session, actor=deed.actor, now=deed.now, work_id=deed.work_id, person_id=to)
    return "Den er givet videre." if to else "Den er lagt tilbage til alle."


def recuse(session: Session, deed: Deed) -> str:
    service.recuse(session, actor=deed.actor, now=deed.now, work_id=deed.work_id)
    name = deed.reading.author.name
    return f"Du er nu inhabil for {name} og ser ikke flere tekster derfra. Det kan ophæves i indbakken."


def return_for_changes(session: Session, deed: Deed) -> str:
    until = deed.typed.until
    if until is None:
        raise DomainError("Skriv, hvornår teksten skal være sendt igen: en dato og et klokkeslæt.", status=422)
    deciding.return_for_changes(
        session, actor=deed.actor, now=deed.now, work_id=deed.work_id, seen=deed.typed.seen,
        comment=deed.typed.comment, until=until,
    )  # fmt: skip
    return f"{deed.name} er sendt tilbage. Fristen er {long_date(until)}."


def accept(session: Session, deed: Deed) -> str:
    deciding.accept(
        session,
        actor=deed.actor,
        now=deed.now,
        work_id=deed.work_id,
        seen=deed.typed.seen,
        comment=deed.typed.comment,
    )
    return f"{deed.name} er godkendt."


def recall(session: Session, deed: Deed) -> str:
    deciding.recall(session, actor=deed.actor, now=deed.now, work_id=deed.work_id, revision_no=deed.typed.revision_no)
    who = "makkeren" if deed.asked.audience == "peer" else "kollegerne"
    return f"Den er kaldt tilbage. Fra nu af kan {who} ikke se den."


def set_profile(session: Session, deed: Deed) -> str:
    if deed.asked.rubric is None:
        raise DomainError("Der hører ikke noget skema til teksten.", status=422)
    profiles.set_profile(
        session, actor=deed.actor, now=deed.now, work_id=deed.work_id, revision_no=deed.typed.revision_no,
        rubric=deed.asked.rubric, levels=profiles.read_levels(deed.asked.rubric, deed.typed.levels),
    )  # fmt: skip
    return "Profilen er gemt. Forfatteren ser den sammen med din afgørelse."


def _along(act: Act) -> Act:
    """The same act, after the profile that stands chosen on the page is kept too."""

    def both(session: Session, deed: Deed) -> str:
        if deed.asked.rubric is not None and profiles.read_levels(deed.asked.rubric, deed.typed.levels):
            set_profile(session, deed)
        return act(session, deed)

    return both


def strike(session: Session, deed: Deed) -> str:
    typed = deed.typed
    deciding.strike(
        session, actor=deed.actor, now=deed.now, work_id=deed.work_id, revision_no=typed.revision_no,
        form=deed.asked.form, path=typed.path, start=typed.start, end=typed.end, replacement=typed.replacement,
    )  # fmt: skip
    return "Stedet er streget ud."


def strike_words(session: Session, deed: Deed) -> str:
    return _strike_words(session, deed, deed.typed.field, deed.typed.words, deed.typed.replacement)


def strike_found(session: Session, deed: Deed) -> str:
    replacement, _, words = deed.typed.on.partition("|")
    return _strike_words(session, deed, "", words, without_red(replacement)[0])


def _strike_words(session: Session, deed: Deed, field_id: str, words: str, replacement: str) -> str:
    count = deciding.strike_words(
        session, actor=deed.actor, now=deed.now, work_id=deed.work_id, revision_no=deed.typed.revision_no,
        form=deed.asked.form, field_id=field_id, words=words, replacement=replacement,
    )  # fmt: skip
    return (
        f"»{words}« er streget ud {plural(count, 'sted', 'steder')}."
        if count
        else f"»{words}« var allerede streget ud."
    )


def undo_strike(session: Session, deed: Deed) -> str:
    deciding.undo_strike(
        session, actor=deed.actor, now=deed.now, work_id=deed.work_id, revision_no=deed.typed.revision_no,
        redaction_id=whole(deed.typed.on),
    )  # fmt: skip
    return "Stedet står der igen."


def remark(session: Session, deed: Deed) -> str:
    remarks.remark(
        session, actor=deed.actor, now=deed.now, work_id=deed.work_id, revision_no=deed.typed.revision_no,
        form=deed.asked.form, field_id=deed.typed.on, text=deed.typed.remarks.get(deed.typed.on, ""),
    )  # fmt: skip
    return "Bemærkningen er gemt. Forfatteren ser den sammen med din afgørelse."


def take_remark_back(session: Session, deed: Deed) -> str:
    remarks.take_remark_back(
        session, actor=deed.actor, now=deed.now, work_id=deed.work_id, revision_no=deed.typed.revision_no,
        remark_id=whole(deed.typed.on),
    )  # fmt: skip
    return "Bemærkningen er slettet."


def keep_comment(session: Session, deed: Deed) -> str:
    title = remarks.keep_comment(session, actor=deed.actor, now=deed.now, title="", text=deed.typed.comment)
    return f"Gemt blandt dine faste bemærkninger som »{title}«."


def raise_flag(session: Session, deed: Deed) -> str:
    flag = risk.raise_flag(
        session, actor=deed.actor, now=deed.now, run=deed.run, work_id=deed.work_id, reason=deed.typed.reason
    )
    if flag.clinician_id is None:
        return (
            "Din bekymring er gemt, men holdet har ingen navngivet kliniker, som den kan gå til. "
            "Kursusarrangøren har fået besked om at navngive en. Haster det, så ring til kursusarrangøren nu."
        )
    return "Holdets kliniker har fået besked. Du kan se svaret her på siden."


def show(session: Session, deed: Deed) -> str:
    return ""


ACTS: dict[str, Act] = {
    "show": show,
    "take": take,
    "give-back": give_back,
    "take-over": take_over,
    "assign": assign,
    "recuse": recuse,
    "return": _along(return_for_changes),
    "accept": _along(accept),
    "profile": set_profile,
    "recall": recall,
    "strike": strike,
    "strike-words": strike_words,
    "strike-found": strike_found,
    "undo": undo_strike,
    "remark": remark,
    "remark-back": take_remark_back,
    "keep": keep_comment,
    "risk": raise_flag,
}
"""Every button of the review page that changes something, by the name it posts."""

USES_UP = {
    "return": "comment", "accept": "comment", "recuse": "comment", "risk": "reason", "remark": "remark",
    "profile": "levels",
}  # fmt: skip
"""Which typed text an act has put in its place, so that the page need not show it again."""

LEAVES = frozenset({"return", "accept", "recuse"})
"""After these the reviewer goes on to the next work."""
