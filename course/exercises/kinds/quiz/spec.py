"""A quiz as it is played."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from course.content.forms import Reference

GAP = re.compile(r"\{(\d)\}")
"""A place in the text of a `gap` question where something is to be chosen."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`to`: what it belongs with (match); `group`: the id of the group it belongs in (sort)."""

    id: str
    text: str
    correct: bool
    why: str
    to: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """Right is what lies from `low` to `high`, both included; `value` is what is told afterwards."""

    value: int
    low: int
    high: int
    unit: str
    why: str


@dataclass(frozen=True, slots=True)
class Question:
    """`kind`: single (one right), multiple (one or more right), truefalse (two answers, one right; with `reasons` the
    right one of them too), order (the options in their order), match (each with its `to`), sort (each in its `group`),
    number, gap (`gaps`: the choices for {1}, {2} … in the text).
    """

    id: str
    kind: str
    text: str
    options: tuple[Answer, ...]
    source: Reference | None = None
    reasons: tuple[Answer, ...] = ()
    groups: tuple[Group, ...] = ()
    gaps: tuple[tuple[Answer, ...], ...] = ()
    number: Number | None = None

    @property
    def right(self) -> frozenset[str]:
        return frozenset(answer.id for answer in self.options if answer.correct)

    @property
    def shuffled(self) -> tuple[Answer, ...]:
        """The options in an order that is always the same and never the file's."""
        return shuffled(self.id, self.options)

    @property
    def targets(self) -> tuple[Answer, ...]:
        """What there is to match with: the first option of each `to`, shuffled."""
        return shuffled(f"{self.id}:to", tuple({option.to: option for option in reversed(self.options)}.values()))

    @property
    def numbers(self) -> tuple[tuple[str, str], ...]:
        """The places in an order to choose from: (value, text)."""
        return tuple((str(number), str(number)) for number in range(1, len(self.options) + 1))

    @property
    def target_choices(self) -> tuple[tuple[str, str], ...]:
        return tuple((option.id, option.to) for option in self.targets)

    def gap_choices(self, number: int) -> tuple[tuple[str, str], ...]:
        return tuple((option.id, option.text) for option in self.gaps[number - 1])

    @property
    def pieces(self) -> tuple[tuple[str, int], ...]:
        """The text cut at its gaps: (text before, number of the gap), and last (text, 0)."""
        cut = GAP.split(self.text)
        return tuple((before, int(number)) for before, number in zip(cut[::2], [*cut[1::2], "0"], strict=True))


def shuffled(seed: str, options: Sequence[Answer]) -> tuple[Answer, ...]:
    """The options in the order of a digest; turned by one where that is how they were given."""
    mixed = sorted(options, key=lambda option: hashlib.sha256(f"{seed}:{option.id}".encode()).digest())
    return tuple(mixed[1:] + mixed[:1] if mixed == list(options) else mixed)


@dataclass(frozen=True, slots=True)
class Quiz:
    questions: tuple[Question, ...]

    @property
    def by_id(self) -> Mapping[str, Question]:
        return {question.id: question for question in self.questions}
