"""The pages of a work stand at one moment: Monday 2 November 2026, well before the deadline."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.runs.models import Membership, Run
from course.work.models import Revision, Work
from tests.factories import NOW, make_member, make_person, make_run, make_work


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The clock of the test; ``clock.move_to`` moves it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@dataclass
class Desk:
    """A participant, their browser, and the run they write in."""

    session: Session
    run: Run
    organiser: Person
    member: Membership
    client_for: Callable[[Person], FlaskClient]

    def __post_init__(self) -> None:
        self.client = self.client_for(self.member.person)

    def url(self, activity_id: str = "gp-05.case", slot: str = "bad", page: str = "") -> str:
        """The address of a page of a work."""
        return f"/runs/{self.run.id}/activities/{activity_id}/{slot}{'/' if page else ''}{page}"

    def step(self, step_id: str = "events", activity_id: str = "gp-05.case", slot: str = "bad") -> str:
        """The address of a step."""
        return self.url(activity_id, slot, f"steps/{step_id}")

    def work(self, **values: Any) -> Work:
        """A work in the state a test wants, seen by the browser too."""
        made = make_work(self.session, self.member, judge=self.organiser, **values)
        self.session.commit()
        return made

    def works(self) -> list[Work]:
        """The works as they stand in the database now."""
        self.session.rollback()
        self.session.expire_all()
        return list(self.session.scalars(select(Work).order_by(Work.id)))

    def data(self) -> list[dict[str, Any] | None]:
        """The texts of every revision."""
        self.session.rollback()
        self.session.expire_all()
        return list(self.session.scalars(select(Revision.data).order_by(Revision.work_id, Revision.no)))

    def move(self, to: datetime, clock: time_machine.Traveller) -> None:
        """Let time pass; the sign-in is kept by signing in again."""
        clock.move_to(to)
        self.client = self.client_for(self.member.person)


@pytest.fixture
def desk(session: Session, client_for: Callable[[Person], FlaskClient]) -> Desk:
    """A participant at the desk."""
    organiser = make_person(session, "Olga Organiser", may_create_runs=True)
    run = make_run(session, organiser)
    return Desk(session, run, organiser, make_member(session, run, make_person(session, "Karen Holm")), client_for)
