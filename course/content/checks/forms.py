"""Forms: that every field has what its type needs and nothing else, and that nudges and prefills name real
fields.
"""

from collections.abc import Iterator, Mapping

from course.content.catalogue import PLACE
from course.content.checks.activities import WRITTEN_KINDS
from course.content.checks.courses import check_moment, doubled
from course.content.faults import FaultList
from course.content.prose import outline
from course.content.reading import CourseParts, File, Written
from course.content.schema import ActivityPart, ColumnPart, FieldPart, FormFile, NudgePart

Keys = tuple[str | int, ...]
Problem = tuple[Keys, str]

_TEXTS = ("text", "line", "lines", "rows")
_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "options": ("choice", "choices"),
    "min": ("number",),
    "max": ("number", "text", "line"),
    "words": ("text",),
    "guard": _TEXTS,
    "columns": ("rows", "tally"),
    "min_items": ("lines", "rows"),
    "max_items": ("lines", "rows"),
    "rows": ("tally",),
    "prefill": ("text", "line"),
    "min_text": ("scale",),
    "max_text": ("scale",),
    "rubric": ("profile",),
}
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "choice": ("options",),
    "choices": ("options",),
    "number": ("min", "max"),
    "scale": ("min_text", "max_text"),
    "rows": ("columns",),
    "tally": ("columns", "rows"),
    "profile": ("rubric",),
}
_NUDGED: Mapping[str, tuple[str, ...]] = {
    "few_rows": ("rows",),
    "few_items": ("lines",),
    "no_first_person": ("text", "line", "lines"),
    "no_date": ("date", "text", "line"),
    "judging_words": ("text", "line", "lines"),
    "words_outside": ("text",),
}
LONGEST = {"text": 20_000, "line": 200}
"""The most characters a field of a type may ask for."""


def check(written: Written, faults: FaultList) -> None:
    for parts in written.courses.values():
        users, by_exercise = _users(parts), _by_exercise(parts)
        for form in parts.forms.values():
            _check_form(parts, form, faults)
            _check_profiles(written, form, faults)
            if form.model.id not in users.keys() | by_exercise and not written.has_broken_module(parts.folder):
                faults.add(form.path, form.lines.of("id"), "formularen bruges ikke af nogen aktivitet")
            for activity in users.get(form.model.id, ()):
                _check_prefills(parts, form, activity, faults)


def _by_exercise(parts: CourseParts) -> set[str | None]:
    """The forms that plans and statements are written in."""
    return {file.model.form_id for file in parts.exercises.values()}


def _users(parts: CourseParts) -> dict[str, list[ActivityPart]]:
    users: dict[str, list[ActivityPart]] = {}
    for module in parts.modules.values():
        for activity in module.model.activities:
            if activity.form is not None and activity.kind in WRITTEN_KINDS:
                users.setdefault(activity.form, []).append(activity)
    return users


def _check_form(parts: CourseParts, form: File[FormFile], faults: FaultList) -> None:
    model = form.model
    check_markdown(form, ("intro",), model.intro, faults)
    doubled(form, ("steps",), (step.id for step in model.steps), faults)
    fields: dict[str, FieldPart] = {}
    for number, step in enumerate(model.steps):
        here: Keys = ("steps", number)
        check_moment(parts, form, step.opens, (*here, "opens"), faults)
        check_markdown(form, (*here, "intro"), step.intro, faults)
        check_markdown(form, (*here, "help"), step.help, faults)
        for index, field in enumerate(step.fields):
            path: Keys = (*here, "fields", index)
            if field.id in fields:
                faults.add(form.path, form.lines.of(*path, "id"), f"feltet »{field.id}« findes to gange i formularen")
            fields.setdefault(field.id, field)
            for keys, message in field_problems(field):
                faults.add(form.path, form.lines.of(*path, *keys), message)
        for index, nudge in enumerate(step.nudges):
            for keys, message in nudge_problems(nudge, fields):
                faults.add(form.path, form.lines.of(*here, "nudges", index, *keys), message)


def _check_profiles(written: Written, form: File[FormFile], faults: FaultList) -> None:
    """Report a profile by a rubric that does not exist."""
    for number, step in enumerate(form.model.steps):
        for index, field in enumerate(step.fields):
            name = field.rubric
            if name is not None and name not in written.rubrics and name not in written.broken_ids:
                line = form.lines.of("steps", number, "fields", index, "rubric")
                faults.add(form.path, line, f"vurderingsskemaet »{name}« findes ikke")


def check_markdown(file: File, path: Keys, text: str | None, faults: FaultList) -> None:
    """Report what a Markdown text in a YAML file must not hold."""
    for offset, message in outline(text or "", page=False).problems:
        faults.add(file.path, file.lines.within(path, offset), message)


def _is_set(value: object) -> bool:
    return value is not None and value != ()


def field_problems(field: FieldPart) -> Iterator[Problem]:
    """Give what is wrong with one field: the keys that lead to it, and a sentence."""
    for key, types in _ALLOWED.items():
        if _is_set(getattr(field, key)) and field.type not in types:
            yield (key,), f"et felt af typen {field.type} kan ikke have »{key}«"
    for key in _NEEDED.get(field.type, ()):
        if not _is_set(getattr(field, key)):
            yield ("type",), f"et felt af typen {field.type} skal have »{key}«"
    yield from _range_problems(field)
    yield from _option_problems(field.options, ("options",))
    yield from _column_problems(field)


def _range_problems(field: FieldPart) -> Iterator[Problem]:
    for low, high in (("min", "max"), ("min_items", "max_items")):
        least, most = getattr(field, low), getattr(field, high)
        if least is not None and most is not None and least > most:
            yield (low,), f"»{low}« er større end »{high}«"
    if field.words is not None and not 0 <= field.words[0] <= field.words[1]:
        yield ("words",), "»words« skal være et mindste og et største antal ord, fx [20, 120]"
    if field.max is not None and field.max > LONGEST.get(field.type, field.max):
        yield ("max",), f"et felt af typen {field.type} kan højst have max: {LONGEST[field.type]}"


def _option_problems(options: tuple, path: Keys) -> Iterator[Problem]:
    if len(options) == 1:
        yield path, "der skal være mindst to at vælge imellem"
    seen: set[str] = set()
    for index, option in enumerate(options):
        if option.id in seen:
            yield (*path, index, "id"), f"id »{option.id}« står to gange"
        seen.add(option.id)


def _column_problems(field: FieldPart) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, column in enumerate(field.columns):
        path: Keys = ("columns", index)
        if column.id in seen:
            yield (*path, "id"), f"id »{column.id}« står to gange"
        seen.add(column.id)
        for message in _one_column_problems(field.type, column):
            yield (*path, "type"), message
        yield from _option_problems(column.options, (*path, "options"))


def _one_column_problems(field_type: str, column: ColumnPart) -> Iterator[str]:
    if field_type == "tally" and column.type not in (None, "check"):
        yield "kolonner i et felt af typen tally er altid afkrydsning: slet »type«"
    if field_type == "rows" and column.type not in ("line", "text", "choice"):
        yield "en kolonne skal have type: line, text eller choice"
    if (column.type == "choice") != bool(column.options):
        yield "en kolonne har »options«, netop når den er af typen choice"


def nudge_problems(nudge: NudgePart, fields: Mapping[str, FieldPart]) -> Iterator[Problem]:
    """Give what is wrong with one nudge; it may name fields of its own step and the steps before."""
    field = fields.get(nudge.field)
    if field is None:
        yield ("field",), f"feltet »{nudge.field}« findes ikke i dette trin eller et tidligere"
    elif nudge.when != "empty" and field.type not in _NUDGED[nudge.when]:
        yield ("when",), f"»{nudge.when}« kan ikke bruges på et felt af typen {field.type}"
    elif nudge.when == "words_outside" and field.words is None:
        yield ("when",), f"feltet »{nudge.field}« har ikke noget antal ord (words)"
    yield from _nudge_key_problems(nudge)


def _nudge_key_problems(nudge: NudgePart) -> Iterator[Problem]:
    counts = nudge.when in ("few_rows", "few_items")
    if counts != (nudge.n is not None):
        yield ("when" if counts else "n",), "»n« hører til few_rows og few_items, og kun dem"
    judges = nudge.when == "judging_words"
    if judges != bool(nudge.words):
        yield ("when" if judges else "words",), "»words« hører til judging_words, og kun der"


# --- prefills --------------------------------------------------------------------------------------------


def _check_prefills(parts: CourseParts, form: File[FormFile], activity: ActivityPart, faults: FaultList) -> None:
    """Check the prefills of a form as one activity uses it."""
    known = _case_fields(parts, activity)
    for number, step in enumerate(form.model.steps):
        for index, field in enumerate(step.fields):
            if field.prefill is None:
                continue
            line = form.lines.of("steps", number, "fields", index, "prefill")
            for message in _prefill_problems(field.prefill.template, activity, known):
                faults.add(form.path, line, message)


def _case_fields(parts: CourseParts, activity: ActivityPart) -> set[str] | None:
    """Return the fields of the case an analysis is on, or None where that cannot be said."""
    found = parts.activities().get(activity.on.activity) if activity.on else None
    case = found[0].model.activities[found[1]] if found else None
    form = parts.forms.get(case.form) if case and case.form else None
    return {field.id for step in form.model.steps for field in step.fields} if form else None


def _prefill_problems(template: str, activity: ActivityPart, known: set[str] | None) -> Iterator[str]:
    if activity.on is None or activity.kind != "analysis":
        yield f"kun en analyse kan udfyldes på forhånd, men formularen bruges også af »{activity.id}«"
        return
    rest = PLACE.sub("", template)
    if "{" in rest or "}" in rest:
        yield "et felt fra casen skrives {feltets_id}"
    for name in PLACE.findall(template):
        if known is not None and name not in known:
            yield f"feltet »{name}« findes ikke i formularen for »{activity.on.activity}«"
