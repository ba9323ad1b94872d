"""Certificates in the database: the kinds of partial attendance, issued, revoked, anew, and what outlives erasure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.certificates import rules, service
from course.certificates.models import Certificate
from course.db.errors import DomainError, NotAllowed
from course.outbox.models import Message
from course.runs import attendance, completion
from course.runs import service as runs
from course.runs.attendance_reading import signature
from course.runs.attendance_rules import AttendanceState, Mark
from course.runs.models import Attendance, Membership, Run
from tests.factories import DAY1, DAY2, actor_of, make_member, make_person
from tests.learning.test_pages import counted
from tests.runs.small_course import has_read, make_facilitator, make_organiser, small_run

AFTER = DAY2 + timedelta(days=3)
LATER = timedelta(days=30)


@dataclass
class Room:
    """A run that is over, another a month later, and one participant who has done the reading."""

    session: Session
    run: Run
    other: Run
    organiser: Person
    anna: Membership

    def attend(self, key: str, begins: float | None = None, ends: float | None = None, run: Run | None = None) -> None:
        """Note a day, with hours after its beginning; in another run for a guest."""
        host = run or self.run
        start = next(m.starts_at for m in host.sessions if m.key == key)
        row = self.session.scalars(
            select(Attendance).where(Attendance.membership_id == self.anna.id, Attendance.session_key == key)
        ).one_or_none()
        attendance.mark(
            self.session, actor=actor_of(self.organiser), now=start, run=host, session_key=key,
            membership_id=self.anna.id, seen=signature(row),
            wanted=Mark(AttendanceState.PRESENT, _at(start, begins), _at(start, ends)),
        )  # fmt: skip

    def miss(self, key: str) -> None:
        attendance.mark(
            self.session, actor=actor_of(self.organiser), now=DAY2, run=self.run, session_key=key,
            membership_id=self.anna.id, seen="-", wanted=Mark(AttendanceState.ABSENT),
        )  # fmt: skip

    def make_up(self, key: str) -> None:
        attendance.plan_elsewhere(
            self.session, actor=actor_of(self.organiser), now=DAY1, run=self.run, membership_id=self.anna.id,
            session_key=key, host_id=self.other.id,
        )  # fmt: skip
        self.attend(key, run=self.other)

    def grant(self) -> None:
        completion.grant(
            self.session, actor=actor_of(self.organiser), now=AFTER, run=self.run, membership_id=self.anna.id,
            reason="Har taget dagen på et tilsvarende kursus.",
        )  # fmt: skip

    def issue(self) -> Certificate:
        return service.issue(
            self.session, actor=actor_of(self.organiser), now=AFTER, run=self.run, membership_id=self.anna.id
        )


def _at(start: datetime, hours: float | None) -> datetime | None:
    return None if hours is None else start + timedelta(hours=hours)


@pytest.fixture
def room(session: Session) -> Room:
    organiser = make_organiser(session)
    run = small_run(session, organiser, DAY1, DAY2)
    other = small_run(session, organiser, DAY1 + LATER, DAY2 + LATER, "Hold To")
    anna = make_member(session, run, make_person(session, "Anna Åberg", title="Praktiserende læge"))
    has_read(session, anna.id)
    return Room(session, run, other, organiser, anna)


def whole(room: Room) -> None:
    room.attend("day1")
    room.attend("day2")


def came_late(room: Room) -> None:
    room.attend("day1", 0.75)  # 9.45
    room.attend("day2")


def left_early(room: Room) -> None:
    room.attend("day1")
    room.attend("day2", None, 6.5)  # 15.30


def late_and_early(room: Room) -> None:
    room.attend("day1", 0.5, 6.5)
    room.attend("day2")


def half_a_day(room: Room) -> None:
    room.attend("day1")
    room.attend("day2", None, 3.5)  # home after the first hour before lunch: 12.30


def a_day_missed(room: Room) -> None:
    room.attend("day1")
    room.miss("day2")


def never_marked(room: Room) -> None:
    room.attend("day2")


def made_up_elsewhere(room: Room) -> None:
    room.make_up("day1")
    room.attend("day2")


def made_up_half(room: Room) -> None:
    room.make_up("day1")
    room.attend("day1", 4, None, run=room.other)
    room.attend("day2")


def granted_half_a_day(room: Room) -> None:
    half_a_day(room)
    room.grant()


def granted_a_day_missed(room: Room) -> None:
    a_day_missed(room)
    room.grant()


KINDS: list[tuple[Callable[[Room], None], list[int], bool]] = [
    (whole, [360, 360], True),
    (came_late, [315, 360], True),
    (left_early, [360, 315], True),
    (late_and_early, [285, 360], False),
    (half_a_day, [360, 165], False),
    (a_day_missed, [360], False),
    (never_marked, [360], False),
    (made_up_elsewhere, [360, 360], True),
    (made_up_half, [180, 360], False),
    (granted_half_a_day, [360, 165], True),
    (granted_a_day_missed, [360], True),
]


@pytest.mark.parametrize(("kind", "minutes", "gets_one"), KINDS)
def test_kinds_of_partial_attendance(
    room: Room, kind: Callable[[Room], None], minutes: list[int], gets_one: bool
) -> None:
    kind(room)
    found = service.candidate(room.session, room.run, room.anna)
    assert found.is_complete is gets_one
    printed = service.printed_fields(found, room.run, "Olga Organiser", AFTER)
    assert [one.minutes for one in printed.sessions] == minutes
    assert printed.minutes_on_site == sum(minutes)
    assert printed.minutes_online == 45  # 50 minutes of reading, to the quarter
    if not gets_one:
        with pytest.raises(DomainError, match="mangler noget"):
            room.issue()
        assert room.session.scalars(select(Certificate)).all() == []
        return
    row = room.issue()
    assert row.printed is not None
    assert rules.from_json(row.printed) == printed


def test_a_day_made_up_stands_with_its_own_date_and_place(room: Room) -> None:
    room.make_up("day1")
    room.attend("day2")
    printed = service.check(room.session, room.issue().number or "")
    assert printed is not None
    assert [(one.title, one.day, one.place) for one in printed.printed.sessions] == [
        ("Kursusdag 1", "2027-01-03", "Medborgerhuset"),
        ("Kursusdag 2", "2027-01-08", "Sundhedshuset"),
    ]


def test_what_stands_on_it(room: Room) -> None:
    whole(room)
    room.run.organised_by, room.run.activity_number = "Klynge Åsbakken", "SL-2026-44"
    row = room.issue()
    assert row.printed == {
        "name": "Anna Åberg", "title": "Praktiserende læge", "course": "Et lille kursus om arbejde",
        "sessions": [
            {"title": "Kursusdag 1", "day": "2026-12-04", "place": "Medborgerhuset", "minutes": 360},
            {"title": "Kursusdag 2", "day": "2027-01-08", "place": "Sundhedshuset", "minutes": 360},
        ],
        "minutes_on_site": 720, "minutes_online": 45,
        "objectives": ["Kende det ene", "Kende det andet", "Kende det tredje"],
        "organiser": "Klynge Åsbakken", "activity_number": "SL-2026-44", "issued_on": "2027-01-11",
        "session_word": "kursusdag", "hours_word": "med fremmøde", "note": "",
    }  # fmt: skip


def test_it_is_a_snapshot(room: Room) -> None:
    whole(room)
    row = room.issue()
    room.anna.person.name = "Anna Bech"
    room.attend("day1", 3)
    found = service.check(room.session, row.number or "")
    assert found is not None
    assert found.printed.name == "Anna Åberg"
    assert found.printed.minutes_on_site == 720


def test_issuing_twice_makes_one_and_mails_once(room: Room) -> None:
    whole(room)
    assert room.issue() is room.issue()
    room.session.flush()
    mails = room.session.scalars(select(Message).where(Message.kind == "certificate")).all()
    assert [mail.to for mail in mails] == [room.anna.person.email]


def test_issue_to_all_who_have_completed(room: Room) -> None:
    whole(room)
    lars = make_member(room.session, room.run)
    actor = actor_of(room.organiser)
    values = {"actor": actor, "now": AFTER, "run": room.run, "members": [room.anna, lars]}
    assert [row.membership_id for row in service.issue_all(room.session, **values)] == [room.anna.id]
    assert service.issue_all(room.session, **values) == []


def test_who_may_issue(room: Room) -> None:
    whole(room)
    maja = make_facilitator(room.session, room.run, "Maja")
    stranger = make_organiser(room.session, "En anden")
    for who in (maja, stranger, room.anna.person):
        with pytest.raises(NotAllowed):
            service.issue(room.session, actor=actor_of(who), now=AFTER, run=room.run, membership_id=room.anna.id)
        with pytest.raises(NotAllowed):
            service.issue_all(room.session, actor=actor_of(who), now=AFTER, run=room.run, members=[room.anna])
    row = room.issue()
    for who in (maja, stranger):
        values = {"actor": actor_of(who), "now": AFTER, "run": room.run, "certificate_id": row.id}
        with pytest.raises(NotAllowed):
            service.revoke(room.session, reason="En grund, der er lang nok", **values)
        with pytest.raises(NotAllowed):
            service.reissue(room.session, **values)
    with pytest.raises(NotAllowed):
        service.revoke(
            room.session, actor=actor_of(room.organiser), now=AFTER, run=room.other, certificate_id=row.id,
            reason="En grund, der er lang nok",
        )  # fmt: skip


def test_revoked(room: Room) -> None:
    whole(room)
    row = room.issue()
    values = {"actor": actor_of(room.organiser), "run": room.run, "certificate_id": row.id}
    with pytest.raises(DomainError, match="begrundelse"):
        service.revoke(room.session, now=AFTER, reason="  ", **values)
    service.revoke(room.session, now=AFTER, reason="Udstedt ved en fejl", **values)
    service.revoke(room.session, now=AFTER + timedelta(days=1), reason="En gang til", **values)
    assert (row.revoked_at, row.revoked_reason) == (AFTER, "Udstedt ved en fejl")
    found = service.check(room.session, row.number or "")
    assert found is not None
    assert found.revoked_at == AFTER
    again = room.issue()
    assert again.id != row.id
    assert again.number != row.number


def test_issued_anew_with_the_name_corrected(room: Room) -> None:
    whole(room)
    old = room.issue()
    room.anna.person.name = "Anna Bech"
    new = service.reissue(room.session, actor=actor_of(room.organiser), now=AFTER, run=room.run, certificate_id=old.id)
    assert new.number != old.number
    found = service.check(room.session, new.number or "")
    gone = service.check(room.session, old.number or "")
    assert found is not None
    assert gone is not None
    assert (found.printed.name, found.revoked_at) == ("Anna Bech", None)
    assert (gone.printed.name, gone.revoked_at) == ("Anna Åberg", AFTER)
    with pytest.raises(DomainError, match="trukket tilbage"):
        service.reissue(room.session, actor=actor_of(room.organiser), now=AFTER, run=room.run, certificate_id=old.id)


def test_nothing_is_revoked_when_nothing_new_can_be_issued(room: Room) -> None:
    whole(room)
    row = room.issue()
    room.attend("day2", None, 1)
    room.session.commit()
    with pytest.raises(DomainError, match="mangler noget"):
        service.reissue(room.session, actor=actor_of(room.organiser), now=AFTER, run=room.run, certificate_id=row.id)
    room.session.rollback()
    found = service.check(room.session, row.number or "")
    assert found is not None
    assert found.revoked_at is None


def test_a_grant_stands_while_a_certificate_rests_on_it(room: Room) -> None:
    granted_a_day_missed(room)
    row = room.issue()
    values = {"actor": actor_of(room.organiser), "now": AFTER, "run": room.run}
    with pytest.raises(DomainError, match="Træk det tilbage"):
        service.take_back_grant(room.session, membership_id=room.anna.id, **values)
    service.revoke(room.session, certificate_id=row.id, reason="Det var en fejl", **values)
    service.take_back_grant(room.session, membership_id=room.anna.id, **values)
    assert not service.candidate(room.session, room.run, room.anna).is_complete


def test_a_cancelled_run_issues_none(room: Room) -> None:
    whole(room)
    runs.cancel_run(room.session, actor=actor_of(room.organiser), now=AFTER, run=room.run)
    with pytest.raises(DomainError, match="aflyst"):
        room.issue()


def test_guesses_find_nothing(room: Room) -> None:
    whole(room)
    number = room.issue().number or ""
    assert service.check(room.session, rules.new_number()) is None
    assert service.check(room.session, "") is None
    assert service.check(room.session, number[:-1]) is None
    assert service.check(room.session, rules.hash_of(number)) is None
    assert service.check(room.session, number.lower().replace("-", "")) is not None


def test_what_was_changed_in_the_database_is_not_what_was_sealed(room: Room) -> None:
    whole(room)
    row = room.issue()
    row.printed = {**(row.printed or {}), "name": "En Anden"}
    other = Certificate(
        number_hash=rules.hash_of(rules.new_number()), sealed=row.sealed, number=None, printed=None, issued_at=AFTER
    )
    room.session.add(other)
    room.session.flush()
    found = service.check(room.session, row.number or "")
    assert found is not None
    assert found.printed.name == "Anna Åberg"
    wrong = rules.new_number()
    row.number_hash = rules.hash_of(wrong)
    room.session.flush()
    assert service.check(room.session, wrong) is None, "another number does not open the seal"


def test_sealed_for_erasure_it_still_checks_out(room: Room, engine: Engine) -> None:
    whole(room)
    row = room.issue()
    number = row.number or ""
    service.revoke(
        room.session, actor=actor_of(room.organiser), now=AFTER, run=room.run, certificate_id=row.id,
        reason="Anna Åberg bad om det",
    )  # fmt: skip
    second = room.issue()
    kept = second.number or ""
    assert service.seal_for_erasure(room.session, [room.anna.id]) == 2
    room.session.commit()
    room.session.execute(delete(Membership).where(Membership.id == room.anna.id))
    room.session.commit()
    room.session.expire_all()
    rows = room.session.scalars(select(Certificate).order_by(Certificate.id)).all()
    assert [(one.number, one.printed, one.membership_id) for one in rows] == [(None, None, None)] * 2
    with engine.connect() as connection:
        stored = str(connection.execute(select(Certificate.__table__)).all())
    assert "Åberg" not in stored
    assert kept not in stored
    found = service.check(room.session, kept)
    assert found is not None
    assert found.printed.name == "Anna Åberg"
    gone = service.check(room.session, number)
    assert gone is not None
    assert gone.revoked_at == AFTER


@pytest.mark.parametrize("number", [1, 24])
def test_as_many_questions_for_one_as_for_many(room: Room, engine: Engine, number: int) -> None:
    people = [room.anna, *(make_member(room.session, room.run) for _ in range(number - 1))]
    for member in people:
        attendance.plan_elsewhere(
            room.session, actor=actor_of(room.organiser), now=DAY1, run=room.run, membership_id=member.id,
            session_key="day1", host_id=room.other.id,
        )  # fmt: skip
    room.session.commit()
    room.session.expire_all()
    run = room.session.get_one(Run, room.run.id)
    people = runs.members(room.session, run.id, runs.Role.PARTICIPANT)
    with counted(engine) as asked:
        assert len(service.candidates(room.session, run, people)) == number
    assert len(asked) <= 8, asked
