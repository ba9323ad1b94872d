"""Letting the texts of works go when their time is over, field by field."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from course.content.catalogue import Course, Form
from course.content.forms import Keep
from course.db import audit
from course.reviews.models import Assignment, Profile, RiskFlag
from course.runs.contents import course_of
from course.runs.models import Run
from course.work.finding import erase_texts
from course.work.models import Decision, FieldComment, Opening, Redaction, Release, Revision, Work
from course.work.rules import Projection

from . import rules
from .rules import RunDates

WHAT = "Besvarelser, hvis tekster er forældet"


def purge_texts(session: Session, now: datetime, run: Run, dates: RunDates) -> dict[str, int]:
    """Take the answers whose time is over out of every work of a run."""
    has_text = select(Revision.work_id).where(Revision.data.is_not(None))
    works = session.scalars(select(Work).where(Work.run_id == run.id, Work.id.in_(has_text)).order_by(Work.id)).all()
    if not works:
        return {WHAT: 0}
    course = course_of(session, run)
    return {WHAT: sum(_let_go(session, now, work, _form(course, work), dates) for work in works)}


def _form(course: Course, work: Work) -> Form | None:
    activity = course.activities.get(work.activity_id)
    return activity.form if activity is not None else None


def _let_go(session: Session, now: datetime, work: Work, form: Form | None, dates: RunDates) -> bool:
    """Take what is over out of one work; whether there was anything."""
    gone = rules.expired(dates, work.updated_at, now)
    if not gone:
        return False
    texts = session.scalars(
        select(Revision).where(Revision.work_id == work.id, Revision.data.is_not(None)).order_by(Revision.no)
    ).all()
    if not any(_is_over(form, text.data, gone) for text in texts):
        return False
    latest = texts[-1]
    kept = rules.remaining(form, latest.data if latest.no == work.latest_no else None, gone)
    no = _keep(session, now, work, kept) if kept else None
    erase_texts(session, work.id, but=no)
    _let_copies_go(session, now, work)
    if not kept:
        session.execute(delete(Opening).where(Opening.work_id == work.id))
        session.execute(delete(Profile).where(Profile.work_id == work.id))
    audit.record(
        session, actor_id=None, now=now, verb="texts_expired", run_id=work.run_id, work_id=work.id, revision_no=no,
        detail={"kept": sorted(kept)},
    )  # fmt: skip
    session.flush()
    return True


def _is_over(form: Form | None, data: dict[str, Any] | None, gone: frozenset[Keep]) -> bool:
    """Whether a text holds an answer that shall be gone; an empty one is nobody's answer."""
    return bool(data) and len(rules.remaining(form, data, gone)) < len(data or {})


def _keep(session: Session, now: datetime, work: Work, kept: dict[str, Any]) -> int:
    no = work.latest_no + 1
    session.add(Revision(work_id=work.id, no=no, save_id=str(uuid4()), author_id=None, saved_at=now, data=kept))
    work.latest_no = no
    session.flush()
    return no


def _let_copies_go(session: Session, now: datetime, work: Work) -> None:
    """What was copied from a text, or said about it, goes with it. A release is recalled: no page shall look for it."""
    if work.projection == Projection.RELEASED:
        work.projection = Projection.RECALLED
    session.execute(
        update(Release).where(Release.work_id == work.id, Release.recalled_at.is_(None)).values(recalled_at=now)
    )
    session.execute(update(Release).where(Release.work_id == work.id).values(data=None))
    session.execute(update(Decision).where(Decision.work_id == work.id).values(comment=""))
    for table in (Redaction, FieldComment, Assignment):
        session.execute(delete(table).where(table.work_id == work.id))
    session.execute(delete(RiskFlag).where(RiskFlag.work_id == work.id, RiskFlag.answered_at.is_not(None)))
