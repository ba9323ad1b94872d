"""Objectives × activities: what is taught where, assessed where, and what is missing.

The column of an objective decides how it may be assessed (DESIGN, mechanism 9): viden by questions, evne by
performance, saarbarhed and effekt by a scale or a reflection. An assessment in another way does not count.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from course.content import kinds
from course.content.reading import CourseParts, Written
from course.content.schema import ActivityPart


@dataclass(frozen=True, slots=True)
class Allowed:
    """The ways an objective of a column may be assessed, and the same in Danish."""

    ways: frozenset[str]
    words: str


PERFORMED = ("case", "analysis", "worksheet", "homework")
_SCALE = Allowed(
    frozenset({"scale"}),
    "holdninger vurderes med en skala (type: scale) eller en refleksion (reflection: true)",
)
COLUMN_RULE: Mapping[str, Allowed] = {
    "viden": Allowed(frozenset({"questions"}), "viden vurderes med en quiz eller en øvelse med spørgsmål"),
    "evne": Allowed(
        frozenset({"performance"}),
        "evner vurderes med en case, en analyse, et gruppeark, en hjemmeopgave eller en øvelse",
    ),
    "saarbarhed": _SCALE,
    "effekt": _SCALE,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One objective: the activities (or modules) that teach it and the activities that assess it as its
    column allows.
    """

    objective: str
    text: str
    column: str
    taught: tuple[str, ...]
    assessed: tuple[str, ...]

    @property
    def is_covered(self) -> bool:
        return bool(self.taught and self.assessed)


@dataclass(frozen=True, slots=True)
class CourseCoverage:
    """The rows of one course, in the order of the objectives."""

    course: str
    status: str
    rows: tuple[Row, ...]

    @property
    def missing(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.is_covered)

    @property
    def fails(self) -> bool:
        """Whether a course that calls itself complete is not."""
        return self.status == "complete" and bool(self.missing)


def assessment_of(activity: ActivityPart, parts: CourseParts) -> frozenset[str]:
    """Return the ways an activity assesses: questions, performance, scale."""
    ways = {"performance"} if activity.kind in PERFORMED else set()
    ways |= _ways_of_exercises(activity, parts)
    form = parts.forms.get(_form_id(activity, parts) or "")
    if form and any(field.type == "scale" or field.reflection for step in form.model.steps for field in step.fields):
        ways.add("scale")
    return frozenset(ways)


def _ways_of_exercises(activity: ActivityPart, parts: CourseParts) -> set[str]:
    """Return the ways that every variant of an activity's exercises assesses in."""
    if activity.kind == "quiz":
        return set(kinds.kind("quiz").ways)
    files = [parts.exercises.get(name) for name in (*activity.exercises, activity.exercise) if name is not None]
    ways = [kinds.kind(file.model.kind).ways for file in files if file is not None]
    return set(frozenset.intersection(*ways)) if ways else set()


def _form_id(activity: ActivityPart, parts: CourseParts) -> str | None:
    exercise = parts.exercises.get(activity.exercise or "")
    return exercise.model.form_id if exercise is not None else activity.form


def gather(written: Written, parts: CourseParts) -> Iterator[Row]:
    """Give the row of every objective of a course."""
    objectives = written.objectives.model.objectives if written.objectives else ()
    for objective in objectives:
        if objective.course == parts.folder:
            yield Row(
                objective.id,
                objective.text,
                objective.column,
                tuple(_taught(parts, objective.id)),
                tuple(_assessed(parts, objective.id, objective.column)),
            )


def _taught(parts: CourseParts, objective: str) -> Iterator[str]:
    for module in parts.modules.values():
        by_activity = [activity.id for activity in module.model.activities if objective in activity.teaches]
        if by_activity:
            yield from by_activity
        elif objective in module.model.objectives:
            yield module.model.id


def _assessed(parts: CourseParts, objective: str, column: str) -> Iterator[str]:
    for module in parts.modules.values():
        for activity in module.model.activities:
            if objective in activity.assesses and assessment_of(activity, parts) & COLUMN_RULE[column].ways:
                yield activity.id


def coverage(written: Written) -> list[CourseCoverage]:
    """Return the coverage of every course, sorted by its id."""
    return [
        CourseCoverage(folder, parts.file.model.status, tuple(gather(written, parts)))
        for folder, parts in sorted(written.courses.items())
        if parts.file is not None
    ]


def as_json(courses: list[CourseCoverage]) -> str:
    """Return the coverage as JSON: one object a course with its rows and what is missing."""
    data = [{**asdict(course), "missing": [row.objective for row in course.missing]} for course in courses]
    return json.dumps(data, ensure_ascii=False, indent=2)


def as_text(courses: list[CourseCoverage]) -> str:
    """Return the coverage as a table to read in a terminal."""
    lines: list[str] = []
    for course in courses:
        covered = len(course.rows) - len(course.missing)
        lines.append(f"{course.course} ({course.status}): {covered} af {len(course.rows)} læringsmål er dækket")
        width = max((len(row.objective) for row in course.rows), default=0)
        for row in course.rows:
            mark = "✓" if row.is_covered else "–"
            taught = ", ".join(row.taught) or "mangler"
            assessed = ", ".join(row.assessed) or "mangler"
            lines.append(f"  {mark} {row.objective:<{width}}  undervises: {taught}  ·  vurderes: {assessed}")
        lines.append("")
    return "\n".join(lines).rstrip()
