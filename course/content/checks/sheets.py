"""Run sheets and cards: that a session's minutes are all there, and that what they name exists."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from course.content.checks.courses import doubled, session_modules
from course.content.checks.forms import check_markdown
from course.content.faults import FaultList
from course.content.reading import CourseParts, File, Written
from course.content.schema import CardsFile, CourseFile, SessionPart, SheetFile

Found = tuple[tuple[str | int, ...], str]
"""Where in a file (its keys), and what is wrong."""


def check(written: Written, faults: FaultList) -> None:
    for parts in written.courses.values():
        for sheet in parts.sheets.values():
            _check_texts(sheet, faults)
            if parts.file is not None:
                for path, message in _sheet_problems(written, parts, parts.file.model, sheet.model):
                    faults.add(sheet.path, sheet.lines.of(*path), message)
        for cards in parts.cards.values():
            _check_cards(written, parts, cards, faults)
        if parts.file is not None:
            _check_missing(written, parts, parts.file, faults)


def minutes_of(session: SessionPart) -> int:
    """Return how long a session lasts, breaks included; not above 0 for one that ends before it begins."""
    return _minute(session.ends) - _minute(session.starts)


def _minute(time: dt.time) -> int:
    return time.hour * 60 + time.minute


# --- run sheets


def _check_texts(sheet: File[SheetFile], faults: FaultList) -> None:
    check_markdown(sheet, ("before",), sheet.model.before, faults)
    check_markdown(sheet, ("after",), sheet.model.after, faults)
    for index, item in enumerate(sheet.model.items):
        check_markdown(sheet, ("items", index, "how"), item.how, faults)


def _sheet_problems(written: Written, parts: CourseParts, course: CourseFile, sheet: SheetFile) -> Iterator[Found]:
    session = next((session for session in course.sessions if session.id == sheet.id), None)
    if session is None:
        yield ("id",), f"kursusgangen »{sheet.id}« findes ikke i course.yaml"
        return
    total, length = sum(item.minutes for item in sheet.items), minutes_of(session)
    if length > 0 and total != length:
        yield ("items",), f"linjerne er {total} minutter tilsammen, men kursusgangen {length}"
    planned = session_modules(course, sheet.id)
    yield from _item_problems(written, parts, sheet, planned)
    yield from _module_problems(parts, sheet, planned)


def _item_problems(written: Written, parts: CourseParts, sheet: SheetFile, planned: tuple[str, ...]) -> Iterator[Found]:
    for index, item in enumerate(sheet.items):
        path = ("items", index, "module")
        if item.module is None or item.module in written.broken_ids:
            continue
        if item.pause:
            yield path, "en pause kan ikke høre til et modul"
        elif item.module not in parts.modules:
            yield path, f"modulet »{item.module}« findes ikke"
        elif item.module not in planned:
            yield path, f"modulet »{item.module}« står ikke i kursusgangens fase i course.yaml"


def _module_problems(parts: CourseParts, sheet: SheetFile, planned: tuple[str, ...]) -> Iterator[Found]:
    minutes: Counter[str] = Counter()
    first: dict[str, int] = {}
    for index, item in enumerate(sheet.items):
        if item.module is not None and not item.pause:
            minutes[item.module] += item.minutes
            first.setdefault(item.module, index)
    for name in dict.fromkeys(planned):
        module = parts.modules.get(name)
        if module is None:
            continue
        if name not in minutes:
            yield ("items",), f"modulet »{name}« mangler i køreplanen"
        elif minutes[name] != module.model.minutes:
            yield (
                ("items", first[name], "minutes"),
                f"modulet »{name}« er {minutes[name]} minutter her, men {module.model.minutes} i {module.path}",
            )


def _check_missing(written: Written, parts: CourseParts, file: File[CourseFile], faults: FaultList) -> None:
    """Ask for the run sheet of every session with modules of a course that is complete."""
    if file.model.status != "complete":
        return
    for index, session in enumerate(file.model.sessions):
        wanted = session_modules(file.model, session.id)
        if wanted and session.id not in parts.sheets and session.id not in written.broken_ids:
            faults.add(
                file.path,
                file.lines.of("sessions", index, "id"),
                f"kursusgangen »{session.id}« mangler en køreplan (modules/{parts.folder}/{session.id}.sheet.yaml), "
                f"men »{parts.folder}« er complete",
            )


# --- cards


def _check_cards(written: Written, parts: CourseParts, cards: File[CardsFile], faults: FaultList) -> None:
    model = cards.model
    doubled(cards, ("cards",), (card.id for card in model.cards), faults)
    check_markdown(cards, ("intro",), model.intro, faults)
    for index, card in enumerate(model.cards):
        check_markdown(cards, ("cards", index, "text"), card.text, faults)
    for path, message in _cards_problems(written, parts, model):
        faults.add(cards.path, cards.lines.of(*path), message)


def _cards_problems(written: Written, parts: CourseParts, cards: CardsFile) -> Iterator[Found]:
    if cards.session is None and cards.module is None:
        yield ("id",), "kortene bruges ikke: skriv »session:« eller »module:«"
    if cards.module is not None and cards.module not in parts.modules and cards.module not in written.broken_ids:
        yield ("module",), f"modulet »{cards.module}« findes ikke"
    if cards.session is not None and parts.file is not None:
        known = {session.id for session in parts.file.model.sessions}
        if cards.session not in known | written.broken_ids:
            yield ("session",), f"kursusgangen »{cards.session}« findes ikke i course.yaml"
