"""Reading attendance: the roll of a session, and how long each member of a run was there. Fixed numbers of queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, selectinload

from course.accounts.models import Person

from .attendance_rules import AttendanceState, Held, held, is_enough
from .contents import course_of
from .models import Attendance, Membership, Run, RunSession
from .rules import Role
from .service import members


@dataclass(frozen=True, slots=True)
class Seat:
    """A member on the roll of a session. ``elsewhere``: the run they take it with; ``host`` of a guest is this one."""

    membership: Membership
    row: Attendance | None
    is_guest: bool = False
    elsewhere: Run | None = None
    marked_by: str = ""

    @property
    def name(self) -> str:
        """The member's name."""
        return self.membership.person.name

    @property
    def seen(self) -> str:
        """What the reader of the roll has seen of this member; a mark sends it along."""
        return signature(self.row)


@dataclass(frozen=True, slots=True)
class Presence:
    """What is noted about a member in a session, where it was held, and how many of its minutes they had."""

    row: Attendance
    meeting: RunSession | None
    host: Run | None
    minutes: int
    net: int
    counts: bool


def signature(row: Attendance | None) -> str:
    """What stands in a row, in a form that can be compared with what somebody has seen."""
    if row is None:
        return "-"
    times = (at.isoformat() if at else "" for at in (row.from_at, row.until_at))
    return "|".join([row.state, *times, row.how, str(row.held_in_run_id or "")])


def meeting_of(run: Run, session_key: str) -> RunSession | None:
    """A session of a run by its key."""
    return next((meeting for meeting in run.sessions if meeting.key == session_key), None)


def held_of(session: Session, run: Run, meeting: RunSession) -> Held:
    """A session as it is held in a run, with the run sheet of that run's content."""
    course = course_of(session, run)
    ends_at = meeting.ends_at
    if run.is_own_time and meeting.key in course.sessions:  # its end is the last day one can take it
        ends_at = meeting.starts_at + course.sessions[meeting.key].length
    return held(meeting.starts_at, ends_at, course.sheets.get(meeting.key))


def roll(session: Session, run: Run, session_key: str) -> list[Seat]:
    """The participants of a run in one session, by name, and then the guests from other runs. Four queries at most."""
    own = members(session, run.id, Role.PARTICIPANT)
    rows = {row.membership_id: row for row in _rows([m.id for m in own], session, session_key)}
    guests = _guests(session, run, session_key)
    hosts = _runs(session, {row.held_in_run_id for row in rows.values()} - {None})
    names = _names(session, [*rows.values(), *(row for _, row in guests)])
    seats = []
    for member in own:
        row = rows.get(member.id)
        seats.append(
            Seat(member, row, elsewhere=hosts.get((row.held_in_run_id if row else None) or 0),
                 marked_by=names.get((row.marked_by_id if row else None) or 0, ""))
        )  # fmt: skip
    return seats + [
        Seat(member, row, is_guest=True, marked_by=names.get(row.marked_by_id or 0, "")) for member, row in guests
    ]


def _rows(membership_ids: Collection[int], session: Session, session_key: str | None = None) -> list[Attendance]:
    query = select(Attendance).where(Attendance.membership_id.in_(membership_ids))
    if session_key is not None:
        query = query.where(Attendance.session_key == session_key)
    return list(session.scalars(query.order_by(Attendance.id)))


def _guests(session: Session, run: Run, session_key: str) -> list[tuple[Membership, Attendance]]:
    found = session.execute(
        select(Membership, Attendance)
        .join(Attendance, Attendance.membership_id == Membership.id)
        .join(Membership.person)
        .join(Membership.run)
        .options(contains_eager(Membership.person), contains_eager(Membership.run))
        .where(
            Attendance.held_in_run_id == run.id,
            Attendance.session_key == session_key,
            Membership.left_at.is_(None),
            Run.cancelled_at.is_(None),
        )
        .order_by(Person.name, Membership.id)
    )
    return [(member, row) for member, row in found]


def _runs(session: Session, ids: Collection[int | None]) -> dict[int, Run]:
    if not ids:
        return {}
    query = select(Run).options(selectinload(Run.sessions)).where(Run.id.in_(ids))
    return {run.id: run for run in session.scalars(query)}


def _names(session: Session, rows: Collection[Attendance]) -> dict[int, str]:
    ids = {row.marked_by_id for row in rows} - {None}
    if not ids:
        return {}
    return {number: name for number, name in session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))}


def presences(session: Session, run: Run, membership_ids: Collection[int]) -> dict[int, dict[str, Presence]]:
    """What is noted about these members of a run: by membership, then by session. Three queries at most."""
    rows = _rows(membership_ids, session)
    hosts = _runs(session, {row.held_in_run_id for row in rows} - {None}) | {run.id: run}
    percent = course_of(session, run).attendance_percent
    known: dict[tuple[int, str], tuple[RunSession | None, Held | None]] = {}
    found: dict[int, dict[str, Presence]] = {member: {} for member in membership_ids}
    for row in rows:
        host = hosts.get(row.held_in_run_id or run.id)
        place = (row.held_in_run_id or run.id, row.session_key)
        if place not in known:
            meeting = meeting_of(host, row.session_key) if host else None
            known[place] = (meeting, held_of(session, host, meeting) if host and meeting else None)
        found[row.membership_id][row.session_key] = _presence(row, host, *known[place], percent)
    return found


def _presence(row: Attendance, host: Run | None, meeting: RunSession | None, of: Held | None, percent: int) -> Presence:
    if of is None or row.state != AttendanceState.PRESENT:
        return Presence(row, meeting, host, 0, of.net if of else 0, False)
    minutes = of.minutes(row.from_at, row.until_at)
    return Presence(row, meeting, host, minutes, of.net, is_enough(minutes, of.net, percent))


def counted(seats: Collection[Seat]) -> Mapping[str, int]:
    """How many of those expected here are there, are not, and are not noted yet."""
    here = [seat for seat in seats if seat.elsewhere is None]
    states = [seat.row.state if seat.row is not None else "" for seat in here]
    present, absent = states.count(AttendanceState.PRESENT), states.count(AttendanceState.ABSENT)
    return {"present": present, "absent": absent, "unmarked": len(here) - present - absent, "of": len(here)}
