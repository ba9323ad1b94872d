"""Tools: that every version is whole, that each shape has the fields its rules read, and that it can be read."""

import re
from collections.abc import Iterator, Mapping

from course.content.catalogue import Catalogue
from course.content.checks.courses import doubled
from course.content.checks.forms import check_markdown, field_problems
from course.content.checks.language import check_sentences
from course.content.faults import FaultList
from course.content.language import exempt_words, measure
from course.content.markdown import paragraphs
from course.content.reading import File, Written
from course.content.schema import Part
from course.content.tool_schema import EVERY, ToolFile, ToolStepPart, ToolVersionPart
from course.content.tool_versions import fields_of, form_of, has, steps_of
from course.content.tools import Tool

Keys = tuple[str | int, ...]
Problem = tuple[Keys, str]

LEVEL, GP_LEVEL = 40, 45
"""The highest LIX of a tool, and of one for general practitioners."""
LONGEST = 22
"""The most words in a sentence of a tool that is not for general practitioners."""
ENOUGH_WORDS = 50
NEEDED: Mapping[str, Mapping[str, str]] = {
    "goal": {
        "goal": "text", "concrete": "text", "measure": "line", "by": "date", "sure": "scale", "subgoals": "lines",
        "needed": "text", "mine": "text", "helpers": "line",
    },
}  # fmt: skip
"""By shape, the fields that course.tools.rules reads, with their types."""
BARRIERS = ("there", "maybe", "not")
"""The answers of a screening, which course.tools.rules reads."""


def check(written: Written, faults: FaultList) -> None:
    seen: dict[int, str] = {}
    for file in written.tools.values():
        for index, version in enumerate(file.model.versions):
            if version.nr in seen:
                line = file.lines.of("versions", index, "nr")
                faults.add(file.path, line, f"redskab {version.nr} står allerede i {seen[version.nr]}")
            seen.setdefault(version.nr, file.path)
        for keys, message in _problems(file):
            faults.add(file.path, file.lines.of(*keys), message)


def _problems(file: File[ToolFile]) -> Iterator[Problem]:
    model = file.model
    numbers = tuple(version.nr for version in model.versions)
    yield from _varied_problems(model, (), numbers)
    for index, step in enumerate(model.steps):
        yield from _step_problems(step, ("steps", index))
    for index, version in enumerate(model.versions):
        yield from ((("versions", index), message) for message in _version_problems(model, version))
    yield from _place_problems(model)


def _varied_problems(part: object, path: Keys, numbers: tuple[int, ...]) -> Iterator[Problem]:
    """Every text that differs has exactly one wording for each version that needs it."""
    if isinstance(part, tuple):
        for index, one in enumerate(part):
            yield from _varied_problems(one, (*path, index), numbers)
    elif isinstance(part, dict):
        yield from ((path, message) for message in _wording_problems(part, numbers))
    elif isinstance(part, Part):
        only: tuple[int, ...] = getattr(part, "only", ())
        for nr in only:
            if nr not in numbers:
                yield (*path, "only"), f"her er intet redskab {nr}"
        inner = tuple(nr for nr in numbers if has(only, nr))
        for key in type(part).model_fields:
            yield from _varied_problems(getattr(part, key), (*path, key), inner)


def _wording_problems(varied: Mapping[str, str], numbers: tuple[int, ...]) -> Iterator[str]:
    given = [int(nr) for key in varied if key != EVERY for nr in key.split("+")]
    if EVERY in varied:
        return
    if len(given) != len(set(given)):
        yield "et redskab har to tekster her"
    yield from (f"teksten til redskab {nr} mangler" for nr in numbers if nr not in given)
    yield from (f"her er intet redskab {nr}" for nr in sorted(set(given) - set(numbers)))


def _step_problems(step: ToolStepPart, path: Keys) -> Iterator[Problem]:
    if not step.fields and step.table is None:
        yield path, "trinnet har hverken felter (fields) eller en tabel (table)"
    if step.table is not None:
        wanted = 3 if step.table.answers else 2
        if len(step.table.heads) not in (wanted, wanted + 1):
            yield (*path, "table", "heads"), f"tabellen skal have {wanted} eller {wanted + 1} overskrifter"


def _version_problems(model: ToolFile, version: ToolVersionPart) -> Iterator[str]:
    steps = list(steps_of(model, version.nr))
    empty = [step.id for step in steps if not step.table and not list(fields_of(step, version.nr))]
    yield from (f"trinnet »{step_id}« har ingen felter i redskab {version.nr}" for step_id in empty)
    if empty:
        return
    form = form_of(model, version)
    fields = [field for step in form.steps for field in step.fields]
    names = [field.id for field in fields]
    yield from (f"feltet »{name}« findes to gange" for name in sorted({n for n in names if names.count(n) > 1}))
    for field in fields:
        yield from (f"feltet »{field.id}«: {message}" for _, message in field_problems(field))
    types = {field.id: field.type for field in fields}
    for name, kind in NEEDED.get(model.shape, {}).items():
        if types.get(name) != kind:
            yield f"et redskab af formen {model.shape} skal have feltet »{name}« af typen {kind}"
    yield from _screening_problems(model, steps)


def _screening_problems(model: ToolFile, steps: list[ToolStepPart]) -> Iterator[str]:
    """A screening is one table with its three answers; every barrier has a name, what to do and two phrases."""
    if model.shape != "screening":
        return
    tables = [step.table for step in steps if step.table]
    if len(tables) != 1 or tuple(answer.id for answer in tables[0].answers) != BARRIERS:
        yield f"en screening skal have én tabel med svarene {', '.join(BARRIERS)}"
        return
    for question in tables[0].questions:
        if not (question.name and question.suggests and question.act and len(question.say) == 2):
            yield f"barrieren »{question.id}« skal have name, suggests, act og to say"


def _place_problems(model: ToolFile) -> Iterator[Problem]:
    """Words that an answer takes the place of stand in some text to begin with."""
    starts = " ".join(text for step in model.steps for field in step.fields for text in (field.start or {}).values())
    for number, step in enumerate(model.steps):
        for index, field in enumerate(step.fields):
            if field.place and field.place not in starts:
                yield ("steps", number, "fields", index, "place"), f"»{field.place}« står ikke i nogen »start«"


def check_texts(written: Written, faults: FaultList) -> None:
    """Report Markdown that a tool cannot show, and doubled ids."""
    for file in written.tools.values():
        model = file.model
        doubled(file, ("steps",), (step.id for step in model.steps), faults)
        for numbers, text in (model.intro or {}).items():
            check_markdown(file, ("intro", numbers), text, faults)
        for index, step in enumerate(model.steps):
            for numbers, text in (step.intro or {}).items():
                check_markdown(file, ("steps", index, "intro", numbers), text, faults)


# --- language ---------------------------------------------------------------------------------------------


def check_level(written: Written, catalogue: Catalogue, faults: FaultList) -> None:
    """Report every version that is harder to read than its readers were promised."""
    exempt = exempt_words(written.long_words())
    for file in written.tools.values():
        for index, version in enumerate(file.model.versions):
            tool = catalogue.tools.get(version.nr)
            if tool is None:
                continue
            level = GP_LEVEL if tool.is_for_gp else LEVEL
            line, texts = file.lines.of("versions", index), texts_of(tool)
            check_sentences(file.path, line, texts, None if tool.is_for_gp else LONGEST, faults)
            counted = measure(texts, exempt)
            if counted.words >= ENOUGH_WORDS and counted.lix > level:
                message = f"redskab {tool.nr} har LIX {counted.lix}, men højst {level}: del sætninger og lange ord"
                faults.add(file.path, line, message)


def texts_of(tool: Tool) -> list[str]:
    """Every text of a tool, a paragraph at a time."""
    found = [tool.title, tool.summary, tool.lede, *paragraphs(tool.form.intro_html)]
    for step in tool.form.steps:
        found += [step.title, *paragraphs(step.intro_html), *tool.asks[step.id]]
        table = tool.tables.get(step.id)
        if table is None:
            found += [text for field in step.fields for text in (field.label, field.help, *_options(field))]
        else:
            found += [
                text for q in table.questions for text in (q.name, q.text, q.examples, q.suggests, *q.act, *q.say)
            ]
    found += [line for start in tool.starts.values() for line in re.split(r"\n+", start)]
    return [text for text in found if text]


def _options(field: object) -> list[str]:
    return [option.text for option in getattr(field, "options", ())]
