"""A tool about a real person leaves nothing behind: not a word of it in the database, a file, a log or a cookie."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.db.session import EXTENSION
from course.printing import pdf
from course.printing.paper import as_data
from course.printing.pdf import paper_html
from course.tools.papers import paper_of
from tests.factories import make_person
from tests.routes import rows
from tests.tools.filling import NUMBERS, filled, posted, tool, words_of

SignIn = Callable[[Person], FlaskClient]
WAYS = ("", "/print", "/word")


@pytest.fixture(autouse=True)
def scrubbed(engine: Engine) -> None:
    """What earlier tests wrote and deleted is gone from the file too, and from its journal."""
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("VACUUM")
            assert cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        finally:
            connection.close()


@pytest.fixture
def reader(session: Session, client_for: SignIn) -> FlaskClient:
    return client_for(make_person(session, "Ida Prøve"))


@pytest.fixture
def writable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder for passing files; a child process inherits it."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def files_of(app: Flask, engine: Engine, writable: Path) -> Iterator[Path]:
    """Every file that the server may have written: the database with its journal, the instance, passing files."""
    places = [app.extensions["settings"].instance, writable]
    if engine.url.database and engine.dialect.name == "sqlite":
        yield from Path(engine.url.database).parent.glob("*")
    for place in places:
        yield from (file for file in place.rglob("*") if file.is_file())


def found_in(data: bytes, words: set[str]) -> list[str]:
    return sorted(word for word in words if word.encode() in data)


def assert_nothing_left(
    app: Flask, engine: Engine, writable: Path, log: pytest.LogCaptureFixture, client: FlaskClient, words: set[str]
) -> None:
    """Nowhere is any of the words."""
    assert len(words) > 3
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA wal_checkpoint(PASSIVE)"))
    assert found_in(repr(rows(engine)).encode(), words) == []
    for file in files_of(app, engine, writable):
        if file.is_file():
            assert found_in(file.read_bytes(), words) == [], file
    assert found_in(log.text.encode(), words) == []
    with client.session_transaction() as held:
        assert found_in(repr(dict(held)).encode(), words) == []


def test_the_search_finds_what_is_stored(
    app: Flask, engine: Engine, session: Session, client_for: SignIn, writable: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The proof below would fail if something were stored: a word in a name is found in rows and in the file."""
    client = client_for(make_person(session, "zqfundet Holm"))
    words = {"zqfundet", "zqa", "zqb", "zqc"}
    with pytest.raises(AssertionError):
        assert_nothing_left(app, engine, writable, caplog, client, words)
    if engine.dialect.name == "sqlite":
        assert any(found_in(file.read_bytes(), words) for file in files_of(app, engine, writable))


@pytest.mark.parametrize("nr", NUMBERS)
def test_nothing_of_it_reaches_the_disk(
    app: Flask, engine: Engine, reader: FlaskClient, writable: Path, caplog: pytest.LogCaptureFixture, nr: int
) -> None:
    caplog.set_level(logging.DEBUG)
    one = tool(nr)
    data = filled(one)
    before = rows(engine)
    for way in WAYS:
        answer = reader.post(f"/tools/{nr}{way}", data=posted(one, data))
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert "Location" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
    assert rows(engine) == before
    assert_nothing_left(app, engine, writable, caplog, reader, set(words_of(data)))


WATCHED = """
import resource, runpy, sys
def watch(event, given):
    if event == "open" and isinstance(given[2], int) and given[2] & 3:  # opened for writing
        print("WRITES", given[0], file=sys.stderr)
    elif event in ("os.mkdir", "os.rename", "os.link", "os.symlink", "socket.connect", "subprocess.Popen", "os.exec"):
        print("DOES", event, given[0], file=sys.stderr)
sys.addaudithook(watch)
runpy.run_module(sys.argv[1], run_name="__main__")
print("CORE", resource.getrlimit(resource.RLIMIT_CORE), file=sys.stderr)
"""
"""Runs a child of the printing room and says what it opens for writing, makes, moves, starts or connects to."""


LIBRARIES = ("DOES subprocess.Popen /sbin/ldconfig", "DOES subprocess.Popen ld", "WRITES /dev/null")
"""How Python looks for Pango before it has read anything."""


@pytest.mark.one_database
@pytest.mark.parametrize("nr", [3, 9, 10, 12])
@pytest.mark.parametrize("module", ["course.printing.child", "course.printing.word_child"])
def test_the_child_that_makes_a_document_writes_nothing_but_its_letters(
    app: Flask, tmp_path: Path, module: str, nr: int
) -> None:
    """Not even for a moment: what it opens for writing are the packaged fonts, in a folder that goes with it."""
    data = filled(tool(nr))
    made = paper_of(tool(nr), data)
    with app.test_request_context():
        posted = paper_html(made) if module.endswith(".child") else json.dumps(as_data(made))
    home = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "PATH": "/none"}
    ran = subprocess.run(
        [sys.executable, "-c", WATCHED, module],
        input=posted.encode(), capture_output=True, check=True, env={**os.environ, **home}, cwd=tmp_path,
    )  # fmt: skip
    assert len(ran.stdout) > 5_000
    said = ran.stderr.decode().splitlines()
    assert said.pop() == "CORE (0, 0)", "killed, it would leave a picture of its memory"
    fonts = [line for line in said if line.startswith(f"WRITES {tmp_path}/weasyprint-")]
    folders = [line for line in said if line.startswith(f"DOES os.mkdir {tmp_path}/weasyprint-")]
    tried = [line for line in said if re.fullmatch(rf"WRITES {tmp_path}/[a-z0-9_]{{8}}", line)]
    assert len(tried) <= 1, "Python tries once whether it may write in a folder for passing files"
    assert [line for line in said if line not in {*fonts, *folders, *tried, *LIBRARIES}] == []
    assert bool(fonts) == module.endswith(".child")
    assert found_in(ran.stderr, set(words_of(data))) == []
    for file in tmp_path.rglob("*"):
        assert file.is_dir() or found_in(file.read_bytes(), set(words_of(data))) == [], file


@pytest.mark.parametrize("way", ["/print", "/word"])
def test_a_child_that_fails_says_nothing_of_what_it_was_given(
    app: Flask,
    engine: Engine,
    reader: FlaskClient,
    writable: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    way: str,
) -> None:
    """What it writes on its way down (a trace with the text in it) is taken by nobody."""
    loud = writable / "loud"
    loud.write_text("#!/bin/sh\ncat >&2\nexit 1\n")
    loud.chmod(0o755)
    monkeypatch.setattr(pdf.sys, "executable", str(loud))
    caplog.set_level(logging.DEBUG)
    data = filled(tool(6))
    assert reader.post(f"/tools/6{way}", data=posted(tool(6), data)).status_code == 503
    said = capfd.readouterr()
    assert found_in((said.out + said.err).encode(), set(words_of(data))) == []
    assert_nothing_left(app, engine, writable, caplog, reader, set(words_of(data)))


def test_nothing_of_it_reaches_the_disk_when_something_is_wrong_with_it(
    app: Flask, engine: Engine, reader: FlaskClient, writable: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    data = filled(tool(13))
    sent = posted(tool(13), data) | {"by": "zqikkedato", "measure": "zqmeget " * 9_000}
    for way in WAYS:
        assert reader.post(f"/tools/13{way}", data=sent).status_code == 422
    words = set(words_of(data)) | {"zqmeget", "zqikkedato"}
    assert_nothing_left(app, engine, writable, caplog, reader, words)


def test_nothing_of_it_reaches_the_disk_when_no_document_can_be_made(
    app: Flask,
    engine: Engine,
    reader: FlaskClient,
    writable: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(pdf.sys, "executable", "/bin/false")
    data = filled(tool(6))
    for way in WAYS[1:]:
        assert reader.post(f"/tools/6{way}", data=posted(tool(6), data)).status_code == 503
    assert_nothing_left(app, engine, writable, caplog, reader, set(words_of(data)))


@pytest.mark.parametrize("signed_out", [True, False])
def test_nothing_of_it_reaches_the_disk_when_the_sign_in_or_the_form_is_too_old(
    app: Flask,
    engine: Engine,
    reader: FlaskClient,
    writable: Path,
    caplog: pytest.LogCaptureFixture,
    signed_out: bool,
) -> None:
    """The words travel in the pages through sign-in, as everything does; they do not travel in files or rows."""
    caplog.set_level(logging.DEBUG)
    data = filled(tool(3))
    if signed_out:
        reader.post("/sign-out")
    answer = reader.post("/tools/3/print", data=posted(tool(3), data), **({} if signed_out else {"csrf": False}))
    assert answer.status_code in {400, 401}
    assert_nothing_left(app, engine, writable, caplog, reader, set(words_of(data)))


def test_no_page_of_a_tool_puts_words_in_an_address(reader: FlaskClient) -> None:
    page = reader.get("/tools/12").get_data(as_text=True)
    assert page.count('method="get"') == 0
    assert 'id="tool-form"' in page
    assert 'autocomplete="off"' in page


def test_no_script_of_a_tool_keeps_anything() -> None:
    scripts = [file.read_text("utf-8") for file in (Path(pdf.__file__).parent.parent / "tools/static").glob("*.js")]
    assert len(scripts) == 2
    script = "\n".join(scripts)
    for word in ("localStorage", "sessionStorage", "indexedDB", "caches", "document.cookie", "sendBeacon", "history."):
        assert word not in script


def test_the_room_of_the_tools_has_no_way_to_write(app: Flask) -> None:
    """Neither a model nor the write transaction is known in it. One file reads what a participant wrote in a work."""
    for file in (Path(pdf.__file__).parent.parent / "tools").glob("*.py"):
        source = file.read_text("utf-8")
        assert "writing(" not in source, file
        assert ("models" in source) is (file.name == "own_works.py"), file
        assert "session.add" not in source, file
        assert "flash(" not in source, file
    assert app.extensions[EXTENSION]
