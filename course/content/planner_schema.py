"""The shape of the meeting planner's file (assessments/planners/meeting.yaml), format 1."""

from typing import Annotated

from pydantic import Field

from course.content.schema import FormatNumber, Id, Line, Part, ReferencePart, Text

Range = Annotated[tuple[Annotated[int, Field(ge=1, le=480)], ...], Field(min_length=2, max_length=2)]
Lines = Annotated[tuple[Line, ...], Field(min_length=1, max_length=8)]


class MeetingPartPart(Part):
    """A part of a meeting. With ``each`` its minutes are those of one person."""

    title: Line
    minutes: Range
    each: bool = False
    do: Text
    say: Text | None = None


class TechniquePart(Part):
    id: Id
    title: Line
    minutes: Range
    people: Range
    gathers: bool = False
    below: Id | None = None
    parts: Annotated[tuple[MeetingPartPart, ...], Field(min_length=1, max_length=8)]
    pitfall: Line
    remedy: Line


class MeetingFile(Part):
    format: FormatNumber
    id: Id
    title: Line
    lede: Line
    first_rules: Lines
    leave: Lines
    leader: Lines
    bring: Lines
    opening: MeetingPartPart
    vote: MeetingPartPart
    closing: MeetingPartPart
    spare: MeetingPartPart
    techniques: Annotated[tuple[TechniquePart, ...], Field(min_length=1)]
    references: tuple[ReferencePart, ...] = ()
