"""Finding faults in a text: reading, scoring and explaining. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from course.content.kinds import Log, Posted, Score, Step, Unclear
from course.exercises.kinds.marking import Paragraph

FIELD = "mark"


@dataclass(frozen=True, slots=True)
class Mark:
    """A place one may point at: whether it is a fault, and why or why not."""

    id: str
    words: str
    is_fault: bool
    why: str


@dataclass(frozen=True, slots=True)
class Spot:
    """`marks` stand in the order of the text."""

    asks: str
    paragraphs: tuple[Paragraph, ...]
    marks: tuple[Mark, ...]


def chosen(log: Log) -> frozenset[str]:
    """What was pointed at."""
    return frozenset(log[0].get("marks", ())) if log else frozenset()


def read(spec: Spot, log: Log, posted: Posted) -> Step:
    """The places pointed at; one at least."""
    given = set(posted.getlist(FIELD))
    marks = [mark.id for mark in spec.marks if mark.id in given]
    if not marks:
        raise Unclear([(f"{FIELD}-{spec.marks[0].id}", "Vælg mindst ét sted i teksten.")])
    return {"marks": marks}


def score(spec: Spot, log: Log) -> Score:
    """With F faults, D decoys, h hits and f false marks: max(0, h·D − f·F) of F·D. All or nothing is 0."""
    found = chosen(log)
    faults = sum(mark.is_fault for mark in spec.marks)
    decoys = len(spec.marks) - faults
    hits = sum(mark.is_fault for mark in spec.marks if mark.id in found)
    false = sum(not mark.is_fault for mark in spec.marks if mark.id in found)
    return Score(max(0, hits * decoys - false * faults), faults * decoys)


def missed(spec: Spot, log: Log) -> tuple[str, ...]:
    """The places that were judged wrongly."""
    found = chosen(log)
    return tuple(mark.id for mark in spec.marks if mark.is_fault is not (mark.id in found))


def page(spec: Spot, log: Log) -> Mapping[str, Any]:
    """The text, with its places."""
    return {"asks": spec.asks, "paragraphs": spec.paragraphs, "field": FIELD}


def report(spec: Spot, log: Log) -> Mapping[str, Any]:
    """The text and each place with what was said of it; what was right, and why."""
    found = chosen(log)
    places = [
        {"mark": mark, "number": number, "is_chosen": mark.id in found, "is_right": mark.is_fault is (mark.id in found)}
        for number, mark in enumerate(spec.marks, 1)
    ]
    return {
        "asks": spec.asks,
        "paragraphs": spec.paragraphs,
        "places": places,
        "by_id": {place["mark"].id: place for place in places},
        "faults": sum(mark.is_fault for mark in spec.marks),
        "hits": sum(mark.is_fault for mark in spec.marks if mark.id in found),
        "false": sum(not mark.is_fault for mark in spec.marks if mark.id in found),
    }
