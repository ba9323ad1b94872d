"""What is lacking for the certificate: the rule as a table, and completion granted with a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.content.catalogue import Requirement, Slot
from course.db.audit import AuditRow
from course.db.errors import DomainError, NotAllowed
from course.runs import completion
from course.runs.completion_rules import is_complete, lacking, minutes_online, objectives_covered
from course.runs.models import CompletionGrant
from course.runs.rules import Fact
from course.runs.service import members
from tests.factories import DAY1, DAY2, NOW, actor_of, course, make_member, make_person
from tests.runs.small_course import make_facilitator, make_organiser, small_course, small_run

DONE = Fact("done")
ALL = {("sm-01.read", "main"): DONE, ("sm-11.attend", "main"): DONE, ("sm-31.attend", "main"): DONE}


def without(*names: str) -> dict[tuple[str, str], Fact]:
    return {key: fact for key, fact in ALL.items() if key[0] not in names}


@pytest.mark.parametrize(
    ("missing", "sentences"),
    [
        ((), []),
        (("sm-11.attend",), ["Fremmødet på Kursusdag 1 mangler eller er for kort."]),
        (("sm-01.read",), ["»Læs« er ikke gjort."]),
        (
            ("sm-01.read", "sm-11.attend", "sm-31.attend"),
            [
                "Fremmødet på Kursusdag 1 mangler eller er for kort.",
                "Fremmødet på Kursusdag 2 mangler eller er for kort.",
                "»Læs« er ikke gjort.",
            ],
        ),
    ],
)
def test_what_is_lacking(missing: tuple[str, ...], sentences: list[str]) -> None:
    found = lacking(small_course(), without(*missing))
    assert [one.sentence for one in found] == sentences
    assert is_complete(found, is_granted=False) is (sentences == [])
    assert is_complete(found, is_granted=True)


CASE = course().activities["gp-05.case"]
WRITTEN = replace(course(), activities={CASE.id: CASE}, completion=(Requirement(CASE.id, "accepted"),))


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (None, "er ikke godkendt"),
        ("draft", "er ikke godkendt"),
        ("withdrawn", "er ikke godkendt"),
        ("submitted", "er sendt, men ikke læst endnu"),
        ("returned", "er sendt tilbage og skal rettes"),
        ("rejected", "er afvist og skal erstattes af et andet"),
        ("accepted", None),
    ],
)
def test_each_slot_of_a_written_activity(state: str | None, sentence: str | None) -> None:
    facts = {(CASE.id, "bad"): Fact("accepted")} | ({(CASE.id, "good"): Fact(state)} if state else {})
    found = lacking(WRITTEN, facts)
    good = CASE.slot("good")
    assert good is not None
    expected = [] if sentence is None else [("good", f"»{good.title}« {sentence}.")]
    assert [(one.slot, one.sentence) for one in found] == expected


def test_an_activity_that_is_gone_is_not_asked_for() -> None:
    gone = replace(small_course(), completion=(Requirement("sm-99.gone", "done"),))
    assert lacking(gone, {}) == ()


def test_minutes_online_leave_the_sessions_out_and_count_shares() -> None:
    assert minutes_online(small_course(), ALL) == 50
    assert minutes_online(small_course(), {}) == 0
    read = small_course().activities["sm-01.read"]
    two = replace(read, slots=(Slot("a", "A"), Slot("b", "B")))
    halved = replace(small_course(), activities={read.id: two})
    assert minutes_online(halved, {(read.id, "a"): DONE}) == 25


def test_objectives_of_what_was_done_and_attended() -> None:
    assert objectives_covered(small_course(), ALL, frozenset({"day1", "day2"})) == ("small.1", "small.2", "small.3")
    assert objectives_covered(small_course(), without("sm-01.read"), frozenset({"day2"})) == ("small.3",)
    assert objectives_covered(small_course(), {}, frozenset()) == ()


def test_a_grant_has_a_reason_and_an_author(session: Session) -> None:
    organiser = make_organiser(session)
    run = small_run(session, organiser, DAY1, DAY2)
    member = make_member(session, run)
    values = {"run": run, "membership_id": member.id}
    with pytest.raises(DomainError, match="begrundelse"):
        completion.grant(session, actor=actor_of(organiser), now=NOW, reason="  kort ", **values)
    with pytest.raises(DomainError, match="begrundelse"):
        completion.grant(session, actor=actor_of(organiser), now=NOW, reason="x" * 1001, **values)
    reason = "Har taget dagen på et andet kursus med samme indhold."
    for who in (make_facilitator(session, run, "Maja"), member.person, make_person(session, "Udenfor")):
        with pytest.raises(NotAllowed):
            completion.grant(session, actor=actor_of(who), now=NOW, reason=reason, **values)
    row = completion.grant(session, actor=actor_of(organiser), now=NOW, reason=f" {reason}\n", **values)
    assert (row.reason, row.granted_by_id, row.granted_at) == (reason, organiser.id, NOW)
    audit = session.scalars(select(AuditRow).where(AuditRow.verb == "completion_granted")).one()
    assert audit.detail == {"membership": member.id}
    completion.take_back(session, actor=actor_of(organiser), now=NOW, **values)
    completion.take_back(session, actor=actor_of(organiser), now=NOW, **values)
    assert session.get(CompletionGrant, member.id) is None


def test_nobody_is_granted_what_is_of_another_run(session: Session) -> None:
    organiser = make_organiser(session)
    run, other = (small_run(session, organiser, DAY1, DAY2, name) for name in ("Ene", "Andet"))
    guest, staff = make_member(session, other), make_facilitator(session, run, "Maja")
    seat = next(m.id for m in members(session, run.id) if m.person_id == staff.id)
    for membership_id in (guest.id, seat, 987_654):
        with pytest.raises(NotAllowed):
            completion.grant(
                session, actor=actor_of(organiser), now=NOW, run=run, membership_id=membership_id, reason="x" * 20
            )
