"""From a posted form to the data of a work, and back to its texts. Pure.

The data of a work maps field ids to values; a field that is missing is not answered. Values by field type:

==========  =============================================================
text, line  ``str``
choice      option id
choices     list of option ids, in the order of the form
scale       ``int`` 0–10
number      ``int``
date        ``"YYYY-MM-DD"``
lines       list of ``str``
rows        list of {column id: ``str``}
tally       list of lists of column ids, one a row
profile     {criterion id: ``int``}
==========  =============================================================
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from course.content.catalogue import Field, FieldColumn

TEXT_MAX, LINE_MAX = 4000, 200
_CONTROL = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\u200b\\u2060\\ufeff\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff\\ufffe\\uffff]"
)
_DIGITS = {n: str(unicodedata.decimal(chr(n))) for n in range(0x660, 0xFF1A) if unicodedata.category(chr(n)) == "Nd"}


class Posted(Protocol):
    """What a form was posted with (a MultiDict)."""

    def get(self, key: str, default: str, /) -> str:
        """The first value of a name."""
        ...

    def getlist(self, key: str, /) -> list[str]:
        """All values of a name."""
        ...


@dataclass(frozen=True, slots=True)
class Read:
    """What was posted. ``data`` holds what can be kept (None: emptied), ``typed`` also what cannot,
    ``problems`` says in Danish why not, by field id.
    """

    data: dict[str, Any]
    typed: dict[str, Any]
    problems: dict[str, str]


def clean_text(text: str) -> str:
    """Text as it is kept: NFC, line feeds only, nothing around it, the digits 0–9 only.

    No control characters, no lone surrogates, and nothing invisible that a number could be hidden with or a line be
    turned around by.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_DIGITS)
    return unicodedata.normalize("NFC", _CONTROL.sub("", text)).strip()


def read(fields: Iterable[Field], posted: Posted) -> Read:
    """Read every one of ``fields`` from ``posted``. A field that was not asked for is not read."""
    data: dict[str, Any] = {}
    typed: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field in fields:
        value = READERS[field.type](field, posted)
        value = value if value not in ("", [], {}) else None
        typed[field.id] = value
        problem = problem_of(field, value)
        if problem:
            problems[field.id] = problem
        else:
            data[field.id] = _kept(field, value)
    return Read(data, typed, problems)


def _kept(field: Field, value: Any) -> Any:
    """A value that was found right, in the type it is kept in."""
    if value is None:
        return None
    if field.type == "profile":
        return {name: int(level) for name, level in value.items()}
    return int(value) if field.type in {"number", "scale"} else value


def _one(field: Field, posted: Posted) -> str:
    return clean_text(posted.get(field.id, ""))


def _several(field: Field, posted: Posted) -> list[str]:
    given = set(posted.getlist(field.id))
    known = [option.id for option in field.options if option.id in given]
    return known + sorted(clean_text(one)[:LINE_MAX] for one in given - set(known) if clean_text(one))


def _lines(field: Field, posted: Posted) -> list[str]:
    lines = (clean_text(posted.get(f"{field.id}-{i}", "")) for i in range(field.max_items or 10))
    return [line for line in lines if line]


def _rows(field: Field, posted: Posted) -> list[dict[str, str]]:
    rows = []
    for i in range(field.max_items or 10):
        row = {c.id: clean_text(posted.get(f"{field.id}-{i}-{c.id}", "")) for c in field.columns}
        row = {name: value for name, value in row.items() if value}
        if row:
            rows.append(row)
    return rows


def _tally(field: Field, posted: Posted) -> list[list[str]]:
    rows = []
    for i in range(field.rows or 10):
        given = set(posted.getlist(f"{field.id}-{i}"))
        rows.append([column.id for column in field.columns if column.id in given])
    return rows if any(rows) else []


def _profile(field: Field, posted: Posted) -> dict[str, str]:
    given = {column.id: clean_text(posted.get(f"{field.id}-{column.id}", "")) for column in field.columns}
    return {name: level for name, level in given.items() if level}


READERS: dict[str, Callable[[Field, Posted], Any]] = {
    "text": _one, "line": _one, "choice": _one, "scale": _one, "number": _one, "date": _one,
    "choices": _several, "lines": _lines, "rows": _rows, "tally": _tally,
    "profile": _profile,
}  # fmt: skip


def problem_of(field: Field, value: Any) -> str | None:
    """Why a value cannot be kept, as a Danish sentence; None when it can."""
    if value is None:
        return None
    return CHECKS[field.type](field, value)


def _too_long(text: str, most: int) -> str | None:
    if len(text) <= most:
        return None
    return f"Teksten er på {_count(len(text))} tegn. Der er plads til {_count(most)}."


def _count(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _check_text(field: Field, value: str) -> str | None:
    return _too_long(value, field.max or (LINE_MAX if field.type == "line" else TEXT_MAX))


def _check_choice(field: Field, value: str) -> str | None:
    return None if value in {o.id for o in field.options} else "Vælg en af mulighederne på listen."


def _check_choices(field: Field, value: list[str]) -> str | None:
    return None if set(value) <= {o.id for o in field.options} else "Vælg blandt mulighederne på listen."


def _check_number(field: Field, value: str | int) -> str | None:
    least, most = (0, 10) if field.type == "scale" else (field.min or 0, field.max or 1_000_000)
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        return "Skriv et helt tal."
    return None if least <= int(text) <= most else f"Tallet skal ligge mellem {_count(least)} og {_count(most)}."


def _check_date(field: Field, value: str) -> str | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return "Vælg en rigtig dato."
    return None if 2000 <= day.year <= 2100 and day.isoformat() == value else "Vælg en rigtig dato."


def _check_lines(field: Field, value: list[str]) -> str | None:
    return next((p for line in value if (p := _too_long(line, field.max or LINE_MAX * 2))), None)


def _check_rows(field: Field, value: list[dict[str, str]]) -> str | None:
    by_id = {column.id: column for column in field.columns}
    return next((p for row in value for name, text in row.items() if (p := _check_cell(by_id[name], text))), None)


def _check_cell(column: FieldColumn, text: str) -> str | None:
    if column.type == "choice":
        return None if text in {o.id for o in column.options} else "Vælg en af mulighederne på listen."
    return _too_long(text, TEXT_MAX if column.type == "text" else LINE_MAX)


def _check_profile(field: Field, value: dict[str, str | int]) -> str | None:
    levels = {column.id: {option.id for option in column.options} for column in field.columns}
    known = all(str(level) in levels.get(name, ()) for name, level in value.items())
    return None if known else "Vælg et af trinnene ved hvert punkt."


def _fine(_field: Field, _value: Any) -> str | None:
    return None


CHECKS: dict[str, Callable[[Field, Any], str | None]] = {
    "text": _check_text, "line": _check_text, "choice": _check_choice, "choices": _check_choices,
    "number": _check_number, "scale": _check_number, "date": _check_date,
    "lines": _check_lines, "rows": _check_rows, "tally": _fine,
    "profile": _check_profile,
}  # fmt: skip


def missing(fields: Iterable[Field], data: Mapping[str, Any]) -> dict[str, str]:
    """What must still be answered before the work can be submitted: a Danish sentence by field id."""
    lacks: dict[str, str] = {}
    for field in fields:
        value = data.get(field.id)
        if field.required and value in (None, "", []):
            lacks[field.id] = f"Der mangler et svar i »{field.label}«."
        elif field.min_items and field.required and len(value or ()) < field.min_items:
            lacks[field.id] = f"Skriv mindst {field.min_items} i »{field.label}«."
        elif field.required and field.type == "profile" and len(value or ()) < len(field.columns):
            lacks[field.id] = f"Vælg et trin ved hvert punkt i »{field.label}«."
    return lacks


def texts(fields: Iterable[Field], data: Mapping[str, Any]) -> Iterator[tuple[str, Field, str]]:
    """Every text somebody wrote freely: (path, field, text). A path is ``field``, ``field.i`` or ``field.i.column``."""
    for field in fields:
        value = data.get(field.id)
        if value is None:
            continue
        if field.type in {"text", "line"}:
            yield field.id, field, value
        elif field.type == "lines":
            yield from ((f"{field.id}.{i}", field, line) for i, line in enumerate(value))
        elif field.type == "rows":
            free = [column.id for column in field.columns if column.type != "choice"]
            for i, row in enumerate(value):
                yield from ((f"{field.id}.{i}.{name}", field, row[name]) for name in free if row.get(name))


def with_text(data: Mapping[str, Any], path: str, text: str) -> dict[str, Any]:
    """A copy of ``data`` with another text at ``path`` (which must be there)."""
    name, *rest = path.split(".")
    value: Any = text
    if len(rest) == 1:
        value = [text if str(i) == rest[0] else line for i, line in enumerate(data[name])]
    elif len(rest) == 2:
        value = [{**row, rest[1]: text} if str(i) == rest[0] else row for i, row in enumerate(data[name])]
    return {**data, name: value}
