"""When things happen, and what is open to whom: tables, the two nights when the clocks change among them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.content.catalogue import Activity
from course.content.symbolic import parse
from course.runs.rules import (
    COPENHAGEN,
    REPLACE_WITHIN,
    Fact,
    GateState,
    Timetable,
    add_months,
    gate,
    local_instant,
    resolve,
    timetable,
)
from tests.factories import DAY1, NOW, course

SLOTS = {activity.id: tuple(slot.id for slot in activity.slots) for activity in course().activities.values()}
ANCHORS = {"start": NOW - timedelta(days=1), "day1": DAY1}
DUE = datetime(2026, 11, 20, 22, 59, tzinfo=UTC)
"""23.59 in Denmark, 14 days before day 1."""


def utc(text: str) -> datetime:
    """An instant written as in ISO, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def activity(activity_id: str) -> Activity:
    """An activity of the real course."""
    return course().activities[activity_id]


def dates(**anchors: datetime) -> Timetable:
    """The dates of the real course."""
    planned = {deadline.id: deadline.at for deadline in course().deadlines.values()}
    return timetable(ANCHORS | anchors, planned, {}, {})


@pytest.mark.parametrize(
    ("day", "at", "instant"),
    [
        ("2026-12-04", "09:00", "2026-12-04T08:00"),
        ("2026-07-01", "23:59", "2026-07-01T21:59"),
        # in March the clocks jump from 2 to 3: 2.30 is moved on by the hour that is missing
        ("2027-03-28", "01:59", "2027-03-28T00:59"),
        ("2027-03-28", "02:30", "2027-03-28T01:30"),
        ("2027-03-28", "03:00", "2027-03-28T01:00"),
        ("2027-03-28", "23:59", "2027-03-28T21:59"),
        # in October they go from 3 back to 2: of the two 2.30 the later is meant
        ("2026-10-25", "01:59", "2026-10-24T23:59"),
        ("2026-10-25", "02:30", "2026-10-25T01:30"),
        ("2026-10-25", "03:00", "2026-10-25T02:00"),
        ("2026-10-25", "23:59", "2026-10-25T22:59"),
    ],
)
def test_a_wall_clock_time_is_one_instant(day: str, at: str, instant: str) -> None:
    assert local_instant(date.fromisoformat(day), time.fromisoformat(at)) == utc(instant)


@given(st.dates(date(2020, 1, 1), date(2060, 12, 31)), st.times())
def test_an_instant_is_never_before_what_somebody_reads_on_the_wall(day: date, at: time) -> None:
    instant = local_instant(day, at).astimezone(COPENHAGEN)
    shown = instant.replace(tzinfo=None)
    wall = datetime.combine(day, at.replace(tzinfo=None))
    assert shown - wall in {timedelta(0), timedelta(hours=1)}
    if shown != wall:
        assert (day.month, wall.hour) == (3, 2)


@pytest.mark.parametrize(
    ("symbolic", "anchor", "instant"),
    [
        ("14 days before day1 at 23.59", "2026-12-04T08:00", "2026-11-20T22:59"),
        ("2 weeks before day1", "2026-12-04T08:00", "2026-11-20T22:59"),
        ("1 day after day1 at 7.00", "2026-12-04T08:00", "2026-12-05T06:00"),
        ("1 month after day1 at 9.00", "2027-01-31T08:00", "2027-02-28T08:00"),
        # days are counted in the calendar, so that the time of day stays over a change of the clocks
        ("1 day before day1 at 9.00", "2027-03-29T07:00", "2027-03-28T07:00"),
        ("2 days before day1 at 9.00", "2027-03-29T07:00", "2027-03-27T08:00"),
        ("1 day before day1 at 2.30", "2027-03-29T07:00", "2027-03-28T01:30"),
        ("day1", "2026-12-04T08:00", "2026-12-04T08:00"),
        ("day1 at 12.00", "2026-12-04T08:00", "2026-12-04T11:00"),
        # half past midnight in Denmark is still the day before in UTC
        ("1 day before day1 at 12.00", "2026-12-03T23:30", "2026-12-03T11:00"),
    ],
)
def test_a_symbolic_date_is_counted_in_danish_days(symbolic: str, anchor: str, instant: str) -> None:
    assert resolve(parse(symbolic), {"day1": utc(anchor)}) == utc(instant)
    assert resolve(parse(symbolic), {}) is None


@pytest.mark.parametrize(
    ("day", "months", "becomes"),
    [("2027-01-31", 1, "2027-02-28"), ("2028-01-31", 1, "2028-02-29"), ("2027-03-31", -1, "2027-02-28"),
     ("2026-12-15", 1, "2027-01-15"), ("2027-01-15", -13, "2025-12-15")],
)  # fmt: skip
def test_months(day: str, months: int, becomes: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(becomes)


def test_a_move_for_one_goes_before_a_move_for_all_and_both_before_the_course() -> None:
    planned = {"cases": course().deadlines["cases"].at}
    later, latest = DUE + timedelta(days=1), DUE + timedelta(days=2)
    assert timetable(ANCHORS, planned, {}, {}).due("cases") == DUE
    assert timetable(ANCHORS, planned, {"cases": later}, {}).due("cases") == later
    assert timetable(ANCHORS, planned, {"cases": later}, {"cases": latest}).due("cases") == latest
    assert timetable({}, planned, {}, {}).due("cases") is None
    assert timetable({}, planned, {"cases": later}, {}).due("cases") == later


CASE, ANALYSIS = activity("gp-05.case"), activity("gp-05.analysis")
SENT = {("gp-05.case", "bad"): Fact("submitted")}
RETURNED = {("gp-05.case", "bad"): Fact("returned", returned_until=DUE + timedelta(days=3))}
REJECTED = {("gp-05.case", "bad"): Fact("rejected", replace_until=DUE + REPLACE_WITHIN)}


@pytest.mark.parametrize(
    ("asked", "slot", "facts", "now", "state"),
    [
        (CASE, "bad", {}, NOW - timedelta(days=2), GateState.NOT_YET),
        (CASE, "bad", {}, NOW, GateState.OPEN),
        (CASE, "bad", {}, DUE, GateState.OPEN),
        (CASE, "bad", {}, DUE + timedelta(microseconds=1), GateState.CLOSED),
        (CASE, "bad", RETURNED, DUE + timedelta(days=1), GateState.OPEN),
        (CASE, "bad", RETURNED, DUE + timedelta(days=3, seconds=1), GateState.CLOSED),
        (CASE, "good", RETURNED, DUE + timedelta(days=1), GateState.CLOSED),
        (CASE, "bad", REJECTED, DUE + timedelta(days=13), GateState.OPEN),
        (CASE, "bad", REJECTED, DUE + timedelta(days=15), GateState.CLOSED),
        (CASE, "good", REJECTED, DUE + timedelta(days=1), GateState.CLOSED),
        (ANALYSIS, "main", {}, NOW, GateState.NEEDS),
        (ANALYSIS, "main", {("gp-05.case", "bad"): Fact("draft")}, NOW, GateState.NEEDS),
        (ANALYSIS, "main", {("gp-05.case", "good"): Fact("accepted")}, NOW, GateState.NEEDS),
        (ANALYSIS, "main", SENT, NOW, GateState.OPEN),
        (ANALYSIS, "main", SENT, NOW + timedelta(days=999), GateState.OPEN),
        (ANALYSIS, "main", REJECTED, NOW, GateState.NEEDS),
    ],
)
def test_what_is_open(
    asked: Activity, slot: str, facts: dict[tuple[str, str], Fact], now: datetime, state: GateState
) -> None:
    found = gate(asked, slot, dates(), facts, SLOTS, now)
    assert found.state is state
    assert found.is_open is (state is GateState.OPEN)
    cancelled = gate(asked, slot, dates(), facts, SLOTS, now, cancelled=True)
    assert cancelled.state is GateState.CANCELLED


def test_a_step_opens_on_the_day_and_stays_shut_while_the_day_has_no_date() -> None:
    assert ANALYSIS.form is not None
    first, later = ANALYSIS.form.steps[0], ANALYSIS.form.steps[2]
    before, after = DAY1 - timedelta(seconds=1), DAY1
    assert gate(ANALYSIS, "main", dates(), SENT, SLOTS, before, step=first).is_open
    closed = gate(ANALYSIS, "main", dates(), SENT, SLOTS, before, step=later)
    assert (closed.state, closed.opens_at) == (GateState.NOT_YET, DAY1)
    assert gate(ANALYSIS, "main", dates(), SENT, SLOTS, after, step=later).is_open
    undated = Timetable({"start": ANCHORS["start"]}, {})
    assert gate(ANALYSIS, "main", undated, SENT, SLOTS, after, step=later).state is GateState.NOT_YET
    assert gate(CASE, "bad", undated, {}, SLOTS, after).is_open


@given(
    st.datetimes(datetime(2026, 10, 1), datetime(2027, 3, 1), timezones=st.just(UTC)),
    st.sampled_from(["", "draft", "submitted", "returned", "accepted", "rejected", "withdrawn"]),
    st.sampled_from([CASE, ANALYSIS]),
)
def test_a_gate_always_explains_itself(now: datetime, state: str, asked: Activity) -> None:
    """Closed says until when it was open, not yet says from when, and needs says what is missing."""
    facts = {("gp-05.case", "bad"): Fact(state)} if state else {}
    found = gate(asked, asked.slots[0].id, dates(), facts, SLOTS, now)
    assert found.state is not GateState.CLOSED or (found.closes_at is not None and now > found.closes_at)
    assert found.state is not GateState.NOT_YET or (found.opens_at is not None and now < found.opens_at)
    assert found.state is not GateState.NEEDS or found.needs


def test_an_activity_opens_on_its_own_date() -> None:
    later = replace(ANALYSIS, needs=(), opens=parse("1 day before day1 at 8.00"))
    closed = gate(later, "main", dates(), {}, SLOTS, NOW)
    assert (closed.state, closed.opens_at) == (GateState.NOT_YET, utc("2026-12-03T07:00"))


@pytest.mark.parametrize(
    ("at", "state"),
    [
        ("2026-12-03T12:00", GateState.NOT_YET),
        ("2026-12-04T06:59", GateState.NOT_YET),
        ("2026-12-04T07:00", GateState.OPEN),
        ("2026-12-04T15:30", GateState.OPEN),
        ("2026-12-04T22:59", GateState.OPEN),
        ("2026-12-04T23:00", GateState.CLOSED),
    ],
)
def test_one_comes_to_a_day_from_an_hour_before_it_until_it_is_over(at: str, state: GateState) -> None:
    found = gate(activity("gp-11.attend"), None, Timetable(ANCHORS, {}), {}, SLOTS, utc(at))
    assert found.state is state
    assert found.opens_at == DAY1 - timedelta(hours=1)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, GateState.NO_TEAM),
        ({("team", "day2"): Fact("done", team_id=4)}, GateState.NO_TEAM),
        ({("team", "day1"): Fact("done", team_id=4)}, GateState.OPEN),
    ],
)
def test_a_worksheet_waits_for_a_team_of_its_day(facts: dict[tuple[str, str], Fact], state: GateState) -> None:
    asked = activity("gp-13.worksheet")
    assert gate(asked, None, Timetable(ANCHORS, {}), facts, SLOTS, DAY1).state is state
    assert gate(asked, None, Timetable(ANCHORS, {}), facts, SLOTS, NOW).state is GateState.NOT_YET


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, GateState.NO_PEER),
        ({("peer", "gp-23.homework"): Fact("waiting")}, GateState.PEER_WAITS),
        ({("peer", "gp-23.homework"): Fact("ready")}, GateState.OPEN),
    ],
)
def test_words_to_a_peer_wait_for_the_peers_text(facts: dict[tuple[str, str], Fact], state: GateState) -> None:
    asked = replace(activity("gp-23.peer"), opens=None, needs=(), due=None)
    assert gate(asked, None, Timetable(ANCHORS, {}), facts, SLOTS, NOW).state is state
