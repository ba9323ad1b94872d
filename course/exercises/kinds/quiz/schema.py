"""What an author may write in a quiz: questions of eight kinds. What they mean together is for `problems`."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from course.content.kinds import Keys, Passage
from course.content.schema import ExercisePart, Id, Line, OptionId, Part, ReferencePart, Why

from .spec import GAP

Asked = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1500)]
Whole = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]


class GroupPart(Part):
    id: OptionId
    text: Line


class AnswerPart(Part):
    id: OptionId
    text: Line
    correct: bool = False
    why: Why
    to: Line | None = None
    group: OptionId | None = None


class GapPart(Part):
    options: Annotated[tuple[AnswerPart, ...], Field(min_length=2, max_length=12)]


class NumberPart(Part):
    value: Whole
    from_: Whole | None = Field(None, alias="from")
    to: Whole | None = None
    unit: Line
    why: Why


class QuestionPart(Part):
    id: OptionId
    kind: Literal["single", "multiple", "truefalse", "order", "match", "sort", "number", "gap"]
    text: Asked
    options: Annotated[tuple[AnswerPart, ...], Field(min_length=2, max_length=12)] = ()
    reasons: Annotated[tuple[AnswerPart, ...], Field(min_length=2, max_length=6)] = ()
    groups: Annotated[tuple[GroupPart, ...], Field(min_length=2, max_length=6)] = ()
    gaps: Annotated[tuple[GapPart, ...], Field(min_length=1, max_length=8)] = ()
    answer: NumberPart | None = None
    source: ReferencePart | None = None


class QuizPart(ExercisePart):
    id: Id
    kind: Literal["quiz"] = "quiz"  # type: ignore[assignment]
    questions: Annotated[tuple[QuestionPart, ...], Field(min_length=1)]


def prose(model: QuizPart) -> Iterator[Passage]:
    """Give what is read: questions with their gaps filled in rightly, and answers with their reasons."""
    for index, question in enumerate(model.questions):
        here: Keys = ("questions", index)
        yield (*here, "text"), _filled(question)
        for key in ("options", "reasons"):
            yield from _answers((*here, key), getattr(question, key))
        for number, gap in enumerate(question.gaps):
            yield from _answers((*here, "gaps", number, "options"), gap.options)
        if question.answer is not None:
            yield (*here, "answer", "why"), question.answer.why


def _filled(question: QuestionPart) -> str:
    if question.kind != "gap":
        return question.text
    right = [one.text for gap in question.gaps for one in gap.options if one.correct]
    return GAP.sub(lambda found: right[int(found[1]) - 1], question.text)


def _answers(keys: Keys, answers: tuple[AnswerPart, ...]) -> Iterator[Passage]:
    for number, answer in enumerate(answers):
        for key in ("text", "to", "why"):
            if text := getattr(answer, key):
                yield (*keys, number, key), text
