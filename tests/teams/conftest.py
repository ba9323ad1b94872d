"""A run with a facilitator, an organiser and participants of several clinics, on the morning of day 1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.accounts.rules import Actor
from course.db.audit import AuditRow
from course.runs.models import Membership, Run, Team
from course.runs.rules import Role
from course.teams import reading, service
from course.work.models import Revision, Work
from tests.factories import DAY1, actor_of, course, make_member, make_person, make_run, make_work

MORNING = DAY1 + timedelta(hours=1)
SHEET = "gp-13.worksheet"
SignIn = Callable[[Person], FlaskClient]


@dataclass
class Hall:
    """Who is in the run. ``members`` are the participants, called Læge A, Læge B, …"""

    session: Session
    client_for: SignIn
    run: Run
    organiser: Person
    mette: Person
    members: list[Membership] = field(default_factory=list)
    now: datetime = MORNING

    def actor(self, person: Person | None = None) -> Actor:
        return actor_of(person or self.mette)

    def arrive(self, *clinics: str, cases: str = "") -> list[Membership]:
        """Participants of these clinics; ``cases`` names the slots that each has a released case for."""
        for clinic in clinics:
            member = make_member(
                self.session, self.run, make_person(self.session, f"Læge {chr(65 + len(self.members))}")
            )
            member.clinic = clinic
            self.members.append(member)
            for slot in cases.split():
                make_work(self.session, member, slot=slot, state="released", judge=self.organiser)
        self.session.flush()
        return self.members

    def seen(self) -> str:
        return reading.version(self.session, reading.teams(self.session, self.run.id, "day1"))

    def values(self, **values: Any) -> dict[str, Any]:
        """What every operation asks, the groups seen as they stand."""
        given = {
            "actor": self.actor(), "now": self.now, "run": self.run, "course": course(), "session_key": "day1",
            "seen": self.seen(),
        }  # fmt: skip
        return given | values

    def make(self, **values: Any) -> list[Team]:
        return service.make(self.session, **self.values(seed=0) | values)

    def groups(self) -> dict[int, tuple[int, ...]]:
        """The groups as they stand in the database now."""
        return reading.groups_of(reading.teams(self.session, self.run.id, "day1"))

    def fresh(self) -> None:
        """Forget what was read, so that the next look shows what the pages have done."""
        self.session.rollback()
        self.session.expire_all()

    def verbs(self) -> list[str]:
        found = self.session.scalars(select(AuditRow.verb).where(AuditRow.verb.like("team%")).order_by(AuditRow.id))
        return list(found)

    def url(self, tail: str = "") -> str:
        return f"/runs/{self.run.id}/sessions/day1/groups{tail}"

    def sheet_url(self, tail: str = "") -> str:
        return f"/runs/{self.run.id}/activities/{SHEET}/main{tail}"

    def step_url(self, step: str = "meaning", tail: str = "") -> str:
        return self.sheet_url(f"/steps/{step}{tail}")

    def sheets(self) -> list[Work]:
        self.fresh()
        return list(self.session.scalars(select(Work).where(Work.team_id.is_not(None)).order_by(Work.id)))

    def sheet_data(self) -> dict[str, Any]:
        """What stands in the newest revision of the newest sheet."""
        self.fresh()
        query = select(Revision.data).join(Work, Work.id == Revision.work_id).where(Work.team_id.is_not(None))
        return self.session.scalars(query.order_by(Work.id.desc(), Revision.no.desc())).first() or {}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock of the test: the morning of day 1."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def hall(session: Session, client_for: SignIn, clock: time_machine.Traveller) -> Hall:
    """The run and its staff; participants arrive as the test wants."""
    organiser = make_person(session, "Olga Organiser", may_create_runs=True)
    run = make_run(session, organiser)
    mette = make_person(session, "Mette Maj")
    make_member(session, run, mette, Role.FACILITATOR)
    return Hall(session, client_for, run, organiser, mette)
