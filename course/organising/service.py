"""What the organiser does to dates, members and content of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from course.accounts.rules import Actor
from course.content.catalogue import Course
from course.db import audit
from course.db.errors import DomainError, NotAllowed
from course.outbox.service import queue
from course.reviews import profiles
from course.runs import attendance
from course.runs import rules as run_rules
from course.runs.contents import course_of, keep_version
from course.runs.models import DeadlineMove, Membership, Run
from course.runs.rules import Role, Timetable
from course.runs.service import Meeting, cancel_run, check_meetings, lock_run, members, set_mode
from course.work.models import Work
from course.work.standing import Standing, anchors_of, anchors_of_meetings, moves, planned_of, standings_of_run

from . import rules


def participants(session: Session, run: Run) -> dict[int, Membership]:
    """The participants of a run by membership, in the order of their names."""
    return {member.id: member for member in members(session, run.id, Role.PARTICIPANT)}


def preview_move(
    session: Session, run: Run, deadline_id: str, membership_id: int | None, moved_to: datetime | None
) -> tuple[rules.Affected, ...]:
    """What moves for whom when a deadline moves for all or for one. ``moved_to`` None: back to the course's own date.

    Raises:
        NotAllowed: the run has no such deadline or participant.
    """
    course = course_of(session, run)
    people = participants(session, run)
    if deadline_id not in planned_of(course, run.mode) or (membership_id is not None and membership_id not in people):
        raise NotAllowed
    stands = standings_of_run(session, run, people.values())
    own_moves = _own_moves(session, run, deadline_id)
    general = _general(session, run, course, deadline_id)
    before = {member: stand.dates for member, stand in stands.items()}
    after = {
        member: _moved(dates, deadline_id, moved_to or general)
        if _is_meant(member, membership_id, own_moves)
        else dates
        for member, dates in before.items()
    }
    return rules.affected(course, before, after, {member: stand.facts for member, stand in stands.items()})


def _is_meant(member: int, membership_id: int | None, own_moves: frozenset[int]) -> bool:
    """A move for all leaves those alone who have a date of their own."""
    return member == membership_id if membership_id is not None else member not in own_moves


def _moved(dates: Timetable, deadline_id: str, to: datetime | None) -> Timetable:
    deadlines = {name: at for name, at in dates.deadlines.items() if name != deadline_id}
    return replace(dates, deadlines=deadlines | ({deadline_id: to} if to else {}))


def _own_moves(session: Session, run: Run, deadline_id: str) -> frozenset[int]:
    rows = session.scalars(
        select(DeadlineMove.membership_id).where(
            DeadlineMove.run_id == run.id,
            DeadlineMove.deadline_id == deadline_id,
            DeadlineMove.membership_id.is_not(None),
        )
    )
    return frozenset(member for member in rows if member is not None)


def _general(session: Session, run: Run, course: Course, deadline_id: str) -> datetime | None:
    """The date a deadline falls back to: for one, the date of all; for all, the course's own."""
    moved = session.scalar(
        select(DeadlineMove.moved_to).where(
            DeadlineMove.run_id == run.id,
            DeadlineMove.deadline_id == deadline_id,
            DeadlineMove.membership_id.is_(None),
        )
    )
    from_course = run_rules.resolve(course.deadlines[deadline_id].at, anchors_of(run))
    return moved or from_course


def move_deadline(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    run: Run,
    deadline_id: str,
    membership_id: int | None,
    moved_to: datetime,
) -> tuple[rules.Affected, ...]:
    """Move a deadline for all or for one, and tell those who still have something to do before it.

    Raises:
        DomainError: the new date has passed.
    """
    if moved_to <= now:
        raise DomainError("Den nye frist ligger allerede i fortiden.", status=422)
    lock_run(session, run)
    found = preview_move(session, run, deadline_id, membership_id, moved_to)
    session.execute(
        delete(DeadlineMove).where(
            DeadlineMove.run_id == run.id,
            DeadlineMove.deadline_id == deadline_id,
            DeadlineMove.membership_id.is_(None)
            if membership_id is None
            else DeadlineMove.membership_id == membership_id,
        )
    )
    session.add(
        DeadlineMove(
            run_id=run.id, deadline_id=deadline_id, membership_id=membership_id, moved_to=moved_to,
            moved_by_id=actor.person_id, moved_at=now,
        )
    )  # fmt: skip
    audit.record(
        session, actor_id=actor.person_id, now=now, verb="deadline_moved", run_id=run.id,
        detail={"deadline": deadline_id, "membership": membership_id, "to": moved_to.isoformat()},
    )  # fmt: skip
    session.flush()
    _tell(session, now, run, found, f"{deadline_id}-{moved_to.isoformat()}")
    return found


def _tell(session: Session, now: datetime, run: Run, found: tuple[rules.Affected, ...], what: str) -> None:
    people = participants(session, run)
    for one in found:
        if one.is_told:
            queue(
                session, now=now, kind="deadlines_moved", to=people[one.membership_id].person.email, run_id=run.id,
                params={"membership": one.membership_id, "deadlines": [m.id for m in one.moved]},
                dedupe_key=f"deadlines_moved-{one.membership_id}-{what}-{now.isoformat()}",
            )  # fmt: skip


def preview_meetings(
    session: Session, run: Run, meetings: Mapping[str, Meeting], *, mode: str | None = None
) -> tuple[tuple[rules.Moved, ...], tuple[rules.Affected, ...]]:
    """Which deadlines follow when the days of a run are moved, in general and for each participant."""
    course = course_of(session, run)
    check_meetings(course, meetings)
    held = {key: (meeting.starts_at, meeting.ends_at) for key, meeting in meetings.items()}
    anchors = anchors_of(run) | anchors_of_meetings(held)
    planned = planned_of(course, mode or run.mode)
    stands = standings_of_run(session, run, participants(session, run).values())
    before = {member: stand.dates for member, stand in stands.items()}
    moves_for_all, moves_for_one = moves(session, run.id)
    after = {
        member: run_rules.timetable(anchors, planned, moves_for_all, moves_for_one.get(member, {})) for member in before
    }
    general = rules.changes(
        course,
        run_rules.timetable(anchors_of(run), planned_of(course, run.mode), moves_for_all, {}),
        run_rules.timetable(anchors, planned, moves_for_all, {}),
    )
    return general, rules.affected(course, before, after, {m: stand.facts for m, stand in stands.items()})


def change_run(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    run: Run,
    name: str,
    cluster: str,
    meetings: Mapping[str, Meeting],
    organised_by: str | None = None,
    activity_number: str | None = None,
    erase_days: int | None = None,
    mode: str | None = None,
) -> None:
    """Change names, dates and places of a run; everybody is told when a day is moved to another time or place.

    What is None stays as it is. Attendance that is noted already is counted again by the new times.

    Raises:
        DomainError: it is to be held in another way, and somebody has taken a session already.
    """
    if mode is not None and mode != run.mode:
        set_mode(session, run, mode)
    _, found = preview_meetings(session, run, meetings, mode=mode)
    moved_days = []
    for meeting in run.sessions:
        new = meetings[meeting.key]
        if (meeting.starts_at, meeting.ends_at, meeting.place) != (new.starts_at, new.ends_at, new.place):
            moved_days.append(meeting.key)
            meeting.starts_at, meeting.ends_at, meeting.place = new.starts_at, new.ends_at, new.place
    run.name, run.cluster = name, cluster
    run.organised_by = run.organised_by if organised_by is None else organised_by
    run.activity_number = run.activity_number if activity_number is None else activity_number
    run.erase_days = run.erase_days if erase_days is None else erase_days
    audit.record(
        session,
        actor_id=actor.person_id,
        now=now,
        verb="run_changed",
        run_id=run.id,
        detail={"moved": moved_days},
    )
    session.flush()
    if moved_days:
        attendance.recount(session, now=now, run=run)
        for member in members(session, run.id):
            queue(
                session, now=now, kind="session_moved", to=member.person.email, run_id=run.id,
                params={"membership": member.id, "sessions": moved_days},
                dedupe_key=f"session_moved-{member.id}-{now.isoformat()}",
            )  # fmt: skip
    else:
        _tell(session, now, run, found, "run")


def works_by_activity(session: Session, run_id: int) -> dict[str, int]:
    """How many works each activity of a run has."""
    rows = session.execute(
        select(Work.activity_id, func.count()).where(Work.run_id == run_id).group_by(Work.activity_id)
    )
    return {activity: number for activity, number in rows}


def preview_content(session: Session, run: Run, new: Course) -> rules.Touched:
    """What the newest version of the course would change for the run."""
    kept = profiles.kept_by_rubric(session, run.id)
    return rules.touched(course_of(session, run), new, works_by_activity(session, run.id), kept)


def take_content(
    session: Session, *, actor: Actor, now: datetime, run: Run, new: Course, packed: bytes, seen_digest: str
) -> None:
    """Pin the run to the newest version, which the organiser has seen the effect of.

    Raises:
        DomainError: the content has changed again since the preview, or something in use would disappear.
    """
    if seen_digest != new.digest:
        raise DomainError("Indholdet er ændret igen, siden du så forskellen. Se på den igen.")
    if set(new.sessions) != {meeting.key for meeting in run.sessions}:
        raise DomainError("Den nye udgave har andre kursusgange end holdet. Den kan ikke tages i brug.")
    if any(not rules.has_place(new, activity, slot) for activity, slot in _written_places(session, run.id)):
        raise DomainError(
            "Den nye udgave mangler aktiviteter, som deltagerne har skrevet i. Den kan ikke tages i brug."
        )
    lock_run(session, run)
    moved = _moved_by_content(session, run, new)
    was = run.content_digest
    run.content_digest = keep_version(session, now=now, course=new, packed=packed)
    attendance.recount(session, now=now, run=run)
    audit.record(
        session, actor_id=actor.person_id, now=now, verb="content_taken", run_id=run.id,
        detail={"from": was[:12], "to": new.digest[:12]},
    )  # fmt: skip
    session.flush()
    _tell_of_content(session, now, run, moved)


def _moved_by_content(session: Session, run: Run, new: Course) -> dict[int, tuple[str, ...]]:
    stands = standings(session, run)
    planned = planned_of(new, run.mode)
    for_all, for_one = moves(session, run.id)
    return rules.moved_by_content(
        course_of(session, run),
        new,
        {member: stand.dates for member, stand in stands.items()},
        {m: run_rules.timetable(anchors_of(run), planned, for_all, for_one.get(m, {})) for m in stands},
        {member: stand.facts for member, stand in stands.items()},
    )


def _tell_of_content(session: Session, now: datetime, run: Run, moved: Mapping[int, tuple[str, ...]]) -> None:
    people = participants(session, run)
    for member, deadlines in moved.items():
        queue(
            session, now=now, kind="deadlines_moved", to=people[member].person.email, run_id=run.id,
            params={"membership": member, "deadlines": list(deadlines)},
            dedupe_key=f"deadlines_moved-{member}-content-{run.content_digest[:12]}-{now.isoformat()}",
        )  # fmt: skip


def _written_places(session: Session, run_id: int) -> list[tuple[str, str]]:
    rows = session.execute(select(Work.activity_id, Work.slot).where(Work.run_id == run_id).distinct())
    return [(activity, slot) for activity, slot in rows]


def standings(session: Session, run: Run) -> dict[int, Standing]:
    """Where every participant of the run stands, by membership."""
    return standings_of_run(session, run, participants(session, run).values())


def cancel(session: Session, *, actor: Actor, now: datetime, run: Run) -> None:
    """Cancel a run and tell everybody in it."""
    if run.cancelled_at is not None:
        return
    cancel_run(session, actor=actor, now=now, run=run)
    for member in members(session, run.id):
        queue(
            session, now=now, kind="run_cancelled", to=member.person.email, run_id=run.id,
            params={"membership": member.id}, dedupe_key=f"run_cancelled-{member.id}",
        )  # fmt: skip
