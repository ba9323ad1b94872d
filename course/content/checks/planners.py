"""The meeting planner: ranges that can be, parts that fill their technique, a technique to fall back on; easy words."""

from collections.abc import Iterator

from course.content.checks.courses import doubled
from course.content.checks.language import check_sentences, check_texts
from course.content.checks.tools import LEVEL, LONGEST
from course.content.faults import FaultList
from course.content.language import exempt_words
from course.content.planner_schema import MeetingFile, MeetingPartPart, TechniquePart
from course.content.reading import File, Written

Keys = tuple[str | int, ...]
Problem = tuple[Keys, str]


def check(written: Written, faults: FaultList) -> None:
    file = written.meeting
    if file is not None:
        doubled(file, ("techniques",), (part.id for part in file.model.techniques), faults)
        for keys, message in _problems(file):
            faults.add(file.path, file.lines.of(*keys), message)


def _problems(file: File[MeetingFile]) -> Iterator[Problem]:
    model = file.model
    for name in ("opening", "vote", "closing", "spare"):
        yield from _range_problems(getattr(model, name), (name,))
    known = {part.id: part for part in model.techniques}
    for index, technique in enumerate(model.techniques):
        yield from _technique_problems(technique, ("techniques", index), known)


def _range_problems(part: MeetingPartPart, path: Keys) -> Iterator[Problem]:
    if part.minutes[0] > part.minutes[1]:
        yield (*path, "minutes"), "det mindste tal skal stå først"


def _technique_problems(technique: TechniquePart, path: Keys, known: dict[str, TechniquePart]) -> Iterator[Problem]:
    for key in ("minutes", "people"):
        if getattr(technique, key)[0] > getattr(technique, key)[1]:
            yield (*path, key), "det mindste tal skal stå først"
    for index, part in enumerate(technique.parts):
        yield from _range_problems(part, (*path, "parts", index))
    least, most = least_of(technique, technique.people[0]), most_of(technique, technique.people[1])
    if (least, most) != technique.minutes:
        yield (*path, "minutes"), f"delene tager fra {least} til {most} minutter"
    below = known.get(technique.below or "")
    if technique.below is not None and (below is None or below is technique):
        yield (*path, "below"), f"teknikken »{technique.below}« findes ikke"
    elif below is not None and below.people[0] >= technique.people[0]:
        yield (*path, "below"), f"»{below.title}« er ikke til færre personer"


def least_of(technique: TechniquePart, people: int) -> int:
    """The fewest minutes a technique takes with so many people."""
    return sum(part.minutes[0] * (people if part.each else 1) for part in technique.parts)


def most_of(technique: TechniquePart, people: int) -> int:
    """The most minutes a technique can be given."""
    return sum(part.minutes[1] * (people if part.each else 1) for part in technique.parts)


# --- language ---------------------------------------------------------------------------------------------


def check_level(written: Written, faults: FaultList) -> None:
    """Report a planner that is harder to read than the tools of a workplace."""
    file = written.meeting
    if file is None:
        return
    texts = [(keys, [text]) for keys, text in _texts(file.model)]
    check_texts(file, texts, LEVEL, exempt_words(written.long_words()), faults)
    for keys, text in texts:
        check_sentences(file.path, file.lines.of(*keys), text, LONGEST, faults)


def _texts(model: MeetingFile) -> Iterator[tuple[Keys, str]]:
    yield ("lede",), model.lede
    for name in ("first_rules", "leave", "leader", "bring"):
        yield from (((name, n), text) for n, text in enumerate(getattr(model, name)))
    for name in ("opening", "vote", "closing", "spare"):
        yield from _part_texts((name,), getattr(model, name))
    for t, technique in enumerate(model.techniques):
        here: Keys = ("techniques", t)
        for n, part in enumerate(technique.parts):
            yield from _part_texts((*here, "parts", n), part)
        yield (*here, "pitfall"), technique.pitfall
        yield (*here, "remedy"), technique.remedy


def _part_texts(keys: Keys, part: MeetingPartPart) -> Iterator[tuple[Keys, str]]:
    yield (*keys, "do"), part.do
    if part.say is not None:
        yield (*keys, "say"), part.say
