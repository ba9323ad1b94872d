"""Who gives words to whose homework: sharing out, mending when somebody leaves or comes late, exchanging by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zlib import crc32

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.rules import Actor
from course.db import audit
from course.db.errors import DomainError, NotAllowed
from course.db.session import writing
from course.runs.contents import course_of
from course.runs.models import Run, TeamMember
from course.runs.service import lock_run
from course.work.models import PeerPair
from course.work.standing import timetable_of

from . import peer_rules
from .models import Recusal
from .peer_reading import Exchange, exchange_of, homeworks
from .peer_rules import Allocation, Bounds, may_give
from .peer_words import tell_giver
from .service import require_staff, staff, staff_ids

MENDED_FOR = timedelta(days=400)
"""How long after its opening a run is still looked through for homework that lacks a peer."""


class PairsChanged(DomainError):
    """Somebody else has changed this pair since the page was opened."""

    def __init__(self) -> None:
        super().__init__("Makkerne er ændret, siden du åbnede siden. Se, hvordan de er nu, og prøv igen.")


def arrange(session: Session, *, actor: Actor | None, now: datetime, run: Run, activity_id: str) -> int:
    """Pair everybody who has handed in and is not paired yet, and mend what is broken. How many pairs were changed.

    ``actor`` None: the program itself, because somebody left or the deadline has passed. Nobody else changes the run
    meanwhile. What is whole stays as it is, so it can be asked for again and again.

    Raises:
        NotAllowed: the actor is not staff of the run, or the course has no such homework.
    """
    lock_run(session, run)
    if actor is not None:
        require_staff(session, actor, run)
    exchange = exchange_of(session, run, activity_id, now)
    return _apply(session, actor, now, exchange, plan(session, exchange))


def plan(session: Session, exchange: Exchange) -> Allocation:
    """How the pairs of a homework ought to be; nothing is written."""
    if exchange.peer is None:
        return Allocation({})
    seed = crc32(f"{exchange.run.id} {exchange.activity.id}".encode())
    partners = _partners(session, exchange)
    if partners and not exchange.pairs and not exchange.are_words_due:
        bounds = Bounds(pinned=frozenset(partners))
        return peer_rules.repair(exchange.people, exchange.conflicts, partners, bounds, seed=seed)
    if not exchange.pairs and not exchange.are_words_due:
        return peer_rules.allocate(exchange.people, exchange.conflicts, seed)
    held, bounds = _held(exchange), _bounds(session, exchange)
    return peer_rules.repair(exchange.people, exchange.conflicts, held, bounds, seed=seed)


def _partners(session: Session, exchange: Exchange) -> dict[int, int]:
    """In a run that is taken in one's own time: the partners who have handed in give words to one another, three of
    them in a circle. Their teams are those of the last session.
    """
    if not exchange.run.is_own_time or not exchange.run.sessions:
        return {}
    key = exchange.run.sessions[-1].key
    rows = session.execute(
        select(TeamMember.team_id, TeamMember.membership_id)
        .where(TeamMember.session_key == key, TeamMember.membership_id.in_(exchange.people))
        .order_by(TeamMember.membership_id)
    )
    teams: dict[int, list[int]] = {}
    for team_id, member in rows:
        teams.setdefault(team_id, []).append(member)
    circles = (team for team in teams.values() if len(team) > 1)
    return {giver: team[(at + 1) % len(team)] for team in circles for at, giver in enumerate(team)}


def _held(exchange: Exchange) -> dict[int, int]:
    return {
        pair.giver_id: pair.receiver_id
        for pair in exchange.live
        if pair.giver_id is not None and pair.giver_id not in exchange.done
    }


def _bounds(session: Session, exchange: Exchange) -> Bounds:
    able = staff_ids(session, exchange.run.id)
    held, late = _held(exchange), exchange.are_words_due
    partners = _partners(session, exchange)
    together = {giver for giver, receiver in held.items() if partners.get(giver) == receiver}
    by_hand = {pair.giver_id for pair in exchange.live if pair.giver_id and pair.by_hand}
    return Bounds(
        done=exchange.done,
        stood_in=frozenset(p.receiver_id for p in exchange.live if p.stands_in_id in able and not p.by_hand),
        closed=frozenset(p.receiver_id for p in exchange.live if p.stands_in_id in able and p.by_hand),
        begun=exchange.begun,
        pinned=frozenset(held) if late else frozenset(by_hand | together),
        excused=exchange.people - held.keys() if late else frozenset(),
    )


Row = tuple[int | None, int, int | None]
"""A pair as it is kept: giver, receiver, and the facilitator who stands in."""


def _apply(session: Session, actor: Actor | None, now: datetime, exchange: Exchange, wanted: Allocation) -> int:
    rows = _rows(session, exchange, wanted)
    ended = [pair for pair in exchange.live if _row(pair) not in rows and not _is_over(exchange, pair, wanted)]
    for pair in ended:
        pair.ended_at = now
    session.flush()
    there = {_row(pair) for pair in exchange.live}
    made = [
        PeerPair(
            run_id=exchange.run.id, activity_id=exchange.activity.id, receiver_id=receiver, giver_id=giver,
            stands_in_id=helper, made_at=now,
        )
        for giver, receiver, helper in sorted(rows - there, key=lambda row: row[1])
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    if made or ended:
        counts = {"made": len(made), "ended": len(ended)}
        _record(session, actor, now, exchange.run, "peers_paired", exchange.activity.id, **counts)
    for pair in made:
        tell_giver(session, now=now, pair=pair)
    return len(made) + len(ended)


def _row(pair: PeerPair) -> Row:
    return pair.giver_id, pair.receiver_id, pair.stands_in_id


def _is_over(exchange: Exchange, pair: PeerPair, wanted: Allocation) -> bool:
    """Whether the words of a pair have been given. It stays, unless somebody else gives to the same one too."""
    is_done = pair.giver_id is not None and exchange.done.get(pair.giver_id) == pair.receiver_id
    return is_done and pair.receiver_id not in wanted.pairs.values()


def _rows(session: Session, exchange: Exchange, wanted: Allocation) -> set[Row]:
    rows: set[Row] = {(giver, receiver, None) for giver, receiver in wanted.pairs.items()}
    return rows | {(None, receiver, helper) for receiver, helper in _helpers(session, exchange, wanted).items()}


def _helpers(session: Session, exchange: Exchange, wanted: Allocation) -> dict[int, int | None]:
    """The facilitator for each who gets words from one: who has it already, or else who has fewest and is not recused.

    None where nobody can.
    """
    able = [person.id for person in staff(session, exchange.run.id)]
    members = exchange.everybody
    asked = select(Recusal.membership_id, Recusal.person_id).where(Recusal.membership_id.in_(wanted.stood_in))
    recused = {(member, person) for member, person in session.execute(asked)}
    found: dict[int, int | None] = {
        pair.receiver_id: pair.stands_in_id
        for pair in exchange.live
        if pair.receiver_id in wanted.stood_in and pair.stands_in_id in able
    }
    for receiver in sorted(wanted.stood_in - found.keys()):
        free = [p for p in able if (receiver, p) not in recused and members[receiver].person_id != p]
        load = list(found.values())
        found[receiver] = min(free, key=lambda p: (load.count(p), able.index(p)), default=None)
    return found


def _record(
    session: Session, actor: Actor | None, now: datetime, run: Run, verb: str, activity_id: str, **detail: int | None
) -> None:
    audit.record(
        session, actor_id=actor.person_id if actor else None, now=now, verb=verb, run_id=run.id,
        detail={"activity": activity_id, **detail},
    )  # fmt: skip
    session.flush()


# -- what mends by itself --------------------------------------------------------------------------------------------


def repair_after_leaving(session: Session, run: Run, now: datetime) -> int:
    """Close the gaps that a member who has just left leaves in the pairs of a run. How many pairs were changed."""
    return sum(_mend(session, run, activity.id, now) for activity in homeworks(course_of(session, run)))


def repair_after_change(session: Session, run: Run, activity_id: str, now: datetime) -> int:
    """The same when a homework was rejected; nothing when the activity is no homework."""
    known = {activity.id for activity in homeworks(course_of(session, run))}
    return _mend(session, run, activity_id, now) if activity_id in known else 0


def _mend(session: Session, run: Run, activity_id: str, now: datetime) -> int:
    if not _is_paired(session, run.id, activity_id):
        return 0
    return arrange(session, actor=None, now=now, run=run, activity_id=activity_id)


def _is_paired(session: Session, run_id: int, activity_id: str) -> bool:
    query = select(PeerPair.id).where(PeerPair.run_id == run_id, PeerPair.activity_id == activity_id)
    return session.scalars(query.limit(1)).first() is not None


def run_due(session: Session, now: datetime) -> int:
    """Pair those who have handed in when the deadline has passed, and put late ones in. How many pairs were changed.

    Asked once a minute by every worker; two at the same time wait for one another, and the second finds all whole.
    """
    changed = 0
    runs = session.scalars(select(Run).where(Run.cancelled_at.is_(None), Run.opens_at > now - MENDED_FOR)).all()
    for run in runs:
        for activity in homeworks(course_of(session, run)):
            if _is_due(session, run, activity.id, now) and _lacks(session, run, activity.id, now):
                with writing(session):
                    changed += arrange(session, actor=None, now=now, run=run, activity_id=activity.id)
    return changed


def _is_due(session: Session, run: Run, activity_id: str, now: datetime) -> bool:
    course = course_of(session, run)
    due = timetable_of(session, run, course, None).due(course.activities[activity_id].due)
    return (due is not None and due < now) or _is_paired(session, run.id, activity_id)


def _lacks(session: Session, run: Run, activity_id: str, now: datetime) -> bool:
    """Whether the pairs are not as they ought to be."""
    exchange = exchange_of(session, run, activity_id, now)
    wanted = plan(session, exchange)
    rows = _rows(session, exchange, wanted)
    there = {_row(pair) for pair in exchange.live if not _is_over(exchange, pair, wanted)}
    return rows != there


# -- by hand ---------------------------------------------------------------------------------------------------------


def exchange_giver(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    run: Run,
    activity_id: str,
    receiver_id: int,
    seen_pair_id: int,
    giver_id: int,
) -> None:
    """Let another colleague give words to one homework. The one who did gets the homework this leaves without.

    ``seen_pair_id`` is the pair on the page (0: there was none).

    Raises:
        PairsChanged: somebody has changed the pair meanwhile.
        DomainError: the words are given already, or the two may not be paired.
    """
    exchange = _opened(session, actor, now, run, activity_id, receiver_id, seen_pair_id)
    giver = exchange.members.get(giver_id)
    if giver is None or giver_id not in exchange.people or giver_id == receiver_id:
        raise DomainError("Vælg en deltager, der selv har afleveret.", status=422)
    if giver_id in exchange.done:
        raise DomainError(f"{giver.person.name} har allerede givet sine ord.", status=422)
    if not may_give(giver_id, receiver_id, exchange.conflicts):
        raise DomainError(
            f"{giver.person.name} og {exchange.members[receiver_id].person.name} {_apart(session, run)} "
            "Vælg en anden, eller lad en underviser træde til.",
            status=422,
        )
    held = _held(exchange)
    before = next((one for one, to in held.items() if to == receiver_id), None)
    freed = held.pop(giver_id, None)
    if before is not None and before != giver_id:
        del held[before]
        if freed is not None and may_give(before, freed, exchange.conflicts):
            held[before] = freed
    held[giver_id] = receiver_id
    _settle(session, actor, now, exchange, held, giver_id)


def _apart(session: Session, run: Run) -> str:
    """Why two people are no peers, as the end of a sentence."""
    words = course_of(session, run).words
    return f"er fra samme {words.workplace}" + (" eller er uddannelseslæge og tutor." if words.trainees else ".")


def stand_in(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    run: Run,
    activity_id: str,
    receiver_id: int,
    seen_pair_id: int,
    person_id: int,
) -> None:
    """Let a facilitator give words to one homework, on its review page. The colleague who should is free for another.

    Raises:
        PairsChanged: somebody has changed the pair meanwhile.
        DomainError: the words are given already, or the person cannot judge this homework.
    """
    exchange = _opened(session, actor, now, run, activity_id, receiver_id, seen_pair_id)
    is_recused = session.get(Recusal, (receiver_id, person_id)) is not None
    is_own = exchange.members[receiver_id].person_id == person_id
    if person_id not in staff_ids(session, run.id) or is_recused or is_own:
        raise DomainError("Vælg en underviser, der må læse teksten.", status=422)
    pair = exchange.pair_of_receiver(receiver_id)
    if pair is not None:
        pair.ended_at = now
        session.flush()
    session.add(
        PeerPair(
            run_id=run.id, activity_id=activity_id, receiver_id=receiver_id, stands_in_id=person_id, by_hand=True,
            made_at=now,
        )
    )  # fmt: skip
    _record(session, actor, now, run, "peer_stood_in", activity_id, receiver=receiver_id, by=person_id)
    arrange(session, actor=actor, now=now, run=run, activity_id=activity_id)


def _opened(
    session: Session,
    actor: Actor,
    now: datetime,
    run: Run,
    activity_id: str,
    receiver_id: int,
    seen_pair_id: int,
) -> Exchange:
    """The homework with nobody else changing its pairs, after it is sure that the page showed them as they are."""
    lock_run(session, run)
    require_staff(session, actor, run)
    exchange = exchange_of(session, run, activity_id, now)
    if receiver_id not in exchange.members or exchange.peer is None:
        raise NotAllowed
    if receiver_id not in exchange.people:
        raise DomainError("Hjemmeopgaven er ikke afleveret.", status=422)
    pair = exchange.pair_of_receiver(receiver_id)
    if (pair.id if pair else 0) != seen_pair_id:
        raise PairsChanged
    if pair is not None and pair.giver_id is not None and exchange.done.get(pair.giver_id) == receiver_id:
        raise DomainError("Ordene er allerede givet, så makkeren kan ikke skiftes.", status=422)
    return exchange


def _settle(
    session: Session, actor: Actor, now: datetime, exchange: Exchange, held: dict[int, int], giver: int
) -> None:
    """Put the pair of a giver, chosen by hand, in force, and mend the rest around it."""
    bounds = _bounds(session, exchange)
    bounds = replace(
        bounds,
        pinned=bounds.pinned | {giver},
        stood_in=bounds.stood_in - set(held.values()),
        closed=bounds.closed - set(held.values()),
        excused=bounds.excused - held.keys(),
    )
    wanted = peer_rules.repair(exchange.people, exchange.conflicts, held, bounds)
    _record(session, actor, now, exchange.run, "peers_exchanged", exchange.activity.id, giver=giver)
    _apply(session, actor, now, exchange, wanted)
    query = select(PeerPair).where(PeerPair.giver_id == giver, PeerPair.ended_at.is_(None))
    for pair in session.scalars(query.where(PeerPair.activity_id == exchange.activity.id)):
        pair.by_hand = True
    session.flush()
