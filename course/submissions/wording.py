"""What the pages of a work say: one noun for each kind of activity, one sentence for each state. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from course.content.catalogue import Activity, Course, Guard, Kind
from course.web.danish import listing
from course.work.checking import Replaced
from course.work.rules import Projection, State

from .together import TeamUse, Writer


@dataclass(frozen=True, slots=True)
class Noun:
    """What a work is called: ``the`` with article, ``it`` its pronoun, ``new`` a new one."""

    the: str
    it: str
    new: str


NOUNS = {
    Kind.CASE: Noun("forløbet", "det", "et nyt forløb"),
    Kind.ANALYSIS: Noun("analysen", "den", "en ny analyse"),
    Kind.FORM: Noun("svarene", "dem", "forfra"),
    Kind.PEER: Noun("dine ord", "dem", "forfra"),
    Kind.WORKSHEET: Noun("gruppearket", "det", "et nyt ark"),
    Kind.PLAN: Noun("planen", "den", "en ny plan"),
    Kind.STATEMENT: Noun("teksten", "den", "en ny tekst"),
    Kind.HOMEWORK: Noun("hjemmeopgaven", "den", "en ny hjemmeopgave"),
}

RED = {
    "cpr": "et CPR-nummer",
    "phone": "et telefonnummer",
    "email": "en mailadresse",
    "address": "en adresse",
    "record_number": "et journal- eller sagsnummer",
    "link": "et link",
    "exact_date": "en nøjagtig dato",
}


OF_THE_WORKPLACE = Noun("teksten", "den", "en ny tekst")
"""What is written about a workplace is not a case of a patient: a list of tasks, rules, a policy."""


def noun(activity: Activity) -> Noun:
    """What a work of this activity is called."""
    is_of_patients = activity.form is None or activity.form.guard is Guard.PATIENT
    return OF_THE_WORKPLACE if activity.kind is Kind.CASE and not is_of_patients else NOUNS[activity.kind]


def replaced_note(replaced: Replaced) -> str:
    """What was put in the place of a red passage, as a sentence. It never says what stood there."""
    return f"Vi har sat {replaced.placeholder} i stedet for {RED.get(replaced.kind, 'en personlig oplysning')}."


IN_THE_WAY = {
    False: "Teksten er ændret i en anden fane. Intet er overskrevet. Se begge udgaver, og vælg, hvad der skal stå.",
    True: "En anden i gruppen har ændret det samme som dig. Intet er overskrevet. Se begge udgaver, og vælg, hvad der "
    "skal stå.",
}
"""What a page says when its text and the saved one clash, by whether several write in it."""

CLOSED_MEANWHILE = "Gruppearket er sendt eller lukket, mens du havde det åbent."


REVIEWED = {
    None: "Du er ikke begyndt endnu.",
    State.DRAFT: "Du er i gang. Kun du kan læse {the}, indtil du sender.",
    State.WITHDRAWN: "Du har trukket {the} tilbage. Du kan rette og sende igen.",
    State.SUBMITTED: "Du har sendt {the}. En underviser læser {it}, og du får en mail, når der er nyt.",
    State.RETURNED: "Du har fået {the} tilbage med ønsker om ændringer.",
    State.REJECTED: "{The} kan ikke bruges på kurset, og teksten er slettet.",
}
OWN = REVIEWED | {
    State.DRAFT: "Du er i gang. Kun du kan læse {the}.",
    State.WITHDRAWN: "Du er ved at rette i {the}. Slut af igen, når du er færdig.",
    State.SUBMITTED: "Du er færdig, og {the} er gemt.",
}
WORDS = OWN | {
    State.DRAFT: "Du er i gang. Kun du kan læse {the}, indtil du giver dem til din makker.",
    State.WITHDRAWN: "Du er ved at rette i {the}. Din makker kan læse dem, når du giver dem igen.",
    State.SUBMITTED: "Du har givet {the}, og din makker kan læse dem.",
}


TOGETHER = {
    None: "Gruppen er ikke begyndt endnu. Alle i gruppen kan skrive, også samtidig.",
    State.DRAFT: "I er i gang. Alle i gruppen kan læse og skrive, også samtidig. Ingen andre ser {the}, før I sender.",
    State.WITHDRAWN: "Gruppen har trukket {the} tilbage. I kan rette og sende igen.",
    State.SUBMITTED: "Gruppen har sendt {the}. En underviser læser {it}, og I får en mail, når der er nyt.",
    State.RETURNED: "Gruppen har fået {the} tilbage med ønsker om ændringer.",
    State.REJECTED: "{The} kan ikke bruges på kurset, og teksten er slettet.",
}
TOGETHER_ONLY = TOGETHER | {
    State.DRAFT: "I er i gang. Alle i gruppen kan læse og skrive, også samtidig.",
    State.WITHDRAWN: "I er ved at rette i {the}. Slut af igen, når I er færdige.",
    State.SUBMITTED: "Gruppen er færdig, og {the} er gemt.",
}
"""What a team writes together: read by a reviewer, or by nobody else."""


ACCEPTED = {
    Projection.NONE: "{The} er godkendt. Holdet kan først læse {it}, når {it} er frigivet.",
    Projection.RELEASED: "{The} er godkendt og frigivet. Holdet kan læse den udgave, underviserne har set igennem.",
    Projection.RECALLED: "{The} er godkendt. Frigivelsen er kaldt tilbage, så holdet kan ikke længere læse {it}.",
}


TO_PEER = {
    Projection.NONE: "{The} er godkendt. Din makker kan først læse {it}, når en underviser har givet {it} videre.",
    Projection.RELEASED: "{The} er godkendt. Din makker kan læse den udgave, underviserne har set igennem.",
    Projection.RECALLED: "{The} er godkendt. Den er taget tilbage fra din makker, som ikke længere kan læse {it}.",
}


def state_sentence(activity: Activity, state: State | None, projection: Projection) -> str:
    """How a work stands, to its author."""
    word = noun(activity)
    by_state = (TOGETHER if activity.is_shared else REVIEWED) if activity.review else _unread(activity)
    accepted = TO_PEER if activity.kind is Kind.HOMEWORK else ACCEPTED
    sentence = accepted[projection] if state is State.ACCEPTED else by_state[state]
    return sentence.format(the=word.the, it=word.it, The=word.the.capitalize())


def _unread(activity: Activity) -> dict[State | None, str]:
    if activity.is_shared:
        return TOGETHER_ONLY
    return WORDS if activity.kind is Kind.PEER else OWN


def next_sentences(activity: Activity) -> tuple[str, ...]:
    """What happens after a work is handed in."""
    word = noun(activity)
    if activity.kind is Kind.PEER:
        return ("Din makker kan læse dine ord nu. Du kan rette i dem fra oversigten, så længe aktiviteten er åben.",)
    if not activity.review:
        return (f"{_yours(activity)} er gemt. Du kan rette i {word.it} fra oversigten, så længe aktiviteten er åben.",)
    if activity.is_shared:
        return _after_sheet(activity, word)
    if activity.kind is Kind.HOMEWORK:
        return (
            "En underviser læser hjemmeopgaven. Du får en mail, når den er godkendt, eller hvis noget skal ændres.",
            "Din makker ser den først, når en underviser har læst den igennem. Ingen andre på holdet ser den.",
        )
    then = (
        f"En underviser læser {word.the}. Du får en mail, når {word.it} er godkendt, eller hvis noget skal ændres.",
        f"Ingen kolleger ser {word.it}, før en underviser har læst {word.it} igennem og frigivet {word.it}.",
    )
    return then if activity.release else then[:1]


def _yours(activity: Activity) -> str:
    word = noun(activity)
    return "Dine svar" if activity.kind is Kind.FORM else word.the.capitalize()


def _after_sheet(activity: Activity, word: Noun) -> tuple[str, ...]:
    then = (
        f"En underviser læser {word.the}. Alle i gruppen får en mail, når {word.it} er godkendt, eller hvis noget skal "
        "ændres.",
        f"De andre grupper ser først {word.it}, når en underviser har læst {word.it} igennem og frigivet {word.it}.",
    )
    return then if activity.release else then[:1]


def use_sentence(uses: Collection[TeamUse], course: Course, *, is_ahead: bool) -> str:
    """To the author of a released case: which group works with it, so that nobody meets the own case unprepared."""
    if uses:
        where = listing([f"Gruppe {use.no} ({course.sessions[use.session_key].title})" for use in uses])
        return f"Din gruppe arbejder med dit forløb: {where}. Kun du og underviserne kan se, at det er dit."
    if is_ahead:
        return "På kursusdagen arbejder din gruppe med dit forløb. Kun du og underviserne kan se, at det er dit."
    return ""


def writers_sentence(writers: Iterable[Writer], now: datetime) -> str:
    """Who else has just written in a work: »Mette skrev for 1 min. siden«."""
    return " ".join(f"{writer.name} skrev {_ago(now - writer.at)}." for writer in writers)


def _ago(span: timedelta) -> str:
    whole = int(span.total_seconds() // 60)
    return f"for {whole} min. siden" if whole > 0 else "for et øjeblik siden"
