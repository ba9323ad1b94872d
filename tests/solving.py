"""How somebody who knows an exercise answers it: the right answers of a quiz, the faults, what a decision
needs, the expert's way."""

from __future__ import annotations

from course.content.catalogue import Exercise
from course.exercises.kinds.consultation.talk import Talk
from course.exercises.kinds.key_features.rules import KeyFeatures
from course.exercises.kinds.quiz.spec import Question, Quiz
from course.exercises.kinds.spot.rules import FIELD, Spot

Posts = dict[str, list[str]]


def solved(exercise: Exercise) -> list[Posts]:
    """What is posted on the pages of an exercise, page by page, to get everything right."""
    match exercise.spec:
        case Quiz() as quiz:
            return [{name: values for question in quiz.questions for name, values in _right(question).items()}]
        case Spot() as spot:
            return [{FIELD: [mark.id for mark in spot.marks if mark.is_fault]}]
        case KeyFeatures() as case:
            return [{one.id: [o.id for o in one.options if o.value == "key"]} for one in case.decisions]
        case Talk() as talk:
            return [{"choice": [choice]} for choice in talk.expert]
        case _:
            raise AssertionError(f"nobody has said how a {exercise.kind} is solved")


def _right(question: Question) -> Posts:
    match question.kind:
        case "order":
            return {f"{question.id}.{option.id}": [str(at)] for at, option in enumerate(question.options, 1)}
        case "match":
            target = {option.to: option.id for option in question.targets}
            return {f"{question.id}.{option.id}": [target[option.to]] for option in question.options}
        case "sort":
            return {f"{question.id}.{option.id}": [option.group] for option in question.options}
        case "gap":
            return {
                f"{question.id}.{n}": [one.id for one in gap if one.correct] for n, gap in enumerate(question.gaps, 1)
            }
        case "number":
            assert question.number is not None
            return {question.id: [str(question.number.value)]}
        case _:
            reasons = {f"{question.id}.reason": [one.id for one in question.reasons if one.correct]}
            return {question.id: sorted(question.right)} | (reasons if question.reasons else {})
