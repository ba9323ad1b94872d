"""Putting a backup back into an empty database, of either kind, and forgetting again whom it should not know."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, column, func, select, table, text, update
from sqlalchemy.engine import make_url

from course import tables
from course.db.engine import WRITE, make_engine
from course.db.session import forget_log, new_session, writing
from course.privacy import erasing, ledger
from course.privacy.scrubbing import scrub

from . import archive
from .archive import Kept, Manifest, NotWhole
from .backup import tables_of

AT_ONCE = 500


class NotRestored(Exception):
    """Nothing was put back; the message says why in Danish."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back: rows, the schema it was made at, and how many people were erased again."""

    rows: int
    schema: str
    erased_again: int
    manifest: Manifest


def restore(url: str, file: Path, *, now: datetime, instance: Path) -> Restored:
    """Put a backup back. The database opens only when everybody in both ledgers is erased again.

    Raises:
        NotWhole: the file is damaged, cut off or altered.
        NotRestored: the database has rows, or the backup is newer than the program.
    """
    with archive.open_archive(file) as made:
        manifest = archive.read_manifest(made)
        if manifest.schema > tables.newest():
            raise NotRestored(
                f"Sikkerhedskopien har databaseudgave {manifest.schema}, og dette program kender kun til "
                f"{tables.newest()}. Opgradér programmet, og prøv igen."
            )
        archive.check(made, manifest)
        entries = _entries(made)
        with Place(url) as place:
            _require_empty(place.engine)
            _load(place.engine, made, manifest)
            tables.upgrade(place.engine)
            ledger.add_missing(ledger.path_in(instance), entries)
            again = replay(place.engine, instance, now)
            place.open()
    return Restored(manifest.rows, manifest.schema, again, manifest)


def replay(engine: Engine, instance: Path, now: datetime) -> int:
    """Erase again everybody in the ledger of the instance whom the database still knows. Answers how many."""
    entries = ledger.read(ledger.path_in(instance))
    if not entries:
        return 0
    with new_session(engine) as session, writing(session):
        again = erasing.replay(session, entries, now)
    if again:
        scrub(engine, whole=True)
    return again


def _entries(made: zipfile.ZipFile) -> list[ledger.Entry]:
    lines = made.read(archive.LEDGER).decode("utf-8").split("\n")
    return list(ledger.parse(lines[:-1], "Sikkerhedskopiens fortegnelse over slettede"))


# -- where to --------------------------------------------------------------------------------------------------------


class Place:
    """The database that is filled. SQLite: a file beside the real one, which takes its place at the end."""

    def __init__(self, url: str) -> None:
        database = make_url(url).database if make_url(url).get_backend_name() == "sqlite" else None
        self.real = Path(database) if database else None
        self.part = self.real.with_name(f".{self.real.name}.restoring") if self.real else None
        if self.real is not None and self.part is not None:
            if self.real.exists():
                old = make_engine(url)
                _require_empty(old)
                old.dispose()
            self.part.unlink(missing_ok=True)
            self.real.parent.mkdir(parents=True, exist_ok=True)
            url = f"sqlite:///{self.part}"
        self.engine = make_engine(url)

    def __enter__(self) -> Place:
        return self

    def open(self) -> None:
        """Let the filled file become the database."""
        if self.real is None or self.part is None:
            return
        forget_log(self.engine)
        self.engine.dispose()
        for beside in ("-wal", "-shm"):
            Path(f"{self.real}{beside}").unlink(missing_ok=True)
            Path(f"{self.part}{beside}").unlink(missing_ok=True)
        os.chmod(self.part, 0o600)
        with self.part.open("rb") as file:
            os.fsync(file.fileno())
        self.part.rename(self.real)

    def __exit__(self, *_: object) -> None:
        self.engine.dispose()
        if self.part is not None:
            for beside in ("", "-wal", "-shm"):
                Path(f"{self.part}{beside}").unlink(missing_ok=True)


def _require_empty(engine: Engine) -> None:
    """Refuse a database with rows; tables without rows are fine (``course upgrade`` made them)."""
    with engine.connect() as connection:
        for found in tables_of(connection):
            if connection.execute(select(1).select_from(found).limit(1)).first() is not None:
                raise NotRestored(
                    "Databasen er ikke tom. Læg kun en sikkerhedskopi tilbage i en tom database; "
                    "flyt den gamle væk først."
                )


# -- loading ---------------------------------------------------------------------------------------------------------


def _load(engine: Engine, made: zipfile.ZipFile, manifest: Manifest) -> None:
    """Make the tables as they were at the backup's schema and fill them, in one transaction."""
    with (
        engine.connect().execution_options(**{WRITE: True}) as connection,
        tables.rebuilding(connection),
        connection.begin(),
    ):
        _drop_empty(connection)
        tables.migrate(connection, manifest.schema)
        own = {found.name: found for found in tables_of(connection)}
        if set(own) != set(manifest.tables):
            raise NotWhole("Sikkerhedskopien har andre tabeller, end dens udgave siger. Intet er lagt tilbage.")
        for name, found in own.items():
            _fill(connection, made, name, manifest.tables[name], _self_pointers(found))
        if connection.dialect.name == "postgresql":
            _set_sequences(connection, own)
        tables.require_whole(connection)


def _drop_empty(connection: Connection) -> None:
    found = MetaData()
    found.reflect(connection)
    found.drop_all(connection)


def _self_pointers(found: Table) -> list[str]:
    """The columns with which rows of a table point at other rows of it: those may come later."""
    return [key.parent.name for key in found.foreign_keys if key.column.table.name == found.name]


def _fill(connection: Connection, made: zipfile.ZipFile, name: str, kept: Kept, pointers: list[str]) -> None:
    target = table(name, *(column(c, archive.TYPES[kind]) for c, kind in kept.columns))
    later: list[tuple[Any, dict[str, Any]]] = []
    for rows in _batches(archive.read_table(made, name, kept)):
        for row in rows:
            points = {pointer: row[pointer] for pointer in pointers if row[pointer] is not None}
            if points:
                later.append((row["id"], points))
                row.update(dict.fromkeys(points))
        connection.execute(target.insert(), rows)
    for number, points in later:
        connection.execute(update(target).where(target.c.id == number).values(points))
    if connection.execute(select(func.count()).select_from(target)).scalar_one() != kept.rows:
        raise NotWhole(f"Tabellen {name} har ikke de rækker, som sikkerhedskopien siger. Intet er lagt tilbage.")


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    rows = iter(rows)
    while batch := list(islice(rows, AT_ONCE)):
        yield batch


def _set_sequences(connection: Connection, own: dict[str, Table]) -> None:
    """Let PostgreSQL count on from the highest number of each table."""
    for name, found in own.items():
        if "id" not in found.c:
            continue
        highest = connection.execute(select(func.max(table(name, column("id")).c.id))).scalar()
        connection.execute(
            text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :value, :called)"),
            {"name": name, "value": highest or 1, "called": highest is not None},
        )
