"""How near a reader is to an experienced reviewer: within one level, criterion by criterion. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from course.content.catalogue import Anchor, Rubric

NEAR = 1
"""As far as two readers may stand from one another and still agree."""
FEWEST = 5
"""Figures of fewer readers are not shown."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One criterion of an anchor text: one's own level, the expert's, and why the expert chose it."""

    criterion: str
    title: str
    own: int
    own_text: str
    expert: int
    expert_text: str
    why: str

    @property
    def is_near(self) -> bool:
        """Whether the two are within one level."""
        return abs(self.own - self.expert) <= NEAR


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often readers were within one level of the expert: ``near`` of ``judged``, by ``readers`` people."""

    title: str
    readers: int
    judged: int
    near: int

    @property
    def is_shown(self) -> bool:
        """Whether so many have judged that the figure says nothing about one of them."""
        return self.readers >= FEWEST

    @property
    def percent(self) -> int:
        """The share in whole percent."""
        return round(100 * self.near / self.judged) if self.judged else 0


def compare(rubric: Rubric, anchor: Anchor, levels: Mapping[str, int]) -> tuple[Compared, ...]:
    """One's own levels beside the expert's, in the order of the rubric."""
    return tuple(
        Compared(
            one.id, one.title, levels[one.id], one.levels[levels[one.id]], anchor.levels[one.id],
            one.levels[anchor.levels[one.id]], anchor.why.get(one.id, ""),
        )
        for one in rubric.criteria
        if one.id in levels and one.id in anchor.levels
    )  # fmt: skip


Judgement = tuple[int, str, Mapping[str, int]]
"""Who judged which anchor text how."""


def agreement(rubric: Rubric, judgements: Iterable[Judgement]) -> tuple[Agreement, ...]:
    """How well the readers agree with the expert, criterion by criterion."""
    anchors = {anchor.id: anchor for anchor in rubric.anchors}
    known = [(person, anchors[anchor], levels) for person, anchor, levels in judgements if anchor in anchors]
    found = []
    for criterion in rubric.criteria:
        gaps = [
            (person, abs(levels[criterion.id] - anchor.levels[criterion.id]))
            for person, anchor, levels in known
            if criterion.id in levels and criterion.id in anchor.levels
        ]
        near = sum(gap <= NEAR for _, gap in gaps)
        found.append(Agreement(criterion.title, len({person for person, _ in gaps}), len(gaps), near))
    return tuple(found)
