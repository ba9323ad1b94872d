"""Invitations to a role in a run: sent, sent again, corrected, revoked, accepted."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from course.accounts import service as accounts
from course.accounts.models import Person
from course.accounts.rules import Actor, is_email, normalise_email, normalise_name
from course.db import audit
from course.db.errors import DomainError, NotAllowed
from course.outbox.service import queue

from .contents import course_of
from .invitation_rows import Row, RowFault, Rows, sift
from .models import Invitation, Membership, Run
from .rules import Role
from .service import add_member, lock_run, members

KIND = "invitation"


@dataclass(frozen=True, slots=True)
class Invited:
    """Who was invited, and the rows that could not be."""

    invitations: tuple[Invitation, ...]
    faults: tuple[RowFault, ...]


class InvitationGone(DomainError):
    """The link is unknown, used, too old or revoked; which of them is not told."""

    status = 404

    def __init__(self) -> None:
        super().__init__("Linket virker ikke.")


def link_token(invitation: Invitation, secret: str) -> str:
    """The token in the link, made anew whenever the mail is: ``<id>.<keyed hash of the nonce>``."""
    made = hmac.digest(secret.encode(), f"invitation:{invitation.id}:{invitation.nonce}".encode(), "sha256")
    return f"{invitation.id}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"


def invite(session: Session, *, actor: Actor, now: datetime, run: Run, rows: Rows | Iterable[Row]) -> Invited:
    """Invite people and queue a mail to each. Rows that cannot be used come back with the reason.

    Somebody whose invitation has run out is invited anew.

    Raises:
        NotAllowed: the actor is no organiser of the run.
        DomainError: the run is cancelled.
    """
    _guard(session, actor, run)
    expires_at = _expires_at(session, run, now)
    rows = rows if isinstance(rows, Rows) else Rows(tuple(rows))
    pending = {(i.email, i.role): i for i in _pending(session, run)}
    joined = {(m.person.email, m.role) for m in members(session, run.id)}

    def reason_against(row: Row) -> str | None:
        if (row.email, row.role.value) in joined:
            return "Er allerede med på holdet."
        waiting = pending.get((row.email, row.role.value))
        return "Er allerede inviteret." if waiting and now < waiting.expires_at else None

    sifted = sift(rows, reason_against)
    made = []
    for row in sifted.good:
        invitation = pending.get((row.email, row.role.value)) or Invitation(
            run_id=run.id, email=row.email, role=row.role.value, state="pending"
        )
        invitation.name, invitation.clinic, invitation.is_trainee = row.name, row.clinic, row.is_trainee
        invitation.nonce, invitation.created_by_id = secrets.token_urlsafe(32), actor.person_id
        invitation.created_at, invitation.expires_at = now, expires_at
        session.add(invitation)
        _send(session, actor, now, run, invitation, "invited")
        made.append(invitation)
    return Invited(tuple(made), sifted.bad)


def resend(session: Session, *, actor: Actor, now: datetime, run: Run, invitation_id: int) -> Invitation:
    """Send an invitation again and let it count for the whole time anew. The link is the same."""
    _guard(session, actor, run)
    invitation = _locked(session, run, invitation_id)
    invitation.expires_at = _expires_at(session, run, now)
    _send(session, actor, now, run, invitation, "invitation_resent")
    return invitation


def correct(
    session: Session, *, actor: Actor, now: datetime, run: Run, invitation_id: int, email: str, name: str
) -> Invitation:
    """Send an invitation to another address (or under another name). The old link dies.

    Raises:
        DomainError: the address is no address, or somebody with it is invited or a member already.
    """
    _guard(session, actor, run)
    invitation = _locked(session, run, invitation_id)
    email = normalise_email(email)
    if not is_email(email):
        raise DomainError("Det ligner ikke en mailadresse.", status=422)
    if email != invitation.email:
        _refuse_taken(session, run, email, invitation.role)
    invitation.email, invitation.name = email, normalise_name(name)[:200]
    invitation.nonce, invitation.expires_at = secrets.token_urlsafe(32), _expires_at(session, run, now)
    _send(session, actor, now, run, invitation, "invitation_corrected")
    return invitation


def revoke(session: Session, *, actor: Actor, now: datetime, run: Run, invitation_id: int) -> Invitation:
    """Take an invitation back; its link dies. Twice is once."""
    _guard(session, actor, run, cancelled_too=True)
    invitation = _find(session, run, invitation_id)
    if invitation.state == "accepted":
        raise DomainError("Invitationen er brugt. Fjern i stedet deltageren fra holdet.")
    if invitation.state == "pending":
        invitation.state = "revoked"
        _record(session, actor.person_id, now, invitation, "invitation_revoked")
    return invitation


def of_run(session: Session, run_id: int) -> list[Invitation]:
    """The invitations of a run, the latest first."""
    return list(
        session.scalars(
            select(Invitation)
            .where(Invitation.run_id == run_id)
            .order_by(Invitation.created_at.desc(), Invitation.id.desc())
        )
    )


def find(session: Session, *, token: str, secret: str, now: datetime) -> Invitation:
    """The invitation of a link, with its run; one that was accepted is found too.

    Raises:
        InvitationGone: there is no such invitation, or it does not count any more.
    """
    number, _, _ = token.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        raise InvitationGone
    invitation = session.scalars(
        select(Invitation)
        .where(Invitation.id == int(number))
        .options(joinedload(Invitation.run).selectinload(Run.sessions))
    ).one_or_none()
    if invitation is None or not hmac.compare_digest(
        link_token(invitation, secret).encode(), token.encode("utf-8", "replace")
    ):
        raise InvitationGone
    if not may_be_opened(invitation, now):
        raise InvitationGone
    return invitation


def may_be_opened(invitation: Invitation, now: datetime) -> bool:
    """Whether the link leads anywhere: it waits and has time left, or has been accepted."""
    if invitation.run.cancelled_at is not None:
        return False
    return invitation.state == "accepted" or (invitation.state == "pending" and now < invitation.expires_at)


def person_of(session: Session, invitation: Invitation) -> Person | None:
    """Whoever has the invited address already, also when they have not chosen a password yet."""
    return session.scalars(select(Person).where(Person.email == invitation.email)).one_or_none()


def accept_as_new(
    session: Session, *, now: datetime, invitation_id: int, name: str, password_hash: str
) -> tuple[Person, Membership]:
    """Accept as somebody without an account (or without a password yet): the link proves whose address it is.

    Raises:
        InvitationGone: the invitation does not count any more, or the person has a password already.
    """
    invitation = _waiting(session, now, invitation_id)
    person = person_of(session, invitation)
    if person is None:
        person = accounts.create_person(
            session, actor=None, now=now, email=invitation.email, name=name, password_hash=password_hash
        )
    elif person.password_hash is None and person.closed_at is None:
        person.name, person.password_hash = accounts.checked_name(name), password_hash
    else:
        raise InvitationGone
    return person, _join(session, now, invitation, accounts.actor_of(person))


def accept(session: Session, *, actor: Actor, now: datetime, invitation_id: int) -> Membership:
    """Accept as the signed-in owner of the invited address. Twice is once.

    Raises:
        InvitationGone: the invitation does not count any more, or is for another address.
    """
    invitation = session.get(Invitation, invitation_id, with_for_update=True, populate_existing=True)
    if invitation is None or invitation.email != actor.email:
        raise InvitationGone
    if invitation.state == "accepted" and invitation.accepted_by_id == actor.person_id:
        return session.scalars(
            select(Membership).where(
                Membership.run_id == invitation.run_id, Membership.person_id == actor.person_id,
                Membership.role == invitation.role,
            )
        ).one()  # fmt: skip
    return _join(session, now, _waiting(session, now, invitation_id), actor)


def _waiting(session: Session, now: datetime, invitation_id: int) -> Invitation:
    invitation = session.get(Invitation, invitation_id, with_for_update=True, populate_existing=True)
    if invitation is None or invitation.state != "pending" or not may_be_opened(invitation, now):
        raise InvitationGone
    return invitation


def _join(session: Session, now: datetime, invitation: Invitation, actor: Actor) -> Membership:
    invitation.state, invitation.accepted_at, invitation.accepted_by_id = "accepted", now, actor.person_id
    _record(session, actor.person_id, now, invitation, "invitation_accepted")
    return add_member(
        session, actor=actor, now=now, run=invitation.run, person_id=actor.person_id,
        role=Role(invitation.role), clinic=invitation.clinic, is_trainee=invitation.is_trainee,
    )  # fmt: skip


def _send(session: Session, actor: Actor, now: datetime, run: Run, invitation: Invitation, verb: str) -> None:
    session.flush()
    queue(
        session, now=now, kind=KIND, to=invitation.email, run_id=run.id,
        params={"invitation_id": invitation.id},
        dedupe_key=f"{KIND}:{invitation.id}:{invitation.nonce[:12]}:{now:%Y%m%d%H%M}",
    )  # fmt: skip
    _record(session, actor.person_id, now, invitation, verb)


def _expires_at(session: Session, run: Run, now: datetime) -> datetime:
    return now + timedelta(days=course_of(session, run).invitation.days)


def _record(session: Session, actor_id: int, now: datetime, invitation: Invitation, verb: str) -> None:
    audit.record(
        session,
        actor_id=actor_id,
        now=now,
        verb=verb,
        run_id=invitation.run_id,
        detail={"invitation": invitation.id},
    )
    session.flush()


def _guard(session: Session, actor: Actor, run: Run, *, cancelled_too: bool = False) -> None:
    """Organisers only; and one at a time, so that two of them do not invite the same person twice."""
    lock_run(session, run)
    organisers = {m.person_id for m in members(session, run.id, Role.ORGANISER)}
    if actor.person_id not in organisers and not actor.is_administrator:
        raise NotAllowed
    if run.cancelled_at is not None and not cancelled_too:
        raise DomainError("Holdet er aflyst, så der kan ikke inviteres flere.")


def _pending(session: Session, run: Run) -> list[Invitation]:
    return list(
        session.scalars(
            select(Invitation)
            .where(Invitation.run_id == run.id, Invitation.state == "pending")
            .with_for_update(of=Invitation)
            .execution_options(populate_existing=True)
        )
    )


def _find(session: Session, run: Run, invitation_id: int) -> Invitation:
    invitation = session.get(Invitation, invitation_id, with_for_update=True, populate_existing=True)
    if invitation is None or invitation.run_id != run.id:
        raise NotAllowed
    return invitation


def _locked(session: Session, run: Run, invitation_id: int) -> Invitation:
    invitation = _find(session, run, invitation_id)
    if invitation.state != "pending":
        raise DomainError("Invitationen er brugt eller trukket tilbage.")
    return invitation


def _refuse_taken(session: Session, run: Run, email: str, role: str) -> None:
    if any(i.email == email and i.role == role for i in _pending(session, run)):
        raise DomainError("Den adresse er allerede inviteret.")
    if any(m.person.email == email and m.role == role for m in members(session, run.id)):
        raise DomainError("Personen med den adresse er allerede med på holdet.")
