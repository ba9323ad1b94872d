"""A run with an organiser, two facilitators and two authors, on Monday 2 November 2026."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.accounts.rules import Actor
from course.runs.models import Membership, Run
from course.runs.rules import Role
from course.work.checking import amber_words
from course.work.models import Work
from tests.factories import NOW, actor_of, form_of, make_member, make_person, make_run, make_work


@dataclass
class Room:
    """Who is in the run. The actors are the people under the same name."""

    session: Session
    run: Run
    organiser: Person
    mette: Person
    jens: Person
    anna: Membership
    bo: Membership

    def actor(self, name: str) -> Actor:
        found = getattr(self, name)
        return actor_of(found.person if isinstance(found, Membership) else found)

    def look_again(self) -> None:
        """Forget what was read, so that the next look shows what the pages have done."""
        self.session.rollback()
        self.session.expire_all()

    def sent(self, by: str = "anna", slot: str = "bad", data: dict[str, Any] | None = None) -> Work:
        """A work that waits for a reviewer; its author has confirmed every amber word."""
        words = amber_words(form_of("gp-05.case"), data or {})
        return make_work(
            self.session, getattr(self, by), slot=slot, data=data, state="submitted",
            confirmed=[word.word for word in words],
        )  # fmt: skip


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The clock of the test; ``clock.move_to`` moves it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def room(session: Session) -> Room:
    """The run and its people."""
    organiser = make_person(session, "Olga Organiser", may_create_runs=True)
    run = make_run(session, organiser)
    mette, jens = make_person(session, "Mette Maj"), make_person(session, "Jens Juul")
    for person in (mette, jens):
        make_member(session, run, person, Role.FACILITATOR)
    anna = make_member(session, run, make_person(session, "Anna Ahl"))
    bo = make_member(session, run, make_person(session, "Bo Bek"))
    return Room(session, run, organiser, mette, jens, anna, bo)
