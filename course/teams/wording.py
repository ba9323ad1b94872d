"""What the pages of the groups say. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from course.content.catalogue import Course, Kind, Words
from course.web.danish import listing, plural

from .rules import Bent, Rule
from .texts import TeamText


def bent_sentence(bent: Bent, names: Mapping[int, str], words: Words) -> str:
    """Which rule is bent, and for whom."""
    who = [names.get(member, "en deltager") for member in bent.members]
    match bent.rule:
        case Rule.CLINIC:
            return f"{listing(who)} er fra samme {words.workplace}."
        case Rule.TUTOR:
            return f"{listing(who)} er tutorlæge og uddannelseslæge for hinanden."
        case Rule.ALONE:
            return f"{who[0]} sidder alene."
    return f"Gruppen er på {plural(len(who), 'deltager', 'deltagere')}."


def lacking_sentence(texts: Iterable[TeamText], course: Course) -> str:
    """Which kind of case a group with released cases lacks; empty when it has them all."""
    kinds = {text.kind for text in texts if text.work_id is not None}
    slots = [slot for a in course.activities.values() if a.kind is Kind.CASE for slot in a.slots]
    lacking = [f"»{slot.title}«" for slot in slots if slot.id not in kinds]
    return f"Gruppen har ikke {listing(lacking)}." if kinds and lacking else ""
