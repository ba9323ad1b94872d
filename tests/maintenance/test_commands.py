"""The administrator's commands, really run against an installation of their own."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from course.accounts.models import Person
from course.cli import main
from course.config import Settings
from course.db.engine import make_engine
from course.db.session import new_session, writing
from course.maintenance.commands import open_after_forgetting
from course.privacy import ledger
from course.tables import upgrade
from tests.conftest import SECRET
from tests.factories import NOW
from tests.privacy.lives import BAD, EMAIL, NAME, STRUCK, live

ROOT = Path(__file__).parents[2]


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with Signe in it, and the settings that lead to it."""
    for name in [name for name in os.environ if name.startswith("COURSE_") and not name.startswith("COURSE_TEST_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "instance"
    folder.mkdir()
    monkeypatch.setenv("COURSE_INSTANCE", str(folder))
    monkeypatch.setenv("COURSE_SECRET_KEY", SECRET)
    monkeypatch.setenv("COURSE_CONTENT_ROOT", str(ROOT))
    engine = make_engine(f"sqlite:///{folder / 'course.db'}")
    upgrade(engine)
    with new_session(engine) as session, writing(session):
        live(session)
    engine.dispose()
    return folder


def course(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=typed, catch_exceptions=False)


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".zip")


def test_erase_forgets_and_proves_it(instance: Path) -> None:
    (instance / "eksport.csv").write_text("hold;antal\nx;1\n", "utf-8")
    assert EMAIL.encode() in bytes_of(instance)
    done = course("erase", EMAIL, typed="y\n")
    assert done.exit_code == 0, done.output
    assert ": 0 fund." in done.output
    assert EMAIL not in done.output.split("\n", 1)[1]
    left = bytes_of(instance)
    for text in (EMAIL, NAME, BAD, STRUCK):
        assert text.encode() not in left
        assert text.encode("ascii", "backslashreplace").replace(b"\\x", b"\\u00") not in left
    assert len(ledger.read(ledger.path_in(instance))) == 1
    assert course("erase", EMAIL, "--yes").exit_code == 1


def test_erase_fails_when_something_is_found(instance: Path) -> None:
    """A file that the administrator has taken out of the database still has her name: the proof says which."""
    (instance / "exports").mkdir()
    (instance / "exports" / "deltagere.csv").write_text(f"navn;mail\n{NAME};{EMAIL}\n", "utf-8")
    done = course("erase", EMAIL, "--yes")
    assert done.exit_code == 1
    assert "deltagere.csv: 2" in done.output


def test_erase_asks_first(instance: Path) -> None:
    before = bytes_of(instance)
    assert course("erase", EMAIL, typed="n\n").exit_code == 1
    assert bytes_of(instance) == before


def test_erase_refuses_the_only_organiser(instance: Path) -> None:
    engine = make_engine(f"sqlite:///{instance / 'course.db'}")
    with new_session(engine) as session:
        organiser = session.scalars(select(Person).where(Person.name == "Olga Organiser")).one().email
    engine.dispose()
    done = course("erase", organiser, "--yes")
    assert done.exit_code == 1
    assert "den eneste kursusarrangør på »Hold Åsbakken«" in done.output
    assert not ledger.path_in(instance).exists()


def test_backup_and_restore_to_an_empty_machine(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = instance.parent / "kopi.zip"
    made = course("backup", str(file))
    assert made.exit_code == 0, made.output
    assert "COURSE_SECRET_KEY" in made.output
    assert SECRET not in made.output
    assert course("backup", str(file)).exit_code == 1
    assert course("restore", str(file)).exit_code == 1, "the database is not empty"
    new = instance.parent / "new"
    monkeypatch.setenv("COURSE_INSTANCE", str(new))
    done = course("restore", str(file))
    assert done.exit_code == 0, done.output
    assert "lagt tilbage fra" in done.output
    with sqlite3.connect(new / "course.db") as there:
        assert there.execute("SELECT count(*) FROM work").fetchone() == (4,)
    assert course("doctor").exit_code == 0


def test_restore_forgets_again_and_says_so(instance: Path) -> None:
    file = instance.parent / "kopi.zip"
    assert course("backup", str(file)).exit_code == 0
    assert course("erase", EMAIL, "--yes").exit_code == 0
    for path in instance.glob("course.db*"):
        path.unlink()
    done = course("restore", str(file))
    assert done.exit_code == 0, done.output
    assert "1 person er slettet igen" in done.output
    assert EMAIL.encode() not in bytes_of(instance)
    assert course("doctor").exit_code == 0


def test_a_file_that_is_no_backup_is_refused_in_words(instance: Path) -> None:
    done = course("restore", str(ROOT / "README.md"))
    assert done.exit_code == 1
    assert "en anden slags fil" in done.output


def test_doctor_says_what_is_wrong_and_fails(instance: Path) -> None:
    well = course("doctor")
    assert well.exit_code == 0, well.output
    assert well.output.rstrip().endswith("Ingen fejl.")
    with sqlite3.connect(instance / "course.db") as there:
        there.execute("UPDATE work SET latest_no = 99 WHERE id = 1")
    ill = course("doctor")
    assert ill.exit_code == 1
    assert "FEJL  Besvarelser, hvis seneste udgave ikke er den, de siger: 1: nr. 1" in ill.output


def test_purge_can_be_rehearsed(instance: Path) -> None:
    before = bytes_of(instance)
    told = course("purge", "--dry-run")
    assert told.exit_code == 0, told.output
    assert "Det ville blive slettet:" in told.output
    assert "Afsluttede indlogninger" in told.output
    assert bytes_of(instance) == before
    assert "Slettet:" in course("purge").output


def test_an_older_file_put_back_by_hand_is_forgotten_before_the_server_opens(instance: Path) -> None:
    older = {path.name: path.read_bytes() for path in instance.glob("course.db*")}
    assert course("erase", EMAIL, "--yes").exit_code == 0
    for path in instance.glob("course.db*"):
        path.unlink()
    for name, content in older.items():
        (instance / name).write_bytes(content)
    assert course("doctor").exit_code == 1
    told: list[str] = []
    settings = Settings(instance=instance, database_url=f"sqlite:///{instance / 'course.db'}", secret_key=SECRET)
    open_after_forgetting(settings, NOW, told.append)
    assert told == ["1 slettet person var kommet tilbage og er slettet igen."]
    assert EMAIL.encode() not in bytes_of(instance)
    assert course("doctor").exit_code == 0


def test_a_server_does_not_open_with_an_unreadable_ledger(instance: Path) -> None:
    ledger.path_in(instance).write_text("nej\n", "utf-8")
    done = course("serve")
    assert done.exit_code == 1
    assert "erased.jsonl, linje 1, kan ikke læses. Serveren åbner ikke" in done.output
