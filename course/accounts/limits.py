"""How often something may be tried: counts in fixed windows of time, in the database, under hashed keys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from course.db.errors import DomainError
from course.db.upsert import upsert

from .models import RateCount

PURGED_AT_ONCE = 500


class TooMany(DomainError):
    """Something was tried too often. ``retry_after`` is in seconds."""

    status = 429

    def __init__(self, retry_after: int) -> None:
        minutes = max(1, -(-retry_after // 60))
        wait = "et minut" if minutes == 1 else f"{minutes} minutter"
        super().__init__(f"Der er prøvet for mange gange på kort tid. Prøv igen om {wait}.")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``limit`` tries of ``name`` in each window of time."""

    name: str
    limit: int
    window: timedelta


def hit(session: Session, name: str, key: str, limit: int, window: timedelta, now: datetime) -> bool:
    """Count one try and say whether it is still within the limit.

    Runs in a write transaction of its own that is committed whatever the answer: a refused try counts too.
    """
    hashed, ends_at = _key(name, key), window_end(window, now)
    upsert(
        session,
        RateCount,
        {"key": hashed, "window_ends_at": ends_at},
        {"count": 1},
        {"count": RateCount.count + 1},
    )
    tries = session.execute(
        select(RateCount.count).where(RateCount.key == hashed, RateCount.window_ends_at == ends_at)
    ).scalar_one()
    return tries <= limit


def count_all(session: Session, tries: Iterable[tuple[Limit, str]], now: datetime) -> int:
    """Count a try under several limits (limit, key). Answers 0, or the seconds to wait."""
    wait = 0
    for limit, key in sorted(tries, key=lambda pair: _key(pair[0].name, pair[1])):
        if not hit(session, limit.name, key, limit.limit, limit.window, now):
            wait = max(wait, retry_after(limit.window, now))
    return wait


def window_end(window: timedelta, now: datetime) -> datetime:
    """The end of the window of time that ``now`` lies in."""
    seconds = int(window.total_seconds())
    return datetime.fromtimestamp((int(now.timestamp()) // seconds + 1) * seconds, UTC)


def retry_after(window: timedelta, now: datetime) -> int:
    """Whole seconds until the next window begins, at least one."""
    return max(1, int((window_end(window, now) - now).total_seconds()) + 1)


def purge(session: Session, now: datetime) -> int:
    """Delete counts of windows that have ended, ``PURGED_AT_ONCE`` at most; how many."""
    old = session.scalars(
        select(RateCount.key)
        .where(RateCount.window_ends_at <= now)
        .limit(PURGED_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    if not old:
        return 0
    session.execute(delete(RateCount).where(RateCount.window_ends_at <= now, RateCount.key.in_(old)))
    return len(old)


def _key(name: str, key: str) -> str:
    return hashlib.sha256(f"{name}\0{key}".encode()).hexdigest()
