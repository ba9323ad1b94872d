"""Faults to find in a text: among marked runs of words some are faults, and the others only look so."""

from collections.abc import Iterator

from course.content.kinds import Log, Making, Problem
from course.exercises.kinds import marking

from . import rules, schema
from .rules import Mark, Spot
from .schema import SpotPart


class SpotKind:
    """A text is read once, and every place in it that is a fault is pointed at."""

    name = "spot"
    model = SpotPart
    ways = frozenset({"questions"})

    read = staticmethod(rules.read)
    score = staticmethod(rules.score)
    page = staticmethod(rules.page)
    report = staticmethod(rules.report)
    missed = staticmethod(rules.missed)
    prose = staticmethod(schema.prose)

    def problems(self, model: SpotPart) -> Iterator[Problem]:
        return schema.problems(model)

    def build(self, model: SpotPart, html: Making) -> Spot:
        words, by_id = marking.words_of(model.text), {mark.id: mark for mark in model.marks}
        marks = tuple(Mark(name, text, by_id[name].fault, by_id[name].why) for name, text in words.items())
        return Spot(model.asks, marking.paragraphs(model.text), marks)

    def is_over(self, spec: Spot, log: Log) -> bool:
        return bool(log)


KIND = SpotKind()
