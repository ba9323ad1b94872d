"""The engine and the one way to write."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.db.audit import AuditRow, record
from course.db.engine import SAFE_SQLITE, sqlite_module
from course.db.session import forget_log, new_session, writing
from course.db.upsert import upsert
from course.runs.models import Progress
from tests.factories import NOW, make_member, make_person, make_run

PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 15000}


@pytest.mark.parametrize(("name", "wanted"), PRAGMAS.items())
def test_every_sqlite_connection_is_set_up(empty_engine: Engine, name: str, wanted: object) -> None:
    first, second = empty_engine.connect(), empty_engine.connect()
    for connection in (first, second):
        assert connection.execute(text(f"PRAGMA {name}")).scalar() == wanted
        connection.close()


def test_sqlite_is_one_that_cannot_corrupt_its_log() -> None:
    assert sqlite_module().sqlite_version_info >= SAFE_SQLITE


def test_writing_commits_at_the_end(engine: Engine) -> None:
    with new_session(engine) as session:
        with writing(session):
            make_person(session, "Anna")
        assert not session.in_transaction()
    with new_session(engine) as another:
        assert another.scalar(select(func.count()).select_from(Person)) == 1


def fail_after_writing(session: Session) -> None:
    """Write, and then go wrong."""
    with writing(session):
        make_person(session, "Anna")
        raise KeyError


def test_writing_keeps_nothing_of_a_failure(engine: Engine) -> None:
    with new_session(engine) as session:
        with pytest.raises(KeyError):
            fail_after_writing(session)
        assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_writing_begins_immediately_on_sqlite(empty_engine: Engine) -> None:
    """Reading takes no lock; writing takes it at once, since a lock that is wanted later may be refused."""
    begun: list[str] = []
    event.listen(empty_engine, "before_cursor_execute", lambda _c, _k, sql, *_: begun.append(sql))
    with new_session(empty_engine) as session:
        session.execute(text("SELECT 1"))
        assert session.connection().connection.driver_connection.in_transaction  # type: ignore[union-attr]
        assert "BEGIN IMMEDIATE" not in begun
        with writing(session):
            assert begun[-1] == "BEGIN IMMEDIATE"
        assert not session.in_transaction()


def test_two_writers_at_once_both_get_in(engine: Engine) -> None:
    """The second waits for the first; it neither fails nor overwrites."""
    first_is_in, done = threading.Event(), []

    def write_later() -> None:
        first_is_in.wait(10)
        with new_session(engine) as session, writing(session):
            make_person(session, "Bo")
            done.append("second")

    thread = threading.Thread(target=write_later)
    thread.start()
    with new_session(engine) as session, writing(session):
        make_person(session, "Anna")
        first_is_in.set()
        done.append("first")
    thread.join(20)
    assert set(done) == {"first", "second"}
    with new_session(engine) as session:
        assert set(session.scalars(select(Person.name))) == {"Anna", "Bo"}


def test_foreign_keys_are_kept(session: Session) -> None:
    session.add(Progress(membership_id=987654, activity_id="gp-01.safety", at=NOW))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


@pytest.mark.parametrize(
    "instant", [datetime(2026, 1, 1, 9), datetime(2026, 1, 1, 9, tzinfo=timezone(timedelta(hours=1)))]
)
def test_only_utc_is_stored(session: Session, instant: datetime) -> None:
    session.add(Person(name="Anna", email="anna@example.test", created_at=instant))
    if instant.tzinfo is None:
        with pytest.raises(StatementError):
            session.flush()
        session.rollback()
        return
    session.flush()
    session.expire_all()
    kept = session.scalars(select(Person.created_at)).one()
    assert kept == instant
    assert kept.utcoffset() == timedelta(0)


def test_an_upsert_is_one_row_however_often(session: Session) -> None:
    member = make_member(session, make_run(session))
    key = {"membership_id": member.id, "activity_id": "gp-01.safety"}
    for _ in range(3):
        upsert(session, Progress, key, {"at": NOW})
    rows = session.scalars(select(Progress).where(Progress.membership_id == member.id)).all()
    assert len(rows) == 1
    assert rows[0].at == NOW


def test_an_audit_row_says_who_what_when(session: Session) -> None:
    person = make_person(session)
    record(session, actor_id=person.id, now=NOW, verb="read", detail={"activity": "gp-01.safety"})
    session.flush()
    row = session.scalars(select(AuditRow).where(AuditRow.verb == "read")).one()
    assert (row.actor_id, row.at, row.detail) == (person.id, NOW, {"activity": "gp-01.safety"})


def test_a_request_leaves_no_connection_out(app: Flask, engine: Engine) -> None:
    for _ in range(30):
        assert app.test_client().get("/healthz").status_code == 200
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_time_zone_of_now() -> None:
    from course.web.clock import now

    assert now().tzinfo is UTC


def test_what_was_erased_is_not_in_the_log(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL recycles its log by itself")
    with new_session(engine) as session, writing(session):
        person = make_person(session, "Anna Sjældent-Navn")
    with new_session(engine) as session, writing(session):
        session.get_one(Person, person.id).name = "Ukendt"
    forget_log(engine)
    file = Path(engine.url.database or "")
    held = file.read_bytes() + file.with_name(f"{file.name}-wal").read_bytes()
    assert b"Sj\xc3\xa6ldent-Navn" not in held
