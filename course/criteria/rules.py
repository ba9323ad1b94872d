"""Criteria a text is looked at by: found, or not found yet. Never a mark, never a sum. Pure.

A machine finds words. Whether they are true to the case only a person can say; the pages say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from . import finding
from .text import Lexicon, Text


class Finds(StrEnum):
    """What a criterion looks for. Those that begin with ``no_``, and ``plain``, look for what does not belong."""

    FILLED = "filled"
    DATE = "date"
    WORDS = "words"
    NUMBER_UNIT = "number_unit"
    WORK_VERBS = "work_verbs"
    MORE_CAN = "more_can"
    AIDS = "aids"
    SOURCE = "source"
    DURATION = "duration"
    FIRST_PERSON = "first_person"
    NO_DIAGNOSIS = "no_diagnosis"
    NO_BENEFITS = "no_benefits"
    PLAIN = "plain"

    @property
    def is_absence(self) -> bool:
        """Whether it is met when nothing is found."""
        return self in UNWANTED


WHY: Mapping[Finds, str] = {
    Finds.FILLED: "Et tomt felt kan ingen handle på.",
    Finds.DATE: "Uden en dag i kalenderen bliver det let ved det gode ønske.",
    Finds.WORDS: "Så kan arbejdspladsen kende sig selv i teksten.",
    Finds.NUMBER_UNIT: "Et tal med enhed kan en leder planlægge efter: 8 kg, 20 minutter, tre gange om dagen.",
    Finds.WORK_VERBS: "Løfter, kører og står siger mere om arbejdet end et sted på kroppen.",
    Finds.MORE_CAN: "Lederen skal bruge det, der kan lade sig gøre, mindst lige så meget som det, der ikke kan.",
    Finds.AIDS: "Ofte er det hjælpemidlet, hjælpen eller tempoet, der afgør, om opgaven kan løses.",
    Finds.SOURCE: "Læseren skal kunne se, hvad patienten oplyser, og hvad du selv finder.",
    Finds.DURATION: "Skriv, hvor længe det gælder, og hvilken dag I ser på det igen. Ellers bliver det ved.",
    Finds.FIRST_PERSON: "Med »jeg« eller »vi« kan man se, hvem der gør det.",
    Finds.NO_DIAGNOSIS: "Diagnose, medicin og familie hører ikke til på arbejdspladsen.",
    Finds.NO_BENEFITS: "Hvad der kan søges og tilkendes, er det ikke lægens tekst, der afgør.",
    Finds.PLAIN: "En leder skal kunne læse det uden at slå ord op.",
}
"""Why each matters, in one sentence; a criterion of a file may say it in its own."""

MOST_SHOWN = 5
"""How many of the words that were found are shown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a form: what was written freely in it, and whether it is a day."""

    texts: tuple[str, ...] = ()
    is_day: bool = False


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the list. ``fields``: where it looks (none: everywhere); ``least``: how many it wants to find."""

    id: str
    text: str
    finds: Finds
    fields: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    why: str = ""
    least: int = 1

    @property
    def reason(self) -> str:
        """Why it matters."""
        return self.why or WHY[self.finds]


@dataclass(frozen=True, slots=True)
class Seen:
    """A criterion and what was found. ``words`` show it, or are the ones to look at again; few are kept."""

    criterion: Criterion
    is_found: bool
    words: tuple[str, ...] = ()
    is_empty: bool = False

    @property
    def is_to_look_at(self) -> bool:
        """Whether something stands in the text that does not belong."""
        return bool(self.words) and not self.is_found


def look(criteria: Iterable[Criterion], answers: Mapping[str, Answer]) -> tuple[Seen, ...]:
    """Look for each criterion in the answers of a form; ``answers`` holds those that were given, by field."""
    read: dict[tuple[str, ...], Text] = {}
    seen = []
    for criterion in criteria:
        among = [answers[name] for name in criterion.fields or answers if name in answers]
        if criterion.fields not in read:
            read[criterion.fields] = Text(text for answer in among for text in answer.texts)
        seen.append(_look(criterion, read[criterion.fields], among))
    return tuple(seen)


def _look(criterion: Criterion, text: Text, among: Sequence[Answer]) -> Seen:
    has_day = any(answer.is_day for answer in among)
    if criterion.finds is Finds.FILLED:
        written = sum(max(1, len(one.texts)) for one in among)
        return Seen(criterion, written >= criterion.least, is_empty=not written)
    if text.is_empty and not (has_day and criterion.finds is Finds.DATE):
        return Seen(criterion, False, is_empty=True)
    if criterion.finds in UNWANTED:
        words = _few(UNWANTED[criterion.finds](text))
        return Seen(criterion, not words, words)
    found = _few(_wanted(criterion, text, has_day), max(criterion.least, MOST_SHOWN))
    return Seen(criterion, len(found) >= criterion.least, found[:MOST_SHOWN])


def _wanted(criterion: Criterion, text: Text, has_day: bool) -> Iterable[str]:
    if criterion.finds is Finds.WORDS:
        return _lexicon_of(criterion.words).quotes(text)
    if criterion.finds is Finds.DATE:
        return [*(["datoen"] if has_day else []), *finding.date(text)]
    if criterion.finds is Finds.DURATION:
        span, again = list(finding.lasts(text)), list(finding.again(text)) or (["datoen"] if has_day else [])
        return [f"{span[0]} – {again[0]}"] if span and again else []
    return WANTED[criterion.finds](text)


@lru_cache(maxsize=512)
def _lexicon_of(words: tuple[str, ...]) -> Lexicon:
    return Lexicon(_loose(words))


ENDINGS = ("", "e", "en", "et", "er", "ene", "erne", "s", "ens", "ets", "ernes")
"""What a short word may end with and still be the same word."""
SHORT = 3
"""Letters: a word as short as this begins and ends too many others."""


def _loose(words: Iterable[str]) -> Iterable[str]:
    """A word with any ending, and as the last part of another: loft, lofter, stueloft. A short one with its endings."""
    for word in words:
        if " " in word:
            yield word
        elif len(word) <= SHORT:
            yield from (f"={word}{ending}" for ending in ENDINGS)
        else:
            yield from (word, f"*{word}")


def _few(words: Iterable[str], most: int = MOST_SHOWN) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for word in words:
        kept.setdefault(word.lower(), word)
        if len(kept) >= most:
            break
    return tuple(kept.values())


WANTED: Mapping[Finds, Callable[[Text], Iterable[str]]] = {
    Finds.NUMBER_UNIT: finding.number_unit,
    Finds.WORK_VERBS: finding.work_verbs,
    Finds.MORE_CAN: finding.more_can,
    Finds.AIDS: finding.aids,
    Finds.SOURCE: finding.source,
    Finds.FIRST_PERSON: finding.first_person,
}
UNWANTED: Mapping[Finds, Callable[[Text], Iterable[str]]] = {
    Finds.NO_DIAGNOSIS: finding.diagnoses,
    Finds.NO_BENEFITS: finding.benefits,
    Finds.PLAIN: finding.hard_words,
}
