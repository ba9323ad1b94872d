"""A plan, written on a tool about a case."""

from collections.abc import Iterator, Mapping

from course.content.exercises import WrittenExercise
from course.content.kinds import Making, Problem
from course.content.schema import FieldPart

from . import problems, schema
from .schema import PlanPart, WrittenPart


class WrittenKind:
    """What plans and statements have in common: both are works of the spine."""

    ways = frozenset({"performance"})
    prose = staticmethod(schema.prose)

    def __init__(self, name: str, model: type[WrittenPart]) -> None:
        self.name = name
        self.model = model

    def problems(self, model: WrittenPart) -> Iterator[Problem]:
        return problems.problems(model)

    def form_problems(self, model: WrittenPart, fields: Mapping[str, FieldPart]) -> Iterator[Problem]:
        return problems.form_problems(model, fields)

    def build(self, model: WrittenPart, html: Making) -> WrittenExercise:
        return WrittenExercise(
            problems.criteria(model),
            html(model.model),
            html(model.model_notes),
            html.tools[model.tool] if model.tool is not None else None,
        )


KIND = WrittenKind("plan", PlanPart)
