"""What is measured: participants who are in the middle of the course, and the pages they see."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from course import tables
from course.accounts.passwords import hash_password
from course.db.engine import WRITE, make_engine
from course.db.session import new_session
from course.runs.rules import Role
from tests.drill import world
from tests.drill.server import Server
from tests.drill.web import Browser
from tests.drill.world import PASSWORD, World
from tests.factories import make_member, make_person, make_work

LANES = 8
# The kinds of page that the promise names, and an exercise.
PAGES = {
    "Min vej": "/runs/{run}/path",
    "module page": "/runs/{run}/modules/gp-04/kommer-og-gaar",
    "case, one step": "/runs/{run}/activities/gp-05.case/good/steps/events",
    "case, overview": "/runs/{run}/activities/gp-05.case/bad",
    "analysis, one step": "/runs/{run}/activities/gp-05.analysis/main/steps/describe",
    "exercise": "/runs/{run}/exercises/gp-04.myths",
}
STAFF_PAGES = {"cockpit": "/runs/{run}", "inbox": "/runs/{run}/reviews"}


def build(database_url: str, *, runs: int, participants: int) -> list[World]:
    """Runs of a cluster each: everybody has sent the bad case and begun the good one and the analysis."""
    engine = make_engine(database_url)
    tables.upgrade(engine)
    password_hash, now = hash_password(PASSWORD), datetime.now(UTC)
    worlds = []
    for _ in range(runs):
        with new_session(engine) as session:
            session.connection(execution_options={WRITE: True})
            worlds.append(add_run(session, participants, password_hash, now))
            session.commit()
    engine.dispose()
    return worlds


def add_run(session: Session, participants: int, password_hash: str, now: datetime) -> World:
    organiser = make_person(session, "Olga Organiser", password_hash=password_hash, may_create_runs=True)
    run = world.open_run(session, organiser, now)
    people = [make_person(session, f"Læge {n}", password_hash=password_hash) for n in range(participants)]
    for person in people:
        member = make_member(session, run, person, Role.PARTICIPANT, now=now)
        make_work(session, member, slot="bad", state="submitted", now=now)
        make_work(session, member, slot="good", now=now)
    return World(run.id, organiser.email, tuple(person.email for person in people))


def start(folder: Path, name: str, database_url: str) -> Server:
    """The product's own server on a database."""
    instance = folder / name
    instance.mkdir()
    server = Server(instance, database_url)
    server.start()
    return server


def browsers(server: Server, people: World) -> list[Browser]:
    """Eight participants, signed in."""
    return [signed_in(server, email) for email in people.participants[:LANES]]


def signed_in(server: Server, email: str) -> Browser:
    browser = Browser(server.port)
    browser.sign_in(email, PASSWORD)
    return browser
