"""Exercises and quizzes: that each fits its kind, is used and names what exists; skills, and what passing skips."""

from collections.abc import Iterator

from course.content import kinds
from course.content.checks.activities import Found, is_missing
from course.content.checks.courses import doubled
from course.content.checks.forms import check_markdown
from course.content.faults import FaultList
from course.content.reading import CourseParts, File, Written
from course.content.schema import ActivityPart, ExercisePart, FormFile
from course.content.tool_versions import form_of

PLAYED = ("quiz", "exercise")
LADDER = ("exercise", "quiz", "plan", "statement", "read", "form", "worksheet", "homework", "case")
"""The kinds of activity that can be a rung of a ladder."""
SKIPPED = ("read", "quiz", "exercise")
"""The kinds of activity that a skip test can count as done: those that leave no text behind."""


def check(written: Written, faults: FaultList) -> None:
    for parts in written.courses.values():
        _check_skills(written, parts, faults)
        used = _used(parts)
        is_broken = written.has_broken_module(parts.folder)
        for file, word in _files(parts):
            _check_file(written, parts, file, faults)
            if file.model.id not in used and not is_broken:
                faults.add(file.path, file.lines.of("id"), f"{word} bruges ikke af nogen aktivitet")
        for module in parts.modules.values():
            for index, activity in enumerate(module.model.activities):
                for path, message in _Practice(written, parts, activity).problems():
                    faults.add(module.path, module.lines.of("activities", index, *path), message)


def check_trials(written: Written, faults: FaultList) -> None:
    """Try every exercise that can be tried."""
    for parts in written.courses.values():
        for file in parts.exercises.values():
            kind = kinds.tried(file.model.kind)
            for keys, message in kind.trials(file.model) if kind is not None else ():
                faults.add(file.path, file.lines.of(*keys), message)


def _files(parts: CourseParts) -> Iterator[tuple[File[ExercisePart], str]]:
    yield from ((file, "quizzen") for file in parts.quizzes.values())
    yield from ((file, "øvelsen") for file in parts.exercises.values())


def _used(parts: CourseParts) -> set[str | None]:
    activities = [activity for module in parts.modules.values() for activity in module.model.activities]
    return {name for one in activities for name in (one.quiz, one.exercise, *one.exercises)}


def _check_skills(written: Written, parts: CourseParts, faults: FaultList) -> None:
    if parts.file is None:
        return
    doubled(parts.file, ("skills",), (skill.id for skill in parts.file.model.skills), faults)
    numbers = _tool_numbers(written)
    for index, skill in enumerate(parts.file.model.skills):
        if skill.tool is not None and skill.tool not in numbers and "assessments/tools" not in written.broken_folders:
            line = parts.file.lines.of("skills", index, "tool")
            faults.add(parts.file.path, line, f"redskab {skill.tool} findes ikke")


def _tool_numbers(written: Written) -> set[int]:
    return {version.nr for file in written.tools.values() for version in file.model.versions}


def _check_file(written: Written, parts: CourseParts, file: File[ExercisePart], faults: FaultList) -> None:
    model = file.model
    check_markdown(file, ("intro",), model.intro, faults)
    for keys, message in kinds.kind(model.kind).problems(model):
        faults.add(file.path, file.lines.of(*keys), message)
    case = written.cases.get(model.case or "")
    if model.case is not None and case is None and model.case not in written.broken_ids:
        faults.add(file.path, file.lines.of("case"), f"casen »{model.case}« findes ikke")
    elif case is not None and parts.folder not in case.model.courses:
        faults.add(file.path, file.lines.of("case"), f"casen »{model.case}« hører ikke til kurset »{parts.folder}«")
    for nr in model.tool_numbers:
        if nr not in _tool_numbers(written) and "assessments/tools" not in written.broken_folders:
            faults.add(file.path, file.lines.of("tool"), f"redskab {nr} findes ikke")
    if model.form_id is not None and model.form_id not in parts.forms and model.form_id not in written.broken_ids:
        faults.add(file.path, file.lines.of("form"), f"formularen »{model.form_id}« findes ikke")
    _check_fields(written, parts, file, faults)


def _check_fields(written: Written, parts: CourseParts, file: File[ExercisePart], faults: FaultList) -> None:
    """What a text is looked at by names fields of the form it is written in."""
    kind, model = kinds.written(file.model.kind), file.model
    form = _form_of(written, parts, model)
    if kind is None or form is None:
        return
    fields = {field.id: field for step in form.steps for field in step.fields}
    for keys, message in kind.form_problems(model, fields):
        faults.add(file.path, file.lines.of(*keys), message)


def _form_of(written: Written, parts: CourseParts, model: ExercisePart) -> FormFile | None:
    if model.form_id is not None:
        form = parts.forms.get(model.form_id)
        return form.model if form is not None else None
    versions = ((file.model, version) for file in written.tools.values() for version in file.model.versions)
    return next((form_of(tool, version) for tool, version in versions if version.nr in model.tool_numbers), None)


class _Practice:
    """The checks of one activity's exercises, each a generator of (keys, message)."""

    def __init__(self, written: Written, parts: CourseParts, activity: ActivityPart) -> None:
        self.written = written
        self.parts = parts
        self.activity = activity

    def problems(self) -> Iterator[Found]:
        yield from self._variants()
        yield from self._text()
        yield from self._rung()
        yield from self._passing()
        yield from self._skips()

    def _variants(self) -> Iterator[Found]:
        """The exercises of an `exercise`: there are some, they exist, are all played and of one kind."""
        activity = self.activity
        if activity.kind != "exercise":
            if activity.exercises:
                yield ("exercises",), f"en aktivitet af slagsen {activity.kind} kan ikke have »exercises:«"
            return
        if not activity.exercises:
            yield ("kind",), "en aktivitet af slagsen exercise skal have »exercises:«"
        for index, name in enumerate(activity.exercises):
            problem = self._variant_problem(name, activity.exercises[:index])
            if problem:
                yield ("exercises", index), problem

    def _variant_problem(self, name: str, before: tuple[str, ...]) -> str:
        file = self.parts.exercises.get(name)
        if name in before:
            return f"øvelsen »{name}« står to gange"
        if file is None:
            return f"øvelsen »{name}« findes ikke" if is_missing(self.written, name, ()) else ""
        if file.model.kind in kinds.WRITTEN:
            return f"øvelsen »{name}« skrives: lav en aktivitet af slagsen {file.model.kind}"
        first = self.parts.exercises.get(before[0]) if before else None
        if first is not None and file.model.kind != first.model.kind:
            return f"»{name}« er af en anden slags end »{first.model.id}«: parallelle udgaver skal være ens"
        return ""

    def _text(self) -> Iterator[Found]:
        """The exercise of a plan or statement: it exists and is of the same kind."""
        activity = self.activity
        if activity.kind not in kinds.WRITTEN:
            if activity.exercise is not None:
                yield ("exercise",), f"en aktivitet af slagsen {activity.kind} kan ikke have »exercise:«"
            return
        if activity.exercise is None:
            yield ("kind",), f"en aktivitet af slagsen {activity.kind} skal have »exercise:«"
            return
        file = self.parts.exercises.get(activity.exercise)
        if file is None:
            if is_missing(self.written, activity.exercise, ()):
                yield ("exercise",), f"øvelsen »{activity.exercise}« findes ikke"
        elif file.model.kind != activity.kind:
            yield ("exercise",), f"»{activity.exercise}« er af slagsen {file.model.kind}, ikke {activity.kind}"

    def _rung(self) -> Iterator[Found]:
        activity, course = self.activity, self.parts.file
        if activity.skill is None:
            if activity.level is not None:
                yield ("level",), "et trin hører til en færdighed: skriv også »skill:«"
            return
        if activity.level is None:
            yield ("skill",), "skriv også, hvilket trin det er: »level:« fra 1 til 6"
        if activity.kind not in LADDER:
            yield ("skill",), f"en aktivitet af slagsen {activity.kind} kan ikke være et trin"
        if course is not None and activity.skill not in {skill.id for skill in course.model.skills}:
            yield ("skill",), f"færdigheden »{activity.skill}« findes ikke i course.yaml"

    def _passing(self) -> Iterator[Found]:
        activity = self.activity
        if activity.pass_ is not None and activity.kind not in PLAYED:
            yield ("pass",), f"en aktivitet af slagsen {activity.kind} kan ikke have »pass:«"
        if activity.skips and activity.kind not in PLAYED:
            yield ("skips",), f"en aktivitet af slagsen {activity.kind} kan ikke springe andre over"

    def _skips(self) -> Iterator[Found]:
        known = self.parts.activities()
        for index, name in enumerate(self.activity.skips):
            path = ("skips", index)
            if name == self.activity.id:
                yield path, "aktiviteten kan ikke springe sig selv over"
            elif name not in known:
                if is_missing(self.written, name, ()):
                    yield path, f"aktiviteten »{name}« findes ikke"
            else:
                file, number = known[name]
                kind = file.model.activities[number].kind
                if kind not in SKIPPED:
                    yield path, f"»{name}« er af slagsen {kind} og kan ikke springes over"
