"""The migrations make what the models describe, on both databases, and can be run again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from markupsafe import escape
from sqlalchemy import CheckConstraint, Engine, create_mock_engine, inspect, select
from sqlalchemy.exc import IntegrityError

from course import tables
from course.app import create_app
from course.config import Settings
from course.db.engine import WRITE, make_engine
from course.db.session import EXTENSION, new_session
from course.maintenance.backup import backup, rows_of, snapshot, tables_of
from course.maintenance.doctor import Level, examine
from course.maintenance.restore import restore
from course.runs.models import Membership
from course.work.models import Revision, Work
from tests.clients import Client, sign_in
from tests.conftest import SECRET
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
        wanted = {str(constraint.name) for constraint in table.constraints if isinstance(constraint, CheckConstraint)}
        assert wanted == checks, table.name


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


# -- the first half's database ---------------------------------------------------------------------------------------

FIRST_HALF = Path(__file__).parent / "first_half.sql"
NEW_IN_OLD = {"work": {"team_id": None}, "release": {"audience": "run"}, "membership": {"tutor_id": None},
              "run": {"organised_by": "", "activity_number": "", "mode": "live"}}  # fmt: skip
"""What later versions added to tables of the first half, and what stands there for rows from before."""


def first_half(folder: Path) -> Engine:
    """The database as the first half's own code left it."""
    file = folder / "first.db"
    with closing(sqlite3.connect(file)) as made:
        made.executescript(FIRST_HALF.read_text("utf-8"))
        made.commit()
    return make_engine(f"sqlite:///{file}")


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Engine]:
    """A SQLite database with every row of the first half."""
    engine = first_half(tmp_path)
    yield engine
    engine.dispose()


def everything(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that is there, as Python values."""
    with snapshot(engine) as connection:
        return {
            table.name: [dict(zip(table.columns.keys(), row, strict=True)) for row in rows_of(connection, table)]
            for table in tables_of(connection)
        }


def as_they_were(before: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """The rows as they must be after the upgrade; an attempt's answers have become the step of its practice."""
    rows = {name: [row | NEW_IN_OLD.get(name, {}) for row in rows] for name, rows in before.items()}
    content = {run["id"]: run["content_digest"] for run in before["run"]}
    runs = {member["id"]: member["run_id"] for member in before["membership"]}
    rows["practice"] = [
        {
            "id": number, "membership_id": one["membership_id"], "activity_id": one["activity_id"], "exercise_id": "",
            "content_digest": content[runs[one["membership_id"]]], "key": one["attempt_key"], "started_at": one["at"],
        }
        for number, one in enumerate(before["attempt"], 1)
    ]  # fmt: skip
    rows["practice_step"] = [
        {"practice_id": number, "no": 1, "save_key": one["attempt_key"], "data": {"answers": one["answers"]},
         "at": one["at"]}
        for number, one in enumerate(before["attempt"], 1)
    ]  # fmt: skip
    rows["attempt"] = [
        {key: value for key, value in one.items() if key not in {"answers", "attempt_key"}}
        | {"practice_id": number, "exercise_id": ""}
        for number, one in enumerate(rows["attempt"], 1)
    ]
    return rows


def require_whole(engine: Engine, instance: Path) -> None:
    """Every constraint is there and on, nothing points at nothing, and the rules hold for every row."""
    settings = Settings(instance=instance, database_url="", secret_key="x")
    said = examine(engine, settings, datetime(2026, 11, 3, tzinfo=UTC))
    assert [one for one in said if one.level is Level.FAULT] == []
    for broken in ("UPDATE work SET membership_id = NULL", "UPDATE release SET audience = 'alle'",
                   "UPDATE membership SET tutor_id = 987654", "UPDATE work SET state = 'nej'"):  # fmt: skip
        with engine.connect() as connection, pytest.raises(IntegrityError):
            connection.exec_driver_sql(broken)


def test_the_first_halfs_database_has_a_row_in_every_table(old: Engine) -> None:
    found = everything(old)
    assert tables.schema_of(old) == "0001"
    assert len(found) >= 22
    assert [name for name, rows in found.items() if not rows] == []
    assert {row["state"] for row in found["work"]} >= {"draft", "submitted", "returned", "accepted"}


def test_the_first_halfs_database_is_upgraded_without_loss(old: Engine, tmp_path: Path) -> None:
    before = everything(old)
    tables.upgrade(old)
    assert tables.schema_of(old) == tables.newest()
    after = everything(old)
    wanted = as_they_were(before)
    assert {name: after[name] for name in wanted} == wanted
    assert [name for name in after if name not in wanted and after[name]] == []
    require_whole(old, tmp_path)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_backup_of_the_first_half_is_put_back_at_its_schema_and_then_upgraded(
    old: Engine, tmp_path: Path, kind: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> None:
    before = everything(old)
    made = backup(old, tmp_path / "kopi.zip", now=datetime(2026, 11, 3, tzinfo=UTC), instance=tmp_path)
    assert made.schema == "0001"
    url = f"sqlite:///{tmp_path / 'new.db'}"
    if kind == "postgres":
        url = new_database(server_url(tmp_path_factory, worker_id), f"first_half_{worker_id}")
    restore(url, tmp_path / "kopi.zip", now=datetime(2026, 11, 3, tzinfo=UTC), instance=tmp_path)
    new = make_engine(url)
    after = everything(new)
    wanted = as_they_were(before)
    assert {name: after[name] for name in wanted} == wanted
    require_whole(new, tmp_path)
    new.dispose()


def test_the_pages_of_the_first_half_still_open(old: Engine, tmp_path: Path) -> None:
    """A run keeps the content it is pinned to, in the old format, and its people find what they wrote."""
    url = old.url.render_as_string(hide_password=False)
    old.dispose()
    settings = Settings(instance=tmp_path, database_url=url, secret_key=SECRET, base_url="http://localhost",
                        content_root=Path(__file__).parent.parent)  # fmt: skip
    app = create_app(settings)
    app.test_client_class = Client
    with new_session(app.extensions[EXTENSION]) as session:
        found = session.scalars(select(Revision).where(Revision.data.is_not(None))).all()
        works = {work.id: work for work in session.scalars(select(Work))}
        people = {member.id: member.person_id for member in session.scalars(select(Membership))}
    asked = 0
    for work in works.values():
        data = next((r.data for r in found if (r.work_id, r.no) == (work.id, work.latest_no)), None)
        if work.activity_id == "gp-05.case" and work.state in {"submitted", "accepted"} and data:
            client = sign_in(app, app.test_client(), people[work.membership_id or 0])
            page = client.get(f"/runs/{work.run_id}/activities/gp-05.case/{work.slot}")
            assert page.status_code == 200
            longest = max((text for text in data.values() if isinstance(text, str)), key=len)
            assert escape(longest.split("\n")[0][:60]) in page.get_data(as_text=True)
            asked += 1
    assert asked >= 3
    app.extensions[EXTENSION].dispose()
