"""What can be said of ground rules before they are hung up. Pure, and never a judgement: a hint to look again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

FEWEST, MOST = 5, 7
LOWEST_CONSENT = 3
"""Below it somebody cannot live with a rule."""
ENOUGH_WORDS = 5

_SLOGAN = re.compile(
    r"\b(respekt\w*|respekter\w*|hensyn|tager hensyn|åbne?|ærlige?|ordentlig\w*|god tone|gode tone|fællesskab\w*|"
    r"trivsel|passer? på (?:hinanden|ryggen)|hjælper? hinanden|står sammen|tænker? os om|lytter? til hinanden|"
    r"rummelige?)\b",
    re.IGNORECASE,
)
_SEEN = re.compile(
    r"\d|\b(når|før|efter|hver|inden|samme dag|mandag|tirsdag|onsdag|torsdag|fredag|spørger?|siger?|ringer?|henter?|"
    r"skriver?|hænger?|bytter?|skifter?|løfte[rs]?|stiller?|bruger?|holder? pause|to og to|af to)\b",
    re.IGNORECASE,
)
"""Words that tell what can be seen from the corner: an act, a time, a number."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A ground rule as it was written: what we do, who sees to it, what if not, and the lowest consent (None: not
    asked yet).
    """

    what: str
    owner: str = ""
    unless: str = ""
    consent: int | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """A friendly remark; ``no`` is the number of the rule, 0 for all of them."""

    no: int
    say: str


def rules_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Rules from the rows of a form: of the editor, of the ground rules, or of the second meeting's log."""
    found = (
        Rule(
            str(row.get("what") or row.get("rule") or ""),
            str(row.get("owner") or ""),
            str(row.get("unless") or ""),
            int(str(row["consent"])) if str(row.get("consent", "")) in ("1", "2", "3", "4", "5") else None,
        )
        for row in rows
    )
    return tuple(rule for rule in found if rule.what)


def is_slogan(text: str) -> bool:
    """Whether a rule sounds good and shows nothing: a fine word, or a few words, without an act one could see."""
    if _SEEN.search(text):
        return False
    return bool(_SLOGAN.search(text)) or len(text.split()) < ENOUGH_WORDS


def hints(rules: Sequence[Rule], review: date | None, today: date) -> list[Hint]:
    """What to look at again, the rules first, then all of them; nothing when nothing is written."""
    if not rules:
        return []
    found = [Hint(no, say) for no, rule in enumerate(rules, start=1) for say in _of_rule(rule)]
    return found + [Hint(0, say) for say in _of_all(rules, review, today)]


def _of_rule(rule: Rule) -> Iterator[str]:
    if is_slogan(rule.what):
        yield "Det er et pænt ord. Hvad ser man, hvis man står i hjørnet?"
    if not rule.owner:
        yield "Hvem sørger for den? Skriv en rolle, ikke et navn."
    if rule.consent is not None and rule.consent < LOWEST_CONSENT:
        yield f"En er på {rule.consent}. Spørg: Hvad skulle laves om, for at du kan leve med den?"


def _of_all(rules: Sequence[Rule], review: date | None, today: date) -> Iterator[str]:
    if len(rules) < FEWEST:
        yield f"I har {len(rules)}. Fem til syv er til at huske. Er der en om dem, der tager over?"
    if len(rules) > MOST:
        yield f"I har {len(rules)}. Syv er nok. Gem resten til næste gang."
    if review is None:
        yield "Hvornår ser I på dem igen? Uden en dato bliver lappen til en plakat."
    elif review <= today:
        yield "Datoen er gået. Sæt en ny, gerne lige før den årlige arbejdsmiljødrøftelse."
