"""The calendar feed follows every date that moves, and calendars know its events again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.accounts.rules import Actor
from course.organising import service as organising
from course.runs import service as runs
from course.runs.models import Attendance, Membership, Run
from course.runs.rules import Role
from course.runs.service import Meeting
from course.work import judging
from tests.factories import DAY1, DAY2, NOW, actor_of, make_member, make_person, make_run, make_work

SignIn = Callable[[Person], FlaskClient]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CASES = datetime(2026, 11, 20, 22, 59, tzinfo=UTC)


@pytest.fixture
def run(session: Session) -> Run:
    return make_run(session)


@pytest.fixture
def anna(session: Session, run: Run) -> Membership:
    return make_member(session, run, make_person(session, "Anna"))


def organiser(session: Session, run: Run) -> Actor:
    """Who organises the run."""
    (member,) = runs.members(session, run.id, Role.ORGANISER)
    return actor_of(member.person)


Event = dict[str, Any]
Feed = Callable[[datetime], dict[str, Event]]


def read(data: bytes) -> dict[str, Event]:
    """The events of a calendar by their names, without the time at which it was read."""
    found: dict[str, Event] = {}
    for event in icalendar.Calendar.from_ical(data).walk("VEVENT"):
        values: Any = dict(event.items())
        name = str(values.pop("UID")).removesuffix("@vejenfrem-kursus")
        assert name not in found, "every event has a name of its own"
        found[name] = {k.lower(): getattr(v, "dt", v) for k, v in values.items() if k != "DTSTAMP"}
    return found


@pytest.fixture
def feed(client_for: SignIn, anna: Membership) -> Feed:
    """Anna's calendar at a time."""

    def at(now: datetime) -> dict[str, Event]:
        with time_machine.travel(now, tick=False):
            answer = client_for(anna.person).get(f"/runs/{anna.run_id}/calendar.ics")
        assert answer.status_code == 200
        return read(answer.data)

    return at


def move(session: Session, run: Run, to: datetime, *, now: datetime, member: Membership | None = None) -> None:
    """Move the deadline of the cases for all, or for one."""
    organising.move_deadline(
        session, actor=organiser(session, run), now=now, run=run, deadline_id="cases",
        membership_id=member.id if member else None, moved_to=to,
    )  # fmt: skip


def shift(session: Session, run: Run, by: timedelta, *, now: datetime) -> None:
    """Hold the first day at another time."""
    hours = timedelta(hours=7, minutes=15)
    meetings = {
        "day1": Meeting(DAY1 + by, DAY1 + by + hours, "Biblioteket"),
        "day2": Meeting(DAY2, DAY2 + hours, "Medborgerhuset"),
    }
    organising.change_run(
        session, actor=organiser(session, run), now=now, run=run, name=run.name, cluster=run.cluster,
        meetings=meetings,
    )  # fmt: skip


def moved(before: Event, after: Event) -> bool:
    """Whether a calendar is told that the event has another date: a higher number and a later change."""
    later = after["last-modified"] > before["last-modified"]
    assert later == (after["sequence"] > before["sequence"]), "number and time of change go together here"
    return later


def test_nothing_moves_by_itself(session: Session, run: Run, anna: Membership, feed: Feed) -> None:
    first, later = feed(NOW), feed(NOW + 5 * DAY)
    assert first.keys() == later.keys()
    for key, event in first.items():
        assert (later[key]["sequence"], later[key]["last-modified"]) == (event["sequence"], event["last-modified"])
        assert event["sequence"] == 0


def test_a_moved_day_moves_it_and_the_deadlines_that_count_from_it(
    session: Session, run: Run, anna: Membership, feed: Feed
) -> None:
    before = feed(NOW)
    shift(session, run, 7 * DAY, now=NOW + HOUR)
    after = feed(NOW + 2 * HOUR)
    assert before.keys() == after.keys()
    day1, day2 = f"session-{run.id}-day1", f"session-{run.id}-day2"
    assert after[day1]["dtstart"] == DAY1 + 7 * DAY
    assert after[day1]["location"] == "Biblioteket"
    assert after[f"deadline-{run.id}-cases"]["dtend"] == CASES + 7 * DAY
    assert moved(before[day1], after[day1])
    assert moved(before[f"deadline-{run.id}-cases"], after[f"deadline-{run.id}-cases"])
    assert not moved(before[day2], after[day2])
    shift(session, run, timedelta(), now=NOW + 3 * HOUR)
    back = feed(NOW + 4 * HOUR)
    assert back[day1]["dtstart"] == DAY1
    assert moved(after[day1], back[day1]), "moving it back is a move too"


def test_a_deadline_moved_for_all_and_for_one(session: Session, run: Run, anna: Membership, feed: Feed) -> None:
    key = f"deadline-{run.id}-cases"
    bo = make_member(session, run, make_person(session, "Bo"))
    before = feed(NOW)
    move(session, run, CASES + DAY, now=NOW + HOUR, member=bo)
    assert feed(NOW + HOUR)[key] == before[key], "it is Bo's alone"
    move(session, run, CASES + 2 * DAY, now=NOW + 2 * HOUR)
    for_all = feed(NOW + 2 * HOUR)
    assert for_all[key]["dtend"] == CASES + 2 * DAY
    assert moved(before[key], for_all[key])
    move(session, run, CASES + 3 * DAY, now=NOW + 3 * HOUR, member=anna)
    own = feed(NOW + 3 * HOUR)
    assert own[key]["dtend"] == CASES + 3 * DAY
    assert moved(for_all[key], own[key])
    assert not moved(for_all[f"session-{run.id}-day1"], own[f"session-{run.id}-day1"])


def test_a_text_sent_back_has_a_deadline_of_its_own(session: Session, run: Run, anna: Membership, feed: Feed) -> None:
    mette = make_person(session, "Mette")
    make_member(session, run, mette, Role.FACILITATOR)
    work = make_work(session, anna, slot="bad", state="submitted")
    until = CASES + 5 * DAY
    judging.return_for_changes(
        session, actor=actor_of(mette), now=NOW + HOUR, work_id=work.id, revision_no=work.submitted_no or 0,
        comment="Mere", until=until,
    )  # fmt: skip
    found = feed(NOW + 2 * HOUR)
    assert found[f"deadline-{run.id}-cases"]["dtend"] == CASES
    assert found[f"deadline-{run.id}-cases-gp-05.case-bad"]["dtend"] == until


def test_a_day_taken_with_another_run(session: Session, run: Run, anna: Membership, feed: Feed) -> None:
    other = make_run(session, name="Hold Birkely", day1=DAY1 + 14 * DAY, day2=DAY2 + 14 * DAY)
    before = feed(NOW)
    session.add(
        Attendance(
            membership_id=anna.id, session_key="day1", state="planned", how="staff", held_in_run_id=other.id,
            marked_at=NOW + HOUR,
        )
    )  # fmt: skip
    after = feed(NOW + 2 * HOUR)
    key = f"session-{run.id}-day1"
    assert before.keys() == after.keys(), "it is the same day of the course, held elsewhere"
    assert after[key]["dtstart"] == DAY1 + 14 * DAY
    assert after[key]["summary"] == "Kursusdag 1: Hold Åsbakken (sammen med Hold Birkely)"
    assert moved(before[key], after[key])
    assert not moved(before[f"session-{run.id}-day2"], after[f"session-{run.id}-day2"])
    hours = timedelta(hours=7, minutes=15)
    organising.change_run(
        session, actor=organiser(session, other), now=NOW + 3 * HOUR, run=other, name=other.name, cluster="",
        meetings={
            "day1": Meeting(DAY1 + 15 * DAY, DAY1 + 15 * DAY + hours, "Andetsteds"),
            "day2": Meeting(DAY2 + 14 * DAY, DAY2 + 14 * DAY + hours, ""),
        },
    )  # fmt: skip
    again = feed(NOW + 4 * HOUR)
    assert again[key]["dtstart"] == DAY1 + 15 * DAY
    assert again[key]["location"] == "Andetsteds"
    assert moved(after[key], again[key])


def test_what_is_done_is_said_without_moving(session: Session, run: Run, anna: Membership, feed: Feed) -> None:
    key = f"deadline-{run.id}-cases"
    before = feed(NOW)[key]
    for slot in ("good", "bad"):
        make_work(session, anna, slot=slot, state="submitted", now=NOW + HOUR)
    after = feed(NOW + 2 * HOUR)[key]
    assert after["summary"] == "Frist: Send dine to forløb (gjort)"
    assert after["sequence"] == before["sequence"]
    assert after["last-modified"] > before["last-modified"]


def test_a_cancelled_run_tells_the_calendar(session: Session, run: Run, anna: Membership, feed: Feed) -> None:
    key = f"session-{run.id}-day1"
    before = feed(NOW)[key]
    organising.cancel(session, actor=organiser(session, run), now=NOW + HOUR, run=run)
    after = feed(NOW + 2 * HOUR)[key]
    assert after["status"] == "CANCELLED"
    assert moved(before, after)


def test_the_days_around_the_change_of_clocks(session: Session, client_for: SignIn) -> None:
    """23.59 stays 23.59 in Denmark when the deadline falls on the other side of the change."""
    first = datetime(2027, 4, 2, 7, 0, tzinfo=UTC)  # 9.00 in summer time
    run = make_run(session, day1=first, day2=first + 35 * DAY)
    member = make_member(session, run)
    with time_machine.travel(NOW, tick=False):
        answer = client_for(member.person).get(f"/runs/{run.id}/calendar.ics")
    cases = read(answer.data)[f"deadline-{run.id}-cases"]
    assert cases["dtend"] == datetime(2027, 3, 19, 22, 59, tzinfo=UTC)
