"""The shape of every content file, format 1. Unknown keys are faults; nothing is guessed or converted.

These are the keys an author may write. What they mean together (that an id exists, that a quiz has a right
answer) is for `course.content.checks`. docs/forfatter.md says in Danish what each key means; a test holds it
to that.
"""

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from course.content import symbolic
from course.content.symbolic import Symbolic

FORMAT = 1
"""The format that is written today; course.content.readers keeps the older ones."""


class Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _symbolic(value: object) -> object:
    return symbolic.parse(value) if isinstance(value, str) else value


def _time(value: object) -> object:
    return symbolic.parse_time(value) if isinstance(value, str) else value


_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def real_date(value: object) -> object:
    """Return a text as a date; raise ValueError with a Danish sentence when there is no such day."""
    if not isinstance(value, str):
        return value
    found = _DATE.fullmatch(value)
    if not found:
        raise ValueError(f"»{value}« er ikke en dato: skriv fx 2026-03-31")
    try:
        return dt.date(*map(int, found.groups()))
    except ValueError:
        raise ValueError(f"datoen {value} findes ikke") from None


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40_000)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
DottedId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}(\.[a-zA-Z0-9_-]{1,40}){0,4}$")]
FieldId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
OptionId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_+-]{0,39}$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[\wæøåÆØÅ][\wæøåÆØÅ.-]{0,79}$")]
SourceId = Annotated[str, StringConstraints(pattern=r"^(\d{3}[a-z]?|law)$")]
Minutes = Annotated[int, Field(ge=1, le=480)]
Moment = Annotated[Symbolic, BeforeValidator(_symbolic)]
Clock = Annotated[dt.time, BeforeValidator(_time)]
Day = Annotated[dt.date, BeforeValidator(real_date)]
FormatNumber = Literal[1]


class ReferencePart(Part):
    source: SourceId
    where: Line


# --- course.yaml -----------------------------------------------------------------------------------------


class SessionPart(Part):
    id: Id
    title: Line
    starts: Clock
    ends: Clock


class PhasePart(Part):
    id: Id
    title: Line
    session: Id | None = None
    modules: tuple[Id, ...] = ()


class DeadlinePart(Part):
    id: Id
    title: Line
    at: Moment
    mode: Literal["live", "own-time"] | None = None
    remind: Annotated[tuple[Annotated[int, Field(ge=1, le=60)], ...], Field(max_length=4)] = ()


class RequirementPart(Part):
    activity: DottedId
    needs: Literal["done", "submitted", "accepted"]


class InvitationPart(Part):
    days: Annotated[int, Field(ge=1, le=120)]


class AttendancePart(Part):
    percent: Annotated[int, Field(ge=1, le=100)]


class SkillPart(Part):
    id: Id
    title: Line
    summary: Line
    tool: Annotated[int, Field(ge=1, le=13)] | None = None


class WordsPart(Part):
    """What a course calls its sessions, and where its people work; trainees have tutors."""

    session: Line = "kursusdag"
    workplace: Line = "klinik"
    trainees: bool = True


class CertificatePart(Part):
    note: Line | None = None


class CourseFile(Part):
    format: FormatNumber
    id: Id
    title: Line
    status: Literal["draft", "complete"]
    language_level: Annotated[int, Field(ge=20, le=60)]
    longest_sentence: Annotated[int, Field(ge=10, le=60)] | None = None
    sessions: tuple[SessionPart, ...]
    phases: tuple[PhasePart, ...]
    deadlines: tuple[DeadlinePart, ...] = ()
    completion: tuple[RequirementPart, ...] = ()
    invitation: InvitationPart = InvitationPart(days=21)
    attendance: AttendancePart = AttendancePart(percent=80)
    skills: tuple[SkillPart, ...] = ()
    online: bool = False
    modes: Annotated[tuple[Literal["live", "own-time"], ...], Field(min_length=1)] = ("live",)
    words: WordsPart = WordsPart()
    certificate: CertificatePart = CertificatePart()


# --- <session>.sheet.yaml ---------------------------------------------------------------------------------


class SheetItemPart(Part):
    minutes: Minutes
    title: Line
    module: Id | None = None
    pause: bool = False
    how: Text | None = None
    bring: Line | None = None
    shrink: bool = False
    late: Line | None = None


class SheetFile(Part):
    format: FormatNumber
    id: Id
    title: Line
    before: Text | None = None
    items: Annotated[tuple[SheetItemPart, ...], Field(min_length=1)]
    after: Text | None = None


# --- module.yaml -----------------------------------------------------------------------------------------


class PagePart(Part):
    id: Id
    file: FileName
    title: Line
    audience: Literal["everyone", "facilitator", "projector", "handout"] = "everyone"
    language: Literal["da", "en", "pl", "uk"] = "da"


class NeedPart(Part):
    activity: DottedId
    slot: Id | None = None
    state: Literal["started", "submitted", "accepted", "done"]


class SlotPart(Part):
    id: Id
    title: Line


class TargetPart(Part):
    activity: DottedId
    slot: Id = "main"


class ActivityPart(Part):
    id: DottedId
    kind: Literal[
        "read",
        "form",
        "quiz",
        "case",
        "analysis",
        "attend",
        "worksheet",
        "homework",
        "peer",
        "exercise",
        "plan",
        "statement",
    ]
    title: Line
    minutes: Annotated[int, Field(ge=0, le=480)]
    page: Id
    form: Id | None = None
    quiz: Id | None = None
    exercises: tuple[Id, ...] = ()
    exercise: Id | None = None
    skill: Id | None = None
    level: Annotated[int, Field(ge=1, le=6)] | None = None
    pass_: Annotated[int, Field(ge=0, le=100)] | None = Field(None, alias="pass")
    skips: tuple[DottedId, ...] = ()
    teaches: tuple[DottedId, ...] = ()
    assesses: tuple[DottedId, ...] = ()
    opens: Moment | None = None
    due: Id | None = None
    needs: tuple[NeedPart, ...] = ()
    slots: tuple[SlotPart, ...] = ()
    review: bool = False
    release: bool = False
    on: TargetPart | None = None
    rubric: Id | None = None
    session: Id | None = None
    announce: bool = False
    figures: bool = False


class ReviewedPart(Part):
    name: Line
    date: Day


class ReviewedByPart(Part):
    clinician: ReviewedPart | None = None
    lawyer: ReviewedPart | None = None


class ModuleFile(Part):
    format: FormatNumber
    id: Id
    title: Line
    purpose: Line
    minutes: Minutes
    objectives: tuple[DottedId, ...] = ()
    pages: Annotated[tuple[PagePart, ...], Field(min_length=1)]
    activities: tuple[ActivityPart, ...] = ()
    references: tuple[ReferencePart, ...] = ()
    reviewed_by: ReviewedByPart = ReviewedByPart()


# --- forms -----------------------------------------------------------------------------------------------


class OptionPart(Part):
    id: OptionId
    text: Line


class ColumnPart(Part):
    id: FieldId
    label: Line
    type: Literal["line", "text", "choice", "check"] | None = None
    options: tuple[OptionPart, ...] = ()


class PrefillPart(Part):
    template: Text


class FieldPart(Part):
    id: FieldId
    type: Literal["text", "line", "choice", "choices", "scale", "number", "date", "lines", "rows", "tally", "profile"]
    label: Line
    help: Text | None = None
    required: bool = False
    options: tuple[OptionPart, ...] = ()
    min: Annotated[int, Field(ge=-1_000_000, le=1_000_000)] | None = None
    max: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    words: Annotated[tuple[int, ...], Field(min_length=2, max_length=2)] | None = None
    guard: Literal["patient", "workplace", "none"] | None = None
    reflection: bool = False
    private: bool = False
    keep: Literal["short", "course", "long"] | None = None
    rubric: Id | None = None
    columns: tuple[ColumnPart, ...] = ()
    min_items: Annotated[int, Field(ge=0, le=50)] | None = None
    max_items: Annotated[int, Field(ge=1, le=50)] | None = None
    rows: Annotated[int, Field(ge=1, le=50)] | None = None
    prefill: PrefillPart | None = None
    min_text: Line | None = None
    max_text: Line | None = None


class NudgePart(Part):
    when: Literal["empty", "few_rows", "few_items", "no_first_person", "no_date", "judging_words", "words_outside"]
    field: FieldId
    say: Line
    n: Annotated[int, Field(ge=1, le=50)] | None = None
    words: tuple[Line, ...] = ()


class StepPart(Part):
    id: Id
    title: Line
    minutes: Minutes
    intro: Text | None = None
    help: Text | None = None
    opens: Moment | None = None
    fields: Annotated[tuple[FieldPart, ...], Field(min_length=1)]
    nudges: tuple[NudgePart, ...] = ()


class FormFile(Part):
    format: FormatNumber
    id: Id
    title: Line
    intro: Text | None = None
    guard: Literal["patient", "workplace", "none"]
    self_check: tuple[Line, ...] = ()
    steps: Annotated[tuple[StepPart, ...], Field(min_length=1)]


# --- exercises, comments, objectives, rubrics, cases -----------------------------------------------------------------


Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1500)]


class ExercisePart(Part):
    """What every exercise begins with; the model of each kind (course.content.kinds) adds its keys, narrows `kind`."""

    format: FormatNumber
    id: Id
    kind: str
    title: Line
    intro: Text | None = None
    case: Id | None = None
    references: tuple[ReferencePart, ...] = ()

    @property
    def tool_numbers(self) -> tuple[int, ...]:
        """The tools it is built on."""
        return ()

    @property
    def form_id(self) -> str | None:
        """The form it is written in, if it is one of the course's own."""
        return None


class CommentPart(Part):
    id: Id
    title: Line
    text: Text


class CommentsFile(Part):
    format: FormatNumber
    id: Literal["comments"]
    comments: tuple[CommentPart, ...]


class ObjectivePart(Part):
    id: DottedId
    course: Id
    text: Line
    column: Literal["viden", "evne", "saarbarhed", "effekt"]


class ObjectivesFile(Part):
    format: FormatNumber
    objectives: tuple[ObjectivePart, ...]


class CriterionPart(Part):
    id: Id
    title: Line
    levels: Annotated[tuple[Line, ...], Field(min_length=2, max_length=6)]


class AnchorPart(Part):
    """`id` and `why` came later: runs pin anchors without them, so it is the check that asks for them."""

    id: Id | None = None
    title: Line
    text: Text
    levels: dict[Id, Annotated[int, Field(ge=0, le=5)]]
    why: dict[Id, Text] | None = None


class RubricFile(Part):
    format: FormatNumber
    id: Id
    title: Line
    intro: Text | None = None
    criteria: Annotated[tuple[CriterionPart, ...], Field(min_length=1)]
    anchors: tuple[AnchorPart, ...] = ()


class PerspectivePart(Part):
    id: Id
    who: Line
    text: Text


class CardPart(Part):
    id: Id
    title: Line
    text: Text


class CardsFile(Part):
    format: FormatNumber
    id: Id
    title: Line
    session: Id | None = None
    module: Id | None = None
    intro: Text | None = None
    large: bool = False
    fold: bool = False
    cards: Annotated[tuple[CardPart, ...], Field(min_length=1)]


class CaseFile(Part):
    format: FormatNumber
    id: Id
    title: Line
    courses: Annotated[tuple[Id, ...], Field(min_length=1)]
    summary: Line
    story: Text
    perspectives: tuple[PerspectivePart, ...] = ()
    questions: tuple[Line, ...] = ()
    references: tuple[ReferencePart, ...] = ()
