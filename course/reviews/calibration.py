"""Reading anchor texts to find out how near one is to an experienced reviewer, before one judges a colleague's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.rules import Actor
from course.content.catalogue import Course, Rubric
from course.db import audit
from course.db.errors import DomainError, NotAllowed
from course.db.upsert import upsert
from course.runs.models import Membership, Run

from .calibration_rules import Judgement
from .models import Calibration


def rubric_for(course: Course, rubric_id: str) -> Rubric:
    """A rubric one can calibrate oneself by: any that has texts for it and that something in the course is judged by,
    for staff, for peers, and for those who read their own text by it.

    Raises:
        NotAllowed: there is none of that name in the course.
    """
    rubric = course.judged_by.get(rubric_id)
    if rubric is None or not rubric.anchors:
        raise NotAllowed
    return rubric


def judge_anchor(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    run: Run,
    rubric: Rubric,
    anchor_id: str,
    levels: Mapping[str, int],
) -> None:
    """Keep how somebody judged an anchor text. The first judgement stands: after it one has seen the expert's.

    Raises:
        NotAllowed: the actor is not in the run, or the rubric has no such text.
        DomainError: a criterion is left out.
    """
    if not _roles(session, actor, run) or anchor_id not in {anchor.id for anchor in rubric.anchors}:
        raise NotAllowed
    if set(levels) != {criterion.id for criterion in rubric.criteria}:
        raise DomainError("Vælg et trin ved hvert punkt. Så kan du se, hvad en erfaren læser valgte.", status=422)
    key = {
        "run_id": run.id, "person_id": actor.person_id, "rubric_id": rubric.id, "anchor_id": anchor_id,
        "rubric_digest": rubric.digest,
    }  # fmt: skip
    if upsert(session, Calibration, key, {"levels": dict(levels), "at": now}):
        audit.record(
            session, actor_id=actor.person_id, now=now, verb="anchor_judged", run_id=run.id,
            detail={"rubric": rubric.id, "anchor": anchor_id},
        )  # fmt: skip
        session.flush()


def _roles(session: Session, actor: Actor, run: Run) -> set[str]:
    rows = session.scalars(
        select(Membership.role).where(
            Membership.run_id == run.id, Membership.person_id == actor.person_id, Membership.left_at.is_(None)
        )
    )
    return set(rows)


def own_judgements(session: Session, run_id: int, person_id: int, rubric: Rubric) -> dict[str, dict[str, int]]:
    """How somebody has judged the anchor texts of a rubric as it is now, by text."""
    rows = session.execute(
        select(Calibration.anchor_id, Calibration.levels).where(
            Calibration.run_id == run_id,
            Calibration.person_id == person_id,
            Calibration.rubric_id == rubric.id,
            Calibration.rubric_digest == rubric.digest,
        )
    )
    return {anchor: dict(levels) for anchor, levels in rows}


def judgements(session: Session, run_id: int, rubric: Rubric) -> list[Judgement]:
    """How everybody in a run has judged the anchor texts of a rubric as it is now."""
    rows = session.execute(
        select(Calibration.person_id, Calibration.anchor_id, Calibration.levels).where(
            Calibration.run_id == run_id,
            Calibration.rubric_id == rubric.id,
            Calibration.rubric_digest == rubric.digest,
        )
    )
    return [(person, anchor, levels) for person, anchor, levels in rows]
