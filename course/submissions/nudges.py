"""Friendly questions to a text that looks thin. They never block, never mark and are never stored. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from course.content.catalogue import Field, Nudge, Step

_WORD = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
_TIME = re.compile(
    r"\b(?:\d{1,2}[./]\s?\d{1,2}|\d{1,2}\.|uge|i morgen|næste|(?:man|tirs|ons|tors|fre|lør|søn)dag"
    r"|januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december)",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:jeg|mig|min|mit|mine)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to one field; ``words`` are the words of the text it is about, if it is about any."""

    field_id: str
    say: str
    words: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is said: the question, and the words it is about."""
        return (self.say, f"Det gælder: {', '.join(self.words)}.") if self.words else (self.say,)


def by_field(asked: Iterable[Asked]) -> dict[str, list[Asked]]:
    """The questions to each field."""
    questions: dict[str, list[Asked]] = {}
    for question in asked:
        questions.setdefault(question.field_id, []).append(question)
    return questions


def count_words(text: str) -> int:
    """Words as people count them (``js/count.js`` counts alike)."""
    return len(_WORD.findall(text))


def questions(step: Step, data: Mapping[str, Any]) -> tuple[Asked, ...]:
    """The questions to one step of a saved text; none before anything in the step is answered."""
    if not any(field.id in data for field in step.fields):
        return ()
    fields = {field.id: field for field in step.fields}
    asked = (_ask(nudge, fields[nudge.field], data.get(nudge.field)) for nudge in step.nudges)
    return tuple(question for question in asked if question is not None)


def _ask(nudge: Nudge, field: Field, value: Any) -> Asked | None:
    found = RULES[nudge.when](nudge, field, value)
    return None if found is None else Asked(field.id, nudge.say, found)


def _when(holds: bool) -> tuple[str, ...] | None:
    return () if holds else None


def _empty(_nudge: Nudge, _field: Field, value: Any) -> tuple[str, ...] | None:
    return _when(not value)


def _few(nudge: Nudge, _field: Field, value: Any) -> tuple[str, ...] | None:
    return _when(len(value or ()) < nudge.n)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "\n".join(value or ())


def _no_first_person(_nudge: Nudge, _field: Field, value: Any) -> tuple[str, ...] | None:
    return _when(bool(value) and not _FIRST_PERSON.search(_text(value)))


def _no_date(_nudge: Nudge, field: Field, value: Any) -> tuple[str, ...] | None:
    return _when(not value or (field.type != "date" and not _TIME.search(_text(value))))


def _forms(word: str) -> str:
    """A pattern for a Danish adjective in its forms: umotiveret, umotiverede; ligeglad, ligeglade, ligeglads."""
    return f"{re.escape(word[:-1])}(?:t|te|de)" if word.endswith("t") else f"{re.escape(word)}[ets]?"


def _judging_words(nudge: Nudge, _field: Field, value: Any) -> tuple[str, ...] | None:
    forms = "|".join(_forms(word) for word in nudge.words)
    found = re.findall(rf"\b(?:{forms})\b", _text(value), re.IGNORECASE)
    return tuple(dict.fromkeys(word.lower() for word in found)) or None


def _words_outside(_nudge: Nudge, field: Field, value: Any) -> tuple[str, ...] | None:
    low, high = field.words or (0, 0)
    return _when(bool(value) and bool(high) and not low <= count_words(_text(value)) <= high)


RULES: dict[str, Callable[[Nudge, Field, Any], tuple[str, ...] | None]] = {
    "empty": _empty,
    "no_date": _no_date,
    "few_rows": _few,
    "few_items": _few,
    "no_first_person": _no_first_person,
    "judging_words": _judging_words,
    "words_outside": _words_outside,
}
