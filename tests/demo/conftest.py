"""The demo, built once for each kind of database and put back for each test."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from course.db.session import EXTENSION, new_session
from course.demo.build import DemoAccount, build
from tests.conftest import empty
from tests.factories import NOW
from tests.routes import Rows, restore, rows

Built = tuple[tuple[DemoAccount, ...], Rows]


@pytest.fixture(scope="session")
def built(whole_app: Flask) -> Built:
    """The accounts of the demo at the factories' time, and its rows."""
    engine = whole_app.extensions[EXTENSION]
    empty(engine)
    with time_machine.travel(NOW, tick=False):
        return build(whole_app, NOW), rows(engine)


@pytest.fixture
def accounts(app: Flask, built: Built) -> tuple[DemoAccount, ...]:
    """The accounts of the demo; its rows stand in the database of ``app``."""
    restore(app.extensions[EXTENSION], built[1])
    return built[0]


@pytest.fixture
def demo(app: Flask, accounts: tuple[DemoAccount, ...]) -> Session:
    """A session in the demo's database."""
    return new_session(app.extensions[EXTENSION])
