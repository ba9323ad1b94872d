"""Finds personal data: the pattern pass, and how its spans and the word pass become findings.

`static/detector.js` says the same in JavaScript. All of it is linear in the length of the text: every
quantifier in the patterns is bounded, and spans are joined by one sweep.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from course.guard.rules import AMBER, RED, Finding
from course.guard.words import Span, Words

WORDS_BEFORE_A_DIGIT = 8


Starts = dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern: what it finds, where it is tried, what the text must hold, which part is the finding."""

    kind: str
    regex: re.Pattern[str]
    at: str
    needs: tuple[str, ...]
    folds: bool
    group: int
    back: tuple[str, ...]
    suggest: str
    check: str
    not_after: str


Found = tuple[int, Pattern, re.Match[str]]


def _pattern(rule: dict[str, Any], macros: dict[str, str]) -> Pattern:
    source, folds = rule["pattern"], rule.get("flags") == "i"
    for name, value in macros.items():
        source = source.replace("{{" + name + "}}", value)
    return Pattern(
        rule["kind"],
        re.compile(source, re.IGNORECASE if folds else 0),
        rule.get("at", ""),
        tuple(need.lower() if folds else need for need in rule["needs"]),
        folds,
        rule.get("group", 0),
        tuple(rule.get("back", ())),
        rule.get("suggest", ""),
        rule.get("check", ""),
        rule.get("not_after", ""),
    )


def _joined(spans: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Overlapping (start, end, rank) as one span each, with the best (lowest) rank among them."""
    joined: list[tuple[int, int, int]] = []
    for start, end, rank in sorted(spans):
        if joined and start < joined[-1][1]:
            before = joined[-1]
            joined[-1] = (before[0], max(before[1], end), min(before[2], rank))
        else:
            joined.append((start, end, rank))
    return joined


def _added(findings: list[Finding], more: list[Finding]) -> list[Finding]:
    """Both lists in order, without those of ``more`` that overlap the first list or each other."""
    merged: list[Finding] = []
    waiting = sorted(more, key=lambda finding: (finding.start, -finding.end))
    taken = iter([*findings, None])
    ahead = next(taken)
    for finding in waiting:
        while ahead is not None and ahead.end <= finding.start:
            merged.append(ahead)
            ahead = next(taken)
        clear = not merged or merged[-1].end <= finding.start
        if clear and (ahead is None or finding.end <= ahead.start):
            merged.append(finding)
    if ahead is not None:
        merged.append(ahead)
        merged += [finding for finding in taken if finding is not None]
    return merged


def _any(patterns: list[Pattern]) -> re.Pattern[str]:
    """Matches wherever any of the patterns does: one question instead of many where nothing is."""
    return re.compile("|".join(f"(?{'i' if p.folds else ''}:{p.regex.pattern})" for p in patterns) or "(?!)")


class Detector:
    """One bundle of rules, compiled once; safe to share between threads."""

    def __init__(self, bundle: dict[str, Any]) -> None:
        self._kinds = bundle["kinds"]
        self._guards = {name: frozenset(kinds) for name, kinds in bundle["guards"].items()}
        self._words = Words(bundle)
        self._digits = re.compile("[0-9]+")
        patterns = [_pattern(rule, bundle["macros"]) for rule in bundle["patterns"]]
        self._patterns = {
            (guard, level): [
                pattern for pattern in patterns if pattern.kind in kinds and self._kinds[pattern.kind]["level"] == level
            ]
            for guard, kinds in self._guards.items()
            for level in (RED, AMBER)
        }
        self._any = {
            (*key, at): _any([pattern for pattern in patterns if pattern.at == at])
            for key, patterns in self._patterns.items()
            for at in ("digit", "word")
        }

    def red(self, text: str, guard: str) -> list[Finding]:
        """The red findings of ``guard`` in ``text`` (NFC), as `find` has them: all that a save asks for."""
        return self._red(text, guard, self._starts(text))

    def find(self, text: str, guard: str) -> list[Finding]:
        """All findings of ``guard`` in ``text`` (NFC), in order, without overlaps.

        Raises KeyError when there is no such guard.
        """
        kinds = self._guards[guard]
        starts = self._starts(text)
        findings = self._red(text, guard, starts)
        if all(self._kinds[kind]["level"] == RED for kind in kinds):
            return findings
        findings = _added(findings, list(self._amber(text, guard, starts)))
        spans = self._words.scan(text, self._words.tokens(text))
        return _added(findings, [self._finding(text, span) for span in spans if span[2] in kinds])

    def _starts(self, text: str) -> Starts:
        """Where patterns are tried: at each run of digits, and at the eight words before each."""
        digits = [match.start() for match in self._digits.finditer(text)]
        tokens = self._words.tokens(text) if digits else []
        near: list[int] = []
        past = at = 0
        for digit in digits:
            while at < len(tokens) and tokens[at][1] < digit:
                at += 1
            near += [start for _, start, _ in tokens[max(past, at - WORDS_BEFORE_A_DIGIT) : at]]
            past = at
        return {"digit": digits, "word": near}

    def _matches(self, text: str, pattern: Pattern, starts: Starts) -> Iterator[re.Match[str]]:
        if not pattern.at:
            yield from pattern.regex.finditer(text)
            return
        match_at = pattern.regex.match
        for start in starts[pattern.at]:
            if match := match_at(text, start):
                yield match

    def _found(self, text: str, guard: str, level: str, starts: Starts) -> Iterator[Found]:
        """Every match that holds, with the rank of its pattern."""
        likely: Starts = {}
        for at, places in starts.items():
            match_any = self._any[guard, level, at].match
            likely[at] = [start for start in places if match_any(text, start)]
        folded = text.lower()
        for rank, pattern in enumerate(self._patterns[guard, level]):
            source = folded if pattern.folds else text
            if pattern.needs and not any(need in source for need in pattern.needs):
                continue
            for match in self._matches(text, pattern, likely):
                if self._holds(text, pattern, match):
                    yield rank, pattern, match

    def _red(self, text: str, guard: str, starts: Starts) -> list[Finding]:
        patterns = self._patterns[guard, RED]
        spans = [
            (self._begin(text, pattern, match), match.end(pattern.group), rank)
            for rank, pattern, match in self._found(text, guard, RED, starts)
        ]
        return [self._finding(text, (start, end, patterns[rank].kind)) for start, end, rank in _joined(spans)]

    def _amber(self, text: str, guard: str, starts: Starts) -> Iterator[Finding]:
        for _, pattern, match in self._found(text, guard, AMBER, starts):
            span = (match.start(pattern.group), match.end(pattern.group), pattern.kind)
            yield self._finding(text, span, self._suggestion(pattern, match))

    def _begin(self, text: str, pattern: Pattern, match: re.Match[str]) -> int:
        """Where the finding begins: at its group, or at a word before it that belongs to it ('den 3. …')."""
        start = match.start(pattern.group)
        for lead in pattern.back:
            begin = start - len(lead)
            if begin < 0 or text[begin:start].lower() != lead:
                continue
            if not self._words.is_letter(text[max(begin - 1, 0) : begin]):
                return begin
        return start

    def _holds(self, text: str, pattern: Pattern, match: re.Match[str]) -> bool:
        if pattern.check == "town":
            return self._words.is_town(match.group(1), text[match.start() : match.start() + 4])
        return not (pattern.not_after and self._words.follows(text, match.start(), pattern.not_after))

    def _suggestion(self, pattern: Pattern, match: re.Match[str]) -> str:
        """An age band for an exact age, the kind's own word for the rest."""
        if pattern.suggest != "decade":
            return self._kinds[pattern.kind]["suggestion"]
        age = int(match.group(pattern.group + 1))
        if age < 20:
            return "et barn" if age < 13 else "i teenageårene"
        return f"i {age // 10 * 10}'erne" if age < 90 else "over 90"

    def _finding(self, text: str, span: Span, suggestion: str = "") -> Finding:
        start, end, kind = span
        about = self._kinds[kind]
        return Finding(start, end, kind, about["level"], text[start:end], suggestion or about["suggestion"])
