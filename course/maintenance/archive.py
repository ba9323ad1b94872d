"""The file of a backup: one ZIP for both databases, with a table in each member and a manifest that proves them whole.

``tables/<name>.jsonl`` holds one JSON list a row, in the order of the manifest's columns. Times are ISO 8601 in UTC,
bytes base64. ``erased.jsonl`` is the ledger. ``manifest.json`` names the schema and gives rows and SHA-256 of each
member; ``manifest.sha256`` the manifest's own.
"""

from __future__ import annotations

import base64
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Column, DateTime, Integer, LargeBinary, String, Table
from sqlalchemy.types import TypeEngine

from course.db.base import Json, UtcDateTime

FORMAT = 1
LEDGER, MANIFEST, SEAL = "erased.jsonl", "manifest.json", "manifest.sha256"
BLOCK = 1024 * 1024


class NotWhole(Exception):
    """A file is no backup, or not the one that was made. The message says so in Danish."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One table in an archive: its columns with their kinds in order, how many rows, and the hash of its member."""

    columns: list[tuple[str, str]]
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says about itself.

    ``settings`` are those that anybody may read; ``secrets`` the names of those that must be given anew.
    """

    schema: str
    made_at: str
    tables: dict[str, Kept]
    ledger: str
    settings: dict[str, str] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(table.rows for table in self.tables.values())


def member_of(table: str) -> str:
    """The name of a table's member."""
    return f"tables/{table}.jsonl"


# -- values ----------------------------------------------------------------------------------------------------------

KINDS: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (JSON, "json"), (Boolean, "bool"), (DateTime, "time"), (LargeBinary, "bytes"), (Integer, "int"), (String, "text"),
)  # fmt: skip
TYPES: Mapping[str, TypeEngine[Any] | type[TypeEngine[Any]]] = {
    "json": Json, "bool": Boolean, "time": UtcDateTime(), "bytes": LargeBinary, "int": Integer, "text": String,
}  # fmt: skip


def kind_of(column: Column[Any]) -> str:
    """How the values of a column of a real database are written; LookupError for one that we never make."""
    for of_type, kind in KINDS:
        if isinstance(column.type, of_type):
            return kind
    raise LookupError(f"{column.table.name}.{column.name}: {column.type}")


def columns_of(table: Table) -> list[tuple[str, str]]:
    """The columns of a table as the manifest names them."""
    return [(column.name, kind_of(column)) for column in table.columns]


def _plain(value: Any) -> Any:
    return value


def _time(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _bytes(value: bytes) -> str:
    return base64.b64encode(value).decode()


WRITE: Mapping[str, Callable[[Any], Any]] = {"time": _time, "bytes": _bytes}
READ: Mapping[str, Callable[[Any], Any]] = {"time": datetime.fromisoformat, "bytes": base64.b64decode}


# -- writing ---------------------------------------------------------------------------------------------------------


def write_table(archive: zipfile.ZipFile, name: str, columns: list[tuple[str, str]], rows: Iterable[Any]) -> Kept:
    """Write the rows of one table, one after the other."""
    writers = [WRITE.get(kind, _plain) for _, kind in columns]
    digest, number = sha256(), 0
    with archive.open(member_of(name), "w", force_zip64=True) as member:
        for row in rows:
            values = [None if v is None else write(v) for v, write in zip(row, writers, strict=True)]
            line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            member.write(line)
            number += 1
    return Kept(columns, number, digest.hexdigest())


def write_ledger(archive: zipfile.ZipFile, content: bytes) -> str:
    """Write the ledger; its hash."""
    archive.writestr(LEDGER, content)
    return sha256(content).hexdigest()


def write_manifest(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Write what the archive says about itself, last: without it the file is none."""
    content = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
    archive.writestr(MANIFEST, content)
    archive.writestr(SEAL, sha256(content).hexdigest())


# -- reading ---------------------------------------------------------------------------------------------------------


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open a backup.

    Raises:
        NotWhole: it is not there, is no backup or was cut off.
    """
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError:
        raise NotWhole(f"Filen {path} findes ikke.") from None
    except (zipfile.BadZipFile, OSError):
        raise NotWhole(
            f"{path.name} er ikke en hel sikkerhedskopi. Den er afkortet eller er en anden slags fil."
        ) from None


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """What the archive says about itself, checked against its seal."""
    try:
        content = archive.read(MANIFEST)
        if archive.read(SEAL).decode() != sha256(content).hexdigest():
            raise NotWhole("Sikkerhedskopiens indholdsfortegnelse er ændret. Intet er lagt tilbage.")
        found = json.loads(content)
        if found["format"] > FORMAT:
            raise NotWhole("Sikkerhedskopien er lavet af en nyere udgave af programmet. Opgradér programmet først.")
        tables = {
            name: Kept([(c, k) for c, k in kept["columns"]], kept["rows"], kept["sha256"])
            for name, kept in found.pop("tables").items()
        }
        return Manifest(tables=tables, **found)
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, zlib.error, OSError) as error:
        raise NotWhole("Filen er ikke en sikkerhedskopi fra dette program, eller den er beskadiget.") from error


def check(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Read every member once and compare its hash, before anything is touched.

    Raises:
        NotWhole: one is missing or is not what was written.
    """
    wanted = {member_of(name): kept.sha256 for name, kept in manifest.tables.items()} | {LEDGER: manifest.ledger}
    if set(archive.namelist()) != {*wanted, MANIFEST, SEAL}:
        raise NotWhole("Der mangler noget i sikkerhedskopien, eller noget er lagt til. Intet er lagt tilbage.")
    for name, expected in wanted.items():
        digest = sha256()
        try:
            with archive.open(name) as member:
                while block := member.read(BLOCK):
                    digest.update(block)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError) as error:
            raise NotWhole(f"{name} i sikkerhedskopien er beskadiget. Intet er lagt tilbage.") from error
        if digest.hexdigest() != expected:
            raise NotWhole(f"{name} i sikkerhedskopien er ændret, siden den blev lavet. Intet er lagt tilbage.")


def read_table(archive: zipfile.ZipFile, name: str, kept: Kept) -> Iterator[dict[str, Any]]:
    """The rows of a table, one after the other."""
    readers = [(column, READ.get(kind, _plain)) for column, kind in kept.columns]
    with archive.open(member_of(name)) as member:
        for line in member:
            values = json.loads(line)
            yield {
                column: None if value is None else read(value)
                for (column, read), value in zip(readers, values, strict=True)
            }
