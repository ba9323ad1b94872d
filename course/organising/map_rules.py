"""The problem map: barriers × kinds of solution, as groups and cases of a run have named them. Pure.

Any form can feed it: it counts the rows of a field with the choice columns ``barrier`` and ``kind``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from course.content.catalogue import Course, Field, FieldType, Form, Option

BARRIER, KIND = "barrier", "kind"
SIZES = 4
"""How many sizes a spot of the map has."""


@dataclass(frozen=True, slots=True)
class Named:
    """A problem and its possible solution as a group wrote them, from a release."""

    barrier: str
    kind: str
    problem: str
    solution: str


@dataclass(frozen=True, slots=True)
class Cell:
    """How many lines name this barrier and this kind of solution; ``size`` 0–4 says how large the spot is."""

    barrier: Option
    kind: Option
    count: int
    size: int


@dataclass(frozen=True, slots=True)
class ProblemMap:
    """``rows``: a barrier, its cells, and how many lines name it. ``lines`` counts all of them, ``texts`` who wrote."""

    kinds: tuple[Option, ...]
    rows: tuple[tuple[Option, tuple[Cell, ...], int], ...]
    lines: int
    texts: int
    named: tuple[Named, ...]


def fields_of(form: Form) -> tuple[Field, ...]:
    """The fields of a form that name barriers and kinds of solution."""
    return tuple(
        field
        for field in form.fields.values()
        if field.type is FieldType.ROWS and {BARRIER, KIND} <= {c.id for c in field.columns if c.type == "choice"}
    )


def sources(course: Course) -> dict[str, tuple[Field, ...]]:
    """The activities that can feed the map, with the fields that do."""
    found = {a.id: fields_of(a.form) for a in course.activities.values() if a.form is not None}
    return {activity: fields for activity, fields in found.items() if fields}


def problem_map(
    course: Course,
    counted: Iterable[tuple[str, Mapping[str, Any]]],
    released: Iterable[tuple[str, Mapping[str, Any]]],
) -> ProblemMap | None:
    """Put the map together; None when no activity of the course can feed it.

    ``counted`` are (activity, answers) that count; ``released`` those whose words may be read.
    """
    asked = sources(course)
    if not asked:
        return None
    first = next(iter(asked.values()))[0]
    barriers, kinds = _options(first, BARRIER), _options(first, KIND)
    pairs: Counter[tuple[str, str]] = Counter()
    texts = 0
    for activity, data in counted:
        mine = [(row[BARRIER], row.get(KIND, "")) for row in _rows(asked, activity, data)]
        pairs.update(mine)
        texts += bool(mine)
    most = max(pairs.values(), default=0)
    rows = tuple(
        (
            barrier,
            tuple(Cell(barrier, kind, n := pairs[barrier.id, kind.id], _size(n, most)) for kind in kinds),
            sum(count for (name, _), count in pairs.items() if name == barrier.id),
        )
        for barrier in barriers
    )
    named = tuple(one for activity, data in released for one in _named(first, _rows(asked, activity, data)))
    return ProblemMap(kinds, rows, pairs.total(), texts, named)


def _options(field: Field, column_id: str) -> tuple[Option, ...]:
    return next(column.options for column in field.columns if column.id == column_id)


def _rows(asked: Mapping[str, tuple[Field, ...]], activity: str, data: Mapping[str, Any]) -> list[dict[str, str]]:
    return [row for field in asked.get(activity, ()) for row in data.get(field.id) or () if row.get(BARRIER)]


def _size(count: int, most: int) -> int:
    """0 for none, else 1–4 after how near it is to the most named pair."""
    return 0 if not count else max(1, -(-SIZES * count // most))


def _named(field: Field, rows: Iterable[Mapping[str, str]]) -> Iterable[Named]:
    barriers = {option.id: option.text for option in _options(field, BARRIER)}
    kinds = {option.id: option.text for option in _options(field, KIND)}
    for row in rows:
        problem, solution = row.get("problem", ""), row.get("solution", "")
        if problem or solution:
            yield Named(barriers.get(row[BARRIER], ""), kinds.get(row.get(KIND, ""), ""), problem, solution)
