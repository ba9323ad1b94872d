"""The content as the rest of the program sees it: immutable, typed, complete.

Everything here has passed the check: every id that is named exists, every text is there. Mappings keep the
order of the files. Values ending in `_html` are `Markup`: safe, rendered Markdown without links to modules.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from markupsafe import Markup

from course.content.exercises import LEVELS, PASS, Exercise, Skill, WrittenExercise
from course.content.forms import (
    PLACE,
    Field,
    FieldColumn,
    FieldType,
    Form,
    Guard,
    Keep,
    Nudge,
    Option,
    Prefill,
    Reference,
    Step,
)
from course.content.pages import ActivityRef, Html, Link, Page, Segment
from course.content.planners import MeetingGuide, MeetingPart, Technique
from course.content.rubrics import Anchor, Criterion, Rubric
from course.content.sheets import Card, Cards, Session, Sheet, SheetItem
from course.content.symbolic import Symbolic
from course.content.tools import Tool

__all__ = [
    "LEVELS",
    "LIVE",
    "MAIN",
    "OWN_TIME",
    "PASS",
    "PLACE",
    "Activity",
    "ActivityRef",
    "Anchor",
    "Card",
    "Cards",
    "Case",
    "Catalogue",
    "Column",
    "Comment",
    "Course",
    "Criterion",
    "Deadline",
    "Exercise",
    "Field",
    "FieldColumn",
    "FieldType",
    "Figure",
    "Form",
    "Guard",
    "Html",
    "Invitation",
    "Keep",
    "Kind",
    "Link",
    "MeetingGuide",
    "MeetingPart",
    "Module",
    "Need",
    "Nudge",
    "Objective",
    "Option",
    "Page",
    "Perspective",
    "Phase",
    "Prefill",
    "Reference",
    "Requirement",
    "Reviewed",
    "ReviewedBy",
    "Rubric",
    "Segment",
    "Session",
    "Sheet",
    "SheetItem",
    "Skill",
    "Slot",
    "Step",
    "Target",
    "Technique",
    "Tool",
    "Words",
    "WrittenExercise",
]

LIVE, OWN_TIME = "live", "own-time"
"""How a run is held: sessions at a time, or each session in one's own time with a partner."""

MAIN = "main"
"""The id of the only slot of an activity that names none."""


class Kind(StrEnum):
    """What an activity asks of a participant."""

    READ = "read"
    FORM = "form"
    QUIZ = "quiz"
    CASE = "case"
    ANALYSIS = "analysis"
    ATTEND = "attend"
    WORKSHEET = "worksheet"
    HOMEWORK = "homework"
    PEER = "peer"
    EXERCISE = "exercise"
    PLAN = "plan"
    STATEMENT = "statement"

    @property
    def is_written(self) -> bool:
        """Whether the participant's answer is a work (a form with fields) kept by the spine."""
        return self not in (Kind.READ, Kind.QUIZ, Kind.ATTEND, Kind.EXERCISE)

    @property
    def is_played(self) -> bool:
        """Whether it is answered in attempts that are scored at once."""
        return self in (Kind.QUIZ, Kind.EXERCISE)

    @property
    def is_practice(self) -> bool:
        """Whether it is practice: as often and as far as one likes, and nothing waits for all of it."""
        return self in (Kind.EXERCISE, Kind.PLAN, Kind.STATEMENT)


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
    """What an activity is about: the case (activity and slot) of an analysis, the homework of a peer's words."""

    activity: str
    slot: str


@dataclass(frozen=True, slots=True)
class Activity:
    """Anything a participant does and the system remembers.

    `due` is the id of a deadline of the course. `session` is the one an attendance counts for, or the one whose teams
    write a worksheet. `announce`: a mail says when it opens. `figures`: the run's answers are shown as figures,
    never fewer than five together. `exercises` are parallel variants of which one is given at a time, the one exercise
    of a quiz, or what a plan or statement is written about. `skill` and `level`: the rung of a ladder it is;
    `passes_at`: the per cent at which it is done (0: when it is answered); `skips` what then counts as done too.
    `digest` covers what is asked (kind, slots, form, exercises), not the title, the minutes or the dates: a work keeps
    it to know what its author saw.
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
    teaches: tuple[str, ...]
    assesses: tuple[str, ...]
    rubric: str | None
    digest: str
    session: str | None = None
    announce: bool = False
    figures: bool = False
    exercises: tuple[Exercise, ...] = ()
    skill: str | None = None
    level: int | None = None
    passes_at: int = 0
    skips: tuple[str, ...] = ()
    places: tuple[Slot, ...] = field(init=False, repr=False, compare=False)
    """Its slots as the path shows them. One alone bears the activity's title; where there is none it is "main"."""
    minutes_each: int = field(init=False, repr=False, compare=False)
    """How long one of them takes: its minutes, shared by its slots."""

    def __post_init__(self) -> None:
        alone = Slot(self.slots[0].id if self.slots else MAIN, self.title)
        object.__setattr__(self, "places", self.slots if len(self.slots) > 1 else (alone,))
        object.__setattr__(self, "minutes_each", round(self.minutes / max(1, len(self.slots))))

    @property
    def is_shared(self) -> bool:
        """Whether a team writes it together: the team its session has the member in."""
        return self.kind is Kind.WORKSHEET

    @property
    def is_skip_test(self) -> bool:
        """Whether it is another way past what it skips: nobody has to take it, and nobody takes both."""
        return bool(self.skips)

    def slot(self, slot_id: str) -> Slot | None:
        return next((slot for slot in self.slots if slot.id == slot_id), None)

    @property
    def written(self) -> WrittenExercise | None:
        """What a plan or a statement is looked at by; None for what else is asked."""
        spec = self.exercises[0].spec if self.exercises else None
        return spec if isinstance(spec, WrittenExercise) else None

    def exercise(self, exercise_id: str) -> Exercise | None:
        return next((exercise for exercise in self.exercises if exercise.id == exercise_id), None)


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

    def pages_for(self, is_staff: bool) -> tuple[Page, ...]:
        """Return the pages in order that a participant may see, or all of them for staff."""
        return self.pages if is_staff else tuple(page for page in self.pages if not page.is_for_staff)


@dataclass(frozen=True, slots=True)
class Phase:
    id: str
    title: str
    session: str | None
    modules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deadline:
    """`remind`: how many days before it those who lack something get a mail. `mode`: only runs held so have it."""

    id: str
    title: str
    at: Symbolic
    remind: tuple[int, ...] = ()
    mode: str | None = None


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
class Words:
    """What a course calls a session ("kursusdag") and the place people come from ("klinik"), in lower case and without
    an ending. `trainees`: whether some are in training and have tutors.
    """

    session: str = "kursusdag"
    workplace: str = "klinik"
    trainees: bool = True

    @property
    def sessions(self) -> str:
        """More than one session: "kursusdage"."""
        return f"{self.session}e"

    @property
    def the_session(self) -> str:
        """The session: "kursusdagen"."""
        return f"{self.session}en"

    @property
    def the_sessions(self) -> str:
        """The sessions: "kursusdagene"."""
        return f"{self.session}ene"


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
    and `activities` stand in the order of the path. `rubrics` hold those of every course (`judged_by` has its own).
    `figures` maps "module/file" to the image, `sheets` a session to its run sheet. `attendance_percent`: how much of a
    session one must be there for it to count. `skills` map ids in the order they are shown. `modes`: how a run can be
    held (LIVE, OWN_TIME). `certificate_note`: a sentence that stands on the certificate.
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
    attendance_percent: int = 80
    sheets: Mapping[str, Sheet] = field(default_factory=dict)
    cards: Mapping[str, Cards] = field(default_factory=dict)
    skills: Mapping[str, Skill] = field(default_factory=dict)
    is_online: bool = False
    modes: tuple[str, ...] = ("live",)
    words: Words = Words()
    certificate_note: str = ""
    slots: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    """The ids of each activity's places, by its id."""

    def __post_init__(self) -> None:
        places = {a.id: tuple(place.id for place in a.places) for a in self.activities.values()}
        object.__setattr__(self, "slots", places)

    @property
    def judged_by(self) -> dict[str, Rubric]:
        """The rubrics that something in this course is judged by, by id: an activity, or a profile in a form."""
        forms = (activity.form for activity in self.activities.values() if activity.form is not None)
        named = {activity.rubric for activity in self.activities.values()}
        named |= {one.rubric for form in forms for one in form.fields.values()}
        return {name: rubric for name, rubric in self.rubrics.items() if name in named}

    @property
    def tells_of_patients(self) -> bool:
        """Whether anything its participants write can tell of a patient."""
        forms = (activity.form for activity in self.activities.values() if activity.form is not None)
        return any(Guard.PATIENT in (form.guard, *(f.guard for f in form.fields.values())) for form in forms)

    @property
    def logs(self) -> tuple[Activity, ...]:
        """The homework whose answers are shown side by side as figures: logs of what people did between sessions."""
        homework = (activity for activity in self.activities.values() if activity.kind is Kind.HOMEWORK)
        return tuple(activity for activity in homework if activity.figures)

    @property
    def is_complete(self) -> bool:
        """Whether the author has declared the course finished."""
        return self.status == "complete"

    def phase_of(self, module_id: str) -> Phase:
        phase_id = self.modules[module_id].phase_id
        return next(phase for phase in self.phases if phase.id == phase_id)

    def attend_activity(self, session: str) -> Activity | None:
        """Return the activity that is done by being at a session; not every session has one."""
        attending = (activity for activity in self.activities.values() if activity.kind is Kind.ATTEND)
        return next((activity for activity in attending if activity.session == session), None)

    def sheet_times(self, session: str) -> list[tuple[dt.time, dt.time, SheetItem]]:
        """Return the lines of a session's run sheet with when each begins and ends on the clock of its
        course.yaml; nothing where the session has no sheet.
        """
        sheet = self.sheets.get(session)
        return sheet.times(self.sessions[session].starts) if sheet else []

    def analyses_of(self, activity_id: str, slot: str) -> dict[str, Form]:
        """The forms of what the author writes about one slot of an activity (an analysis, an answer), by its id."""
        return {
            a.id: a.form
            for a in self.activities.values()
            if a.kind is not Kind.PEER and a.form and a.on and (a.on.activity, a.on.slot) == (activity_id, slot)
        }

    def pages(self) -> Iterator[Page]:
        """Every page, in the order of the path."""
        for module in self.modules.values():
            yield from module.pages


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`tools` maps the number of each tool to it, in the order of the numbers. `meeting` is the meeting planner's."""

    courses: Mapping[str, Course]
    cases: Mapping[str, Case]
    objectives: Mapping[str, Objective]
    digest: str
    tools: Mapping[int, Tool] = field(default_factory=dict)
    meeting: MeetingGuide | None = None
