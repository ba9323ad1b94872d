"""Driving the pages of the inbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from course.accounts.models import Person
from course.work.models import Work
from tests.factories import case_data
from tests.html import parsed
from tests.reviews.conftest import Room

ClientFor = Callable[[Person], FlaskClient]
CPR, PHONE = "010190-1234", "22 33 44 55"
NAMED = case_data(did="Jeg ringede til Hanne, og Hanne kom igen.")


def url(room: Room, work: Work, tail: str = "") -> str:
    return f"/runs/{room.run.id}/reviews/works/{work.id}{tail}"


def press(client: FlaskClient, room: Room, work: Work, do: str, **values: Any) -> TestResponse:
    """Post the review page as the browser would: everything on it, and the pressed button."""
    page = {"revision_no": 1, "state": "submitted", "comment": "", "until_day": "2026-11-06", "until_time": "23:59"}
    return client.post(url(room, work), data=page | {"do": do} | values)


def text_of(answer: TestResponse) -> str:
    """What a page says, without tags, on one line."""
    tree = parsed(answer.get_data(as_text=True))
    return " ".join("".join(tree.itertext()).split())


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The SQL statements that are sent meanwhile."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
