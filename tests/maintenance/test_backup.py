"""A backup while people write, put back into either database: the same rows, or a clear refusal."""

from __future__ import annotations

import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from course import tables
from course.accounts.models import Person
from course.db.engine import make_engine
from course.db.session import new_session, writing
from course.maintenance import archive
from course.maintenance.backup import NotMade, backup
from course.maintenance.restore import NotRestored, NotWhole, restore
from course.privacy import erasing, ledger, proof
from course.work import checking, finding
from course.work import service as spine
from course.work.models import Revision, Work
from course.work.standing import standing
from tests.factories import NOW, actor_of, case_data, course, form_of, make_member, make_person, make_run, make_work
from tests.postgres import new_database, server_url
from tests.privacy.lives import EMAIL, NAME, live
from tests.routes import rows

NewDatabase = Callable[[str], str]
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


@pytest.fixture
def new_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> NewDatabase:
    """Makes the address of an empty database of a kind."""

    def make(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path_factory.mktemp('restored') / 'course.db'}"
        return new_database(server_url(tmp_path_factory, worker_id), f"restored_{worker_id}")

    return make


@pytest.fixture
def life(session: Session) -> None:
    """Rows in every table."""
    live(session)
    session.commit()


@pytest.fixture
def opened() -> Iterator[Callable[[str], Engine]]:
    """Engines that are closed when the test ends."""
    engines: list[Engine] = []

    def open_one(url: str) -> Engine:
        engines.append(make_engine(url))
        return engines[-1]

    yield open_one
    for engine in engines:
        engine.dispose()


def altered(file: Path, name: str, change: Callable[[bytes], bytes], *, seal: bool = False) -> Path:
    """A copy of an archive in which one member is another."""
    new = file.with_name("altered.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(new, "w") as made:
        for member in old.namelist():
            content = old.read(member)
            if member == name:
                content = change(content)
            if seal and member == archive.SEAL:
                content = sha256(made.read(archive.MANIFEST)).hexdigest().encode()
            made.writestr(member, content)
    return new


@pytest.mark.parametrize("to", ["same kind", "other kind"])
def test_the_same_rows_come_back_on_either_database(
    engine: Engine, life: None, tmp_path: Path, new_url: NewDatabase, opened: Callable[[str], Engine], to: str
) -> None:
    here, file = engine.dialect.name, tmp_path / "kopi.zip"
    made = backup(engine, file, now=NOW, instance=tmp_path)
    url = new_url(here if to == "same kind" else OTHER[here])
    done = restore(url, file, now=NOW, instance=tmp_path / "new")
    assert done.rows == made.rows
    assert all(made.tables[table.name].rows for table in tables.metadata().sorted_tables if table.name != "rate_count")
    new = opened(url)
    assert rows(new) == rows(engine)
    assert tables.schema_of(new) == tables.newest()
    with new_session(new) as session, writing(session):
        added = make_person(session, "Nina Ny")
        assert added.id > session.scalars(select(func.min(Person.id))).one()
    with new_session(new) as session, pytest.raises(IntegrityError):
        session.execute(text("UPDATE membership SET person_id = 987654"))


def test_a_backup_is_for_its_owner_and_never_half(engine: Engine, life: None, tmp_path: Path) -> None:
    file = tmp_path / "kopi.zip"
    backup(engine, file, now=NOW, instance=tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["kopi.zip"]
    before = file.read_bytes()
    with pytest.raises(NotMade, match="findes allerede"):
        backup(engine, file, now=NOW, instance=tmp_path)
    assert file.read_bytes() == before


def test_a_backup_that_fails_leaves_no_file(
    engine: Engine, life: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(archive, "write_manifest", fail)
    with pytest.raises(OSError, match="no space left"):
        backup(engine, tmp_path / "kopi.zip", now=NOW, instance=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_no_secret_and_no_word_of_the_settings_is_in_it(engine: Engine, life: None, tmp_path: Path, app: Any) -> None:
    settings, file = app.extensions["settings"], tmp_path / "kopi.zip"
    made = backup(engine, file, now=NOW, instance=tmp_path, settings=settings)
    assert made.secrets == ["secret_key", "database_url", "smtp_url"]
    with zipfile.ZipFile(file) as kept:
        manifest = kept.read(archive.MANIFEST).decode()
    assert settings.secret_key not in manifest
    assert settings.database_url not in manifest
    assert made.settings["base_url"] == "http://localhost"


def test_nothing_acknowledged_before_is_missing_while_people_write(
    engine: Engine, session: Session, tmp_path: Path, new_url: NewDatabase, opened: Callable[[str], Engine]
) -> None:
    """Four authors save without a pause; the copy is one moment: whole works, and all that was saved before it."""
    run = make_run(session)
    members = [make_member(session, run) for _ in range(4)]
    works = [make_work(session, member, slot="bad") for member in members]
    numbers = [(member.id, work.id) for member, work in zip(members, works, strict=True)]
    session.commit()
    stop, saved = threading.Event(), dict.fromkeys((work.id for work in works), 1)
    writers = [threading.Thread(target=write_on, args=(engine, *pair, stop, saved)) for pair in numbers]
    for writer in writers:
        writer.start()
    while min(saved.values()) < 3:
        stop.wait(0.01)
    before = dict(saved)
    backup(engine, tmp_path / "kopi.zip", now=NOW, instance=tmp_path)
    after_backup = dict(saved)
    while min(saved[w] - after_backup[w] for w in saved) < 2:
        stop.wait(0.01)
    stop.set()
    for writer in writers:
        writer.join()
    url = new_url("sqlite")
    restore(url, tmp_path / "kopi.zip", now=NOW, instance=tmp_path / "new")
    with new_session(opened(url)) as copy:
        for work in copy.scalars(select(Work)):
            kept = copy.scalars(select(Revision.no).where(Revision.work_id == work.id).order_by(Revision.no)).all()
            assert list(kept) == list(range(1, work.latest_no + 1)), "a work is whole"
            assert before[work.id] <= work.latest_no <= saved[work.id]


def write_on(engine: Engine, member_id: int, work_id: int, stop: threading.Event, saved: dict[int, int]) -> None:
    """Save again and again as the pages do; ``saved`` tells what was acknowledged."""
    from course.runs.models import Membership

    form, activity = form_of("gp-05.case"), course().activities["gp-05.case"]
    while not stop.is_set():
        with new_session(engine) as session, writing(session):
            member = session.get_one(Membership, member_id)
            work = finding.lock(session, work_id)
            gate = standing(session, member.run, member).gate(activity, NOW, slot="bad")
            content = checking.check_data(form, case_data(wanted=f"vi talte om det for gang {work.latest_no}"))
            spine.save(
                session, actor=actor_of(member.person), now=NOW, work=work, form=form, gate=gate, content=content,
                base_no=work.latest_no, save_id=str(uuid4()),
            )  # fmt: skip
            no = work.latest_no
        saved[work_id] = no


def test_somebody_erased_after_the_backup_does_not_come_back(
    engine: Engine, life: None, tmp_path: Path, new_url: NewDatabase, opened: Callable[[str], Engine]
) -> None:
    backup(engine, tmp_path / "kopi.zip", now=NOW, instance=tmp_path)
    with new_session(engine) as session, writing(session):
        person = session.scalars(select(Person).where(Person.email == EMAIL)).one()
        needles = proof.needles_of(session, person)
        erasing.erase(session, person=person, now=NOW, ledger_file=ledger.path_in(tmp_path))
    url = new_url(engine.dialect.name)
    done = restore(url, tmp_path / "kopi.zip", now=NOW, instance=tmp_path)
    assert done.erased_again == 1
    with new_session(opened(url)) as copy:
        assert proof.search_rows(copy, needles) == []
        assert proof.search_rows(copy, proof.Needles((NAME, EMAIL))) == []
    if engine.dialect.name == "sqlite":
        file = Path(url.removeprefix("sqlite:///"))
        assert proof.search_files(proof.files_of(file.parent, file), needles) == []


def test_the_ledger_travels_with_the_backup(engine: Engine, life: None, tmp_path: Path, new_url: NewDatabase) -> None:
    """An older copy of the database alone, put back on a new machine from a newer backup's ledger, forgets as well."""
    with new_session(engine) as session, writing(session):
        person = session.scalars(select(Person).where(Person.email == EMAIL)).one()
        erasing.erase(session, person=person, now=NOW, ledger_file=ledger.path_in(tmp_path))
    backup(engine, tmp_path / "kopi.zip", now=NOW, instance=tmp_path)
    restore(new_url("sqlite"), tmp_path / "kopi.zip", now=NOW, instance=tmp_path / "new")
    assert ledger.read(ledger.path_in(tmp_path / "new")) == ledger.read(ledger.path_in(tmp_path))


def newer(content: bytes) -> bytes:
    return json.dumps(json.loads(content) | {"schema": "9999"}).encode()


def newer_format(content: bytes) -> bytes:
    return json.dumps(json.loads(content) | {"format": 2}).encode()


def one_letter(content: bytes) -> bytes:
    assert b"Signe" in content
    return content.replace(b"Signe", b"Signa", 1)


@pytest.mark.parametrize(
    ("damage", "fault", "message"),
    [
        (lambda f: altered(f, "tables/person.jsonl", one_letter), NotWhole, r"person\.jsonl .* er ændret"),
        (lambda f: altered(f, archive.MANIFEST, newer), NotWhole, "indholdsfortegnelse er ændret"),
        (lambda f: altered(f, archive.MANIFEST, newer, seal=True), NotRestored, "databaseudgave 9999"),
        (lambda f: altered(f, archive.MANIFEST, newer_format, seal=True), NotWhole, "nyere udgave af programmet"),
        (lambda f: cut(f, 0.5), NotWhole, "afkortet"),
        (lambda f: cut(f, 0.0), NotWhole, "afkortet"),
        (lambda f: flipped(f), NotWhole, "beskadiget|ændret"),
        (lambda f: f.with_name("nej.zip"), NotWhole, "findes ikke"),
        (lambda f: without(f, "tables/work.jsonl"), NotWhole, "mangler noget"),
        (lambda f: without(f, archive.SEAL), NotWhole, "ikke en sikkerhedskopi"),
        (lambda _: Path(__file__), NotWhole, "en anden slags fil"),
    ],
    ids=["altered", "manifest", "newer", "format", "half", "nothing", "byte", "missing", "member", "seal", "other"],
)  # fmt: skip
def test_a_damaged_file_is_refused_and_nothing_is_touched(
    engine: Engine, life: None, tmp_path: Path, new_url: NewDatabase, opened: Callable[[str], Engine],
    damage: Callable[[Path], Path], fault: type[Exception], message: str,
) -> None:  # fmt: skip
    file = tmp_path / "kopi.zip"
    backup(engine, file, now=NOW, instance=tmp_path)
    url = new_url(engine.dialect.name)
    with pytest.raises(fault, match=message):
        restore(url, damage(file), now=NOW, instance=tmp_path / "new")
    assert tables.schema_of(opened(url)) is None
    assert not ledger.path_in(tmp_path / "new").exists()


def cut(file: Path, share: float) -> Path:
    """The beginning of a file."""
    part = file.with_name("cut.zip")
    content = file.read_bytes()
    part.write_bytes(content[: int(len(content) * share)])
    return part


def flipped(file: Path) -> Path:
    """A file with some bytes of the largest member turned over."""
    part = file.with_name("flipped.zip")
    with zipfile.ZipFile(file) as made:
        largest = max(made.infolist(), key=lambda member: member.compress_size)
    content = bytearray(file.read_bytes())
    middle = largest.header_offset + largest.compress_size // 2
    for place in range(middle, middle + 8):
        content[place] ^= 0xFF
    part.write_bytes(bytes(content))
    return part


def without(file: Path, name: str) -> Path:
    """An archive that lacks one member."""
    new = file.with_name("without.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(new, "w") as made:
        for member in old.namelist():
            if member != name:
                made.writestr(member, old.read(member))
    return new


def test_only_an_empty_database_is_filled(engine: Engine, life: None, tmp_path: Path) -> None:
    backup(engine, tmp_path / "kopi.zip", now=NOW, instance=tmp_path)
    url = engine.url.render_as_string(hide_password=False)
    before = rows(engine)
    with pytest.raises(NotRestored, match="ikke tom"):
        restore(url, tmp_path / "kopi.zip", now=NOW, instance=tmp_path)
    assert rows(engine) == before


def test_tables_without_rows_are_no_hindrance(
    engine: Engine, life: None, tmp_path: Path, new_url: NewDatabase, opened: Callable[[str], Engine]
) -> None:
    backup(engine, tmp_path / "kopi.zip", now=NOW, instance=tmp_path)
    url = new_url(engine.dialect.name)
    made = opened(url)
    tables.upgrade(made)
    made.dispose()
    restore(url, tmp_path / "kopi.zip", now=NOW, instance=tmp_path / "new")
    assert rows(opened(url)) == rows(engine)


def test_an_empty_database_has_no_backup(tmp_path: Path, opened: Callable[[str], Engine]) -> None:
    with pytest.raises(NotMade, match="tom"):
        backup(opened(f"sqlite:///{tmp_path}/tom.db"), tmp_path / "kopi.zip", now=NOW, instance=tmp_path)


def test_a_failed_restore_leaves_no_file_behind(
    engine: Engine, life: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new_url: NewDatabase
) -> None:
    backup(engine, tmp_path / "kopi.zip", now=NOW, instance=tmp_path)

    def fail(*_: object, **__: object) -> int:
        raise RuntimeError("the power went")

    monkeypatch.setattr(erasing, "replay", fail)
    ledger.append(ledger.path_in(tmp_path), [ledger.Entry.of(Person(id=1, email="x", created_at=NOW), NOW)])
    url = new_url("sqlite")
    with pytest.raises(RuntimeError, match="the power went"):
        restore(url, tmp_path / "kopi.zip", now=NOW, instance=tmp_path)
    assert list(Path(url.removeprefix("sqlite:///")).parent.iterdir()) == []
