"""Forms of the catalogue: the shape of everything written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from markupsafe import Markup

from course.content.symbolic import Symbolic

PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
"""A place in a prefill's template where the answer of a field goes."""


class FieldType(StrEnum):
    TEXT = "text"
    LINE = "line"
    CHOICE = "choice"
    CHOICES = "choices"
    SCALE = "scale"
    NUMBER = "number"
    DATE = "date"
    LINES = "lines"
    ROWS = "rows"
    TALLY = "tally"
    PROFILE = "profile"


class Guard(StrEnum):
    """Which personal data the detector looks for in a free-text field."""

    PATIENT = "patient"
    WORKPLACE = "workplace"
    NONE = "none"


class Keep(StrEnum):
    """How long an answer is kept: `short` with the case texts, `course` a year, `long` with the certificates.

    What may tell of a patient (the form or the field is guarded for it) is kept short unless its field says otherwise.
    """

    SHORT = "short"
    COURSE = "course"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in one of the sources: its first three digits and where in it."""

    source: str
    where: str


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldColumn:
    """A column of a field: `type` line | text | choice (rows), check (tally), level (a criterion of a profile)."""

    id: str
    label: str
    type: str
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Prefill:
    """A text proposed in a field of an analysis, made of the answers in the case it analyses."""

    template: str
    fields: tuple[str, ...]

    def fill(self, shown: Mapping[str, str]) -> str:
        """Return the template with each `{field}` replaced by the shown answer (`…` where there is none)."""
        return PLACE.sub(lambda found: shown.get(found[1], "").strip() or "…", self.template)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a form asks for.

    `max` is the most characters of a text, or the highest number; `min` the lowest number. `words` is the
    range of words asked for (a wish, never a limit). `min_items`/`max_items` count the lines or rows. `rows`
    is the number of rows of a tally. `guard` is already resolved: a field that names none has the form's.
    `step_id` says where it stands. `rubric` names the one a `profile` field is filled in by; `keep` is resolved too.
    """

    id: str
    type: FieldType
    label: str
    help: str
    required: bool
    step_id: str
    options: tuple[Option, ...] = ()
    min: int | None = None
    max: int | None = None
    words: tuple[int, int] | None = None
    guard: Guard = Guard.NONE
    reflection: bool = False
    private: bool = False
    keep: Keep = Keep.COURSE
    rubric: str | None = None
    columns: tuple[FieldColumn, ...] = ()
    min_items: int = 0
    max_items: int = 0
    rows: int = 0
    prefill: Prefill | None = None
    min_text: str = ""
    max_text: str = ""

    @property
    def is_free_text(self) -> bool:
        """Whether a participant can write freely in some part of it, so that the guard must read it."""
        if self.type is FieldType.ROWS:
            return any(column.type in ("line", "text") for column in self.columns)
        return self.type in (FieldType.TEXT, FieldType.LINE, FieldType.LINES)

    def option_text(self, option_id: str) -> str:
        """Return the text of an option, or "" for an id the field does not have."""
        return next((option.text for option in self.options if option.id == option_id), "")


@dataclass(frozen=True, slots=True)
class Nudge:
    """A friendly question shown when a field looks thin; it never blocks and never marks.

    `when`: empty | few_rows | few_items | no_first_person | no_date | judging_words | words_outside;
    `n` belongs to few_rows and few_items (fewer than n), `words` to judging_words.
    """

    when: str
    field: str
    say: str
    n: int = 0
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    id: str
    title: str
    minutes: int
    intro_html: Markup
    help_html: Markup
    opens: Symbolic | None
    fields: tuple[Field, ...]
    nudges: tuple[Nudge, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """The shape of a work. `fields` maps every field's id to it, in the order of the pages."""

    id: str
    title: str
    intro_html: Markup
    guard: Guard
    self_check: tuple[str, ...]
    steps: tuple[Step, ...]
    fields: Mapping[str, Field]
    digest: str
    opens_by_step: bool = field(init=False, repr=False, compare=False)
    """Whether a step of it has a date of its own."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "opens_by_step", any(step.opens for step in self.steps))

    def step(self, step_id: str) -> Step | None:
        return next((step for step in self.steps if step.id == step_id), None)
