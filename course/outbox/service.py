"""Queue a mail in the transaction of the act that causes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from course.db.upsert import upsert

from .models import Message


def queue(
    session: Session,
    *,
    now: datetime,
    kind: str,
    to: str,
    params: dict[str, Any],
    dedupe_key: str,
    run_id: int | None = None,
    due_at: datetime | None = None,
) -> None:
    """Queue one mail. ``params`` holds ids only. The same ``dedupe_key`` is queued once, ever."""
    upsert(
        session,
        Message,
        {"dedupe_key": dedupe_key},
        {
            "kind": kind, "to": to, "params": params, "run_id": run_id, "queued_at": now,
            "due_at": due_at or now, "state": "queued", "tries": 0, "fault": "",
        },
    )  # fmt: skip


def send_again(session: Session, *, now: datetime, message: Message) -> None:
    """Queue a mail that failed once more, with all its tries. One that is sent or waits stays as it is."""
    if message.state != "failed":
        return
    message.state, message.tries, message.fault = "queued", 0, ""
    message.due_at, message.claimed_until = now, None
    session.flush()
