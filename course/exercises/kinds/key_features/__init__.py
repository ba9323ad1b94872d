"""A case with two or three critical decisions; choosing too much, or something harmful, earns nothing."""

from collections.abc import Iterator

from course.content.kinds import Making, Problem

from . import rules, schema
from .rules import Decision, KeyFeatures, Option
from .schema import DecisionPart, KeyFeaturesPart


class KeyFeaturesKind:
    """A step is a decision."""

    name = "key_features"
    model = KeyFeaturesPart
    ways = frozenset({"questions", "performance"})

    read = staticmethod(rules.read)
    is_over = staticmethod(rules.is_over)
    score = staticmethod(rules.score)
    page = staticmethod(rules.page)
    report = staticmethod(rules.report)
    missed = staticmethod(rules.missed)
    prose = staticmethod(schema.prose)

    def problems(self, model: KeyFeaturesPart) -> Iterator[Problem]:
        return schema.problems(model)

    def build(self, model: KeyFeaturesPart, html: Making) -> KeyFeatures:
        return KeyFeatures(html(model.story), tuple(_decision(part, html) for part in model.decisions))


def _decision(part: DecisionPart, html: Making) -> Decision:
    options = tuple(Option(one.id, one.text, one.value, one.why) for one in part.options)
    return Decision(part.id, html(part.more), part.text, part.choose, options)


KIND = KeyFeaturesKind()
