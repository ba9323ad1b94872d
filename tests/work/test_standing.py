"""Where a member stands: dates with every move applied, and what was done."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.runs.models import DeadlineMove, Membership, Progress, Run
from course.runs.rules import REPLACE_WITHIN, Fact, GateState
from course.work.standing import standing, standings_of_run
from tests.factories import NOW, make_member, make_work

from .conftest import Author

STEPS = frozenset({"frame", "events", "parts"})
"""The steps of a case, all of them complete in the factory's case."""


def move(session: Session, run: Run, to: datetime, member: Membership | None = None) -> None:
    """Move the deadline of the cases."""
    session.add(
        DeadlineMove(
            run_id=run.id, deadline_id="cases", membership_id=member.id if member else None, moved_to=to, moved_at=NOW
        )
    )
    session.flush()


def test_what_was_done(session: Session, author: Author, organiser: Person) -> None:
    member = author.member
    make_work(session, member, slot="good", state="submitted")
    make_work(session, member, slot="bad", state="returned", judge=organiser)
    session.add(Progress(membership_id=member.id, activity_id="gp-05.choose", at=NOW))
    session.flush()
    assert standing(session, author.run, member).facts == {
        ("gp-05.case", "good"): Fact("submitted", complete_steps=STEPS),
        ("gp-05.case", "bad"): Fact("returned", NOW + timedelta(days=4), complete_steps=STEPS),
        ("gp-05.choose", "main"): Fact("done"),
    }


def test_a_rejected_work_counts_until_it_is_replaced(session: Session, author: Author, organiser: Person) -> None:
    until = NOW + REPLACE_WITHIN
    make_work(session, author.member, state="rejected", judge=organiser)
    rejected, begun_again = (Fact(state, None, until, STEPS) for state in ("rejected", "draft"))
    assert standing(session, author.run, author.member).facts == {("gp-05.case", "bad"): rejected}
    make_work(session, author.member)
    assert standing(session, author.run, author.member).facts == {("gp-05.case", "bad"): begun_again}


def test_a_move_for_one_goes_before_a_move_for_all(session: Session, run: Run, author: Author) -> None:
    other = make_member(session, run)
    move(session, run, NOW + timedelta(days=30))
    move(session, run, NOW - timedelta(days=1), author.member)
    own, theirs = standing(session, run, author.member), standing(session, run, other)
    assert own.gate(author.activity, NOW, slot="bad").state is GateState.CLOSED
    assert theirs.gate(author.activity, NOW, slot="bad").closes_at == NOW + timedelta(days=30)
    assert standing(session, run, None).dates.due("cases") == NOW + timedelta(days=30)


def test_one_slots_return_does_not_open_the_other(session: Session, author: Author, organiser: Person) -> None:
    make_work(session, author.member, slot="good")
    make_work(session, author.member, slot="bad", state="returned", judge=organiser, now=NOW + timedelta(days=18))
    stands, late = standing(session, author.run, author.member), NOW + timedelta(days=20)
    assert stands.gate(author.activity, late, slot="bad").is_open
    assert not stands.gate(author.activity, late, slot="good").is_open


def test_later_steps_open_on_the_day_and_the_analysis_needs_its_case(session: Session, author: Author) -> None:
    member, run = author.member, author.run
    analysis = Author(session, run, member, "gp-05.analysis", "main").activity
    assert analysis.form is not None
    assert standing(session, run, member).gate(analysis, NOW).state is GateState.NEEDS
    make_work(session, member, state="submitted")
    stands = standing(session, run, member)
    gates = [stands.gate(analysis, NOW, step=step) for step in analysis.form.steps]
    assert [gate.state for gate in gates] == [GateState.OPEN] * 2 + [GateState.NOT_YET] * 2
    assert all(gate.opens_at == stands.dates.anchors["day1"] for gate in gates[2:])


def test_everybody_at_once_stands_as_each_alone(session: Session, run: Run, author: Author, organiser: Person) -> None:
    members = [author.member, make_member(session, run), make_member(session, run)]
    make_work(session, members[0], state="returned", judge=organiser)
    make_work(session, members[1], slot="good")
    move(session, run, NOW + timedelta(days=30))
    move(session, run, NOW + timedelta(days=40), members[2])
    together = standings_of_run(session, run, members)
    assert together == {member.id: standing(session, run, member) for member in members}
