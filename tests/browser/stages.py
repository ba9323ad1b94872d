"""A run of the course at its great moments, from the eve of day 1 to the certificates; and the clock that stands there.

The run is played once (``tests.wholerun``), and the rows are kept at each moment; a test asks for its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import time_machine
from flask import Flask
from sqlalchemy import select

from course.accounts import sign_ins
from course.accounts.models import Person
from course.accounts.passwords import hash_password
from course.certificates import service as certificates
from course.db.session import new_session, writing
from course.reviews import peers
from course.runs import attendance
from course.runs.attendance_reading import signature
from course.runs.attendance_rules import AttendanceState, Mark
from course.runs.models import Attendance, Membership, Run
from course.teams import reading as teams_reading
from course.teams import service as teams
from course.work import checking
from course.work import service as spine
from tests.browser.conftest import Site
from tests.browser.visit import Visit
from tests.factories import actor_of, course
from tests.routes import Rows, refill, rows
from tests.wholerun import DAY1, DAY2, OPENS, Play, answers, at

NAMES = ("anna", "bo", "carl", "dora", "erik", "fie")
MISSING = "fie"
"""Who is not there on day 1. Anna and Bo are of one clinic, and so are Carl and Dora, and Erik and Fie."""
PASSWORD = "cykel lampe skov onsdag"
HOMEWORK, WORDS = "gp-23.homework", "gp-23.peer"


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of the run: when it is, and what the database holds."""

    now: datetime
    rows: Rows


class Quick(Play):
    """Plays the run without its pages: the spine alone, for speed. The pages are what the tests walk."""

    def write(self, name: str, activity_id: str, slot: str = "main", **changes: Any) -> None:
        """Save the whole of a work and hand it in."""
        activity = self.course.activities[activity_id]
        assert activity.form is not None
        form = activity.form
        with self.session() as session, writing(session):
            member, stands = self.here(session, name)
            team_id = stands.team_id(activity.session) if activity.is_shared else None
            gate = stands.gate(activity, self.now, slot=slot)
            values: dict[str, Any] = {"actor": actor_of(member.person), "now": self.now, "gate": gate}
            work = spine.open_work(session, **values, membership=member, activity=activity, slot=slot, team_id=team_id)
            spine.save(
                session, **values, work=work, form=form, base_no=work.latest_no, save_id=str(uuid4()),
                content=checking.check_data(form, answers(form) | changes), confirmed=(),
            )  # fmt: skip
            spine.submit(
                session, **values, work=work, form=form, revision_no=work.latest_no, submit_key=str(uuid4()),
                checked=range(len(form.self_check)),
            )  # fmt: skip


class Staged(Site):
    """The running server, its run at a moment of choice."""

    def __init__(self, app: Flask, url: str) -> None:
        super().__init__(app, url, ())
        self.play = Quick(app, at(OPENS, 9))
        self.moments: dict[str, Moment] = {}
        self.clock: Any = None
        for name, bring in STAGES.items():
            bring(self.play)
            self.moments[name] = Moment(self.play.now, rows(self.engine))

    def put(self, name: str) -> None:
        """Put the run and the clock at a moment."""
        moment = self.moments[name]
        refill(self.engine, moment.rows)
        self.turn(moment.now)

    def turn(self, moment: datetime) -> None:
        """Turn the clock; it goes on from there."""
        assert self.clock is not None
        self.clock.move_to(moment)

    def cookie(self, name: str) -> str:
        """The cookie of a browser in which one of the run's people is signed in."""
        with new_session(self.engine) as session:
            token = sign_ins.begin(session, person_id=self.play.people[name], now=datetime.now(UTC))
            session.commit()
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        return str(serializer.dumps({"_user_id": token, "_fresh": True}))

    def sign_in_again(self, window: Visit, name: str) -> None:
        """A sign-in ends by itself when the clock is turned on by days: begin another in the same window."""
        window.page.context.add_cookies([{"name": "course", "value": self.cookie(name), "url": self.url}])

    def email(self, name: str) -> str:
        """The address of one of the run's people."""
        with new_session(self.engine) as session:
            return session.get_one(Person, self.play.people[name]).email

    def url_of(self, page: str = "") -> str:
        """An address of the run."""
        return f"/runs/{self.play.run_id}/{page}".rstrip("/")


@contextmanager
def clock_of(staged: Staged) -> Iterator[None]:
    """The clock of a test, for the server's threads too."""
    with time_machine.travel(OPENS, tick=True) as staged.clock:
        yield


# -- the stages --------------------------------------------------------------------------------------------------------


def eve(play: Play) -> None:
    """Two days before day 1: every case is released, and nobody is in a group."""
    play.begin(NAMES)
    with play.session() as session, writing(session):
        password = hash_password(PASSWORD)
        for person in session.scalars(select(Person)):
            person.password_hash = password
    play.now = at(DAY1 - timedelta(days=20), 10)
    for name in NAMES:
        play.write(name, "gp-02.confidence")
        for slot in ("good", "bad"):
            play.write(name, "gp-05.case", slot)
    for number, work_id in enumerate(play.works("gp-05.case", "submitted")):
        play.judge("mette" if number % 2 else "niels", work_id, "released")
    play.now = at(DAY1 - timedelta(days=2), 14)


def day1(play: Play) -> None:
    """Day 1 at ten past nine: there are groups, and nobody is noted."""
    play.now = at(DAY1 - timedelta(days=2), 15)
    with play.session() as session, writing(session):
        run = session.get_one(Run, play.run_id)
        found = teams_reading.teams(session, run.id, "day1")
        teams.make(
            session, actor=actor_of(session.get_one(Person, play.people["mette"])), now=play.now, run=run,
            course=course(), session_key="day1", seed=1, seen=teams_reading.version(session, found),
        )  # fmt: skip
    play.now = at(DAY1, 9, 10)


def evening1(play: Play) -> None:
    """Day 1 is over: all but one were there, one group has sent its worksheet, all but one have an agreement."""
    play.now = at(DAY1, 16)
    come(play, "day1", {MISSING: Mark(AttendanceState.ABSENT)})
    first, *_ = groups(play)
    play.write(first[0], "gp-13.worksheet")
    for name in NAMES[1:]:
        play.write(name, "gp-17.commitment")
        play.write(name, "gp-17.minute")
    play.now = at(DAY1 + timedelta(days=3), 10)
    for work_id in play.works("gp-13.worksheet", "submitted"):
        play.judge("niels", work_id, "released")


def homework(play: Play) -> None:
    """The homework is due: all but one have handed it in."""
    play.now = at(DAY1 + timedelta(days=10), 20)
    for name in NAMES:
        play.write(name, "gp-21.log")
    for name in NAMES[1:]:
        play.write(name, HOMEWORK)
    play.now = at(DAY2 - timedelta(days=11), 20)


def peers_met(play: Play) -> None:
    """Everybody has a peer, whose homework is released to them."""
    play.write("anna", HOMEWORK)
    play.now = at(DAY2 - timedelta(days=9), 9)
    with play.session() as session, writing(session):
        run = session.get_one(Run, play.run_id)
        mette = actor_of(session.get_one(Person, play.people["mette"]))
        peers.arrange(session, actor=mette, now=play.now, run=run, activity_id=HOMEWORK)
    for work_id in play.works(HOMEWORK, "submitted"):
        play.judge("mette", work_id, "released")
    play.now = at(DAY2 - timedelta(days=8), 19)


def day2(play: Play) -> None:
    """Day 2 in the afternoon: words are given, ten new patients counted."""
    for name in NAMES:
        play.write(name, WORDS)
        play.write(name, "gp-31.ten")
    play.now = at(DAY2, 14)


def after(play: Play) -> None:
    """Twelve days after day 2: everybody but one who missed day 1 has all that is needed."""
    come(play, "day2", {})
    for name in NAMES:
        play.write(name, "gp-37.commitment")
        play.write(name, "gp-37.evaluation")
    play.now = at(DAY2 + timedelta(days=10), 19)
    for name in NAMES:
        play.quiz(name, "gp-41.test")
    play.now = at(DAY2 + timedelta(days=12), 9)


def done(play: Play) -> None:
    """The certificates are issued."""
    with play.session() as session, writing(session):
        run = session.get_one(Run, play.run_id)
        olga = actor_of(session.get_one(Person, play.people["olga"]))
        members = [session.get_one(Membership, play.members[name]) for name in NAMES]
        certificates.issue_all(session, actor=olga, now=play.now, run=run, members=members)
    play.now += timedelta(hours=1)


STAGES: dict[str, Callable[[Play], None]] = {
    stage.__name__: stage for stage in (eve, day1, evening1, homework, peers_met, day2, after, done)
}


def come(play: Play, day: str, exceptions: dict[str, Mark]) -> None:
    """Everybody comes to a day, but for these."""
    with play.session() as session, writing(session):
        run = session.get_one(Run, play.run_id)
        mette = actor_of(session.get_one(Person, play.people["mette"]))
        for name, mark in exceptions.items():
            row = session.scalars(
                select(Attendance).where(Attendance.membership_id == play.members[name], Attendance.session_key == day)
            ).one_or_none()
            attendance.mark(
                session, actor=mette, now=play.now, run=run, session_key=day, membership_id=play.members[name],
                wanted=mark, seen=signature(row),
            )  # fmt: skip
        attendance.mark_rest_present(session, actor=mette, now=play.now, run=run, session_key=day)


def groups(play: Play, day: str = "day1") -> list[list[str]]:
    """Who is in which group."""
    by_member = {member: name for name, member in play.members.items()}
    with play.session() as session:
        return [
            [by_member[seat.membership_id] for seat in team.members]
            for team in teams_reading.teams(session, play.run_id, day)
        ]
