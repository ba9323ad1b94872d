"""The path: phases, the next thing, deadlines. Tables without application or database."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from course.learning import rules
from course.learning.rules import Entry, PhaseState
from course.runs.rules import Fact, Gate, GateState
from tests.factories import DAY1, DAY2, NOW, course

OPEN = Gate(GateState.OPEN)
CLOSED = Gate(GateState.CLOSED, closes_at=NOW)
STARTS = {"day1": DAY1, "day2": DAY2}


def entry(activity_id: str, slot: str = "main", state: str = "", gate: Gate = OPEN) -> Entry:
    """One thing to do of the real course."""
    activity = course().activities[activity_id]
    (place,) = [place for place in activity.places if place.id == slot]
    return Entry(activity, slot, place.title, Fact(state) if state else None, gate)


def everything(state: str = "", gate: Gate = OPEN) -> list[Entry]:
    """The whole course, everything in one state."""
    return [entry(a.id, place.id, state, gate) for a in course().activities.values() for place in a.places]


def test_slots_bear_their_titles_only_where_there_are_several() -> None:
    assert entry("gp-05.case", "bad").title == "Et forløb, der gik dårligt"
    assert entry("gp-01.aim").title == "Din egen mandag"


@pytest.mark.parametrize(
    ("state", "gate", "done", "begun", "shown"),
    [
        ("", OPEN, False, False, "open"),
        ("", CLOSED, False, False, "closed"),
        ("draft", OPEN, False, True, "draft"),
        ("draft", CLOSED, False, True, "closed"),
        ("returned", OPEN, False, True, "returned"),
        ("withdrawn", OPEN, False, True, "withdrawn"),
        ("submitted", CLOSED, True, False, "submitted"),
        ("accepted", CLOSED, True, False, "accepted"),
        ("done", OPEN, True, False, "done"),
        ("rejected", OPEN, False, False, "rejected"),
    ],
)
def test_what_an_entry_says(state: str, gate: Gate, done: bool, begun: bool, shown: str) -> None:
    found = entry("gp-05.case", "bad", state, gate)
    assert (found.is_done, found.is_begun, found.state) == (done, begun, shown)


@pytest.mark.parametrize(
    ("state", "now", "states"),
    [
        ("", NOW, ["current", "later", "later", "later", "later"]),
        ("done", NOW, ["done", "current", "later", "later", "later"]),
        ("done", DAY1 + timedelta(hours=3), ["done", "current", "later", "later", "later"]),
        ("done", DAY1 + timedelta(days=1), ["done", "done", "done", "current", "later"]),
        # a phase that is not done stays the current one, also when the day has come
        ("draft", DAY1 + timedelta(days=1), ["current", "later", "later", "later", "later"]),
        ("draft", DAY1 + timedelta(hours=3), ["current", "today", "later", "later", "later"]),
    ],
)
def test_the_phase_one_is_in(state: str, now: datetime, states: list[str]) -> None:
    found = rules.phases(course(), everything(state), STARTS, now)
    assert [phase.state for phase in found] == [PhaseState(word) for word in states]
    assert tuple(module.module.id for module in found[0].modules) == course().phases[0].modules


def test_every_entry_stands_on_the_path_once() -> None:
    entries = everything()
    found = rules.phases(course(), entries, STARTS, NOW)
    shown = [e for phase in found for module in phase.modules for e in module.entries]
    assert shown == entries


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ({}, "gp-01.aim"),
        ({"gp-01.aim": "submitted"}, "gp-01.safety"),
        ({"gp-05.case": "returned"}, "gp-05.case"),
    ],
)
def test_the_next_thing(states: dict[str, str], expected: str) -> None:
    entries = [
        entry(e.activity.id, e.slot, states.get(e.activity.id, ""), CLOSED if e.activity.session else OPEN)
        for e in everything()
    ]
    found = rules.next_entry(entries)
    assert found is not None
    assert found.activity.id == expected


def test_being_there_comes_first_while_the_doors_are_open() -> None:
    found = rules.next_entry([entry("gp-05.case", "bad", "returned"), entry("gp-11.attend", "main", "")])
    assert found is not None
    assert found.activity.id == "gp-11.attend"
    assert rules.next_entry([entry("gp-11.attend", "main", "done")]) is None


def test_nothing_is_next_when_everything_is_done_or_shut() -> None:
    assert rules.next_entry(everything("done")) is None
    assert rules.next_entry(everything("", CLOSED)) is None
    assert rules.next_entry([]) is None


def test_a_skip_test_is_asked_of_nobody() -> None:
    amr = course("amr")
    left = [a.id for a in amr.activities.values() if a.is_skip_test]
    entries = [
        Entry(a, place.id, a.title, None if a.is_skip_test else Fact("done"), OPEN)
        for a in amr.activities.values()
        for place in a.places
    ]
    assert rules.next_entry(entries) is None
    found = rules.phases(amr, entries, {}, NOW, own_time=True)
    assert {phase.state for phase in found} == {PhaseState.DONE}
    (ladders,) = [module for phase in found for module in phase.modules if module.module.id == "amr-22"]
    assert [e.activity.id for e in ladders.entries if e not in ladders.asked] == left
    assert ladders.done == len(ladders.asked) == len(ladders.entries) - 3


def test_deadlines_stand_in_the_order_of_time_and_a_return_has_its_own() -> None:
    due, own = NOW + timedelta(days=10), NOW + timedelta(days=4)
    entries = [
        entry("gp-05.case", "good", "submitted", Gate(GateState.OPEN, closes_at=due)),
        entry("gp-05.case", "bad", "returned", Gate(GateState.OPEN, closes_at=own)),
    ]
    found = rules.deadlines(course(), entries)
    assert [(deadline.at, [e.slot for e in deadline.waiting]) for deadline in found] == [(own, ["bad"]), (due, [])]
