"""How often a text says that something can be done, and how often that it cannot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from . import verbs
from .text import Lexicon, Sentence, Text, word_set

CAN = word_set("kan kunne klarer klare magter magte må tåler formår evner udfører udføre")
NOT = word_set("ikke ej aldrig ingen intet hverken undgå undgår undgås")
HARD = word_set("svært besvær vanskeligt umuligt hindret forhindret begrænset")
WHO = word_set("han hun jeg de hen patienten medarbejderen borgeren vedkommende")
WHEN = word_set("når hvis fordi da mens hvor som der før inden efter trods selvom")
_SIGNS = frozenset(",:()–-")
_EASY = Lexicon(
    [
        "uden besvær", "uden problemer", "uden gener", "uden smerter", "uden hjælp", "ingen problemer", "intet problem",
        "ingen besvær", "ingen begrænsninger", "ingen vanskeligheder", "ikke begrænset", "ikke noget problem",
        "ikke noget i vejen", "ingen hindring", "ingen vanskelighed", "ikke svært", "ikke kun", "ikke bare",
    ]
)  # fmt: skip
_SHORT_REST = 6
"""Words: as long as what is left of »…, ikke over skulderhøjde« may be."""


@dataclass(frozen=True, slots=True)
class Balance:
    """How many statements of each kind."""

    can: int
    cannot: int

    @property
    def is_fair(self) -> bool:
        """Whether there is at least as much that can be done."""
        return self.can > 0 and self.can >= self.cannot


def balance(text: Text) -> Balance:
    """Count the statements of a text."""
    said = [_says(part) for sentence in text.sentences for part in _clauses(sentence)]
    return Balance(said.count(True), said.count(False))


def _clauses(sentence: Sentence) -> Iterator[tuple[str, ...]]:
    low, first = sentence.low, 0
    for place, word in enumerate(low):
        if word in _SIGNS or (word in ("og", "men", "samt") and _begins_anew(word, low[place + 1 : place + 3])):
            if place > first:
                yield low[first:place]
            first = place + 1
    if first < len(low):
        yield low[first:]


def _begins_anew(word: str, following: Sequence[str]) -> bool:
    return word == "men" or any(next_one in CAN | NOT | WHO or next_one in verbs.finite() for next_one in following)


def _says(clause: tuple[str, ...]) -> bool | None:
    """True: it can be done; False: it cannot; None: the clause says neither."""
    easy = {place for start, end in _EASY.spans(clause) for place in range(start, end)}
    negations = [place for place, word in enumerate(clause) if word in NOT | HARD and place not in easy]
    has_can = any(word in CAN for word in clause)
    if clause[0] in WHEN and not has_can:
        return None
    if negations:
        return False if has_can or _is_about_work(clause) or _is_rest(clause, negations[0]) else None
    if has_can or easy:
        return True
    return True if any(clause[place] in verbs.finite() for place in _tasks(clause)) else None


def _is_about_work(clause: tuple[str, ...]) -> bool:
    return bool(_tasks(clause))


def _tasks(clause: tuple[str, ...]) -> list[int]:
    return verbs.tasks(Sentence(clause, ""))


def _is_rest(clause: tuple[str, ...], negation: int) -> bool:
    """Whether a clause is the short rest of the one before it: »…, ikke over skulderhøjde«."""
    return negation == 0 and len(clause) <= _SHORT_REST
