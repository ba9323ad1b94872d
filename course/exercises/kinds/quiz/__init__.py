"""Questions whose every option explains itself."""

from collections.abc import Iterator

from course.content.forms import Reference
from course.content.kinds import Log, Making, Problem

from . import problems, rules, schema
from .schema import AnswerPart, QuestionPart, QuizPart
from .spec import Answer, Group, Number, Question, Quiz


class QuizKind:
    """A quiz: one step holds every answer."""

    name = "quiz"
    model = QuizPart
    ways = frozenset({"questions"})

    read = staticmethod(rules.read)
    score = staticmethod(rules.score)
    page = staticmethod(rules.page)
    report = staticmethod(rules.report)
    missed = staticmethod(rules.missed)
    prose = staticmethod(schema.prose)

    def problems(self, model: QuizPart) -> Iterator[Problem]:
        return problems.problems(model)

    def build(self, model: QuizPart, html: Making) -> Quiz:
        return Quiz(tuple(_question(part) for part in model.questions))

    def is_over(self, spec: Quiz, log: Log) -> bool:
        return bool(log)

    def alone(self, spec: Quiz, item: str) -> Quiz | None:
        found = spec.by_id.get(item)
        return Quiz((found,)) if found else None


def _question(part: QuestionPart) -> Question:
    given = part.answer
    number = None
    if given is not None:
        low = given.value if given.from_ is None else given.from_
        number = Number(given.value, low, given.value if given.to is None else given.to, given.unit, given.why)
    return Question(
        part.id,
        part.kind,
        part.text,
        _answers(part.options),
        Reference(part.source.source, part.source.where) if part.source else None,
        _answers(part.reasons),
        tuple(Group(group.id, group.text) for group in part.groups),
        tuple(_answers(gap.options) for gap in part.gaps),
        number,
    )


def _answers(parts: tuple[AnswerPart, ...]) -> tuple[Answer, ...]:
    return tuple(Answer(one.id, one.text, one.correct, one.why, one.to or "", one.group or "") for one in parts)


KIND = QuizKind()
