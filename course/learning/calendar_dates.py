"""What a member's calendar shows, and when each of its dates was last decided.

An event keeps its name for good and its number only grows: calendars know it again and move it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from course.content.catalogue import Course
from course.db.audit import AuditRow
from course.runs.models import Attendance, Membership, Progress, Run, RunSession
from course.work.models import Work
from course.work.standing import standing

from . import rules, service
from .rules import DatedDeadline

VERBS = ("run_changed", "run_cancelled", "deadline_moved", "content_taken")


@dataclass(frozen=True, slots=True)
class Occasion:
    """One event. ``decided_at``: when its date was last decided; ``changed_at``: when anything of it was."""

    key: str
    title: str
    starts_at: datetime
    ends_at: datetime
    decided_at: datetime
    changed_at: datetime
    place: str = ""
    is_cancelled: bool = False
    is_deadline: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """An act that moved dates: of sessions (``keys``), of one deadline (for one member or for all), or of all."""

    at: datetime
    verb: str
    keys: frozenset[str] = frozenset()
    deadline: str = ""
    membership: int | None = None


def occasions(session: Session, run: Run, membership: Membership, now: datetime) -> tuple[Occasion, ...]:
    """The sessions of a run as this member takes them, and the member's deadlines."""
    stands = standing(session, run, membership)
    changes = _changes(session, run)
    deadlines = rules.deadlines(stands.course, service.entries(stands, now))
    done_at = _last_done(session, membership) or run.created_at
    return (
        *_sessions(session, run, membership, stands.course, changes),
        *(_deadline(run, membership, deadline, stands.dates.due(deadline.id), changes, done_at)
          for deadline in deadlines),
    )  # fmt: skip


def _changes(session: Session, run: Run) -> list[Change]:
    rows = session.execute(
        select(AuditRow.at, AuditRow.verb, AuditRow.detail).where(AuditRow.run_id == run.id, AuditRow.verb.in_(VERBS))
    )
    return [
        Change(at, verb, frozenset((detail or {}).get("moved", ())), (detail or {}).get("deadline", ""),
               (detail or {}).get("membership"))
        for at, verb, detail in rows
    ]  # fmt: skip


def _last_done(session: Session, membership: Membership) -> datetime | None:
    """When the member last did something; what is done is said in the deadlines' titles."""
    found = (
        session.scalar(select(func.max(Work.updated_at)).where(Work.membership_id == membership.id)),
        session.scalar(select(func.max(Progress.at)).where(Progress.membership_id == membership.id)),
    )
    return max((at for at in found if at is not None), default=None)


def _sessions(
    session: Session, run: Run, membership: Membership, course: Course, changes: Iterable[Change]
) -> Iterable[Occasion]:
    elsewhere = _elsewhere(session, membership)
    known = list(changes)
    for meeting in run.sessions:
        title = course.sessions[meeting.key].title if meeting.key in course.sessions else run.name
        decided = [c.at for c in known if meeting.key in c.keys or c.verb in {"run_cancelled", "content_taken"}]
        held, taken = meeting, elsewhere.get(meeting.key)
        name = run.name
        if taken is not None:
            planned, held = taken
            decided += [planned.marked_at, *(c.at for c in _changes(session, held.run) if held.key in c.keys)]
            name = f"{run.name} (sammen med {held.run.name})"
        at = max(decided, default=run.created_at)
        ends_at = held.ends_at
        if run.is_own_time:  # it has no hours: the calendar says from when, and its deadline until when
            title, ends_at = f"{title} kan tages fra i dag", held.starts_at
        yield Occasion(
            f"session-{run.id}-{meeting.key}", f"{title}: {name}", held.starts_at, ends_at, at, at, held.place,
            is_cancelled=run.cancelled_at is not None or held.run.cancelled_at is not None,
        )  # fmt: skip


def _elsewhere(session: Session, membership: Membership) -> dict[str, tuple[Attendance, RunSession]]:
    """The sessions that the member takes with another run, as they are held there."""
    rows = session.execute(
        select(Attendance, RunSession)
        .join(
            RunSession,
            (RunSession.run_id == Attendance.held_in_run_id) & (RunSession.key == Attendance.session_key),
        )
        .where(Attendance.membership_id == membership.id, Attendance.held_in_run_id != membership.run_id)
    )
    return {planned.session_key: (planned, meeting) for planned, meeting in rows}


def _deadline(
    run: Run, membership: Membership, deadline: DatedDeadline, general: datetime | None, changes: Iterable[Change],
    done_at: datetime,
) -> Occasion:  # fmt: skip
    """A deadline of one's own (of a text sent back) is another event than the one it started from."""
    decided = max(
        (
            c.at
            for c in changes
            if c.keys
            or c.verb == "content_taken"
            or (c.deadline == deadline.id and c.membership in (None, membership.id))
        ),
        default=run.created_at,
    )
    key = f"deadline-{run.id}-{deadline.id}"
    if deadline.at != general:
        entry = deadline.entries[0]
        key, decided = f"{key}-{entry.activity.id}-{entry.slot}", max(decided, done_at)
    done = "" if deadline.waiting else " (gjort)"
    return Occasion(
        key, f"Frist: {deadline.title}{done}", deadline.at, deadline.at, decided, max(decided, done_at),
        is_deadline=True,
    )  # fmt: skip
