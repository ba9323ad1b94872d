"""The words of a mail with named places in braces: »Hej {navn}«. Pure.

What stands in a place is put in once and never read again, so a name with braces in it stays a name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

SUBJECT_MAX, BODY_MAX = 150, 4000

_PLACE = re.compile(r"\{([^{}\n]*)\}")
_GAPS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class WordingFault:
    """What is wrong with one of the two fields ("subject", "body"), as a whole sentence."""

    field: str
    message: str


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its places filled. A line whose places are all empty, and double gaps, disappear.

    Raises:
        KeyError: a place has no value.
    """
    lines = []
    for line in text.splitlines():
        filled = _PLACE.sub(lambda found: values[found[1].strip()], line)
        if filled.strip() or not line.strip():
            lines.append(filled.rstrip())
    return _GAPS.sub("\n\n", "\n".join(lines)).strip() + "\n"


def one_line(text: str) -> str:
    """``text`` on one line, without signs that cannot be seen: as a subject travels."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def places_of(text: str) -> tuple[str, ...]:
    """The names of the places in ``text``, each once, in order."""
    return tuple(dict.fromkeys(name.strip() for name in _PLACE.findall(text)))


def faults(subject: str, body: str, known: Collection[str], needed: Collection[str]) -> tuple[WordingFault, ...]:
    """What keeps these words from being used: empty, too long, an unknown place, a needed place left out."""
    found = [
        *_field_faults("subject", subject, SUBJECT_MAX, known),
        *_field_faults("body", body, BODY_MAX, known),
    ]
    if len(subject.splitlines()) > 1:
        found.append(WordingFault("subject", "Emnet skal stå på én linje."))
    there = set(places_of(body))
    found += [
        WordingFault("body", f"Teksten skal indeholde {{{name}}}. Uden det kan mailen ikke bruges til noget.")
        for name in sorted(set(needed) - there)
    ]
    return tuple(found)


def _field_faults(field: str, text: str, most: int, known: Collection[str]) -> list[WordingFault]:
    if not text.strip():
        return [WordingFault(field, "Skriv et emne." if field == "subject" else "Skriv en tekst.")]
    found = []
    if len(text) > most:
        found.append(WordingFault(field, f"Der er plads til {most} tegn. Her står {len(text)}."))
    found += [
        WordingFault(field, f"{{{name}}} kendes ikke. Brug et af de ord, der står ved siden af.")
        for name in places_of(text)
        if name not in known
    ]
    if any(brace in _PLACE.sub("", text) for brace in "{}"):
        found.append(WordingFault(field, "En { eller } står alene. Skriv et ord i begge, for eksempel {navn}."))
    return found
