"""How hard a text is to read: words, sentences and LIX (Björnsson).

LIX = words per sentence + 100 × share of words over six letters. A sentence ends at . ! ? : or where its
paragraph or list item ends. Words that cannot be avoided (mulighedserklæring) count as short.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

LONG = 6
"""A word with more letters than this is long."""

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_ABBREVIATIONS = re.compile(
    r"\b(?:bl\.a|f\.eks|dvs|ca|jf|kap|kl|kr|m\.fl|m\.m|nr|o\.l|osv|pga|pct|s|mht|inkl|evt|fx|dr|st|tlf|maks|min)\.(?=\s)",
    re.I,
)
_END = re.compile(r"[.!?:]+[«»”\"')\]]*(?=\s|$)")
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Readability:
    """What was counted in a text. `lix` is rounded; 0 for a text without words."""

    words: int
    sentences: int
    long_words: int

    @property
    def lix(self) -> int:
        if not self.words:
            return 0
        return round(self.words / max(1, self.sentences) + 100 * self.long_words / self.words)

    def __add__(self, other: "Readability") -> "Readability":
        return Readability(
            self.words + other.words, self.sentences + other.sentences, self.long_words + other.long_words
        )


def measure(paragraphs: Iterable[str], exempt: frozenset[str] = frozenset()) -> Readability:
    """Count words, sentences and long words in plain text, a paragraph at a time.

    `exempt` are stems in lower case: a long word that begins with one of them counts as short.
    """
    total = Readability(0, 0, 0)
    for paragraph in paragraphs:
        total += _measure_one(paragraph, exempt)
    return total


def _measure_one(paragraph: str, exempt: frozenset[str]) -> Readability:
    plain = _ABBREVIATIONS.sub(lambda found: found[0].replace(".", ""), paragraph)
    words = _WORD.findall(plain)
    if not words:
        return Readability(0, 0, 0)
    ends = [found.end() for found in _END.finditer(plain)]
    unfinished = 1 if _WORD.search(plain, ends[-1] if ends else 0) else 0
    long_words = sum(1 for word in words if is_long(word, exempt))
    return Readability(len(words), max(1, len(ends) + unfinished), long_words)


def sentences(paragraphs: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Give each sentence with its number of words, as `measure` counts them."""
    for paragraph in paragraphs:
        plain = _ABBREVIATIONS.sub(lambda found: found[0].replace(".", ""), paragraph)
        begin = 0
        for end in (*(found.end() for found in _END.finditer(plain)), len(plain)):
            sentence = plain[begin:end].strip()
            begin = end
            words = len(_WORD.findall(sentence))
            if words:
                yield sentence, words


@lru_cache(maxsize=1 << 14)
def is_long(word: str, exempt: frozenset[str] = frozenset()) -> bool:
    """Whether a word has more than six letters and is not one of the unavoidable ones."""
    if len(_LETTERS.findall(word)) <= LONG:
        return False
    return not word.lower().startswith(tuple(exempt))


def exempt_words(text: str) -> frozenset[str]:
    """Return the stems in a file of unavoidable words: one a line, `#` begins a comment."""
    lines = (line.partition("#")[0].strip().lower() for line in text.splitlines())
    return frozenset(line for line in lines if line)
