"""Text that is not finished, and text that is harder to read than the course promises."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from course.content.catalogue import Catalogue, Course, Page
from course.content.faults import FaultList
from course.content.language import Readability, exempt_words, measure, sentences
from course.content.markdown import paragraphs
from course.content.reading import CourseParts, File, Written

Keys = tuple[str | int, ...]

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
    """Report every Danish page, run sheet, set of cards and anchor text that is harder than its course promises:
    its LIX, or a sentence. The other files are for `checks.readability`.
    """
    exempt = exempt_words(written.long_words())
    for parts in written.courses.values():
        course = catalogue.courses.get(parts.folder)
        if course is None or parts.file is None:
            continue
        longest = parts.file.model.longest_sentence
        for file, texts in _printed(written, parts, course):
            found = list(texts)
            check_texts(file, found, course.language_level, exempt, faults)
            for keys, text in found:
                check_sentences(file.path, file.lines.of(*keys), text, longest, faults)
        for module in parts.modules.values():
            check_sentences(module.path, module.lines.of("purpose"), [module.model.purpose], longest, faults)
            for part in module.model.pages:
                built = course.modules.get(module.model.id)
                page = built.page(part.id) if built else None
                if page and page.language == "da":
                    _check_page(f"{module.folder}/{part.file}", page, course.language_level, longest, faults)


def _check_page(path: str, page: Page, level: int, longest: int | None, faults: FaultList) -> None:
    if page.words >= ENOUGH_WORDS and page.lix > level:
        faults.add(path, 1, _too_hard("siden", page.lix, level))
    check_sentences(path, 1, paragraphs(page.html), longest, faults)


def check_sentences(path: str, line: int, text: Iterable[str], longest: int | None, faults: FaultList) -> None:
    """Report every sentence of paragraphs that has more words than `longest`."""
    for sentence, words in sentences(text) if longest is not None else ():
        if longest is not None and words > longest:
            begin = " ".join(sentence.split()[:6])
            faults.add(path, line, f"sætningen »{begin} …« har {words} ord, men kurset højst {longest}: del den")


def _printed(
    written: Written, parts: CourseParts, course: Course
) -> Iterator[tuple[File, Iterable[tuple[Keys, list[str]]]]]:
    """Give the files that hold running text outside the pages: each text's keys and its paragraphs."""
    for name, file in parts.sheets.items():
        sheet = course.sheets[name]
        yield (
            file,
            [
                (("before",), paragraphs(sheet.before_html)),
                *((("items", n, "how"), paragraphs(item.how_html)) for n, item in enumerate(sheet.items)),
                (("after",), paragraphs(sheet.after_html)),
            ],
        )
    for name, file in parts.cards.items():
        cards = course.cards[name]
        texts = ((("cards", n, "text"), paragraphs(card.html)) for n, card in enumerate(cards.cards))
        yield file, [(("intro",), paragraphs(cards.intro_html)), *texts]
    for name, rubric in course.judged_by.items():
        yield (
            written.rubrics[name],
            [
                (("anchors", n, "text"), [line for line in anchor.text.splitlines() if line.strip()])
                for n, anchor in enumerate(rubric.anchors)
            ],
        )


def check_texts(
    file: File,
    texts: Iterable[tuple[Keys, list[str]]],
    level: int,
    exempt: frozenset[str],
    faults: FaultList,
    *,
    enough: int = ENOUGH_WORDS,
) -> None:
    """Report each text that is too hard, or else the file, when its short texts are so together. LIX is taken only of
    `enough` words.
    """
    total, found = Readability(0, 0, 0), False
    for path, text in texts:
        counted = measure(text, exempt)
        total += counted
        if counted.words >= enough and counted.lix > level:
            found = True
            faults.add(file.path, file.lines.of(*path), _too_hard("teksten", counted.lix, level))
    if not found and total.words >= enough and total.lix > level:
        faults.add(file.path, 1, _too_hard("teksterne", total.lix, level))


def _too_hard(what: str, lix: int, level: int) -> str:
    return f"{what} har LIX {lix}, men kurset højst {level}: del sætninger og lange ord"
