"""What is wrong with the file of a plan or a statement."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from course.content.kinds import Problem
from course.content.schema import FieldPart
from course.criteria.rules import Answer, Criterion, Finds, Seen, look

from .schema import CriterionPart, WrittenPart

_MARKS = re.compile(r"[*_#>`|]+")
_TEXTS = ("text", "line", "lines", "rows")
_SEVERAL = (Finds.FILLED, Finds.WORDS, Finds.NUMBER_UNIT, Finds.WORK_VERBS, Finds.AIDS, Finds.DATE)
"""What can be wanted several times."""


def criteria(model: WrittenPart) -> tuple[Criterion, ...]:
    """Return the criteria of a file as texts are looked at by."""
    return tuple(
        Criterion(one.id, one.text, Finds(one.finds), one.in_, one.words, one.why or "", one.least)
        for one in model.criteria
    )


def problems(model: WrittenPart) -> Iterator[Problem]:
    """Give everything an author must mend in the file alone."""
    if (model.tool is None) == (model.form is None):
        yield ("id",), "skriv enten »tool:« (et redskab) eller »form:« (en formular)"
    if model.case is None:
        yield ("id",), "nøglen »case« mangler: der skrives om en case"
    if not model.criteria:
        yield ("id",), "nøglen »criteria« mangler: skriv mindst ét kriterium"
    seen: set[str] = set()
    for index, criterion in enumerate(model.criteria):
        here = ("criteria", index)
        if criterion.id in seen:
            yield (*here, "id"), f"id »{criterion.id}« står to gange"
        seen.add(criterion.id)
        yield from (((*here, *keys), message) for keys, message in _criterion_problems(criterion))
    yield from _model_problems(model)


def _criterion_problems(criterion: CriterionPart) -> Iterator[Problem]:
    if criterion.finds == "words" and not criterion.words:
        yield ("finds",), "skriv også de ord, der skal findes: »words:«"
    elif criterion.finds != "words" and criterion.words:
        yield ("words",), "»words« hører til »finds: words«, og kun der"
    if criterion.least > 1 and Finds(criterion.finds) not in _SEVERAL:
        yield ("least",), f"»least« kan ikke bruges ved »finds: {criterion.finds}«"


def _model_problems(model: WrittenPart) -> Iterator[Problem]:
    """The model answer is held to the criteria that it is shown beside."""
    text = _MARKS.sub("", model.model)
    asked = [replace(one, fields=(), least=1) for one in criteria(model) if one.finds is not Finds.FILLED]
    for one in look(asked, {"model": Answer((text,))}):
        if not one.is_found and (one.criterion.words or one.criterion.finds is not Finds.WORDS):
            yield ("model",), _model_problem(one)


def _model_problem(one: Seen) -> str:
    if one.criterion.finds.is_absence:
        return f"modelsvaret har »{one.words[0]}«, men kriteriet »{one.criterion.id}« siger, at det ikke hører til"
    return f"modelsvaret opfylder ikke selv kriteriet »{one.criterion.id}« ({one.criterion.finds})"


def form_problems(model: WrittenPart, fields: Mapping[str, FieldPart]) -> Iterator[Problem]:
    """Give what is wrong with the criteria, given the form the text is written in."""
    for index, criterion in enumerate(model.criteria):
        for number, name in enumerate(criterion.in_):
            here = ("criteria", index, "in", number)
            field = fields.get(name)
            if field is None:
                yield here, f"feltet »{name}« findes ikke i formularen"
            elif not _may_look(criterion.finds, field.type):
                yield here, f"»{criterion.finds}« kan ikke findes i »{name}«, et felt af typen {field.type}"


def _may_look(finds: str, field_type: str) -> bool:
    if finds == "filled" or field_type in _TEXTS:
        return True
    return field_type == "date" and finds in ("date", "duration")
