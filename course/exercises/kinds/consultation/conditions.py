"""What a choice or a way may ask of the talk so far: »trust >= 3«, »frygt-kendt«, »not frygt-kendt«. Pure."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

MINUTES = "minutes"
"""In a condition: the minutes of the story that are left. No counter may bear the name."""

_COMPARES: Mapping[str, Callable[[int, int], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "==": operator.eq,
}  # fmt: skip
_NUMBER = re.compile(r"([a-z][a-z0-9-]*) (>=|<=|>|<|==) (\d{1,2})")
_FLAG = re.compile(r"(?!not$)(not )?([a-z][a-z0-9-]*)")


@dataclass(frozen=True, slots=True)
class Condition:
    """A counter (or the minutes left) against a number, or something remembered (``compare`` is then "")."""

    name: str
    compare: str = ""
    number: int = 0
    negated: bool = False

    @property
    def is_number(self) -> bool:
        return self.compare != ""

    def holds(self, numbers: Mapping[str, int], flags: frozenset[str]) -> bool:
        if self.compare:
            return _COMPARES[self.compare](numbers[self.name], self.number)
        return (self.name in flags) != self.negated

    def __str__(self) -> str:
        if self.compare:
            return f"{self.name} {self.compare} {self.number}"
        return f"not {self.name}" if self.negated else self.name


def parse(text: str) -> Condition:
    """Return a condition as written; raise ValueError with a Danish sentence when it is none."""
    found = _NUMBER.fullmatch(text)
    if found:
        return Condition(found[1], found[2], int(found[3]))
    found = _FLAG.fullmatch(text)
    if found:
        return Condition(found[2], negated=found[1] is not None)
    raise ValueError(
        f"betingelsen »{text}« kan ikke læses: skriv fx »trust >= 3«, »frygt-kendt« eller »not frygt-kendt«"
    )
