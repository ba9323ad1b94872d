"""The examination finds what is wrong, says it in Danish, and says nothing else."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text, update
from sqlalchemy.orm import Session

from course import tables
from course.config import Settings
from course.db import audit
from course.db.engine import make_engine
from course.exercises.models import Attempt, PracticeStep
from course.maintenance.doctor import INVARIANTS, Level, examine
from course.outbox.models import Message
from course.outbox.service import queue
from course.privacy import ledger
from course.privacy.purging import VERB
from course.runs.models import ContentVersion, Membership, Team, TeamMember
from course.work.models import Decision, PeerPair, Release, Work
from tests.factories import NOW, make_member, make_run
from tests.privacy.lives import Life, live


@pytest.fixture
def settings(app: Flask, tmp_path: Path) -> Settings:
    """Settings about which there is nothing to say."""
    given: Settings = app.extensions["settings"]
    return replace(
        given, instance=tmp_path, base_url="https://kursus.example.dk", smtp_url="smtp://x", mail_from="a@b.dk"
    )


@pytest.fixture
def life(session: Session) -> Life:
    return live(session)


def said(engine: Engine, settings: Settings, level: Level) -> list[str]:
    return [f"{one.what}: {one.detail}" for one in examine(engine, settings, NOW) if one.level is level]


def test_a_whole_installation_has_no_faults(life: Life, engine: Engine, settings: Settings) -> None:
    life.session.commit()
    assert said(engine, settings, Level.FAULT) == []
    assert said(engine, settings, Level.WARNING) == []
    assert len(said(engine, settings, Level.OK)) >= 7


def latest(life: Life) -> Any:
    return update(Work).where(Work.id == life.bad.id).values(latest_no=9)


def submitted(life: Life) -> Any:
    return update(Work).where(Work.id == life.bad.id).values(latest_no=9, submitted_no=8)


def recalled(life: Life) -> Any:
    return update(Release).values(recalled_at=NOW)


def undecided(life: Life) -> Any:
    return update(Decision).where(Decision.work_id == life.bad.id).values(kind="rejected")


def copied(life: Life) -> Any:
    return update(Work).where(Work.id == life.bad.id).values(projection="none")


def elsewhere(life: Life) -> Any:
    other = make_run(life.session)
    return update(Work).where(Work.membership_id == life.member.id).values(run_id=other.id)


def teams_elsewhere(life: Life) -> Any:
    other = make_run(life.session)
    return update(Team).values(run_id=other.id)


def wrong_day(life: Life) -> Any:
    return update(TeamMember).where(TeamMember.membership_id == life.member.id).values(session_key="day2")


def strange_pair(life: Life) -> Any:
    stranger = make_member(life.session, make_run(life.session))
    return update(PeerPair).where(PeerPair.giver_id == life.member.id).values(giver_id=stranger.id)


def lost_step(_life: Life) -> Any:
    """The first step of a log is gone, and the second there."""
    return update(PracticeStep).values(no=2)


def result_of_another(_life: Life) -> Any:
    """What came of an attempt stands at another activity."""
    return update(Attempt).values(activity_id="gp-01.safety")


def no_organiser(life: Life) -> Any:
    return update(Membership).where(Membership.role == "organiser").values(left_at=NOW)


BROKEN = (
    (latest, "Besvarelser, hvis seneste udgave ikke er den, de siger"),
    (submitted, "Afleverede besvarelser uden den afleverede udgave"),
    (undecided, "Afgjorte besvarelser uden afgørelse"),
    (recalled, "Frigivne besvarelser uden kopi"),
    (copied, "Kopier af besvarelser, der ikke er frigivet"),
    (elsewhere, "Besvarelser på et andet hold end deres deltager"),
    (teams_elsewhere, "Besvarelser på et andet hold end deres gruppe"),
    (wrong_day, "Deltagere i et andet holds gruppe"),
    (strange_pair, "Makkerpar på tværs af hold"),
    (lost_step, "Forsøg på øvelser, hvor et trin mangler"),
    (result_of_another, "Resultater af et forsøg, der er en andens"),
    (no_organiser, "Hold uden kursusarrangør"),
)


@pytest.mark.parametrize(("damage", "what"), BROKEN, ids=[damage.__name__ for damage, _ in BROKEN])
def test_a_row_that_breaks_a_rule_is_found(
    life: Life, engine: Engine, settings: Settings, damage: Any, what: str
) -> None:
    life.session.execute(damage(life))
    life.session.commit()
    assert [line for line in said(engine, settings, Level.FAULT) if line.startswith(what)]


def test_every_rule_is_broken_by_a_test() -> None:
    assert [what for what, _ in INVARIANTS] == [what for _, what in BROKEN]


def test_a_row_that_points_at_nothing_is_found(life: Life, engine: Engine, settings: Settings) -> None:
    life.session.commit()
    if engine.dialect.name == "sqlite":
        break_it = ("PRAGMA foreign_keys=OFF", "UPDATE attendance SET membership_id = 987654", "PRAGMA foreign_keys=ON")
    else:
        break_it = ("SET session_replication_role = replica", "UPDATE attendance SET membership_id = 987654",
                    "RESET session_replication_role")  # fmt: skip
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        for statement in break_it:
            driver.execute(statement)
        if engine.dialect.name != "sqlite":
            driver.commit()
    [fault] = said(engine, settings, Level.FAULT)
    assert fault == "Rækker, der peger på ingenting: 1 i attendance (fk_attendance_membership_id)"


def test_content_that_cannot_be_read_is_found(life: Life, engine: Engine, settings: Settings) -> None:
    life.session.execute(update(ContentVersion).values(packed=b"nej"))
    life.session.commit()
    assert said(engine, settings, Level.FAULT)[0].startswith("Et holds indhold kan ikke læses: ")


def test_a_person_of_the_ledger_who_is_back_is_found(life: Life, engine: Engine, settings: Settings) -> None:
    ledger.append(ledger.path_in(settings.instance), [ledger.Entry.of(life.signe, NOW)])
    life.session.commit()
    assert said(engine, settings, Level.FAULT)[0].startswith("Slettede personer, som databasen stadig kender: 1.")


def test_a_ledger_that_cannot_be_read_is_a_fault(life: Life, engine: Engine, settings: Settings) -> None:
    ledger.path_in(settings.instance).write_text("nej\n", "utf-8")
    life.session.commit()
    assert said(engine, settings, Level.FAULT) == ["Fortegnelsen over slettede: erased.jsonl, linje 1, kan ikke læses."]


def test_mails_that_hang_are_warned_of(session: Session, engine: Engine, settings: Settings) -> None:
    for number, state in enumerate(("failed", "queued")):
        queue(session, now=NOW - timedelta(days=2), kind="x", to="a@b.dk", params={}, dedupe_key=f"x{number}")
        session.execute(update(Message).where(Message.dedupe_key == f"x{number}").values(state=state))
    session.commit()
    assert said(engine, settings, Level.FAULT) == []
    assert [line.partition(":")[0] for line in said(engine, settings, Level.WARNING)] == [
        "Mails, der ikke kunne sendes", "Mails, der har ventet over et døgn",
    ]  # fmt: skip


def test_a_purge_that_never_runs_is_warned_of(session: Session, engine: Engine, settings: Settings) -> None:
    make_member(session, make_run(session, now=NOW - timedelta(days=9)), now=NOW - timedelta(days=9))
    session.commit()
    assert "Kører »course worker«?" in said(engine, settings, Level.WARNING)[0]
    audit.record(session, actor_id=None, now=NOW - timedelta(hours=5), verb=VERB)
    session.commit()
    assert said(engine, settings, Level.WARNING) == []


def test_settings_one_would_rather_not_have_are_said(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("")
    (tmp_path / "config.toml").chmod(0o644)
    loose = replace(settings, smtp_url=None, base_url="http://127.0.0.1:8000")
    assert len(said(engine, loose, Level.WARNING)) == 3


@pytest.mark.parametrize(
    ("schema", "words"),
    [("0001", "Kør »course upgrade«"), ("9999", "programmet kender kun til"), (None, "Databasen er tom")],
)
def test_another_schema_is_a_fault(tmp_path: Path, settings: Settings, schema: str | None, words: str) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/x.db")
    if schema:
        with engine.connect() as connection, connection.begin():
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:schema)"), {"schema": schema})
    [fault] = said(engine, settings, Level.FAULT)
    assert words in fault
    engine.dispose()


def test_an_index_that_is_missing_is_found(session: Session, engine: Engine, settings: Settings) -> None:
    """A rule that somebody has taken out of the database by hand, or that an upgrade has lost."""
    made = session.connection().exec_driver_sql
    made("DROP INDEX uq_work_live")
    session.commit()
    try:
        assert said(engine, settings, Level.FAULT) == ["Indeks mangler i databasen: uq_work_live"]
    finally:
        index = next(index for index in Work.__table__.indexes if index.name == "uq_work_live")  # type: ignore[attr-defined]
        index.create(engine)


def test_a_rule_that_is_missing_is_found(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "x.db"
    made = make_engine(f"sqlite:///{file}")
    tables.upgrade(made)
    made.dispose()
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA writable_schema=ON")
        raw.execute("UPDATE sqlite_master SET sql = replace(sql, 'email_lower', 'other') WHERE name = 'person'")
        raw.commit()
    assert said(made, settings, Level.FAULT) == ["Regel mangler i databasen: ck_person_email_lower"]
    made.dispose()
