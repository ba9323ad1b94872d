from __future__ import annotations

from sqlalchemy.orm import Session

from course.accounts.models import RateCount
from course.db.upsert import upsert
from tests.factories import NOW

KEY = {"key": "a", "window_ends_at": NOW}


def count(session: Session) -> int | None:
    row = session.get(RateCount, ("a", NOW), populate_existing=True)
    return row and row.count


def test_inserts_changes_or_leaves_alone_and_says_which(session: Session) -> None:
    assert upsert(session, RateCount, KEY, {"count": 1})
    assert not upsert(session, RateCount, KEY, {"count": 5})
    assert count(session) == 1
    assert upsert(session, RateCount, KEY, {"count": 5}, {"count": RateCount.count + 1})
    assert count(session) == 2
    assert not upsert(session, RateCount, KEY, {"count": 5}, {"count": 9}, only_if=RateCount.count > 2)
    assert count(session) == 2
    assert upsert(session, RateCount, KEY, {"count": 5}, {"count": 9}, only_if=RateCount.count == 2)
    assert count(session) == 9
