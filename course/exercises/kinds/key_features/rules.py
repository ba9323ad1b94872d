"""Critical decisions: one after the other, none taken back. Pure.

A log has a step for each decision: `{"chosen": [ids]}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from course.content.kinds import Log, Posted, Score, Step, Unclear

SPOILING = ("harmful", "unneeded")
WORDS = {
    "key": "det, der skal til",
    "fine": "gør ingen skade",
    "harmful": "kan skade",
    "unneeded": "ikke nødvendigt",
}


@dataclass(frozen=True, slots=True)
class Option:
    """`value`: key (must be chosen), fine (may), harmful and unneeded (spoil the decision)."""

    id: str
    text: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Decision:
    """`choose`: at most so many; `more_html` is what happens before it."""

    id: str
    more_html: Markup
    text: str
    choose: int
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class KeyFeatures:
    story_html: Markup
    decisions: tuple[Decision, ...]


def is_over(spec: KeyFeatures, log: Log) -> bool:
    return len(log) >= len(spec.decisions)


def read(spec: KeyFeatures, log: Log, posted: Posted) -> Step:
    """What was chosen in the next decision: something, and not too much."""
    decision = spec.decisions[min(len(log), len(spec.decisions) - 1)]
    given = set(posted.getlist(decision.id))
    chosen = [option.id for option in decision.options if option.id in given]
    if not chosen:
        raise Unclear([(decision.id, f"Vælg mindst ét svar i »{decision.text}«")])
    if len(chosen) > decision.choose:
        too_many = f"Vælg højst {decision.choose} svar i »{decision.text}« Du har valgt {len(chosen)}."
        raise Unclear([(decision.id, too_many)], {"chosen": chosen})
    return {"chosen": chosen}


def is_right(decision: Decision, chosen: Sequence[str]) -> bool:
    """Whether every key option was chosen, and nothing that spoils it."""
    keys = {option.id for option in decision.options if option.value == "key"}
    spoilt = {option.id for option in decision.options if option.value in SPOILING}
    return keys <= set(chosen) and not spoilt & set(chosen) and len(chosen) <= decision.choose


def _taken(spec: KeyFeatures, log: Log) -> list[tuple[Decision, list[str]]]:
    return [(decision, list(step.get("chosen", ()))) for decision, step in zip(spec.decisions, log, strict=False)]


def score(spec: KeyFeatures, log: Log) -> Score:
    """A point for each decision that is right; over-choosing or a harmful choice earns none."""
    return Score(sum(is_right(decision, chosen) for decision, chosen in _taken(spec, log)), len(spec.decisions))


def missed(spec: KeyFeatures, log: Log) -> tuple[str, ...]:
    """The decisions that were not right."""
    return tuple(decision.id for decision, chosen in _taken(spec, log) if not is_right(decision, chosen))


def page(spec: KeyFeatures, log: Log) -> Mapping[str, Any]:
    """The story so far, what was chosen, and the next decision."""
    at = min(len(log), len(spec.decisions) - 1)
    before = [
        {"decision": decision, "chosen": [option for option in decision.options if option.id in chosen]}
        for decision, chosen in _taken(spec, log)
    ]
    return {
        "story_html": spec.story_html,
        "before": before,
        "decision": spec.decisions[at],
        "number": at + 1,
        "of": len(spec.decisions),
    }


def report(spec: KeyFeatures, log: Log) -> Mapping[str, Any]:
    """Each decision with every option: what it was worth, whether it was chosen, and why."""
    decisions = [
        {"decision": decision, "chosen": chosen, "is_right": is_right(decision, chosen)}
        for decision, chosen in _taken(spec, log)
    ]
    return {"story_html": spec.story_html, "decisions": decisions, "words": WORDS}
