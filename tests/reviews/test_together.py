"""Several reviewers and an author at the same moment, each with a connection of their own, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from course.accounts.rules import Actor
from course.db.errors import DomainError
from course.db.session import new_session, writing
from course.outbox.models import Message
from course.reviews import deciding, leases, service
from course.reviews.deciding import Seen
from course.reviews.models import Assignment, Lease
from course.work import finding
from course.work import service as spine
from course.work.models import Decision, Work
from course.work.standing import standing
from tests.factories import NOW, course
from tests.reviews.conftest import Room
from tests.reviews.test_deciding import UNTIL

Act = Callable[[Session], object]


def at_once(engine: Engine, *acts: Act) -> list[object]:
    """Do all of these at the same moment; what each gave back, or the refusal it met."""
    ready = Barrier(len(acts), timeout=20)

    def do(act: Act) -> object:
        with new_session(engine) as session:
            ready.wait()
            try:
                with writing(session):
                    return act(session)
            except DomainError as refusal:
                return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def refusals(results: list[object]) -> list[DomainError]:
    return [result for result in results if isinstance(result, DomainError)]


@pytest.fixture
def actors(room: Room) -> list[Actor]:
    """Three reviewers."""
    return [room.actor(name) for name in ("mette", "jens", "organiser")]


def test_one_work_taken_by_three_goes_to_one(room: Room, engine: Engine, actors: list[Actor]) -> None:
    work_id = room.sent().id
    room.session.commit()
    takes = [lambda s, a=a: service.take(s, actor=a, now=NOW, work_id=work_id) for a in actors]
    results = at_once(engine, *takes)
    assert [type(refusal) for refusal in refusals(results)] == [service.Taken] * 2
    with new_session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Assignment)) == 1


def test_one_work_opened_by_three_is_held_by_one(room: Room, engine: Engine, actors: list[Actor]) -> None:
    work_id = room.sent().id
    room.session.commit()
    takes = [lambda s, a=a: leases.take(s, actor=a, now=NOW, work_id=work_id) for a in actors]
    assert sorted(at_once(engine, *takes), key=bool) == [False, False, True]
    with new_session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Lease)) == 1


def test_accepted_and_returned_at_once_is_decided_once(room: Room, engine: Engine, actors: list[Actor]) -> None:
    work_id = room.sent().id
    room.session.commit()
    seen = Seen(1, "submitted")
    results = at_once(
        engine,
        lambda s: deciding.accept(s, actor=actors[0], now=NOW, work_id=work_id, seen=seen, comment="Fint."),
        lambda s: deciding.return_for_changes(
            s, actor=actors[1], now=NOW, work_id=work_id, seen=seen, comment="Ret.", until=UNTIL
        ),
        lambda s: deciding.accept(s, actor=actors[2], now=NOW, work_id=work_id, seen=seen, comment="Også fint."),
    )
    assert [refusal.status for refusal in refusals(results)] == [409, 409]
    with new_session(engine) as session:
        [decision] = session.scalars(select(Decision))
        assert session.get_one(Work, work_id).state == decision.kind
        assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_a_double_click_is_one_decision(room: Room, engine: Engine, actors: list[Actor]) -> None:
    work_id = room.sent().id
    room.session.commit()
    clicks = [
        lambda s: deciding.return_for_changes(
            s, actor=actors[0], now=NOW, work_id=work_id, seen=Seen(1, "submitted"), comment="Ret.", until=UNTIL
        )
    ] * 3
    results = at_once(engine, *clicks)
    assert refusals(results) == []
    with new_session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == 1
        assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_taken_back_and_accepted_at_once_is_one_of_both(room: Room, engine: Engine, actors: list[Actor]) -> None:
    work_id, anna = room.sent().id, room.actor("anna")
    gate = standing(room.session, room.run, room.anna).gate(course().activities["gp-05.case"], NOW, slot="bad")
    room.session.commit()
    results = at_once(
        engine,
        lambda s: spine.withdraw(s, actor=anna, now=NOW, work=finding.lock(s, work_id), gate=gate),
        lambda s: deciding.accept(s, actor=actors[0], now=NOW, work_id=work_id, seen=Seen(1, "submitted"), comment=""),
    )
    assert len(refusals(results)) == 1
    with new_session(engine) as session:
        work = session.get_one(Work, work_id)
        decided = session.scalar(select(func.count()).select_from(Decision))
        assert (work.state, decided) in {("withdrawn", 0), ("accepted", 1)}


def test_shared_out_by_two_and_taken_by_a_third_at_once(room: Room, engine: Engine, actors: list[Actor]) -> None:
    works = [room.sent(by, slot).id for by in ("anna", "bo") for slot in ("good", "bad")]
    room.session.commit()
    run = room.run
    people = [actor.person_id for actor in actors]
    share = lambda s: service.share_out(s, actor=actors[2], now=NOW, run=run, reviewers=people)  # noqa: E731
    results = at_once(engine, share, share, lambda s: service.take(s, actor=actors[0], now=NOW, work_id=works[0]))
    assert {type(refusal) for refusal in refusals(results)} <= {service.Taken}
    with new_session(engine) as session:
        assert {a.work_id for a in session.scalars(select(Assignment))} == set(works)
