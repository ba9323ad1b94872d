"""What an author may write of a text to find faults in."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from course.content.kinds import Passage, Problem
from course.content.schema import ExercisePart, Line, OptionId, Part, Text, Why
from course.exercises.kinds import marking

FEWEST_MARKS, FEWEST_OF_EACH = 6, 2


class MarkPart(Part):
    id: OptionId
    fault: bool
    why: Why


class SpotPart(ExercisePart):
    kind: Literal["spot"]  # type: ignore[assignment]
    asks: Line
    text: Text
    marks: Annotated[tuple[MarkPart, ...], Field(max_length=30)]


def problems(model: SpotPart) -> Iterator[Problem]:
    """Give everything an author must mend."""
    if marking.is_broken(model.text):
        yield ("text",), "et mærke skal skrives som [[id|ordene]]"
    yield from _mark_problems(model)
    faults = sum(mark.fault for mark in model.marks)
    if len(model.marks) < FEWEST_MARKS:
        yield ("marks",), f"der skal være mindst {FEWEST_MARKS} steder at vælge imellem"
    elif min(faults, len(model.marks) - faults) < FEWEST_OF_EACH:
        yield (
            ("marks",),
            f"mindst {FEWEST_OF_EACH} steder skal være fejl (fault: true), og mindst {FEWEST_OF_EACH} ikke",
        )


def prose(model: SpotPart) -> Iterator[Passage]:
    """Give what is read but for the text itself: that is there to be judged, and may be as bad as it likes."""
    yield ("asks",), model.asks
    for index, mark in enumerate(model.marks):
        yield ("marks", index, "why"), mark.why


def _mark_problems(model: SpotPart) -> Iterator[Problem]:
    in_text = Counter(marking.marked(model.text))
    listed = Counter(mark.id for mark in model.marks)
    for index, mark in enumerate(model.marks):
        if listed[mark.id] > 1:
            yield ("marks", index, "id"), f"id »{mark.id}« står to gange"
        if in_text[mark.id] != 1:
            often = "står ikke i teksten" if not in_text[mark.id] else "står flere gange i teksten"
            yield ("marks", index, "id"), f"»{mark.id}« {often}: skriv [[{mark.id}|ordene]] én gang"
    for name in in_text:
        if name not in listed:
            yield ("text",), f"»{name}« er mærket i teksten, men står ikke under »marks«"
