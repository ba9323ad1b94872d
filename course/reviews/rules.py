"""Who may have what in the inbox: leases, sharing out, deadlines of a return. Pure."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

from course.runs.rules import COPENHAGEN, local_instant
from course.work.rules import Operation, Projection, State, possible

LEASE = timedelta(minutes=15)
DAYS_TO_ANSWER = 4
PAGE_SIZE = 25
LAST_MINUTE = time(23, 59)

IN_INBOX = frozenset({State.SUBMITTED, State.RETURNED, State.ACCEPTED, State.REJECTED})
"""What a reviewer can see at all. A draft, and a text that was taken back, is its author's alone."""


class Whose(StrEnum):
    """Whose works the inbox shows."""

    ALL = "all"
    MINE = "mine"
    NOBODYS = "unassigned"


class Shown(StrEnum):
    """In which state works are shown. ``WAITING`` is what somebody must still judge."""

    WAITING = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    RELEASED = "released"
    REJECTED = "rejected"
    ALL = "all"


class Order(StrEnum):
    """In which order works are shown."""

    OLDEST = "oldest"
    DEADLINE = "deadline"
    AUTHOR = "author"


@dataclass(frozen=True, slots=True)
class Filter:
    """What the inbox shows, in which order, and which page of it (from 1)."""

    whose: Whose = Whose.ALL
    shown: Shown = Shown.WAITING
    activity: str = ""
    order: Order = Order.OLDEST
    page: int = 1


def read_filter(args: Mapping[str, str], activities: Collection[str]) -> Filter:
    """The filter an address asks for; what it asks for in vain is left at its default."""
    page = args.get("page", "")
    activity = args.get("activity", "")
    return Filter(
        whose=_one_of(Whose, args.get("whose"), Whose.ALL),
        shown=_one_of(Shown, args.get("state"), Shown.WAITING),
        activity=activity if activity in activities else "",
        order=_one_of(Order, args.get("order"), Order.OLDEST),
        page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) <= 5 else 1,
    )


Named = TypeVar("Named", bound=StrEnum)


def _one_of(kind: type[Named], value: str | None, default: Named) -> Named:
    return next((one for one in kind if one == value), default)


def is_live(until: datetime | None, now: datetime) -> bool:
    """Whether a lease still holds."""
    return until is not None and now < until


def may_hold(holder_id: int | None, until: datetime | None, person_id: int, now: datetime) -> bool:
    """Whether a person can have the lease without taking it from somebody: it is theirs, or nobody's any more."""
    return holder_id == person_id or not is_live(until, now)


def wants_lease(state: State, projection: Projection) -> bool:
    """Whether somebody who opens a work like this can be about to decide or strike out something in it."""
    can = possible(state, projection)
    return bool(can & {Operation.ACCEPT, Operation.RETURN, Operation.REDACT, Operation.RELEASE})


def proposed_deadline(now: datetime) -> datetime:
    """The deadline proposed for a return: the end of the fourth day, on a Danish clock."""
    return local_instant(now.astimezone(COPENHAGEN).date() + timedelta(days=DAYS_TO_ANSWER), LAST_MINUTE)


def share_out(
    works: Mapping[int, int],
    reviewers: Collection[int],
    recusals: Collection[tuple[int, int]] = (),
    already: Mapping[int, int] | None = None,
) -> dict[int, int]:
    """Share works out as evenly as the recusals allow.

    ``works`` maps a work to its author, ``recusals`` holds (author, reviewer), ``already`` is how many works each
    reviewer has on the desk. The answer maps a work to its reviewer: never the author, never somebody recused.
    A work that nobody may judge is left out. No other sharing would have a lower highest pile.
    """
    people = sorted(set(reviewers))
    barred = set(recusals)
    able = {work: [p for p in people if p != author and (author, p) not in barred] for work, author in works.items()}
    piles: dict[int, list[int]] = {p: [] for p in people}
    start = dict(already or {})

    def load(person: int) -> int:
        return len(piles[person]) + start.get(person, 0)

    for work in sorted(works, key=lambda w: (len(able[w]), w)):
        if able[work]:
            piles[min(able[work], key=lambda p: (load(p), p))].append(work)
    while (moves := _evening_out(piles, able, {p: load(p) for p in people})) is not None:
        for work, giver, taker in moves:
            piles[giver].remove(work)
            piles[taker].append(work)
    return {work: person for person, pile in piles.items() for work in pile}


Move = tuple[int, int, int]


def _evening_out(
    piles: Mapping[int, list[int]], able: Mapping[int, list[int]], load: Mapping[int, int]
) -> list[Move] | None:
    """Moves (work, giver, taker) that pass work on from a higher pile to one at least two lower; None: all is even."""
    for highest in sorted(load, key=lambda p: -load[p]):
        came_by: dict[int, Move | None] = {highest: None}
        waiting = deque([highest])
        while waiting:
            giver = waiting.popleft()
            if load[giver] <= load[highest] - 2:
                return _way_back(came_by, giver)
            for work in piles[giver]:
                for taker in able[work]:
                    if taker not in came_by:
                        came_by[taker] = (work, giver, taker)
                        waiting.append(taker)
    return None


def _way_back(came_by: Mapping[int, Move | None], person: int) -> list[Move]:
    moves: list[Move] = []
    while (move := came_by[person]) is not None:
        moves.append(move)
        person = move[1]
    return moves


def occurrences(text: str, words: str) -> list[tuple[int, int]]:
    """Where ``words`` stand in ``text``: code points, whole words, whatever their capitals and line breaks."""
    parts = words.split()
    if not parts:
        return []
    pattern = r"\s+".join(re.escape(part) for part in parts)
    found = re.finditer(rf"(?<!\w){pattern}(?!\w)" if _is_word(parts) else pattern, text, re.IGNORECASE)
    return [match.span() for match in found]


def _is_word(parts: list[str]) -> bool:
    return parts[0][0].isalnum() and parts[-1][-1].isalnum()


def word_count(texts: Collection[str]) -> int:
    """How many words stand in some texts."""
    return sum(len(re.findall(r"\w+(?:[-’']\w+)*", text)) for text in texts)


def read_deadline(day: str, clock: str) -> datetime | None:
    """The instant of a date (``2026-12-04``) and a Danish time (``23:59`` or ``23.59``); None when it is none."""
    try:
        parsed = date.fromisoformat(day.strip())
        hour, _, minute = clock.strip().replace(":", ".").partition(".")
        return local_instant(parsed, time(int(hour), int(minute or 0)))
    except (ValueError, OverflowError):
        return None
