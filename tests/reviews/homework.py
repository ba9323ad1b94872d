"""A run of a small course with one homework, the words of a peer and an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.accounts.rules import Actor
from course.content import pinning
from course.content.catalogue import Course
from course.reviews import deciding, peers
from course.reviews.deciding import Seen
from course.reviews.peer_reading import Exchange, exchange_of
from course.runs import service as runs
from course.runs.contents import course_of
from course.runs.models import Membership, Run
from course.runs.rules import Role
from course.work import checking, finding, judging
from course.work import service as spine
from course.work.models import PeerPair, Work
from course.work.standing import standing
from tests.factories import DAY1, DAY2, NOW, actor_of, make_member, make_person

ROOT = Path(__file__).parent / "homework_course"
HOMEWORK, WORDS, ANSWER = "mini-01.homework", "mini-01.words", "mini-01.answer"
WRITING = DAY1 + timedelta(days=7)
"""In the middle of the weeks between the days; the homework is due a week later."""
AFTER = DAY1 + timedelta(days=15)
"""The day after the homework was due."""
LATE = DAY1 + timedelta(days=22)
"""The day after the words were due."""
NAMES = ("Anna Ahl", "Bo Bek", "Carl Cort", "Dora Dam", "Erik Eg", "Fie Fog", "Gert Gad", "Hans Holt")

TEXT = {"text": "jeg spurgte til arbejdet i de første minutter", "own": "hemmeligt for mig", "self": {"description": 1}}
SAID = {"profile": {"description": 2, "position": 1}, "strong": "det er konkret", "question": "hvad gør du næste gang"}


@cache
def packed(root: Path = ROOT) -> bytes:
    """The course as a run is pinned to it."""
    return pinning.pack(root, "mini")


@dataclass
class Group:
    """A run of it with participants, a facilitator and an organiser. Members are called by first name, lower case."""

    session: Session
    run: Run
    organiser: Person
    mette: Person
    members: dict[str, Membership] = field(default_factory=dict)

    @property
    def course(self) -> Course:
        return course_of(self.session, self.run)

    def join(self, name: str, clinic: str = "", now: datetime = NOW) -> Membership:
        member = make_member(self.session, self.run, make_person(self.session, name, now=now), now=now)
        member.clinic = clinic
        self.members[name.split()[0].lower()] = member
        self.session.flush()
        return member

    def actor(self, name: str) -> Actor:
        return actor_of(getattr(self, name) if name in {"organiser", "mette"} else self.members[name].person)

    def write(self, name: str, activity_id: str, data: dict[str, Any], now: datetime, *, submit: bool = True) -> Work:
        """What a member writes, through the operations the pages use."""
        member, actor = self.members[name], self.actor(name)
        activity = self.course.activities[activity_id]
        assert activity.form is not None
        gate = standing(self.session, self.run, member).gate(activity, now, slot="main")
        values: dict[str, Any] = {"actor": actor, "now": now, "gate": gate}
        work = spine.open_work(self.session, **values, membership=member, activity=activity, slot="main")
        spine.save(
            self.session, **values, work=work, form=activity.form, content=checking.check_data(activity.form, data),
            base_no=work.latest_no, save_id=str(uuid4()),
        )  # fmt: skip
        if submit:
            spine.submit(
                self.session, **values, work=work, form=activity.form, revision_no=work.latest_no,
                submit_key=str(uuid4()),
            )  # fmt: skip
        return work

    def hand_in(self, *names: str, now: datetime = WRITING) -> None:
        """These members' homework, with a word of their own in it."""
        for name in names or tuple(self.members):
            self.write(name, HOMEWORK, {**TEXT, "text": f"{TEXT['text']} {name}tekst"}, now)

    def homework(self, name: str) -> Work:
        """A member's homework."""
        return self.work(name, HOMEWORK)

    def work(self, name: str, activity_id: str) -> Work:
        """What a member has written."""
        query = select(Work).where(Work.membership_id == self.members[name].id, Work.activity_id == activity_id)
        return self.session.scalars(query.order_by(Work.id.desc())).first() or Work()

    def release(self, *names: str, now: datetime = WRITING) -> None:
        """Accept these homeworks, and give each to its peer, as a reviewer does on the page."""
        activity = self.course.activities[HOMEWORK]
        assert activity.form is not None
        for name in names or tuple(self.members):
            work = self.homework(name)
            judged = finding.revision(self.session, work.id, work.submitted_no)
            assert judged is not None
            copy = judging.redacted(activity.form, judged.data or {}, [])
            deciding.release(
                self.session, actor=self.actor("mette"), now=now, work_id=work.id, seen=Seen(judged.no, work.state),
                activity=activity, seen_copy=deciding.copy_digest(copy), accept_first=True, comment="godt skrevet",
            )  # fmt: skip

    def arrange(self, now: datetime = WRITING) -> int:
        return peers.arrange(self.session, actor=self.actor("mette"), now=now, run=self.run, activity_id=HOMEWORK)

    def exchange(self, now: datetime = AFTER) -> Exchange:
        return exchange_of(self.session, self.run, HOMEWORK, now)

    def name_of(self, member_id: int | None) -> str:
        return next((name for name, member in self.members.items() if member.id == member_id), "")

    def pairs(self) -> dict[str, str]:
        """Who gives to whom now."""
        rows = self.session.scalars(select(PeerPair).where(PeerPair.ended_at.is_(None)))
        return {self.name_of(row.giver_id): self.name_of(row.receiver_id) for row in rows if row.giver_id}

    def stood_in(self) -> dict[str, int | None]:
        """Who gets words from whom of the staff."""
        rows = self.session.scalars(select(PeerPair).where(PeerPair.ended_at.is_(None), PeerPair.giver_id.is_(None)))
        return {self.name_of(row.receiver_id): row.stands_in_id for row in rows}

    def giver_of(self, name: str) -> str:
        return next(giver for giver, receiver in self.pairs().items() if receiver == name)

    def leave(self, name: str, now: datetime = AFTER) -> None:
        member = self.members[name]
        runs.remove_member(self.session, actor=self.actor("organiser"), now=now, run=self.run, membership_id=member.id)
        peers.repair_after_leaving(self.session, self.run, now)

    def say(self, name: str, now: datetime = AFTER, **changes: Any) -> Work:
        """The words a member gives."""
        return self.write(name, WORDS, {**SAID, **changes}, now)

    def url(self, page: str = "") -> str:
        return f"/runs/{self.run.id}/homework/{HOMEWORK}{page}"

    def look_again(self) -> None:
        self.session.rollback()
        self.session.expire_all()


ClientFor = Callable[[Person], FlaskClient]


def make_group(session: Session, number: int = 4, packed_course: bytes | None = None) -> Group:
    """A run with so many participants; nobody has written anything."""
    organiser = make_person(session, "Olga Organiser", may_create_runs=True)
    hours = timedelta(hours=7, minutes=15)
    data = packed_course or packed()
    run = runs.create_run(
        session,
        actor=Actor(organiser.id, organiser.name, organiser.email, may_create_runs=True),
        now=NOW,
        course=pinning.unpack(data),
        packed=data,
        name="Hold Åsbakken",
        cluster="",
        meetings={
            "day1": runs.Meeting(DAY1, DAY1 + hours, "Medborgerhuset"),
            "day2": runs.Meeting(DAY2, DAY2 + hours, "Medborgerhuset"),
        },
    )
    mette = make_person(session, "Mette Maj")
    make_member(session, run, mette, Role.FACILITATOR)
    group = Group(session, run, organiser, mette)
    for name in NAMES[:number]:
        group.join(name)
    return group
