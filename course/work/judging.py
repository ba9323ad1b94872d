"""What a reviewer does with a work: return, accept, reject, redact, release, recall.

A decision names the revision it judged and is refused when a newer one was handed in. Nobody judges their own work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import CompoundSelect, delete, select, union_all
from sqlalchemy.orm import Session

from course.accounts.rules import Actor
from course.content.catalogue import MAIN, Form
from course.db import audit
from course.db.errors import DomainError, NotAllowed
from course.db.upsert import upsert
from course.runs.models import FormerTeamMember, Membership, TeamMember
from course.runs.rules import STAFF

from . import fields as shape
from .finding import erase_texts, live_work, lock, require, revision
from .models import Decision, FieldComment, Opening, Redaction, Release, Revision, Work
from .rules import Operation, Projection, State

COMMENT_MAX = 4000


class NewerText(DomainError):
    """The author has handed in, or taken back, another revision than the one that was judged."""

    def __init__(self) -> None:
        super().__init__(
            "Forfatteren har ændret eller trukket teksten tilbage, mens du læste. "
            "Din afgørelse er ikke gemt. Læs den nye tekst først."
        )


class AlreadyDecided(DomainError):
    """Somebody has decided about the text before this decision came."""


def lock_for_review(session: Session, actor: Actor, work_id: int) -> Work:
    """The work, locked, for staff of its run who did not write it.

    Raises:
        NotAllowed: for everybody else, and for a work that no reviewer reads.
    """
    work = lock(session, work_id)
    roles = set(
        session.scalars(
            select(Membership.role).where(
                Membership.run_id == work.run_id,
                Membership.person_id == actor.person_id,
                Membership.left_at.is_(None),
            )
        )
    )
    if not roles & STAFF or not work.needs_review or actor.person_id in authors(session, work):
        raise NotAllowed
    return work


def authors(session: Session, work: Work) -> frozenset[int]:
    """The people who write a work: its member, or everybody who is or was in its team."""
    if work.team_id is None:
        return frozenset(session.scalars(select(Membership.person_id).where(Membership.id == work.membership_id)))
    seats = union_all(
        *(select(table.membership_id).where(table.team_id == work.team_id) for table in (TeamMember, FormerTeamMember))
    )
    return frozenset(session.scalars(select(Membership.person_id).where(Membership.id.in_(seats))))


def own_teams(person_id: int) -> CompoundSelect[int]:
    """A query for the teams that a person is or was in: nobody judges what those write."""
    return union_all(
        *(
            select(table.team_id)
            .join(Membership, Membership.id == table.membership_id)
            .where(Membership.person_id == person_id)
            for table in (TeamMember, FormerTeamMember)
        )
    )


def receivers(session: Session, work: Work) -> list[Membership]:
    """Who hears what becomes of a work: its member, or the team's members (of a dissolved team those it had)."""
    query = select(Membership).where(Membership.left_at.is_(None)).order_by(Membership.id)
    if work.team_id is None:
        return list(session.scalars(query.where(Membership.id == work.membership_id)))
    for table in (TeamMember, FormerTeamMember):
        seats = select(table.membership_id).where(table.team_id == work.team_id)
        found = list(session.scalars(query.where(Membership.id.in_(seats))))
        if found:
            return found
    return []


def _judge(session: Session, actor: Actor, work_id: int, operation: Operation, revision_no: int) -> Work:
    """The work, locked, after every guard that all judgements share."""
    work = lock_for_review(session, actor, work_id)
    if work.submitted_no != revision_no:
        raise NewerText
    if not _is_repeated(work, actor, operation):
        require(work, operation)
    return work


_LEADS_TO = {
    Operation.RETURN: State.RETURNED,
    Operation.ACCEPT: State.ACCEPTED,
    Operation.REJECT: State.REJECTED,
}


def _is_repeated(work: Work, actor: Actor, operation: Operation) -> bool:
    """Whether the same person has just decided the same about the same revision: a double click."""
    return work.decided_by_id == actor.person_id and _LEADS_TO.get(operation) == work.state


def _decide(
    session: Session,
    actor: Actor,
    now: datetime,
    work: Work,
    state: State,
    comment: str,
    until: datetime | None = None,
) -> Decision:
    if work.state == state and (before := _decided(session, work)) is not None:
        if before.comment != comment:
            raise AlreadyDecided("Du har allerede afgjort teksten, med en anden bemærkning. Den nye er ikke sendt.")
        return before
    work.state, work.decided_by_id, work.updated_at, work.returned_until = state, actor.person_id, now, until
    decision = Decision(
        work_id=work.id, revision_no=work.submitted_no, kind=state, comment=comment, until=until, by_id=actor.person_id,
        at=now,
    )  # fmt: skip
    session.add(decision)
    _record(session, actor, now, work, state)
    session.flush()
    return decision


def _decided(session: Session, work: Work) -> Decision | None:
    query = select(Decision).where(Decision.work_id == work.id, Decision.revision_no == work.submitted_no)
    return session.scalars(query.order_by(Decision.id.desc()).limit(1)).first()


def _record(session: Session, actor: Actor, now: datetime, work: Work, verb: str, **detail: Any) -> None:
    audit.record(
        session, actor_id=actor.person_id, now=now, verb=verb, run_id=work.run_id, work_id=work.id,
        revision_no=work.submitted_no, detail=detail or None,
    )  # fmt: skip


def return_for_changes(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    work_id: int,
    revision_no: int,
    comment: str,
    until: datetime,
) -> Decision:
    """Send a text back with words about what to change and a deadline of its own.

    Raises:
        DomainError: the comment is empty or too long, or the deadline has passed already.
    """
    comment = _comment(comment, required="Skriv, hvad der skal ændres, før du sender tilbage.")
    if until <= now:
        raise DomainError("Fristen skal ligge efter nu.", status=422)
    work = _judge(session, actor, work_id, Operation.RETURN, revision_no)
    return _decide(session, actor, now, work, State.RETURNED, comment, until)


def accept(
    session: Session, *, actor: Actor, now: datetime, work_id: int, revision_no: int, comment: str = ""
) -> Decision:
    """Accept a text."""
    work = _judge(session, actor, work_id, Operation.ACCEPT, revision_no)
    return _decide(session, actor, now, work, State.ACCEPTED, _comment(comment))


def reject(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    work_id: int,
    revision_no: int,
    comment: str,
    form: Form,
    analyses: Mapping[str, Form] | None = None,
) -> Decision:
    """Reject a text. It is erased at once; the author's own reflection is kept for the author.

    ``analyses`` are the forms of the activities that analyse this text: what is told of the patient there goes too.
    """
    comment = _comment(comment, required="Skriv til forfatteren, hvorfor teksten afvises, og hvad der nu kan gøres.")
    work = _judge(session, actor, work_id, Operation.REJECT, revision_no)
    if work.state == State.REJECTED:
        return _decide(session, actor, now, work, State.REJECTED, comment)
    decision = _decide(session, actor, now, work, State.REJECTED, comment)
    _keep_reflection(session, now, work, form)
    for activity_id, analysis_form in (analyses or {}).items():
        analysis = live_work(session, work.membership_id or 0, activity_id, MAIN)
        if analysis is not None:
            analysis = lock(session, analysis.id)
            analysis.state, analysis.submitted_no, analysis.submitted_at = State.DRAFT, None, None
            analysis.decided_by_id, analysis.updated_at, analysis.complete_steps = None, now, ""
            _keep_reflection(session, now, analysis, analysis_form)
            _record(session, actor, now, analysis, "case_text_erased")
    return decision


def _keep_reflection(session: Session, now: datetime, work: Work, form: Form) -> None:
    latest = revision(session, work.id, work.latest_no)
    own = {name for name, field in form.fields.items() if field.reflection}
    kept = {name: value for name, value in ((latest.data if latest else None) or {}).items() if name in own}
    no = work.latest_no + 1
    session.add(Revision(work_id=work.id, no=no, save_id=str(uuid4()), author_id=None, saved_at=now, data=kept))
    work.latest_no = no
    session.flush()
    erase_texts(session, work.id, but=no)
    for release in session.scalars(select(Release).where(Release.work_id == work.id)):
        release.data = None
    session.execute(delete(Redaction).where(Redaction.work_id == work.id))
    session.execute(delete(FieldComment).where(FieldComment.work_id == work.id))


def _comment(text: str, required: str = "") -> str:
    text = shape.clean_text(text)
    if required and not text:
        raise DomainError(required, status=422)
    if len(text) > COMMENT_MAX:
        raise DomainError("Bemærkningen er for lang. Der er plads til 4.000 tegn.", status=422)
    return text


def redact(
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
    """Mark the code points ``start``–``end`` of one text as not to be seen; ``replacement`` stands there instead.

    Raises:
        DomainError: there is no such passage, or it overlaps one that is marked already.
    """
    replacement = shape.clean_text(replacement)[:80] or "[…]"
    work = _judge(session, actor, work_id, Operation.REDACT, revision_no)
    text = judged_texts(session, work, form).get(path)
    if text is None or not 0 <= start < end <= len(text):
        raise DomainError("Stedet i teksten findes ikke. Marker det igen.", status=422)
    for other in redactions(session, work.id, revision_no):
        if other.path == path and start < other.end and other.start < end:
            raise DomainError("En del af stedet er allerede streget ud.")
    row = Redaction(
        work_id=work.id, revision_no=revision_no, path=path, start=start, end=end, replacement=replacement,
        by_id=actor.person_id, at=now,
    )  # fmt: skip
    session.add(row)
    _record(session, actor, now, work, "redacted", field=path.split(".")[0])
    session.flush()
    return row


def undo_redaction(
    session: Session, *, actor: Actor, now: datetime, work_id: int, revision_no: int, redaction_id: int
) -> None:
    """Take a marking away again."""
    work = _judge(session, actor, work_id, Operation.REDACT, revision_no)
    row = session.get(Redaction, redaction_id)
    if row is None or row.work_id != work.id or row.revision_no != revision_no:
        raise NotAllowed
    session.delete(row)
    _record(session, actor, now, work, "redaction_undone", field=row.path.split(".")[0])
    session.flush()


def redactions(session: Session, work_id: int, revision_no: int) -> list[Redaction]:
    """The markings in one revision, in the order of the text."""
    rows = session.scalars(select(Redaction).where(Redaction.work_id == work_id, Redaction.revision_no == revision_no))
    return sorted(rows, key=lambda row: (row.path, row.start))


def judged_texts(session: Session, work: Work, form: Form) -> dict[str, str]:
    """The free texts of the revision that was handed in, by path."""
    judged = revision(session, work.id, work.submitted_no)
    return {path: text for path, _, text in shape.texts(form.fields.values(), (judged and judged.data) or {})}


def redacted(form: Form, data: dict[str, Any], markings: Iterable[Redaction]) -> dict[str, Any]:
    """A copy of a text with its marked passages replaced and its private fields left out."""
    public = {name: value for name, value in data.items() if name in form.fields and not form.fields[name].private}
    texts = {path: text for path, _, text in shape.texts(form.fields.values(), public)}
    for mark in sorted(markings, key=lambda m: m.start, reverse=True):
        if mark.path in texts:
            text = texts[mark.path]
            texts[mark.path] = text[: mark.start] + mark.replacement + text[mark.end :]
            public = shape.with_text(public, mark.path, texts[mark.path])
    return public


def release(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    work_id: int,
    revision_no: int,
    form: Form,
    audience: str = "run",
) -> Release:
    """Show the redacted copy of an accepted text to the colleagues of the run, or (``audience`` "peer") to the one who
    gives words to it. A second click finds the first.
    """
    shown = _shown(session, actor, work_id, revision_no)
    if shown is not None:
        return shown
    work = _judge(session, actor, work_id, Operation.RELEASE, revision_no)
    judged = revision(session, work.id, revision_no)
    if judged is None or judged.data is None:
        raise DomainError("Teksten er slettet og kan ikke frigives.")
    copy = redacted(form, judged.data, redactions(session, work.id, revision_no))
    row = Release(
        work_id=work.id, revision_no=revision_no, data=copy, released_by_id=actor.person_id, released_at=now,
        audience=audience,
    )  # fmt: skip
    session.add(row)
    work.projection, work.updated_at = Projection.RELEASED, now
    _record(session, actor, now, work, "released")
    session.flush()
    return row


def _shown(session: Session, actor: Actor, work_id: int, revision_no: int) -> Release | None:
    """The release that the same person has just made of the same revision: a double click."""
    work = lock_for_review(session, actor, work_id)
    if work.projection != Projection.RELEASED:
        return None
    return session.scalars(
        select(Release).where(
            Release.work_id == work_id,
            Release.revision_no == revision_no,
            Release.recalled_at.is_(None),
            Release.released_by_id == actor.person_id,
        )
    ).one_or_none()


def recall(session: Session, *, actor: Actor, now: datetime, work_id: int, revision_no: int) -> None:
    """Take a release back at once; from now on colleagues meet the same answer as if it never was.

    What has been taken back already stays so: a second click changes nothing.
    """
    if lock_for_review(session, actor, work_id).projection == Projection.RECALLED:
        return
    work = _judge(session, actor, work_id, Operation.RECALL, revision_no)
    row = session.scalars(
        select(Release).where(Release.work_id == work.id, Release.recalled_at.is_(None)).with_for_update()
    ).one()
    row.recalled_at, row.recalled_by_id = now, actor.person_id
    work.projection, work.updated_at = Projection.RECALLED, now
    _record(session, actor, now, work, "recalled")
    session.flush()


def record_opening(session: Session, *, actor: Actor, now: datetime, work_id: int, capacity: str) -> None:
    """Remember that somebody other than the author opened a work ("reviewer" or "colleague")."""
    upsert(
        session,
        Opening,
        {"work_id": work_id, "person_id": actor.person_id, "capacity": capacity},
        {"first_at": now, "last_at": now, "times": 1},
        {"last_at": now, "times": Opening.times + 1},
    )
