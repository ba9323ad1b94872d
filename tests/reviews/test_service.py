from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from course.db.audit import AuditRow
from course.db.errors import DomainError, NotAllowed
from course.reviews import leases, service
from course.reviews.models import Assignment, Lease, Recusal
from course.reviews.rules import LEASE
from course.runs.rules import Role
from tests.factories import NOW, actor_of, make_member, make_person, make_run
from tests.reviews.conftest import Room


def take(room: Room, name: str, work_id: int) -> Assignment:
    return service.take(room.session, actor=room.actor(name), now=NOW, work_id=work_id)


def test_taking_and_giving_back(room: Room) -> None:
    work = room.sent()
    assert take(room, "mette", work.id).person_id == room.mette.id
    assert take(room, "mette", work.id).person_id == room.mette.id
    with pytest.raises(service.Taken, match="Mette Maj"):
        take(room, "jens", work.id)
    service.give_back(room.session, actor=room.actor("jens"), now=NOW, work_id=work.id)
    assert service.assignment_of(room.session, work.id) is not None, "only who has it can give it back"
    service.give_back(room.session, actor=room.actor("mette"), now=NOW, work_id=work.id)
    assert take(room, "jens", work.id).person_id == room.jens.id
    verbs = room.session.scalars(select(AuditRow.verb).where(AuditRow.work_id == work.id)).all()
    assert verbs.count("assigned") == 2
    assert verbs.count("unassigned") == 1


@pytest.mark.parametrize("who", ["anna", "bo", "stranger", "own", "left"])
def test_only_staff_who_did_not_write_it_can_take_a_work(room: Room, who: str) -> None:
    work = room.sent()
    if who == "own":
        make_member(room.session, room.run, room.anna.person, Role.FACILITATOR)
    people = {
        "own": room.anna.person, "anna": room.anna.person, "bo": room.bo.person,
        "stranger": make_person(room.session), "left": room.jens,
    }  # fmt: skip
    if who == "left":
        member = make_member(room.session, room.run, room.jens, Role.FACILITATOR)
        member.left_at = NOW
    with pytest.raises(NotAllowed):
        service.take(room.session, actor=actor_of(people[who]), now=NOW, work_id=work.id)


class TestSharingOut:
    def test_only_what_nobody_has_is_shared_evenly(self, room: Room) -> None:
        works = [room.sent(by, slot) for by in ("anna", "bo") for slot in ("good", "bad")]
        take(room, "mette", works[0].id)
        piles = service.share_out(
            room.session, actor=room.actor("organiser"), now=NOW, run=room.run, reviewers=[room.mette.id, room.jens.id]
        )
        assert piles == {room.mette.id: 1, room.jens.id: 2}
        assert all(service.assignment_of(room.session, work.id) for work in works)
        again = service.share_out(
            room.session, actor=room.actor("organiser"), now=NOW, run=room.run, reviewers=[room.jens.id]
        )
        assert again == {room.jens.id: 0}

    def test_not_to_the_author_and_not_to_who_is_recused(self, room: Room) -> None:
        make_member(room.session, room.run, room.anna.person, Role.FACILITATOR)
        annas, bos = room.sent("anna"), room.sent("bo")
        service.recuse(room.session, actor=room.actor("mette"), now=NOW, work_id=bos.id)
        service.share_out(
            room.session, actor=room.actor("organiser"), now=NOW, run=room.run,
            reviewers=[room.mette.id, room.anna.person_id],
        )  # fmt: skip
        given = {a.work_id: a.person_id for a in room.session.scalars(select(Assignment))}
        assert given == {annas.id: room.mette.id, bos.id: room.anna.person_id}

    def test_by_organisers_only_and_to_staff_only(self, room: Room) -> None:
        room.sent()
        with pytest.raises(NotAllowed):
            service.share_out(room.session, actor=room.actor("mette"), now=NOW, run=room.run, reviewers=[room.mette.id])
        for chosen in ([], [room.bo.person_id], [room.mette.id, 987654]):
            with pytest.raises(DomainError, match="Vælg"):
                service.share_out(room.session, actor=room.actor("organiser"), now=NOW, run=room.run, reviewers=chosen)

    def test_drafts_and_other_runs_are_left_alone(self, room: Room) -> None:
        other = make_run(room.session, room.organiser)
        elsewhere = Room(
            room.session, other, room.organiser, room.mette, room.jens, make_member(room.session, other), room.bo
        ).sent()
        service.share_out(room.session, actor=room.actor("organiser"), now=NOW, run=room.run, reviewers=[room.mette.id])
        assert service.assignment_of(room.session, elsewhere.id) is None


def test_an_organiser_gives_a_work_to_somebody(room: Room) -> None:
    work = room.sent()
    take(room, "mette", work.id)

    def assign(name: str, to: int | None) -> None:
        service.assign(room.session, actor=room.actor(name), now=NOW, work_id=work.id, person_id=to)

    assign("organiser", room.jens.id)
    held = service.assignment_of(room.session, work.id)
    assert held is not None
    assert held.person_id == room.jens.id
    with pytest.raises(NotAllowed):
        assign("mette", room.mette.id)
    service.recuse(room.session, actor=room.actor("jens"), now=NOW, work_id=work.id)
    for nobody in (room.jens.id, room.anna.person_id, room.bo.person_id, 987654):
        with pytest.raises(DomainError, match="Vælg en anden"):
            assign("organiser", nobody)
    assign("organiser", room.mette.id)
    assign("organiser", None)
    assert service.assignment_of(room.session, work.id) is None


def test_recused_from_all_works_of_one_author_and_back(room: Room) -> None:
    bad, good, bos = room.sent("anna", "bad"), room.sent("anna", "good"), room.sent("bo")
    for work in (bad, good, bos):
        take(room, "mette", work.id)
        assert leases.take(room.session, actor=room.actor("mette"), now=NOW, work_id=work.id)
    membership_id = service.recuse(room.session, actor=room.actor("mette"), now=NOW, work_id=bad.id)
    assert membership_id == room.anna.id
    assert {a.work_id for a in room.session.scalars(select(Assignment))} == {bos.id}
    assert {lease.work_id for lease in room.session.scalars(select(Lease))} == {bos.id}
    with pytest.raises(NotAllowed):
        take(room, "mette", good.id)
    with pytest.raises(NotAllowed):
        service.lift_recusal(room.session, actor=room.actor("jens"), now=NOW, run=room.run, membership_id=membership_id)
    service.lift_recusal(room.session, actor=room.actor("mette"), now=NOW, run=room.run, membership_id=membership_id)
    assert room.session.scalars(select(Recusal)).all() == []
    take(room, "mette", good.id)


class TestLease:
    def test_is_held_by_one_and_runs_out(self, room: Room) -> None:
        work = room.sent()

        def take_lease(name: str, after: timedelta) -> bool:
            return leases.take(room.session, actor=room.actor(name), now=NOW + after, work_id=work.id)

        assert take_lease("mette", timedelta(0))
        assert not take_lease("jens", timedelta(minutes=1))
        assert take_lease("mette", timedelta(minutes=10))
        assert not take_lease("jens", LEASE + timedelta(minutes=9))
        assert take_lease("jens", LEASE + timedelta(minutes=10))
        assert not take_lease("mette", LEASE + timedelta(minutes=11))

    def test_can_be_taken_over_and_that_is_written_down(self, room: Room) -> None:
        work = room.sent()
        leases.take(room.session, actor=room.actor("mette"), now=NOW, work_id=work.id)
        leases.take_over(room.session, actor=room.actor("jens"), now=NOW, work_id=work.id)
        held = leases.lease_of(room.session, work.id)
        assert held is not None
        assert (held.person_id, held.until) == (room.jens.id, NOW + LEASE)
        [row] = room.session.scalars(select(AuditRow).where(AuditRow.verb == "lease_taken_over"))
        assert row.detail == {"from": room.mette.id}
        with pytest.raises(NotAllowed):
            leases.take_over(room.session, actor=room.actor("bo"), now=NOW, work_id=work.id)

    def test_only_ones_own_is_given_up(self, room: Room) -> None:
        work = room.sent()
        leases.take(room.session, actor=room.actor("mette"), now=NOW, work_id=work.id)
        leases.let_go(room.session, actor=room.actor("jens"), work_id=work.id)
        assert leases.lease_of(room.session, work.id) is not None
        leases.let_go(room.session, actor=room.actor("mette"), work_id=work.id)
        assert leases.lease_of(room.session, work.id) is None
