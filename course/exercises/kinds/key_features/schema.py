"""What an author may write of a case with critical decisions."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import Field

from course.content.kinds import Keys, Passage, Problem
from course.content.schema import ExercisePart, Id, Line, OptionId, Part, Text, Why


class ChoicePart(Part):
    id: OptionId
    text: Line
    value: Literal["key", "fine", "harmful", "unneeded"]
    why: Why


class DecisionPart(Part):
    id: Id
    more: Text | None = None
    text: Line
    choose: Annotated[int, Field(ge=1, le=6)]
    options: Annotated[tuple[ChoicePart, ...], Field(min_length=4, max_length=8)]


class KeyFeaturesPart(ExercisePart):
    kind: Literal["key_features"]  # type: ignore[assignment]
    story: Text
    decisions: Annotated[tuple[DecisionPart, ...], Field(min_length=2, max_length=3)]


def problems(model: KeyFeaturesPart) -> Iterator[Problem]:
    """Give everything an author must mend."""
    yield from _doubled(("decisions",), (decision.id for decision in model.decisions))
    for index, decision in enumerate(model.decisions):
        here: Keys = ("decisions", index)
        yield from _doubled((*here, "options"), (option.id for option in decision.options))
        yield from ((here + keys, message) for keys, message in _decision_problems(decision))
    if all(_is_longest_key(decision) for decision in model.decisions):
        yield ("decisions",), "de længste svar er dem, der skal til, i alle beslutninger: gør andre svar lige så lange"


def prose(model: KeyFeaturesPart) -> Iterator[Passage]:
    """Give what is read: the story as it goes on, what is asked, and the answers with their reasons."""
    yield ("story",), model.story
    for index, decision in enumerate(model.decisions):
        here: Keys = ("decisions", index)
        if decision.more is not None:
            yield (*here, "more"), decision.more
        yield (*here, "text"), decision.text
        for number, option in enumerate(decision.options):
            yield (*here, "options", number, "text"), option.text
            yield (*here, "options", number, "why"), option.why


def _doubled(path: Keys, ids: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, name in enumerate(ids):
        if name in seen:
            yield (*path, index, "id"), f"id »{name}« står to gange"
        seen.add(name)


def _decision_problems(decision: DecisionPart) -> Iterator[Problem]:
    keys = sum(option.value == "key" for option in decision.options)
    if keys == 0:
        yield ("options",), "mindst ét svar skal være det, der skal til (value: key)"
    elif keys > decision.choose:
        yield ("choose",), f"{keys} svar skal til, men man må kun vælge {decision.choose}"
    if decision.choose >= len(decision.options) - 1:
        yield ("choose",), "man må vælge næsten alt: sæt »choose« ned, eller skriv flere svar"
    if not any(option.value in ("harmful", "unneeded") for option in decision.options):
        yield ("options",), "mindst ét svar skal være skadeligt (harmful) eller unødvendigt (unneeded)"


def _is_longest_key(decision: DecisionPart) -> bool:
    """Whether somebody who always takes the longest answers takes exactly what is needed."""
    wanted = {option.id for option in decision.options if option.value == "key"}
    longest = sorted(decision.options, key=lambda option: len(option.text), reverse=True)[: len(wanted)]
    return {option.id for option in longest} == wanted
