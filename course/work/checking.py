"""The guard at the spine: nothing red is kept, and every amber word is looked at before submit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from course import guard
from course.content.catalogue import Field, Form

from . import fields as shape


@dataclass(frozen=True, slots=True)
class Replaced:
    """A red passage that was taken out: where, which kind, and what stands there now. Never what stood there."""

    path: str
    field_id: str
    kind: str
    placeholder: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Posted data that has been through the guard. The only kind of data the spine saves.

    ``data`` can be kept; ``typed`` is what the form shows again (what cannot be kept stands as it was typed);
    ``problems`` names by field what could not be kept.
    """

    data: dict[str, Any]
    typed: dict[str, Any]
    problems: dict[str, str]
    replaced: tuple[Replaced, ...]


@dataclass(frozen=True, slots=True)
class AmberWord:
    """A word to look at before submit, where it stands first, and whether its author has confirmed it."""

    word: str
    kind: str
    field_id: str
    suggestion: str
    confirmed: bool


def check(fields: Iterable[Field], posted: shape.Posted) -> Checked:
    """Read ``fields`` from ``posted`` and put a placeholder for everything red. Slow: call it before writing."""
    asked = tuple(fields)
    read = shape.read(asked, posted)
    can_be_kept = tuple(field for field in asked if field.id not in read.problems)
    data, replaced = _without_red(can_be_kept, read.data)
    free = {field.id for field in can_be_kept if field.is_free_text}
    cannot_be_kept = tuple(field for field in asked if field.id in read.problems)
    typed, _ = _without_red(cannot_be_kept, read.typed)
    typed |= {name: data[name] for name in free}
    return Checked(data, typed, read.problems, tuple(replaced))


def check_data(form: Form, data: Mapping[str, Any]) -> Checked:
    """The same for data that is already in shape (the demo, tests, a redacted copy)."""
    clean, replaced = _without_red(tuple(form.fields.values()), data)
    problems = {name: p for name, value in clean.items() if (p := shape.problem_of(form.fields[name], value))}
    return Checked(clean, clean, problems, tuple(replaced))


def _without_red(fields: tuple[Field, ...], data: Mapping[str, Any]) -> tuple[dict[str, Any], list[Replaced]]:
    clean, replaced = dict(data), []
    for path, field, text in shape.texts(fields, data):
        without, findings = guard.replace_red(text, field.guard)
        if findings:
            clean = shape.with_text(clean, path, without)
            replaced += [Replaced(path, field.id, f.kind, f.suggestion) for f in findings]
    return clean, replaced


def confirmed_key(word: str) -> str:
    """The spelling under which a confirmed word is remembered."""
    return word.strip().casefold()


def amber_words(form: Form, data: Mapping[str, Any], confirmed: Iterable[str] = ()) -> tuple[AmberWord, ...]:
    """Each distinct amber word of a work, in the order of the form."""
    known = {confirmed_key(word) for word in confirmed}
    words: dict[str, AmberWord] = {}
    for _path, field, text in shape.texts(form.fields.values(), data):
        for finding in guard.amber_words(text, field.guard):
            key = confirmed_key(finding.text)
            words.setdefault(key, AmberWord(finding.text, finding.kind, field.id, finding.suggestion, key in known))
    return tuple(words.values())


def still_confirmed(form: Form, data: Mapping[str, Any], confirmed: Iterable[str]) -> list[str]:
    """Of the confirmed words, those that still stand in the text; the others are forgotten."""
    wanted = {confirmed_key(word) for word in confirmed}
    if not wanted:
        return []
    return sorted(key for word in amber_words(form, data) if (key := confirmed_key(word.word)) in wanted)
