"""A PostgreSQL server of the tests' own: in a directory of its own, reached by socket only, gone afterwards.

Nothing of an installed cluster is touched, no port is opened, and nothing has to be configured.
"""

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

OWNER = "course"
# Written to be thrown away: no fsync, little memory, no TCP. The drill asks for a durable one.
SETTINGS = ("listen_addresses=", "max_connections=100", "shared_buffers=64MB", "timezone=UTC")
HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
MISSING = (
    "PostgreSQL is not installed, and every test runs on SQLite and PostgreSQL. "
    "Install it (Debian: apt-get install postgresql), "
    "or set COURSE_TEST_WITHOUT_POSTGRES=1 to skip these tests knowingly."
)

# Ends the server when the process that ran the tests is gone, however it went.
# The shell leaves it behind at once, so that nobody has to wait for it.
WATCH = '(while kill -0 "$1" 2>/dev/null; do sleep 1; done; shift; dir=$1; shift; "$@"; rm -rf "$dir") &'


def binaries() -> Path | None:
    """The folder of the newest installed PostgreSQL, or None."""
    versions = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if versions:
        return max(versions, key=lambda path: float(path.parent.name))
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def as_server_user() -> list[str]:
    """The words to put before a command, since PostgreSQL refuses to run as root."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] if os.geteuid() == 0 else []


def start(durable: bool = False) -> Path:
    """Start a server and answer with its directory, which is also where its socket lives."""
    bin_folder = binaries()
    if bin_folder is None:
        raise FileNotFoundError(MISSING)
    # A socket path may have 107 characters, and the server's user must be able to reach it: hence /tmp.
    home = Path(tempfile.mkdtemp(prefix="course-pg-", dir="/tmp"))
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(home, account.pw_uid, account.pw_gid)
    options = [*SETTINGS, f"unix_socket_directories={home}", *(() if durable else HASTE)]
    flags = [word for option in options for word in ("-c", option)]
    initdb = [
        "initdb",
        "-D",
        "data",
        "-U",
        OWNER,
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    ]
    run(home, str(bin_folder / initdb[0]), *initdb[1:])
    run(home, *pg_ctl(bin_folder), "-w", "-t", "120", "-l", "log", "-o", " ".join(flags), "start")
    return home


def pg_ctl(bin_folder: Path) -> list[str]:
    return [str(bin_folder / "pg_ctl"), "-D", "data", "-s"]


def run(home: Path, *command: str) -> None:
    done = subprocess.run(
        [*as_server_user(), *command],
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        log = home / "log"
        told = log.read_text("utf-8", "replace") if log.exists() else ""
        raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}{told}")


def stop(home: Path) -> None:
    bin_folder = binaries()
    if bin_folder is not None:
        run(home, *pg_ctl(bin_folder), "-m", "immediate", "-w", "stop")
    shutil.rmtree(home, ignore_errors=True)


def stop_with(pid: int, home: Path) -> None:
    """Leave a watch behind that stops the server once process `pid` is gone."""
    bin_folder = binaries()
    assert bin_folder is not None
    stopping = [*as_server_user(), *pg_ctl(bin_folder), "-m", "immediate", "-w", "stop"]
    subprocess.run(
        ["sh", "-c", WATCH, "watch", str(pid), str(home), *stopping],
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        check=True,
    )


def address(home: Path, database: str = "postgres") -> str:
    return f"postgresql+psycopg://{OWNER}@/{database}?host={home}"


def new_database(server: str, name: str) -> str:
    """Create the empty database `name` beside the one `server` points at (replacing an old one); its URL."""
    url = make_url(server)
    home = url.query["host"]
    with psycopg.connect(host=str(home), user=url.username, dbname="postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return url.set(database=name).render_as_string(hide_password=False)


@contextmanager
def postgres_server(durable: bool = False) -> Iterator[str]:
    """The URL of a server that lives as long as the block. `durable` keeps fsync on, as in production."""
    home = start(durable)
    try:
        yield address(home)
    finally:
        stop(home)


def server_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> str:
    """The URL of the one server of this test run; `new_database` makes a worker's own database on it.

    The body of a session fixture. The server is started by whichever worker comes first and stops
    itself within a second of the end of the run. Without PostgreSQL the test fails, unless
    COURSE_TEST_WITHOUT_POSTGRES=1 says that it may be skipped.
    """
    if binaries() is None:
        missing()
    alone = worker_id == "master"
    shared = tmp_path_factory.getbasetemp() if alone else tmp_path_factory.getbasetemp().parent
    with (shared / "postgres.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        home = lock.read()
        if not home:
            home = str(start())
            stop_with(os.getpid() if alone else os.getppid(), Path(home))
            lock.write(home)
    return address(Path(home))


def missing() -> None:
    if os.environ.get("COURSE_TEST_WITHOUT_POSTGRES") == "1":
        pytest.skip("PostgreSQL is not installed, and COURSE_TEST_WITHOUT_POSTGRES=1 was set")
    pytest.fail(MISSING, pytrace=False)
