"""The content as the rest of the program sees it: immutable, typed, complete.

Everything here has passed the check: every id that is named exists, every text is there. Mappings keep the
order of the files. Values ending in `_html` are `Markup`: safe, rendered Markdown without links to modules.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from markupsafe import Markup

from course.content.forms import (
    PLACE,
    Answer,
    Field,
    FieldColumn,
    FieldType,
    Form,
    Guard,
    Nudge,
    Option,
    Prefill,
    Question,
    Quiz,
    Reference,
    Step,
)
from course.content.pages import ActivityRef, Html, Link, Page, Segment
from course.content.symbolic import Symbolic

__all__ = [
    "MAIN",
    "PLACE",
    "Activity",
    "ActivityRef",
    "Anchor",
    "Answer",
    "Case",
    "Catalogue",
    "Column",
    "Comment",
    "Course",
    "Criterion",
    "Deadline",
    "Field",
    "FieldColumn",
    "FieldType",
    "Figure",
    "Form",
    "Guard",
    "Html",
    "Invitation",
    "Kind",
    "Link",
    "Module",
    "Need",
    "Nudge",
    "Objective",
    "Option",
    "Page",
    "Perspective",
    "Phase",
    "Prefill",
    "Question",
    "Quiz",
    "Reference",
    "Requirement",
    "Reviewed",
    "ReviewedBy",
    "Rubric",
    "Segment",
    "Session",
    "Slot",
    "Step",
    "Target",
]

MAIN = "main"
"""The id of the only slot of an activity that names none."""


class Kind(StrEnum):
    """What an activity asks of a participant."""

    READ = "read"
    FORM = "form"
    QUIZ = "quiz"
    CASE = "case"
    ANALYSIS = "analysis"

    @property
    def is_written(self) -> bool:
        """Whether the participant's answer is a work (a form with fields) kept by the spine."""
        return self in (Kind.FORM, Kind.CASE, Kind.ANALYSIS)


class Column(StrEnum):
    """The column of matrix C an objective stands in; it decides how the objective may be assessed."""

    VIDEN = "viden"
    EVNE = "evne"
    SAARBARHED = "saarbarhed"
    EFFEKT = "effekt"


@dataclass(frozen=True, slots=True)
class Slot:
    """One of the works an activity asks for; an activity that names none has the slot "main"."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Need:
    """Another activity that must have come so far first. `state`: started | submitted | accepted | done.

    `slot` None means every slot of it.
    """

    activity: str
    state: str
    slot: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """The case (activity and slot) an analysis is about."""

    activity: str
    slot: str


@dataclass(frozen=True, slots=True)
class Activity:
    """Anything a participant does and the system remembers.

    `due` is the id of a deadline of the course. `digest` covers what is asked (kind, slots, form or quiz),
    not the title, the minutes or the dates: a work keeps it to know what its author saw.
    """

    id: str
    kind: Kind
    title: str
    minutes: int
    module_id: str
    page_id: str
    opens: Symbolic | None
    due: str | None
    needs: tuple[Need, ...]
    slots: tuple[Slot, ...]
    review: bool
    release: bool
    on: Target | None
    form: Form | None
    quiz: Quiz | None
    teaches: tuple[str, ...]
    assesses: tuple[str, ...]
    rubric: str | None
    digest: str

    def slot(self, slot_id: str) -> Slot | None:
        return next((slot for slot in self.slots if slot.id == slot_id), None)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Who has read a module with professional eyes, and when."""

    name: str
    date: dt.date


@dataclass(frozen=True, slots=True)
class ReviewedBy:
    clinician: Reviewed | None = None
    lawyer: Reviewed | None = None


@dataclass(frozen=True, slots=True)
class Module:
    id: str
    title: str
    purpose: str
    minutes: int
    objectives: tuple[str, ...]
    pages: tuple[Page, ...]
    activities: tuple[Activity, ...]
    references: tuple[Reference, ...]
    reviewed_by: ReviewedBy
    phase_id: str

    def page(self, page_id: str) -> Page | None:
        return next((page for page in self.pages if page.id == page_id), None)


@dataclass(frozen=True, slots=True)
class Session:
    """A dated meeting of a run; `starts` and `ends` are wall-clock times in Copenhagen."""

    id: str
    title: str
    starts: dt.time
    ends: dt.time


@dataclass(frozen=True, slots=True)
class Phase:
    id: str
    title: str
    session: str | None
    modules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deadline:
    id: str
    title: str
    at: Symbolic


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a certificate asks of one activity. `needs`: done | submitted | accepted (of every slot)."""

    activity: str
    needs: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """`days`: how long an invitation can be used."""

    days: int


@dataclass(frozen=True, slots=True)
class Objective:
    id: str
    course: str
    text: str
    column: Column


@dataclass(frozen=True, slots=True)
class Figure:
    """An image of a module, as it is sent to a browser."""

    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Criterion:
    """`levels`: what 0, 1, 2 and 3 look like, in that order."""

    id: str
    title: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A text with the levels experienced reviewers gave it, to calibrate oneself by."""

    title: str
    text: str
    levels: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Rubric:
    """A profile to talk from, never a sum."""

    id: str
    title: str
    intro_html: Markup
    criteria: tuple[Criterion, ...]
    anchors: tuple[Anchor, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment a reviewer can take and make their own: a name to find it by, and plain text."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Perspective:
    """The story as one of the people in it sees it."""

    id: str
    who: str
    html: Markup


@dataclass(frozen=True, slots=True)
class Case:
    """A teaching case about an invented person."""

    id: str
    title: str
    courses: tuple[str, ...]
    summary: str
    story_html: Markup
    perspectives: tuple[Perspective, ...]
    questions: tuple[str, ...]
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """One course with everything it needs. `digest` changes with any change of its files (a run pins it).

    `sessions`, `deadlines`, `modules`, `activities`, `objectives`, `rubrics` and `cases` map ids; `modules`
    and `activities` stand in the order of the path. `figures` maps "module/file" to the image.
    """

    id: str
    title: str
    status: str
    language_level: int
    phases: tuple[Phase, ...]
    sessions: Mapping[str, Session]
    deadlines: Mapping[str, Deadline]
    completion: tuple[Requirement, ...]
    invitation: Invitation
    modules: Mapping[str, Module]
    activities: Mapping[str, Activity]
    objectives: Mapping[str, Objective]
    rubrics: Mapping[str, Rubric]
    cases: Mapping[str, Case]
    comments: tuple[Comment, ...]
    figures: Mapping[str, Figure]
    digest: str

    @property
    def is_complete(self) -> bool:
        """Whether the author has declared the course finished."""
        return self.status == "complete"

    def phase_of(self, module_id: str) -> Phase:
        phase_id = self.modules[module_id].phase_id
        return next(phase for phase in self.phases if phase.id == phase_id)

    def analyses_of(self, activity_id: str, slot: str) -> dict[str, Form]:
        """The forms of the activities that analyse one slot of an activity, by the analysis's id."""
        return {
            a.id: a.form
            for a in self.activities.values()
            if a.form is not None and a.on is not None and (a.on.activity, a.on.slot) == (activity_id, slot)
        }

    def pages(self) -> Iterator[Page]:
        """Every page, in the order of the path."""
        for module in self.modules.values():
            yield from module.pages


@dataclass(frozen=True, slots=True)
class Catalogue:
    courses: Mapping[str, Course]
    cases: Mapping[str, Case]
    objectives: Mapping[str, Objective]
    digest: str
