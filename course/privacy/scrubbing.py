"""Taking deleted texts out of the files too, once the transaction that deleted them is over."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from course.db.base import Base
from course.db.session import forget_log

LOCK_SECONDS = 10
"""How long PostgreSQL waits for a table that somebody uses."""

log = logging.getLogger(__name__)


def scrub(engine: Engine, tables: Iterable[str] = (), *, whole: bool = False) -> bool:
    """Write deleted texts out of the database's files; answers whether that could be done now.

    SQLite overwrites what is deleted at once (``secure_delete``); here the log is emptied and the file rebuilt.
    PostgreSQL frees the space of ``tables`` (all when none is named); with ``whole`` it writes them anew, for which
    it locks each for a moment. Its write-ahead log goes in its own time: docs/databeskyttelse/slettefrister.md.
    """
    try:
        if engine.dialect.name == "sqlite":
            forget_log(engine)
            _run(engine, ["VACUUM"])
            forget_log(engine)
        else:
            quote = engine.dialect.identifier_preparer.quote
            how = "VACUUM (FULL)" if whole else "VACUUM"
            _run(engine, [f"{how} {quote(name)}" for name in tables or Base.metadata.tables])
    except (DBAPIError, _driver_error(engine)) as error:
        log.warning("the database's files could not be cleaned now: %s", type(error).__name__)
        return False
    return True


def _driver_error(engine: Engine) -> type[Exception]:
    """The errors of the driver itself, which SQLAlchemy does not see here."""
    driver: Any = engine.dialect.dbapi
    return driver.Error


def _run(engine: Engine, statements: Iterable[str]) -> None:
    """Run statements that cannot stand in a transaction."""
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        if engine.dialect.name == "sqlite":
            for statement in statements:
                driver.execute(statement)
            return
        outside = connection.execution_options(isolation_level="AUTOCOMMIT")
        outside.exec_driver_sql(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        try:
            for statement in statements:
                outside.exec_driver_sql(statement)
        finally:
            outside.exec_driver_sql("RESET lock_timeout")
