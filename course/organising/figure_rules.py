"""The answers of a run as figures: counted, never fewer than five together. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from course.content.catalogue import Activity, Course, Field, FieldType

FEWEST = 5
"""Fewer answers than this are not broken down: one could be told from another."""

Answers = Mapping[str, Any]
"""What one person, or one team, has handed in: field id → value."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a whole: ``count`` of ``of``."""

    label: str
    count: int
    of: int

    @property
    def percent(self) -> int:
        """The share in whole per cent, rounded half up."""
        return (200 * self.count + self.of) // (2 * self.of) if self.of else 0


@dataclass(frozen=True, slots=True)
class Series:
    """The answers to one question in one activity: how many gave one, and the bars.

    Too few answers give no bars. A scale has its ``mean`` and nothing else: that is what people were promised.
    """

    title: str
    answers: int
    bars: tuple[Bar, ...] = ()
    mean: float | None = None

    @property
    def is_shown(self) -> bool:
        """Whether there are enough answers to be shown."""
        return self.answers >= FEWEST


@dataclass(frozen=True, slots=True)
class Picture:
    """One question, asked once or in several activities (before, after, three months later).

    ``kind``: scale (the mean of 0–10), choice (bars for options), tally (bars for columns, counted in patients), result
    (bars for bands of what an exercise earned).
    """

    kind: str
    label: str
    series: tuple[Series, ...]
    min_text: str = ""
    max_text: str = ""

    @property
    def is_shown(self) -> bool:
        """Whether any of its series has enough answers to be shown."""
        return any(one.is_shown for one in self.series)

    @property
    def is_compared(self) -> bool:
        """Whether two or more of its series can be seen side by side."""
        return sum(one.is_shown for one in self.series) > 1

    @property
    def fewest(self) -> int:
        """The answers of the series that has fewest."""
        return min((one.answers for one in self.series), default=0)


@dataclass(frozen=True, slots=True)
class Words:
    """What was written in a text field, without names and in no order that tells anything."""

    title: str
    label: str
    texts: tuple[str, ...]
    answers: int

    @property
    def is_shown(self) -> bool:
        """Whether there are enough answers to be shown."""
        return self.answers >= FEWEST


def pictures(
    course: Course, answers: Mapping[str, Sequence[Answers]], of: Iterable[Activity] | None = None
) -> tuple[Picture, ...]:
    """Every question with figures, in the order of the path; the same question of two activities is one picture.

    ``answers`` are those of each activity with ``figures: true``, by its id; ``of`` takes some of them only.
    """
    asked: dict[tuple[str, ...], list[tuple[Activity, Field]]] = {}
    for activity in _with_figures(course) if of is None else of:
        for field in activity.form.fields.values() if activity.form else ():
            for part in _parts(field):
                asked.setdefault(_key(part), []).append((activity, part))
    return tuple(_picture(those, answers) for those in asked.values())


def _with_figures(course: Course) -> Iterable[Activity]:
    return (activity for activity in course.activities.values() if activity.figures and activity.form is not None)


def _parts(field: Field) -> Iterable[Field]:
    """The parts of a field that can be counted: itself, or the choice columns of its rows."""
    if field.private:
        return ()
    if field.type in (FieldType.SCALE, FieldType.CHOICE, FieldType.CHOICES, FieldType.TALLY):
        return (field,)
    if field.type is FieldType.ROWS:
        return tuple(_column_field(field, column.id) for column in field.columns if column.type == "choice")
    return ()


def _column_field(field: Field, column_id: str) -> Field:
    column = next(column for column in field.columns if column.id == column_id)
    mark = " –" if field.label.endswith("?") else ":"
    return Field(
        id=f"{field.id}.{column.id}", type=FieldType.CHOICES, label=f"{field.label}{mark} {column.label}", help="",
        required=False, step_id=field.step_id, options=column.options,
    )  # fmt: skip


def _key(field: Field) -> tuple[str, ...]:
    """What makes a question the same in two activities: its id, its kind and what one can answer."""
    return (field.type, field.id, *(option.id for option in field.options), *(column.id for column in field.columns))


def _picture(those: Sequence[tuple[Activity, Field]], answers: Mapping[str, Sequence[Answers]]) -> Picture:
    _, field = those[0]
    series = tuple(_SERIES[field.type](activity.title, part, answers.get(activity.id, ())) for activity, part in those)
    kind = {FieldType.SCALE: "scale", FieldType.TALLY: "tally"}.get(field.type, "choice")
    return Picture(kind, field.label, series, field.min_text, field.max_text)


def _values(field: Field, answers: Sequence[Answers]) -> list[Any]:
    name, _, column = field.id.partition(".")
    values = [given[name] for given in answers if given.get(name) not in (None, "", [], {})]
    if column:
        values = [[row[column] for row in rows if row.get(column)] for rows in values]
    return [value for value in values if value != []]


def _scale(title: str, field: Field, answers: Sequence[Answers]) -> Series:
    values = [value for value in _values(field, answers) if isinstance(value, int)]
    if len(values) < FEWEST:
        return Series(title, len(values))
    return Series(title, len(values), mean=sum(values) / len(values))


def _choice(title: str, field: Field, answers: Sequence[Answers]) -> Series:
    values = _values(field, answers)
    if len(values) < FEWEST:
        return Series(title, len(values))
    chosen = [one for value in values for one in (value if isinstance(value, list) else [value])]
    counts = Counter(chosen)
    of = len(chosen) if "." in field.id else len(values)
    return Series(title, len(values), tuple(Bar(o.text, counts[o.id], of) for o in field.options))


def _tally(title: str, field: Field, answers: Sequence[Answers]) -> Series:
    values = _values(field, answers)
    if len(values) < FEWEST:
        return Series(title, len(values))
    rows = [row for value in values for row in value]
    counts = Counter(name for row in rows for name in row)
    return Series(title, len(values), tuple(Bar(c.label, counts[c.id], len(rows)) for c in field.columns))


_SERIES = {FieldType.SCALE: _scale, FieldType.CHOICE: _choice, FieldType.CHOICES: _choice, FieldType.TALLY: _tally}


BANDS = ((0, 49, "Under 50 %"), (50, 69, "50–69 %"), (70, 89, "70–89 %"), (90, 100, "90–100 %"))


def results(course: Course, percents: Mapping[str, Sequence[int]]) -> tuple[Picture, ...]:
    """How many members have come how far in each exercise, by the per cent of each one's latest attempt."""
    played = (activity for activity in course.activities.values() if activity.kind.is_played)
    return tuple(
        Picture("result", activity.title, (_bands(activity.title, percents[activity.id]),))
        for activity in played
        if percents.get(activity.id)
    )


def _bands(title: str, percents: Sequence[int]) -> Series:
    if len(percents) < FEWEST:
        return Series(title, len(percents))
    bars = tuple(
        Bar(label, sum(low <= percent <= high for percent in percents), len(percents)) for low, high, label in BANDS
    )
    return Series(title, len(percents), bars)


def words(course: Course, answers: Mapping[str, Sequence[Answers]]) -> tuple[Words, ...]:
    """What was written freely in activities with figures; sorted, so that the order does not tell who wrote what.

    Worksheets are left out: they are read as releases.
    """
    found = []
    for activity in _with_figures(course):
        for field in activity.form.fields.values() if activity.form and not activity.is_shared else ():
            if field.type in (FieldType.TEXT, FieldType.LINE) and not field.private:
                texts = _values(field, answers.get(activity.id, ()))
                shown = tuple(sorted(texts, key=str.casefold)) if len(texts) >= FEWEST else ()
                found.append(Words(activity.title, field.label, shown, len(texts)))
    return tuple(found)
