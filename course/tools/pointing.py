"""Words to look at again on a sheet about a real person. They are pointed at, never changed: the sheet is not stored,
and some words that a course text must not hold belong on it (a name on an agreement, a date in a plan).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from course import guard
from course.content.catalogue import Field, Guard, Tool
from course.guard import bundle
from course.work.fields import texts

BELONGS = frozenset({"exact_date"})
"""What a plan is made of: it is never pointed at."""
MOST = 12
"""How many words are pointed at on one page."""
WHY: Mapping[Guard, str] = {
    Guard.WORKPLACE: "Arket skal kunne ligge på en arbejdsplads. Skriv om opgaver, og lad navne og sygdom blive ude.",
    Guard.PATIENT: "Patienten tager arket med. Skriv kun det, en leder må læse.",
    Guard.NONE: "Et CPR-nummer hører ikke til på arket.",
}


@dataclass(frozen=True, slots=True)
class Pointed:
    """A word to look at, what it looks like (``et navn``), and the field it stands in."""

    field: str
    text: str
    title: str


def point(tool: Tool, data: Mapping[str, Any]) -> list[Pointed]:
    """The words to look at, each once, in the order of the page."""
    return _pointed(_own_texts(tool, data))


def point_in(fields: Iterable[Field], data: Mapping[str, Any]) -> list[Pointed]:
    """The words to look at in the fields of a planner."""
    return _pointed((field, text) for _path, field, text in texts(fields, data))


def _pointed(own: Iterable[tuple[Field, str]]) -> list[Pointed]:
    known: dict[tuple[str, str], Pointed] = {}
    for field, text in own:
        for finding in guard.find(text, field.guard):
            if finding.kind not in BELONGS and len(known) < MOST:
                key = (finding.text.casefold(), finding.kind)
                known.setdefault(key, Pointed(field.id, finding.text, titles()[finding.kind]))
    return list(known.values())


def _own_texts(tool: Tool, data: Mapping[str, Any]) -> Iterator[tuple[Field, str]]:
    """What the person wrote: not the proposals that stand as they were."""
    for _path, field, text in texts(tool.form.fields.values(), data):
        if text != tool.starts.get(field.id):
            yield field, text


@cache
def titles() -> Mapping[str, str]:
    """What each kind of finding is called, in Danish with its article."""
    return {kind: about["title"] for kind, about in bundle.load()["kinds"].items()}
