"""From files to checked shapes: every content file in its schema's model, with its lines; faults beside it.

Nothing here follows a reference from one file to another: that is for `course.content.checks`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from course.content import kinds, messages, schema
from course.content.faults import FaultList
from course.content.planner_schema import MeetingFile
from course.content.prose import Outline, outline
from course.content.readers import UnknownFormat, reader_for
from course.content.source import FIGURES, Source, Unreadable, suffix
from course.content.tool_schema import ToolFile
from course.content.yaml_source import Lines, decode, parse

M = TypeVar("M", bound=schema.Part)

OBJECTIVES = "assessments/objectives.yaml"
LONG_WORDS = "assessments/long_words.txt"
WORDS = "assessments/words.txt"
"""The field's own words, right as they are though no dictionary has them: for the test of spelling only."""
QUIZ = "quiz"
"""The kind that also has a folder of its own: `assessments/<course>/quizzes`."""
MEETING = "assessments/planners/meeting.yaml"

_ID = re.compile(r"\bid:\s*[\"'\[{]*([\w.-]+)")


@dataclass(frozen=True, slots=True)
class File(Generic[M]):
    """A YAML file that fits its schema."""

    path: str
    model: M
    lines: Lines

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class PageText:
    """A Markdown page as written."""

    path: str
    text: str
    outline: Outline


@dataclass(slots=True)
class CourseParts:
    """Everything found of one course; `folder` is its folder under modules/ and assessments/."""

    folder: str
    file: File[schema.CourseFile] | None = None
    modules: dict[str, File[schema.ModuleFile]] = field(default_factory=dict)
    forms: dict[str, File[schema.FormFile]] = field(default_factory=dict)
    quizzes: dict[str, File[schema.ExercisePart]] = field(default_factory=dict)
    exercises: dict[str, File[schema.ExercisePart]] = field(default_factory=dict)
    comments: File[schema.CommentsFile] | None = None
    sheets: dict[str, File[schema.SheetFile]] = field(default_factory=dict)
    cards: dict[str, File[schema.CardsFile]] = field(default_factory=dict)

    def activities(self) -> dict[str, tuple[File[schema.ModuleFile], int]]:
        """Return every activity's module file and number in it; the first wins where an id is doubled."""
        found: dict[str, tuple[File[schema.ModuleFile], int]] = {}
        for module in self.modules.values():
            for index, activity in enumerate(module.model.activities):
                found.setdefault(activity.id, (module, index))
        return found


@dataclass(slots=True)
class Written:
    """All content as written.

    `broken_ids` are ids inside files that could not be read: nobody is told they are missing.
    """

    courses: dict[str, CourseParts] = field(default_factory=dict)
    objectives: File[schema.ObjectivesFile] | None = None
    rubrics: dict[str, File[schema.RubricFile]] = field(default_factory=dict)
    cases: dict[str, File[schema.CaseFile]] = field(default_factory=dict)
    tools: dict[str, File[ToolFile]] = field(default_factory=dict)
    meeting: File[MeetingFile] | None = None
    pages: dict[str, PageText] = field(default_factory=dict)
    figures: dict[str, bytes] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    broken_ids: set[str] = field(default_factory=set)
    broken_folders: set[str] = field(default_factory=set)

    def has_broken_module(self, folder: str) -> bool:
        """Whether a module of a course could not be read, so that nothing may be called unused or missing."""
        return any(broken.startswith(f"modules/{folder}/") for broken in self.broken_folders)

    def long_words(self) -> str:
        return self.texts.get(LONG_WORDS, "")


class UnknownKind(ValueError):
    """An exercise is of no kind there is; the message is a Danish sentence."""


def _model_of_kind(value: Mapping[str, Any]) -> type[schema.ExercisePart]:
    """Return the model of the kind an exercise names; raise UnknownKind when there is none."""
    name = value.get("kind")
    if name is None:
        raise UnknownKind("nøglen »kind« mangler")
    if name not in (known := kinds.NAMES + kinds.WRITTEN):
        raise UnknownKind(messages.no_choice("kind", str(name), list(known)))
    return kinds.kind(name).model


def read(source: Source, faults: FaultList) -> Written:
    """Read every file of a source. What cannot be read is left out, with a fault."""
    reading = _Reading(source, faults)
    try:
        paths = source.paths()
    except Unreadable as error:
        faults.add("modules", 1, str(error))
        return reading.written
    for path in paths:
        reading.file(path)
    return reading.written


class _Reading:
    def __init__(self, source: Source, faults: FaultList) -> None:
        self.source = source
        self.faults = faults
        self.written = Written()
        self._kinds: tuple[tuple[re.Pattern[str], Callable[[str, re.Match[str]], None]], ...] = (
            (re.compile(r"modules/([^/]+)/course\.yaml"), self._course),
            (re.compile(r"modules/([^/]+)/[^/]+\.sheet\.yaml"), self._sheet),
            (re.compile(r"modules/([^/]+)/[^/]+/module\.yaml"), self._module),
            (re.compile(r"modules/[^/]+/[^/]+/[^/]+\.md"), self._page),
            (re.compile(r"modules/[^/]+/[^/]+/[^/]+"), self._figure),
            (re.compile(re.escape(OBJECTIVES)), self._objectives),
            (re.compile(re.escape(LONG_WORDS)), self._word_list),
            (re.compile(re.escape(WORDS)), self._word_list),
            (re.compile(r"assessments/rubrics/[^/]+\.yaml"), self._rubric),
            (re.compile(r"assessments/tools/[^/]+\.yaml"), self._tool),
            (re.compile(re.escape(MEETING)), self._meeting),
            (re.compile(r"assessments/([^/]+)/comments\.yaml"), self._comments),
            (re.compile(r"assessments/([^/]+)/cards/[^/]+\.yaml"), self._cards),
            (re.compile(r"assessments/([^/]+)/forms/[^/]+\.yaml"), self._form),
            (re.compile(r"assessments/([^/]+)/quizzes/[^/]+\.yaml"), self._quiz),
            (re.compile(r"assessments/([^/]+)/exercises/[^/]+\.yaml"), self._exercise),
            (re.compile(r"cases/[^/]+\.yaml"), self._case),
        )

    def file(self, path: str) -> None:
        if path.endswith("/README.md") and path.count("/") == 1:
            return
        for pattern, take in self._kinds:
            found = pattern.fullmatch(path)
            if found:
                take(path, found)
                return
        self.faults.add(path, 1, "filen hører ikke til her: se mapperne i docs/forfatter.md")

    # --- kinds of file

    def _course(self, path: str, found: re.Match[str]) -> None:
        self._parts(found[1]).file = self._yaml(path, schema.CourseFile)

    def _module(self, path: str, found: re.Match[str]) -> None:
        self._keep(self._parts(found[1]).modules, self._yaml(path, schema.ModuleFile), "modul")

    def _sheet(self, path: str, found: re.Match[str]) -> None:
        self._keep(self._parts(found[1]).sheets, self._yaml(path, schema.SheetFile), "køreplan")

    def _cards(self, path: str, found: re.Match[str]) -> None:
        self._keep(self._parts(found[1]).cards, self._yaml(path, schema.CardsFile), "kort")

    def _form(self, path: str, found: re.Match[str]) -> None:
        self._keep(self._parts(found[1]).forms, self._yaml(path, schema.FormFile), "formular")

    def _quiz(self, path: str, found: re.Match[str]) -> None:
        self._keep(self._parts(found[1]).quizzes, self._yaml(path, kinds.kind(QUIZ).model), "quiz")

    def _exercise(self, path: str, found: re.Match[str]) -> None:
        self._keep(self._parts(found[1]).exercises, self._yaml(path, _model_of_kind), "øvelse")

    def _comments(self, path: str, found: re.Match[str]) -> None:
        self._parts(found[1]).comments = self._yaml(path, schema.CommentsFile)

    def _rubric(self, path: str, _found: re.Match[str]) -> None:
        self._keep(self.written.rubrics, self._yaml(path, schema.RubricFile), "vurderingsskema")

    def _tool(self, path: str, _found: re.Match[str]) -> None:
        self._keep(self.written.tools, self._yaml(path, ToolFile), "redskab")

    def _meeting(self, path: str, _found: re.Match[str]) -> None:
        self.written.meeting = self._yaml(path, MeetingFile)

    def _case(self, path: str, _found: re.Match[str]) -> None:
        self._keep(self.written.cases, self._yaml(path, schema.CaseFile), "case")

    def _objectives(self, path: str, _found: re.Match[str]) -> None:
        self.written.objectives = self._yaml(path, schema.ObjectivesFile)

    def _word_list(self, path: str, _found: re.Match[str]) -> None:
        self._text(path)

    def _page(self, path: str, _found: re.Match[str]) -> None:
        text = self._text(path)
        if text is not None:
            self.written.pages[path] = PageText(path, text, outline(text, page=True))

    def _figure(self, path: str, _found: re.Match[str]) -> None:
        if suffix(path) not in FIGURES:
            self.faults.add(path, 1, f"kun sider (.md), module.yaml og billeder ({', '.join(FIGURES)}) kan ligge her")
            return
        data = self._bytes(path)
        if data is not None:
            self.written.figures[path] = data

    # --- reading

    def _parts(self, folder: str) -> CourseParts:
        return self.written.courses.setdefault(folder, CourseParts(folder))

    def _bytes(self, path: str) -> bytes | None:
        try:
            return self.source.read(path)
        except Unreadable as error:
            self.faults.add(path, 1, str(error))
            return None

    def _text(self, path: str) -> str | None:
        data = self._bytes(path)
        text = None if data is None else decode(path, data, self.faults)
        if text is not None:
            self.written.texts[path] = text
        return text

    def _yaml(self, path: str, model: type[M] | Callable[[Mapping[str, Any]], type[M]]) -> File[M] | None:
        text = self._text(path)
        file = None if text is None else self._modelled(path, text, model)
        if file is None:
            self.written.broken_folders.add(path.rpartition("/")[0])
            self.written.broken_ids.update(_ID.findall(text or ""))
        return file

    def _modelled(
        self, path: str, text: str, model: type[M] | Callable[[Mapping[str, Any]], type[M]]
    ) -> File[M] | None:
        parsed = parse(path, text, self.faults)
        if parsed is None:
            return None
        if not isinstance(parsed.value, dict):
            self.faults.add(path, 1, "filen skal bestå af nøgler med værdier, fx »format: 1«")
            return None
        try:
            model = model if isinstance(model, type) else model(parsed.value)
        except UnknownKind as error:
            self.faults.add(path, parsed.lines.of("kind"), str(error))
            return None
        try:
            return File(path, reader_for(parsed.value)(model, parsed.value), parsed.lines)
        except UnknownFormat as error:
            self.faults.add(path, parsed.lines.of("format"), str(error))
        except ValidationError as error:
            messages.report(path, model, parsed, error, self.faults)
        return None

    def _keep(self, into: dict[str, File[M]], file: File[M] | None, word: str) -> None:
        if file is None:
            return
        name: str = getattr(file.model, "id")  # noqa: B009 - every model kept by id has one
        if name in into:
            self.faults.add(
                file.path,
                file.lines.of("id"),
                f"id »{name}« er allerede brugt til {word} i {into[name].path}",
            )
        else:
            into[name] = file
