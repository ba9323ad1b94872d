"""Attendance in the database: noted, typed, planned, counted – and what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.accounts.rules import Actor
from course.db.audit import AuditRow
from course.db.errors import DomainError, NotAllowed
from course.organising import service as organising
from course.runs import attendance, attendance_code
from course.runs import service as runs
from course.runs.attendance_code import CodeRefused
from course.runs.attendance_reading import counted, presences, roll, signature
from course.runs.attendance_rules import AttendanceState, Mark, code, slot_at
from course.runs.models import Attendance, Membership, Progress, Run
from tests.factories import DAY1, DAY2, actor_of, make_member, make_person
from tests.runs.small_course import HOURS, make_facilitator, make_organiser, small_run

PRESENT, ABSENT = Mark(AttendanceState.PRESENT), Mark(AttendanceState.ABSENT)
SECRET = "kun-til-proever"
LATER = timedelta(days=30)


@dataclass
class Room:
    """A run with two facilitators and two participants, and another run a month later with a guest's day."""

    session: Session
    run: Run
    other: Run
    organiser: Person
    maja: Person
    bo: Person
    anna: Membership
    lars: Membership

    def mark(
        self, member: Membership, wanted: Mark | None, *, by: Person | None = None, seen: str = "-",
        now: datetime = DAY1, run: Run | None = None, key: str = "day1",
    ) -> Attendance | None:  # fmt: skip
        return attendance.mark(
            self.session, actor=actor_of(by or self.maja), now=now, run=run or self.run, session_key=key,
            membership_id=member.id, wanted=wanted, seen=seen,
        )  # fmt: skip

    def row(self, member: Membership, key: str = "day1") -> Attendance | None:
        return self.session.scalars(
            select(Attendance).where(Attendance.membership_id == member.id, Attendance.session_key == key)
        ).one_or_none()

    def counts(self, member: Membership, activity: str = "sm-11.attend") -> bool:
        """Whether the path says that the day was attended."""
        self.session.flush()
        return self.session.get(Progress, (member.id, activity), populate_existing=True) is not None

    def type_code(self, member: Membership, typed: str, now: datetime, by: Person | None = None) -> Attendance:
        return attendance_code.arrive(
            self.session, actor=actor_of(by or member.person), now=now, run=member.run, membership=member,
            secret=SECRET, typed=typed,
        )[1]  # fmt: skip

    def code(self, now: datetime, run: Run | None = None, key: str = "day1") -> str:
        return code(SECRET, (run or self.run).id, key, slot_at(now))

    def plan(self, member: Membership, host: Run | None = None, key: str = "day1") -> Attendance:
        return attendance.plan_elsewhere(
            self.session, actor=actor_of(self.organiser), now=DAY1, run=self.run, membership_id=member.id,
            session_key=key, host_id=(host or self.other).id,
        )  # fmt: skip


@pytest.fixture
def room(session: Session) -> Room:
    organiser = make_organiser(session)
    run = small_run(session, organiser, DAY1, DAY2)
    other = small_run(session, organiser, DAY1 + LATER, DAY2 + LATER, "Hold To")
    maja, bo = make_facilitator(session, run, "Maja"), make_facilitator(session, run, "Bo")
    anna = make_member(session, run, make_person(session, "Anna"))
    lars = make_member(session, run, make_person(session, "Lars"))
    return Room(session, run, other, organiser, maja, bo, anna, lars)


def test_a_mark_is_written_and_counts(room: Room) -> None:
    row = room.mark(room.anna, PRESENT)
    assert row is not None
    assert (row.state, row.how, row.from_at, row.until_at, row.marked_by_id) == (
        "present", "staff", None, None, room.maja.id,
    )  # fmt: skip
    assert room.counts(room.anna)
    assert not room.counts(room.lars)
    room.session.flush()
    act = room.session.scalars(select(AuditRow).where(AuditRow.verb == "attendance_marked")).one()
    assert act.detail == {"membership": room.anna.id, "session": "day1", "state": "present"}


def test_progress_follows_every_change(room: Room) -> None:
    came, left = DAY1 + timedelta(minutes=30), DAY1 + timedelta(hours=2)
    steps: list[tuple[Mark | None, bool]] = [
        (PRESENT, True),
        (Mark(AttendanceState.PRESENT, came), True),  # 330 of 360
        (Mark(AttendanceState.PRESENT, came, left), False),
        (PRESENT, True),
        (ABSENT, False),
        (PRESENT, True),
        (None, False),
    ]
    for wanted, counts in steps:
        room.mark(room.anna, wanted, seen=signature(room.row(room.anna)))
        assert room.counts(room.anna) is counts
    assert room.row(room.anna) is None


def test_two_facilitators_mark_the_same_person(room: Room) -> None:
    room.mark(room.anna, PRESENT)
    with pytest.raises(attendance.MarkedMeanwhile) as refused:
        room.mark(room.anna, ABSENT, by=room.bo)
    assert refused.value.status == 409
    assert refused.value.between.found is not None
    assert refused.value.between.found.marked_by_id == room.maja.id
    assert refused.value.between.wanted == ABSENT
    row = room.row(room.anna)
    assert row is not None
    assert row.state == "present"
    assert room.counts(room.anna)
    changed = room.mark(room.anna, ABSENT, by=room.bo, seen=signature(row))
    assert changed is not None
    assert (changed.state, changed.marked_by_id) == ("absent", room.bo.id)


def test_the_same_mark_twice_is_fine(room: Room) -> None:
    first = room.mark(room.anna, PRESENT)
    again = room.mark(room.anna, PRESENT, by=room.bo, now=DAY1 + timedelta(minutes=5))
    assert again is first
    assert again is not None
    assert again.marked_by_id == room.maja.id, "the first who noted it stands there"
    assert room.mark(room.lars, None) is None


def test_times_that_were_seen_differently_are_a_conflict_too(room: Room) -> None:
    room.mark(room.anna, Mark(AttendanceState.PRESENT, DAY1 + timedelta(hours=1)))
    with pytest.raises(attendance.MarkedMeanwhile):
        room.mark(room.anna, PRESENT, by=room.bo)


def test_the_rest_is_there(room: Room) -> None:
    room.mark(room.anna, ABSENT)
    actor = actor_of(room.maja)
    values = {"actor": actor, "run": room.run, "session_key": "day1"}
    assert attendance.mark_rest_present(room.session, now=DAY1, **values) == 1
    assert attendance.mark_rest_present(room.session, now=DAY1, **values) == 0
    assert not room.counts(room.anna)
    assert room.counts(room.lars)
    assert counted(roll(room.session, room.run, "day1")) == {"present": 1, "absent": 1, "unmarked": 0, "of": 2}


def test_nobody_is_there_before_the_day(room: Room) -> None:
    early = DAY1 - timedelta(minutes=61)
    with pytest.raises(DomainError, match="ikke begyndt"):
        room.mark(room.anna, PRESENT, now=early)
    with pytest.raises(DomainError, match="ikke begyndt"):
        attendance.mark_rest_present(
            room.session, actor=actor_of(room.maja), now=early, run=room.run, session_key="day1"
        )
    assert room.mark(room.anna, ABSENT, now=early) is not None, "somebody may say that they are not coming"
    assert room.mark(room.lars, PRESENT, now=DAY1 - timedelta(minutes=60)) is not None


@pytest.mark.parametrize(("begins", "ends"), [(5, 3), (2, 2), (8, None)])
def test_times_that_cannot_be(room: Room, begins: int, ends: int | None) -> None:
    until = DAY1 + timedelta(hours=ends) if ends else None
    with pytest.raises(DomainError, match="klokkeslættene") as refused:
        room.mark(room.anna, Mark(AttendanceState.PRESENT, DAY1 + timedelta(hours=begins), until))
    assert refused.value.status == 422


def test_who_may_mark_whom(room: Room) -> None:
    outsider = make_person(room.session, "Udenfor")
    stranger = make_member(room.session, room.other)
    for member, by, key in (
        (room.anna, outsider, "day1"),
        (room.anna, room.anna.person, "day1"),
        (stranger, room.maja, "day1"),
        (room.anna, room.maja, "day3"),
    ):
        with pytest.raises(NotAllowed):
            room.mark(member, PRESENT, by=by, key=key)
    staff = room.session.scalars(select(Membership).where(Membership.person_id == room.bo.id)).one()
    with pytest.raises(NotAllowed):
        room.mark(staff, PRESENT)
    runs.remove_member(room.session, actor=actor_of(room.organiser), now=DAY1, run=room.run, membership_id=room.lars.id)
    with pytest.raises(NotAllowed):
        room.mark(room.lars, PRESENT)


def test_a_cancelled_run_is_closed(room: Room) -> None:
    runs.cancel_run(room.session, actor=actor_of(room.organiser), now=DAY1, run=room.run)
    with pytest.raises(DomainError, match="aflyst"):
        room.mark(room.anna, PRESENT)
    with pytest.raises(DomainError, match="aflyst"):
        room.type_code(room.anna, room.code(DAY1), DAY1)


# -- the code ----------------------------------------------------------------------------------------------------------


def test_the_code_notes_the_arrival(room: Room) -> None:
    row = room.type_code(room.anna, room.code(DAY1).lower(), DAY1 + timedelta(minutes=2))
    assert (row.state, row.how, row.from_at, row.marked_by_id) == ("present", "code", None, room.anna.person_id)
    assert room.counts(room.anna)
    late = DAY1 + timedelta(hours=3)
    row = room.type_code(room.lars, room.code(late), late)
    assert row.from_at == late
    assert not room.counts(room.lars)


def test_typing_it_again_changes_nothing(room: Room) -> None:
    room.type_code(room.anna, room.code(DAY1), DAY1)
    late = DAY1 + timedelta(hours=3)
    assert room.type_code(room.anna, room.code(late), late).from_at is None


def test_the_code_never_overwrites_what_staff_noted(room: Room) -> None:
    room.mark(room.anna, Mark(AttendanceState.PRESENT, DAY1 + timedelta(hours=1)))
    later = DAY1 + timedelta(hours=2)
    row = room.type_code(room.anna, room.code(later), later)
    assert (row.how, row.from_at) == ("staff", DAY1 + timedelta(hours=1))
    room.mark(room.lars, ABSENT)
    with pytest.raises(DomainError, match="ikke er til stede"):
        room.type_code(room.lars, room.code(later), later)
    row = room.row(room.lars)
    assert row is not None
    assert row.state == "absent"


def test_staff_may_correct_what_the_code_noted(room: Room) -> None:
    room.type_code(room.anna, room.code(DAY1), DAY1)
    with pytest.raises(attendance.MarkedMeanwhile):
        room.mark(room.anna, ABSENT)
    row = room.mark(room.anna, ABSENT, seen=signature(room.row(room.anna)))
    assert row is not None
    assert (row.state, row.how) == ("absent", "staff")


@pytest.mark.parametrize(
    ("typed_at", "of", "sentence"),
    [
        (timedelta(0), "nonsense", "Koden passer ikke"),
        (timedelta(minutes=3), "day1", "Koden er skiftet"),
        (timedelta(days=1), "day1", "var fra Kursusdag 1 fredag den 4. december 2026"),
        (timedelta(hours=-2), "nonsense", "Koden virker fra kl. 8.00"),
        (DAY2 - DAY1, "day1", "var fra Kursusdag 1"),
        (DAY2 - DAY1 + timedelta(days=1), "nonsense", "ingen kursusgang"),
    ],
)
def test_codes_that_let_nobody_in(room: Room, typed_at: timedelta, of: str, sentence: str) -> None:
    typed = room.code(DAY1) if of == "day1" else "AAAAAA"
    with pytest.raises(CodeRefused, match=sentence) as refused:
        room.type_code(room.anna, typed, DAY1 + typed_at)
    assert refused.value.status == 422
    assert room.row(room.anna) is None


def test_nobody_types_for_somebody_else(room: Room) -> None:
    with pytest.raises(NotAllowed):
        room.type_code(room.anna, room.code(DAY1), DAY1, by=room.lars.person)


# -- a missed day made up with another run -----------------------------------------------------------------------------


def test_a_missed_day_is_made_up_and_counts_at_home(room: Room) -> None:
    room.mark(room.anna, ABSENT)
    room.plan(room.anna)
    guests = [seat for seat in roll(room.session, room.other, "day1") if seat.is_guest]
    assert [seat.name for seat in guests] == ["Anna"]
    assert not room.counts(room.anna)
    then = DAY1 + LATER
    row = room.mark(room.anna, PRESENT, by=room.organiser, seen=guests[0].seen, now=then, run=room.other)
    assert row is not None
    assert (row.state, row.held_in_run_id) == ("present", room.other.id)
    assert room.counts(room.anna)
    there = presences(room.session, room.run, [room.anna.id])[room.anna.id]["day1"]
    assert there.meeting is not None
    assert (there.meeting.starts_at, there.minutes, there.counts) == (then, 360, True)


def test_a_guest_types_the_other_runs_code_on_the_own_runs_page(room: Room) -> None:
    room.plan(room.anna)
    then = DAY1 + LATER + timedelta(minutes=5)
    with pytest.raises(CodeRefused):
        room.type_code(room.lars, room.code(then, room.other), then)
    row = room.type_code(room.anna, room.code(then, room.other), then)
    assert (row.state, row.how, row.held_in_run_id) == ("present", "code", room.other.id)
    assert room.counts(room.anna)


def test_a_guest_unmarked_is_expected_again(room: Room) -> None:
    room.plan(room.anna)
    then = DAY1 + LATER
    planned = signature(room.row(room.anna))
    row = room.mark(room.anna, PRESENT, by=room.organiser, seen=planned, now=then, run=room.other)
    row = room.mark(room.anna, None, by=room.organiser, seen=signature(row), now=then, run=room.other)
    assert row is not None
    assert row.state == "planned"
    assert not room.counts(room.anna)


def test_the_rest_is_there_leaves_guests_alone(room: Room) -> None:
    room.plan(room.anna)
    home = make_member(room.session, room.other)
    attendance.mark_rest_present(
        room.session, actor=actor_of(room.organiser), now=DAY1 + LATER, run=room.other, session_key="day1"
    )
    assert room.counts(home)
    row = room.row(room.anna)
    assert row is not None
    assert row.state == "planned"


def test_at_home_nobody_marks_who_is_elsewhere(room: Room) -> None:
    room.plan(room.anna)
    with pytest.raises(DomainError, match="andet hold"):
        room.mark(room.anna, PRESENT, seen=signature(room.row(room.anna)))
    assert attendance.mark_rest_present(
        room.session, actor=actor_of(room.maja), now=DAY1, run=room.run, session_key="day1"
    ) == 1  # fmt: skip
    assert [seat.elsewhere.name for seat in roll(room.session, room.run, "day1") if seat.elsewhere] == ["Hold To"]


def test_which_runs_a_day_can_be_taken_with(room: Room) -> None:
    actor = actor_of(room.organiser)
    same_day = small_run(room.session, room.organiser, DAY1, DAY2 + LATER, "Samme dag")
    cancelled = small_run(room.session, room.organiser, DAY1 + LATER, DAY2 + LATER, "Aflyst")
    runs.cancel_run(room.session, actor=actor, now=DAY1, run=cancelled)
    foreign = small_run(room.session, make_organiser(room.session, "En anden"), DAY1 + LATER, DAY2 + LATER, "Andres")
    room.session.flush()
    assert [host.name for host in attendance.hosts(room.session, actor, room.run, "day1")] == ["Hold To"]
    assert {h.name for h in attendance.hosts(room.session, actor, room.run, "day2")} == {"Hold To", "Samme dag"}
    for host in (same_day, cancelled, foreign, room.run):
        with pytest.raises(NotAllowed):
            room.plan(room.anna, host)
    room.mark(room.lars, PRESENT)
    with pytest.raises(DomainError, match="til stede"):
        room.plan(room.lars)


def test_an_agreement_can_be_dropped_until_it_is_kept(room: Room) -> None:
    room.plan(room.anna)
    drop = {"actor": actor_of(room.organiser), "now": DAY1, "run": room.run, "session_key": "day1"}
    attendance.drop_plan(room.session, membership_id=room.anna.id, **drop)
    assert room.row(room.anna) is None
    room.plan(room.anna)
    room.mark(
        room.anna, PRESENT, by=room.organiser, seen=signature(room.row(room.anna)), now=DAY1 + LATER, run=room.other
    )
    with pytest.raises(DomainError, match="kan ikke fjernes"):
        attendance.drop_plan(room.session, membership_id=room.anna.id, **drop)


def test_a_day_moved_is_counted_anew(room: Room) -> None:
    left = DAY1 + timedelta(hours=6, minutes=15)  # 15.15, sixty minutes early: 300 of 360
    room.mark(room.anna, Mark(AttendanceState.PRESENT, None, left))
    assert room.counts(room.anna)
    meetings = {m.key: runs.Meeting(m.starts_at, m.ends_at, m.place) for m in room.run.sessions}
    later = DAY1 + timedelta(hours=1, minutes=15)
    meetings["day1"] = runs.Meeting(later, later + HOURS, "Et andet sted")
    organising.change_run(
        room.session, actor=Actor(room.organiser.id, "Olga", "o@example.test"), now=DAY1, run=room.run,
        name=room.run.name, cluster="", meetings=meetings,
    )  # fmt: skip
    assert not room.counts(room.anna), "225 of 360 minutes"
