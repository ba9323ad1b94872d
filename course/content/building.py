"""From checked shapes to the catalogue. Call it only when reading and structure found no fault."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from markupsafe import Markup

from course.content import catalogue as c
from course.content import schema
from course.content.language import Readability, exempt_words, measure
from course.content.markdown import Renderer, paragraphs
from course.content.reading import CourseParts, File, Written
from course.content.source import FIGURES, suffix

T = TypeVar("T")

LINE_LENGTH = 200
TEXT_LENGTH = 4_000
"""The most characters of a line and a text that name no `max`."""

LIST_ITEMS = 20
"""The most lines or rows of a field that names no `max_items`."""


def build(written: Written, digests: Mapping[str, str]) -> c.Catalogue:
    """Return the catalogue; `digests` gives the digest of each course's files."""
    return _Building(written, digests).catalogue()


def digest_of(value: object) -> str:
    """Return the digest of a value made of plain data."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _asked(model: schema.Part) -> dict[str, Any]:
    """Return what a model says, without what is left at its default: a later format's new keys change no
    digest.
    """
    return model.model_dump(exclude_defaults=True)


def _frozen(values: Iterable[tuple[str, T]]) -> Mapping[str, T]:
    return MappingProxyType(dict(values))


class _Building:
    def __init__(self, written: Written, digests: Mapping[str, str]) -> None:
        self.written = written
        self.digests = digests
        self.renderer = Renderer()
        self.exempt = exempt_words(written.long_words())

    def catalogue(self) -> c.Catalogue:
        files = self.written.objectives
        objectives = _frozen(
            (part.id, c.Objective(part.id, part.course, part.text, c.Column(part.column)))
            for part in (files.model.objectives if files else ())
        )
        cases = _frozen((name, self._case(file)) for name, file in sorted(self.written.cases.items()))
        rubrics = _frozen((name, self._rubric(file)) for name, file in sorted(self.written.rubrics.items()))
        courses = _frozen(
            (folder, self._course(parts, parts.file, objectives, cases, rubrics))
            for folder, parts in sorted(self.written.courses.items())
            if parts.file is not None
        )
        return c.Catalogue(courses, cases, objectives, digest_of(dict(self.digests)))

    # --- the course

    def _course(
        self,
        parts: CourseParts,
        file: File[schema.CourseFile],
        objectives: Mapping[str, c.Objective],
        cases: Mapping[str, c.Case],
        rubrics: Mapping[str, c.Rubric],
    ) -> c.Course:
        model = file.model
        forms = {name: self._form(form.model) for name, form in parts.forms.items()}
        quizzes = {name: self._quiz(quiz.model) for name, quiz in parts.quizzes.items()}
        modules = [
            self._module(parts.modules[name], phase.id, forms, quizzes)
            for phase in model.phases
            for name in phase.modules
        ]
        return c.Course(
            id=model.id,
            title=model.title,
            status=model.status,
            language_level=model.language_level,
            phases=tuple(c.Phase(part.id, part.title, part.session, part.modules) for part in model.phases),
            sessions=_frozen(
                (part.id, c.Session(part.id, part.title, part.starts, part.ends)) for part in model.sessions
            ),
            deadlines=_frozen((part.id, c.Deadline(part.id, part.title, part.at)) for part in model.deadlines),
            completion=tuple(c.Requirement(part.activity, part.needs) for part in model.completion),
            invitation=c.Invitation(model.invitation.days),
            modules=_frozen((module.id, module) for module in modules),
            activities=_frozen((activity.id, activity) for module in modules for activity in module.activities),
            objectives=_frozen(item for item in objectives.items() if item[1].course == model.id),
            rubrics=rubrics,
            cases=_frozen(item for item in cases.items() if model.id in item[1].courses),
            comments=tuple(
                c.Comment(part.id, part.title, part.text)
                for part in (parts.comments.model.comments if parts.comments else ())
            ),
            figures=self._figures(parts),
            digest=self.digests.get(parts.folder, ""),
        )

    def _figures(self, parts: CourseParts) -> Mapping[str, c.Figure]:
        return _frozen(
            (f"{module.model.id}/{path.rpartition('/')[2]}", c.Figure(FIGURES[suffix(path)], data))
            for module in parts.modules.values()
            for path, data in self.written.figures.items()
            if path.rpartition("/")[0] == module.folder
        )

    def _module(
        self,
        file: File[schema.ModuleFile],
        phase_id: str,
        forms: Mapping[str, c.Form],
        quizzes: Mapping[str, c.Quiz],
    ) -> c.Module:
        model = file.model
        return c.Module(
            id=model.id,
            title=model.title,
            purpose=model.purpose,
            minutes=model.minutes,
            objectives=model.objectives,
            pages=tuple(self._page(file, page) for page in model.pages),
            activities=tuple(_activity(model.id, part, forms, quizzes) for part in model.activities),
            references=_references(model.references),
            reviewed_by=c.ReviewedBy(_reviewed(model.reviewed_by.clinician), _reviewed(model.reviewed_by.lawyer)),
            phase_id=phase_id,
        )

    def _page(self, file: File[schema.ModuleFile], page: schema.PagePart) -> c.Page:
        text = self.written.pages[f"{file.folder}/{page.file}"].text
        segments = self.renderer.segments(text, file.model.id)
        counted = Readability(0, 0, 0)
        for segment in segments:
            if isinstance(segment, c.Html):
                counted += measure(paragraphs(segment.render(lambda link: link.target)), self.exempt)
        return c.Page(page.id, page.title, file.model.id, segments, counted.words, counted.lix)

    # --- forms, quizzes, rubrics, cases

    def _html(self, text: str | None) -> Markup:
        return self.renderer.html(text or "")

    def _form(self, model: schema.FormFile) -> c.Form:
        steps = tuple(self._step(step, model.guard) for step in model.steps)
        return c.Form(
            id=model.id,
            title=model.title,
            intro_html=self._html(model.intro),
            guard=c.Guard(model.guard),
            self_check=model.self_check,
            steps=steps,
            fields=_frozen((field.id, field) for step in steps for field in step.fields),
            digest=digest_of(_asked(model)),
        )

    def _step(self, step: schema.StepPart, guard: str) -> c.Step:
        return c.Step(
            id=step.id,
            title=step.title,
            minutes=step.minutes,
            intro_html=self._html(step.intro),
            help_html=self._html(step.help),
            opens=step.opens,
            fields=tuple(_field(field, step.id, guard) for field in step.fields),
            nudges=tuple(
                c.Nudge(nudge.when, nudge.field, nudge.say, nudge.n or 0, nudge.words) for nudge in step.nudges
            ),
        )

    def _quiz(self, model: schema.QuizFile) -> c.Quiz:
        questions = tuple(
            c.Question(
                part.id,
                part.kind,
                part.text,
                tuple(c.Answer(option.id, option.text, option.correct, option.why) for option in part.options),
                c.Reference(part.source.source, part.source.where) if part.source else None,
            )
            for part in model.questions
        )
        return c.Quiz(model.id, model.title, self._html(model.intro), questions, digest_of(_asked(model)))

    def _rubric(self, file: File[schema.RubricFile]) -> c.Rubric:
        model = file.model
        return c.Rubric(
            model.id,
            model.title,
            self._html(model.intro),
            tuple(c.Criterion(part.id, part.title, part.levels) for part in model.criteria),
            tuple(c.Anchor(part.title, part.text, MappingProxyType(part.levels)) for part in model.anchors),
            digest_of(_asked(model)),
        )

    def _case(self, file: File[schema.CaseFile]) -> c.Case:
        model = file.model
        return c.Case(
            model.id,
            model.title,
            model.courses,
            model.summary,
            self._html(model.story),
            tuple(c.Perspective(part.id, part.who, self._html(part.text)) for part in model.perspectives),
            model.questions,
            _references(model.references),
        )


def _activity(
    module_id: str, part: schema.ActivityPart, forms: Mapping[str, c.Form], quizzes: Mapping[str, c.Quiz]
) -> c.Activity:
    form = forms[part.form] if part.form else None
    quiz = quizzes[part.quiz] if part.quiz else None
    slots = tuple(c.Slot(slot.id, slot.title) for slot in part.slots) or (c.Slot(c.MAIN, part.title),)
    on = c.Target(part.on.activity, part.on.slot) if part.on else None
    asked = {
        "kind": part.kind,
        "slots": [(slot.id, slot.title) for slot in part.slots],
        "on": [on.activity, on.slot] if on else None,
        "form": form.digest if form else None,
        "quiz": quiz.digest if quiz else None,
    }
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
        quiz=quiz,
        teaches=part.teaches,
        assesses=part.assesses,
        rubric=part.rubric,
        digest=digest_of(asked),
    )


def _field(part: schema.FieldPart, step_id: str, guard: str) -> c.Field:
    kind = c.FieldType(part.type)
    lengths = {c.FieldType.TEXT: TEXT_LENGTH, c.FieldType.LINE: LINE_LENGTH, c.FieldType.LINES: LINE_LENGTH}
    default_items = LIST_ITEMS if kind in (c.FieldType.LINES, c.FieldType.ROWS) else 0
    return c.Field(
        id=part.id,
        type=kind,
        label=part.label,
        help=part.help or "",
        required=part.required,
        step_id=step_id,
        options=_options(part.options),
        min=part.min,
        max=part.max if part.max is not None else lengths.get(kind),
        words=(part.words[0], part.words[1]) if part.words else None,
        guard=c.Guard(part.guard or guard),
        reflection=part.reflection,
        private=part.private,
        columns=tuple(
            c.FieldColumn(column.id, column.label, column.type or "check", _options(column.options))
            for column in part.columns
        ),
        min_items=part.min_items or 0,
        max_items=part.max_items if part.max_items is not None else default_items,
        rows=part.rows or 0,
        prefill=_prefill(part.prefill),
        min_text=part.min_text or "",
        max_text=part.max_text or "",
    )


def _prefill(part: schema.PrefillPart | None) -> c.Prefill | None:
    return c.Prefill(part.template, tuple(c.PLACE.findall(part.template))) if part else None


def _options(parts: tuple[schema.OptionPart, ...]) -> tuple[c.Option, ...]:
    return tuple(c.Option(part.id, part.text) for part in parts)


def _references(parts: tuple[schema.ReferencePart, ...]) -> tuple[c.Reference, ...]:
    return tuple(c.Reference(part.source, part.where) for part in parts)


def _reviewed(part: schema.ReviewedPart | None) -> c.Reviewed | None:
    return c.Reviewed(part.name, part.date) if part else None
