"""A simulated talk: scenes, choices with consequences, a clock of the story, and an expert's way beside one's own."""

from collections.abc import Iterator

from course.content.kinds import Making, Problem

from . import playing, problems, schema, talk
from .schema import ConsultationPart


class ConsultationKind:
    """A talk: each step is one choice, or one step back."""

    name = "consultation"
    model = ConsultationPart
    ways = frozenset({"performance"})

    read = staticmethod(playing.read)
    is_over = staticmethod(playing.is_over)
    score = staticmethod(playing.score)
    page = staticmethod(playing.page)
    report = staticmethod(playing.report)
    missed = staticmethod(playing.missed)
    prose = staticmethod(schema.prose)

    def problems(self, model: ConsultationPart) -> Iterator[Problem]:
        return problems.at_a_glance(model)

    def trials(self, model: ConsultationPart) -> Iterator[Problem]:
        return problems.of_the_ways(model)

    def build(self, model: ConsultationPart, html: Making) -> talk.Talk:
        return talk.build(model, html)


KIND = ConsultationKind()
