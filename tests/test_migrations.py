"""The migrations make what the models describe, on both databases, and can be run again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_mock_engine, inspect

from course import tables
from course.db.engine import WRITE, make_engine
from tests.postgres import new_database, server_url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def bare(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Engine]:
    """An engine of a database without any table, of each kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('bare') / 'bare.db'}"
    else:
        url = new_database(server_url(tmp_path_factory, worker_id), f"migrations_{worker_id}")
    engine = make_engine(url)
    yield engine
    engine.dispose()


def test_upgrading_from_nothing_gives_what_the_models_describe(bare: Engine) -> None:
    tables.upgrade(bare)
    with bare.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, tables.metadata()) == []


def test_every_constraint_of_the_models_is_in_the_database(bare: Engine) -> None:
    """Alembic does not compare CHECK constraints, and the rules rest on them."""
    tables.upgrade(bare)
    found = inspect(bare)
    for table in tables.metadata().sorted_tables:
        checks = {check["name"] for check in found.get_check_constraints(table.name)}
        wanted = {
            str(constraint.name) for constraint in table.constraints if constraint.__visit_name__ == "check_constraint"
        }
        assert wanted <= checks, table.name


def test_upgrading_twice_changes_nothing(bare: Engine) -> None:
    tables.upgrade(bare)
    before = {name: inspect(bare).get_columns(name) for name in inspect(bare).get_table_names()}
    tables.upgrade(bare)
    after = {name: inspect(bare).get_columns(name) for name in inspect(bare).get_table_names()}
    assert {t: [c["name"] for c in columns] for t, columns in before.items()} == {
        t: [c["name"] for c in columns] for t, columns in after.items()
    }


def test_there_is_one_line_of_migrations() -> None:
    script = ScriptDirectory.from_config(tables.alembic_config())
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_names_fit_both_databases() -> None:
    """PostgreSQL cuts names after 63 characters, silently making two of them one."""
    statements: list[str] = []
    engine = create_mock_engine("postgresql+psycopg://", lambda sql, *_, **__: statements.append(str(sql)))
    tables.metadata().create_all(engine, checkfirst=False)  # type: ignore[arg-type]
    names = [
        str(thing.name)
        for table in tables.metadata().tables.values()
        for thing in [*table.constraints, *table.indexes]
        if thing.name
    ]
    assert statements
    assert len(names) == len(set(names))
    assert not [name for name in names if len(name) > 63]


def test_a_failed_upgrade_leaves_nothing(bare: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database is upgraded whole or not at all, so that starting again is always safe."""

    def fail(*_args: object, **_values: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr("alembic.runtime.migration.MigrationContext._ensure_version_table", fail)
        with pytest.raises(RuntimeError, match="the power went"):
            tables.upgrade(bare)
    assert inspect(bare).get_table_names() == []
    tables.upgrade(bare)
    assert "work" in inspect(bare).get_table_names()


def test_writers_wait_for_one_another_on_sqlite(tmp_path: Path) -> None:
    """PostgreSQL locks rows; here the file is locked, and the second writer waits from the beginning."""
    bare = make_engine(f"sqlite:///{tmp_path / 'bare.db'}")
    tables.upgrade(bare)
    with bare.connect().execution_options(**{WRITE: True}) as first, first.begin():
        second = bare.connect()
        second.exec_driver_sql("PRAGMA busy_timeout=0")
        second.rollback()
        with pytest.raises(Exception, match="locked"):
            second.execution_options(**{WRITE: True}).begin()
        second.close()
    bare.dispose()
