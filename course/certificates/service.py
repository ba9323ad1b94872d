"""Certificates: issued, revoked, issued anew, checked – and sealed for good when their holder is erased."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.accounts.rules import Actor
from course.db import audit
from course.db.errors import DomainError, NotAllowed
from course.outbox.service import queue
from course.runs import completion
from course.runs.attendance_reading import Presence, presences
from course.runs.attendance_rules import quarter_hours
from course.runs.completion import grants, locked_participant, require_organiser
from course.runs.completion_rules import Lacking, is_complete, lacking, minutes_online, objectives_covered
from course.runs.models import CompletionGrant, Membership, Run
from course.runs.rules import COPENHAGEN
from course.work.standing import Standing, standings_of_run

from . import rules
from .models import Certificate
from .rules import Attended, Printed

KIND = "certificate"
REASON_MIN, REASON_MAX = 5, 1000
REISSUED = "Beviset er rettet og udstedt igen med et nyt nummer."


@dataclass(frozen=True, slots=True)
class Candidate:
    """A participant on the way to a certificate. ``certificates``: theirs, the newest first."""

    membership: Membership
    standing: Standing
    missing: tuple[Lacking, ...]
    grant: CompletionGrant | None
    presences: dict[str, Presence]
    certificates: tuple[Certificate, ...]

    @property
    def is_complete(self) -> bool:
        """Whether the course counts as completed."""
        return is_complete(self.missing, self.grant is not None)

    @property
    def certificate(self) -> Certificate | None:
        """The certificate that is valid."""
        return next((c for c in self.certificates if c.revoked_at is None), None)


def candidates(session: Session, run: Run, members: Collection[Membership]) -> list[Candidate]:
    """How far these participants of a run are; a fixed number of queries, however many they are."""
    ids = [member.id for member in members]
    stands = standings_of_run(session, run, members)
    granted, attended = grants(session, ids), presences(session, run, ids)
    issued: dict[int, list[Certificate]] = {}
    rows = session.scalars(
        select(Certificate).where(Certificate.membership_id.in_(ids)).order_by(Certificate.id.desc())
    )
    for row in rows:
        issued.setdefault(row.membership_id or 0, []).append(row)
    return [
        Candidate(
            member,
            stands[member.id],
            lacking(stands[member.id].course, stands[member.id].facts, own_time=run.is_own_time),
            granted.get(member.id),
            attended[member.id],
            tuple(issued.get(member.id, ())),
        )
        for member in members
    ]


def candidate(session: Session, run: Run, membership: Membership) -> Candidate:
    """How far one participant is."""
    return candidates(session, run, [membership])[0]


def printed_fields(found: Candidate, run: Run, organiser: str, now: datetime) -> Printed:
    """What the certificate of a participant says, as things stand now."""
    course, facts, person = found.standing.course, found.standing.facts, found.membership.person
    sessions = tuple(
        Attended(
            title=course.sessions[key].title if key in course.sessions else key,
            day=_held_at(there).astimezone(COPENHAGEN).date().isoformat(),
            place="I egen takt" if _is_own_time(there) else there.meeting.place,
            minutes=quarter_hours(there.minutes),
        )
        for key, there in sorted(found.presences.items(), key=_when)
        if there.minutes > 0 and there.meeting is not None
    )
    attended = frozenset(key for key, there in found.presences.items() if there.counts)
    return Printed(
        name=person.name,
        title=person.title,
        course=course.title,
        sessions=sessions,
        minutes_on_site=sum(one.minutes for one in sessions),
        minutes_online=quarter_hours(minutes_online(course, facts)),
        objectives=tuple(course.objectives[o].text for o in objectives_covered(course, facts, attended)),
        organiser=run.organised_by or organiser,
        activity_number=run.activity_number,
        issued_on=now.astimezone(COPENHAGEN).date().isoformat(),
        session_word=course.words.session,
        hours_word=rules.OWN_TIME_HOURS if run.is_own_time else rules.ONLINE_HOURS if course.is_online else rules.HOURS,
        note=course.certificate_note,
    )


def _is_own_time(there: Presence) -> bool:
    """Whether a session was taken in one's own time, and not live with another run."""
    return there.host is not None and there.host.is_own_time


def _held_at(there: Presence) -> datetime:
    """When a member took a session: when it was held, or in one's own time when they said that it was done."""
    assert there.meeting is not None, "only sessions that were held are printed"
    return there.row.marked_at if _is_own_time(there) else there.meeting.starts_at


def _when(pair: tuple[str, Presence]) -> tuple[str, str]:
    key, there = pair
    return (there.meeting.starts_at.isoformat() if there.meeting else "", key)


def issue(session: Session, *, actor: Actor, now: datetime, run: Run, membership_id: int) -> Certificate:
    """Issue a certificate to a participant and tell them. Somebody who has a valid one keeps it.

    Raises:
        NotAllowed: the actor is no organiser of the run, or there is no such participant.
        DomainError: something is missing, or the run is cancelled.
    """
    require_organiser(session, actor, run)
    return _issue(session, actor, now, run, locked_participant(session, run, membership_id))


def _issue(session: Session, actor: Actor, now: datetime, run: Run, member: Membership) -> Certificate:
    found = candidate(session, run, member)
    if found.certificate is not None:
        return found.certificate
    if run.cancelled_at is not None:
        raise DomainError("Holdet er aflyst. Der kan ikke udstedes beviser.")
    if not found.is_complete:
        raise DomainError(f"{member.person.name} mangler noget for at gennemføre kurset. Beviset er ikke udstedt.")
    number = rules.new_number()
    printed = printed_fields(found, run, _organiser_name(session, run, actor), now)
    row = Certificate(
        membership_id=member.id, run_id=run.id, number_hash=rules.hash_of(number), sealed=rules.seal(number, printed),
        number=number, printed=rules.as_json(printed), issued_at=now, issued_by_id=actor.person_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _record(session, actor, now, row, "certificate_issued")
    queue(
        session, now=now, kind=KIND, to=member.person.email, run_id=run.id,
        params={"certificate": row.id, "membership": member.id},
        dedupe_key=f"{KIND}-{row.id}",
    )  # fmt: skip
    return row


def _organiser_name(session: Session, run: Run, actor: Actor) -> str:
    """Who stands for the run when it names no organiser: who made it, else who issues."""
    made_by = session.get(Person, run.created_by_id) if run.created_by_id else None
    return made_by.name if made_by is not None else actor.name


def issue_all(
    session: Session, *, actor: Actor, now: datetime, run: Run, members: Collection[Membership]
) -> list[Certificate]:
    """Issue a certificate to each of these who has completed the course and has none; those that were issued."""
    require_organiser(session, actor, run)
    waiting = [c for c in candidates(session, run, members) if c.is_complete and c.certificate is None]
    return [
        _issue(session, actor, now, run, locked_participant(session, run, number))
        for number in sorted(found.membership.id for found in waiting)
    ]


def take_back_grant(session: Session, *, actor: Actor, now: datetime, run: Run, membership_id: int) -> None:
    """Take back that completion was granted.

    Raises:
        NotAllowed: the actor is no organiser of the run, or there is no such participant.
        DomainError: a valid certificate has been issued.
    """
    require_organiser(session, actor, run)
    member = locked_participant(session, run, membership_id)
    if candidate(session, run, member).certificate is not None:
        raise DomainError("Beviset er udstedt. Træk det tilbage først.")
    completion.take_back(session, actor=actor, now=now, run=run, membership_id=member.id)


def of_run(session: Session, run: Run, certificate_id: int, *, lock: bool = False) -> Certificate:
    """A certificate that was issued in a run; NotAllowed when there is no such."""
    row = session.get(Certificate, certificate_id, with_for_update=lock or None, populate_existing=lock)
    if row is None or row.run_id != run.id:
        raise NotAllowed
    return row


def revoke(session: Session, *, actor: Actor, now: datetime, run: Run, certificate_id: int, reason: str) -> Certificate:
    """Revoke a certificate; from now on the check page says so. ``reason`` has been through the guard.

    Raises:
        NotAllowed: the actor is no organiser of the run, or it has no such certificate.
        DomainError: there is no reason, or it is too long.
    """
    require_organiser(session, actor, run)
    reason = reason.strip()
    if not REASON_MIN <= len(reason) <= REASON_MAX:
        raise DomainError("Skriv en begrundelse på mellem 5 og 1.000 tegn.", status=422)
    row = of_run(session, run, certificate_id, lock=True)
    if row.revoked_at is None:
        _revoke(session, actor, now, row, reason)
    return row


def _revoke(session: Session, actor: Actor, now: datetime, row: Certificate, reason: str) -> None:
    row.revoked_at, row.revoked_by_id, row.revoked_reason = now, actor.person_id, reason
    session.flush()
    _record(session, actor, now, row, "certificate_revoked")


def reissue(session: Session, *, actor: Actor, now: datetime, run: Run, certificate_id: int) -> Certificate:
    """Issue a certificate anew with what holds now (a corrected name): it gets a new number, the old one is revoked.

    Raises:
        NotAllowed: the actor is no organiser of the run, or it has no such certificate of somebody still in it.
        DomainError: it is revoked already, or something is missing for a new one.
    """
    require_organiser(session, actor, run)
    row = of_run(session, run, certificate_id, lock=True)
    if row.membership_id is None:
        raise NotAllowed
    if row.revoked_at is not None:
        raise DomainError("Beviset er trukket tilbage. Udsted et nyt i stedet.")
    member = locked_participant(session, run, row.membership_id)
    _revoke(session, actor, now, row, REISSUED)
    return _issue(session, actor, now, run, member)


def _record(session: Session, actor: Actor, now: datetime, row: Certificate, verb: str) -> None:
    audit.record(
        session, actor_id=actor.person_id, now=now, verb=verb, run_id=row.run_id,
        detail={"certificate": row.id, "membership": row.membership_id},
    )  # fmt: skip
    session.flush()


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check page says of a number: the printed fields, or when it was revoked."""

    number: str
    printed: Printed
    revoked_at: datetime | None


def check(session: Session, typed: str) -> Checked | None:
    """What a number stands for. A number that cannot be one and a number that is none answer alike: None.

    Only what was sealed counts; the open fields beside it could not make a certificate say anything else.
    """
    number = rules.typed_number(typed)
    if number is None:
        return None
    row = session.scalars(select(Certificate).where(Certificate.number_hash == rules.hash_of(number))).one_or_none()
    printed = rules.unseal(number, row.sealed) if row is not None else None
    if row is None or printed is None:
        return None
    return Checked(number, printed, row.revoked_at)


def seal_for_erasure(session: Session, membership_ids: Collection[int]) -> int:
    """Forget the open fields of these members' certificates; how many. The sealed copy still answers to the paper.

    A reason for revoking may name its holder: it goes too.
    """
    rows = session.scalars(
        select(Certificate.id).where(Certificate.membership_id.in_(membership_ids)).with_for_update()
    ).all()
    of_theirs = update(Certificate).where(Certificate.id.in_(rows))
    session.execute(of_theirs.values(number=None, printed=None))
    session.execute(of_theirs.where(Certificate.revoked_at.is_not(None)).values(revoked_reason=""))
    session.flush()
    return len(rows)
