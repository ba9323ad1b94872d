"""What an author may write of a plan: the tool it is filled in with, the case, the criteria, a model answer."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from course.content.kinds import Passage
from course.content.schema import ExercisePart, FieldId, Id, Line, Part, Text

Finds = Literal[
    "filled", "date", "words", "number_unit", "work_verbs", "more_can", "aids", "source", "duration", "first_person",
    "no_diagnosis", "no_benefits", "plain",
]  # fmt: skip


class CriterionPart(Part):
    id: Id
    text: Line
    finds: Finds
    in_: tuple[FieldId, ...] = Field((), alias="in")
    words: tuple[Line, ...] = ()
    least: Annotated[int, Field(ge=1, le=20)] = 1
    why: Line | None = None


class WrittenPart(ExercisePart):
    """A plan or a statement: written about a case, by the form of a tool or one of the course's own."""

    tool: Annotated[int, Field(ge=1, le=13)] | None = None
    form: Id | None = None
    criteria: Annotated[tuple[CriterionPart, ...], Field(max_length=20)] = ()
    model: Text
    model_notes: Text | None = None

    @property
    def tool_numbers(self) -> tuple[int, ...]:
        return (self.tool,) if self.tool is not None else ()

    @property
    def form_id(self) -> str | None:
        return self.form


class PlanPart(WrittenPart):
    kind: Literal["plan"]  # type: ignore[assignment]


def prose(model: WrittenPart) -> Iterator[Passage]:
    """Give what is read: the criteria, the model answer and why it is good."""
    for index, criterion in enumerate(model.criteria):
        yield ("criteria", index, "text"), criterion.text
        if criterion.why is not None:
            yield ("criteria", index, "why"), criterion.why
    yield ("model",), model.model
    if model.model_notes is not None:
        yield ("model_notes",), model.model_notes
