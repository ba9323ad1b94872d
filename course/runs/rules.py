"""When things happen in a run, and what is open to whom. Pure: values and the time in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from course.content.catalogue import Activity, Kind, Step
from course.content.symbolic import Symbolic

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


class Role(StrEnum):
    """What a person is in a run."""

    PARTICIPANT = "participant"
    FACILITATOR = "facilitator"
    ORGANISER = "organiser"


STAFF = frozenset({Role.FACILITATOR, Role.ORGANISER})

ROLE_NAMES = {Role.PARTICIPANT: "deltager", Role.FACILITATOR: "underviser", Role.ORGANISER: "kursusarrangør"}


def local_instant(day: date, at: time) -> datetime:
    """The instant (UTC) of a wall-clock time in Denmark.

    A time that the clocks skip in March is moved on by the hour they skip; of a time they repeat in October
    the later is meant, because a deadline shall never come sooner than somebody read it.
    """
    wall = datetime.combine(day, at.replace(tzinfo=None), tzinfo=COPENHAGEN)
    later = wall.replace(fold=1).astimezone(UTC)
    if later.astimezone(COPENHAGEN).replace(tzinfo=None, fold=0) != wall.replace(tzinfo=None):
        return wall.replace(fold=0).astimezone(UTC)  # the skipped hour: 2.30 becomes 3.30
    return later


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    for last in range(day.day, 0, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("a month has days")


def resolve(symbolic: Symbolic, anchors: Mapping[str, datetime]) -> datetime | None:
    """The instant a symbolic date means, counted in days of the Danish calendar; None while its anchor has no date."""
    anchor = anchors.get(symbolic.anchor)
    return None if anchor is None else _counted(symbolic, anchor)


@lru_cache(maxsize=4096)
def _counted(symbolic: Symbolic, anchor: datetime) -> datetime:
    """The instant a symbolic date means from its anchor; asked for the same dates at every request."""
    if not symbolic.amount and symbolic.time is None:
        return anchor
    day = anchor.astimezone(COPENHAGEN).date()
    sign = -1 if symbolic.direction == "before" else 1
    match symbolic.unit:
        case "months":
            day = add_months(day, sign * symbolic.amount)
        case "weeks":
            day += timedelta(weeks=sign * symbolic.amount)
        case _:
            day += timedelta(days=sign * symbolic.amount)
    return local_instant(day, symbolic.time or time(23, 59))


@dataclass(frozen=True, slots=True)
class Timetable:
    """The dates of a run as one member has them: sessions, the opening ("start") and deadlines, moves applied."""

    anchors: Mapping[str, datetime]
    deadlines: Mapping[str, datetime]
    own_time: bool = False

    def at(self, symbolic: Symbolic | None) -> datetime | None:
        """The instant of a symbolic date, None when there is none or it has no date yet."""
        return resolve(symbolic, self.anchors) if symbolic else None

    def due(self, deadline_id: str | None) -> datetime | None:
        """The instant of a deadline, None when there is none or it has no date yet."""
        return self.deadlines.get(deadline_id) if deadline_id else None


def timetable(
    anchors: Mapping[str, datetime],
    deadlines: Mapping[str, Symbolic],
    moves_for_all: Mapping[str, datetime],
    moves_for_one: Mapping[str, datetime],
    *,
    own_time: bool = False,
) -> Timetable:
    """Work out the dates of one member. A move for one person goes before a move for all."""
    resolved: dict[str, datetime] = {}
    for deadline_id, symbolic in deadlines.items():
        own = moves_for_one.get(deadline_id) or moves_for_all.get(deadline_id)
        instant = own or resolve(symbolic, anchors)
        if instant is not None:
            resolved[deadline_id] = instant
    return Timetable(dict(anchors), resolved, own_time)


REPLACE_WITHIN = timedelta(days=14)
"""How long after a rejection a new work can be begun and handed in, also when the deadline has passed."""


class GateState(StrEnum):
    """Whether a member may act in an activity now, and if not, which way it is closed."""

    OPEN = "open"
    NOT_YET = "not_yet"
    NEEDS = "needs"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    NO_TEAM = "no_team"
    NO_PEER = "no_peer"
    PEER_WAITS = "peer_waits"


TEAM, PEER = "team", "peer"
"""The facts that a member is in a team of a session, and has a peer's homework (of an activity) to give words to."""


class Fact(NamedTuple):
    """What a member has done with one slot of an activity: its work's state, and a returned work's own deadline.

    ``replace_until``: how long a rejected work can be replaced, and its replacement be written and handed in.
    ``complete_steps``: the steps of its form in which nothing is missing. ``team_id``: of the fact ``TEAM``.
    """

    state: str
    returned_until: datetime | None = None
    replace_until: datetime | None = None
    complete_steps: frozenset[str] = frozenset()
    team_id: int | None = None


class Need(NamedTuple):
    """Something that must be done first: the activity, the slot's title and how far it must have come."""

    activity_id: str
    slot: str | None
    state: str


class Gate(NamedTuple):
    """The answer to: open? from when? until when? why not? what next?

    ``by_talk``: it is a session that is taken in one's own time, and closed by a talk with the partner.
    """

    state: GateState
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    needs: tuple[Need, ...] = ()
    by_talk: bool = False

    @property
    def is_open(self) -> bool:
        """Whether one may write, submit and withdraw now."""
        return self.state is GateState.OPEN


_REACHED = {
    "started": {"started", "draft", "submitted", "returned", "accepted", "rejected", "withdrawn", "done"},
    "submitted": {"submitted", "returned", "accepted", "done"},
    "accepted": {"accepted"},
    "done": {"submitted", "accepted", "done"},
}

Facts = Mapping[tuple[str, str], Fact]


def has_reached(facts: Facts, activity_id: str, slots: tuple[str, ...], state: str) -> bool:
    """Whether every one of these slots has come as far as ``state`` (started, submitted, accepted, done)."""
    return all((fact := facts.get((activity_id, slot))) is not None and fact.state in _REACHED[state] for slot in slots)


def missing_needs(activity: Activity, slots_of: Mapping[str, tuple[str, ...]], facts: Facts) -> tuple[Need, ...]:
    """What must be done before ``activity`` opens. ``slots_of`` gives each activity's slots."""
    if not activity.needs:
        return ()
    missing: list[Need] = []
    for need in activity.needs:
        slots = (need.slot,) if need.slot else slots_of[need.activity]
        if not has_reached(facts, need.activity, slots, need.state):
            missing.append(Need(need.activity, need.slot, need.state))
    return tuple(missing)


def gate(
    activity: Activity,
    slot: str | None,
    dates: Timetable,
    facts: Facts,
    slots_of: Mapping[str, tuple[str, ...]],
    now: datetime,
    *,
    cancelled: bool = False,
    step: Step | None = None,
    before: tuple[Need, ...] = (),
) -> Gate:
    """Whether ``activity`` (or one slot, or one step of it) is open to a member at ``now``.

    The deadline is the last moment that counts: at 23.59 sharp one can still submit. A returned work has its own
    deadline, which overrides a closed gate (the later of the two counts, so that a moved deadline opens it again);
    a rejected one can be replaced for a while, whatever the deadline was.
    Without any deadline an activity stays open. ``before`` is what a session in one's own time needs beside
    (:func:`left_of_session`).
    """
    by_talk = dates.own_time and activity.kind is Kind.ATTEND
    if cancelled:
        return Gate(GateState.CANCELLED, by_talk=by_talk)
    opens_at = dates.at(activity.opens) or dates.anchors.get("start")
    if step is not None:
        opens_at = _latest(opens_at, dates.at(step.opens))
    closes_at = _closes_at(activity, slot, dates, facts)
    if activity.kind is Kind.ATTEND:
        opens_at, closes_at = _doors(activity, dates, closes_at)
    if (opens_at is not None and now < opens_at) or (step and step.opens and dates.at(step.opens) is None):
        return Gate(GateState.NOT_YET, opens_at, closes_at, by_talk=by_talk)
    missing = missing_needs(activity, slots_of, facts) + before
    if missing:
        return Gate(GateState.NEEDS, opens_at, closes_at, missing, by_talk)
    alone = _waits_for_others(activity, facts, by_talk=by_talk)
    if alone is not None:
        return Gate(alone, opens_at, closes_at, by_talk=by_talk)
    if closes_at is not None and now > closes_at:
        return Gate(GateState.CLOSED, opens_at, closes_at, by_talk=by_talk)
    return Gate(GateState.OPEN, opens_at, closes_at, by_talk=by_talk)


NOT_UP_TO_ONE = frozenset({GateState.NO_TEAM, GateState.NO_PEER, GateState.PEER_WAITS, GateState.CLOSED})
"""Ways of being closed that the member can do nothing about: what is so does not keep a session from being done."""


def left_of_session(activities: Iterable[Activity], gates: Mapping[str, Gate], facts: Facts) -> tuple[Need, ...]:
    """What a member has left to do of a session they take in their own time, before the talk closes it.

    ``activities`` are those of the session's modules, ``gates`` how each stands. What waits for others is not asked
    for.
    """
    return tuple(
        Need(activity.id, None, "done")
        for activity in activities
        if activity.kind is not Kind.ATTEND
        and gates[activity.id].state not in NOT_UP_TO_ONE
        and not has_reached(facts, activity.id, tuple(slot.id for slot in activity.slots) or ("main",), "done")
    )


DOORS_OPEN = timedelta(minutes=60)
"""How long before a session one can say that one has come."""


def _doors(activity: Activity, dates: Timetable, closes_at: datetime | None) -> tuple[datetime | None, datetime | None]:
    """From when and until when one can come to the session of an ``attend`` activity: until the day is over. In one's
    own time from its first day, and until its deadline if it has one.
    """
    starts = dates.anchors.get(activity.session or "")
    if starts is None:
        return None, None
    if dates.own_time:
        return starts, closes_at
    day = starts.astimezone(COPENHAGEN).date()
    return starts - DOORS_OPEN, local_instant(day, time(23, 59))


def _waits_for_others(activity: Activity, facts: Facts, *, by_talk: bool) -> GateState | None:
    """Why an activity that is done with others cannot be begun: no team, no peer, nothing released to read."""
    if activity.is_shared or by_talk:
        return None if (TEAM, activity.session or "") in facts else GateState.NO_TEAM
    if activity.kind is Kind.PEER and activity.on is not None:
        peer = facts.get((PEER, activity.on.activity))
        if peer is None:
            return GateState.NO_PEER
        return GateState.PEER_WAITS if peer.state != "ready" else None
    return None


def _latest(*instants: datetime | None) -> datetime | None:
    return max((instant for instant in instants if instant is not None), default=None)


def _closes_at(activity: Activity, slot: str | None, dates: Timetable, facts: Facts) -> datetime | None:
    due = dates.due(activity.due)
    if slot is not None:
        one = facts.get((activity.id, slot))
        mine = [one] if one is not None else []
    else:
        mine = [fact for (name, _), fact in facts.items() if name == activity.id]
    if not mine:
        return due
    own = _latest(*(fact.returned_until for fact in mine if fact.state == "returned"))
    return own if due is None else _latest(due, own, *(fact.replace_until for fact in mine))
