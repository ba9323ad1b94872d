"""Fill an empty instance with the demo's people, runs and works, through the operations the pages use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from flask import Flask
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.accounts.passwords import hash_password
from course.accounts.rules import Actor
from course.content.catalogue import Course, Kind
from course.db.session import new_session, writing
from course.learning.service import entries, mark_read
from course.runs import invitation_rows, invitations
from course.runs.models import Membership, Run
from course.runs.rules import COPENHAGEN, Role, local_instant
from course.runs.service import Meeting, add_member, create_run, name_clinician
from course.work.standing import standing

from .works import Writer

TEXTS = Path(__file__).parent / "texts" / "cases.yaml"
PASSWORD = "demo-klynge-aasbakken"
DAYS_TO_DAY1, DAYS_BETWEEN = 20, 35
ROLES = {
    "organiser": "kursusarrangør",
    "facilitator": "underviser",
    "participant": "praktiserende læge på holdet",
}


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One line of the demo's sign-in page."""

    name: str
    email: str
    password: str
    what: str


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a GP of the demo has come. ``good`` and ``bad`` name the state of the case."""

    reads: int
    form: bool
    good: str
    bad: str


STAGES = {
    "karen.oesterhus@demo.example": Stage(99, True, "released", "released"),
    "jonas.fredskilde@demo.example": Stage(99, True, "accepted", "submitted"),
    "samira.haddad@demo.example": Stage(99, True, "accepted", "released"),
    "poul.erik.tranholm@demo.example": Stage(3, True, "submitted", "returned"),
    "anne-sofie.rugaard@demo.example": Stage(99, False, "submitted", "released"),
    "lasse.moerkeby@demo.example": Stage(2, False, "draft", "returned"),
    "dorte.hvidkjaer@demo.example": Stage(4, True, "draft", "submitted"),
    "nikolaj.birkemose@demo.example": Stage(1, False, "none", "resubmitted"),
}
"""Eight GPs at eight points; in the second run nobody has begun."""


def build(app: Flask, now: datetime) -> tuple[DemoAccount, ...]:
    """Build the demo; its dates lie around ``now``. Returns the accounts for the sign-in page."""
    texts: dict[str, Any] = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    password_hash = hash_password(PASSWORD)
    with (
        app.test_request_context(),
        new_session(app.extensions["course-database"]) as session,
        writing(session),
    ):
        people = {p["email"]: _person(session, p, password_hash, now - timedelta(days=40)) for p in texts["people"]}
        course: Course = app.extensions["catalogue"].courses["gp"]
        builder = Builder(session, app, course, texts, people, now)
        builder.first_run()
        builder.second_run()
    return tuple(
        DemoAccount(p["name"], p["email"], PASSWORD, f"{ROLES[p['role']]}, {p['clinic']}") for p in texts["people"]
    )


def _person(session: Session, given: dict[str, Any], password_hash: str, now: datetime) -> Person:
    person = Person(
        email=given["email"], name=given["name"], title=given["title"], password_hash=password_hash, created_at=now,
        may_create_runs=given["role"] == "organiser",
    )  # fmt: skip
    session.add(person)
    session.flush()
    return person


def actor_of(person: Person) -> Actor:
    """A person of the demo as the one who acts."""
    return Actor(person.id, person.name, person.email, may_create_runs=person.may_create_runs)


@dataclass(slots=True)
class Builder:
    """Builds the two runs."""

    session: Session
    app: Flask
    course: Course
    texts: dict[str, Any]
    people: dict[str, Person]
    now: datetime

    def _of_role(self, role: str) -> list[dict[str, Any]]:
        return [p for p in self.texts["people"] if p["role"] == role]

    @property
    def organiser(self) -> Person:
        """The demo's only organiser."""
        return self.people[self._of_role("organiser")[0]["email"]]

    def _run(self, name: str, day1: date, begun: timedelta, opens_at: datetime | None = None) -> Run:
        meetings = {}
        for key, day in zip(self.course.sessions, (day1, weekday(day1 + timedelta(days=DAYS_BETWEEN))), strict=True):
            meetings[key] = Meeting(
                local_instant(day, time(9)), local_instant(day, time(16, 15)), "Kursusgården Åsbakken, sal 2"
            )
        run = create_run(
            self.session, actor=actor_of(self.organiser), now=self.now - begun, course=self.course,
            packed=self.app.extensions["packed"]["gp"], name=name, cluster=self.texts["cluster"], meetings=meetings,
            opens_at=opens_at,
        )  # fmt: skip
        for given in self._of_role("facilitator"):
            self._join(run, given, Role.FACILITATOR, self.now - begun)
        clinician = self.people[self._of_role("facilitator")[0]["email"]]
        name_clinician(
            self.session,
            actor=actor_of(self.organiser),
            now=self.now - begun,
            run=run,
            person_id=clinician.id,
        )
        return run

    def _join(self, run: Run, given: dict[str, Any], role: Role, at: datetime) -> Membership:
        person = self.people[given["email"]]
        member = add_member(
            self.session, actor=actor_of(self.organiser), now=at, run=run, person_id=person.id, role=role,
            clinic=given["clinic"], is_trainee=given["trainee"],
        )  # fmt: skip
        member.person, member.run = person, run
        return member

    def first_run(self) -> None:
        """A run three weeks before day 1, its cases at every point between empty and released."""
        today = self.now.astimezone(COPENHAGEN).date()
        run = self._run("Åsbakken: første hold", weekday(today + timedelta(days=DAYS_TO_DAY1)), timedelta(days=30))
        writer = Writer(self.session, run, self.course, self.texts, self.people, self.now)
        for given in self._of_role("participant"):
            member = self._join(run, given, Role.PARTICIPANT, self.now - timedelta(days=21))
            self._learn(member, STAGES[given["email"]], writer)
        writer.share_out()

    def _learn(self, member: Membership, stage: Stage, writer: Writer) -> None:
        at = self.now - timedelta(days=12)
        stands = standing(self.session, member.run, member)
        readings = [e for e in entries(stands, at) if e.activity.kind is Kind.READ]
        for entry in readings[: stage.reads]:
            mark_read(
                self.session, actor=actor_of(member.person), now=at, membership=member, activity=entry.activity,
                gate=entry.gate,
            )  # fmt: skip
        if stage.form:
            writer.confidence(member, at)
        writer.case(member, "good", stage.good)
        writer.case(member, "bad", stage.bad)
        writer.analysis(member)

    def second_run(self) -> None:
        """A run in spring, not yet begun: invitations are out, and one of them has run out."""
        today = self.now.astimezone(COPENHAGEN).date()
        day1 = weekday(today + timedelta(days=110))
        run = self._run(
            "Åsbakken: forårshold",
            day1,
            timedelta(days=25),
            local_instant(day1 - timedelta(days=42), time(8)),
        )
        rows = invitation_rows.read_pasted(
            "Ida Kragelund <ida.kragelund@demo.example>\nMads Thorup Lind <mads.lind@demo.example>"
        )
        old = invitation_rows.read_pasted("Vibeke Skovsende <vibeke.skovsende@demo.example>")
        for found, days in ((old, 24), (rows, 2)):
            invitations.invite(
                self.session, actor=actor_of(self.organiser), now=self.now - timedelta(days=days), run=run,
                rows=found,
            )  # fmt: skip


def weekday(day: date) -> date:
    """The same day, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
