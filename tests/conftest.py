"""What every test can ask for: a database of either kind, the application, a browser's client per person."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from course import tables
from course.accounts.models import Person
from course.app import create_app
from course.config import Settings
from course.db.engine import WRITE, make_engine
from course.db.session import EXTENSION, new_session
from course.printing import pdf
from course.printing import word as word_documents
from tests.browser.visit import WIDE, Visit, watch
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.clients import Client, sign_in
from tests.postgres import new_database, server_url
from tests.serving import serving

pdf.WAIT = 120.0  # the workers of one test run wait for one another's documents

gc.set_threshold(100_000, 20, 100)  # a collection looks at everything pytest has imported

SECRET = "kun-til-proever-7Hq2xv9LmZ4tRw8KpB3nYc6D"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A browser is driven on SQLite only, and what asks the database nothing is seen there only."""
    twice = [
        item
        for item in items
        if item.get_closest_marker("postgres")
        and (item.get_closest_marker("browser") or item.get_closest_marker("one_database"))
    ]
    if twice:
        left_out = set(twice)
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=twice)


@pytest.fixture(scope="session")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A SQLite file of this worker."""
    return f"sqlite:///{tmp_path_factory.mktemp('database') / 'course.db'}"


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> str:
    """A PostgreSQL database of this worker, on the tests' own server."""
    return new_database(server_url(tmp_path_factory, worker_id), f"course_{worker_id}")


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database, of each kind in turn."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture(scope="session")
def whole_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application, made once for each kind of database."""
    settings = Settings(
        instance=tmp_path_factory.mktemp("instance"),
        database_url=database_url,
        secret_key=SECRET,
        base_url="http://localhost",
        content_root=Path(__file__).parent.parent,
    )
    app = create_app(settings)
    app.testing = True
    gc.freeze()  # the content lives as long as the tests, and need not be looked through again and again
    if database_url.startswith("sqlite"):
        event.listen(app.extensions[EXTENSION], "connect", in_haste)
        app.extensions[EXTENSION].dispose()  # the connections made so far wait for the disk
    yield app
    app.extensions[EXTENSION].dispose()


def in_haste(connection: Any, _record: object) -> None:
    """Nobody needs these rows after a power cut. The drill and the servers of the browser write durably."""
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture
def app(whole_app: Flask) -> Flask:
    """The application with an empty database."""
    empty(whole_app.extensions[EXTENSION])
    return whole_app


@pytest.fixture
def engine(app: Flask) -> Engine:
    """The engine of an empty database, of each kind in turn."""
    return app.extensions[EXTENSION]


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session in a write transaction. What a client shall see, the test commits."""
    with new_session(engine) as session:
        session.connection(execution_options={WRITE: True})
        yield session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody who has not signed in."""
    app.test_client_class = Client
    return app.test_client()


@pytest.fixture
def client_for(app: Flask, session: Session) -> Callable[[Person], FlaskClient]:
    """A signed-in client for a person. Commits the session, so that the client sees what the test made."""

    def signed_in(person: Person) -> FlaskClient:
        session.commit()
        app.test_client_class = Client
        return sign_in(app, app.test_client(), person.id)

    return signed_in


def empty(engine: Engine) -> None:
    """Delete every row, in one message to the database."""
    deletes = "".join(f"DELETE FROM {table.name};" for table in reversed(tables.metadata().sorted_tables))
    connection = engine.raw_connection()
    try:
        if engine.dialect.name == "sqlite":
            connection.cursor().executescript(f"BEGIN IMMEDIATE; {deletes} COMMIT;")
        else:
            connection.cursor().execute(deletes)
            connection.commit()
    finally:
        connection.close()


@pytest.fixture
def documents_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document is answered as what it would be made of: the same words, which can be searched, at no cost."""

    def echo(_module: str, posted: bytes, *, title: str, begins: bytes) -> bytes:
        return begins + posted

    monkeypatch.setattr(pdf, "run_child", echo)
    monkeypatch.setattr(word_documents, "run_child", echo)


@pytest.fixture(scope="session")
def empty_engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine of an empty SQLite file without any table."""
    return make_engine(f"sqlite:///{tmp_path_factory.mktemp('bare') / 'bare.db'}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this worker; there is one, because Playwright starts once in a process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the application answers a real browser."""
    with serving(lambda _: app) as (_app, url):
        yield url


@pytest.fixture
def window(app: Flask, session: Session, address: str, chromium: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a window in which somebody is signed in. Commits the session, so that the browser sees what the test made.

    A page that logs an error or asks another host for something fails the test.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def opened(person: Person, *, javascript: bool = True, size: dict[str, int] = WIDE) -> Visit:
        session.commit()
        cookie = sign_in(app, app.test_client(), person.id).get_cookie("course")
        assert cookie is not None
        context = chromium.new_context(
            base_url=address,
            java_script_enabled=javascript,
            viewport=size,  # type: ignore[arg-type]
            locale="da-DK",
            timezone_id="Europe/Copenhagen",
        )
        contexts.append(context)
        context.add_cookies([{"name": "course", "value": cookie.value, "url": address}])
        page = context.new_page()
        watch(page, address, faults)
        return Visit(page, address, javascript=javascript)

    yield opened
    for context in contexts:
        context.close()
    assert faults == []
