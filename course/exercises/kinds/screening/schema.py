"""What an author may write of a story to screen for barriers with tool 10."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from course.content.kinds import Passage, Problem
from course.content.schema import ExercisePart, Line, OptionId, Part, Text, Why
from course.exercises.kinds import marking

TOOL = 10
BARRIERS = ("expectations", "heavy", "fixed", "stress", "support", "dissatisfied", "fear")
"""The seven of tool 10, in its order."""
MOST_BY_TRICK = 0.6
"""Who judges every barrier alike earns at most this share."""
JUDGEMENT, SENTENCE, FIRST = 2, 1, 3
"""Points for a barrier judged rightly, for the sentence that shows it, and for what to do first."""


class BarrierPart(Part):
    id: Literal["expectations", "heavy", "fixed", "stress", "support", "dissatisfied", "fear"]
    key: Literal["there", "not", "unclear"]
    shown_by: tuple[OptionId, ...] = ()
    why: Why


class FirstOptionPart(Part):
    id: OptionId
    text: Line
    correct: bool = False
    why: Why


class FirstPart(Part):
    options: Annotated[tuple[FirstOptionPart, ...], Field(min_length=3, max_length=5)]


class ScreeningPart(ExercisePart):
    kind: Literal["screening"]  # type: ignore[assignment]
    story: Text
    barriers: tuple[BarrierPart, ...]
    first: FirstPart

    @property
    def tool_numbers(self) -> tuple[int, ...]:
        return (TOOL,)


def problems(model: ScreeningPart) -> Iterator[Problem]:
    """Give everything an author must mend."""
    yield from _story_problems(model)
    names = Counter(barrier.id for barrier in model.barriers)
    for name in BARRIERS:
        if names[name] != 1:
            often = "mangler" if not names[name] else "står flere gange"
            yield ("barriers",), f"barrieren »{name}« {often}: alle syv skal stå én gang"
    for index, barrier in enumerate(model.barriers):
        if (barrier.key == "there") != bool(barrier.shown_by):
            yield ("barriers", index, "id"), "»shown_by« skal stå ved en barriere, der er der (key: there), og kun dér"
    right = sum(option.correct for option in model.first.options)
    if right != 1:
        yield ("first", "options"), f"{right} svar er rigtige: netop ét skal have correct: true"
    elif most_by_trick(model) > MOST_BY_TRICK:
        yield (
            ("barriers",),
            "den, der svarer det samme ved alle barrierer, får over 60 %: find en historie med flere slags",
        )


def _story_problems(model: ScreeningPart) -> Iterator[Problem]:
    if marking.is_broken(model.story):
        yield ("story",), "et mærke skal skrives som [[id|sætningen]]"
    marks = Counter(marking.marked(model.story))
    for name in (name for name, number in marks.items() if number > 1):
        yield ("story",), f"mærket »{name}« står flere gange"
    if len(marks) < 2:
        yield ("story",), "mindst to sætninger skal kunne peges på: skriv dem som [[s1|sætningen]]"
    for index, barrier in enumerate(model.barriers):
        for number, name in enumerate(barrier.shown_by):
            if name not in marks:
                yield ("barriers", index, "shown_by", number), f"sætningen »{name}« findes ikke i historien"


def prose(model: ScreeningPart) -> Iterator[Passage]:
    """Give what is read: the story, and every why."""
    yield ("story",), marking.unmarked(model.story)
    for index, barrier in enumerate(model.barriers):
        yield ("barriers", index, "why"), barrier.why
    for index, option in enumerate(model.first.options):
        yield ("first", "options", index, "text"), option.text
        yield ("first", "options", index, "why"), option.why


def most_by_trick(model: ScreeningPart) -> float:
    """The largest share of all points that the same judgement (and sentence) everywhere, and the longest first thing to
    do, can earn.
    """
    there = [barrier for barrier in model.barriers if barrier.key == "there"]
    of = JUDGEMENT * len(model.barriers) + SENTENCE * len(there) + FIRST
    longest = max(model.first.options, key=lambda option: len(option.text))
    sentences = Counter(name for barrier in there for name in set(barrier.shown_by))
    earned = [
        JUDGEMENT * len(there) + SENTENCE * max(sentences.values(), default=0),
        *(JUDGEMENT * sum(barrier.key == key for barrier in model.barriers) for key in ("not", "unclear")),
    ]
    return (max(earned) + FIRST * longest.correct) / of
