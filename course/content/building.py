"""From checked shapes to the catalogue. Call it only when reading and structure found no fault."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from markupsafe import Markup

from course.content import catalogue as c
from course.content import kinds, planners, schema
from course.content.language import Readability, exempt_words, measure
from course.content.markdown import Renderer, paragraphs
from course.content.pages import Drawn
from course.content.placing import Placing, digest_of
from course.content.planner_schema import MeetingFile, MeetingPartPart
from course.content.reading import CourseParts, File, Written
from course.content.source import FIGURES, suffix
from course.content.tool_versions import tool_of

T = TypeVar("T")

LINE_LENGTH = 200
TEXT_LENGTH = 4_000
"""The most characters of a line and a text that name no `max`."""

LIST_ITEMS = 20
"""The most lines or rows of a field that names no `max_items`."""


def build(written: Written, digests: Mapping[str, str]) -> c.Catalogue:
    """Return the catalogue; `digests` gives the digest of each course's files."""
    return _Building(written, digests).catalogue()


def _asked(model: schema.Part) -> dict[str, Any]:
    """Return what a model says, without what is left at its default: a later format's new keys change no
    digest.
    """
    return model.model_dump(exclude_defaults=True)


def _frozen(values: Iterable[tuple[str, T]]) -> Mapping[str, T]:
    return MappingProxyType(dict(values))


@dataclass(frozen=True, slots=True)
class _Making:
    """What a kind of exercise builds with (course.content.kinds.Making)."""

    renderer: Renderer
    tools: Mapping[int, c.Tool]

    def __call__(self, text: str | None, /) -> Markup:
        return self.renderer.html(text or "")


def _meeting_part(part: MeetingPartPart) -> planners.MeetingPart:
    return planners.MeetingPart(part.title, part.minutes[0], part.minutes[1], part.do, part.say or "", part.each)


def _drawn(renderer: Renderer, text: str, module_id: str, exempt: frozenset[str]) -> Drawn:
    """A page's Markdown, rendered and counted."""
    segments = renderer.segments(text, module_id)
    counted = Readability(0, 0, 0)
    for segment in segments:
        if isinstance(segment, c.Html):
            counted += measure(paragraphs(segment.render(lambda link: link.target)), exempt)
    return Drawn(segments, counted.words, counted.lix)


class _Building:
    def __init__(self, written: Written, digests: Mapping[str, str]) -> None:
        self.written = written
        self.digests = digests
        self.renderer = Renderer()
        self.rubrics: Mapping[str, c.Rubric] = {}
        self.tools: Mapping[int, c.Tool] = {}
        self.exempt = exempt_words(written.long_words())

    def catalogue(self) -> c.Catalogue:
        files = self.written.objectives
        objectives = _frozen(
            (part.id, c.Objective(part.id, part.course, part.text, c.Column(part.column)))
            for part in (files.model.objectives if files else ())
        )
        rubrics = _frozen((name, self._rubric(file)) for name, file in sorted(self.written.rubrics.items()))
        self.rubrics = rubrics
        tools = sorted(
            (
                tool_of(file.model, version, self._form)
                for file in self.written.tools.values()
                for version in file.model.versions
            ),
            key=lambda tool: tool.nr,
        )
        self.tools = MappingProxyType({tool.nr: tool for tool in tools})
        cases = _frozen((name, self._case(file)) for name, file in sorted(self.written.cases.items()))
        courses = _frozen(
            (folder, self._course(parts, parts.file, objectives, cases, rubrics))
            for folder, parts in sorted(self.written.courses.items())
            if parts.file is not None
        )
        meeting = self.written.meeting
        guide = self._meeting(meeting.model) if meeting is not None else None
        return c.Catalogue(courses, cases, objectives, digest_of(dict(self.digests)), self.tools, guide)

    def _meeting(self, model: MeetingFile) -> planners.MeetingGuide:
        return planners.MeetingGuide(
            model.title, model.lede, model.first_rules, model.leave, model.leader, model.bring,
            _meeting_part(model.opening), _meeting_part(model.vote), _meeting_part(model.closing),
            _meeting_part(model.spare),
            _frozen(
                (
                    part.id,
                    planners.Technique(
                        part.id, part.title, (part.minutes[0], part.minutes[1]), (part.people[0], part.people[1]),
                        tuple(map(_meeting_part, part.parts)), part.pitfall, part.remedy, part.gathers, part.below,
                    ),
                )
                for part in model.techniques
            ),
            tuple(c.Reference(part.source, part.where) for part in model.references),
        )  # fmt: skip

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
        quizzes = {name: self._exercise(quiz.model) for name, quiz in parts.quizzes.items()}
        exercises = {name: self._exercise(exercise.model) for name, exercise in parts.exercises.items()}
        placing = Placing(forms, self.tools, quizzes, exercises, {n: e.model for n, e in parts.exercises.items()})
        modules = [
            self._module(parts.modules[name], phase.id, placing) for phase in model.phases for name in phase.modules
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
            deadlines=_frozen(
                (part.id, c.Deadline(part.id, part.title, part.at, part.remind, part.mode)) for part in model.deadlines
            ),
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
            attendance_percent=model.attendance.percent,
            sheets=_frozen((name, self._sheet(sheet.model)) for name, sheet in sorted(parts.sheets.items())),
            cards=_frozen((name, self._cards(cards.model)) for name, cards in sorted(parts.cards.items())),
            skills=_frozen((part.id, c.Skill(part.id, part.title, part.summary, part.tool)) for part in model.skills),
            is_online=model.online,
            modes=model.modes,
            words=c.Words(**model.words.model_dump()),
            certificate_note=model.certificate.note or "",
        )

    def _sheet(self, model: schema.SheetFile) -> c.Sheet:
        items = tuple(
            c.SheetItem(
                part.minutes, part.title, part.module, part.pause, self._html(part.how), part.bring or "",
                part.shrink, part.late or "",
            )
            for part in model.items
        )  # fmt: skip
        return c.Sheet(model.id, model.title, self._html(model.before), items, self._html(model.after))

    def _cards(self, model: schema.CardsFile) -> c.Cards:
        cards = tuple(c.Card(part.id, part.title, self._html(part.text)) for part in model.cards)
        intro = self._html(model.intro)
        return c.Cards(model.id, model.title, model.session, model.module, intro, cards, model.large, model.fold)

    def _figures(self, parts: CourseParts) -> Mapping[str, c.Figure]:
        return _frozen(
            (f"{module.model.id}/{path.rpartition('/')[2]}", c.Figure(FIGURES[suffix(path)], data))
            for module in parts.modules.values()
            for path, data in self.written.figures.items()
            if path.rpartition("/")[0] == module.folder
        )

    def _module(self, file: File[schema.ModuleFile], phase_id: str, placing: Placing) -> c.Module:
        model = file.model
        return c.Module(
            id=model.id,
            title=model.title,
            purpose=model.purpose,
            minutes=model.minutes,
            objectives=model.objectives,
            pages=tuple(self._page(file, page) for page in model.pages),
            activities=tuple(placing.activity(model.id, part) for part in model.activities),
            references=_references(model.references),
            reviewed_by=c.ReviewedBy(_reviewed(model.reviewed_by.clinician), _reviewed(model.reviewed_by.lawyer)),
            phase_id=phase_id,
        )

    def _page(self, file: File[schema.ModuleFile], page: schema.PagePart) -> c.Page:
        text = self.written.pages[f"{file.folder}/{page.file}"].text
        draw = partial(_drawn, self.renderer, text, file.model.id, self.exempt)
        return c.Page(page.id, page.title, file.model.id, draw, page.audience, page.language)

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
            digest=digest_of(_asked(model) | _levels_asked(steps)),
        )

    def _step(self, step: schema.StepPart, guard: str) -> c.Step:
        return c.Step(
            id=step.id,
            title=step.title,
            minutes=step.minutes,
            intro_html=self._html(step.intro),
            help_html=self._html(step.help),
            opens=step.opens,
            fields=tuple(_field(field, step.id, guard, self.rubrics.get(field.rubric or "")) for field in step.fields),
            nudges=tuple(
                c.Nudge(nudge.when, nudge.field, nudge.say, nudge.n or 0, nudge.words) for nudge in step.nudges
            ),
        )

    def _exercise(self, model: schema.ExercisePart) -> c.Exercise:
        kind = kinds.kind(model.kind)
        making = _Making(self.renderer, MappingProxyType({nr: self.tools[nr] for nr in model.tool_numbers}))
        return c.Exercise(
            model.id,
            model.kind,
            model.title,
            self._html(model.intro),
            model.case,
            _references(model.references),
            digest_of(_asked(model)),
            kind.build(model, making),
        )

    def _rubric(self, file: File[schema.RubricFile]) -> c.Rubric:
        model = file.model
        return c.Rubric(
            model.id,
            model.title,
            self._html(model.intro),
            tuple(c.Criterion(part.id, part.title, part.levels) for part in model.criteria),
            tuple(
                c.Anchor(
                    part.id or f"anchor-{number}",
                    part.title,
                    part.text,
                    MappingProxyType(part.levels),
                    MappingProxyType(part.why or {}),
                )
                for number, part in enumerate(model.anchors, 1)
            ),
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


def _field(part: schema.FieldPart, step_id: str, guard: str, rubric: c.Rubric | None) -> c.Field:
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
        keep=c.Keep(part.keep or (c.Keep.SHORT if c.Guard.PATIENT in (guard, part.guard) else c.Keep.COURSE)),
        rubric=part.rubric,
        columns=_criteria(rubric)
        or tuple(
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


def _levels_asked(steps: Iterable[c.Step]) -> dict[str, Any]:
    """The levels that profile fields offer: they stand in another file, and are asked all the same."""
    asked = [
        [field.id, column.id, [option.text for option in column.options]]
        for step in steps
        for field in step.fields
        if field.type is c.FieldType.PROFILE
        for column in field.columns
    ]
    return {"levels": asked} if asked else {}


def _criteria(rubric: c.Rubric | None) -> tuple[c.FieldColumn, ...]:
    """The criteria of a profile field's rubric as its columns, the levels as their options 0, 1, 2 …"""
    return tuple(
        c.FieldColumn(
            one.id, one.title, "level", tuple(c.Option(str(level), text) for level, text in enumerate(one.levels))
        )
        for one in (rubric.criteria if rubric else ())
    )


def _prefill(part: schema.PrefillPart | None) -> c.Prefill | None:
    return c.Prefill(part.template, tuple(c.PLACE.findall(part.template))) if part else None


def _options(parts: tuple[schema.OptionPart, ...]) -> tuple[c.Option, ...]:
    return tuple(c.Option(part.id, part.text) for part in parts)


def _references(parts: tuple[schema.ReferencePart, ...]) -> tuple[c.Reference, ...]:
    return tuple(c.Reference(part.source, part.where) for part in parts)


def _reviewed(part: schema.ReviewedPart | None) -> c.Reviewed | None:
    return c.Reviewed(part.name, part.date) if part else None
