"""A talk as the rules see it: immutable, its texts rendered. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from markupsafe import Markup

from .conditions import Condition, parse
from .schema import ChoicePart, ConsultationPart, ScenePart

Rendered = Callable[[str | None], Markup]


class Value(StrEnum):
    """How good a decision is (DOMAIN, "Graded practice")."""

    BEST = "best"
    ACCEPTABLE = "acceptable"
    NEUTRAL = "neutral"
    HARMFUL = "harmful"

    @property
    def points(self) -> int:
        return {Value.BEST: 2, Value.ACCEPTABLE: 1, Value.NEUTRAL: 0, Value.HARMFUL: -2}[self]


@dataclass(frozen=True, slots=True)
class Counter:
    """Something that goes up and down between 0 and 10; ``low`` and ``high`` say what the ends look like."""

    id: str
    title: str
    start: int
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Way:
    """Where a choice leads when all conditions hold."""

    when: tuple[Condition, ...]
    scene: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Something one can say or do in a scene; ``value`` and ``work`` only where it is a decision. ``feedback`` is plain
    text, a paragraph each.
    """

    id: str
    scene: str
    text: str
    value: Value | None
    work: int
    minutes: int
    effects: Mapping[str, int]
    sets: frozenset[str]
    when: tuple[Condition, ...]
    feedback: tuple[str, ...]
    ways: tuple[Way, ...]

    @property
    def points(self) -> int:
        return self.value.points if self.value is not None else 0


@dataclass(frozen=True, slots=True)
class Scene:
    """What happens and is said, and what one can answer. An ending (``ends``) has no choices."""

    id: str
    title: str
    says_html: Markup
    decision: bool
    choices: tuple[Choice, ...]
    ends: str | None


@dataclass(frozen=True, slots=True)
class Talk:
    """``minutes`` is the story's clock, 0 for none; ``best`` the highest sum of decisions there is."""

    id: str
    title: str
    setting: str
    partner: str
    minutes: int
    counters: tuple[Counter, ...]
    start: str
    time_up: str | None
    scenes: Mapping[str, Scene]
    choices: Mapping[str, Choice]
    expert: tuple[str, ...]
    thinking_html: Markup

    @property
    def best(self) -> int:
        """The sum of the expert's decisions; `course check` holds that no way has a higher one."""
        return max(0, sum(self.choices[each].points for each in self.expert))


def _choice(part: ChoicePart, scene: str, html: Rendered) -> Choice:
    return Choice(
        id=part.id,
        scene=scene,
        text=part.text,
        value=None if part.value is None else Value(part.value),
        work=part.work or 0,
        minutes=part.minutes,
        effects=MappingProxyType(dict(part.effects)),
        sets=frozenset(part.sets),
        when=tuple(map(parse, part.when)),
        feedback=tuple(" ".join(each.split()) for each in part.feedback.split("\n\n") if each.strip()),
        ways=tuple(Way(tuple(map(parse, way.when)), way.scene) for way in part.to),
    )


def _scene(part: ScenePart, html: Rendered) -> Scene:
    choices = tuple(_choice(each, part.id, html) for each in part.choices)
    return Scene(part.id, part.title, html(part.says), part.decision, choices, part.ends)


def build(model: ConsultationPart, html: Rendered) -> Talk:
    """Return the talk of a file without faults of reference (unknown or doubled ids)."""
    scenes = tuple(_scene(part, html) for part in model.scenes)
    return Talk(
        id=model.id,
        title=model.title,
        setting=model.setting,
        partner=model.partner,
        minutes=model.minutes,
        counters=tuple(
            Counter(part.id, part.title, part.start, part.low or "", part.high or "") for part in model.counters
        ),
        start=model.start,
        time_up=model.time_up,
        scenes=MappingProxyType({scene.id: scene for scene in scenes}),
        choices=MappingProxyType({choice.id: choice for scene in scenes for choice in scene.choices}),
        expert=model.expert.path,
        thinking_html=html(model.expert.thinking),
    )
