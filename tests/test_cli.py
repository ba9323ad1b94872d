"""Every command of ``course``, really run."""

from __future__ import annotations

import gc
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from click.testing import CliRunner, Result

from course.cli import main
from tests.conftest import SECRET

ROOT = Path(__file__).parent.parent
PASSWORD = "cykel lampe skov onsdag"
PATIENCE = 90
"""Seconds to wait for a server on a machine that does other things too."""


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An instance of its own, and the settings that lead to it."""
    for name in [name for name in os.environ if name.startswith("COURSE_") and not name.startswith("COURSE_TEST_")]:
        monkeypatch.delenv(name)
    (tmp_path / "instance").mkdir()
    monkeypatch.setenv("COURSE_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("COURSE_SECRET_KEY", SECRET)
    monkeypatch.setenv("COURSE_CONTENT_ROOT", str(ROOT))
    return tmp_path / "instance"


def course(*arguments: str, typed: str | None = None) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, list(arguments), input=typed, catch_exceptions=False)


@contextmanager
def serving(*arguments: str, cwd: Path) -> Iterator[str]:
    """A command that serves until it is told to stop; its address, as it says it. It must stop well and at once."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COURSE_")}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "course", *arguments],
        cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        # A shell that runs the tests in its background has them ignore it, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    lines: Queue[str | None] = Queue()
    told: list[str] = []
    assert process.stdout is not None
    output = process.stdout

    def read() -> None:
        for line in output:
            told.append(line)
            lines.put(line)
        lines.put(None)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield address_in(lines, told)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0, "".join(told)
        reader.join(10)
        # A server stopped in the middle of an answer says SystemExit; any other failure is one.
        assert not re.search(r"^\w*(Error|Exception)\b", "".join(told), re.MULTILINE), "".join(told)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        reader.join(10)
        output.close()


def address_in(lines: Queue[str | None], told: list[str]) -> str:
    """Wait for the line that says where the server is."""
    while (line := lines.get(timeout=PATIENCE)) is not None:
        found = re.search(r"(?:klar|Forhåndsvisning).*?(http://127\.0\.0\.1:\d+)", line)
        if found:
            return found[1]
    raise AssertionError("".join(told))


def read(url: str) -> tuple[int, str]:
    """What an address answers."""
    try:
        with urlopen(url, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_help_names_every_command() -> None:
    result = course("--help")
    assert result.exit_code == 0
    for name in ("anonymise", "check", "coverage", "demo", "preview", "run", "serve", "upgrade", "user", "worker"):
        assert re.search(rf"^  {name} ", result.output, re.MULTILINE), name
        assert course(name, "--help").exit_code == 0


def test_check_is_content_with_the_project() -> None:
    result = course("check", str(ROOT))
    assert (result.exit_code, result.output.count(".md:")) == (0, 0), result.output


def test_check_names_every_fault() -> None:
    broken = ROOT / "tests" / "brokencourse"
    result = course("check", str(broken))
    assert result.exit_code == 1
    faults = [line for line in result.output.splitlines() if re.match(r"\S+:\d+: \S", line)]
    assert len(faults) > 20
    assert "Traceback" not in result.output


def test_check_of_nothing(tmp_path: Path) -> None:
    result = course("check", str(tmp_path / "ingenting"))
    assert result.exit_code != 0
    assert result.output.strip()
    assert "Traceback" not in result.output


def test_coverage_as_table_and_json() -> None:
    assert "gp.P" in course("coverage", str(ROOT)).output
    result = course("coverage", str(ROOT), "--json")
    assert json.loads(result.output)


def test_anonymise_gives_offsets_in_code_points() -> None:
    text = "😀 Hun har cpr 010190-1234 og bor på Møllevej 12."
    result = course("anonymise", typed=text)
    assert result.exit_code == 0
    found = json.loads(result.output)
    assert {"start", "end", "kind", "level", "text", "suggestion"} == set(found[0])
    assert all(text[f["start"] : f["end"]] == f["text"] for f in found)
    assert ("cpr", "010190-1234") in {(f["kind"], f["text"]) for f in found}


@pytest.mark.parametrize("typed", [b"", b"\xff\xfe\x00 tlf 20 30 40 50", "æøå".encode("latin-1"), b"a" * 100_000])
def test_anonymise_reads_anything(typed: bytes) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "course", "anonymise"],
        input=typed,
        capture_output=True,
        cwd=ROOT,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    assert isinstance(json.loads(done.stdout), list)


def test_upgrade_twice(instance: Path) -> None:
    for _ in range(2):
        assert course("upgrade").exit_code == 0
    assert (instance / "course.db").exists()


def test_people_and_runs(instance: Path) -> None:
    added = course("user", "add", "Olga@Example.test", "Olga Lund", "--organiser", "--password", PASSWORD)
    assert added.exit_code == 0, added.output
    assert "olga@example.test\tOlga Lund\tkan oprette hold" in course("user", "list").output
    made = course(
        "run", "add", "gp", "Åsbakken", "--organiser", "olga@example.test",
        "--session", "day1=2027-02-05@Medborgerhuset", "--session", "day2=2027-03-12",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    listed = course("run", "list").output
    assert "Åsbakken" in listed
    assert "fredag den 5. februar 2027 kl. 9.00" in listed


RUN = ("run", "add", "gp", "Navn", "--organiser", "ingen@example.test")


@pytest.mark.parametrize(
    "arguments",
    [
        ("user", "add", "ikke-en-adresse", "Navn", "--password", PASSWORD),
        ("user", "add", "anna@example.test", "Navn", "--password", "kort"),
        (*RUN, "--session", "day1=2027-02-05", "--session", "day2=2027-03-05"),
        ("run", "add", "xx", "Navn", "--organiser", "ingen@example.test", "--session", "day1=2027-02-05"),
        (*RUN, "--session", "day9=2027-02-05"),
        (*RUN, "--session", "day1=i morgen"),
    ],
    ids=["address", "password", "organiser", "course", "session", "date"],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_a_sentence(instance: Path, arguments: tuple[str, ...]) -> None:
    result = course(*arguments)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert result.output.strip().endswith((".", "!"))


def test_the_same_person_twice(instance: Path) -> None:
    arguments = ("user", "add", "anna@example.test", "Anna", "--password", PASSWORD)
    assert course(*arguments).exit_code == 0
    assert course(*arguments).exit_code == 1


def test_the_worker_sends_what_is_due_once(instance: Path) -> None:
    assert course("upgrade").exit_code == 0
    result = course("worker", "--once")
    assert result.exit_code == 0, result.output
    assert "0 sendt" in result.output


def test_a_weak_secret_stops_every_command_that_needs_one(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for secret in ("", "hemmelig", "changeme" * 8):
        monkeypatch.setenv("COURSE_SECRET_KEY", secret)
        for command in (("upgrade",), ("serve",), ("worker", "--once"), ("user", "list")):
            result = course(*command)
            assert result.exit_code == 2
            assert "COURSE_SECRET_KEY" in result.output
            assert gc.isenabled(), command


def test_the_demo_starts_answers_and_stops(tmp_path: Path) -> None:
    with serving("demo", "--port", "0", cwd=ROOT) as url:
        status, page = read(f"{url}/sign-in")
        assert status == 200
        assert "Log ind som Karen Østerhus" in page
        assert read(f"{url}/healthz") == (200, "ok")
        assert read(f"{url}/design")[0] == 404


def test_the_preview_starts_answers_and_stops(tmp_path: Path) -> None:
    for name in ("modules", "cases", "assessments"):
        shutil.copytree(ROOT / name, tmp_path / name)
    with serving("preview", str(tmp_path), "--port", "0", cwd=tmp_path) as url:
        status, page = read(f"{url}/")
        assert status == 200
        assert "Forhåndsvisning" in page


def test_serve_stops_with_a_sentence_without_a_secret(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COURSE_")}
    done = subprocess.run(
        [sys.executable, "-m", "course", "serve"], cwd=tmp_path, env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 2
    assert "COURSE_SECRET_KEY mangler" in done.stderr
    assert "Traceback" not in done.stderr
