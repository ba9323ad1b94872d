"""What the drill and the bench happen in: a run of the real course with people who can sign in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from course import tables
from course.accounts.models import Person
from course.accounts.passwords import hash_password
from course.db.engine import WRITE, make_engine
from course.db.session import new_session
from course.runs.models import Run
from course.runs.rules import Role
from tests.factories import make_member, make_person, make_run, make_work

PASSWORD = "en lang adgangskode til proeverne"


@dataclass(frozen=True, slots=True)
class World:
    """Where one run is, and who is in it. Everybody's password is PASSWORD."""

    run_id: int
    organiser: str
    participants: tuple[str, ...]


def build(database_url: str, participants: int) -> World:
    """A database with one run whose day 1 lies a month ahead, each participant with one case begun."""
    engine = make_engine(database_url)
    tables.upgrade(engine)
    with new_session(engine) as session:
        session.connection(execution_options={WRITE: True})
        world = add_run(session, participants, hash_password(PASSWORD), datetime.now(UTC))
        session.commit()
    engine.dispose()
    return world


def add_run(session: Session, participants: int, password_hash: str, now: datetime, cases: int = 1) -> World:
    """One more run with `participants` of its own, who have begun the bad case (and the good one)."""
    organiser = make_person(session, "Olga Organiser", password_hash=password_hash, may_create_runs=True)
    run = open_run(session, organiser, now)
    people = [make_person(session, f"Læge {n}", password_hash=password_hash) for n in range(participants)]
    for person in people:
        member = make_member(session, run, person, Role.PARTICIPANT, now=now)
        for slot in ("bad", "good")[:cases]:
            make_work(session, member, slot=slot, now=now)
    return World(run.id, organiser.email, tuple(person.email for person in people))


def open_run(session: Session, organiser: Person, now: datetime) -> Run:
    """A run that has opened, with day 1 in a month and day 2 a month after that."""
    morning = now.replace(hour=8, minute=0, second=0, microsecond=0)
    day1, day2 = morning + timedelta(days=30), morning + timedelta(days=60)
    return make_run(session, organiser, now=now - timedelta(days=2), day1=day1, day2=day2)
