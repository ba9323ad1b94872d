"""Answers for every field of a tool, as data and as a browser posts them; each word can be found again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from course.content.catalogue import Field, FieldType, Tool
from tests.factories import catalogue

NUMBERS = range(1, 14)
DAY = "2026-12-04"
LINE = 120
"""Characters of a long line in a list."""


def tool(nr: int) -> Tool:
    """A tool of the project."""
    return catalogue().tools[nr]


def mark(nr: int, field: Field, place: str = "") -> str:
    """A word that stands nowhere else: in a language of its own, so that no name or date is found in it."""
    letters = "bcdfghklmnprstvz"
    number = sum(ord(sign) * (index + 7) for index, sign in enumerate(f"{nr}/{field.id}/{place}"))
    word = ""
    for _ in range(4):
        number, left = divmod(number, 64)
        word += letters[left % 16] + "aeiu"[left // 16]
    return "zq" + word


def filled(one: Tool, text: str = "") -> dict[str, Any]:
    """An answer to every field; words are the field's own mark, followed by ``text``."""
    return {field.id: _answer(one, field, text) for field in one.form.fields.values()}


def _answer(one: Tool, field: Field, text: str) -> Any:
    words = f"{mark(one.nr, field)} {text}".strip()
    match field.type:
        case FieldType.TEXT | FieldType.LINE:
            return words[: field.max]
        case FieldType.CHOICE:
            return field.options[0].id
        case FieldType.CHOICES:
            return [field.options[0].id, field.options[-1].id]
        case FieldType.SCALE:
            return 7
        case FieldType.DATE:
            return DAY
        case FieldType.LINES:
            return [f"{mark(one.nr, field, str(place))} {text[:LINE]}".strip() for place in range(field.min_items)]
        case FieldType.ROWS:
            return [
                {column.id: mark(one.nr, field, f"{place}{column.id}") for column in field.columns}
                for place in range(field.min_items)
            ]
        case _:
            raise AssertionError(field.type)


def words_of(data: dict[str, Any]) -> Iterator[str]:
    """Every word that was written freely."""
    for value in data.values():
        for one in value if isinstance(value, list) else [value]:
            for text in one.values() if isinstance(one, dict) else [one]:
                if isinstance(text, str):
                    yield from (word for word in text.split() if word.startswith("zq"))


def posted(one: Tool, data: dict[str, Any]) -> dict[str, Any]:
    """The same as a browser sends it."""
    sent: dict[str, Any] = {}
    for name, value in data.items():
        field = one.form.fields[name]
        if field.type is FieldType.LINES:
            sent |= {f"{name}-{place}": line for place, line in enumerate(value)}
        elif field.type is FieldType.ROWS:
            sent |= {
                f"{name}-{place}-{column}": text for place, row in enumerate(value) for column, text in row.items()
            }
        else:
            sent[name] = value
    return sent
