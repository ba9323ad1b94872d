"""Completion granted with a recorded reason, and taken back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.rules import Actor
from course.db import audit
from course.db.errors import DomainError, NotAllowed

from .models import CompletionGrant, Membership, Run
from .rules import Role

REASON_MIN, REASON_MAX = 10, 1000


def require_organiser(session: Session, actor: Actor, run: Run) -> None:
    """Refuse whoever is no organiser of a run."""
    found = session.scalars(
        select(Membership.id).where(
            Membership.run_id == run.id,
            Membership.person_id == actor.person_id,
            Membership.role == Role.ORGANISER.value,
            Membership.left_at.is_(None),
        )
    ).first()
    if found is None:
        raise NotAllowed


def locked_participant(session: Session, run: Run, membership_id: int) -> Membership:
    """A participant of a run, whom nobody else grants or issues anything until the transaction ends."""
    member = session.get(Membership, membership_id, with_for_update=True, populate_existing=True)
    if member is None or member.run_id != run.id or member.role != Role.PARTICIPANT or member.left_at is not None:
        raise NotAllowed
    return member


def grants(session: Session, membership_ids: Collection[int]) -> dict[int, CompletionGrant]:
    """Who of these members had completion granted, in one query."""
    rows = session.scalars(select(CompletionGrant).where(CompletionGrant.membership_id.in_(membership_ids)))
    return {row.membership_id: row for row in rows}


def grant(
    session: Session, *, actor: Actor, now: datetime, run: Run, membership_id: int, reason: str
) -> CompletionGrant:
    """Let the course count as completed although something is missing. A second grant changes the reason.

    ``reason`` has been through the guard.

    Raises:
        NotAllowed: the actor is no organiser of the run, or there is no such participant.
        DomainError: there is no reason, or it is too long.
    """
    require_organiser(session, actor, run)
    reason = reason.strip()
    if not REASON_MIN <= len(reason) <= REASON_MAX:
        raise DomainError("Skriv en begrundelse på mellem 10 og 1.000 tegn.", status=422)
    member = locked_participant(session, run, membership_id)
    row = session.get(CompletionGrant, member.id, populate_existing=True)
    if row is None:
        row = CompletionGrant(membership_id=member.id)
        session.add(row)
    row.reason, row.granted_by_id, row.granted_at = reason, actor.person_id, now
    _record(session, actor, now, run, "completion_granted", member)
    return row


def take_back(session: Session, *, actor: Actor, now: datetime, run: Run, membership_id: int) -> None:
    """Take a grant back; the caller has seen to it that no certificate rests on it. One that is gone stays so."""
    require_organiser(session, actor, run)
    member = locked_participant(session, run, membership_id)
    row = session.get(CompletionGrant, member.id, populate_existing=True)
    if row is not None:
        session.delete(row)
        _record(session, actor, now, run, "completion_grant_taken_back", member)


def _record(session: Session, actor: Actor, now: datetime, run: Run, verb: str, member: Membership) -> None:
    audit.record(session, actor_id=actor.person_id, now=now, verb=verb, run_id=run.id, detail={"membership": member.id})
    session.flush()
