"""What the commands do to the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy.orm import Session

from course.accounts import service as accounts
from course.accounts.passwords import hash_password
from course.accounts.rules import normalise_email, normalise_password, password_fault
from course.config import Settings
from course.content import pinning
from course.content.catalogue import Course
from course.content.loader import load
from course.content.root import content_root
from course.db.engine import make_engine
from course.db.errors import DomainError
from course.db.session import new_session, writing
from course.runs import service as runs
from course.runs.rules import local_instant
from course.tables import upgrade


@contextmanager
def write(settings: Settings) -> Iterator[Session]:
    """A session in a write transaction on the database of these settings, at the newest schema."""
    engine = make_engine(settings.database_url)
    upgrade(engine)
    with new_session(engine) as session, writing(session):
        yield session
    engine.dispose()


def add_person(
    settings: Settings,
    now: datetime,
    email: str,
    name: str,
    password: str,
    *,
    may_create_runs: bool = False,
    administrator: bool = False,
) -> None:
    """Create a person who can sign in at once.

    Raises:
        DomainError: the address is none or taken, or the password is too easy to guess.
    """
    password = normalise_password(password)
    fault = password_fault(password, email=normalise_email(email), name=name)
    if fault:
        raise DomainError(fault, status=422)
    hashed = hash_password(password)
    with write(settings) as session:
        person = accounts.create_person(
            session, actor=None, now=now, email=normalise_email(email), name=name, password_hash=hashed
        )
        person.may_create_runs, person.is_administrator = may_create_runs, administrator


def create_run(
    settings: Settings,
    now: datetime,
    course_id: str,
    name: str,
    organiser: str,
    sessions: Iterable[str],
    cluster: str = "",
) -> int:
    """Create a run; each of ``sessions`` is ``key=YYYY-MM-DD[@place]``. Returns the run's id.

    Raises:
        DomainError: no such course or person, or the dates cannot be used.
    """
    root = content_root(settings.content_root)
    course = load(root).courses.get(course_id)
    if course is None:
        raise DomainError(f"Kurset »{course_id}« findes ikke.")
    meetings = {key: meeting for key, meeting in (read_meeting(course, text) for text in sessions)}
    with write(settings) as session:
        person = accounts.find_person(session, organiser)
        if person is None:
            raise DomainError(f"Der er ingen person med adressen {organiser}.")
        made = runs.create_run(
            session, actor=accounts.actor_of(person), now=now, course=course, packed=pinning.pack(root, course_id),
            name=name, cluster=cluster, meetings=meetings,
        )  # fmt: skip
        return made.id


def read_meeting(course: Course, text: str) -> tuple[str, runs.Meeting]:
    """Read ``key=YYYY-MM-DD[@place]``; the hours are those of the course."""
    key, _, rest = text.partition("=")
    day, _, place = rest.partition("@")
    planned = course.sessions.get(key)
    if planned is None:
        raise DomainError(f"Kurset har ingen kursusgang »{key}«. Det har: {', '.join(course.sessions)}.")
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise DomainError(f"»{day}« er ikke en dato. Skriv som 2027-02-05.") from None
    return key, runs.Meeting(local_instant(on, planned.starts), local_instant(on, planned.ends), place)
