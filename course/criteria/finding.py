"""What each criterion looks for in a text: a function gives the words that show it, as they were written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from . import ability, moments, verbs
from .text import Sentence, Text, lexicon, lines_of, word_set

Find = Callable[[Text], Iterable[str]]

# -- tasks and numbers -------------------------------------------------------------------------------------------------


def work_verbs(text: Text) -> Iterator[str]:
    """Verbs of work-tasks in any form: »løfter«, »støvsugning«."""
    for sentence in text.sentences:
        yield from (sentence.words[place] for place in verbs.tasks(sentence))


_UNITS = word_set(
    "kg kilo kilogram gram ton minut minutter min minutters time timer timers kvarter kvarters sekunder meter m cm "
    "centimeter km kilometer trin trappetrin etage etager gang gange løft stk liter l grader kasser kasse "
    "spande sække plader poser kurve paller"
)
_DAYS = word_set("dag dage dages uge uger måned måneder")
_RATES = word_set("om pr i")
_RATE_OF = word_set("dagen ugen dag uge måneden timen")
_WORD_NUMBERS = word_set(
    "en et én ét to tre fire fem seks syv otte ni ti elleve tolv femten tyve tredive fyrre halvtreds hundrede halv "
    "halvanden halvandet"
)
_BETWEEN = word_set("- – til eller x halv hel tunge små store á a ad")
_NEAR = 10
"""How many words a number may stand from the verb it belongs to."""
_ABLE = ability.CAN | word_set("arbejde arbejder skal bør højst maksimalt")


def number_unit(text: Text) -> Iterator[str]:
    """A number with its unit in a sentence about a task: »løfter 8 kg«, »kan sidde 20 minutter ad gangen«."""
    for sentence in text.sentences:
        near = [place for place, word in enumerate(sentence.low) if word in _ABLE]
        near += verbs.tasks(sentence)
        for start, end in _measures(sentence.low):
            if any(start - _NEAR <= place <= end + _NEAR for place in near):
                yield sentence.quote(start, end)


def _measures(low: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where a number stands with its unit; a number of days only where it says how often."""
    for start, word in enumerate(low):
        if not (word[0].isdigit() or word in _WORD_NUMBERS or word in "½¼¾"):
            continue
        end = start + 1
        while end < len(low) and end <= start + 3 and (low[end] in _BETWEEN or low[end][0].isdigit()):
            end += 1
        if end < len(low) and _is_unit(low, end):
            yield start, end + 1


def _is_unit(low: Sequence[str], place: int) -> bool:
    if low[place] in _UNITS:
        return len(low[place]) > 1 or low[place - 1][0].isdigit()
    following = low[place + 1 : place + 3]
    rate = len(following) == 2 and following[0] in _RATES and following[1] in _RATE_OF
    return low[place] in _DAYS and (rate or low[place + 1 : place + 2] in (("ugentligt",), ("månedligt",)))


# -- ability, help, whose word -----------------------------------------------------------------------------------------


def more_can(text: Text) -> Iterator[str]:
    """How the two stand, when there is at least as much that can be done as that cannot."""
    found = ability.balance(text)
    if found.is_fair:
        yield f"{found.can} kan, {found.cannot} kan ikke"


def aids(text: Text) -> Iterator[str]:
    """Aids, help, pace, breaks and turns."""
    return lexicon("aids").quotes(text)


_SOURCE = re.compile(
    r"\b(?:oplyser|oplyst|fortæller|fortalte|angiver|angav|beretter|beskriver selv|siger|sagde|udtaler|forklarer|"
    r"oplever selv|vurderer selv|mener selv|eget udsagn|egne ord|egne oplysninger|egen oplysning|egen vurdering|"
    r"egen beskrivelse|selvrapporteret|ifølge (?:hende|ham|patienten|borgeren|medarbejderen|vedkommende|lederen)|"
    r"(?:jeg|lægen) (?:finder|fandt|vurderer|vurderede|har set|har undersøgt|har vurderet|har fundet|har målt|"
    r"undersøgte|skønner|mener|anbefaler|foreslår|konstaterer|iagttager|observerer|så|ser (?=at|ham|hende|ingen|god))|"
    r"(?:finder|vurderer|skønner|mener|anbefaler|foreslår) (?:jeg|lægen)|(?:min|lægens) (?:\w+ )?vurdering|"
    r"(?:mit|lægens) (?:\w+ )?skøn|min undersøgelse|mine fund|jeg er enig)\b"
)


def source(text: Text) -> Iterator[str]:
    """Whose word it is: the patient's (»oplyser«) or the doctor's (»jeg finder«)."""
    return (found[0] for found in _SOURCE.finditer(text.whole))


_FIRST_PERSON = re.compile(r"\b(?:jeg|mig|min|mit|mine|vi|os|vores)\b")


def first_person(text: Text) -> Iterator[str]:
    """That somebody says »jeg« or »vi«."""
    return (found[0] for found in _FIRST_PERSON.finditer(text.whole))


# -- time --------------------------------------------------------------------------------------------------------------


def date(text: Text) -> Iterator[str]:
    """A day that can be found in a calendar."""
    return (found[0] for found in moments.DATED.finditer(text.whole))


def lasts(text: Text) -> Iterator[str]:
    """For how long it holds."""
    for sentence in text.sentences:
        if not moments.PAST.search(sentence.text):
            yield from (found[0] for found in moments.LASTS.finditer(sentence.text))


def again(text: Text) -> Iterator[str]:
    """That somebody looks at it again, and when."""
    for sentence in text.sentences:
        seen, day = moments.AGAIN.search(sentence.text), moments.DATED.search(sentence.text)
        if seen and day:
            yield f"{seen[0]} {day[0]}"


# -- what does not belong ----------------------------------------------------------------------------------------------

_CODE = re.compile(r"\bD?[A-Z]\d{2}(?:\.\d|\d)?\b")
_DOSE = re.compile(r"\d+ ?mg\b")


def diagnoses(text: Text) -> Iterator[str]:
    """Diagnoses, medicine and family matters."""
    yield from lexicon("diagnoses", "drugs", "family").quotes(text)
    yield from (found[0] for found in _DOSE.finditer(text.whole))
    for sentence in text.sentences:
        yield from (code for code in _joined_codes(sentence))


def _joined_codes(sentence: Sentence) -> Iterator[str]:
    """Codes of a classification: a capital and a number that stand together."""
    for place, word in enumerate(sentence.words[:-1]):
        code = word + sentence.words[place + 1]
        if len(word) <= 2 and word.isupper() and _CODE.fullmatch(code):
            yield code


def benefits(text: Text) -> Iterator[str]:
    """Benefits, and what one has a right to."""
    return lexicon("benefits").quotes(text)


_CAPITALS = re.compile(r"[A-ZÆØÅ]{2,6}")


def hard_words(text: Text) -> Iterator[str]:
    """Words of the clinic, and abbreviations."""
    yield from lexicon("hard_words").quotes(text)
    yield from (found.group("word") for found in _abbreviations().finditer(text.whole))
    known = frozenset(lines_of("capitals"))
    for sentence in text.sentences:
        found = [word for word in sentence.words if _CAPITALS.fullmatch(word) and word not in known]
        if 2 * len(found) <= len(sentence.words):
            yield from found


@cache
def _abbreviations() -> re.Pattern[str]:
    entries = lines_of("abbreviations")
    dotted = "|".join(re.escape(entry) for entry in entries if entry.endswith("."))
    plain = "|".join(re.escape(entry) for entry in entries if not entry.endswith("."))
    return re.compile(rf"(?<!\w)(?P<word>(?:{dotted})|(?:{plain})(?:\.|\b))(?!\w)")
