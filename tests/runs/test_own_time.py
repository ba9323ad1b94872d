"""A run in one's own time: how it is held, what its sessions ask for, and what cannot be."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from course.db.errors import DomainError
from course.organising import service as organising
from course.runs import attendance, attendance_code
from course.runs import service as runs
from course.runs.attendance_reading import presences
from course.runs.models import Membership, Run
from course.runs.rules import GateState, Role
from course.teams import partners, reading
from course.teams import service as teams
from course.work.standing import planned_of, standing
from tests.factories import NOW, actor_of, course, make_person, packed

AMR = course("amr")
ATTEND = AMR.activities["amr-01.attend"]
SPAN = timedelta(days=10)


def make(session: Session, mode: str, *, starts: datetime = NOW) -> Run:
    olga = make_person(session, "Olga", may_create_runs=True)
    length = SPAN if mode == "own-time" else timedelta(hours=2)
    return runs.create_run(
        session, actor=actor_of(olga), now=NOW, course=AMR, packed=packed("amr"), name="AMR", cluster="", mode=mode,
        meetings={
            "session1": runs.Meeting(starts, starts + length, ""),
            "session2": runs.Meeting(starts + 2 * SPAN, starts + 2 * SPAN + length, ""),
        },
    )  # fmt: skip


def join(session: Session, run: Run, name: str, clinic: str = "") -> Membership:
    person = make_person(session, name)
    member = runs.add_member(session, actor=actor_of(person), now=NOW, run=run, person_id=person.id,
                             role=Role.PARTICIPANT, clinic=clinic)  # fmt: skip
    member.person = person
    return member


@pytest.mark.parametrize(
    ("mode", "after", "state"),
    [
        ("live", timedelta(hours=-2), GateState.NOT_YET),
        ("live", timedelta(minutes=5), GateState.OPEN),
        ("live", timedelta(days=1), GateState.CLOSED),
        ("own-time", timedelta(minutes=-5), GateState.NOT_YET),
        ("own-time", timedelta(minutes=5), GateState.NEEDS),
        ("own-time", timedelta(days=9), GateState.NEEDS),
    ],
)
def test_the_doors_of_a_session(session: Session, mode: str, after: timedelta, state: GateState) -> None:
    run = make(session, mode)
    gate = standing(session, run, join(session, run, "Oda")).gate(ATTEND, NOW + after)
    assert gate.state is state
    assert gate.by_talk is (mode == "own-time")
    if state is GateState.NEEDS:
        assert {need.activity_id for need in gate.needs} >= {"amr-02.body", "amr-06.plan"}
        assert "amr-05.opening" not in {need.activity_id for need in gate.needs}, "it waits for a partner"


def test_deadlines_of_its_own(session: Session) -> None:
    live, own = make(session, "live"), make(session, "own-time")
    assert set(planned_of(AMR, "own-time")) - set(planned_of(AMR, "live")) == {"session1-done", "session2-done"}
    oda = join(session, own, "Oda")
    assert standing(session, own, oda).dates.due("session1-done") == own.sessions[0].ends_at
    assert standing(session, live, None).dates.due("session1-done") is None


def test_staff_may_note_a_session_and_its_minutes_are_those_of_the_sheet(session: Session) -> None:
    run = make(session, "own-time")
    oda = join(session, run, "Oda")
    olga = actor_of(session.get_one(runs.Person, run.created_by_id))
    attendance.mark(
        session, actor=olga, now=NOW + timedelta(days=1), run=run, session_key="session1", membership_id=oda.id,
        wanted=attendance.Mark(attendance.AttendanceState.PRESENT), seen="-",
    )  # fmt: skip
    there = presences(session, run, [oda.id])[oda.id]["session1"]
    assert (there.minutes, there.net, there.counts) == (110, 110, True)
    with pytest.raises(DomainError, match="allerede taget"):
        organising.change_run(
            session, actor=olga, now=NOW, run=run, name="AMR", cluster="", mode="live",
            meetings={s.key: runs.Meeting(s.starts_at, s.ends_at, "") for s in run.sessions},
        )  # fmt: skip


def test_there_is_no_code(session: Session) -> None:
    run = make(session, "own-time")
    assert attendance_code.doors(session, run, join(session, run, "Oda")) == []


def test_the_mode_can_be_changed_before_anybody_has_taken_a_session(session: Session) -> None:
    run = make(session, "live")
    olga = actor_of(session.get_one(runs.Person, run.created_by_id))
    last = {s.key: runs.Meeting(s.starts_at, s.starts_at + SPAN, "") for s in run.sessions}
    organising.change_run(session, actor=olga, now=NOW, run=run, name="AMR", cluster="", mode="own-time", meetings=last)
    assert run.is_own_time


def test_partners_mend_themselves_and_can_be_changed_by_hand(session: Session) -> None:
    run = make(session, "own-time")
    olga = actor_of(session.get_one(runs.Person, run.created_by_id))
    people = [join(session, run, name, place) for name, place in
              (("a", "X"), ("b", "X"), ("c", "Y"), ("d", "Y"))]  # fmt: skip
    assert teams.mend(session, now=NOW, run=run, course=AMR)
    assert not teams.mend(session, now=NOW, run=run, course=AMR), "what is whole stays"
    found = reading.teams(session, run.id, "session1")
    first, second = (reading.here(team) for team in found)
    assert {member.clinic for member in first} == {"X", "Y"}
    mover, stays = first[0], first[1]
    teams.move(
        session, actor=olga, now=NOW, run=run, course=AMR, session_key="session1", membership_id=mover.id,
        team_id=found[1].id, seen=reading.version(session, found),
    )  # fmt: skip
    for key in ("session1", "session2"):
        groups = {frozenset(g) for g in reading.groups_of(reading.teams(session, run.id, key)).values()}
        assert sorted(map(len, groups)) == [2, 2], "they changed places"
        assert frozenset({mover.id, stays.id}) not in groups
    runs.remove_member(session, actor=olga, now=NOW, run=run, membership_id=second[0].id)
    assert teams.mend(session, now=NOW, run=run, course=AMR)
    assert [len(reading.here(team)) for team in reading.teams(session, run.id, "session2")] == [3]
    assert len(people) == 4


def test_a_talk_needs_the_rest_of_the_session(session: Session) -> None:
    run = make(session, "own-time")
    oda = join(session, run, "Oda")
    with pytest.raises(DomainError, match="Du mangler"):
        partners.hold_talk(
            session, actor=actor_of(oda.person), now=NOW + timedelta(hours=1), run=run, member=oda,
            session_key="session1",
        )  # fmt: skip
    live = make(session, "live")
    bo = join(session, live, "Bo")
    with pytest.raises(DomainError):
        partners.hold_talk(
            session, actor=actor_of(bo.person), now=NOW + timedelta(hours=1), run=live, member=bo,
            session_key="session1",
        )  # fmt: skip
