"""One version of a tool's definition, as a form and what the form cannot say."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from course.content import schema
from course.content.catalogue import Form, Reference
from course.content.tool_schema import (
    EVERY,
    QuestionTablePart,
    ToolFieldPart,
    ToolFile,
    ToolQuestionPart,
    ToolStepPart,
    ToolVersionPart,
)
from course.content.tools import NOTE, QuestionTable, Reader, Shape, Tool, ToolQuestion

NOTE_LENGTH = 200
"""The most characters of the words beside an answer to choose."""
NOTE_LENGTH_ALONE = 400
"""The most characters of the words of a question that has no answers to choose."""


def text_of(varied: Mapping[str, str] | None, nr: int) -> str:
    """Return a text as one version has it; "" where it has none."""
    for numbers, text in (varied or {}).items():
        if numbers == EVERY or str(nr) in numbers.split("+"):
            return text
    return ""


def has(only: tuple[int, ...], nr: int) -> bool:
    """Whether something belongs to a version: what names none belongs to all."""
    return not only or nr in only


def steps_of(model: ToolFile, nr: int) -> Iterator[ToolStepPart]:
    """Give the steps of one version."""
    return (step for step in model.steps if has(step.only, nr))


def fields_of(step: ToolStepPart, nr: int) -> Iterator[ToolFieldPart]:
    """Give the fields of one version that a step names itself."""
    return (field for field in step.fields if has(field.only, nr))


def form_of(model: ToolFile, version: ToolVersionPart) -> schema.FormFile:
    """Return one version as a form file: what a work could be written in."""
    nr = version.nr
    return schema.FormFile(
        format=1,
        id=f"tool-{nr}",
        title=version.title,
        intro=text_of(model.intro, nr) or None,
        guard=version.guard,
        steps=tuple(_step(step, nr) for step in steps_of(model, nr)),
    )


def _step(step: ToolStepPart, nr: int) -> schema.StepPart:
    own = tuple(_field(field, nr) for field in fields_of(step, nr))
    return schema.StepPart(
        id=step.id,
        title=text_of(step.title, nr),
        minutes=step.minutes,
        intro=text_of(step.intro, nr) or None,
        fields=(*(_table_fields(step.table, nr) if step.table else ()), *own),
    )


def _field(field: ToolFieldPart, nr: int) -> schema.FieldPart:
    shared = field.model_dump(exclude_unset=True, exclude={"label", "help", "only", "start", "place", "room"})
    shared["options"] = field.options
    shared["columns"] = field.columns
    return schema.FieldPart(**shared, label=text_of(field.label, nr), help=text_of(field.help, nr) or None)


def _table_fields(table: QuestionTablePart, nr: int) -> Iterator[schema.FieldPart]:
    """An answer to choose, where there are answers, and words of one's own, for each question."""
    for question in table.questions:
        label = text_of(question.text, nr)
        if table.answers:
            yield schema.FieldPart(id=question.id, type="choice", label=label, options=table.answers)
            note = f"{table.heads[-1]}: {question.name or label}"
            yield schema.FieldPart(id=question.id + NOTE, type="line", label=note[:400], max=NOTE_LENGTH)
        else:
            yield schema.FieldPart(id=question.id + NOTE, type="text", label=label, max=NOTE_LENGTH_ALONE)


def tool_of(model: ToolFile, version: ToolVersionPart, build: Callable[[schema.FormFile], Form]) -> Tool:
    """Return one version; ``build`` makes a form of its file."""
    nr = version.nr
    steps = list(steps_of(model, nr))
    fields = [(field, text_of(field.start, nr)) for step in steps for field in fields_of(step, nr)]
    return Tool(
        nr=nr,
        family=model.id,
        shape=Shape(model.shape),
        readers=tuple(Reader(reader) for reader in version.readers),
        title=version.title,
        summary=version.summary,
        lede=text_of(model.lede, nr),
        pages=version.pages,
        form=build(form_of(model, version)),
        asks=MappingProxyType({step.id: tuple(t for ask in step.ask if (t := text_of(ask, nr))) for step in steps}),
        tables=MappingProxyType({step.id: _table(step.table, nr) for step in steps if step.table}),
        starts=MappingProxyType({field.id: start for field, start in fields if start}),
        places=MappingProxyType({field.id: field.place for field, _ in fields if field.place}),
        room=MappingProxyType(dict(_rooms(steps, nr))),
        new_pages=frozenset(step.id for step in steps if step.new_page),
        signatures=model.signatures,
        references=tuple(Reference(part.source, part.where) for part in model.references),
    )


def _rooms(steps: list[ToolStepPart], nr: int) -> Iterator[tuple[str, int]]:
    for step in steps:
        yield from ((field.id, field.room) for field in fields_of(step, nr) if field.room)
        if step.table and step.table.room:
            yield from ((question.id + NOTE, step.table.room) for question in step.table.questions)


def _table(part: QuestionTablePart, nr: int) -> QuestionTable:
    return QuestionTable(tuple(_question(one, nr) for one in part.questions), part.heads, bool(part.answers))


def _question(part: ToolQuestionPart, nr: int) -> ToolQuestion:
    return ToolQuestion(
        part.id,
        text_of(part.text, nr),
        part.name or "",
        part.examples or "",
        part.suggests or "",
        part.act,
        part.say,
    )
