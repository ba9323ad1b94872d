"""course.yaml: sessions, phases, deadlines, completion."""

from collections.abc import Iterable

from course.content.faults import FaultList
from course.content.reading import CourseParts, File, Written
from course.content.schema import CourseFile
from course.content.symbolic import END, START, Symbolic


def check(written: Written, faults: FaultList) -> None:
    if not written.courses:
        faults.add("modules", 1, "her er intet kursus: læg et i modules/<kursus>/course.yaml")
    for parts in written.courses.values():
        if parts.file is None:
            _check_missing(written, parts, faults)
        else:
            _check_course(written, parts, parts.file, faults)


def _check_missing(written: Written, parts: CourseParts, faults: FaultList) -> None:
    folder = f"modules/{parts.folder}"
    if folder not in written.broken_folders:
        faults.add(f"{folder}/course.yaml", 1, "filen mangler")


def _check_course(written: Written, parts: CourseParts, file: File[CourseFile], faults: FaultList) -> None:
    course = file.model
    if course.id != parts.folder:
        faults.add(
            file.path,
            file.lines.of("id"),
            f"kurset hedder »{course.id}«, men ligger i mappen »{parts.folder}«",
        )
    for key in ("sessions", "phases", "deadlines"):
        doubled(file, (key,), (part.id for part in getattr(course, key)), faults)
    _check_sessions(file, faults)
    _check_phases(written, parts, file, faults)
    for index, deadline in enumerate(course.deadlines):
        if deadline.mode is not None and deadline.mode not in course.modes:
            faults.add(
                file.path,
                file.lines.of("deadlines", index, "mode"),
                f"kurset kan ikke holdes som »{deadline.mode}«: skriv det i modes",
            )
        check_moment(parts, file, deadline.at, ("deadlines", index, "at"), faults)
        if len(set(deadline.remind)) != len(deadline.remind):
            faults.add(file.path, file.lines.of("deadlines", index, "remind"), "den samme dag står to gange")
    _check_completion(written, parts, file, faults)
    if parts.comments is not None:
        doubled(parts.comments, ("comments",), (part.id for part in parts.comments.model.comments), faults)


def _check_sessions(file: File[CourseFile], faults: FaultList) -> None:
    for index, session in enumerate(file.model.sessions):
        if session.id == START:
            faults.add(
                file.path,
                file.lines.of("sessions", index, "id"),
                "»start« er holdets åbning: find et andet id",
            )
        if session.ends <= session.starts:
            faults.add(file.path, file.lines.of("sessions", index, "ends"), "kursusgangen slutter, før den begynder")


def _check_phases(written: Written, parts: CourseParts, file: File[CourseFile], faults: FaultList) -> None:
    placed: dict[str, str] = {}
    sessions = {session.id for session in file.model.sessions}
    for index, phase in enumerate(file.model.phases):
        if phase.session is not None and phase.session not in sessions:
            faults.add(
                file.path,
                file.lines.of("phases", index, "session"),
                f"kursusgangen »{phase.session}« findes ikke",
            )
        for number, module in enumerate(phase.modules):
            line = file.lines.of("phases", index, "modules", number)
            if module in placed:
                faults.add(file.path, line, f"modulet »{module}« står allerede i fasen »{placed[module]}«")
            elif module not in parts.modules and module not in written.broken_ids:
                faults.add(file.path, line, f"modulet »{module}« findes ikke")
            placed.setdefault(module, phase.id)
    for module in parts.modules.values():
        if module.model.id not in placed:
            faults.add(module.path, module.lines.of("id"), "modulet står ikke i nogen fase i course.yaml")


def _check_completion(written: Written, parts: CourseParts, file: File[CourseFile], faults: FaultList) -> None:
    activities = parts.activities()
    for index, requirement in enumerate(file.model.completion):
        line = file.lines.of("completion", index, "activity")
        if requirement.activity not in activities:
            if requirement.activity not in written.broken_ids:
                faults.add(file.path, line, f"aktiviteten »{requirement.activity}« findes ikke")
            continue
        module, number = activities[requirement.activity]
        activity = module.model.activities[number]
        problem = state_problem(activity.kind, activity.review, requirement.needs)
        if problem:
            faults.add(file.path, file.lines.of("completion", index, "needs"), problem)


def session_modules(course: CourseFile, session: str) -> tuple[str, ...]:
    """Return the modules of the phases that are a session, in order."""
    return tuple(module for phase in course.phases if phase.session == session for module in phase.modules)


def state_problem(kind: str, review: bool, state: str) -> str:
    """Return why an activity can never come to a state, or ""."""
    if state in ("submitted", "accepted") and kind in ("read", "quiz", "attend", "exercise"):
        return f"en aktivitet af slagsen {kind} kan ikke blive »{state}«: skriv done"
    if state == "accepted" and not review:
        return "aktiviteten kan ikke blive »accepted«, for den har ikke review: true"
    return ""


def check_moment(
    parts: CourseParts, file: File, moment: Symbolic | None, path: tuple[str | int, ...], faults: FaultList
) -> None:
    """Report a symbolic date that counts from a session the course does not have."""
    if moment is None or parts.file is None:
        return
    known = dict.fromkeys((START, *(session.id for session in parts.file.model.sessions)))
    ends = {f"{session.id}{END}" for session in parts.file.model.sessions}
    if moment.anchor not in known and moment.anchor not in ends:
        faults.add(
            file.path,
            file.lines.of(*path),
            f"»{moment.anchor}« er ikke en kursusgang: vælg mellem {', '.join(known)}",
        )


def doubled(file: File, path: tuple[str | int, ...], ids: Iterable[str], faults: FaultList) -> None:
    """Report every id that stands more than once in one list of a file."""
    seen: set[str] = set()
    for index, name in enumerate(ids):
        if name in seen:
            faults.add(file.path, file.lines.of(*path, index, "id"), f"id »{name}« står to gange")
        seen.add(name)
