"""A story to screen for the seven barriers of tool 10: which are there, what shows it, and what to do first."""

from collections.abc import Iterator

from course.content.kinds import Log, Making, Problem
from course.exercises.kinds import marking

from . import rules, schema
from .rules import Barrier, FirstThing, Screening, Sentence
from .schema import BARRIERS, TOOL, ScreeningPart


class ScreeningKind:
    """One step holds every judgement."""

    name = "screening"
    model = ScreeningPart
    ways = frozenset({"performance"})

    read = staticmethod(rules.read)
    score = staticmethod(rules.score)
    page = staticmethod(rules.page)
    report = staticmethod(rules.report)
    missed = staticmethod(rules.missed)
    together = staticmethod(rules.together)
    prose = staticmethod(schema.prose)

    def problems(self, model: ScreeningPart) -> Iterator[Problem]:
        return schema.problems(model)

    def build(self, model: ScreeningPart, html: Making) -> Screening:
        tables = html.tools[TOOL].tables.values()
        titles = {question.id: question.name for table in tables for question in table.questions}
        written = {barrier.id: barrier for barrier in model.barriers}
        barriers = tuple(
            Barrier(name, titles.get(name, name), written[name].key, written[name].shown_by, written[name].why)
            for name in BARRIERS
        )
        sentences = tuple(
            Sentence(name, number, text) for number, (name, text) in enumerate(marking.words_of(model.story).items(), 1)
        )
        first = tuple(FirstThing(one.id, one.text, one.correct, one.why) for one in model.first.options)
        return Screening(marking.paragraphs(model.story), sentences, barriers, first)

    def is_over(self, spec: Screening, log: Log) -> bool:
        return bool(log)


KIND = ScreeningKind()
