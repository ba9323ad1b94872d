"""Every table, so that the metadata is complete; and the one way to bring a database up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, MetaData, inspect, text

from course.accounts import models as accounts
from course.certificates import models as certificates
from course.db import audit
from course.db.base import Base
from course.db.engine import WRITE
from course.exercises import models as exercises
from course.outbox import models as outbox
from course.reviews import models as reviews
from course.runs import models as runs
from course.work import models as work

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "db" / "migrations"
SUBJECTS = (accounts, audit, certificates, exercises, outbox, reviews, runs, work)


def metadata() -> MetaData:
    """The tables as the models describe them."""
    return Base.metadata


def alembic_config() -> Config:
    """Alembic set up without a file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["metadata"] = metadata()
    return config


def newest() -> str:
    """The number of the newest migration: files are called ``v<number>_<what>.py``."""
    return max(file.name[1:].split("_")[0] for file in (MIGRATIONS / "versions").glob("v*.py"))


def schema_of(engine: Engine) -> str | None:
    """The number of the schema a database is at; None when it is empty."""
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema; does nothing when it is there already."""
    if schema_of(engine) == newest():
        return
    with (
        engine.connect().execution_options(**{WRITE: True}) as connection,
        rebuilding(connection),
        connection.begin(),
    ):
        migrate(connection, "head")
        require_whole(connection)


def migrate(connection: Connection, schema: str) -> None:
    """Bring the tables to a schema ("head": the newest), in the caller's transaction."""
    from alembic import command  # costs a third of a second, and is needed once in the life of a schema

    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, schema)


@contextmanager
def rebuilding(connection: Connection) -> Iterator[None]:
    """Let SQLite rebuild a table (it cannot change a column otherwise) without deleting what points at its rows."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name != "sqlite":
        yield
        return
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def require_whole(connection: Connection) -> None:
    """Refuse a change after which a row of SQLite points at nothing; the transaction undoes it."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            names = ", ".join(sorted({row[0] for row in broken}))
            raise RuntimeError(f"the change would leave rows that point at nothing, in {names}")
