"""Fields of every type, for tables."""

from __future__ import annotations

from typing import Any

from course.content.catalogue import Field, FieldColumn, FieldType, Guard, Option

OPTIONS = (Option("a", "Første"), Option("b", "Anden"), Option("60-plus", "Tredje"))


def make_field(kind: str, name: str = "f", **values: Any) -> Field:
    """A field of one type with something of everything that type needs."""
    needs: dict[str, dict[str, Any]] = {
        "choice": {"options": OPTIONS},
        "choices": {"options": OPTIONS},
        "number": {"min": 1, "max": 1200},
        "lines": {"min_items": 2, "max_items": 5},
        "rows": {
            "min_items": 2,
            "max_items": 4,
            "columns": (
                FieldColumn("who", "Hvem?", "choice", OPTIONS),
                FieldColumn("view", "Hvordan?", "text"),
                FieldColumn("short", "Kort", "line"),
            ),
        },
        "tally": {"rows": 3, "columns": (FieldColumn("x", "X", "check"), FieldColumn("y", "Y", "check"))},
    }
    given = {"label": "Et felt", "help": "", "required": False, "step_id": "one"} | needs.get(kind, {}) | values
    return Field(id=name, type=FieldType(kind), **given)


KINDS = [kind.value for kind in FieldType]
EVERY = tuple(make_field(kind, name=kind, guard=Guard.PATIENT) for kind in KINDS)
