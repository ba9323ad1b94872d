"""A text as words in sentences, and lists of words to look for in it. Pure; every step is linear in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path


def word_set(words: str) -> frozenset[str]:
    """Words with spaces between, as a set."""
    return frozenset(words.split())


_TOKEN = re.compile(
    r"\d+(?:[.,:/]\d+)*|[½¼¾]|[^\W\d_]+(?:[-’'][^\W\d_]+)*|[.!?;:,()\n–-]|[§%]",
)
_SPACE = re.compile(r"[ \t]+")
_ENDS = frozenset(".!?;\n")
_SHORT = word_set("ca kl min maks max fx bl nr hr dr fr evt pr jf inkl obs st tlf mdr stk pct")
"""Short words whose dot ends no sentence."""
DATA = Path(__file__).parent / "data"
GAP = "…"
MOST_BETWEEN = 2
"""How many words a gap in a phrase may stand for."""


@cache
def lines_of(name: str) -> tuple[str, ...]:
    """The lines of a list in ``data/``, without comments."""
    lines = (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


class Text:
    """What was written, taken apart once. ``words`` are as written; ``low`` the same in small letters."""

    def __init__(self, parts: Iterable[str]) -> None:
        whole = _SPACE.sub(" ", "\n".join(parts))
        self.whole = whole.lower()
        self.sentences = [Sentence(words, text) for words, text in _sentences(whole)]

    @property
    def is_empty(self) -> bool:
        """Whether no word was written."""
        return not any(word[0].isalnum() for sentence in self.sentences for word in sentence.low)


class Sentence:
    """The words and signs of one sentence; ``text`` is the whole of it in small letters.

    ``tasks`` are the places of the words that name a task, once somebody has asked (``verbs.tasks``).
    """

    def __init__(self, words: Sequence[str], text: str) -> None:
        self.words = tuple(words)
        self.low = tuple(word.lower() for word in words)
        self.text = text.lower()
        self.tasks: list[int] | None = None

    def quote(self, start: int, end: int) -> str:
        """Words of the sentence as one reads them."""
        return " ".join(self.words[start:end])


def _sentences(text: str) -> Iterator[tuple[list[str], str]]:
    found = [(token[0], token.start(), token.end()) for token in _TOKEN.finditer(text)]
    tokens = [token for token, _, _ in found]
    first = 0
    for place, token in enumerate(tokens):
        if token in _ENDS and _is_end(tokens, place):
            if place > first:
                yield tokens[first:place], text[found[first][1] : found[place][2]].strip()
            first = place + 1
    if first < len(tokens):
        yield tokens[first:], text[found[first][1] :]


def _is_end(tokens: Sequence[str], place: int) -> bool:
    """Whether a sign ends its sentence: the dot of »12. december« and »ca. 10« does not."""
    if tokens[place] != "." or place == 0 or place + 1 == len(tokens):
        return True
    before, after = tokens[place - 1], tokens[place + 1]
    return not (before.lower() in _SHORT or (before[0].isdigit() and after[0].islower()))


class Lexicon:
    """A list of words and phrases: ``=word`` itself alone, ``*word`` every word that ends so, ``word`` every word that
    begins so, ``two words`` in this order, with ``…`` for one or two words between.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        entries = [entry.lower() for entry in entries]
        single = [entry for entry in entries if " " not in entry]
        self._exact = frozenset(entry[1:] for entry in single if entry[0] == "=")
        self._begins = _grouped((entry for entry in single if entry[0] not in "=*"), slice(None, _KEY))
        self._ends = _grouped((entry[1:] for entry in single if entry[0] == "*"), slice(-_KEY, None))
        self._has_words = bool(single)
        self._phrases: dict[str, list[list[str]]] = {}
        for entry in entries:
            if " " in entry:
                first, *rest = entry.split()
                self._phrases.setdefault(first, []).append(rest)

    def has(self, word: str) -> bool:
        """Whether a word in small letters is meant."""
        if word in self._exact:
            return True
        begins, ends = self._begins.get(word[:_KEY]), self._ends.get(word[-_KEY:])
        return (begins is not None and word.startswith(begins)) or (ends is not None and word.endswith(ends))

    def spans(self, low: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Where the list's words and phrases stand among the words of a sentence."""
        phrases, has = self._phrases, self.has if self._has_words else _never
        for start, word in enumerate(low):
            end = self._phrase_end(low, start) if word in phrases else 0
            if end:
                yield start, end
            elif has(word):
                yield start, start + 1

    def _phrase_end(self, low: Sequence[str], start: int) -> int:
        """Where the longest phrase that begins at ``start`` ends; 0 where none does."""
        return max(_end_of(rest, low, start + 1) for rest in self._phrases[low[start]])

    def quotes(self, text: Text) -> Iterator[str]:
        """The same in a whole text, as it was written."""
        for sentence in text.sentences:
            yield from (sentence.quote(start, end) for start, end in self.spans(sentence.low))


def _never(_word: str) -> bool:
    return False


_KEY = 2
"""Letters by which the entries are laid out, so that a word is held to a few of them only."""


def _grouped(entries: Iterable[str], part: slice) -> dict[str, tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        groups[entry[part]] = (*groups.get(entry[part], ()), entry)
    return groups


def _end_of(rest: Sequence[str], low: Sequence[str], place: int) -> int:
    """Where a phrase ends that goes on with ``rest`` from ``place``; 0 where it does not stand."""
    for wanted in rest:
        if wanted == GAP:
            continue
        reach = MOST_BETWEEN + 1 if GAP in rest else 1
        place = next((at + 1 for at in range(place, min(place + reach, len(low))) if low[at] == wanted), 0)
        if not place:
            return 0
    return place


@cache
def lexicon(*names: str) -> Lexicon:
    """The lists of these names in ``data/`` as one."""
    return Lexicon(line for name in names for line in lines_of(name))
