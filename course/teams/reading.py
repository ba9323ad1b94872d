"""How the groups of a session stand: who is in them, who is there, and what they can work with."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import sha256

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from course.content.catalogue import Course, Kind
from course.runs.models import Attendance, Membership, Run, Team, TeamMember
from course.runs.rules import Role
from course.work.models import TeamCase, Work
from course.work.rules import Projection

from .rules import Groups, Seated


def teams(session: Session, run_id: int, session_key: str) -> list[Team]:
    """The groups of a session that are not dissolved, by number, with their members and people."""
    return list(session.scalars(_TEAMS.where(*of_session(run_id, session_key), Team.dissolved_at.is_(None))))


def dissolved_teams(session: Session, run_id: int, session_key: str) -> list[Team]:
    """The groups of a session that are dissolved and have written something."""
    wrote = select(Work.team_id).where(Work.team_id.is_not(None), Work.latest_no > 0)
    return list(
        session.scalars(
            _TEAMS.where(*of_session(run_id, session_key), Team.dissolved_at.is_not(None), Team.id.in_(wrote))
        )
    )


_TEAMS = (
    select(Team)
    .options(selectinload(Team.members).joinedload(TeamMember.membership).joinedload(Membership.person))
    .order_by(Team.no)
    .execution_options(populate_existing=True)
)


def of_session(run_id: int, session_key: str) -> tuple[ColumnElement[bool], ...]:
    """What picks the groups of one session."""
    return Team.run_id == run_id, Team.session_key == session_key


def groups_of(found: Iterable[Team]) -> Groups:
    """Groups as the rules see them."""
    return {team.no: tuple(sorted(member.id for member in here(team))) for team in found}


def here(team: Team) -> list[Membership]:
    """The members of a group who have not left the run, by name."""
    members = [seat.membership for seat in team.members if seat.membership.left_at is None]
    return sorted(members, key=lambda member: (member.person.name.casefold(), member.id))


def version(session: Session, found: Collection[Team]) -> str:
    """A short name for exactly these groups and their texts: who posts it has seen them."""
    texts = session.execute(
        select(TeamCase.team_id, TeamCase.work_id, TeamCase.case_id).where(TeamCase.team_id.in_([t.id for t in found]))
    )
    seats = sorted((team.no, member.membership_id) for team in found for member in team.members)
    told = repr((sorted(team.id for team in found), seats, sorted(map(repr, texts.all()))))
    return sha256(told.encode()).hexdigest()[:24]


def participants(session: Session, run_id: int) -> list[Membership]:
    """The participants of a run, by name, with their people."""
    query = select(Membership).where(
        Membership.run_id == run_id, Membership.role == Role.PARTICIPANT.value, Membership.left_at.is_(None)
    )
    found = session.scalars(query.options(joinedload(Membership.person)))
    return sorted(found, key=lambda member: (member.person.name.casefold(), member.id))


def seated(session: Session, run: Run, course: Course, members: Iterable[Membership]) -> list[Seated]:
    """These members as the rules see them."""
    released = released_cases(session, run, course)
    tutors = _tutors(session, run.id)
    return [
        Seated(
            member.id,
            member.clinic,
            tutors.get(member.id),
            frozenset(work.slot for work in released.get(member.id, ())),
        )
        for member in members
    ]


def _tutors(session: Session, run_id: int) -> dict[int, int]:
    """Whose tutor is a participant too, in whatever other role they are named: trainee → tutor."""
    named, own = aliased(Membership), aliased(Membership)
    rows = session.execute(
        select(Membership.id, own.id)
        .join(named, named.id == Membership.tutor_id)
        .join(own, and_(own.person_id == named.person_id, own.run_id == run_id, own.role == Role.PARTICIPANT.value))
        .where(Membership.run_id == run_id)
    )
    return {trainee: tutor for trainee, tutor in rows}


def released_cases(session: Session, run: Run, course: Course) -> dict[int, list[Work]]:
    """The members' cases that are released now, by member."""
    activities = [a.id for a in course.activities.values() if a.kind is Kind.CASE]
    rows = session.scalars(
        select(Work)
        .where(
            Work.run_id == run.id,
            Work.activity_id.in_(activities),
            Work.projection == Projection.RELEASED.value,
            Work.membership_id.is_not(None),
        )
        .order_by(Work.id)
    )
    found: dict[int, list[Work]] = {}
    for work in rows:
        found.setdefault(work.membership_id or 0, []).append(work)
    return found


def missing(session: Session, run_id: int, session_key: str, members: Collection[Membership]) -> set[int]:
    """Who is not there, as far as attendance tells: absent, with another run that day, or not among those seen."""
    marks = {
        row.membership_id: row
        for row in session.scalars(
            select(Attendance).where(
                Attendance.membership_id.in_([m.id for m in members]), Attendance.session_key == session_key
            )
        )
    }
    elsewhere = {m for m, row in marks.items() if row.held_in_run_id not in (None, run_id)}
    absent = {m for m, row in marks.items() if row.state == "absent"}
    begun = any(row.state == "present" and m not in elsewhere for m, row in marks.items())
    unseen = {m.id for m in members if m.id not in marks} if begun else set()
    return elsewhere | absent | unseen


def guests(session: Session, run_id: int, session_key: str) -> list[Membership]:
    """Members of other runs who take the session with this one. They have no seat here; somebody makes room."""
    return list(
        session.scalars(
            select(Membership)
            .join(Attendance, Attendance.membership_id == Membership.id)
            .where(
                Attendance.held_in_run_id == run_id,
                Attendance.session_key == session_key,
                Attendance.state != "absent",
                Membership.run_id != run_id,
                Membership.left_at.is_(None),
            )
            .options(joinedload(Membership.person))
            .order_by(Membership.id)
        )
    )
