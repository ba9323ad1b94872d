"""The shape of a talk's file. What its parts mean together is for `problems`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from course.content.kinds import Keys, Passage
from course.content.schema import ExercisePart, Id, Line, Part, Text

from . import conditions

Number = Annotated[int, Field(ge=0, le=10)]
Change = Annotated[int, Field(ge=-10, le=10)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]


def _condition(text: str) -> str:
    conditions.parse(text)
    return text


def _ways(value: object) -> object:
    """One scene is the shortest way to write one way without a condition."""
    return ({"scene": value},) if isinstance(value, str) else value


When = tuple[Annotated[str, AfterValidator(_condition)], ...]


class CounterPart(Part):
    id: Id
    title: Line
    start: Number
    low: Line | None = None
    high: Line | None = None


class WayPart(Part):
    when: When = ()
    scene: Id


class ChoicePart(Part):
    id: Id
    text: Said
    value: Literal["best", "acceptable", "neutral", "harmful"] | None = None
    work: Annotated[int, Field(ge=0, le=3)] | None = None
    minutes: Number = 1
    effects: dict[Id, Change] = Field(default_factory=dict)
    sets: tuple[Id, ...] = ()
    when: When = ()
    feedback: Text
    to: Annotated[tuple[WayPart, ...], Field(min_length=1), BeforeValidator(_ways)]


class ScenePart(Part):
    id: Id
    title: Line
    says: Text
    decision: bool = False
    choices: tuple[ChoicePart, ...] = ()
    ends: Literal["good", "fair", "poor"] | None = None


class ExpertPart(Part):
    path: Annotated[tuple[Id, ...], Field(min_length=1)]
    thinking: Text


class ConsultationPart(ExercisePart):
    kind: Literal["consultation"]  # type: ignore[assignment]
    setting: Literal["consultation", "meeting"]
    partner: Annotated[Line, Field(alias="with")]
    minutes: Annotated[int, Field(ge=0, le=60)]
    counters: Annotated[tuple[CounterPart, ...], Field(min_length=1, max_length=5)]
    start: Id
    time_up: Id | None = None
    scenes: Annotated[tuple[ScenePart, ...], Field(min_length=1)]
    expert: ExpertPart


def prose(model: ConsultationPart) -> Iterator[Passage]:
    """Give what is read: scenes and endings, what one may say and what came of it, and what an expert thinks."""
    for number, scene in enumerate(model.scenes):
        here: Keys = ("scenes", number)
        yield (*here, "says"), scene.says
        for index, choice in enumerate(scene.choices):
            yield (*here, "choices", index, "text"), choice.text
            yield (*here, "choices", index, "feedback"), choice.feedback
    yield ("expert", "thinking"), model.expert.thinking
