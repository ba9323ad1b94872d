"""What the cockpit shows: how far everybody is, and what wants attention. A fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from course.content.catalogue import Activity
from course.outbox.models import Message
from course.reviews.models import RiskFlag
from course.runs.models import Invitation, Membership, Run
from course.runs.rules import Fact, Role
from course.runs.service import members
from course.work.models import Work
from course.work.rules import Projection, State
from course.work.standing import standings_of_run


@dataclass(frozen=True, slots=True)
class Row:
    """One participant: for each required slot what they have done, and how many of all activities are done."""

    membership: Membership
    cells: tuple[Fact | None, ...]
    done: int
    of: int


@dataclass(frozen=True, slots=True)
class Cockpit:
    """``heads`` are the titles of the required slots, in the order of each row's cells."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    staff: tuple[Membership, ...]
    inbox: int
    returned: int
    released: int
    invited: int
    expired: int
    failed_mails: int
    open_flags: int


def cockpit(session: Session, run: Run, now: datetime) -> Cockpit:
    """Work out the cockpit of a run."""
    everybody = members(session, run.id)
    people = [m for m in everybody if m.role == Role.PARTICIPANT]
    stands = standings_of_run(session, run, people)
    activities: list[Activity] = []
    if stands:
        course = next(iter(stands.values())).course
        activities = [course.activities[r.activity] for r in course.completion if r.activity in course.activities]
    columns = [(a, slot) for a in activities for slot in a.slots]
    rows = []
    for member in people:
        stand = stands[member.id]
        asked = [a for a in stand.course.activities.values() if not a.is_skip_test]
        everything = [(a.id, slot.id) for a in asked for slot in a.slots]
        done = sum(_is_done(stand.facts.get(key)) for key in everything)
        cells = tuple(stand.facts.get((a.id, slot.id)) for a, slot in columns)
        rows.append(Row(member, cells, done, len(everything)))
    states = _work_states(session, run.id)
    pending, expired = _invitations(session, run.id, now)
    return Cockpit(
        heads=tuple(slot.title if len(a.slots) > 1 else a.title for a, slot in columns),
        rows=tuple(rows),
        staff=tuple(m for m in everybody if m.role != Role.PARTICIPANT),
        inbox=sum(n for (state, _), n in states.items() if state == State.SUBMITTED),
        returned=sum(n for (state, _), n in states.items() if state == State.RETURNED),
        released=sum(n for (_, projection), n in states.items() if projection == Projection.RELEASED),
        invited=pending,
        expired=expired,
        failed_mails=_count(session, select(func.count()).where(Message.run_id == run.id, Message.state == "failed")),
        open_flags=_count(
            session,
            select(func.count())
            .select_from(RiskFlag)
            .join(Work, Work.id == RiskFlag.work_id)
            .where(Work.run_id == run.id, RiskFlag.answered_at.is_(None)),
        ),
    )


def _is_done(fact: Fact | None) -> bool:
    return fact is not None and fact.state in {"done", State.SUBMITTED, State.ACCEPTED}


def _work_states(session: Session, run_id: int) -> dict[tuple[str, str], int]:
    rows = session.execute(
        select(Work.state, Work.projection, func.count())
        .where(Work.run_id == run_id, Work.needs_review)
        .group_by(Work.state, Work.projection)
    )
    return {(state, projection): number for state, projection, number in rows}


def _invitations(session: Session, run_id: int, now: datetime) -> tuple[int, int]:
    """How many invitations wait for an answer, and how many have run out."""
    waits = session.scalars(
        select(Invitation.expires_at).where(Invitation.run_id == run_id, Invitation.state == "pending")
    ).all()
    return sum(at > now for at in waits), sum(at <= now for at in waits)


def _count(session: Session, query: Select[int]) -> int:
    return session.scalar(query) or 0
