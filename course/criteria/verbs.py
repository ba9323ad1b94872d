"""The verbs of work in their forms, and where such a form is no task."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from .text import Lexicon, Sentence, lexicon, lines_of, word_set

_ENDINGS = ("r", "s", "nde")
_PAST = ("ede", "edes", "et", "te", "t", "ende")
_COMPOUND = "arbejde"
_NO_TASK = word_set("samarbejde medarbejde efterarbejde deltidsarbejde fuldtidsarbejde lønarbejde")
_POSTURES = word_set(
    "skulderhøjde brysthøjde hofthøjde hoftehøjde hovedhøjde hovedet stige stiger stigen knæ knæene hug foroverbøjet "
    "stående siddende skærm skærmen tastatur computer computeren lift liften maskine maskinen båndet bånd truck kran "
    "stillads tag taget gulvet loft loftet bil bilen højden"
)
_REACH = 7
"""How many words after »arbejde« a place or a posture makes it a task."""


def _forms(line: str) -> Iterator[str]:
    mark, _, rest = line.partition(" ")
    if mark == "!":
        yield from rest.split()
        return
    infinitive, *more = line.split()
    yield infinitive
    yield from (infinitive + ending for ending in _ENDINGS)
    yield from (infinitive[:-1] + ending for ending in _PAST)
    yield from more


@cache
def forms() -> frozenset[str]:
    """Every form that names a task."""
    return frozenset(form for line in lines_of("work_verbs") for form in _forms(line))


@cache
def finite() -> frozenset[str]:
    """The forms that say that somebody does it now: løfter, bærer, går."""
    return frozenset(form for form in forms() if form.endswith("r"))


@cache
def _phrases() -> Lexicon:
    return lexicon("not_tasks")


def tasks(sentence: Sentence) -> list[int]:
    """The places of the words that name a task in a sentence."""
    if sentence.tasks is None:
        sentence.tasks = _places(sentence.low)
    return sentence.tasks


def _places(low: tuple[str, ...]) -> list[int]:
    no_task = {place for start, end in _phrases().spans(low) for place in range(start, end)}
    return [place for place in range(len(low)) if place not in no_task and _is_task(low, place)]


def _is_task(low: tuple[str, ...], place: int) -> bool:
    word = low[place]
    if word in forms():
        return True
    if word.startswith("arbejde") and len(word) <= len("arbejdede"):
        return any(other in _POSTURES for other in low[place + 1 : place + 1 + _REACH])
    return word.endswith(_COMPOUND) and len(word) > len(_COMPOUND) and word not in _NO_TASK
