"""The path: what stands on it, in which state, and which step comes next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from course.content.catalogue import Activity, Course, Kind, Module, Phase
from course.runs.rules import COPENHAGEN, Fact, Gate
from course.work.rules import State

UNFINISHED = frozenset({"started", State.DRAFT})
"""What is begun, and waits for nobody but the member."""


class Entry(NamedTuple):
    """One thing to do: an activity, or one slot of it. ``slot`` is its id, ``title`` what it is called here.

    ``steps`` are the steps of its form and whether each is open to the member now.
    """

    activity: Activity
    slot: str
    title: str
    fact: Fact | None
    gate: Gate
    steps: tuple[tuple[str, bool], ...] = ()

    @property
    def minutes(self) -> int:
        """How long this one takes."""
        return self.activity.minutes_each

    @property
    def is_done(self) -> bool:
        """Whether nothing more is asked of the member here (for now)."""
        if self.fact is None:
            return False
        return self.fact.state in {"done", State.SUBMITTED, State.ACCEPTED}

    @property
    def is_begun(self) -> bool:
        """Whether the member has written or answered something here and can go on."""
        return self.fact is not None and self.fact.state in {"started", State.DRAFT, State.RETURNED, State.WITHDRAWN}

    @property
    def complete(self) -> int:
        """How many steps are written."""
        return sum(step in self.fact.complete_steps for step, _ in self.steps) if self.fact else 0

    @property
    def next_step(self) -> str | None:
        """The step to go on with: the first open one that is not complete. None leads to the whole of it: when it is
        closed, sent, returned with words to read first, or complete and ready to be sent.
        """
        form = self.activity.form
        if form is None or not self.gate.is_open or (self.fact is not None and self.fact.state != State.DRAFT):
            return None
        shut = {step for step, is_open in self.steps if not is_open}
        written = self.fact.complete_steps if self.fact is not None else frozenset()
        return next((step.id for step in form.steps if step.id not in shut | written), None)

    @property
    def is_waiting(self) -> bool:
        """Whether the open steps are written and the others open later: there is nothing to do just now."""
        if self.fact is None or self.fact.state != State.DRAFT or all(is_open for _, is_open in self.steps):
            return False
        return all(step in self.fact.complete_steps for step, is_open in self.steps if is_open)

    @property
    def state(self) -> str:
        """The word for the tag: what was done, or else how the gate stands."""
        if self.fact is not None and not (self.fact.state in UNFINISHED and not self.gate.is_open):
            nobody_reads = self.fact.state == State.SUBMITTED and not self.activity.review
            return "done" if nobody_reads else self.fact.state
        return self.gate.state.value


class PhaseState(StrEnum):
    """Where a phase stands: everything done, the one the member is in, its session today, or still to come."""

    DONE = "done"
    CURRENT = "current"
    TODAY = "today"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class PathModule:
    """A module and what there is to do in it."""

    module: Module
    entries: tuple[Entry, ...]

    @property
    def asked(self) -> tuple[Entry, ...]:
        """What there is to do for everybody: all but the skip tests."""
        return tuple(entry for entry in self.entries if not entry.activity.is_skip_test)

    @property
    def done(self) -> int:
        """How much of what is asked is done."""
        return sum(entry.is_done for entry in self.asked)


@dataclass(frozen=True, slots=True)
class PathPhase:
    """A phase with its modules; ``starts_at`` is when its session begins, if it has one."""

    phase: Phase
    modules: tuple[PathModule, ...]
    starts_at: datetime | None
    state: PhaseState


def phases(
    course: Course, entries: Iterable[Entry], starts: Mapping[str, datetime], now: datetime, *, own_time: bool = False
) -> tuple[PathPhase, ...]:
    """The path of a member, phase by phase. The current phase is the first that is not over.

    A phase with a session is over when the session has begun and passed to another day; one without, and one that is
    taken in one's own time, is over when everything in it is done.
    """
    by_module: dict[str, list[Entry]] = {}
    for entry in entries:
        by_module.setdefault(entry.activity.module_id, []).append(entry)
    found: list[PathPhase] = []
    current_seen = False
    for phase in course.phases:
        modules = tuple(PathModule(course.modules[m], tuple(by_module.get(m, ()))) for m in phase.modules)
        starts_at = starts.get(phase.session) if phase.session else None
        over = _is_over(modules, None if own_time else starts_at, now)
        state = PhaseState.LATER
        if over and not current_seen:
            state = PhaseState.DONE
        elif not current_seen:
            state, current_seen = PhaseState.CURRENT, True
        elif starts_at is not None and _day(starts_at) == _day(now):
            state = PhaseState.TODAY
        found.append(PathPhase(phase, modules, starts_at, state))
    return tuple(found)


def _is_over(modules: tuple[PathModule, ...], starts_at: datetime | None, now: datetime) -> bool:
    if starts_at is not None:
        return _day(starts_at) < _day(now)
    entries = [entry for module in modules for entry in module.asked]
    return bool(entries) and all(entry.is_done for entry in entries)


def _day(at: datetime) -> date:
    return at.astimezone(COPENHAGEN).date()


def next_entry(entries: Iterable[Entry]) -> Entry | None:
    """The one thing to do next among what is open: being there (its doors are open for a day only), then what was sent
    back, then the path's own order. A skip test is offered on its page and among the skills, and asked of nobody.
    """
    asked = [e for e in entries if not e.activity.is_skip_test]
    waiting = [e for e in asked if e.gate.is_open and not e.is_done and not e.is_waiting]
    here = [entry for entry in waiting if entry.activity.kind is Kind.ATTEND]
    returned = [entry for entry in waiting if entry.fact is not None and entry.fact.state == State.RETURNED]
    return next(iter(here or returned or waiting), None)


@dataclass(frozen=True, slots=True)
class DatedDeadline:
    """A deadline as a member has it, what is due then, and what of that is still to be done."""

    id: str
    title: str
    at: datetime
    waiting: tuple[Entry, ...]
    entries: tuple[Entry, ...] = ()


def deadlines(course: Course, entries: Iterable[Entry]) -> tuple[DatedDeadline, ...]:
    """The deadlines that concern the member, the soonest first. A returned work stands with its own."""
    by_due: dict[tuple[str, datetime], list[Entry]] = {}
    for entry in entries:
        due, at = entry.activity.due, entry.gate.closes_at
        if due is not None and at is not None:
            by_due.setdefault((due, at), []).append(entry)
    found = [
        DatedDeadline(due, course.deadlines[due].title, at, tuple(e for e in those if not e.is_done), tuple(those))
        for (due, at), those in by_due.items()
    ]
    return tuple(sorted(found, key=lambda d: (d.at, d.id)))
