"""Fill an empty instance with the demo's people, runs and works, through the operations the pages use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from flask import Flask
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.accounts.passwords import hash_password
from course.content.catalogue import Course, Kind
from course.db.session import new_session, writing
from course.learning.service import entries, mark_read
from course.runs import invitation_rows, invitations
from course.runs.models import Membership, Run
from course.runs.rules import COPENHAGEN, Role, local_instant
from course.runs.service import Meeting, add_member, change_member, create_run, name_clinician
from course.work.standing import standing

from . import amr, later
from .cohort import Cohort, Staff
from .dates import nearest_weekday, weekday
from .pen import actor_of
from .works import Writer

TEXTS = Path(__file__).parent / "texts"
PASSWORD = "demo-klynge-aasbakken"
DAYS_TO_DAY1, DAYS_BETWEEN = 20, 35
ROLES = {
    "organiser": "kursusarrangør",
    "facilitator": "underviser",
    "participant": "praktiserende læge på holdet",
}


FIRST, SPRING = "Åsbakken: første hold", "Åsbakken: forårshold"
LATER = {"between": "Åsbakken: vinterhold", "finished": "Åsbakken: efterårshold"}
STAFF_GROUP = "Arrangør og undervisere på alle hold"
GROUPS = {
    "staff": STAFF_GROUP,
    FIRST: f"{FIRST}, før kursusdag 1",
    "between": f"{LATER['between']}, mellem kursusdagene",
    "finished": f"{LATER['finished']}, afsluttet",
    **amr.NAMES,
}


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One line of the demo's sign-in page, under the heading ``group``."""

    name: str
    email: str
    password: str
    what: str
    group: str


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
    texts, later_texts, amr_texts = _texts("cases.yaml"), _texts("later.yaml"), _texts("amr.yaml")
    password_hash = hash_password(PASSWORD)
    with (
        app.test_request_context(),
        new_session(app.extensions["course-database"]) as session,
        writing(session),
    ):
        people = {
            given["email"]: _person(session, given, password_hash, now - timedelta(days=days))
            for given, days in [(p, 40) for p in texts["people"]]
            + [(p, 125) for p in later_texts["people"] + amr_texts["people"]]
        }
        course: Course = app.extensions["catalogue"].courses["gp"]
        builder = Builder(session, app, course, texts, later_texts, people, now)
        first = builder.first_run()
        builder.second_run()
        builder.later_runs(first)
        amr.build_runs(session, app, amr_texts, people, builder.organiser, now)
    order = list(GROUPS.values())
    accounts = _accounts(texts["people"], later_texts["people"] + amr_texts["people"])
    return tuple(sorted(accounts, key=lambda account: order.index(account.group)))


def _texts(name: str) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, in C where there is one
    return yaml.load((TEXTS / name).read_text(encoding="utf-8"), loader)  # noqa: S506


def _accounts(early: list[dict[str, Any]], later_people: list[dict[str, Any]]) -> Iterable[DemoAccount]:
    for given in early:
        group = GROUPS[FIRST] if given["role"] == "participant" else STAFF_GROUP
        what = f"{ROLES[given['role']]}, {given['clinic']}"
        yield DemoAccount(given["name"], given["email"], PASSWORD, what, group)
    for given in later_people:
        what = f"{given['what']}, {given['clinic']}"
        yield DemoAccount(given["name"], given["email"], PASSWORD, what, GROUPS[given["run"]])


def _person(session: Session, given: dict[str, Any], password_hash: str, now: datetime) -> Person:
    person = Person(
        email=given["email"], name=given["name"], title=given["title"], password_hash=password_hash, created_at=now,
        may_create_runs=given.get("role") == "organiser",
    )  # fmt: skip
    session.add(person)
    session.flush()
    return person


@dataclass(slots=True)
class Builder:
    """Builds the runs."""

    session: Session
    app: Flask
    course: Course
    texts: dict[str, Any]
    later_texts: dict[str, Any]
    people: dict[str, Person]
    now: datetime

    @property
    def today(self) -> date:
        """The Danish day it is."""
        return self.now.astimezone(COPENHAGEN).date()

    def _of_role(self, role: str) -> list[dict[str, Any]]:
        return [p for p in self.texts["people"] if p["role"] == role]

    @property
    def organiser(self) -> Person:
        """The demo's only organiser."""
        return self.people[self._of_role("organiser")[0]["email"]]

    @property
    def staff(self) -> Staff:
        """Who runs all runs."""
        doctor, physiotherapist = (self.people[given["email"]] for given in self._of_role("facilitator"))
        return Staff(actor_of(self.organiser), actor_of(doctor), actor_of(physiotherapist))

    def _run(
        self,
        name: str,
        days: tuple[date, date],
        created_at: datetime,
        opens_at: datetime | None = None,
        number: str = "",
    ) -> Run:
        meetings = {}
        for key, day in zip(self.course.sessions, days, strict=True):
            meetings[key] = Meeting(
                local_instant(day, time(9)), local_instant(day, time(16, 15)), "Kursusgården Åsbakken, sal 2"
            )
        run = create_run(
            self.session, actor=actor_of(self.organiser), now=created_at, course=self.course,
            packed=self.app.extensions["packed"]["gp"], name=name, cluster=self.texts["cluster"], meetings=meetings,
            opens_at=opens_at, organised_by="Kursusgården Åsbakken" if number else "", activity_number=number,
        )  # fmt: skip
        for given in self._of_role("facilitator"):
            self._join(run, given, Role.FACILITATOR, created_at)
        name_clinician(
            self.session, actor=actor_of(self.organiser), now=created_at, run=run,
            person_id=self.staff.doctor.person_id,
        )  # fmt: skip
        return run

    def _join(self, run: Run, given: dict[str, Any], role: Role, at: datetime) -> Membership:
        person = self.people[given["email"]]
        member = add_member(
            self.session, actor=actor_of(self.organiser), now=at, run=run, person_id=person.id, role=role,
            clinic=given["clinic"], is_trainee=given["trainee"],
        )  # fmt: skip
        member.person, member.run = person, run
        return member

    def first_run(self) -> Run:
        """A run three weeks before day 1, its cases at every point between empty and released."""
        day1 = weekday(self.today + timedelta(days=DAYS_TO_DAY1))
        days = (day1, weekday(day1 + timedelta(days=DAYS_BETWEEN)))
        run = self._run(FIRST, days, self.now - timedelta(days=30))
        writer = Writer(self.session, run, self.course, self.texts, self.people, self.now)
        for given in self._of_role("participant"):
            member = self._join(run, given, Role.PARTICIPANT, self.now - timedelta(days=21))
            self._learn(member, STAGES[given["email"]], writer)
        writer.share_out()
        return run

    def _learn(self, member: Membership, stage: Stage, writer: Writer) -> None:
        at = self.now - timedelta(days=12)
        stands = standing(self.session, member.run, member)
        readings = [e for e in entries(stands, at) if e.activity.kind is Kind.READ and e.gate.is_open]
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
        day1 = weekday(self.today + timedelta(days=110))
        days = (day1, weekday(day1 + timedelta(days=DAYS_BETWEEN)))
        opens_at = local_instant(day1 - timedelta(days=42), time(8))
        run = self._run(SPRING, days, self.now - timedelta(days=25), opens_at)
        rows = invitation_rows.read_pasted(
            "Ida Kragelund <ida.kragelund@demo.example>\nMads Thorup Lind <mads.lind@demo.example>"
        )
        old = invitation_rows.read_pasted("Vibeke Skovsende <vibeke.skovsende@demo.example>")
        for found, days in ((old, 24), (rows, 2)):
            invitations.invite(
                self.session, actor=actor_of(self.organiser), now=self.now - timedelta(days=days), run=run,
                rows=found,
            )  # fmt: skip

    def later_runs(self, first: Run) -> None:
        """A run between its days, and one that is finished; who missed a day took it, or takes it, with another."""
        between = self._cohort("between", -25, 8, "ÅSB-14")
        finished = self._cohort("finished", -59, -24, "ÅSB-11")
        later.between_the_days(between, first, self.now)
        later.finished(finished, between)

    def _cohort(self, name: str, day1: int, day2: int, number: str) -> Cohort:
        """One of the later runs with its members; its days are so many days from today, or the nearest working days."""
        days = tuple(nearest_weekday(self.today + timedelta(days=days)) for days in (day1, day2))
        created_at = local_instant(days[0] - timedelta(days=50), time(10))
        run = self._run(LATER[name], (days[0], days[1]), created_at, number=number)
        members: dict[str, Membership] = {}
        for given in self.later_texts["people"]:
            if given["run"] == name:
                who = given["email"].partition(".")[0]
                joined_at = created_at + timedelta(days=2 + len(members), minutes=17)
                members[who] = self._join(run, given, Role.PARTICIPANT, joined_at)
                if given["tutor"]:
                    self._name_tutor(members[who], members[given["tutor"]], joined_at)
        return Cohort(self.session, run, self.course, self.later_texts, members, self.staff)

    def _name_tutor(self, trainee: Membership, tutor: Membership, at: datetime) -> None:
        change_member(
            self.session, actor=actor_of(self.organiser), now=at, run=trainee.run, membership_id=trainee.id,
            clinic=trainee.clinic, is_trainee=True, tutor_id=tutor.id,
        )  # fmt: skip
