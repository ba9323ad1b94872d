"""Graded practice in the catalogue: skills with their ladder, and the exercises."""

from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from course.content.forms import Reference
from course.content.tools import Tool
from course.criteria.rules import Criterion

LEVELS = (1, 2, 3, 4, 5, 6)
"""The rungs of a ladder: studied example, find the faults, fill the gaps, alone, under pressure, one's own patient."""

PASS = 70
"""The per cent at which an exercise is done, where the activity does not say otherwise."""


@dataclass(frozen=True, slots=True)
class Skill:
    """Something one gets better at, rung by rung. `tool` is the number of the tool it is about, if it is one."""

    id: str
    title: str
    summary: str
    tool: int | None


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise. `spec` is what its kind has made of the file; `case` is the teaching case it is about."""

    id: str
    kind: str
    title: str
    intro_html: Markup
    case: str | None
    references: tuple[Reference, ...]
    digest: str
    spec: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class WrittenExercise:
    """The `spec` of a plan or a statement. `tool` is the one whose form it is written in, if it is one.

    `model_html` and `notes_html` (why it is good) are shown only after one's own is handed in.
    """

    criteria: tuple[Criterion, ...]
    model_html: Markup
    notes_html: Markup
    tool: Tool | None
