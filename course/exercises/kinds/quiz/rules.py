"""Reading and scoring the answers to a quiz. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from course.content.catalogue import Question, Quiz

Answers = Mapping[str, list[str]]


class Posted(Protocol):
    """What a form was posted with."""

    def getlist(self, key: str, /) -> list[str]:
        """All values of a name."""
        ...


@dataclass(frozen=True, slots=True)
class Score:
    """``points`` of ``of`` questions answered exactly right."""

    points: int
    of: int


def read(quiz: Quiz, posted: Posted) -> dict[str, list[str]]:
    """The chosen options by question; what is no option of the question is not read."""
    answers = {}
    for question in quiz.questions:
        given = set(posted.getlist(question.id))
        chosen = [option.id for option in question.options if option.id in given]
        if chosen:
            answers[question.id] = chosen if question.kind == "multiple" else chosen[:1]
    return answers


def unanswered(quiz: Quiz, answers: Answers) -> tuple[Question, ...]:
    """The questions without an answer. One may choose nothing where several can be right."""
    return tuple(q for q in quiz.questions if q.kind != "multiple" and not answers.get(q.id))


def score(quiz: Quiz, answers: Answers) -> Score:
    """One point for each question whose chosen options are exactly the right ones.

    Ticking everything therefore earns no more than knowing nothing.
    """
    return Score(sum(is_right(q, answers) for q in quiz.questions), len(quiz.questions))


def is_right(question: Question, answers: Answers) -> bool:
    """Whether exactly the right options were chosen."""
    return frozenset(answers.get(question.id, ())) == question.right
