"""A whole run of a course, played by a clock: people write through the spine and send through the pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.content.catalogue import Activity, Course, FieldType, Form
from course.db.session import EXTENSION, new_session, writing
from course.outbox import worker
from course.outbox.mail import Mail
from course.reviews import deciding
from course.reviews import service as reviews
from course.reviews.deciding import Seen
from course.reviews.models import Assignment
from course.runs import service as runs
from course.runs.models import Membership, Run
from course.runs.rules import COPENHAGEN, Role, local_instant
from course.work import checking, finding, judging
from course.work import service as spine
from course.work.models import Work
from course.work.standing import Standing, standing
from tests.clients import Client, sign_in
from tests.factories import actor_of, course, make_person, packed
from tests.solving import solved
from tests.submissions.pages import fill
from tests.submissions.pages import form_of as page_form

DAY1, DAY2 = date(2026, 12, 4), date(2027, 1, 8)
OPENS = DAY1 - timedelta(days=28)
LAST = date(2027, 4, 20)
PLAIN = "jeg spurgte til arbejdet, og vi aftalte en lille plan, som vi skulle se på igen om en uge"


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of the clock on a Danish day."""
    return local_instant(day, time(hour, minute))


@dataclass
class Post:
    """Keeps every mail with the moment it came."""

    taken: list[tuple[datetime, str, Mail]] = field(default_factory=list)

    def send(self, to: str, mail: Mail, now: datetime) -> None:
        self.taken.append((now, to, mail))

    def subjects(self, to: str) -> Counter[str]:
        """What somebody has got, by subject."""
        return Counter(mail.subject for _, address, mail in self.taken if address == to)


@dataclass
class Play:
    """Twenty-four people, two facilitators and an organiser, and the clock that moves them."""

    app: Flask
    now: datetime
    post: Post = field(default_factory=Post)
    run_id: int = 0
    other_id: int = 0
    people: dict[str, int] = field(default_factory=dict)
    members: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    course_id: str = "gp"

    @property
    def course(self) -> Course:
        """The course that is played."""
        return course(self.course_id)

    # -- the clock

    def turn_to(self, moment: datetime) -> None:
        """Let the worker look in at 8.05, 12.05 and 20.05 of every day on the way; on a way of months every third day
        at 8.05, and every day of its last week.
        """
        is_long = moment - self.now > timedelta(days=30)
        while True:
            today = self.now.astimezone(COPENHAGEN).date()
            days = (0, 3) if is_long and moment - self.now > timedelta(days=7) else (0, 1)
            looks = [at(today + timedelta(days=d), h, 5) for d in days for h in ((8,) if is_long else (8, 12, 20))]
            coming = min(look for look in looks if look > self.now)
            if coming > moment:
                break
            self.now = coming
            self.work()
        self.now = moment

    def work(self) -> None:
        """What `course worker` does in one round."""
        with time_machine.travel(self.now, tick=False):
            worker.run_jobs(self.app, self.now)
            while worker.run_once(self.app, self.now, post=self.post).sent:
                pass

    # -- the people

    def session(self) -> Session:
        return new_session(self.app.extensions[EXTENSION])

    def begin(self, names: Iterable[str]) -> None:
        """The run, its staff and its participants."""
        with self.session() as session, writing(session):
            olga = make_person(session, "Olga Organiser", may_create_runs=True, now=self.now)
            self.people["olga"] = olga.id
            run = self._run(session, olga, DAY1, DAY2)
            other = self._run(session, olga, DAY1 + timedelta(days=10), DAY2 + timedelta(days=10), "Et andet hold")
            self.run_id, self.other_id = run.id, other.id
            run.organised_by, run.activity_number = "Klynge Åsbakken", "SL-2026-44"
            for name in ("mette", "niels"):
                self._join(session, run, name, Role.FACILITATOR, "Underviserne")
            for number, name in enumerate(names):
                self._join(session, run, name, Role.PARTICIPANT, f"Lægehus {number // 2}")
            runs.name_clinician(session, actor=actor_of(olga), now=self.now, run=run, person_id=self.people["mette"])

    def _run(self, session: Session, olga: Person, day1: date, day2: date, name: str = "Hold Åsbakken") -> Run:
        return runs.create_run(
            session, actor=actor_of(olga), now=self.now, course=course(), packed=packed("gp"), name=name, cluster="",
            meetings={
                "day1": runs.Meeting(at(day1, 9), at(day1, 16, 15), "Medborgerhuset"),
                "day2": runs.Meeting(at(day2, 9), at(day2, 16, 15), "Medborgerhuset"),
            },
        )  # fmt: skip

    def _join(self, session: Session, run: Run, name: str, role: Role, clinic: str) -> None:
        person = make_person(session, f"Læge {name.title()}", now=self.now, title="Praktiserende læge")
        member = runs.add_member(
            session, actor=actor_of(person), now=self.now, run=run, person_id=person.id, role=role, clinic=clinic
        )
        self.people[name], self.members[name] = person.id, member.id

    def here(self, session: Session, name: str) -> tuple[Membership, Standing]:
        """A member and where they stand."""
        member = session.get_one(Membership, self.members[name])
        return member, standing(session, member.run, member)

    @property
    def there(self) -> list[str]:
        """The participants who have not left."""
        return [name for name in self.members if name not in self.gone and name not in ("mette", "niels")]

    def client(self, name: str) -> FlaskClient:
        """A browser somebody is signed in with now."""
        self.app.test_client_class = Client
        return sign_in(self.app, self.app.test_client(), self.people[name])

    # -- what they do

    def write(self, name: str, activity_id: str, slot: str = "main", **changes: Any) -> None:
        """Save the whole of a work through the spine, and send it as the page does."""
        self.save(name, activity_id, slot, **changes)
        self.send(name, activity_id, slot)

    def save(self, name: str, activity_id: str, slot: str = "main", **changes: Any) -> None:
        """Save the whole of a work through the spine."""
        activity = self.course.activities[activity_id]
        form = form_of(activity)
        with self.session() as session, writing(session):
            member, stands = self.here(session, name)
            team_id = stands.team_id(activity.session) if activity.is_shared else None
            gate = stands.gate(activity, self.now, slot=slot)
            assert gate.is_open, (name, activity_id, gate)
            values: dict[str, Any] = {"actor": actor_of(member.person), "now": self.now, "gate": gate}
            work = spine.open_work(session, **values, membership=member, activity=activity, slot=slot, team_id=team_id)
            spine.save(
                session, **values, work=work, form=form, base_no=work.latest_no, save_id=str(uuid4()),
                content=checking.check_data(form, answers(form) | changes), confirmed=(),
            )  # fmt: skip

    def send(self, name: str, activity_id: str, slot: str = "main") -> None:
        """Send a work from its page, every self-check ticked and every word kept."""
        form = form_of(self.course.activities[activity_id])
        url = f"/runs/{self.run_id}/activities/{activity_id}/{slot}/submit"
        with time_machine.travel(self.now, tick=False):
            changes = {"check": [str(i) for i in range(len(form.self_check))]} if form.self_check else {}
            answer = fill(self.client(name), url, changes, "/submit")
        assert answer.status_code == 302, (name, activity_id, answer.status, answer.get_data(as_text=True)[-3000:])
        assert answer.location.endswith("/receipt"), answer.location

    def quiz(self, name: str, activity_id: str) -> None:
        """Answer a quiz on its page, always with the first option."""
        questions = self.course.activities[activity_id].exercises[0].spec.questions
        with time_machine.travel(self.now, tick=False):
            url = f"/runs/{self.run_id}/exercises/{activity_id}"
            client = self.client(name)
            chosen = {question.id: question.options[0].id for question in questions}
            answer = client.post(url, data=page_form(client.get(url)).filled(chosen))
        assert answer.status_code in (200, 302), answer.status

    def exercise(self, name: str, activity_id: str) -> None:
        """Take an exercise on its pages, as somebody who knows it."""
        with time_machine.travel(self.now, tick=False):
            url = f"/runs/{self.run_id}/exercises/{activity_id}"
            client = self.client(name)
            given = page_form(client.get(url)).value("exercise") or ""
            exercise = self.course.activities[activity_id].exercise(given)
            assert exercise is not None, given
            for posts in solved(exercise):
                answer = client.post(url, data=page_form(client.get(url)).filled(posts))
                assert answer.status_code in (200, 302), (activity_id, answer.status)

    def works(self, activity_id: str, *states: str) -> list[int]:
        """The works of an activity in these states, the oldest first."""
        with self.session() as session:
            query = select(Work.id).where(Work.run_id == self.run_id, Work.activity_id == activity_id)
            return list(session.scalars(query.where(Work.state.in_(states)).order_by(Work.id)))

    def judge(self, by: str, work_id: int, verdict: str) -> None:
        """Accept, return, reject or release a work as a reviewer does: the one who has it, or else ``by``."""
        with self.session() as session, writing(session):
            held = session.get(Assignment, work_id)
            actor = actor_of(session.get_one(Person, held.person_id if held else self.people[by]))
            work = session.get_one(Work, work_id)
            activity = self.course.activities[work.activity_id]
            form = form_of(activity)
            values: dict[str, Any] = {"actor": actor, "now": self.now, "work_id": work_id}
            reviews.take(session, actor=actor, now=self.now, work_id=work_id)
            seen = Seen(work.submitted_no or 0, work.state)
            if verdict == "returned":
                until = self.now + timedelta(days=3)
                deciding.return_for_changes(session, **values, seen=seen, comment="Skriv lidt mere.", until=until)
            elif verdict == "rejected":
                deciding.reject(session, **values, seen=seen, comment="Den kan kendes.", form=form)
            elif verdict == "accepted":
                deciding.accept(session, **values, seen=seen, comment="Fint.")
            else:
                judged = finding.revision(session, work_id, work.submitted_no)
                assert judged is not None
                copy = judging.redacted(form, judged.data or {}, [])
                deciding.release(
                    session, **values, seen=seen, activity=activity, seen_copy=deciding.copy_digest(copy),
                    accept_first=work.state == "submitted", comment="Fint.",
                )  # fmt: skip


def form_of(activity: Activity) -> Form:
    """The form of a written activity."""
    assert activity.form is not None
    return activity.form


def answers(form: Form) -> dict[str, Any]:
    """An answer to every field, with nothing for the guard to find."""
    return {field.id: _ANSWERS[field.type](field) for field in form.fields.values()}


def _row(field: Any) -> dict[str, str]:
    return {c.id: c.options[0].id if c.type == "choice" else "vi talte om opgaverne" for c in field.columns}


_ANSWERS: dict[FieldType, Any] = {
    FieldType.TEXT: lambda _: PLAIN,
    FieldType.LINE: lambda _: "jeg spørger til arbejdet",
    FieldType.CHOICE: lambda field: field.options[0].id,
    FieldType.CHOICES: lambda field: [field.options[0].id],
    FieldType.SCALE: lambda _: 6,
    FieldType.NUMBER: lambda field: field.min or 1,
    FieldType.DATE: lambda _: "2027-01-15",
    FieldType.LINES: lambda field: ["jeg spurgte ikke til arbejdet"] * max(1, field.min_items),
    FieldType.ROWS: lambda field: [_row(field) for _ in range(max(1, field.min_items))],
    FieldType.TALLY: lambda field: [[field.columns[0].id]] * field.rows,
    FieldType.PROFILE: lambda field: {column.id: 2 for column in field.columns},
}
