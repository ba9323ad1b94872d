"""What an author has changed since a text was judged last, word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from course.content.catalogue import Field, Form
from course.work import fields as shape

Part = tuple[str, str]
"""("same" | "ins" | "del", text)"""

_PIECES = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Change:
    """A field whose answer is another now. ``parts`` tell it word by word for texts; else before and after do."""

    field: Field
    parts: tuple[tuple[Part, ...], ...]
    before: Any
    after: Any


def word_diff(before: str, after: str) -> tuple[Part, ...]:
    """How ``before`` became ``after``. Joining same+del gives the one back, same+ins the other."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    parts: list[Part] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            _add(parts, "same", old[a:b])
        else:
            _add(parts, "del", old[a:b])
            _add(parts, "ins", new[c:d])
    return tuple(_joined(parts))


def _add(parts: list[Part], kind: str, pieces: list[str]) -> None:
    if pieces:
        parts.append((kind, "".join(pieces)))


def _joined(parts: list[Part]) -> list[Part]:
    """Changes with only a space between them read as one: »del ins del ins« becomes »del ins«."""
    joined: list[Part] = []
    i = 0
    while i < len(parts):
        if parts[i][0] == "same":
            joined.append(parts[i])
            i += 1
            continue
        removed = added = ""
        while i < len(parts) and (parts[i][0] != "same" or _is_gap(parts, i)):
            kind, text = parts[i]
            removed += text if kind != "ins" else ""
            added += text if kind != "del" else ""
            i += 1
        joined += [part for part in (("del", removed), ("ins", added)) if part[1]]
    return joined


def _is_gap(parts: list[Part], i: int) -> bool:
    return parts[i][1].isspace() and "\n" not in parts[i][1] and 0 < i < len(parts) - 1


def changes(form: Form, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The fields that are answered differently, in the order of the form."""
    found = []
    for field in form.fields.values():
        was, now = before.get(field.id), after.get(field.id)
        if was != now:
            found.append(Change(field, _parts(field, before, after), was, now))
    return found


def _parts(field: Field, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[tuple[Part, ...], ...]:
    if not field.is_free_text:
        return ()
    was = {path: text for path, _, text in shape.texts((field,), before)}
    now = {path: text for path, _, text in shape.texts((field,), after)}
    paths = list(dict.fromkeys([*was, *now]))
    return tuple(word_diff(was.get(path, ""), now.get(path, "")) for path in paths if was.get(path) != now.get(path))
