"""Texts with marked runs, `[[id|words]]`, as paragraphs of plain and marked pieces. Pure.

Several kinds point at words in a text: each piece of a paragraph is (id, words), with the id "" for words that are not
marked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MARK = re.compile(r"\[\[([a-z0-9][a-z0-9_+-]{0,39})\|([^\[\]|]+)\]\]")
_BROKEN = re.compile(r"\[\[|\]\]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words; `id` is "" where it is not marked."""

    id: str
    text: str


Paragraph = tuple[Piece, ...]


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """Return a text with marks as paragraphs; an empty line divides two."""
    found = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    return tuple(tuple(_pieces(part)) for part in found if part)


def _pieces(text: str) -> Iterator[Piece]:
    end = 0
    for found in MARK.finditer(text):
        if found.start() > end:
            yield Piece("", text[end : found.start()])
        yield Piece(found[1], found[2].strip())
        end = found.end()
    if end < len(text):
        yield Piece("", text[end:])


def marked(text: str) -> list[str]:
    """Return the ids of a text's marks, in order."""
    return [found[1] for found in MARK.finditer(text)]


def words_of(text: str) -> dict[str, str]:
    """Return the words of each mark."""
    return {found[1]: found[2].strip() for found in MARK.finditer(text)}


def unmarked(text: str) -> str:
    """Return a text as it reads, without its marks."""
    return MARK.sub(r"\2", text)


def is_broken(text: str) -> bool:
    """Whether a mark is not written as `[[id|words]]`."""
    return bool(_BROKEN.search(MARK.sub("", text)))
