"""The lines of the path. A path has dozens, and they say the same to everybody who stands alike.

So a module is drawn once for how one stands in it, and kept: what was done, what is open, from when and until when.
Nobody's name and nothing anybody wrote is in it, nor whose it is.
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
    is_open = gate.state is GateState.OPEN
    may_go = is_open or gate.by_talk or entry.fact is not None or gate.state is GateState.CLOSED
    leads = way(entry, run_id) if may_go else None
    if is_done:
        return Line(entry.title, leads, entry.state, None, None, None, None, is_next)
    note = f"Trin {entry.complete} af {len(entry.steps)} er skrevet. Resten åbner senere." if entry.is_waiting else None
    reason = None if is_open else gate_reason(gate, course)
    return Line(entry.title, leads, entry.state, entry.minutes, gate.closes_at, reason, note, is_next)


class _Module:
    """A module as it is to be drawn. Those are alike whose ``key`` is: the course, and how one stands in each entry
    (all of an entry but the activity, which the course and the module's id tell).
    """

    __slots__ = ("course", "item", "key")

    def __init__(self, item: PathModule, course: Course, run_id: int, following: Entry | None, root: str) -> None:
        self.item: PathModule | None = item
        self.course: Course | None = course
        place = next((n for n, entry in enumerate(item.entries) if entry is following), -1)
        self.key = (root, course.digest, item.module.id, run_id, place, tuple([entry[1:] for entry in item.entries]))

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Module) and self.key == other.key

    def draw(self, macros: Any) -> Markup:
        """Its lines as HTML. Then only the key is kept, and the course can go."""
        item, course, (*_, run_id, place, _standing) = self.item, self.course, self.key
        assert item is not None
        assert course is not None
        self.item = self.course = None
        lines = [line(entry, course, run_id, is_next=n == place) for n, entry in enumerate(item.entries)]
        drawn = [macros.path_activity(title, leads.url if leads else None, *rest) for title, leads, *rest in lines]
        return macros.path_module(
            item.module.title, item.done, len(item.asked), caller=lambda: Markup("\n").join(drawn)
        )


def drawer(course: Course, run_id: int, following: Entry | None) -> Callable[[PathModule], Markup]:
    """What draws a module of a path with its lines, as HTML; ``following`` is the entry to do next."""
    macros, root = current_app.jinja_env.get_template("web/macros/path.html").module, request.script_root
    return lambda item: _drawn(macros, _Module(item, course, run_id, following, root))


@lru_cache(maxsize=REMEMBERED)
def _drawn(macros: Any, asked: _Module) -> Markup:
    return asked.draw(macros)
