"""module.yaml: what each activity is made of, and what it waits for."""

from collections.abc import Container, Iterator

from course.content.checks.courses import check_moment, doubled, session_modules, state_problem
from course.content.faults import FaultList
from course.content.reading import CourseParts, File, Written
from course.content.schema import ActivityPart, ModuleFile
from course.content.symbolic import Symbolic, Unit

WITH_FORM = ("form", "case", "analysis", "worksheet", "homework", "peer")
"""The kinds that name the form they are written in."""
WRITTEN_KINDS = (*WITH_FORM, "plan", "statement")
IN_SESSION = ("attend", "worksheet")
ABOUT = {"analysis": ("case", "en case"), "peer": ("homework", "en hjemmeopgave")}
"""The kinds that are about another activity (`on:`), and of which kind that is."""
MAY_BE_ABOUT = {"form": ("homework", "en hjemmeopgave")}
"""The kinds that can be about another activity: a form is then the author's answer to the words about a homework."""
_DAYS = {Unit.DAYS: 1, Unit.WEEKS: 7, Unit.MONTHS: 30}

Found = tuple[tuple[str | int, ...], str]
"""Where in an activity (its keys), and what is wrong."""


def is_missing(written: Written, name: str, among: Container[str]) -> bool:
    """Whether something is not there, and does not stand in a file that could not be read."""
    return name not in among and name not in written.broken_ids


def check(written: Written, faults: FaultList) -> None:
    for parts in written.courses.values():
        activities = parts.activities()
        for module in parts.modules.values():
            _check_module(written, parts, module, faults)
            for index, activity in enumerate(module.model.activities):
                checking = _Activity(written, parts, module, index, activity, activities)
                for path, message in checking.problems():
                    faults.add(module.path, module.lines.of("activities", index, *path), message)
                check_moment(parts, module, activity.opens, ("activities", index, "opens"), faults)
        _check_cycles(parts, faults)


def _check_module(written: Written, parts: CourseParts, module: File[ModuleFile], faults: FaultList) -> None:
    model = module.model
    doubled(module, ("pages",), (page.id for page in model.pages), faults)
    if model.pages and not any(page.audience == "everyone" for page in model.pages):
        faults.add(module.path, module.lines.of("pages"), "modulet mangler en side til alle (audience: everyone)")
    total = sum(activity.minutes for activity in model.activities if not activity.skips)
    if total > model.minutes or (total < model.minutes and not _is_in_session(parts, model.id)):
        faults.add(
            module.path,
            module.lines.of("minutes"),
            f"modulet er sat til {model.minutes} minutter, men aktiviteterne er {total} minutter tilsammen",
        )
    known = {objective.id for objective in written.objectives.model.objectives} if written.objectives else set()
    for index, objective in enumerate(model.objectives):
        if objective not in known and objective not in written.broken_ids:
            faults.add(module.path, module.lines.of("objectives", index), f"læringsmålet »{objective}« findes ikke")


def _is_in_session(parts: CourseParts, module: str) -> bool:
    """Whether a module belongs to a session: there the run sheet covers the time between its activities."""
    course = parts.file.model if parts.file else None
    return course is None or any(module in session_modules(course, session.id) for session in course.sessions)


class _Activity:
    """The checks of one activity, each a generator of (keys, message)."""

    def __init__(
        self,
        written: Written,
        parts: CourseParts,
        module: File[ModuleFile],
        index: int,
        activity: ActivityPart,
        activities: dict[str, tuple[File[ModuleFile], int]],
    ) -> None:
        self.written = written
        self.parts = parts
        self.module = module
        self.index = index
        self.activity = activity
        self.activities = activities

    def problems(self) -> Iterator[Found]:
        yield from self._id()
        yield from self._made_of()
        yield from self._slots()
        yield from self._judged()
        yield from self._due()
        yield from self._session()
        yield from self._needs()
        yield from self._on()

    def _is_missing(self, name: str, among: Container[str]) -> bool:
        return is_missing(self.written, name, among)

    def _id(self) -> Iterator[Found]:
        name, module = self.activity.id, self.module.model
        if not name.startswith(f"{module.id}.") or name.count(".") != 1:
            yield ("id",), f"aktivitetens id skal være modulets, et punktum og et ord: {module.id}.…"
        file, index = self.activities[name]
        if (file.path, index) != (self.module.path, self.index):
            line = file.lines.of("activities", index, "id")
            yield ("id",), f"aktiviteten »{name}« findes allerede i {file.path}:{line}"
        page = next((page for page in module.pages if page.id == self.activity.page), None)
        if page is None and self._is_missing(self.activity.page, ()):
            yield ("page",), f"siden »{self.activity.page}« findes ikke i modulet"
        elif page is not None and page.audience != "everyone":
            yield ("page",), f"siden »{page.id}« er ikke til alle: aktiviteter kan kun stå på sider til alle"

    def _made_of(self) -> Iterator[Found]:
        kind = self.activity.kind
        wanted = "form" if kind in WITH_FORM else "quiz" if kind == "quiz" else ""
        for key, known, word in (
            ("form", self.parts.forms, "formularen"), ("quiz", self.parts.quizzes, "quizzen")
        ):  # fmt: skip
            name = getattr(self.activity, key)
            if key == wanted and name is None:
                yield ("kind",), f"en aktivitet af slagsen {kind} skal have »{key}:«"
            elif key != wanted and name is not None:
                yield (key,), f"en aktivitet af slagsen {kind} kan ikke have »{key}:«"
            elif name is not None and self._is_missing(name, known):
                yield (key,), f"{word} »{name}« findes ikke"

    def _slots(self) -> Iterator[Found]:
        activity = self.activity
        if activity.slots and activity.kind not in WRITTEN_KINDS:
            yield ("slots",), f"en aktivitet af slagsen {activity.kind} kan ikke have pladser"
        seen: set[str] = set()
        for index, slot in enumerate(activity.slots):
            if slot.id in seen:
                yield ("slots", index, "id"), f"id »{slot.id}« står to gange"
            seen.add(slot.id)

    def _judged(self) -> Iterator[Found]:
        activity = self.activity
        if activity.review and activity.kind not in WRITTEN_KINDS:
            yield ("review",), f"en aktivitet af slagsen {activity.kind} kan ikke vurderes"
        if activity.release and not activity.review:
            yield ("release",), "kun det, der er vurderet, kan frigives: skriv review: true"
        if activity.rubric is not None and self._is_missing(activity.rubric, self.written.rubrics):
            yield ("rubric",), f"vurderingsskemaet »{activity.rubric}« findes ikke"

    def _due(self) -> Iterator[Found]:
        due, course = self.activity.due, self.parts.file
        if due is None or course is None:
            return
        deadlines = {deadline.id: deadline for deadline in course.model.deadlines}
        if self._is_missing(due, deadlines):
            yield ("due",), f"fristen »{due}« findes ikke i course.yaml"
        elif due in deadlines and is_before(deadlines[due].at, self.activity.opens):
            yield ("due",), f"fristen »{due}« ligger, før aktiviteten åbner"

    def _session(self) -> Iterator[Found]:
        session = self.activity.session
        if self.activity.kind in IN_SESSION and session is None:
            yield ("kind",), f"en aktivitet af slagsen {self.activity.kind} skal have »session:«"
        elif self.activity.kind not in IN_SESSION and session is not None:
            yield ("session",), f"en aktivitet af slagsen {self.activity.kind} kan ikke have »session:«"
        elif session is not None and self._is_missing(session, self._sessions()):
            yield ("session",), f"kursusgangen »{session}« findes ikke i course.yaml"

    def _sessions(self) -> set[str]:
        course = self.parts.file
        return {known.id for known in course.model.sessions} if course else {self.activity.session or ""}

    def _needs(self) -> Iterator[Found]:
        for index, need in enumerate(self.activity.needs):
            path = ("needs", index)
            if self._is_missing(need.activity, self.activities):
                yield (*path, "activity"), f"aktiviteten »{need.activity}« findes ikke"
            elif need.activity in self.activities:
                other = self._other(need.activity)
                problem = state_problem(other.kind, other.review, need.state)
                if problem:
                    yield (*path, "state"), problem
                if need.slot is not None and need.slot not in slot_ids(other):
                    yield (*path, "slot"), f"pladsen »{need.slot}« findes ikke i »{need.activity}«"

    def _on(self) -> Iterator[Found]:
        on, kind = self.activity.on, self.activity.kind
        about = ABOUT | MAY_BE_ABOUT
        if on is None and kind in ABOUT:
            yield ("kind",), f"en aktivitet af slagsen {kind} skal have »on:« med {ABOUT[kind][1]}"
        if on is not None and kind not in about:
            yield ("on",), f"en aktivitet af slagsen {kind} kan ikke have »on:«"
        if on is None:
            return
        if self._is_missing(on.activity, self.activities):
            yield ("on", "activity"), f"aktiviteten »{on.activity}« findes ikke"
        elif on.activity in self.activities:
            other = self._other(on.activity)
            wanted, words = about.get(kind, (other.kind, ""))
            if other.kind != wanted:
                yield ("on", "activity"), f"»{on.activity}« er ikke {words}"
            elif on.slot not in slot_ids(other):
                yield ("on", "slot"), f"pladsen »{on.slot}« findes ikke i »{on.activity}«"

    def _other(self, name: str) -> ActivityPart:
        file, index = self.activities[name]
        return file.model.activities[index]


def slot_ids(activity: ActivityPart) -> tuple[str, ...]:
    """Return the ids of an activity's slots: "main" where it names none."""
    return tuple(slot.id for slot in activity.slots) or ("main",)


def is_before(moment: Symbolic, opens: Symbolic | None) -> bool:
    """Whether a date surely lies before another: only dates from the same anchor can be compared."""
    if opens is None or moment.anchor != opens.anchor:
        return False
    return _days(moment) < _days(opens)


def _days(moment: Symbolic) -> int:
    sign = -1 if moment.direction.value == "before" else 1
    return sign * moment.amount * _DAYS[moment.unit]


def _check_cycles(parts: CourseParts, faults: FaultList) -> None:
    activities = parts.activities()
    needs = {
        name: [need.activity for need in file.model.activities[index].needs if need.activity in activities]
        for name, (file, index) in activities.items()
    }
    reported: set[frozenset[str]] = set()
    for start, (file, index) in activities.items():
        circle = _circle(start, needs)
        if circle and frozenset(circle) not in reported:
            reported.add(frozenset(circle))
            way = " → ".join((*circle, start))
            faults.add(
                file.path,
                file.lines.of("activities", index, "needs"),
                f"aktiviteter venter på hinanden i ring: {way}",
            )


def _circle(start: str, needs: dict[str, list[str]]) -> list[str]:
    """Return the way from an activity through what it needs back to itself, or nothing."""
    came_from: dict[str, str] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        for needed in needs[name]:
            if needed == start:
                way = [name]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return way[::-1]
            if needed not in came_from:
                came_from[needed] = name
                waiting.append(needed)
    return []
