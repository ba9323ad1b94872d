"""A run with a participant and an organiser, and what a test does with their works."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.accounts.rules import Actor
from course.content.catalogue import Activity, Form
from course.runs.models import Membership, Run
from course.runs.rules import Gate
from course.work import checking
from course.work import service as spine
from course.work.models import Submission, Work
from course.work.service import Saved
from course.work.standing import standing
from tests.factories import NOW, actor_of, case_data, course, form_of, make_member, make_person, make_run


@dataclass
class Author:
    """A participant at work on one slot, as the pages would do it."""

    session: Session
    run: Run
    member: Membership
    activity_id: str = "gp-05.case"
    slot: str = "bad"
    now: datetime = field(default=NOW)

    @property
    def activity(self) -> Activity:
        return course().activities[self.activity_id]

    @property
    def form(self) -> Form:
        return form_of(self.activity_id)

    @property
    def actor(self) -> Actor:
        return actor_of(self.member.person)

    def gate(self) -> Gate:
        return standing(self.session, self.run, self.member).gate(self.activity, self.now, slot=self.slot)

    def open(self) -> Work:
        return spine.open_work(
            self.session, actor=self.actor, now=self.now, membership=self.member, activity=self.activity,
            slot=self.slot, gate=self.gate(),
        )  # fmt: skip

    def save(
        self, data: dict[str, Any], *, base_no: int, save_id: str = "", confirmed: list[str] | None = None
    ) -> Saved:
        return spine.save(
            self.session, actor=self.actor, now=self.now, work=self.open(), form=self.form, gate=self.gate(),
            content=checking.check_data(self.form, data), base_no=base_no, save_id=save_id or str(uuid4()),
            confirmed=confirmed,
        )  # fmt: skip

    def submit(self, *, no: int, key: str = "", checked: range | None = None) -> Submission:
        return spine.submit(
            self.session, actor=self.actor, now=self.now, work=self.open(), form=self.form, gate=self.gate(),
            revision_no=no, submit_key=key or str(uuid4()),
            checked=range(len(self.form.self_check)) if checked is None else checked,
        )  # fmt: skip

    def withdraw(self) -> None:
        spine.withdraw(self.session, actor=self.actor, now=self.now, work=self.open(), gate=self.gate())

    def submitted(self) -> Work:
        """A case that is handed in."""
        saved = self.save(case_data(), base_no=0)
        self.submit(no=saved.no)
        return saved.work

    def wait(self, **span: int) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def organiser(session: Session) -> Person:
    """The run's organiser."""
    return make_person(session, "Olga Organiser", may_create_runs=True)


@pytest.fixture
def run(session: Session, organiser: Person) -> Run:
    """A run before its first day; cases are due on 20 November at 23.59."""
    return make_run(session, organiser)


@pytest.fixture
def author(session: Session, run: Run) -> Author:
    """Somebody who writes in the run."""
    return Author(session, run, make_member(session, run))
