"""What an author does with a work: open, save, submit, withdraw, replace. Reviewers' operations: ``judging``.

Every operation guards first and then acts, locks the work it changes, adds one audit row, and flushes.
The caller has worked out the gate and run the guard before the write transaction opened.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from course.accounts.rules import Actor
from course.content.catalogue import Activity, Field, Form, Step
from course.db import audit
from course.db.errors import DomainError, NotAllowed
from course.runs.models import Membership
from course.runs.rules import Gate

from . import fields as shape
from .checking import AmberWord, Checked, amber_words, still_confirmed
from .finding import Closed, TeamChanged, live_work, lock, require, require_author, require_own, revision
from .merging import merge
from .models import Revision, Submission, Work
from .rules import Operation, Projection, State, is_possible

RECEIPT_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class StaleText(DomainError):
    """Two tabs changed the same field. Carries both texts; nothing was overwritten."""

    def __init__(self, latest: Revision, typed: dict[str, Any], conflicts: tuple[str, ...]) -> None:
        super().__init__("Teksten er ændret et andet sted, siden du åbnede den her. Intet er overskrevet.")
        self.latest, self.typed, self.conflicts = latest, typed, conflicts


class NotReady(DomainError):
    """Something must be answered, looked at or confirmed before the work can be submitted."""

    status = 422

    def __init__(self, missing: dict[str, str], words: tuple[AmberWord, ...], unchecked: tuple[int, ...]) -> None:
        super().__init__("Der mangler lidt, før du kan sende.")
        self.missing, self.words, self.unchecked = missing, words, unchecked


@dataclass(frozen=True, slots=True)
class Saved:
    """An acknowledged save: the work, the number of its revision, when that was written and what stands in it."""

    work: Work
    no: int
    saved_at: datetime
    data: dict[str, Any]


def open_work(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    membership: Membership,
    activity: Activity,
    slot: str,
    gate: Gate,
    team_id: int | None = None,
) -> Work:
    """The live work of a slot, locked; begun when there is none. ``team_id`` names the team that writes together.

    Raises:
        NotAllowed: the membership is somebody else's, or the activity has no such slot.
        TeamChanged: the member is not in that team, or in none where one is needed.
        Closed: there is none yet, and the gate is closed.
    """
    if activity.is_shared and team_id is None:
        raise TeamChanged
    require_own(session, actor, membership, team_id)
    if activity.slot(slot) is None or activity.form is None or activity.is_shared != (team_id is not None):
        raise NotAllowed
    found = live_work(session, membership.id, activity.id, slot, team_id=team_id, locked=True)
    if found is not None:
        return found
    if not gate.is_open:
        raise Closed("Aktiviteten er ikke åben nu.")
    work = Work(
        run_id=membership.run_id,
        membership_id=membership.id if team_id is None else None,
        team_id=team_id,
        activity_id=activity.id,
        slot=slot,
        needs_review=activity.review,
        state=State.DRAFT,
        projection=Projection.NONE,
        asked_digest=activity.digest,
        latest_no=0,
        created_at=now,
        updated_at=now,
        replaces_id=session.scalar(
            select(Work.id)
            .where(
                Work.membership_id == membership.id if team_id is None else Work.team_id == team_id,
                Work.activity_id == activity.id,
                Work.slot == slot,
            )
            .order_by(Work.id.desc())
            .limit(1)
        ),
    )
    try:
        with session.begin_nested():
            session.add(work)
    except IntegrityError:  # the other tab was first
        found = live_work(session, membership.id, activity.id, slot, team_id=team_id)
        if found is None:
            raise
        return lock(session, found.id)
    audit.record(
        session, actor_id=actor.person_id, now=now, verb="work_begun", run_id=work.run_id, work_id=work.id,
        detail={"activity": activity.id, "slot": slot, "replaces": work.replaces_id},
    )  # fmt: skip
    return work


def valid_key(text: str) -> str:
    """A save or submit id as the browser made it (a UUID); a new one when it is none."""
    try:
        return str(UUID(text))
    except (ValueError, AttributeError, TypeError):
        return str(UUID(bytes=secrets.token_bytes(16), version=4))


_REVISIONS_FOR_SAVE = select(Revision).where(
    Revision.work_id == bindparam("work"),
    or_(Revision.no.in_(bindparam("numbers", expanding=True)), Revision.save_id == bindparam("save_id")),
)


def save(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    work: Work,
    form: Form,
    gate: Gate,
    content: Checked,
    base_no: int,
    save_id: str,
    confirmed: Iterable[str] | None = None,
) -> Saved:
    """Write a revision of what was typed, begun from revision ``base_no`` (0: from nothing).

    ``confirmed`` are all amber words that its author has looked at and kept; None leaves them as they are.

    A retry with the same ``save_id`` finds the revision it made. Another text under a used ``save_id`` (a page that
    was gone back to) is a new save, begun from what that page saved. What equals the latest text makes no revision.
    In a team's work, what two members changed at once is put together where it can be (``work.weaving``).
    ``work`` comes locked from :func:`open_work` or :func:`lock`.

    Raises:
        NotAllowed: it is somebody else's work.
        DomainError: it cannot be changed in its state.
        Closed: the gate is closed.
        StaleText: another tab, or another member of the team, has changed the same field.
    """
    require_author(session, actor, work)
    asked = {"work": work.id, "numbers": [work.latest_no, base_no], "save_id": save_id}
    known_by = session.scalars(_REVISIONS_FOR_SAVE, asked).all()
    numbered = {row.no: row for row in known_by}
    again = next((row for row in known_by if row.save_id == save_id), None)
    shared = form.fields if work.team_id is not None else None
    latest, base = numbered.get(work.latest_no), numbered.get(base_no)
    was = (base.data if base else None) or {}
    if again is not None:
        if _holds(again, was, content, shared):
            return Saved(work, again.no, again.saved_at, again.data or {})
        save_id = valid_key("")
        was = _as_left(session, again, was, content, shared is not None) if again.no > base_no else was
    require(work, Operation.SAVE)
    if not gate.is_open:
        raise Closed("Fristen er gået, eller aktiviteten er ikke åben endnu. Din tekst er ikke gemt.")
    stands = (latest.data if latest else None) or {}
    merged = merge(was, stands, content.data, shared)
    overtaken = tuple(name for name in content.problems if stands.get(name) != was.get(name))
    if latest is not None and (merged.conflicts or overtaken):
        raise StaleText(latest, content.typed, merged.conflicts + overtaken)
    data = {name: value for name, value in merged.data.items() if value is not None}
    known = (latest.confirmed if latest else None) or []
    kept = still_confirmed(form, data, _looked_at(known, confirmed, shared is not None))
    if latest is not None and data == latest.data and kept == known:
        return Saved(work, latest.no, latest.saved_at, data)
    work.complete_steps = " ".join(step.id for step in form.steps if is_complete(step, data))
    return _write(session, actor=actor, now=now, work=work, data=data, confirmed=kept, save_id=save_id)


def _looked_at(known: list[str], confirmed: Iterable[str] | None, shared: bool) -> Iterable[str]:
    """The words that count as looked at; where several write, what one has looked at stays so for all."""
    if confirmed is None:
        return known
    return [*known, *confirmed] if shared else confirmed


def is_complete(step: Step, data: dict[str, Any]) -> bool:
    """Whether something is written in a step, and nothing that is required is missing in it."""
    return any(field.id in data for field in step.fields) and not shape.missing(step.fields, data)


def _holds(saved: Revision, was: dict[str, Any], content: Checked, shared: Mapping[str, Field] | None) -> bool:
    """Whether a revision is what came of saving ``content`` already, with others' words in it where several write."""
    known = saved.data or {}
    if all(known.get(name) == value for name, value in content.data.items()):
        return True
    if shared is None:
        return False
    again = merge(was, known, content.data, shared)
    return not again.conflicts and again.data == known


def _as_left(session: Session, saved: Revision, was: dict[str, Any], content: Checked, shared: bool) -> dict[str, Any]:
    """What a page that was gone back to began from: the text it was opened with, and what it has saved itself since.

    Where several write, its own saves hold the words of others too, so it counts from the text it was opened with.
    """
    if shared:
        return was
    before = revision(session, saved.work_id, saved.no - 1)
    known, unsaved = saved.data or {}, (before.data if before else None) or {}
    own = {name: known.get(name) for name in content.data if known.get(name) != unsaved.get(name)}
    return {**was, **own}


def _write(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    work: Work,
    data: dict[str, Any],
    confirmed: list[str],
    save_id: str,
) -> Saved:
    no = work.latest_no + 1
    session.add(
        Revision(
            work_id=work.id, no=no, save_id=save_id, author_id=actor.person_id, saved_at=now, data=data,
            confirmed=confirmed or None,
        )
    )  # fmt: skip
    work.latest_no, work.updated_at = no, now
    audit.record(
        session,
        actor_id=actor.person_id,
        now=now,
        verb="saved",
        run_id=work.run_id,
        work_id=work.id,
        revision_no=no,
    )
    session.flush()
    return Saved(work, no, now, data)


def submit(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    work: Work,
    form: Form,
    gate: Gate,
    revision_no: int,
    submit_key: str,
    checked: Iterable[int] = (),
) -> Submission:
    """Hand in one revision. ``checked`` are the indexes of the self-check questions that were confirmed.

    The same ``submit_key`` gives the same receipt: a double click hands in once. When the text has come back and been
    changed, a used key (a page that was gone back to) is a new submission – never the old receipt.

    Raises:
        NotReady: answers are missing, words not looked at, or questions not confirmed.
        StaleText: the text has changed since the page was opened.
    """
    require_author(session, actor, work)
    before = session.scalars(
        select(Submission).where(Submission.work_id == work.id, Submission.submit_key == submit_key)
    ).one_or_none()
    if before is not None and not _has_changed_since(work, before):
        return before
    if before is not None:
        submit_key = valid_key("")
    require(work, Operation.SUBMIT)
    if not gate.is_open:
        raise Closed("Fristen er gået, eller aktiviteten er ikke åben endnu. Din tekst ligger gemt, men er ikke sendt.")
    latest = revision(session, work.id, work.latest_no)
    if latest is not None and revision_no != latest.no:
        raise StaleText(latest, {}, ())
    _require_ready(form, latest, frozenset(checked))
    work.state, work.submitted_no, work.submitted_at = State.SUBMITTED, work.latest_no, now
    work.decided_by_id = work.returned_until = None
    work.updated_at = now
    receipt = Submission(
        work_id=work.id, revision_no=work.latest_no, submit_key=submit_key, receipt=new_receipt(), at=now
    )
    session.add(receipt)
    audit.record(
        session, actor_id=actor.person_id, now=now, verb="submitted", run_id=work.run_id, work_id=work.id,
        revision_no=work.latest_no, detail={"receipt": receipt.receipt},
    )  # fmt: skip
    session.flush()
    return receipt


def _has_changed_since(work: Work, handed_in: Submission) -> bool:
    is_with_author = is_possible(Operation.SUBMIT, State(work.state), Projection(work.projection))
    return is_with_author and work.latest_no > handed_in.revision_no


def readiness(form: Form, latest: Revision | None, checked: frozenset[int]) -> NotReady | None:
    """What still stands between a text and its submission; None when nothing does."""
    data = (latest.data if latest else None) or {}
    lacks = shape.missing(form.fields.values(), data)
    words = tuple(w for w in amber_words(form, data, (latest.confirmed if latest else None) or ()) if not w.confirmed)
    unchecked = tuple(i for i in range(len(form.self_check)) if i not in checked)
    if not data and not lacks:
        lacks = {next(iter(form.fields)): "Der er ikke skrevet noget endnu."}
    return NotReady(lacks, words, unchecked) if lacks or words or unchecked else None


def _require_ready(form: Form, latest: Revision | None, checked: frozenset[int]) -> None:
    lacking = readiness(form, latest, checked)
    if lacking is not None:
        raise lacking


def new_receipt() -> str:
    """A receipt number of eight letters and digits that cannot be mistaken for one another, as ``K7F3-92QD``."""
    letters = "".join(secrets.choice(RECEIPT_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def withdraw(session: Session, *, actor: Actor, now: datetime, work: Work, gate: Gate) -> None:
    """Take a submitted text back. It can be changed and submitted again while the gate is open."""
    require_author(session, actor, work)
    if work.state == State.WITHDRAWN:
        return
    require(work, Operation.WITHDRAW)
    if not gate.is_open:
        raise Closed("Fristen er gået. Skriv til kursusarrangøren, hvis teksten skal trækkes tilbage.")
    no = work.submitted_no
    work.state, work.submitted_no, work.submitted_at = State.WITHDRAWN, None, None
    work.decided_by_id = work.returned_until = None
    work.updated_at = now
    audit.record(
        session,
        actor_id=actor.person_id,
        now=now,
        verb="withdrawn",
        run_id=work.run_id,
        work_id=work.id,
        revision_no=no,
    )
    session.flush()


def replace(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    work: Work,
    membership: Membership,
    activity: Activity,
    gate: Gate,
) -> Work:
    """Begin a new work in the place of a rejected one. A second click finds the one already begun."""
    require_author(session, actor, work)
    require(work, Operation.REPLACE)
    return open_work(
        session, actor=actor, now=now, membership=membership, activity=activity, slot=work.slot, gate=gate,
        team_id=work.team_id,
    )  # fmt: skip
