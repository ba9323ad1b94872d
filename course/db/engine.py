"""The engine: SQLite in the instance folder out of the box, PostgreSQL by one setting."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool, QueuePool

SAFE_SQLITE = (3, 51, 3)
BUSY_MILLISECONDS = 15_000
WRITE = "course_write"


def sqlite_module() -> Any:
    """The SQLite driver: the ``pysqlite3`` wheel, or the standard library's with a warning when that is old.

    SQLite before 3.51.3 can corrupt a write-ahead log that several connections share.
    """
    try:
        driver = import_module("pysqlite3.dbapi2")
    except ImportError:
        driver = import_module("sqlite3")
    if driver.sqlite_version_info < SAFE_SQLITE:
        warnings.warn(
            f"SQLite {driver.sqlite_version} is older than 3.51.3; install the pysqlite3 wheel before real use.",
            RuntimeWarning,
            stacklevel=2,
        )
    return driver


def make_engine(url: str) -> Engine:
    """An engine for ``url`` (``sqlite:///path`` or ``postgresql+psycopg://…``), set up as the design asks.

    Its errors never hold the values of a statement: they end in the log, and the values are what people wrote.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return create_engine(parsed, pool_pre_ping=True, pool_size=5, max_overflow=5, hide_parameters=True)


def _sqlite_engine(url: str) -> Engine:
    in_memory = make_url(url).database in (None, "", ":memory:")
    engine = create_engine(
        url,
        module=sqlite_module(),
        poolclass=QueuePool if not in_memory else NullPool,
        connect_args={"timeout": BUSY_MILLISECONDS / 1000, "check_same_thread": False},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_MILLISECONDS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get(WRITE, False)
        if immediate:  # can meet a lock, which SQLAlchemy turns into its own error
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:  # touches nothing, and every page does it
            driver: Any = connection.connection.driver_connection
            driver.execute("BEGIN")

    return engine
