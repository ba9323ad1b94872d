"""The server's estimate of a password. The browser's is held to the same vectors in test_design.py."""

from __future__ import annotations

import pytest

from course.web.password_strength import password_strength

VECTORS = {
    "": 0,
    "kort": 0,
    "aaaaaaaaaaaaaaaaaaaa": 0,
    "1234567890": 0,
    "passwordpassword": 0,
    "Kodeord1234": 0,
    "Sommer2026!": 1,
    "xk7Qpw9bRt": 1,
    "blåbær i maj": 2,
    "grønne tårer på": 2,
    "cykel regnvejr lampe": 3,
    "korrekt hest batteri hæfteklamme": 4,
    "🦔🌧️🚲 regn og lampe i dag": 4,
}


@pytest.mark.parametrize(("text", "level"), VECTORS.items())
def test_level(text: str, level: int) -> None:
    assert password_strength(text).level == level


def test_the_words_follow_the_level() -> None:
    assert password_strength("kort").label == "for svag"
    assert password_strength("kort").advice == "Brug mindst 10 tegn."
    assert password_strength("korrekt hest batteri hæfteklamme").label == "meget god"
