"""The request's session, and the one way to write.

Reading starts by itself. Writing is said: ``with writing(): …`` ends the reading part, opens the write
transaction, commits once when the block ends well and rolls back when it does not. Whatever takes long
(detecting personal data, hashing a password) is done before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from flask import Flask, current_app, g
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from .engine import WRITE

EXTENSION = "course-database"


def new_session(engine: Engine) -> Session:
    """A session outside of a request (commands, the worker, tests)."""
    return _factory(engine)()


@cache
def _factory(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)


def init_app(app: Flask, engine: Engine) -> None:
    """Give every request a session of its own and take it back when the request ends."""
    app.extensions[EXTENSION] = engine

    @app.teardown_appcontext
    def close(_error: BaseException | None) -> None:
        session: Session | None = g.pop("database_session", None)
        if session is not None:
            session.close()


def engine() -> Engine:
    """The engine of the running application."""
    return current_app.extensions[EXTENSION]


def current() -> Session:
    """The session of this request; it is made when first asked for."""
    if "database_session" not in g:
        g.database_session = new_session(engine())
    return g.database_session


def forget_log(of: Engine) -> None:
    """Write SQLite's log into the file and empty it, so that a text just erased is in neither (best effort: a reader
    may hold it a moment longer). PostgreSQL recycles its log by itself, in its own time.
    """
    if of.dialect.name != "sqlite":
        return
    connection = of.raw_connection()
    try:
        driver: Any = connection.driver_connection
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()


@contextmanager
def writing(session: Session | None = None) -> Iterator[Session]:
    """Open the write transaction, commit at the end of the block, roll back when it raises.

    Rows read before keep their values: an operation reads again, and locks, what it is about to change.
    """
    session = session or current()
    if session.in_transaction():
        session.commit()
    session.connection(execution_options={WRITE: True})
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
