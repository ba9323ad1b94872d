"""Screening a story for the seven barriers: reading, scoring, explaining, and the run's judgements. Pure.

A log has one step: `{"judged": {barrier: judgement}, "shown": {barrier: sentence}, "first": option}`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from course.content.kinds import Log, Posted, Score, Step, Unclear
from course.exercises.kinds.marking import Paragraph

from .schema import FIRST, JUDGEMENT, SENTENCE

JUDGEMENTS = (("there", "Er der"), ("not", "Er der ikke"), ("unclear", "Kan ikke afgøres"))
WORDS = dict(JUDGEMENTS)


@dataclass(frozen=True, slots=True)
class Barrier:
    """`title` is the name tool 10 gives it; `shown_by` the sentences that show it, where it is there."""

    id: str
    title: str
    key: str
    shown_by: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class FirstThing:
    id: str
    text: str
    is_right: bool
    why: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence one can point at; `number` is what it is called on the page."""

    id: str
    number: int
    text: str

    @property
    def short(self) -> str:
        """Its number and its beginning."""
        words = self.text if len(self.text) <= 60 else f"{self.text[:57].rstrip()}…"
        return f"{self.number}. {words}"


@dataclass(frozen=True, slots=True)
class Screening:
    paragraphs: tuple[Paragraph, ...]
    sentences: tuple[Sentence, ...]
    barriers: tuple[Barrier, ...]
    first: tuple[FirstThing, ...]


def _only(posted: Posted, name: str, allowed: Sequence[str]) -> str:
    """The one value of a name; "" when there is none that can be chosen, or more than one."""
    given = set(posted.getlist(name))
    found = [value for value in allowed if value in given]
    return found[0] if len(found) == 1 else ""


def read(spec: Screening, log: Log, posted: Posted) -> Step:
    """Every barrier judged, a sentence for each that is there, and what to do first."""
    sentences = [sentence.id for sentence in spec.sentences]
    judged = {barrier.id: _only(posted, barrier.id, tuple(WORDS)) for barrier in spec.barriers}
    shown = {barrier.id: _only(posted, f"{barrier.id}.shown", sentences) for barrier in spec.barriers}
    first = _only(posted, "first", [option.id for option in spec.first])
    problems = []
    for barrier in spec.barriers:
        if not judged[barrier.id]:
            problems.append((barrier.id, f"Vurder barrieren »{barrier.title}«."))
        elif judged[barrier.id] == "there" and not shown[barrier.id]:
            problems.append((f"{barrier.id}.shown", f"Vælg den sætning, der viser barrieren »{barrier.title}«."))
    if not first:
        problems.append(("first", "Vælg, hvad du vil gøre først."))
    if problems:
        kept = {name: one for name, one in shown.items() if one}
        raise Unclear(problems, {"judged": {n: one for n, one in judged.items() if one}, "shown": kept, "first": first})
    there = {name: one for name, one in shown.items() if judged[name] == "there"}
    return {"judged": judged, "shown": there, "first": first}


def _points(barrier: Barrier, judged: Mapping[str, str], shown: Mapping[str, str]) -> int:
    if judged.get(barrier.id) != barrier.key:
        return 0
    return JUDGEMENT + (SENTENCE if shown.get(barrier.id) in barrier.shown_by else 0)


def score(spec: Screening, log: Log) -> Score:
    """Two points for a barrier judged as the key has it, one for the sentence that shows it, three for the first."""
    step = log[0] if log else {}
    judged, shown = step.get("judged", {}), step.get("shown", {})
    points = sum(_points(barrier, judged, shown) for barrier in spec.barriers)
    points += FIRST * any(option.is_right and option.id == step.get("first") for option in spec.first)
    there = sum(barrier.key == "there" for barrier in spec.barriers)
    return Score(points, JUDGEMENT * len(spec.barriers) + SENTENCE * there + FIRST)


def missed(spec: Screening, log: Log) -> tuple[str, ...]:
    """The barriers that did not earn everything, and "first"."""
    step = log[0] if log else {}
    judged, shown = step.get("judged", {}), step.get("shown", {})
    full = {b.id: JUDGEMENT + SENTENCE * (b.key == "there") for b in spec.barriers}
    wrong = [b.id for b in spec.barriers if _points(b, judged, shown) < full[b.id]]
    is_first = any(option.is_right and option.id == step.get("first") for option in spec.first)
    return tuple(wrong if is_first else [*wrong, "first"])


def page(spec: Screening, log: Log) -> Mapping[str, Any]:
    """The story with its numbered sentences, the barriers and what one could do first."""
    return {
        "paragraphs": spec.paragraphs,
        "numbers": {sentence.id: sentence.number for sentence in spec.sentences},
        "sentences": spec.sentences,
        "barriers": spec.barriers,
        "judgements": JUDGEMENTS,
        "first": spec.first,
    }


def report(spec: Screening, log: Log) -> Mapping[str, Any]:
    """Each barrier with the judgement given and the key, the sentences, and every first thing to do."""
    step = log[0] if log else {}
    judged, shown = step.get("judged", {}), step.get("shown", {})
    by_id = {sentence.id: sentence for sentence in spec.sentences}
    barriers = [
        {
            "barrier": barrier,
            "given": WORDS.get(judged.get(barrier.id, ""), ""),
            "key": WORDS[barrier.key],
            "is_right": judged.get(barrier.id) == barrier.key,
            "shown": by_id.get(shown.get(barrier.id, "")),
            "is_shown": shown.get(barrier.id) in barrier.shown_by,
            "shows": [by_id[name] for name in barrier.shown_by],
        }
        for barrier in spec.barriers
    ]
    right = sum(one["is_right"] for one in barriers)
    return {**page(spec, log), "told": barriers, "chosen_first": step.get("first"), "right": right}


def together(spec: Screening, log: Log, logs: Sequence[Log]) -> Mapping[str, Any]:
    """How the run has judged each barrier, and with how many of its majorities this log agrees. `logs` has an attempt
    of each member, this one's too.
    """
    own = log[0].get("judged", {}) if log else {}
    given = [one[0].get("judged", {}) for one in logs if one]
    barriers = []
    for barrier in spec.barriers:
        counts = Counter(judged.get(barrier.id) for judged in given)
        most = max((counts[key] for key in WORDS), default=0)
        agrees = most > 0 and counts[own.get(barrier.id)] == most
        barriers.append(
            {
                "barrier": barrier,
                "counts": [(words, counts[key]) for key, words in JUDGEMENTS],
                "agrees": agrees,
            }
        )
    return {"barriers": barriers, "answers": len(given), "agreed": sum(one["agrees"] for one in barriers)}
