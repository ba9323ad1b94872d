"""From a tool and what was typed to the parts of a document. Pure: nothing here knows where the words came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

from course.content.catalogue import Field, FieldType, Step, Tool
from course.content.tools import NOTE, Reader, Shape
from course.printing import paper
from course.tools import rules
from course.web.danish import day

READERS: Mapping[Reader, str] = {
    Reader.WORKER: "medarbejdere",
    Reader.LEADER: "ledere",
    Reader.AMO: "arbejdsmiljøorganisationen",
    Reader.GP: "praktiserende læger",
}
FOOT = "Frit efter redskab {nr} i rapporten VEJEN FREM (2021). Vejen Frem Kursus, CC BY 4.0."
BLANK = "________________"
TEXT_ROOM, LINE_ROOM = 3, 1
MANY_COLUMNS = 6
"""A table with more columns has small letters."""

Data = Mapping[str, Any]


def paper_of(tool: Tool, data: Data, *, empty: bool = False) -> paper.Paper:
    """The document of a tool with these answers; ``empty`` is the print to fill in by hand."""
    answers = _placed(tool, _to_fill_by_hand(tool) if empty else dict(data))
    blocks = [_step(tool, step, number, answers) for number, step in enumerate(tool.form.steps, 1)]
    found = rules.outcome(tool, answers) if tool.shape is Shape.SCREENING else None
    blocks = [block for step in (_found_first(found, blocks) if found else blocks) for block in step]
    if tool.signatures:
        blocks.append(paper.Signatures(tool.signatures))
    if empty:
        blocks = [_with_room(block) for block in blocks]
    return paper.Paper(tool.title, f"Redskab {tool.nr}", tool.lede, tuple(blocks), FOOT.format(nr=tool.nr))


def _found_first(found: rules.Outcome, steps: list[list[paper.Block]]) -> list[list[paper.Block]]:
    """What was found and what is done about it on the first page, and the questions on the next."""
    asked, *rest = steps
    heading, *questions = asked
    assert isinstance(heading, paper.Heading)
    return [list(_screened(found)), *rest, [replace(heading, new_page=True), *questions]]


def _with_room(block: paper.Block) -> paper.Block:
    """A proposal on an empty print has a line below it, for the workplace's own words."""
    return replace(block, room=1) if isinstance(block, paper.Answer) and block.value else block


def _to_fill_by_hand(tool: Tool) -> dict[str, Any]:
    """A print to fill in by hand holds the proposals, to change with a pen, and empty rows for all it has room for."""
    rows: dict[str, Any] = {}
    for field in tool.form.fields.values():
        if field.type in (FieldType.ROWS, FieldType.LINES) and field.id in tool.room:
            rows[field.id] = [{} if field.type is FieldType.ROWS else ""] * tool.room[field.id]
    return rows | dict(tool.starts)


def _placed(tool: Tool, data: dict[str, Any]) -> dict[str, Any]:
    """The answers with the workplace's own words in the places that wait for them, or a blank to write on."""
    for name, place in tool.places.items():
        own = data.get(name) or BLANK
        for field in tool.starts:
            text = data.get(field)
            if isinstance(text, str):
                data[field] = _placed_in(text, place, own)
    return data


def _placed_in(text: str, place: str, own: str) -> str:
    """A text with one's own words in a place; where it begins with them, with a capital letter."""
    if text.startswith(place):
        text = own[:1].upper() + own[1:] + text.removeprefix(place)
    return text.replace(place, own)


# -- steps -------------------------------------------------------------------------------------------------------------


def _step(tool: Tool, step: Step, number: int, data: Data) -> list[paper.Block]:
    return list(_blocks(tool, step, number, data))


def _blocks(tool: Tool, step: Step, number: int, data: Data) -> Iterator[paper.Block]:
    numbered = tool.shape in (Shape.DIALOGUE, Shape.GOAL, Shape.POINTS)
    yield paper.Heading(step.title, 2, str(number) if numbered else "", step.id in tool.new_pages)
    if tool.asks.get(step.id):
        yield paper.Bullets(tool.asks[step.id], "ask")
    fields = list(step.fields)
    if step.id in tool.tables:
        yield _table(tool, step, data)
        asked = len(tool.tables[step.id].questions) * (2 if tool.tables[step.id].has_answers else 1)
        fields = fields[asked:]
    for is_short, run in groupby(fields, _is_short):
        together = list(run)
        if is_short and len(together) > 1:
            yield paper.Pairs(tuple((field.label, shown(field, data.get(field.id))) for field in together))
        else:
            for field in together:
                yield BLOCKS[field.type](tool, field, data.get(field.id))


def _is_short(field: Field) -> bool:
    """Whether two such answers go in a row: dates and names."""
    return field.type is FieldType.DATE or (field.type is FieldType.LINE and (field.max or 0) <= 100)


def shown(field: Field, value: Any) -> str:
    """An answer in words."""
    if value in (None, "", []):
        return ""
    if field.type is FieldType.DATE:
        return day(date.fromisoformat(value))
    return f"{value} af 10" if field.type is FieldType.SCALE else str(value)


def _text(tool: Tool, field: Field, value: Any) -> paper.Block:
    return paper.Answer(field.label, value or "", 0 if value else tool.room.get(field.id, TEXT_ROOM))


def _line(tool: Tool, field: Field, value: Any) -> paper.Block:
    return paper.Answer(field.label, shown(field, value), 0 if value else tool.room.get(field.id, LINE_ROOM))


def _choice(_tool: Tool, field: Field, value: Any) -> paper.Block:
    return paper.Ticks(field.label, tuple((o.text, o.id == value) for o in field.options), in_line=True)


def _choices(_tool: Tool, field: Field, value: Any) -> paper.Block:
    return paper.Ticks(field.label, tuple((o.text, o.id in (value or ())) for o in field.options))


def _scale(_tool: Tool, field: Field, value: Any) -> paper.Block:
    points = tuple((str(point), point == value) for point in range(11))
    return paper.Ticks(f"{field.label} (0 = {field.min_text}, 10 = {field.max_text})", points, in_line=True)


def _lines(_tool: Tool, field: Field, value: Any) -> paper.Block:
    given = list(value or ())
    return paper.Numbered(field.label, tuple(given + [""] * (field.min_items - len(given))))


def _rows(_tool: Tool, field: Field, value: Any) -> paper.Block:
    given = [tuple(row.get(column.id, "") for column in field.columns) for row in value or ()]
    blank = tuple("" for _ in field.columns)
    rows = given + [blank] * (field.min_items - len(given))
    many = len(field.columns) > MANY_COLUMNS
    return paper.Grid(
        field.label,
        tuple(column.label for column in field.columns),
        tuple(rows),
        WIDTHS[len(field.columns)],
        height=16 if many else (14 if len(field.columns) > 4 else 10),
        small=many,
        first_is_head=many,
        together=True,
    )


WIDTHS: Mapping[int, tuple[int, ...]] = {
    2: (50, 50),
    3: (48, 26, 26),
    4: (34, 26, 14, 26),
    5: (12, 22, 22, 22, 22),
    8: (9, 13, 13, 13, 13, 13, 13, 13),
}
"""How wide the columns of a table are, in percent, by how many there are."""

BLOCKS: Mapping[FieldType, Callable[[Tool, Field, Any], paper.Block]] = {
    FieldType.TEXT: _text,
    FieldType.LINE: _line,
    FieldType.DATE: _line,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.SCALE: _scale,
    FieldType.LINES: _lines,
    FieldType.ROWS: _rows,
}


# -- tables of questions -----------------------------------------------------------------------------------------------


def _table(tool: Tool, step: Step, data: Data) -> paper.Block:
    table = tool.tables[step.id]
    fields = tool.form.fields
    rows: list[tuple[str, ...]] = []
    for question in table.questions:
        note = data.get(question.id + NOTE) or ""
        if not table.has_answers:
            asked = f"{question.text}\nFx {question.examples}" if question.examples else question.text
            rows.append((question.name, asked, note))
            continue
        marked = "\n".join(
            (paper.TICKED if option.id == data.get(question.id) else paper.UNTICKED) + option.text
            for option in fields[question.id].options
        )
        asked = f"{question.name}\n{question.text}" if question.name else question.text
        helps = [question.suggests, *(f"• {act}" for act in question.act)]
        rows.append((asked, marked, note, *(["\n".join(helps)] if question.act else [])))
    has_words = any(data.get(question.id + NOTE) for question in table.questions)
    widths = TABLE_WIDTHS[tool.shape] if has_words else WORDLESS_WIDTHS.get(tool.shape, TABLE_WIDTHS[tool.shape])
    return paper.Grid("", table.heads, tuple(rows), widths, height=12, first_is_head=True)


TABLE_WIDTHS: Mapping[Shape, tuple[int, ...]] = {
    Shape.EVALUATION: (42, 18, 40),
    Shape.IDEAS: (18, 36, 46),
    Shape.SCREENING: (25, 12, 28, 35),
}
WORDLESS_WIDTHS: Mapping[Shape, tuple[int, ...]] = {Shape.SCREENING: (26, 12, 18, 44)}
"""Where nobody's words need the room: the sheet fits on one page."""


def _screened(found: rules.Outcome) -> Iterator[paper.Block]:
    """The picture: how far each barrier is in the way."""
    yield paper.Heading("Det fandt I")
    yield paper.Words(found.sentence)
    yield paper.Meter("Barriererne samlet", found.rows, found.picture)
