"""A participant's own works as a planner can take them in. Only read; nobody else's work is ever asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from course.runs.models import Membership
from course.work.models import Revision, Work
from course.work.rules import State

from . import ground_rules
from .planner_fields import RULE_COLUMNS

Data = Mapping[str, Any]


def answers(session: Session, member: Membership, activity_id: str) -> dict[str, Any] | None:
    """What a member has written in an activity, as it stands now; None when nothing is there."""
    row = session.execute(
        select(Revision.data)
        .join(Work, and_(Work.id == Revision.work_id, Work.latest_no == Revision.no))
        .where(Work.membership_id == member.id, Work.activity_id == activity_id, Work.state != State.REJECTED.value)
        .order_by(Work.id.desc())
        .limit(1)
    ).scalar()
    return dict(row) if row else None


PEOPLE = {"few": 6, "some": 12, "many": 24}
MINUTES = {"short": 30, "long": 60, "other": 45}
"""What a choice of the plan stands for in the planner; the exact number is typed there."""


def meeting_of(data: Data) -> dict[str, Any]:
    """A meeting plan as the planner's own questions: numbers and a technique, and no words."""
    return {
        "people": PEOPLE.get(str(data.get("size")), 12),
        "minutes": MINUTES.get(str(data.get("length")), 30),
        "technique": data.get("technique", "igp"),
        "vote": "dots",
    }


def rules_of(data: Data) -> dict[str, Any]:
    """Ground rules as the editor's rows."""
    found = ground_rules.rules_of(data.get("rules") or ())
    names = [column.id for column in RULE_COLUMNS]
    rows = [
        dict(zip(names, (rule.what, rule.owner, rule.unless, str(rule.consent or "")), strict=True)) for rule in found
    ]
    return {"rules": [{name: text for name, text in row.items() if text} for row in rows], **_review(data)}


def _review(data: Data) -> dict[str, Any]:
    return {"review": data["review"]} if data.get("review") else {}


def discussion_of(data: Data, decided: Sequence[Data]) -> dict[str, Any]:
    """An evaluation, and the ground rules decided since, as the page for the discussion."""
    put_in = {name: data[name] for name in ("again", "different", "work", "others") if data.get(name)}
    if decided:
        newest = decided[-1]
        found = ground_rules.rules_of(newest.get("rules") or ())
        if found:
            put_in["decided"] = "; ".join(rule.what for rule in found[:3])[:200]
        put_in |= _review(newest)
    return put_in
