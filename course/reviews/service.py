"""Who has which work: sharing out, taking, giving back, and who must not judge whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from course.accounts.models import Person
from course.accounts.rules import Actor
from course.db import audit
from course.db.errors import DomainError, NotAllowed
from course.db.upsert import upsert
from course.runs.models import Membership, Run
from course.runs.rules import STAFF
from course.work.judging import authors, lock_for_review
from course.work.models import Work
from course.work.rules import State

from . import rules
from .models import Assignment, Lease, Recusal


class Taken(DomainError):
    """Somebody else has the work already."""


def lock_work(session: Session, actor: Actor, work_id: int) -> Work:
    """The work, locked, for a reviewer: staff of its run, not its author, and not recused from them.

    Raises:
        NotAllowed: for everybody else.
    """
    work = lock_for_review(session, actor, work_id)
    if _is_recused(session, work, actor.person_id):
        raise NotAllowed
    return work


def _is_recused(session: Session, work: Work, person_id: int) -> bool:
    """Whether somebody is disqualified from a work's author. What a team wrote is nobody's own."""
    if work.membership_id is None:
        return False
    return session.get(Recusal, (work.membership_id, person_id), populate_existing=True) is not None


def take(session: Session, *, actor: Actor, now: datetime, work_id: int) -> Assignment:
    """Put a work on one's own desk. Of two who take it at once exactly one gets it.

    Raises:
        Taken: somebody else has it.
    """
    work = lock_work(session, actor, work_id)
    held = assignment_of(session, work.id)
    if held is None:
        return _assign(session, actor, now, work, actor.person_id)
    if held.person_id != actor.person_id:
        raise Taken(f"{held.person.name} har allerede fået den. Tal sammen, hvis I vil bytte.")
    return held


def give_back(session: Session, *, actor: Actor, now: datetime, work_id: int) -> None:
    """Take a work off one's own desk again; it is nobody's then."""
    work = lock_work(session, actor, work_id)
    held = assignment_of(session, work.id)
    if held is not None and held.person_id == actor.person_id:
        _unassign(session, actor, now, work)


def assign(session: Session, *, actor: Actor, now: datetime, work_id: int, person_id: int | None) -> None:
    """Give a work to one reviewer, whoever has it now; to nobody when ``person_id`` is None. Only for organisers.

    Raises:
        DomainError: the person is no reviewer of this work.
    """
    work = lock_work(session, actor, work_id)
    _require_organiser(session, actor, work.run_id)
    if person_id is None:
        _unassign(session, actor, now, work)
        return
    barred = _is_recused(session, work, person_id) or person_id in authors(session, work)
    if barred or person_id not in staff_ids(session, work.run_id):
        raise DomainError("Den person kan ikke vurdere netop den tekst. Vælg en anden.", status=422)
    _assign(session, actor, now, work, person_id)


def _assign(session: Session, actor: Actor, now: datetime, work: Work, person_id: int) -> Assignment:
    held = {"person_id": person_id, "assigned_by_id": actor.person_id, "assigned_at": now}
    upsert(session, Assignment, {"work_id": work.id}, held, held)
    _record(session, actor, now, work, "assigned", to=person_id)
    found = assignment_of(session, work.id)
    assert found is not None
    return found


def _unassign(session: Session, actor: Actor, now: datetime, work: Work) -> None:
    session.execute(
        delete(Assignment).where(Assignment.work_id == work.id),
        execution_options={"synchronize_session": False},
    )
    _record(session, actor, now, work, "unassigned")


def assignment_of(session: Session, work_id: int) -> Assignment | None:
    """Who has a work on the desk, as it stands now."""
    return session.scalars(
        select(Assignment)
        .where(Assignment.work_id == work_id)
        .options(joinedload(Assignment.person))
        .execution_options(populate_existing=True)
    ).one_or_none()


def share_out(
    session: Session, *, actor: Actor, now: datetime, run: Run, reviewers: Collection[int]
) -> Mapping[int, int]:
    """Share the waiting works that nobody has out among ``reviewers``, evenly. The answer counts works by reviewer.

    Raises:
        NotAllowed: the actor is no organiser of the run.
        DomainError: nobody was chosen, or somebody who is not staff.
    """
    _require_organiser(session, actor, run.id)
    chosen = set(reviewers)
    if not chosen or not chosen <= staff_ids(session, run.id):
        raise DomainError("Vælg mindst én underviser eller kursusarrangør at fordele til.", status=422)
    works = _lock_unassigned(session, run.id)
    shared = rules.share_out(
        {work.id: author_id for work, author_id in works},
        chosen,
        _recusals(session, run.id) | _in_teams(session, [work for work, _ in works]),
        _loads(session, run.id),
    )
    for work, _ in works:
        if work.id in shared:
            session.add(
                Assignment(
                    work_id=work.id,
                    person_id=shared[work.id],
                    assigned_by_id=actor.person_id,
                    assigned_at=now,
                )
            )
            _record(session, actor, now, work, "assigned", to=shared[work.id])
    session.flush()
    piles = list(shared.values())
    return {person: piles.count(person) for person in chosen}


def _lock_unassigned(session: Session, run_id: int) -> list[tuple[Work, int]]:
    """The waiting works that nobody has, locked one after the other in one order, with their authors.

    Of what a team wrote the author is the team: its number, negative.
    """
    rows = session.execute(
        select(Work, func.coalesce(Membership.person_id, -Work.team_id))
        .outerjoin(Membership, Membership.id == Work.membership_id)
        .where(
            Work.run_id == run_id,
            Work.needs_review,
            Work.state == State.SUBMITTED,
            Membership.left_at.is_(None),
            ~select(Assignment.work_id).where(Assignment.work_id == Work.id).exists(),
        )
        .order_by(Work.id)
        .with_for_update(of=Work)
        .execution_options(populate_existing=True)
    ).all()
    taken = set(session.scalars(select(Assignment.work_id).where(Assignment.work_id.in_([w.id for w, _ in rows]))))
    return [(work, author_id) for work, author_id in rows if work.id not in taken]


def _in_teams(session: Session, works: Collection[Work]) -> set[tuple[int, int]]:
    """Who is or was in the teams that wrote these works, as (author, person)."""
    return {(-work.team_id, person) for work in works if work.team_id is not None for person in authors(session, work)}


def _recusals(session: Session, run_id: int) -> set[tuple[int, int]]:
    rows = session.execute(
        select(Membership.person_id, Recusal.person_id)
        .join(Membership, Membership.id == Recusal.membership_id)
        .where(Membership.run_id == run_id)
    )
    return {(author, reviewer) for author, reviewer in rows}


def _loads(session: Session, run_id: int) -> dict[int, int]:
    rows = session.execute(
        select(Assignment.person_id, func.count())
        .join(Work, Work.id == Assignment.work_id)
        .where(Work.run_id == run_id, Work.needs_review, Work.state == State.SUBMITTED)
        .group_by(Assignment.person_id)
    )
    return {person: count for person, count in rows}


def recuse(session: Session, *, actor: Actor, now: datetime, work_id: int) -> int:
    """Say that one is disqualified ("inhabil") from the works of this work's author, and put them all down.

    The answer is the membership one is recused from.
    """
    work = lock_work(session, actor, work_id)
    if work.membership_id is None:
        raise DomainError("Et gruppeark har flere forfattere. Lad en anden tage det i stedet.", status=422)
    session.add(Recusal(membership_id=work.membership_id, person_id=actor.person_id, at=now))
    theirs = select(Work.id).where(Work.membership_id == work.membership_id)
    for table in (Assignment, Lease):
        session.execute(
            delete(table).where(table.work_id.in_(theirs), table.person_id == actor.person_id),
            execution_options={"synchronize_session": False},
        )
    _record(session, actor, now, work, "recused", membership=work.membership_id)
    session.flush()
    return work.membership_id


def lift_recusal(session: Session, *, actor: Actor, now: datetime, run: Run, membership_id: int) -> None:
    """Take one's own recusal back."""
    row = session.get(Recusal, (membership_id, actor.person_id), populate_existing=True)
    author = session.get(Membership, membership_id)
    if row is None or author is None or author.run_id != run.id:
        raise NotAllowed
    session.delete(row)
    audit.record(
        session, actor_id=actor.person_id, now=now, verb="recusal_lifted", run_id=run.id,
        detail={"membership": membership_id},
    )  # fmt: skip
    session.flush()


def staff(session: Session, run_id: int) -> list[Person]:
    """The people who can judge in a run, by name; somebody with two roles once."""
    return list(
        session.scalars(
            select(Person)
            .where(
                Person.id.in_(
                    select(Membership.person_id).where(
                        Membership.run_id == run_id, Membership.role.in_(STAFF), Membership.left_at.is_(None)
                    )
                )
            )
            .order_by(Person.name, Person.id)
        )
    )


def staff_ids(session: Session, run_id: int) -> set[int]:
    """The ids of the people who can judge in a run."""
    return {person.id for person in staff(session, run_id)}


def require_staff(session: Session, actor: Actor, run: Run) -> None:
    """Refuse everybody who cannot judge in a run."""
    if actor.person_id not in staff_ids(session, run.id):
        raise NotAllowed


def _require_organiser(session: Session, actor: Actor, run_id: int) -> None:
    role = session.scalars(
        select(Membership.id).where(
            Membership.run_id == run_id,
            Membership.person_id == actor.person_id,
            Membership.role == "organiser",
            Membership.left_at.is_(None),
        )
    ).first()
    if role is None:
        raise NotAllowed


def _record(session: Session, actor: Actor, now: datetime, work: Work, verb: str, **detail: int) -> None:
    audit.record(
        session, actor_id=actor.person_id, now=now, verb=verb, run_id=work.run_id, work_id=work.id,
        revision_no=work.submitted_no, detail=detail or None,
    )  # fmt: skip
