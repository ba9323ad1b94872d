""" "Patienten kan være i risiko": from a reviewer to the run's named clinician, and the answer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from course.accounts.models import Person
from course.accounts.rules import Actor
from course.db import audit
from course.db.errors import DomainError, NotAllowed
from course.outbox.service import queue
from course.runs.models import Membership, Run
from course.runs.rules import Role
from course.runs.service import members
from course.work.fields import clean_text
from course.work.judging import authors, own_teams
from course.work.models import Work

from .models import RiskFlag
from .service import lock_work

REASON_MAX = 500


class Answer(StrEnum):
    """What the clinician did."""

    TALKED = "talked"
    HANDLED = "handled"
    NOTHING = "nothing"


ANSWERS = {
    Answer.TALKED: "Jeg har talt med kollegaen",
    Answer.HANDLED: "Der er taget hånd om patienten",
    Answer.NOTHING: "Jeg har læst forløbet. Der skal ikke gøres noget",
}


def clinician_of(session: Session, run: Run, work: Work) -> Person | None:
    """Whom a flag about this work reaches: the run's clinician, unless there is none or the text is their own."""
    if run.clinician_id is None or run.clinician_id in authors(session, work):
        return None
    return session.get(Person, run.clinician_id)


def raise_flag(session: Session, *, actor: Actor, now: datetime, run: Run, work_id: int, reason: str) -> RiskFlag:
    """Tell the named clinician that a patient may be at risk. Pressed twice, it is told once.

    Without a clinician the flag is kept and the organisers are told that they must name one.

    Raises:
        DomainError: there is no reason, or it is too long.
    """
    reason = clean_text(reason)
    if not reason:
        raise DomainError("Skriv kort, hvad der bekymrer dig. Kun klinikeren og arrangørerne ser det.", status=422)
    if len(reason) > REASON_MAX:
        raise DomainError("Begrundelsen er for lang. Der er plads til 500 tegn.", status=422)
    work = lock_work(session, actor, work_id)
    if work.run_id != run.id:
        raise NotAllowed
    same = session.scalars(
        select(RiskFlag).where(
            RiskFlag.work_id == work_id,
            RiskFlag.raised_by_id == actor.person_id,
            RiskFlag.reason == reason,
            RiskFlag.answered_at.is_(None),
        )
    ).first()
    if same is not None:
        return same
    clinician = clinician_of(session, run, work)
    flag = RiskFlag(
        work_id=work_id, reason=reason, raised_by_id=actor.person_id, raised_at=now, answer="",
        clinician_id=clinician.id if clinician else None,
    )  # fmt: skip
    session.add(flag)
    session.flush()
    _record(session, actor, now, run, work, "risk_raised", flag)
    if clinician is not None:
        _mail(session, now, run, flag, "risk_flag", clinician)
    else:
        for organiser in _organisers(session, run, work):
            _mail(session, now, run, flag, "risk_unheard", organiser)
    return flag


def _organisers(session: Session, run: Run, work: Work) -> list[Person]:
    own = authors(session, work)
    people = (session.get(Person, m.person_id) for m in members(session, run.id, Role.ORGANISER))
    return [p for p in people if p is not None and p.id not in own]


def tell_clinician(session: Session, *, now: datetime, run: Run) -> int:
    """Send the flags that nobody has answered to the clinician the run has now; call it when one is named.

    The answer is the number of flags. Each is sent to the same person once.
    """
    rows = session.execute(
        select(RiskFlag, Work)
        .join(Work, Work.id == RiskFlag.work_id)
        .where(Work.run_id == run.id, RiskFlag.answered_at.is_(None))
        .with_for_update(of=RiskFlag)
    ).all()
    told = 0
    for flag, work in rows:
        clinician = clinician_of(session, run, work)
        if clinician is not None:
            flag.clinician_id = clinician.id
            _mail(session, now, run, flag, "risk_flag", clinician)
            told += 1
    session.flush()
    return told


def answer_flag(session: Session, *, actor: Actor, now: datetime, run: Run, flag_id: int, answer: str) -> RiskFlag:
    """The clinician's answer. It ends the flag.

    Raises:
        NotAllowed: the actor is not the run's clinician, or the text is their own.
        DomainError: no answer was chosen, or another has been given.
    """
    if answer not in set(Answer):
        raise DomainError("Vælg et af svarene.", status=422)
    flag = session.get(RiskFlag, flag_id, with_for_update=True, populate_existing=True)
    work = session.get(Work, flag.work_id) if flag else None
    if flag is None or work is None or work.run_id != run.id:
        raise NotAllowed
    clinician = clinician_of(session, run, work)
    if clinician is None or clinician.id != actor.person_id:
        raise NotAllowed
    if flag.answered_at is not None:
        if flag.answer != answer:
            raise DomainError("Der er allerede svaret på henvendelsen.")
        return flag
    flag.answer, flag.answered_by_id, flag.answered_at = answer, actor.person_id, now
    _record(session, actor, now, run, work, "risk_answered", flag)
    session.flush()
    return flag


def find(session: Session, *, actor: Actor, run: Run, flag_id: int, is_organiser: bool) -> RiskFlag:
    """A flag, for those it concerns: the clinician, the organisers and who raised it – never the author.

    Raises:
        NotAllowed: for everybody else.
    """
    row = session.execute(
        select(RiskFlag, Work)
        .join(Work, Work.id == RiskFlag.work_id)
        .where(RiskFlag.id == flag_id)
        .options(joinedload(RiskFlag.raised_by), joinedload(RiskFlag.answered_by))
    ).one_or_none()
    if row is None or row[1].run_id != run.id or actor.person_id in authors(session, row[1]):
        raise NotAllowed
    concerned = is_organiser or actor.person_id in {run.clinician_id, row[0].raised_by_id}
    if not concerned:
        raise NotAllowed
    return row[0]


def open_flags(session: Session, *, actor: Actor, run: Run, is_organiser: bool) -> list[RiskFlag]:
    """The flags of a run that wait for an answer, oldest first, for the clinician and the organisers."""
    if not is_organiser and run.clinician_id != actor.person_id:
        return []
    return list(
        session.scalars(
            select(RiskFlag)
            .join(Work, Work.id == RiskFlag.work_id)
            .outerjoin(Membership, Membership.id == Work.membership_id)
            .where(
                Work.run_id == run.id,
                RiskFlag.answered_at.is_(None),
                or_(Membership.id.is_(None), Membership.person_id != actor.person_id),
                or_(Work.team_id.is_(None), Work.team_id.not_in(own_teams(actor.person_id))),
            )
            .order_by(RiskFlag.id)
            .options(joinedload(RiskFlag.raised_by))
        )
    )


def flags_of(session: Session, work_id: int) -> list[RiskFlag]:
    """Every flag about a work, oldest first."""
    return list(
        session.scalars(
            select(RiskFlag)
            .where(RiskFlag.work_id == work_id)
            .order_by(RiskFlag.id)
            .options(joinedload(RiskFlag.raised_by), joinedload(RiskFlag.answered_by))
        )
    )


def _mail(session: Session, now: datetime, run: Run, flag: RiskFlag, kind: str, to: Person) -> None:
    queue(
        session, now=now, kind=kind, to=to.email, params={"flag": flag.id, "person": to.id},
        dedupe_key=f"{kind}-{flag.id}-{to.id}", run_id=run.id,
    )  # fmt: skip


def _record(session: Session, actor: Actor, now: datetime, run: Run, work: Work, verb: str, flag: RiskFlag) -> None:
    audit.record(
        session, actor_id=actor.person_id, now=now, verb=verb, run_id=run.id, work_id=work.id,
        revision_no=work.submitted_no, detail={"flag": flag.id},
    )  # fmt: skip
