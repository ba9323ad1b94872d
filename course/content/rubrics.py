"""Rubrics: the criteria a text is read by, and the texts one calibrates by."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Criterion:
    """`levels`: what 0, 1, 2 and 3 look like, in that order."""

    id: str
    title: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A text with the level an experienced reviewer gave it by each criterion, and why, to calibrate oneself by."""

    id: str
    title: str
    text: str
    levels: Mapping[str, int]
    why: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rubric:
    """A profile to talk from, never a sum."""

    id: str
    title: str
    intro_html: Markup
    criteria: tuple[Criterion, ...]
    anchors: tuple[Anchor, ...]
    digest: str
