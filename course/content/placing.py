"""Activities of the catalogue: what each asks, put together from the files it names."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from course.content import catalogue as c
from course.content import schema


def digest_of(value: object) -> str:
    """Return the digest of a value made of plain data."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Placing:
    """Everything of a course that an activity can ask with; `written` are the exercises as their files have them."""

    forms: Mapping[str, c.Form]
    tools: Mapping[int, c.Tool]
    quizzes: Mapping[str, c.Exercise]
    exercises: Mapping[str, c.Exercise]
    written: Mapping[str, schema.ExercisePart]

    def activity(self, module_id: str, part: schema.ActivityPart) -> c.Activity:
        form, exercises = self._form(part), self._exercises(part)
        slots = tuple(c.Slot(slot.id, slot.title) for slot in part.slots) or (c.Slot(c.MAIN, part.title),)
        on = c.Target(part.on.activity, part.on.slot) if part.on else None
        passes_at = part.pass_ if part.pass_ is not None else c.PASS if part.kind == "exercise" else 0
        return c.Activity(
            id=part.id,
            kind=c.Kind(part.kind),
            title=part.title,
            minutes=part.minutes,
            module_id=module_id,
            page_id=part.page,
            opens=part.opens,
            due=part.due,
            needs=tuple(c.Need(need.activity, need.state, need.slot) for need in part.needs),
            slots=slots,
            review=part.review,
            release=part.release,
            on=on,
            form=form,
            teaches=part.teaches,
            assesses=part.assesses,
            rubric=part.rubric,
            digest=_digest(part, form, exercises),
            session=part.session,
            announce=part.announce,
            figures=part.figures,
            exercises=exercises,
            skill=part.skill,
            level=part.level,
            passes_at=passes_at,
            skips=part.skips,
        )

    def _exercises(self, part: schema.ActivityPart) -> tuple[c.Exercise, ...]:
        if part.quiz is not None:
            return (self.quizzes[part.quiz],)
        names = part.exercises or ((part.exercise,) if part.exercise is not None else ())
        return tuple(self.exercises[name] for name in names)

    def _form(self, part: schema.ActivityPart) -> c.Form | None:
        """The form an activity is written in: its own, or the one its plan or statement is written in."""
        if part.exercise is None:
            return self.forms[part.form] if part.form else None
        written = self.written[part.exercise]
        if written.form_id is not None:
            return guarded(self.forms[written.form_id], c.Guard.PATIENT)
        return guarded(self.tools[written.tool_numbers[0]].form, c.Guard.WORKPLACE)


def guarded(form: c.Form, least: c.Guard) -> c.Form:
    """A form as an exercise keeps it: every free text in it is guarded, by ``least`` where it says nothing. A tool that
    is printed and forgotten need not be (docs/decisions/0010-tools-are-never-stored.md), nor a form about an invented
    person, as its author sees it; but what is saved about a story may still be about somebody.
    """
    guard = form.guard if form.guard is not c.Guard.NONE else least

    def field_of(field: c.Field) -> c.Field:
        return replace(field, guard=guard) if field.is_free_text and field.guard is c.Guard.NONE else field

    steps = tuple(replace(step, fields=tuple(field_of(field) for field in step.fields)) for step in form.steps)
    fields = MappingProxyType({field.id: field for step in steps for field in step.fields})
    return replace(form, guard=guard, steps=steps, fields=fields)


def _digest(part: schema.ActivityPart, form: c.Form | None, exercises: tuple[c.Exercise, ...]) -> str:
    """The digest of what is asked. Exercises came later: an activity without them has the digest it always had."""
    asked = {
        "kind": part.kind,
        "slots": [(slot.id, slot.title) for slot in part.slots],
        "on": [part.on.activity, part.on.slot] if part.on else None,
        "form": form.digest if form else None,
        "quiz": exercises[0].digest if part.quiz else None,
    }
    if exercises and not part.quiz:
        asked["exercises"] = [exercise.digest for exercise in exercises]
    return digest_of(asked)
