"""What one kind of activity may be and another may not: attendance, homework, a peer's words, figures."""

from collections.abc import Iterator

from course.content.checks.courses import session_modules
from course.content.faults import FaultList
from course.content.reading import CourseParts, File, Written
from course.content.schema import ActivityPart, FieldPart, ModuleFile

Found = tuple[tuple[str | int, ...], str]

COUNTED_KINDS = ("form", "worksheet", "homework")
COUNTED_TYPES = ("scale", "choice", "choices", "number", "tally")
"""The types of fields whose answers can be counted; `rows` too, by its columns of choices."""


def check(written: Written, faults: FaultList) -> None:
    for parts in written.courses.values():
        for module in parts.modules.values():
            for index, activity in enumerate(module.model.activities):
                for path, message in _problems(written, parts, activity):
                    faults.add(module.path, module.lines.of("activities", index, *path), message)
        _check_attendance(written, parts, faults)
        _check_peers(parts, faults)


def _problems(written: Written, parts: CourseParts, activity: ActivityPart) -> Iterator[Found]:
    if activity.minutes == 0 and activity.kind != "attend":
        yield ("minutes",), "kun fremmødet (attend) kan være 0 minutter"
    if activity.announce and activity.opens is None:
        yield ("announce",), "en mail, når aktiviteten åbner, kræver »opens«"
    if activity.slots and activity.kind in ("homework", "peer"):
        yield ("slots",), f"en aktivitet af slagsen {activity.kind} kan ikke have pladser"
    yield from _peer_problems(activity)
    if activity.figures:
        yield from _figures_problems(written, parts, activity)


def _peer_problems(activity: ActivityPart) -> Iterator[Found]:
    if activity.kind == "homework":
        if not activity.review:
            yield ("kind",), "en hjemmeopgave skal have review: true"
        if activity.release:
            yield ("release",), "en hjemmeopgave går til én makker af sig selv: slet release"
    if activity.kind == "peer" and activity.review:
        yield ("review",), "ord fra en makker bliver ikke vurderet: slet review"


def _figures_problems(written: Written, parts: CourseParts, activity: ActivityPart) -> Iterator[Found]:
    if activity.kind not in COUNTED_KINDS:
        yield ("figures",), f"en aktivitet af slagsen {activity.kind} kan ikke vises som tal"
        return
    form = parts.forms.get(activity.form or "")
    if form is not None and not any(_is_counted(field) for step in form.model.steps for field in step.fields):
        yield ("figures",), f"formularen »{activity.form}« har ikke noget, der kan tælles"


def _is_counted(field: FieldPart) -> bool:
    return field.type in COUNTED_TYPES or any(column.type == "choice" for column in field.columns)


def _check_attendance(written: Written, parts: CourseParts, faults: FaultList) -> None:
    """Every session has one attendance at most, in a module of that session."""
    seen: dict[str, str] = {}
    for module, index, activity in _of_kind(parts, "attend"):
        session = activity.session
        if session is None:
            continue
        line = module.lines.of("activities", index, "session")
        if session in seen:
            faults.add(module.path, line, f"fremmødet til »{session}« er allerede »{seen[session]}«")
        seen.setdefault(session, activity.id)
        course = parts.file.model if parts.file else None
        is_known = course is not None and session in {known.id for known in course.sessions}
        if course and is_known and module.model.id not in session_modules(course, session):
            faults.add(module.path, line, f"fremmødet til »{session}« skal stå i et modul på den kursusgang")


def _check_peers(parts: CourseParts, faults: FaultList) -> None:
    """Every homework has the words of a peer once at most."""
    seen: dict[str, str] = {}
    for module, index, activity in _of_kind(parts, "peer"):
        homework = activity.on.activity if activity.on else None
        if homework is None:
            continue
        if homework in seen:
            line = module.lines.of("activities", index, "on", "activity")
            faults.add(module.path, line, f"»{homework}« har allerede ord fra en makker: »{seen[homework]}«")
        seen.setdefault(homework, activity.id)


def _of_kind(parts: CourseParts, kind: str) -> Iterator[tuple[File[ModuleFile], int, ActivityPart]]:
    for module in parts.modules.values():
        for index, activity in enumerate(module.model.activities):
            if activity.kind == kind:
                yield module, index, activity
