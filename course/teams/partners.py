"""Partners in a run that is taken in one's own time: shared out and mended by themselves, and the talk they hold."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from course.accounts.rules import Actor
from course.content.catalogue import OWN_TIME
from course.db.errors import DomainError, NotAllowed
from course.db.session import writing
from course.runs import attendance
from course.runs.contents import course_of
from course.runs.models import Membership, Run
from course.runs.wording import gate_reason
from course.work.standing import standing

from . import rules, service
from .reading import groups_of, participants, seated, teams

BEFORE = timedelta(days=3)
"""So long before the first session can be taken, partners are shared out."""
MENDED_FOR = timedelta(days=60)
"""So long after the last day of the last session somebody who is left alone still gets a partner."""


def run_due(session: Session, now: datetime) -> int:
    """Give a partner to everybody who has none, in every run that is due. How many runs were changed."""
    runs = session.scalars(
        select(Run).where(Run.mode == OWN_TIME, Run.cancelled_at.is_(None)).options(selectinload(Run.sessions))
    )
    changed = 0
    for run in [one for one in runs if _is_due(one, now)]:
        if _lacks(session, run):
            with writing(session):
                changed += service.mend(session, now=now, run=run, course=course_of(session, run))
    return changed


def _is_due(run: Run, now: datetime) -> bool:
    days = run.sessions
    return bool(days) and days[0].starts_at - BEFORE <= now <= days[-1].ends_at + MENDED_FOR


def _lacks(session: Session, run: Run) -> bool:
    """Whether the partners of a run are not as they ought to be."""
    present = seated(session, run, course_of(session, run), participants(session, run.id))
    found = [groups_of(teams(session, run.id, meeting.key)) for meeting in run.sessions]
    return any(set(rules.remake(groups, present, rules.PAIRS).values()) != set(groups.values()) for groups in found)


def hold_talk(session: Session, *, actor: Actor, now: datetime, run: Run, member: Membership, session_key: str) -> None:
    """Say that one has done a session and talked with one's partner. Said again it changes nothing.

    Raises:
        NotAllowed: the run is held live, or the session has nothing to be noted in.
        DomainError: something is left to be done first, or staff have noted otherwise.
    """
    course = course_of(session, run)
    activity = course.attend_activity(session_key)
    if not run.is_own_time or activity is None or member.run_id != run.id:
        raise NotAllowed
    stands = standing(session, run, member)
    if stands.fact(activity.id) is not None:
        return
    gate = stands.gate(activity, now)
    if not gate.is_open:
        raise DomainError(gate_reason(gate, course) or "Kursusgangen er ikke åben.")
    attendance.write_by_talk(
        session, actor=actor, now=now, member=member, session_key=session_key,
        team_id=stands.team_id(session_key) or 0,
    )  # fmt: skip
