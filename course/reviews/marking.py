"""A text as the reviewer sees it: what is struck out, and what the guard would look at. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from course.content.catalogue import Field, Form
from course.guard import Finding
from course.work import fields as shape
from course.work.checking import confirmed_key


@dataclass(frozen=True, slots=True)
class Strike:
    """A struck passage: code points ``start``–``end`` of the text at ``path``."""

    id: int
    path: str
    start: int
    end: int
    replacement: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one text. ``kind``: same, struck, red, amber, confirmed. ``note`` is its placeholder."""

    kind: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A distinct thing the guard found in a work: where it stands first, how often, and how often it is struck out."""

    text: str
    kind: str
    level: str
    field: Field
    suggestion: str
    confirmed: bool
    places: int
    struck: int

    @property
    def is_struck(self) -> bool:
        """Whether no colleague can see it any more."""
        return self.struck == self.places


@dataclass(frozen=True, slots=True)
class Marked:
    """The answers of a work with every text marked up, and the words that were found in them."""

    data: dict[str, Any]
    words: tuple[Word, ...]


Find = Callable[[str, str], list[Finding]]


def marked(
    form: Form, data: Mapping[str, Any], marks: Iterable[Strike], confirmed: Collection[str], find: Find
) -> Marked:
    """Mark up every text of ``data``. ``find`` is the guard's; ``confirmed`` holds the words the author has kept."""
    kept = {confirmed_key(word) for word in confirmed}
    of_path: dict[str, list[Strike]] = {}
    for mark in marks:
        of_path.setdefault(mark.path, []).append(mark)
    shown = dict(data)
    words: dict[str, Word] = {}
    for path, field, text in list(shape.texts(form.fields.values(), data)):
        struck = sorted(of_path.get(path, []), key=lambda mark: mark.start)
        findings = find(text, field.guard)
        for finding in findings:
            _count(words, finding, field, struck, kept)
        shown = shape.with_text(shown, path, as_html(path, segments(text, struck, findings, kept)))
    return Marked(shown, tuple(sorted(words.values(), key=lambda word: word.level != "red")))


def _count(words: dict[str, Word], finding: Finding, field: Field, struck: Sequence[Strike], kept: set[str]) -> None:
    key = confirmed_key(finding.text)
    gone = any(mark.start <= finding.start and finding.end <= mark.end for mark in struck)
    before = words.get(key)
    words[key] = Word(
        text=before.text if before else finding.text,
        kind=finding.kind,
        level=finding.level,
        field=before.field if before else field,
        suggestion=finding.suggestion,
        confirmed=key in kept,
        places=(before.places if before else 0) + 1,
        struck=(before.struck if before else 0) + gone,
    )


def segments(text: str, struck: Sequence[Strike], findings: Iterable[Finding], kept: Collection[str]) -> list[Segment]:
    """``text`` in stretches; joined they give it back. What is struck out hides what was found in it."""
    spans = [(mark.start, mark.end, "struck", mark.replacement) for mark in struck]
    for finding in findings:
        if not any(mark.start < finding.end and finding.start < mark.end for mark in struck):
            kind = "confirmed" if confirmed_key(finding.text) in kept and finding.level == "amber" else finding.level
            spans.append((finding.start, finding.end, kind, finding.suggestion))
    parts: list[Segment] = []
    end = 0
    for start, stop, kind, note in sorted(spans):
        if end < start:
            parts.append(Segment("same", text[end:start]))
        parts.append(Segment(kind, text[start:stop], note))
        end = stop
    if end < len(text):
        parts.append(Segment("same", text[end:]))
    return parts


_CLASSES = {"red": "find find-red", "amber": "find find-amber", "confirmed": "find find-ok"}
_WORDS = {
    "red": "rødt ord: må ikke stå her",
    "amber": "gult ord: ikke bekræftet",
    "confirmed": "gult ord: forfatteren har bekræftet det",
}


def as_html(path: str, parts: Iterable[Segment]) -> Markup:
    """The marked text of one path. Only the author's own signs stand outside elements with ``data-aside``,

    so that a place in the page can be counted back to a place in the text.
    """
    body = Markup("").join(_HTML.get(part.kind, _found)(part) for part in parts)
    return Markup('<span class="marked-text" data-path="{}">{}</span>').format(path, body)


def _same(part: Segment) -> Markup:
    return escape(part.text)


def _struck(part: Segment) -> Markup:
    return Markup(
        '<del><span class="visually-hidden" data-aside>[streget ud: </span>{}'
        '<span class="visually-hidden" data-aside>, kollegerne ser:] </span></del>'
        '<span class="redacted" data-aside>{}</span>'
    ).format(part.text, part.note)


def _found(part: Segment) -> Markup:
    return Markup(
        '<mark class="{}" data-suggestion="{}">{}<span class="visually-hidden" data-aside> ({})</span></mark>'
    ).format(_CLASSES[part.kind], part.note, part.text, _WORDS[part.kind])


_HTML: dict[str, Callable[[Segment], Markup]] = {"same": _same, "struck": _struck}
