"""The shape of assessments/tools/<id>.yaml: one definition, and the versions of it with their differences named.

A text that differs is written once for each version, by number: ``{1: …, 4+12: …}``. What only some versions have says
so with ``only``.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from course.content.schema import (
    ColumnPart,
    FieldId,
    FormatNumber,
    Id,
    Line,
    Minutes,
    OptionPart,
    Part,
    ReferencePart,
    Text,
)

EVERY = "*"
"""The key under which a text stands that is the same in all versions."""

Numbers = Annotated[str, StringConstraints(pattern=r"^(\*|[1-9][0-9]?(\+[1-9][0-9]?)*)$")]
ToolNumber = Annotated[int, Field(ge=1, le=13)]


def _varied(value: object) -> object:
    return {EVERY: value} if isinstance(value, str) else value


VariedLine = Annotated[dict[Numbers, Line], BeforeValidator(_varied)]
VariedText = Annotated[dict[Numbers, Text], BeforeValidator(_varied)]


class ToolVersionPart(Part):
    nr: ToolNumber
    readers: Annotated[tuple[Literal["worker", "leader", "amo", "gp"], ...], Field(min_length=1)]
    title: Line
    summary: Line
    guard: Literal["patient", "workplace", "none"]
    pages: Annotated[int, Field(ge=1, le=2)] = 1


class ToolFieldPart(Part):
    id: FieldId
    type: Literal["text", "line", "choice", "choices", "scale", "date", "lines", "rows"]
    label: VariedLine
    help: VariedLine | None = None
    only: tuple[ToolNumber, ...] = ()
    options: tuple[OptionPart, ...] = ()
    max: Annotated[int, Field(ge=1, le=20_000)] | None = None
    guard: Literal["patient", "workplace", "none"] | None = None
    columns: tuple[ColumnPart, ...] = ()
    min_items: Annotated[int, Field(ge=0, le=50)] | None = None
    max_items: Annotated[int, Field(ge=1, le=50)] | None = None
    min_text: Line | None = None
    max_text: Line | None = None
    start: VariedText | None = None
    place: Line | None = None
    room: Annotated[int, Field(ge=1, le=12)] | None = None


class ToolQuestionPart(Part):
    id: FieldId
    text: VariedLine
    name: Line | None = None
    examples: Line | None = None
    suggests: Line | None = None
    act: tuple[Line, ...] = ()
    say: tuple[Line, ...] = ()


class QuestionTablePart(Part):
    questions: Annotated[tuple[ToolQuestionPart, ...], Field(min_length=1)]
    answers: tuple[OptionPart, ...] = ()
    heads: Annotated[tuple[Line, ...], Field(min_length=2, max_length=4)]
    room: Annotated[int, Field(ge=1, le=12)] | None = None


class ToolStepPart(Part):
    id: Id
    title: VariedLine
    only: tuple[ToolNumber, ...] = ()
    minutes: Minutes = 2
    intro: VariedText | None = None
    ask: tuple[VariedLine, ...] = ()
    fields: tuple[ToolFieldPart, ...] = ()
    table: QuestionTablePart | None = None
    new_page: bool = False


class ToolFile(Part):
    format: FormatNumber
    id: Id
    shape: Literal["dialogue", "goal", "agreement", "evaluation", "ideas", "policy", "screening", "points"]
    versions: Annotated[tuple[ToolVersionPart, ...], Field(min_length=1)]
    lede: VariedLine
    intro: VariedText | None = None
    steps: Annotated[tuple[ToolStepPart, ...], Field(min_length=1)]
    signatures: tuple[Line, ...] = ()
    references: tuple[ReferencePart, ...] = ()
