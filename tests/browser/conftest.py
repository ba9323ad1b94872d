"""A real server with the demo, a real Chromium, and a browser for each person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from course.accounts import sign_ins
from course.accounts.models import Person
from course.app import create_app
from course.config import Settings
from course.db.session import EXTENSION, new_session
from course.demo.build import DemoAccount, build
from tests.browser.visit import Visit, watch
from tests.conftest import SECRET
from tests.routes import restore, rows
from tests.serving import serving

if TYPE_CHECKING:
    from tests.browser.stages import Staged

WIDE, NARROW = (1280, 900), (320, 640)
PATIENCE = 30_000
"""Milliseconds a page may take on a busy machine. Nobody waits that long for a page that answers."""

expect.set_options(timeout=PATIENCE)


class Site:
    """The running demo."""

    def __init__(self, app: Flask, url: str, accounts: tuple[DemoAccount, ...]) -> None:
        self.app, self.url, self.accounts = app, url, accounts
        self.engine = app.extensions[EXTENSION]
        self.kept = rows(self.engine)

    def account(self, name: str) -> DemoAccount:
        """The account of a person by the beginning of the name."""
        return next(account for account in self.accounts if account.name.startswith(name))

    def cookie(self, name: str) -> str:
        """The cookie of a browser in which a person is signed in."""
        with new_session(self.engine) as session:
            person = session.scalars(select(Person).where(Person.email == self.account(name).email)).one()
            token = sign_ins.begin(session, person_id=person.id, now=datetime.now(UTC))
            session.commit()
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        return str(serializer.dumps({"_user_id": token, "_fresh": True}))


@contextmanager
def served(instance: Path, **values: Any) -> Iterator[tuple[Flask, str]]:
    """An application of its own on a free port, and its address."""

    def make(port: int) -> Flask:
        return create_app(
            Settings(
                instance=instance,
                database_url=f"sqlite:///{instance / 'demo.db'}",
                secret_key=SECRET,
                base_url=f"http://127.0.0.1:{port}",
                **values,
            )
        )

    with serving(make) as (app, url):
        try:
            yield app, url
        finally:
            app.extensions[EXTENSION].dispose()


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo on a free port; one for each worker."""
    with served(tmp_path_factory.mktemp("demo"), demo=True) as (app, url):
        app.extensions["demo_accounts"] = build(app, datetime.now(UTC))
        yield Site(app, url, app.extensions["demo_accounts"])


@pytest.fixture(scope="session")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staged]:
    """A run at its great moments, on a server of its own; one for each worker that plays the second half."""
    from tests.browser.stages import Staged

    with served(tmp_path_factory.mktemp("staged")) as (app, url):
        yield Staged(app, url)


@pytest.fixture
def site(running: Site) -> Iterator[Site]:
    """The demo as it was built; what a test does to it is undone."""
    yield running
    restore(running.engine, running.kept)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember how a test went, so that a picture is kept of a failure."""
    report = yield
    if report.when == "call":  # type: ignore[attr-defined]
        item.stash[FAILED] = report.failed  # type: ignore[attr-defined]
    return report


FAILED = pytest.StashKey[bool]()

Open = Callable[..., Visit]


@pytest.fixture
def visit(site: Site, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Open]:
    """Open a browser window: ``visit("Karen")`` is signed in, ``visit()`` is nobody. Everything is closed afterwards.

    A page that logs an error, asks another host for something or breaks its own policy fails the test.
    """
    contexts: list[tuple[BrowserContext, Page]] = []
    faults: list[str] = []

    def open_window(
        name: str | None = None,
        *,
        javascript: bool = True,
        size: tuple[int, int] = WIDE,
        zoom: float = 1,
        home: str = site.url,
    ) -> Visit:
        context = chromium.new_context(
            base_url=home,
            java_script_enabled=javascript,
            viewport={"width": size[0], "height": size[1]},
            device_scale_factor=zoom,
            locale="da-DK",
            timezone_id="Europe/Copenhagen",
        )
        context.set_default_timeout(PATIENCE)
        if name:
            context.add_cookies([{"name": "course", "value": site.cookie(name), "url": site.url}])
        page = context.new_page()
        watch(page, home, faults)
        contexts.append((context, page))
        return Visit(page, home, javascript=javascript)

    yield open_window
    failed = request.node.stash.get(FAILED, False) or faults
    for number, (context, page) in enumerate(contexts):
        if failed:
            keep_picture(page, request.node.name, number)
        context.close()
    assert faults == []


def keep_picture(page: Page, name: str, number: int) -> None:
    """A picture of a failure, in build/pictures."""
    folder = Path("build/pictures")
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{re.sub(r'[^a-z0-9_-]+', '-', name.lower())}-{number}.png", full_page=True)
