"""The words to look at before a text is sent: where they stand, and putting others in their place. Pure but slow:
it asks the guard, so it is done before the write transaction opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from course import guard
from course.content.catalogue import Form
from course.work import fields as shape
from course.work.checking import confirmed_key

AROUND = 90
"""How much of the sentence is shown on either side of a word, in signs."""


@dataclass(frozen=True, slots=True)
class WordInPlace:
    """One distinct word, in the sentence where it stands first, and how often it stands in the text.

    ``key`` is the spelling it is remembered under, ``place`` the label of the field, ``step_id`` the field's step.
    """

    key: str
    word: str
    kind: str
    suggestion: str
    place: str
    step_id: str
    before: str
    after: str
    times: int = 1


def to_look_at(form: Form, data: Mapping[str, Any], confirmed: Iterable[str]) -> tuple[WordInPlace, ...]:
    """Each distinct amber word that its author has not confirmed, in the order of the form."""
    known = {confirmed_key(word) for word in confirmed}
    found: dict[str, WordInPlace] = {}
    for _path, field, text in shape.texts(form.fields.values(), data):
        for finding in _amber(text, field.guard):
            key = confirmed_key(finding.text)
            if key in found:
                found[key] = replace(found[key], times=found[key].times + 1)
            elif key not in known:
                found[key] = WordInPlace(
                    key,
                    finding.text,
                    finding.kind,
                    finding.suggestion,
                    field.label,
                    field.step_id,
                    _before(text[: finding.start]),
                    _after(text[finding.end :]),
                )
    return tuple(found.values())


def _amber(text: str, of_guard: str) -> list[guard.Finding]:
    return [finding for finding in guard.find(text, of_guard) if finding.level == "amber"]


def _before(text: str) -> str:
    text = text.rpartition("\n")[2]
    for end in (". ", "? ", "! "):
        text = text.rpartition(end)[2]
    return text if len(text) <= AROUND else "… " + text[-AROUND:].partition(" ")[2]


def _after(text: str) -> str:
    text = text.partition("\n")[0]
    ends = [place for sign in (". ", "? ", "! ") if (place := text.find(sign)) >= 0]
    text = text[: min(ends) + 1] if ends else text
    return text if len(text) <= AROUND else text[:AROUND].rpartition(" ")[0] + " …"


def with_other_words(form: Form, data: Mapping[str, Any], others: Mapping[str, str]) -> dict[str, Any]:
    """The fields that change when each word (by its key) gives way to another, everywhere it stands."""
    changed = dict(data)
    for path, field, text in shape.texts(form.fields.values(), data):
        spans = [f for f in _amber(text, field.guard) if confirmed_key(f.text) in others]
        for finding in reversed(spans):
            text = text[: finding.start] + others[confirmed_key(finding.text)] + text[finding.end :]
        if spans:
            changed = shape.with_text(changed, path, text)
    return {name: value for name, value in changed.items() if value != data.get(name)}
