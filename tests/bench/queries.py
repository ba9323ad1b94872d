"""How many statements a page sends to the database, for a small run and a large one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, event, select

from course.accounts.models import Person
from course.app import create_app
from course.config import Settings
from course.db.session import EXTENSION, new_session
from tests.bench.scene import PAGES, STAFF_PAGES
from tests.clients import sign_in
from tests.drill.server import SECRET
from tests.drill.world import World
from tests.factories import ROOT


def counted(folder: Path, database_url: str, worlds: list[World]) -> dict[str, list[int]]:
    """For every page the number of statements in each of the runs."""
    settings = Settings(instance=folder, database_url=database_url, secret_key=SECRET, content_root=ROOT)
    app = create_app(settings)
    counts: dict[str, list[int]] = {}
    for people in worlds:
        for name, path in PAGES.items():
            counts.setdefault(name, []).append(statements(app, people.participants[0], path, people))
        for name, path in STAFF_PAGES.items():
            counts.setdefault(name, []).append(statements(app, people.organiser, path, people))
    app.extensions[EXTENSION].dispose()
    return counts


def statements(app: Flask, email: str, path: str, people: World) -> int:
    """The statements of one request, beginning and ending the transaction not counted."""
    engine: Engine = app.extensions[EXTENSION]
    with new_session(engine) as session:
        person_id = session.scalars(select(Person.id).where(Person.email == email)).one()
    client = sign_in(app, app.test_client(), person_id)
    address = path.format(run=people.run_id)
    assert client.get(address).status_code == 200
    with listening(engine) as heard:
        assert client.get(address).status_code == 200
    return len(heard)


@contextmanager
def listening(engine: Engine) -> Iterator[list[str]]:
    """The statements that the engine sends while the block lasts."""
    heard: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            heard.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", note)
