"""Words to the author: remarks to single fields, and comments a reviewer uses again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.rules import Actor
from course.content.catalogue import Form
from course.db import audit
from course.db.errors import DomainError, NotAllowed
from course.db.upsert import upsert
from course.work.fields import clean_text
from course.work.finding import require
from course.work.judging import NewerText
from course.work.models import FieldComment, Work
from course.work.rules import Operation

from . import leases
from .models import SavedComment
from .service import lock_work

REMARK_MAX, TITLE_MAX, SAVED_MAX = 2000, 80, 100


def remark(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    work_id: int,
    revision_no: int,
    form: Form,
    field_id: str,
    text: str,
) -> FieldComment:
    """Write a remark to one field. The author sees it together with the decision. A double click writes one.

    Raises:
        DomainError: it is empty or too long, or the form has no such field.
        NewerText: the author has handed in another revision.
    """
    text = clean_text(text)
    if not text or field_id not in form.fields:
        raise DomainError("Skriv en bemærkning til feltet først.", status=422)
    if len(text) > REMARK_MAX:
        raise DomainError("Bemærkningen er for lang. Der er plads til 2.000 tegn.", status=422)
    work = _open_for_remarks(session, actor, now, work_id, revision_no)
    same = session.scalars(
        select(FieldComment).where(
            FieldComment.work_id == work_id,
            FieldComment.revision_no == revision_no,
            FieldComment.field == field_id,
            FieldComment.by_id == actor.person_id,
            FieldComment.text == text,
        )
    ).first()
    if same is not None:
        return same
    row = FieldComment(
        work_id=work_id, revision_no=revision_no, field=field_id, text=text, by_id=actor.person_id, at=now
    )
    session.add(row)
    _record(session, actor, now, work, "remarked", field_id)
    session.flush()
    return row


def take_remark_back(
    session: Session, *, actor: Actor, now: datetime, work_id: int, revision_no: int, remark_id: int
) -> None:
    """Take a remark away before it is sent, whoever of the reviewers wrote it."""
    work = _open_for_remarks(session, actor, now, work_id, revision_no)
    row = session.get(FieldComment, remark_id)
    if row is None or row.work_id != work_id or row.revision_no != revision_no:
        raise NotAllowed
    session.delete(row)
    _record(session, actor, now, work, "remark_removed", row.field)
    session.flush()


def _open_for_remarks(session: Session, actor: Actor, now: datetime, work_id: int, revision_no: int) -> Work:
    work = lock_work(session, actor, work_id)
    if work.submitted_no != revision_no:
        raise NewerText
    require(work, Operation.ACCEPT)
    leases.require(session, actor=actor, now=now, work_id=work_id)
    return work


def _record(session: Session, actor: Actor, now: datetime, work: Work, verb: str, field: str) -> None:
    audit.record(
        session, actor_id=actor.person_id, now=now, verb=verb, run_id=work.run_id, work_id=work.id,
        revision_no=work.submitted_no, detail={"field": field},
    )  # fmt: skip


def saved_comments(session: Session, person_id: int) -> list[SavedComment]:
    """A person's own comments to use again, by title."""
    return list(
        session.scalars(select(SavedComment).where(SavedComment.person_id == person_id).order_by(SavedComment.title))
    )


def keep_comment(session: Session, *, actor: Actor, now: datetime, title: str, text: str) -> str:
    """Keep a comment to use again; one with the same title is replaced. The answer is the title.

    Raises:
        DomainError: there is no text, it is too long, or there are too many already.
    """
    text, title = clean_text(text), " ".join(clean_text(title).split())
    if not text:
        raise DomainError("Skriv bemærkningen, før du gemmer den.", status=422)
    if len(text) > 4000:
        raise DomainError("Bemærkningen er for lang. Der er plads til 4.000 tegn.", status=422)
    title = _title(title or text)
    known = saved_comments(session, actor.person_id)
    if len(known) >= SAVED_MAX and title not in {row.title for row in known}:
        raise DomainError("Du har allerede 100 faste bemærkninger. Slet en, før du gemmer en ny.", status=422)
    upsert(
        session,
        SavedComment,
        {"person_id": actor.person_id, "title": title},
        {"text": text, "created_at": now},
        {"text": text},
    )
    return title


def _title(text: str) -> str:
    line = text.split("\n", 1)[0]
    return line if len(line) <= TITLE_MAX else f"{line[: TITLE_MAX - 1].rstrip()}…"


def forget_comment(session: Session, *, actor: Actor, comment_id: int) -> None:
    """Delete one of one's own comments; one that is gone already stays so."""
    row = session.get(SavedComment, comment_id)
    if row is None or row.person_id != actor.person_id:
        raise NotAllowed
    session.delete(row)
    session.flush()
