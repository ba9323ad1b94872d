"""What several people write together: who they are, who wrote what, and which team works with whose case."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.runs.models import FormerTeamMember, Membership, Team, TeamMember
from course.work.models import Revision, TeamCase


def writers_of_teams(session: Session, team_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """The people who are, or were, in each of these teams."""
    found: dict[int, set[int]] = {team_id: set() for team_id in team_ids}
    if team_ids:
        for seat in (TeamMember, FormerTeamMember):
            rows = session.execute(
                select(seat.team_id, Membership.person_id)
                .join(Membership, Membership.id == seat.membership_id)
                .where(seat.team_id.in_(team_ids))
            )
            for team_id, person_id in rows:
                found[team_id].add(person_id)
    return {team_id: frozenset(people) for team_id, people in found.items()}


@dataclass(frozen=True, slots=True)
class TeamUse:
    """A team works with a case in a session."""

    session_key: str
    no: int


def uses_of(session: Session, work_id: int) -> list[TeamUse]:
    """The teams that work with a case now."""
    rows = session.scalars(
        select(Team)
        .join(TeamCase, TeamCase.team_id == Team.id)
        .where(TeamCase.work_id == work_id, Team.dissolved_at.is_(None))
        .order_by(Team.made_at, Team.no)
    )
    return [TeamUse(team.session_key, team.no) for team in rows]


@dataclass(frozen=True, slots=True)
class Writer:
    """Another member of the team wrote in the work, and when last."""

    name: str
    at: datetime


RECENT = timedelta(minutes=10)


def other_writers(session: Session, work_id: int, person_id: int, now: datetime) -> list[Writer]:
    """Who else has written in a work in the last ten minutes, the latest first."""
    last = func.max(Revision.saved_at)
    rows = session.execute(
        select(Person.name, last)
        .join(Person, Person.id == Revision.author_id)
        .where(Revision.work_id == work_id, Revision.author_id != person_id, Revision.saved_at > now - RECENT)
        .group_by(Person.id, Person.name)
        .order_by(last.desc(), Person.name)
    )
    return [Writer(name, at) for name, at in rows]


def who_changed(session: Session, work_id: int, since_no: int, names: Collection[str]) -> dict[str, Writer]:
    """Who changed each of these fields last, after revision ``since_no``."""
    rows = session.execute(
        select(Revision.no, Revision.data, Revision.saved_at, Person.name)
        .outerjoin(Person, Person.id == Revision.author_id)
        .where(Revision.work_id == work_id, Revision.no >= since_no)
        .order_by(Revision.no)
    ).all()
    found: dict[str, Writer] = {}
    before: dict[str, Any] = (rows[0][1] or {}) if rows and since_no else {}
    for no, data, at, name in rows:
        if no > since_no:
            found |= {field: Writer(name or "", at) for field in names if (data or {}).get(field) != before.get(field)}
            before = data or {}
    return found
