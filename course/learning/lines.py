"""The lines of the path. A path has dozens, and they say the same to everybody who stands alike.

So the lines of a module are drawn once for what they say, and kept: the title of an activity, its address, a state, a
date, the sentence why it is closed. Nobody's name and nothing anybody wrote is in them, nor whose lines they are.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from flask import current_app, request, url_for
from markupsafe import Markup

from course.content.catalogue import Course, Kind
from course.runs.rules import GateState
from course.runs.wording import gate_reason

from .rules import Entry, PathModule

REMEMBERED = 2048  # modules, of some 2 kB each


class Way(NamedTuple):
    """Where something is done: an endpoint and its values."""

    endpoint: str
    values: tuple[tuple[str, Any], ...]

    @property
    def url(self) -> str:
        """The address."""
        return url_for(self.endpoint, **dict(self.values))


def way(entry: Entry, run_id: int) -> Way:
    """Where one thing to do is done."""
    activity, run = entry.activity, ("run_id", run_id)
    if activity.kind is Kind.READ:
        return Way("learning.module", (run, ("module_id", activity.module_id), ("page_id", activity.page_id)))
    if entry.gate.by_talk:
        return Way("teams.partner", (run, ("session_key", activity.session)))
    if activity.kind is Kind.ATTEND:
        return Way("runs.attend", (run,))
    named = (run, ("activity_id", activity.id))
    if activity.kind.is_played:
        return Way("exercises.play", named)
    step = entry.next_step
    if step is not None:
        return Way("submissions.step", (*named, ("slot", entry.slot), ("step_id", step)))
    return Way("submissions.work", (*named, ("slot", entry.slot)))


class Line(NamedTuple):
    """What one line of the path says; the arguments of the macro ``path_activity``, in its order."""

    title: str
    way: Way | None
    state: str
    minutes: int | None
    due: datetime | None
    reason: str | None
    note: str | None
    current: bool


def line(entry: Entry, course: Course, run_id: int, *, is_next: bool) -> Line:
    """The line of one thing to do in a run. It leads there when the member may go there."""
    gate, is_done = entry.gate, entry.is_done
    may_go = gate.is_open or gate.by_talk or entry.fact is not None or gate.state is GateState.CLOSED
    note = f"Trin {entry.complete} af {len(entry.steps)} er skrevet. Resten åbner senere." if entry.is_waiting else None
    return Line(
        entry.title,
        way(entry, run_id) if may_go else None,
        entry.state,
        None if is_done else entry.minutes,
        None if is_done else gate.closes_at,
        None if is_done or gate.is_open else gate_reason(gate, course),
        note,
        is_next,
    )


def drawer() -> Callable[[PathModule, tuple[Line, ...]], Markup]:
    """What draws a module of a page, with its lines, as HTML."""
    macros = current_app.jinja_env.get_template("web/macros/path.html").module
    root = request.script_root
    return lambda item, lines: _drawn(macros, root, item.module.title, item.done, len(item.asked), lines)


@lru_cache(maxsize=REMEMBERED)
def _drawn(macros: Any, _script_root: str, title: str, done: int, of: int, lines: tuple[Line, ...]) -> Markup:
    drawn = [macros.path_activity(name, leads.url if leads else None, *rest) for name, leads, *rest in lines]
    return macros.path_module(title, done, of, caller=lambda: Markup("\n").join(drawn))
