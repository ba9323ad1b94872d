"""Moving dates: what the preview says is what happens, for all and for one; mails go to whom it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.accounts.rules import Actor
from course.db.errors import DomainError, NotAllowed
from course.organising import rules, service
from course.outbox.models import Message
from course.runs import service as runs
from course.runs.models import DeadlineMove, Membership, Run
from course.runs.rules import Fact, Timetable, local_instant
from course.runs.service import Meeting
from course.work.standing import standings_of_run
from tests.factories import DAY1, DAY2, NOW, actor_of, course, make_member, make_person, make_run, make_work

DUE = datetime(2026, 11, 20, 22, 59, tzinfo=UTC)
LATER = DUE + timedelta(days=3)
HOURS = timedelta(hours=7, minutes=15)


@pytest.fixture
def run(session: Session) -> Run:
    """A run of the real course."""
    return make_run(session)


@pytest.fixture
def organiser(session: Session, run: Run) -> Actor:
    """Who made it."""
    return actor_of(session.get_one(Person, run.created_by_id))


@pytest.fixture
def people(session: Session, run: Run, organiser: Actor) -> tuple[Membership, Membership, Membership]:
    """One who has sent both cases, one who has begun, one who has not."""
    done, begun, idle = (make_member(session, run, make_person(session, name)) for name in ("Anna", "Bo", "Carl"))
    for slot in ("good", "bad"):
        make_work(session, done, slot=slot, state="submitted")
    make_work(session, begun)
    return done, begun, idle


def due_of(session: Session, run: Run, deadline_id: str = "cases") -> dict[int, datetime | None]:
    """When a deadline is for each participant, as the path works it out."""
    session.flush()
    stands = standings_of_run(session, run, service.participants(session, run).values())
    return {member: stand.dates.due(deadline_id) for member, stand in stands.items()}


def told(session: Session, kind: str = "deadlines_moved") -> set[str]:
    """Who has a mail of a kind in the outbox."""
    return set(session.scalars(select(Message.to).where(Message.kind == kind)))


def move(
    session: Session, run: Run, organiser: Actor, to: datetime, member: Membership | None = None
) -> tuple[rules.Affected, ...]:
    """Move the deadline of the cases."""
    return service.move_deadline(
        session, actor=organiser, now=NOW, run=run, deadline_id="cases", membership_id=member.id if member else None,
        moved_to=to,
    )  # fmt: skip


def test_a_move_for_all_does_what_the_preview_says(
    session: Session, run: Run, organiser: Actor, people: tuple[Membership, Membership, Membership]
) -> None:
    done, begun, idle = people
    seen = service.preview_move(session, run, "cases", None, LATER)
    assert due_of(session, run) == dict.fromkeys((m.id for m in people), DUE)
    assert move(session, run, organiser, LATER) == seen
    assert due_of(session, run) == {one.membership_id: one.moved[0].becomes for one in seen}
    assert {one.membership_id for one in seen if one.is_told} == {begun.id, idle.id}
    assert told(session) == {begun.person.email, idle.person.email}
    assert done.person.email not in told(session)


def test_a_move_for_one_leaves_the_others(
    session: Session, run: Run, organiser: Actor, people: tuple[Membership, Membership, Membership]
) -> None:
    done, begun, idle = people
    seen = service.preview_move(session, run, "cases", begun.id, LATER)
    assert [one.membership_id for one in seen] == [begun.id]
    move(session, run, organiser, LATER, begun)
    assert due_of(session, run) == {done.id: DUE, begun.id: LATER, idle.id: DUE}
    assert told(session) == {begun.person.email}


def test_a_later_move_for_all_does_not_touch_who_has_a_date_of_their_own(
    session: Session, run: Run, organiser: Actor, people: tuple[Membership, Membership, Membership]
) -> None:
    done, begun, idle = people
    move(session, run, organiser, LATER, begun)
    last = LATER + timedelta(days=1)
    seen = move(session, run, organiser, last)
    assert {one.membership_id for one in seen} == {done.id, idle.id}
    assert due_of(session, run) == {done.id: last, begun.id: LATER, idle.id: last}


def test_moving_twice_is_one_row(
    session: Session, run: Run, organiser: Actor, people: tuple[Membership, Membership, Membership]
) -> None:
    for member in (None, None, people[0], people[0]):
        move(session, run, organiser, LATER, member)
    assert len(session.scalars(select(DeadlineMove)).all()) == 2


def test_moving_to_where_it_is_tells_nobody(
    session: Session, run: Run, organiser: Actor, people: tuple[Membership, Membership, Membership]
) -> None:
    assert move(session, run, organiser, DUE) == ()
    assert told(session) == set()


@pytest.mark.parametrize("to", [NOW, NOW - timedelta(seconds=1), NOW - timedelta(days=900)])
def test_a_deadline_is_not_moved_into_the_past(session: Session, run: Run, organiser: Actor, to: datetime) -> None:
    with pytest.raises(DomainError):
        move(session, run, organiser, to)
    assert session.scalars(select(DeadlineMove)).all() == []


def test_unknown_deadlines_and_people(session: Session, run: Run, organiser: Actor) -> None:
    other = make_member(session, make_run(session))
    with pytest.raises(NotAllowed):
        service.preview_move(session, run, "no-such", None, LATER)
    with pytest.raises(NotAllowed):
        move(session, run, organiser, LATER, other)


def test_a_deadline_in_the_hour_that_is_missing_in_march(session: Session, organiser: Actor) -> None:
    """2.30 does not exist on 28 March 2027; the deadline is then 3.30 summer time."""
    run = make_run(
        session, session.get_one(Person, organiser.person_id),
        day1=datetime(2027, 4, 9, 7, tzinfo=UTC), day2=datetime(2027, 5, 14, 7, tzinfo=UTC),
    )  # fmt: skip
    member = make_member(session, run)
    missing = local_instant(datetime(2027, 3, 28).date(), datetime(2027, 3, 28, 2, 30).time())
    move(session, run, organiser, missing)
    assert due_of(session, run) == {member.id: datetime(2027, 3, 28, 1, 30, tzinfo=UTC)}


def meetings(day1: datetime = DAY1, day2: datetime = DAY2, place: str = "Medborgerhuset") -> dict[str, Meeting]:
    """The days of a run."""
    return {"day1": Meeting(day1, day1 + HOURS, place), "day2": Meeting(day2, day2 + HOURS, place)}


def change(session: Session, run: Run, organiser: Actor, to: dict[str, Meeting], name: str = "Hold Åsbakken") -> None:
    """Change a run."""
    service.change_run(session, actor=organiser, now=NOW, run=run, name=name, cluster=run.cluster, meetings=to)


def test_deadlines_follow_the_days_as_the_preview_says(
    session: Session, run: Run, organiser: Actor, people: tuple[Membership, Membership, Membership]
) -> None:
    to = meetings(DAY1 + timedelta(days=7))
    general, seen = service.preview_meetings(session, run, to)
    assert {m.id: m.becomes for m in general}["cases"] == DUE + timedelta(days=7)
    change(session, run, organiser, to)
    now_due = due_of(session, run)
    assert now_due == dict.fromkeys((m.id for m in people), DUE + timedelta(days=7))
    assert {one.membership_id: {m.id: m.becomes for m in one.moved}["cases"] for one in seen} == now_due
    everybody = {member.person.email for member in runs.members(session, run.id)}
    assert told(session, "session_moved") == everybody


def test_a_new_name_tells_nobody(session: Session, run: Run, organiser: Actor) -> None:
    make_member(session, run)
    change(session, run, organiser, meetings(), name="Et nyt navn")
    assert run.name == "Et nyt navn"
    assert told(session, "session_moved") == set()


@pytest.mark.parametrize(
    "wrong",
    [
        meetings(DAY2, DAY1),
        meetings(DAY1, DAY1),
        {"day1": Meeting(DAY1, DAY1 - HOURS, ""), "day2": Meeting(DAY2, DAY2 + HOURS, "")},
        {"day1": Meeting(DAY1, DAY1, ""), "day2": Meeting(DAY2, DAY2 + HOURS, "")},
        {"day1": Meeting(DAY1, DAY1 + HOURS, "")},
        {},
    ],
    ids=["swapped", "same day", "ends before it begins", "no time", "one is missing", "none"],
)
def test_dates_in_the_wrong_order_are_refused(
    session: Session, run: Run, organiser: Actor, wrong: dict[str, Meeting]
) -> None:
    with pytest.raises(DomainError):
        change(session, run, organiser, wrong)
    with pytest.raises(DomainError):
        runs.create_run(
            session, actor=organiser, now=NOW, course=course(), packed=b"", name="x", cluster="", meetings=wrong
        )
    assert [meeting.starts_at for meeting in run.sessions] == [DAY1, DAY2]


def test_who_is_touched_and_who_is_told() -> None:
    """The rule alone, without a database."""
    before = Timetable({}, {"cases": DUE, "homework": DUE})
    after = {1: Timetable({}, {"cases": LATER, "homework": DUE}), 2: before, 3: Timetable({}, {"homework": DUE})}
    sent = {("gp-05.case", "good"): Fact("submitted"), ("gp-05.case", "bad"): Fact("accepted")}
    found = rules.affected(course(), dict.fromkeys(after, before), after, {1: sent})
    assert [(one.membership_id, one.moved[0].becomes, one.is_told) for one in found] == [
        (1, LATER, False),
        (3, None, True),
    ]


def test_what_a_new_version_of_the_course_touches() -> None:
    old = course()
    changed = replace(old.activities["gp-05.case"], digest="x", title="Ny titel")
    kept = {k: v for k, v in old.activities.items() if k not in {"gp-04.words", "gp-01.aim"}}
    extra = replace(changed, id="gp-05.extra", title="Noget nyt")
    new = replace(old, activities={**kept, "gp-05.case": changed, "gp-05.extra": extra}, digest="y")
    found = rules.touched(old, new, {"gp-05.case": 3, "gp-04.words": 2, "gp-02.role": 9}, {})
    assert found == rules.Touched(
        added=("Noget nyt",),
        removed=tuple(old.activities[a].title for a in ("gp-01.aim", "gp-04.words")),
        asked_anew=(old.activities["gp-05.case"].title,),
        works=5,
    )
    assert rules.touched(old, old, {}, {}) == rules.Touched((), (), (), 0)


def test_a_rubric_that_somebody_was_judged_by_is_told_of_when_it_is_another_one() -> None:
    old = course()
    used, unused = old.rubrics["homework"], old.rubrics["incident"]
    set_by = {used.digest: 4, "of an earlier version": 2}
    new = replace(old, rubrics={"homework": replace(used, digest="x"), "incident": replace(unused, digest="y")})
    assert rules.touched(old, new, {}, set_by).rubrics == (rules.ChangedRubric(used.title, 4),)
    assert rules.touched(old, replace(old, rubrics={}), {}, set_by).rubrics == (rules.ChangedRubric(used.title, 4),)
    assert rules.touched(old, old, {}, set_by).rubrics == ()
