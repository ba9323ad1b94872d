"""Text that is not finished, and text that is harder to read than the course promises."""

import re
import unicodedata

from course.content.catalogue import Catalogue
from course.content.faults import FaultList
from course.content.reading import Written

ENOUGH_WORDS = 50
"""LIX says nothing about a text shorter than this."""

_UNFINISHED = (
    (re.compile(r"\b(?:TODO|FIXME|XXX)\b"), "teksten er ikke færdig: »{found}«"),
    (re.compile(r"\blorem\b|\bipsum\b", re.I), "fyldtekst: »{found}«"),
    (re.compile(r"\{\{|\{%|\{#(?!\})"), "»{found}« hører til skabeloner og ikke til indhold"),
    (re.compile(r"\[\?\]"), "»[?]« står tilbage: efterprøv oplysningen, og slet mærket"),
)


def check_unfinished(written: Written, faults: FaultList) -> None:
    """Report fill text, notes to oneself, template code and letters built of two signs."""
    for path, text in written.texts.items():
        for pattern, message in _UNFINISHED:
            for found in pattern.finditer(text):
                faults.add(path, text.count("\n", 0, found.start()) + 1, message.format(found=found[0]))
        if not unicodedata.is_normalized("NFC", text):
            for number, line in enumerate(text.split("\n"), 1):
                if not unicodedata.is_normalized("NFC", line):
                    faults.add(path, number, "et bogstav er sat sammen af to tegn (fx a + ring): skriv det igen")


def check_level(written: Written, catalogue: Catalogue, faults: FaultList) -> None:
    """Report every page whose LIX is above the level of its course."""
    for parts in written.courses.values():
        course = catalogue.courses.get(parts.folder)
        if course is None:
            continue
        for module in parts.modules.values():
            for page in module.model.pages:
                path = f"{module.folder}/{page.file}"
                _check_page(path, course.language_level, catalogue, parts.folder, module.model.id, page.id, faults)


def _check_page(
    path: str,
    level: int,
    catalogue: Catalogue,
    course_id: str,
    module_id: str,
    page_id: str,
    faults: FaultList,
) -> None:
    module = catalogue.courses[course_id].modules.get(module_id)
    page = module.page(page_id) if module else None
    if page and page.words >= ENOUGH_WORDS and page.lix > level:
        faults.add(path, 1, f"siden har LIX {page.lix}, men kurset højst {level}: del sætninger og lange ord")
