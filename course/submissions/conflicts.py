"""Two tabs changed one field: what the page shows, and what its answer means. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from course import guard
from course.content.catalogue import Field
from course.work.merging import merge

MINE, SAVED, BOTH = "mine", "saved", "both"
PICKS = (MINE, SAVED, BOTH)


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field with two answers. ``both`` proposes a text of the two, where they are texts."""

    field: Field
    mine: Any
    saved: Any
    both: str | None
    pick: str = ""


def conflicts(
    fields: Iterable[Field],
    latest: Mapping[str, Any],
    typed: Mapping[str, Any],
    names: Iterable[str],
    answered: Mapping[str, str] | None = None,
) -> tuple[Conflict, ...]:
    """The conflicting fields with both answers, in the order of the step, and what was ``answered`` already."""
    wanted = set(names)
    given = answered or {}
    return tuple(
        Conflict(
            field,
            typed.get(field.id),
            latest.get(field.id),
            _both(field, latest, typed, given),
            given.get(f"pick-{field.id}", ""),
        )
        for field in fields
        if field.id in wanted
    )


def _both(field: Field, latest: Mapping[str, Any], typed: Mapping[str, Any], given: Mapping[str, str]) -> str | None:
    if field.type not in {"text", "line"}:
        return None
    if f"both-{field.id}" in given:
        return guard.replace_red(given[f"both-{field.id}"], field.guard)[0]
    between = "\n\n" if field.type == "text" else " "
    return between.join(text for text in (latest.get(field.id), typed.get(field.id)) if text)


def carried(
    fields: Iterable[Field],
    base: Mapping[str, Any],
    latest: Mapping[str, Any],
    typed: Mapping[str, Any],
    names: Iterable[str],
    *,
    is_shared: bool = False,
) -> dict[str, Any]:
    """What the conflict page takes along: this page's own changes. What the other one changed alone stays as it is.

    Where several write, what both changed is taken along put together.
    """
    wanted = {field.id: field for field in fields}
    mine = {name: value for name, value in typed.items() if name in wanted}
    merged = merge(base, latest, mine, wanted if is_shared else None).data
    changed = {name for name in mine if merged.get(name) != latest.get(name)}
    mine |= {name: merged[name] for name in changed if name in merged}
    return {name: value for name, value in mine.items() if name in changed | set(names)}


def as_posted(fields: Iterable[Field], data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values that a form posts for these answers (what ``work.fields.read`` reads again)."""
    pairs: list[tuple[str, str]] = []
    for field in fields:
        value = data.get(field.id)
        if value is not None:
            pairs += _pairs(field, value)
    return pairs


def _pairs(field: Field, value: Any) -> list[tuple[str, str]]:
    match field.type:
        case "choices":
            return [(field.id, one) for one in value]
        case "lines":
            return [(f"{field.id}-{i}", line) for i, line in enumerate(value)]
        case "rows":
            return [(f"{field.id}-{i}-{name}", text) for i, row in enumerate(value) for name, text in row.items()]
        case "tally":
            return [(f"{field.id}-{i}", name) for i, row in enumerate(value) for name in row]
    return [(field.id, str(value))]


def decided(fields: Iterable[Field], posted: MultiDict[str, str]) -> tuple[tuple[Field, ...], MultiDict[str, str]]:
    """The fields to read from a posted step, and the form to read them from.

    A conflict page says what it carried: only that is read, a field where the saved answer was picked is left
    alone, and a text written together stands in the place of both. Any other form is read as it is.
    """
    if "carried" not in posted:
        return tuple(fields), posted
    along = set(posted.getlist("carried"))
    chosen = MultiDict(list(posted.items(multi=True)))
    read = []
    for field in fields:
        pick = posted.get(f"pick-{field.id}", MINE)
        if field.id not in along or pick == SAVED:
            continue
        if pick == BOTH:
            chosen.setlist(field.id, [posted.get(f"both-{field.id}", "")])
        read.append(field)
    return tuple(read), chosen


def undecided(posted: MultiDict[str, str]) -> bool:
    """Whether one of the conflicts a page showed was left without an answer."""
    return any(posted.get(f"pick-{name}") not in PICKS for name in posted.getlist("conflicting"))
