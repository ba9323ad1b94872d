"""Letting go by time: what ``rules.py`` says is over is taken out of the tables, once a day or by ``course purge``.

Every part is a transaction of its own, so that a long purge keeps nobody waiting. A rehearsal does the same and undoes
it; its figures are what would go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from course.accounts.models import Person, RateCount, ResetToken, SignIn
from course.accounts.rules import IDLE_LIMIT
from course.certificates.models import Certificate
from course.certificates.service import seal_for_erasure
from course.content.forms import Keep
from course.db import audit
from course.db.audit import AuditRow
from course.db.session import writing
from course.exercises.models import Recall
from course.outbox.models import MailText, Message
from course.reviews.models import Calibration, Lease, Recusal, RiskFlag
from course.runs.models import DeadlineMove, FormerTeamMember, Invitation, Membership, Practice, Run, TeamMember
from course.runs.rules import COPENHAGEN
from course.work.models import PeerPair, TeamCase, Work

from . import erasing, ledger, rules
from .letting_go import WHAT, purge_texts
from .rules import RunDates
from .scrubbing import scrub

VERB = "purged"
IDLE = "Personer uden hold"


@dataclass(frozen=True, slots=True)
class Gone:
    """What went, in Danish, and how many rows."""

    what: str
    number: int


Count = Mapping[str, int]


def purge(session: Session, now: datetime, *, ledger_file: Path, dry_run: bool = False) -> list[Gone]:
    """Let go of everything that is over at ``now``; ``dry_run`` changes nothing. What went, in a fixed order."""
    counts: dict[str, int] = {}
    for part in PARTS:
        with _part(session, dry_run):
            _add(counts, part(session, now))
    for run_id in session.scalars(select(Run.id).order_by(Run.id)).all():
        with _part(session, dry_run):
            _add(counts, purge_run(session, now, session.get_one(Run, run_id)))
    for person_id in idle_people(session, now):
        with _part(session, dry_run):
            _add(counts, _erase(session, now, person_id, None if dry_run else ledger_file))
    with _part(session, dry_run):
        _add(counts, _nameless(session))
        audit.record(session, actor_id=None, now=now, verb=VERB, detail=dict(counts))
    return [Gone(what, number) for what, number in counts.items()]


class _Rehearsed(Exception):
    """Ends a transaction that shall leave nothing behind."""


@contextmanager
def _part(session: Session, dry_run: bool) -> Iterator[None]:
    with suppress(_Rehearsed), writing(session):
        yield
        session.flush()
        if dry_run:
            raise _Rehearsed


def _add(counts: dict[str, int], more: Count) -> None:
    for what, number in more.items():
        counts[what] = counts.get(what, 0) + number


def _gone(session: Session, statement: Any) -> int:
    result: Any = session.execute(statement, execution_options={"synchronize_session": False})
    return max(0, result.rowcount)


# -- what belongs to no run -------------------------------------------------------------------------------------------


def _sign_ins(session: Session, now: datetime) -> Count:
    over = or_(SignIn.revoked_at.is_not(None), SignIn.expires_at <= now, SignIn.seen_at <= now - IDLE_LIMIT)
    return {"Afsluttede indlogninger": _gone(session, delete(SignIn).where(over))}


def _resets(session: Session, now: datetime) -> Count:
    over = or_(ResetToken.used_at.is_not(None), ResetToken.expires_at <= now)
    return {"Brugte eller udløbne links til ny adgangskode": _gone(session, delete(ResetToken).where(over))}


def _counts(session: Session, now: datetime) -> Count:
    return {"Tællinger af forsøg": _gone(session, delete(RateCount).where(RateCount.window_ends_at <= now))}


def _leases(session: Session, now: datetime) -> Count:
    return {"Afsluttede læsninger i indbakken": _gone(session, delete(Lease).where(Lease.until <= now))}


def _addresses(session: Session, now: datetime) -> Count:
    """A mail that has ended loses its address; the row stays while its run does, so that it is never queued again."""
    over = (
        Message.state.in_(("sent", "failed", "dropped")),
        func.coalesce(Message.sent_at, Message.due_at) <= rules.message_goes(now),
    )
    without_run = _gone(session, delete(Message).where(*over, Message.run_id.is_(None)))
    _gone(session, update(Message).where(*over, Message.state == "failed").values(state="dropped"))
    blank = update(Message).where(*over, Message.to != "").values(to="", fault="")
    return {"Adresser på sendte mails": without_run + _gone(session, blank)}


def _invitations(session: Session, now: datetime) -> Count:
    ended = func.coalesce(Invitation.accepted_at, Invitation.expires_at)
    return {"Invitationer": _gone(session, delete(Invitation).where(ended <= rules.invitation_goes(now)))}


def _audit(session: Session, now: datetime) -> Count:
    return {"Linjer i loggen": _gone(session, delete(AuditRow).where(AuditRow.at <= rules.audit_goes(now)))}


PARTS: tuple[Callable[[Session, datetime], Count], ...] = (
    _sign_ins, _resets, _counts, _leases, _addresses, _invitations, _audit,
)  # fmt: skip


# -- what belongs to a run --------------------------------------------------------------------------------------------


def dates_of(run: Run) -> RunDates:
    """What decides about a run's retention."""
    ends = max((meeting.ends_at for meeting in run.sessions), default=run.opens_at)
    return RunDates(ends, run.cancelled_at, run.erase_days)


def purge_run(session: Session, now: datetime, run: Run) -> Count:
    """Let go of what is over in one run."""
    dates = dates_of(run)
    counts: dict[str, int] = {}
    if dates.over_at <= now:
        _add(counts, purge_texts(session, now, run, dates))
    if dates.ends(Keep.COURSE) <= now:
        _add(counts, {"Grupper, makkerpar, svar i øvelser m.m. i gamle hold": _end_course(session, run)})
    if dates.ends(Keep.LONG) <= now:
        _add(counts, _end_long(session, run))
    return counts


def _end_course(session: Session, run: Run) -> int:
    members = select(Membership.id).where(Membership.run_id == run.id)
    works = select(Work.id).where(Work.run_id == run.id)
    return sum(
        _gone(session, statement)
        for statement in (
            delete(Recall).where(Recall.membership_id.in_(members)),
            delete(Practice).where(Practice.membership_id.in_(members)),
            delete(TeamMember).where(TeamMember.membership_id.in_(members)),
            delete(FormerTeamMember).where(FormerTeamMember.membership_id.in_(members)),
            delete(Recusal).where(Recusal.membership_id.in_(members)),
            delete(DeadlineMove).where(DeadlineMove.membership_id.in_(members)),
            delete(TeamCase).where(TeamCase.work_id.in_(works)),
            delete(RiskFlag).where(RiskFlag.work_id.in_(works)),
            delete(PeerPair).where(PeerPair.run_id == run.id),
            delete(Calibration).where(Calibration.run_id == run.id),
            delete(MailText).where(MailText.run_id == run.id),
            delete(Message).where(Message.run_id == run.id),
        )
    )


def _end_long(session: Session, run: Run) -> Count:
    """The run itself stays, without anybody in it; its certificates can still be checked."""
    members = select(Membership.id).where(Membership.run_id == run.id)
    opened = session.scalars(
        select(Certificate.membership_id).where(Certificate.membership_id.in_(members), Certificate.number.is_not(None))
    ).all()
    seal_for_erasure(session, [member for member in opened if member is not None])
    _gone(session, update(Work).where(Work.run_id == run.id).values(replaces_id=None))
    _gone(session, delete(Work).where(Work.run_id == run.id))
    left = _gone(session, delete(Membership).where(Membership.run_id == run.id))
    return {"Deltagelser i hold, med fremmøde": left, "Kursusbeviser, der nu kun findes forseglet": len(opened)}


# -- people -----------------------------------------------------------------------------------------------------------


def idle_people(session: Session, now: datetime) -> list[int]:
    """People in no run who have done nothing for so long that they are forgotten. Administrators stay."""
    since = rules.person_goes(now)
    return list(
        session.scalars(
            select(Person.id).where(
                Person.created_at <= since,
                Person.is_administrator.is_(False),
                ~Person.email.endswith(ledger.NOBODY),
                ~exists().where(Membership.person_id == Person.id),
                ~exists().where(SignIn.person_id == Person.id, SignIn.seen_at > since),
                ~exists().where(AuditRow.actor_id == Person.id, AuditRow.at > since),
            )
        )
    )


def _erase(session: Session, now: datetime, person_id: int, ledger_file: Path | None) -> Count:
    person = session.get(Person, person_id)
    if person is None:  # another worker was first
        return {}
    erasing.erase(session, person=person, now=now, ledger_file=ledger_file)
    return {IDLE: 1}


def _nameless(session: Session) -> Count:
    """Rows without a name that nothing points at any more."""
    ids = session.scalars(select(Person.id).where(Person.email.endswith(ledger.NOBODY))).all()
    free = [number for number in ids if not erasing.is_pointed_at(session, number)]
    gone = _gone(session, delete(Person).where(Person.id.in_(free))) if free else 0
    return {"Navnløse rækker, som intet peger på": gone}


# -- every night ------------------------------------------------------------------------------------------------------

NIGHT = 3
"""The hour (Danish time) from which the purge of a day is due."""
EVERY = timedelta(hours=20)


def run_due(session: Session, now: datetime) -> int:
    """Purge once a night, and clean the database's files when texts or people have gone since the last time."""
    if now.astimezone(COPENHAGEN).hour < NIGHT or _has_happened(session, (VERB,), now - EVERY):
        return 0
    erased = _has_happened(session, ("person_erased", "texts_expired"), now - 2 * EVERY)
    instance: Path = current_app.extensions["settings"].instance
    gone = purge(session, now, ledger_file=ledger.path_in(instance))
    number = sum(one.number for one in gone)
    session.commit()
    if number or erased:
        engine: Any = session.get_bind()
        scrub(engine, whole=erased or any(one.number for one in gone if one.what in (WHAT, IDLE)))
    return number


def _has_happened(session: Session, verbs: Iterable[str], since: datetime) -> bool:
    query = select(AuditRow.id).where(AuditRow.verb.in_(tuple(verbs)), AuditRow.at > since).limit(1)
    return session.scalar(query) is not None
