"""What a finding is, and what can be done with findings: pure functions.

Offsets are counted in code points of the NFC form of the text, never in bytes or UTF-16 units:
``unicodedata.normalize("NFC", text)[finding.start:finding.end] == finding.text``. A text that is already
NFC, as browsers send it, keeps its own offsets.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

RED = "red"
AMBER = "amber"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a text that may point at a person.

    ``level`` is ``red`` (never stored: replaced by ``suggestion``) or ``amber`` (shown to the writer, who
    replaces the word or confirms it). ``kind`` is a key of ``kinds`` in the rules.
    """

    start: int
    end: int
    kind: str
    level: str
    text: str
    suggestion: str


def replaced(text: str, findings: Iterable[Finding]) -> str:
    """``text`` (NFC) with every finding replaced by its suggestion; findings in order, not overlapping."""
    parts: list[str] = []
    end = 0
    for finding in findings:
        parts += (text[end : finding.start], finding.suggestion)
        end = finding.end
    parts.append(text[end:])
    return "".join(parts)


def of_level(findings: Iterable[Finding], level: str) -> list[Finding]:
    """The findings of one level, in order."""
    return [finding for finding in findings if finding.level == level]


def distinct(findings: Iterable[Finding]) -> list[Finding]:
    """The first finding of each word, whatever its capitals: what a writer is asked once."""
    seen: dict[str, Finding] = {}
    for finding in findings:
        seen.setdefault(finding.text.casefold(), finding)
    return list(seen.values())


def as_json(findings: Sequence[Finding]) -> list[dict[str, int | str]]:
    """Findings as JSON-ready records: start, end, kind, level, text, suggestion."""
    return [asdict(finding) for finding in findings]
