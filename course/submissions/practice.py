"""A plan or a statement about a teaching case: what stands around it, and what is looked for in it. Pure.

What is found is never kept and never counted together: it is worked out anew from the text that is saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from course import guard
from course.content.catalogue import Activity, Case, Course, Field, Form, Step
from course.content.tools import Shape
from course.criteria.rules import Answer, Finds, Seen, look
from course.tools import rules as tools
from course.work import fields as shape
from course.work.checking import confirmed_key

from . import nudges
from .nudges import Asked

FOUND, MISSING, CLEAR, LOOK, WAITING = "found", "missing", "clear", "look", "waiting"
"""How a criterion can stand. The middle two are for what does not belong in the text."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A criterion as a page shows it: how it stands, and the words that show it."""

    id: str
    text: str
    why: str
    state: str
    note: str


def case_of(course: Course, activity: Activity) -> Case | None:
    """The teaching case it is about."""
    found = activity.exercises[0].case if activity.written is not None else None
    return course.cases.get(found or "")


def is_begun(activity: Activity, data: Mapping[str, Any]) -> bool:
    """Whether there is something to hand in. A tool requires no field, but a model answer wants a text of one's own."""
    asked = activity.written
    if asked is None:
        return True
    proposed = asked.tool.starts if asked.tool is not None else {}
    return any(value != proposed.get(name) for name, value in data.items())


def own_words(activity: Activity, course: Course) -> frozenset[str]:
    """The words of the case, and of what is told beside it, that the guard would ask about: its people are invented, so
    nobody is asked about them.
    """
    case = case_of(course, activity)
    if case is None or activity.form is None:
        return frozenset()
    told = [case.title, case.story_html.striptags(), activity.exercises[0].intro_html.striptags()]
    told += [text for one in case.perspectives for text in (one.who, one.html.striptags())]
    return _asked_about("\n".join(told), activity.form.guard)


@lru_cache(maxsize=64)
def _asked_about(text: str, of_guard: str) -> frozenset[str]:
    words = {confirmed_key(finding.text) for finding in guard.amber_words(text, of_guard)}
    return frozenset(words | {f"{word}s" for word in words})


def starts(activity: Activity, step: Step, data: Mapping[str, Any]) -> dict[str, str]:
    """What the tool proposes in the fields of a step that nobody has answered anything in yet."""
    asked = activity.written
    if asked is None or asked.tool is None or any(field.id in data for field in step.fields):
        return {}
    return {field.id: asked.tool.starts[field.id] for field in step.fields if field.id in asked.tool.starts}


def asks(activity: Activity, step: Step) -> tuple[str, ...]:
    """The questions that the tool has above the fields of a step."""
    asked = activity.written
    return asked.tool.asks.get(step.id, ()) if asked is not None and asked.tool is not None else ()


def answers(form: Form, data: Mapping[str, Any]) -> dict[str, Answer]:
    """The answers of a form as criteria read them; what was chosen from a list counts as answered, and says nothing."""
    words: dict[str, list[str]] = {name: [] for name in form.fields if data.get(name) is not None}
    for path, field, text in shape.texts(form.fields.values(), data):
        if path.count(".") == 2 and words[field.id] and _row(path) == len(words[field.id]) - 1:
            words[field.id][-1] += f" {text}"
        else:
            words[field.id].append(text)
    return {name: Answer(tuple(texts), form.fields[name].type == "date") for name, texts in words.items()}


def _row(path: str) -> int:
    return int(path.split(".")[1])


def seen(activity: Activity, data: Mapping[str, Any]) -> tuple[Seen, ...]:
    """What is found of each criterion; nothing for an activity without any."""
    asked = activity.written
    if asked is None or activity.form is None:
        return ()
    return look(asked.criteria, answers(activity.form, data))


def shown(activity: Activity, data: Mapping[str, Any], step: Step | None = None) -> tuple[Shown, ...]:
    """The criteria as a page shows them: all of them, or those that look in one step."""
    return tuple(_shown(one) for one in seen(activity, data) if step is None or _is_of(one, step.fields))


def _is_of(one: Seen, fields: Iterable[Field]) -> bool:
    return not one.criterion.fields or any(field.id in one.criterion.fields for field in fields)


def _shown(one: Seen) -> Shown:
    criterion = one.criterion
    return Shown(criterion.id, criterion.text, criterion.reason, _state(one), _note(one))


def _state(one: Seen) -> str:
    if not one.criterion.finds.is_absence:
        return FOUND if one.is_found else MISSING
    if one.is_empty:
        return WAITING
    return CLEAR if one.is_found else LOOK


def _note(one: Seen) -> str:
    if not one.words:
        return ""
    if one.criterion.finds is Finds.MORE_CAN:
        return f"Talt: {one.words[0]}."
    return f"{'Se på' if one.is_to_look_at and one.criterion.finds.is_absence else 'Her'}: »{'«, »'.join(one.words)}«"


def questions(activity: Activity, step: Step, data: Mapping[str, Any], today: date) -> tuple[Asked, ...]:
    """The friendly questions to a step: those of its form and, on a tool for goals, what makes the goal clearer."""
    return (*nudges.questions(step, data), *_about_goal(activity, step, data, today))


def _about_goal(activity: Activity, step: Step, data: Mapping[str, Any], today: date) -> Iterable[Asked]:
    asked = activity.written
    if asked is None or asked.tool is None or asked.tool.shape is not Shape.GOAL:
        return ()
    here = {field.id for field in step.fields}
    if not here & data.keys():
        return ()
    return tuple(Asked(hint.field, hint.say) for hint in tools.hints(data, today) if hint.field in here)
