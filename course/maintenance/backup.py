"""A backup while people write: one snapshot of every table, streamed into one file."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, select, type_coerce

from course.config import READERS, Settings
from course.privacy import ledger
from course.tables import schema_of

from . import archive
from .archive import Manifest

AT_ONCE = 500
SECRETS = ("secret_key", "database_url", "smtp_url")
VERSION = "alembic_version"


class NotMade(Exception):
    """No backup was made; the message says why in Danish."""


def backup(engine: Engine, file: Path, *, now: datetime, instance: Path, settings: Settings | None = None) -> Manifest:
    """Write a backup of the database and the ledger to ``file``, readable by its owner only.

    The file appears whole or not at all. An existing one is never written over.

    Raises:
        NotMade: the database is empty, or the file is there already.
    """
    if file.exists():
        raise NotMade(f"{file} findes allerede. Vælg et andet navn, så en ældre sikkerhedskopi ikke forsvinder.")
    schema = schema_of(engine)
    if schema is None:
        raise NotMade("Databasen er tom. Der er intet at tage kopi af.")
    part = file.with_name(f".{file.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
                manifest = _write(made, engine, schema, now, instance, settings)
            raw.flush()
            os.fsync(raw.fileno())
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _write(
    made: zipfile.ZipFile, engine: Engine, schema: str, now: datetime, instance: Path, settings: Settings | None
) -> Manifest:
    with snapshot(engine) as connection:
        tables = {
            table.name: archive.write_table(made, table.name, archive.columns_of(table), rows_of(connection, table))
            for table in tables_of(connection)
        }
    kept = ledger.path_in(instance)  # read after the snapshot: somebody erased meanwhile must not come back
    seal = archive.write_ledger(made, kept.read_bytes() if kept.exists() else b"")
    given = _readable(settings) if settings else {}
    manifest = Manifest(
        schema, now.astimezone(UTC).isoformat(), tables, seal, given, [n for n in SECRETS if n in READERS]
    )
    archive.write_manifest(made, manifest)
    return manifest


def _readable(settings: Settings) -> dict[str, str]:
    """The settings that are no secrets, as text."""
    return {name: str(getattr(settings, name)) for name in sorted(READERS) if name not in SECRETS}


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one moment, however long it reads: SQLite's log and PostgreSQL's REPEATABLE READ."""
    options: dict[str, Any] = {"stream_results": True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def tables_of(connection: Connection) -> list[Table]:
    """The tables that are in the database, those that point at others last."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != VERSION]


def rows_of(connection: Connection, table: Table) -> Iterator[Any]:
    """The rows of a table in the order of its key, as Python values, a few hundred at a time."""
    columns = [_as_ours(column) for column in table.columns]
    query = select(*columns).order_by(*table.primary_key)
    yield from connection.execute(query, execution_options={"yield_per": AT_ONCE})


def _as_ours(column: Any) -> Any:
    """A column whose values come as our own types give them: a reflected time does not know that it is UTC."""
    return type_coerce(column, archive.TYPES[archive.kind_of(column)])
