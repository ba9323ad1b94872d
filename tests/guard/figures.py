"""How well the guard finds what it must in sentences nobody tuned to.

Run as ``python -m tests.guard.figures`` to print the figures and every miss.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from course import guard

RED = ("cpr", "phone", "email", "address", "record_number", "link", "exact_date")
WHO_AND_WHERE = ("name", "workplace", "place")
MARK = re.compile(r"\{([a-z_]+):([^{}]+)\}")


class Figures(NamedTuple):
    """Counts by kind of what was marked and found, and the clean sentences with what was found in them."""

    marked: Counter[str]
    found: Counter[str]
    missed: list[str]
    clean: int
    false: list[str]

    def share(self, *kinds: str) -> float:
        """The share found of everything marked as one of ``kinds``."""
        return sum(self.found[kind] for kind in kinds) / sum(self.marked[kind] for kind in kinds)

    @property
    def false_per_sentence(self) -> float:
        """False findings a clean sentence."""
        return len(self.false) / self.clean


def unmarked(sentence: str) -> tuple[str, list[tuple[int, int, str]]]:
    """The sentence without its marks, and (start, end, kind) of each mark."""
    text, marks, end = "", [], 0
    for mark in MARK.finditer(sentence):
        text += sentence[end : mark.start()]
        marks.append((len(text), len(text) + len(mark[2]), mark[1]))
        text += mark[2]
        end = mark.end()
    return text + sentence[end:], marks


def _is_found(mark: tuple[int, int, str], findings: list[guard.Finding]) -> bool:
    """Red must be covered whole by a red finding; a name, workplace or place touched by one of the three."""
    start, end, kind = mark
    if kind in RED:
        return any(f.level == "red" and f.start <= start and end <= f.end for f in findings)
    kinds = WHO_AND_WHERE if kind in WHO_AND_WHERE else (kind,)
    return any(f.kind in kinds and f.start < end and start < f.end for f in findings)


def measure(dirty: list[str], clean: list[str]) -> Figures:
    """Run the guard *patient* over both lists."""
    marked: Counter[str] = Counter()
    found: Counter[str] = Counter()
    missed: list[str] = []
    for sentence in dirty:
        text, marks = unmarked(sentence)
        findings = guard.find(text, "patient")
        for mark in marks:
            marked[mark[2]] += 1
            if _is_found(mark, findings):
                found[mark[2]] += 1
            else:
                missed.append(sentence)
    false = [f"{f.kind} »{f.text}« in: {text}" for text in clean for f in guard.find(text, "patient")]
    return Figures(marked, found, missed, len(clean), false)


def held_out() -> Figures:
    """The figures for `heldout.json`."""
    sentences = json.loads((Path(__file__).parent / "heldout.json").read_text(encoding="utf-8"))
    return measure(sentences["dirty"] + sentences["fresh_dirty"], sentences["clean"] + sentences["fresh_clean"])


def _print(figures: Figures) -> None:
    for kind, marked in figures.marked.items():
        print(f"{kind:14} {figures.found[kind]:3} of {marked:3}")
    print(f"names, workplaces, places: {figures.share(*WHO_AND_WHERE):.1%}; red: {figures.share(*RED):.1%}")
    print(f"false findings a clean sentence: {figures.false_per_sentence:.2f} ({figures.clean} sentences)")
    for line in figures.missed:
        print("missed:", line)
    for line in figures.false:
        print("false: ", line)


if __name__ == "__main__":
    _print(held_out())
