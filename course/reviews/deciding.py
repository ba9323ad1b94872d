"""Decisions as reviewers make them: seen, held, guarded by the spine, told to the author by mail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.accounts.rules import Actor
from course.content.catalogue import Activity, Form
from course.db.errors import DomainError, NotAllowed
from course.outbox.service import queue
from course.runs.models import Run
from course.work import judging
from course.work.finding import revision
from course.work.judging import AlreadyDecided
from course.work.models import Decision, Redaction, Release, Work
from course.work.rules import Projection, State

from . import leases, peer_words, peers
from .reading import audience_of
from .rules import occurrences
from .service import lock_work

MOST_STRIKES = 100


@dataclass(frozen=True, slots=True)
class Seen:
    """What the reviewer had on the screen: the revision, and the state the work was in."""

    revision_no: int
    state: str


class CopyChanged(DomainError):
    """The copy for colleagues is another than the one the reviewer has looked at."""

    def __init__(self) -> None:
        super().__init__("Udgaven til kollegerne er ændret, siden du så den. Læs den igen, før du frigiver.")


def _begin(session: Session, actor: Actor, now: datetime, work_id: int, seen: Seen, leads_to: State) -> Work:
    """The work, locked, after it is sure that nobody decided and nobody else holds it since the page was shown."""
    work = lock_work(session, actor, work_id)
    repeated = work.decided_by_id == actor.person_id and work.state == leads_to
    if work.submitted_no == seen.revision_no and work.state != seen.state and not repeated:
        raise AlreadyDecided(_decided_words(session, actor, work))
    if not repeated:
        leases.require(session, actor=actor, now=now, work_id=work_id)
    return work


_DONE = {
    State.RETURNED: "sendt teksten tilbage",
    State.ACCEPTED: "godkendt teksten",
    State.REJECTED: "afvist teksten",
}


def _decided_words(session: Session, actor: Actor, work: Work) -> str:
    judge = session.get(Person, work.decided_by_id) if work.decided_by_id else None
    done = _DONE.get(State(work.state))
    if judge is None or done is None:
        return "Teksten står anderledes nu, end da du åbnede den. Din afgørelse er ikke gemt."
    who = "Du har selv" if judge.id == actor.person_id else f"{judge.name} har"
    return f"{who} {done}, mens du havde siden åben. Din afgørelse er ikke gemt."


def return_for_changes(
    session: Session, *, actor: Actor, now: datetime, work_id: int, seen: Seen, comment: str, until: datetime
) -> Decision:
    """Send a text back. The reviewer who has it on the desk keeps it, and gets the new text."""
    work = _begin(session, actor, now, work_id, seen, State.RETURNED)
    decision = judging.return_for_changes(
        session,
        actor=actor,
        now=now,
        work_id=work_id,
        revision_no=seen.revision_no,
        comment=comment,
        until=until,
    )
    _end(session, actor, now, work, decision)
    return decision


def accept(session: Session, *, actor: Actor, now: datetime, work_id: int, seen: Seen, comment: str) -> Decision:
    """Accept a text."""
    work = _begin(session, actor, now, work_id, seen, State.ACCEPTED)
    decision = judging.accept(
        session, actor=actor, now=now, work_id=work_id, revision_no=seen.revision_no, comment=comment
    )
    _end(session, actor, now, work, decision)
    return decision


def reject(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    work_id: int,
    seen: Seen,
    comment: str,
    form: Form,
    analyses: Mapping[str, Form] | None = None,
) -> Decision:
    """Reject a text: it is erased at once, and what its analyses tell of the patient too."""
    work = _begin(session, actor, now, work_id, seen, State.REJECTED)
    decision = judging.reject(
        session,
        actor=actor,
        now=now,
        work_id=work_id,
        revision_no=seen.revision_no,
        comment=comment,
        form=form,
        analyses=analyses,
    )
    _end(session, actor, now, work, decision)
    peers.repair_after_change(session, session.get_one(Run, work.run_id), work.activity_id, now)
    return decision


def _end(session: Session, actor: Actor, now: datetime, work: Work, decision: Decision) -> None:
    _tell(session, now, work, decision.kind, {"decision": decision.id}, f"decision-{decision.id}")
    leases.let_go(session, actor=actor, work_id=work.id)


def _tell(session: Session, now: datetime, work: Work, kind: str, params: dict[str, Any], key: str) -> None:
    """Tell the author; of what a team wrote, every member."""
    for member in judging.receivers(session, work):
        own, own_key = params, key
        if work.team_id is not None:
            own, own_key = {**params, "membership": member.id}, f"{key}-{member.id}"
        queue(session, now=now, kind=kind, to=member.person.email, params=own, dedupe_key=own_key, run_id=work.run_id)


def copy_digest(copy: dict[str, Any]) -> str:
    """A short name for exactly this copy: who posts it has seen it."""
    return sha256(json.dumps(copy, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


def release(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    work_id: int,
    seen: Seen,
    activity: Activity,
    seen_copy: str,
    accept_first: bool = False,
    comment: str = "",
) -> Release:
    """Show the copy that the reviewer has just looked at to the colleagues of the run, a homework to one peer.

    ``accept_first`` accepts a text that still waits, with ``comment``, in the same breath; one mail tells both.

    Raises:
        NotAllowed: the works of this activity are not for colleagues.
        CopyChanged: the copy has changed since.
    """
    work = lock_work(session, actor, work_id)
    to = audience_of(activity)
    if to is None or activity.form is None:
        raise NotAllowed
    if work.projection != Projection.RELEASED:
        leases.require(session, actor=actor, now=now, work_id=work_id)
        _require_same_copy(session, work, activity.form, seen, seen_copy)
    values: dict[str, Any] = {"actor": actor, "now": now, "work_id": work_id, "revision_no": seen.revision_no}
    if accept_first and work.state == State.SUBMITTED:
        judging.accept(session, **values, comment=comment)
    row = judging.release(session, **values, form=activity.form, audience=to)
    _tell(session, now, work, "released", {"release": row.id}, f"released-{row.id}")
    if to == "peer":
        peer_words.tell_giver_of(session, now=now, receiver_id=work.membership_id, activity_id=work.activity_id)
    leases.let_go(session, actor=actor, work_id=work_id)
    return row


def _require_same_copy(session: Session, work: Work, form: Form, seen: Seen, seen_copy: str) -> None:
    judged = revision(session, work.id, work.submitted_no)
    if judged is None or judged.data is None or work.submitted_no != seen.revision_no:
        raise judging.NewerText
    if copy_digest(judging.redacted(form, judged.data, judging.redactions(session, work.id, judged.no))) != seen_copy:
        raise CopyChanged


def recall(session: Session, *, actor: Actor, now: datetime, work_id: int, revision_no: int) -> None:
    """Take a release back at once, whoever has the work open."""
    work = lock_work(session, actor, work_id)
    current = session.scalars(
        select(Release.id).where(Release.work_id == work_id, Release.recalled_at.is_(None))
    ).one_or_none()
    judging.recall(session, actor=actor, now=now, work_id=work_id, revision_no=revision_no)
    if current is not None:
        _tell(session, now, work, "recalled", {"release": current}, f"recalled-{current}")


def strike(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    work_id: int,
    revision_no: int,
    form: Form,
    path: str,
    start: int,
    end: int,
    replacement: str,
) -> Redaction:
    """Strike one passage out of the copy for colleagues."""
    lock_work(session, actor, work_id)
    leases.require(session, actor=actor, now=now, work_id=work_id)
    return judging.redact(
        session, actor=actor, now=now, work_id=work_id, revision_no=revision_no, form=form, path=path, start=start,
        end=end, replacement=replacement,
    )  # fmt: skip


def strike_words(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    work_id: int,
    revision_no: int,
    form: Form,
    field_id: str,
    words: str,
    replacement: str,
) -> int:
    """Strike some words out wherever they stand (in one field, or in all when ``field_id`` is empty).

    What is struck out already is passed over. The answer is the number of new places.

    Raises:
        DomainError: the words stand nowhere.
    """
    work = lock_work(session, actor, work_id)
    leases.require(session, actor=actor, now=now, work_id=work_id)
    texts = judging.judged_texts(session, work, form)
    places = [
        (path, start, end)
        for path, text in texts.items()
        if field_id in ("", path.split(".")[0])
        for start, end in occurrences(text, words)
    ]
    if not places:
        raise DomainError("De ord står ikke i teksten. Skriv dem præcis, som de står.", status=422)
    struck = judging.redactions(session, work_id, revision_no)
    fresh = [place for place in places if not any(_overlaps(place, mark) for mark in struck)]
    for path, start, end in fresh[:MOST_STRIKES]:
        judging.redact(
            session, actor=actor, now=now, work_id=work_id, revision_no=revision_no, form=form, path=path, start=start,
            end=end, replacement=replacement,
        )  # fmt: skip
    return len(fresh[:MOST_STRIKES])


def _overlaps(place: tuple[str, int, int], mark: Redaction) -> bool:
    path, start, end = place
    return mark.path == path and start < mark.end and mark.start < end


def undo_strike(
    session: Session, *, actor: Actor, now: datetime, work_id: int, revision_no: int, redaction_id: int
) -> None:
    """Put a struck passage back into the copy."""
    lock_work(session, actor, work_id)
    leases.require(session, actor=actor, now=now, work_id=work_id)
    judging.undo_redaction(
        session, actor=actor, now=now, work_id=work_id, revision_no=revision_no, redaction_id=redaction_id
    )
