"""Personal data is stopped at the door: find it, replace what is red, ask about what is amber.

The same rules run in the browser (`static/detector.js`); `data/vectors.json` holds both to the same answers.
A finding is a hint to look again. No finding is no promise that a text is anonymous.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from course.guard import bundle, rules
from course.guard.bundle import rules_digest
from course.guard.detector import Detector
from course.guard.rules import Finding, as_json

__all__ = ["Finding", "amber_words", "as_json", "find", "replace_red", "rules_digest"]


@cache
def _detector() -> Detector:
    return Detector(bundle.load())


def find(text: str, guard: str) -> list[Finding]:
    """Everything ``guard`` (patient, workplace or none) looks for in ``text``, in order, without overlaps.

    Offsets are code points of the NFC form of ``text``. Takes any str. Raises KeyError on an unknown guard.
    """
    return _detector().find(unicodedata.normalize("NFC", text), guard)


def replace_red(text: str, guard: str) -> tuple[str, list[Finding]]:
    """``text`` in NFC with each red finding replaced by its placeholder, and the red findings replaced.

    The findings are of the text as given, so their offsets are those before the replacement.
    """
    normal = unicodedata.normalize("NFC", text)
    red = _detector().red(normal, guard)
    return rules.replaced(normal, red), red


def amber_words(text: str, guard: str) -> list[Finding]:
    """The amber findings, one for each distinct word, whatever its capitals."""
    return rules.distinct(rules.of_level(find(text, guard), rules.AMBER))
