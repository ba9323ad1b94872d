"""Somebody has a work open right now: a lease that the others see and that runs out by itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session, joinedload

from course.accounts.rules import Actor
from course.db import audit
from course.db.errors import DomainError
from course.db.upsert import upsert
from course.web.danish import clock_time

from .models import Lease
from .rules import LEASE, is_live, may_hold
from .service import lock_work


class HeldByAnother(DomainError):
    """Somebody else has the work open. Carries the lease."""

    def __init__(self, lease: Lease) -> None:
        super().__init__(
            f"{lease.person.name} læser teksten til kl. {clock_time(lease.until)}. "
            "Det, du gjorde, er ikke gemt. Overtag teksten først, hvis du vil afgøre den."
        )
        self.lease = lease


def take(session: Session, *, actor: Actor, now: datetime, work_id: int) -> bool:
    """Take the lease, or hold it longer; leave it alone when somebody else has it. Whether it is the actor's now.

    One statement, so that of two who open a work at once exactly one gets it. The caller has found the work
    readable to the actor (:func:`course.reviews.reading.find`).
    """
    held = {"person_id": actor.person_id, "until": now + LEASE}
    return upsert(
        session,
        Lease,
        {"work_id": work_id},
        {**held, "taken_at": now},
        held,
        only_if=or_(Lease.person_id == actor.person_id, Lease.until <= now),
    )


def take_over(session: Session, *, actor: Actor, now: datetime, work_id: int) -> None:
    """Take the lease from whoever has it."""
    work = lock_work(session, actor, work_id)
    before = lease_of(session, work_id)
    held = {"person_id": actor.person_id, "taken_at": now, "until": now + LEASE}
    upsert(session, Lease, {"work_id": work_id}, held, held)
    if before is not None and before.person_id != actor.person_id and is_live(before.until, now):
        audit.record(
            session, actor_id=actor.person_id, now=now, verb="lease_taken_over", run_id=work.run_id, work_id=work_id,
            detail={"from": before.person_id},
        )  # fmt: skip
        session.flush()


def require(session: Session, *, actor: Actor, now: datetime, work_id: int) -> None:
    """Hold the lease for an act. The caller has locked the work.

    Raises:
        HeldByAnother: somebody else has it.
    """
    lease = lease_of(session, work_id)
    if lease is not None and not may_hold(lease.person_id, lease.until, actor.person_id, now):
        raise HeldByAnother(lease)
    take(session, actor=actor, now=now, work_id=work_id)


def let_go(session: Session, *, actor: Actor, work_id: int) -> None:
    """Give up one's own lease; somebody else's stays."""
    session.execute(
        delete(Lease).where(Lease.work_id == work_id, Lease.person_id == actor.person_id),
        execution_options={"synchronize_session": False},
    )


def lease_of(session: Session, work_id: int) -> Lease | None:
    """The lease as it stands now, with its holder."""
    return session.scalars(
        select(Lease)
        .where(Lease.work_id == work_id)
        .options(joinedload(Lease.person))
        .execution_options(populate_existing=True)
    ).one_or_none()
