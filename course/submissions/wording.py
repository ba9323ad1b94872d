"""What the pages of a work say: one noun for each kind of activity, one sentence for each state. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from course.content.catalogue import Activity, Kind
from course.work.checking import Replaced
from course.work.rules import Projection, State


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


def noun(activity: Activity) -> Noun:
    """What a work of this activity is called."""
    return NOUNS[activity.kind]


def replaced_note(replaced: Replaced) -> str:
    """What was put in the place of a red passage, as a sentence. It never says what stood there."""
    return f"Vi har sat {replaced.placeholder} i stedet for {RED.get(replaced.kind, 'en personlig oplysning')}."


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


ACCEPTED = {
    Projection.NONE: "{The} er godkendt. Holdet kan først læse {it}, når {it} er frigivet.",
    Projection.RELEASED: "{The} er godkendt og frigivet. Holdet kan læse den udgave, underviserne har set igennem.",
    Projection.RECALLED: "{The} er godkendt. Frigivelsen er kaldt tilbage, så holdet kan ikke længere læse {it}.",
}


def state_sentence(activity: Activity, state: State | None, projection: Projection) -> str:
    """How a work stands, to its author."""
    word = noun(activity)
    by_state = REVIEWED if activity.review else OWN
    sentence = ACCEPTED[projection] if state is State.ACCEPTED else by_state[state]
    return sentence.format(the=word.the, it=word.it, The=word.the.capitalize())


def next_sentences(activity: Activity) -> tuple[str, ...]:
    """What happens after a work is handed in."""
    word = noun(activity)
    if not activity.review:
        return ("Dine svar er gemt. Du kan rette i dem fra oversigten, så længe aktiviteten er åben.",)
    then = (
        f"En underviser læser {word.the}. Du får en mail, når {word.it} er godkendt, eller hvis noget skal ændres.",
        f"Ingen kolleger ser {word.it}, før en underviser har læst {word.it} igennem og frigivet {word.it}.",
    )
    return then if activity.release else then[:1]
