"""What the tools say about the answers: whether a goal is clear, and which barriers stand in the way. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from course.content.tools import Tool

# -- a goal ------------------------------------------------------------------------------------------------------------

SURE_ENOUGH = 7
"""On the scale 0–10: below it, the goal is made smaller."""
FAR = timedelta(days=366)
LONG_GOAL = 40
"""Words: a goal that needs more is several goals."""

_NUMBERS = (
    r"(?:en|én|et|ét) (?:hel |halv )?(?:gang|time|dag|uge|måned|formiddag|vagt|kilo|kvarter|etage)|"
    r"to|tre|fire|fem|seks|syv|otte|ni|ti|elleve|tolv|femten|tyve|tredive|halv\w*|"
    r"hver (?:dag|uge|morgen)|dagligt"
)
_NUMBER = re.compile(rf"\d|½|\b(?:{_NUMBERS})\b", re.IGNORECASE)
_VAGUE = re.compile(
    r"\b(bedre|bedst mulig\w*|mest mulig\w*|hurtigst mulig\w*|så \w+ som mulig\w*|mere|mindre|lidt|noget|nogle|oftere|"
    r"sjældnere|tit|ofte|snart|engang|på sigt|efterhånden|måske|prøve|forsøge|efter behov|når jeg kan|normalt?|rask\w*|"
    r"som før|i (?:bedre |god )?form|på toppen|passe på|passer på|fungere\w*|overskud\w*|trives|trivsel|have det godt|"
    r"klare mig|klarer mig|komme videre|komme i gang|stærk(?:ere)?|sund(?:ere)?|glad(?:ere)?|god balance|livskvalitet|"
    r"smertefri\w*|leve med)\b",
    re.IGNORECASE,
)
_AWAY = re.compile(r"\s*(?:at )?(?:ikke|undgå|slippe|stoppe|holde op|uden)\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Hint:
    """A friendly remark on a goal; ``field`` is the one to look at."""

    field: str
    say: str


Look = Callable[[Mapping[str, Any], date], Iterator[Hint]]


def is_begun(data: Mapping[str, Any]) -> bool:
    """Whether anything is said about the goal yet."""
    return any(data.get(name) for name in ("goal", "concrete", "measure"))


def hints(data: Mapping[str, Any], today: date) -> list[Hint]:
    """What could make a goal clearer, in the order of the page; nothing when it is clear, or not begun."""
    if not is_begun(data):
        return []
    return [hint for look in LOOKS for hint in look(data, today)]


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _important(data: Mapping[str, Any], _today: date) -> Iterator[Hint]:
    if not _text(data, "goal"):
        yield Hint("goal", "Det vigtigste mål mangler. Det er det, der giver lyst til resten.")


def _specific(data: Mapping[str, Any], _today: date) -> Iterator[Hint]:
    text = _text(data, "concrete")
    if not text:
        yield Hint("concrete", "Målet er endnu et ønske. Hvad ville man kunne se, når det er nået?")
        return
    vague = _VAGUE.search(text)
    if vague and not _NUMBER.search(text):
        yield Hint("concrete", f"»{vague[1].lower()}« kan betyde meget. Hvordan ser det ud på en almindelig dag?")
    if _AWAY.match(text):
        yield Hint("concrete", "Målet siger, hvad der skal væk. Prøv at skrive, hvad der skal ske i stedet.")
    if len(_WORD.findall(text)) > LONG_GOAL:
        yield Hint("concrete", "Der er vist flere mål i ét. Kan det vigtigste siges i én sætning?")


def _measured(data: Mapping[str, Any], _today: date) -> Iterator[Hint]:
    if not _NUMBER.search(f"{_text(data, 'concrete')} {_text(data, 'measure')}"):
        yield Hint("measure", "Der er intet at tælle endnu. Sæt et tal på: timer, gange, kilo eller dage.")


def _dated(data: Mapping[str, Any], today: date) -> Iterator[Hint]:
    text = _text(data, "by")
    if not text:
        yield Hint("by", "Der er ingen dato. Vælg en dag, også selv om den kan flyttes.")
        return
    day = date.fromisoformat(text)
    if day < today:
        yield Hint("by", "Datoen er gået. Vælg en dag, der ligger forude.")
    elif day - today > FAR:
        yield Hint("by", "Der er over et år til. Sæt et mål på vejen, som kan nås inden for tre måneder.")


def _attainable(data: Mapping[str, Any], _today: date) -> Iterator[Hint]:
    sure = data.get("sure")
    if isinstance(sure, int) and sure < SURE_ENOUGH:
        yield Hint("sure", f"{sure} af 10 er et ærligt svar. Hvor lille skal målet være, før det bliver {SURE_ENOUGH}?")


def _divided(data: Mapping[str, Any], _today: date) -> Iterator[Hint]:
    if not data.get("subgoals"):
        yield Hint("subgoals", "Der er ingen delmål. Hvad er det første, der kan lykkes i denne uge?")


def _helped(data: Mapping[str, Any], _today: date) -> Iterator[Hint]:
    if not _text(data, "helpers"):
        yield Hint("helpers", "Der står ingen hjælpere. Hvem kunne gøre det lidt lettere?")


LOOKS: Sequence[Look] = (_important, _specific, _measured, _dated, _attainable, _divided, _helped)


# -- barriers ----------------------------------------------------------------------------------------------------------


class Presence(StrEnum):
    """Whether a barrier is there."""

    THERE = "there"
    MAYBE = "maybe"
    NOT = "not"
    UNASKED = ""


STEPS: Mapping[Presence, int | None] = {Presence.THERE: 2, Presence.MAYBE: 1, Presence.NOT: 0, Presence.UNASKED: None}
"""How far a barrier is in the way; None where nobody has asked."""
GATES: Mapping[Presence, str] = {
    Presence.THERE: "Nede",
    Presence.MAYBE: "Halvt nede",
    Presence.NOT: "Oppe",
    Presence.UNASKED: "Uden bom, for det er der ikke spurgt om",
}
"""How the picture shows it: gates on a road."""
SAID: Mapping[Presence, str] = {
    Presence.THERE: "er der",
    Presence.MAYBE: "måske",
    Presence.NOT: "ikke der",
    Presence.UNASKED: "ikke spurgt",
}


@dataclass(frozen=True, slots=True)
class Barrier:
    """One of the seven, as the patient answered."""

    id: str
    name: str
    presence: Presence
    act: tuple[str, ...]
    say: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """All seven in the order they are asked in; those in the way, the sure ones first; and a sentence."""

    barriers: tuple[Barrier, ...]
    in_the_way: tuple[Barrier, ...]
    sentence: str

    @property
    def picture(self) -> str:
        """What the picture shows, for whoever does not see it."""
        kinds = [(gate, [b.name for b in self.barriers if b.presence is kind]) for kind, gate in GATES.items()]
        return "En vej med bomme. " + " ".join(f"{gate}: {', '.join(names)}." for gate, names in kinds if names)

    @property
    def rows(self) -> tuple[tuple[str, int | None, str], ...]:
        """All barriers as (name, how far in the way, the same in a word)."""
        return tuple((b.name, STEPS[b.presence], SAID[b.presence]) for b in self.barriers)


def outcome(tool: Tool, data: Mapping[str, Any]) -> Outcome | None:
    """What a screening shows; None before anything is answered, and for other tools."""
    (table,) = tool.tables.values()
    barriers = tuple(
        Barrier(question.id, question.name, Presence(data.get(question.id) or ""), question.act, question.say)
        for question in table.questions
    )
    if all(barrier.presence is Presence.UNASKED for barrier in barriers):
        return None
    there = tuple(barrier for barrier in barriers if barrier.presence is Presence.THERE)
    unsure = tuple(barrier for barrier in barriers if barrier.presence is Presence.MAYBE)
    return Outcome(barriers, there + unsure, _sentence(len(there), len(unsure)))


def _sentence(there: int, unsure: int) -> str:
    if not there and not unsure:
        return "Ingen af de spurgte barrierer står i vejen."
    found = [_count(there, "står i vejen")] if there else []
    found += [_count(unsure, "gør det måske" if there else "står måske i vejen")] if unsure else []
    more = " Tag én eller to ad gangen, og lad patienten vælge." if there + unsure > 1 else " Begynd med den."
    said = " og ".join(found)
    return f"{said[0].upper()}{said[1:]}.{more}"


def _count(number: int, what: str) -> str:
    words = ("ingen", "én", "to", "tre", "fire", "fem", "seks", "syv")
    return f"{words[number]} {'barriere' if number == 1 else 'barrierer'} {what}"
