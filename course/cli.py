"""The command `course`."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from course.config import Settings


def settings() -> Settings:
    """The settings of this process; stops with every fault in plain words when they cannot be used."""
    from course.config import Settings, SettingsError

    try:
        return Settings.load(os.environ, Path.cwd())
    except SettingsError as error:
        click.echo("Serveren kan ikke starte:", err=True)
        for fault in error.faults:
            click.echo(f"– {fault}", err=True)
        raise SystemExit(2) from None


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Vejen Frem Kursus: courses about keeping people with pain at work."""


@main.command()
def serve() -> None:
    """Serve the courses with the settings of the instance (gunicorn)."""
    gc.disable()  # what is imported is no garbage; the server begins to collect when all of it is
    try:
        _serve()
    finally:
        gc.enable()


def _serve() -> None:
    from course.maintenance.commands import open_after_forgetting
    from course.privacy.ledger import LedgerFault
    from course.serve import serve as run_server

    known = settings()
    try:
        open_after_forgetting(known, datetime.now(UTC), click.echo)
    except LedgerFault as error:
        raise click.ClickException(f"{error} Serveren åbner ikke, før det er rettet.") from None
    run_server(known)


@main.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
def demo(port: int) -> None:
    """Serve a throw-away instance with demo people and runs."""
    from course.demo.serve import serve as serve_demo

    serve_demo(port)


@main.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65535))
def preview(path: Path | None, port: int) -> None:
    """Read the content under PATH as a participant would, reloading when a file changes."""
    from course import preview as previewing

    previewing.serve(path, port)


@main.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
def check(path: Path | None) -> None:
    """Check the content under PATH; prints `path:line: message` for every fault."""
    from course.content.commands import check_command

    raise SystemExit(check_command(path))


@main.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def coverage(path: Path | None, as_json: bool) -> None:
    """Show which objectives are taught and assessed where, and what is missing."""
    from course.content.commands import coverage_command

    raise SystemExit(coverage_command(path, as_json))


@main.command()
@click.argument("talk_id", metavar="[ID]", required=False)
@click.option("--course", "course_id", help="Only the talks of this course.")
@click.option("--path", type=click.Path(path_type=Path), help="Where the content is, if not here.")
@click.option("--through", "form", flag_value="through", help="What a way shares with the one before is said once.")
@click.option("--short", "form", flag_value="short", help="Every scene once, and a line a way.")
def talks(talk_id: str | None, course_id: str | None, path: Path | None, form: str | None) -> None:
    """Print every way through the simulated talks, or through the one called ID, for clinical review."""
    from course.exercises.commands import talks_command

    raise SystemExit(talks_command(talk_id, course_id, path, form=form or "full"))


@main.command()
def anonymise() -> None:
    """Find personal data in the text on standard input; prints JSON."""
    from course.guard.anonymise import run as find

    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    raise SystemExit(find(sys.stdin, sys.stdout))


@main.command()
def upgrade() -> None:
    """Bring the database to the newest schema."""
    from course.db.engine import make_engine
    from course.tables import upgrade as upgrade_tables

    upgrade_tables(make_engine(settings().database_url))
    click.echo("Databasen er opdateret.")


@main.command()
@click.option("--once", is_flag=True, help="Send what is due now, then stop.")
def worker(once: bool) -> None:
    """Send the outbox, again and again."""
    from course.app import create_app
    from course.outbox import worker as outbox

    app = create_app(settings())
    if once:
        outbox.run_jobs(app, datetime.now(UTC))
        counts = outbox.run_once(app, datetime.now(UTC))
        click.echo(f"{counts.sent} sendt, {counts.failed} fejlet, {counts.dropped} udgået.")
    else:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        outbox.serve(app, stop)


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write a backup of everything to FILE, while people write."""
    from course.maintenance import commands

    raise SystemExit(commands.backup(settings(), datetime.now(UTC), file, click.echo))


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def restore(file: Path) -> None:
    """Put the backup in FILE back into an empty database."""
    from course.maintenance import commands

    raise SystemExit(commands.restore(settings(), datetime.now(UTC), file, click.echo))


@main.command()
def doctor() -> None:
    """Examine the installation; fails when something is wrong."""
    from course.maintenance import commands

    raise SystemExit(commands.doctor(settings(), datetime.now(UTC), click.echo))


@main.command()
@click.option("--dry-run", is_flag=True, help="Tell what would go, and change nothing.")
def purge(dry_run: bool) -> None:
    """Let go of everything whose retention is over."""
    from course.maintenance import commands

    raise SystemExit(commands.purge(settings(), datetime.now(UTC), dry_run, click.echo))


@main.command()
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask first.")
def erase(email: str, yes: bool) -> None:
    """Erase the person with the address EMAIL everywhere, and prove it."""
    from course.maintenance import commands

    if not yes:
        click.confirm(f"Slet {email} og alt, vedkommende har skrevet? Det kan ikke fortrydes.", abort=True)
    raise SystemExit(commands.erase(settings(), datetime.now(UTC), email, click.echo))


@main.group()
def user() -> None:
    """Create and list people without the web."""


@user.command("add")
@click.argument("email")
@click.argument("name")
@click.option("--organiser", is_flag=True, help="May create runs.")
@click.option("--administrator", is_flag=True, help="May administer the installation.")
@click.password_option(help="Asked for when not given.")
def add_user(email: str, name: str, organiser: bool, administrator: bool, password: str) -> None:
    """Create a person who can sign in at once."""
    from course.commands import add_person
    from course.db.errors import DomainError

    try:
        add_person(
            settings(), datetime.now(UTC), email, name, password, may_create_runs=organiser, administrator=administrator
        )
    except DomainError as error:
        raise click.ClickException(error.message) from None
    click.echo(f"{name} er oprettet.")


@user.command("list")
def list_users() -> None:
    """List everybody who can sign in."""
    from sqlalchemy import select

    from course.accounts.models import Person
    from course.commands import write

    with write(settings()) as session:
        for person in session.scalars(select(Person).where(Person.closed_at.is_(None)).order_by(Person.name)):
            marks = [word for on, word in ((person.is_administrator, "administrator"),
                                           (person.may_create_runs, "kan oprette hold")) if on]  # fmt: skip
            click.echo(f"{person.email}\t{person.name}\t{', '.join(marks)}")


@main.group()
def run() -> None:
    """Create and list runs without the web."""


@run.command("list")
def list_runs() -> None:
    """List the runs with their first day."""
    from sqlalchemy import select

    from course.commands import write
    from course.runs.models import Run
    from course.web.danish import long_date

    with write(settings()) as session:
        for found in session.scalars(select(Run).order_by(Run.id)):
            first = long_date(found.sessions[0].starts_at) if found.sessions else ""
            click.echo(f"{found.id}\t{found.course_id}\t{found.name}\t{first}")


@run.command("add")
@click.argument("course_id")
@click.argument("name")
@click.option("--organiser", required=True, help="Address of the person who shall organise it.")
@click.option("--session", "sessions", multiple=True, required=True, metavar="KEY=YYYY-MM-DD[@PLACE]",
              help="Date and place of each session; the hours are the course's.")  # fmt: skip
@click.option("--cluster", default="")
def add_run(course_id: str, name: str, organiser: str, sessions: tuple[str, ...], cluster: str) -> None:
    """Create a run of COURSE_ID, for example: run add gp "Åsbakken" --organiser a@b.dk --session day1=2027-02-05."""
    from course.commands import create_run
    from course.db.errors import DomainError

    try:
        made = create_run(settings(), datetime.now(UTC), course_id, name, organiser, sessions, cluster)
    except DomainError as error:
        raise click.ClickException(error.message) from None
    click.echo(f"Hold {made} er oprettet.")
