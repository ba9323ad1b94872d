"""How hard a chosen password is to guess: one rough estimate, told in the same words by server and browser.

``static/js/password.js`` counts the same way; ``tests/web/test_password_strength.py`` has the vectors.
The estimate advises; what is refused is decided where passwords are set.
"""

from __future__ import annotations

from dataclasses import dataclass

MINIMUM_LENGTH = 10

COMMON = (
    *("password", "kodeord", "adgangskode", "hemmelig", "velkommen", "qwerty", "qwertz", "asdf", "abcd"),
    *("1234", "sommer", "vinter", "efterår", "forår", "danmark", "kursus", "klinik", "læge", "vejenfrem"),
    *("admin", "test"),
)

LABELS = ("for svag", "svag", "rimelig", "god", "meget god")
ADVICE = (
    "Brug mindst 10 tegn.",
    "Gør den længere. Tre eller fire tilfældige ord er nemme at huske.",
    "Den kan bruges. Et ord mere gør den god.",
    "Den er god. Brug den kun her.",
    "Den er meget god. Brug den kun her.",
)
STEPS = (12, 16, 22)
"""Effective lengths from which the level is 2, 3 and 4."""


@dataclass(frozen=True, slots=True)
class Strength:
    """*level* 0 (refuse) to 4, its Danish word, and one sentence on what to do."""

    level: int
    label: str
    advice: str


def effective_length(text: str) -> int:
    """Length in code points after repeats, runs (abc, 321) and common words are counted as almost nothing."""
    plain = text.lower()
    for word in COMMON:
        plain = plain.replace(word, "\x00")
    length = 0
    for place, sign in enumerate(plain):
        step = ord(sign) - ord(plain[place - 1]) if place else None
        length += step not in (-1, 0, 1)
    return length


def password_strength(text: str) -> Strength:
    """Judge *text*; level 0 when it is too short or hardly more than repeats and common words."""
    effective = effective_length(text)
    if len(text) < MINIMUM_LENGTH or effective < MINIMUM_LENGTH // 2:
        level = 0
    else:
        level = 1 + sum(effective >= step for step in STEPS)
    return Strength(level, LABELS[level], ADVICE[level])
