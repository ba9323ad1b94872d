"""Faults that an attack on the finished rooms found; each test failed before its repair."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.accounts.rules import Actor
from course.db.errors import DomainError
from course.db.session import new_session, writing
from course.exercises.models import Attempt, PracticeStep
from course.learning.rules import phases
from course.organising import service as organising
from course.organising.rules import has_place
from course.reviews.rules import read_deadline, read_filter
from course.runs import invitation_rows, invitations, rules
from course.runs import service as runs
from course.runs.models import DeadlineMove, Invitation, Membership, Run
from course.runs.rules import Fact, GateState, Role, Timetable
from course.work import checking
from course.work import service as spine
from course.work.models import Redaction, Submission
from course.work.standing import standing
from tests.clients import Client
from tests.conftest import SECRET
from tests.factories import (
    DAY1,
    NOW,
    actor_of,
    case_data,
    course,
    form_of,
    judge_work,
    make_member,
    make_person,
    make_run,
    make_work,
    play,
)

ClientFor = Callable[[Person], FlaskClient]
PASSWORD = "grøn cykel i regnvejr"


@pytest.fixture
def run(session: Session) -> Run:
    return make_run(session)


@pytest.mark.parametrize("number", [2**63, 2**70, 10**400])
def test_an_id_that_no_database_knows_is_just_unknown(
    app: Flask, session: Session, run: Run, client_for: ClientFor, number: int
) -> None:
    organiser = session.get_one(Person, run.created_by_id)
    client = client_for(organiser)
    assert client.get(f"/runs/{number}").status_code == 404
    assert client.get(f"/runs/{run.id}/people/{number}/remove").status_code == 404
    assert client.post(f"/account/sign-ins/{number}/end").status_code == 404
    assert app.test_client().get(f"/runs/{number}").status_code == 302


@pytest.mark.parametrize("page", ["99999999999999999999", "-1", "0", "x"])
def test_a_page_of_the_outbox_that_is_not_there_is_empty(
    session: Session, run: Run, client_for: ClientFor, page: str
) -> None:
    client = client_for(session.get_one(Person, run.created_by_id))
    assert client.get(f"/runs/{run.id}/outbox?page={page}").status_code == 200


def test_an_error_of_the_database_does_not_repeat_what_was_written(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError) as failed:
        connection.execute(text("INSERT INTO nowhere VALUES (:said)"), {"said": "patienten havde ondt"})
    assert "patienten" not in str(failed.value)


def test_a_page_gone_back_to_never_shows_an_old_receipt_for_a_new_text(session: Session, run: Run) -> None:
    member, judge = make_member(session, run), make_person(session)
    make_member(session, run, judge, Role.FACILITATOR)
    work = make_work(session, member, state="submitted")
    first = session.scalars(select(Submission)).one()
    judge_work(session, work, actor_of(judge), "returned", now=NOW, comment="Skriv mere.")
    actor, form = actor_of(member.person), form_of("gp-05.case")
    gate = standing(session, run, member).gate(course().activities["gp-05.case"], NOW, slot="bad")
    changed = case_data(wanted="patienten ville gerne tilbage til de tunge opgaver, men turde ikke løfte endnu")
    spine.save(
        session, actor=actor, now=NOW, work=work, form=form, gate=gate, content=checking.check_data(form, changed),
        base_no=work.latest_no, save_id=str(uuid4()),
    )  # fmt: skip

    def send(revision_no: int) -> Submission:
        return spine.submit(
            session, actor=actor, now=NOW, work=work, form=form, gate=gate, revision_no=revision_no,
            submit_key=first.submit_key, checked=range(len(form.self_check)),
        )  # fmt: skip

    with pytest.raises(spine.StaleText):
        send(first.revision_no)
    second = send(work.latest_no)
    assert (second.id != first.id, second.revision_no) == (True, work.latest_no)
    assert work.state == "submitted"
    assert send(first.revision_no).id == first.id, "a late double click changes nothing"


def test_two_organisers_who_remove_each_other_leave_one(engine: Engine, session: Session, run: Run) -> None:
    first = session.scalars(select(Membership).where(Membership.run_id == run.id)).one()
    second = make_member(session, run, role=Role.ORGANISER)
    session.commit()
    ready, refused = threading.Barrier(2), []

    def remove(actor: Actor, membership_id: int) -> None:
        with new_session(engine) as own:
            here = own.get_one(Run, run.id)
            assert here.sessions
            ready.wait(10)
            try:
                with writing(own):
                    runs.remove_member(own, actor=actor, now=NOW, run=here, membership_id=membership_id)
            except DomainError as error:
                refused.append(error)

    people = [session.get_one(Person, m.person_id) for m in (first, second)]
    threads = [
        threading.Thread(target=remove, args=(actor_of(person), other.id))
        for person, other in zip(people, (second, first), strict=True)
    ]
    session.commit()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with new_session(engine) as fresh:
        assert len(runs.members(fresh, run.id, Role.ORGANISER)) == 1
    assert len(refused) == 1


def test_a_clinician_who_is_still_staff_stays_the_clinician(session: Session, run: Run) -> None:
    organiser = actor_of(session.get_one(Person, run.created_by_id))
    person = make_person(session)
    taught = make_member(session, run, person, Role.FACILITATOR)
    led = make_member(session, run, person, Role.ORGANISER)
    runs.name_clinician(session, actor=organiser, now=NOW, run=run, person_id=person.id)
    runs.remove_member(session, actor=organiser, now=NOW, run=run, membership_id=taught.id)
    assert run.clinician_id == person.id
    runs.remove_member(session, actor=organiser, now=NOW, run=run, membership_id=led.id)
    assert run.clinician_id is None


def test_other_answers_under_a_used_key_are_another_attempt(session: Session, run: Run) -> None:
    member = make_member(session, run)
    questions = course().activities["gp-04.myths"].exercises[0].spec.questions
    first = {q.id: [q.options[0].id] for q in questions}
    other = {q.id: [q.options[-1].id] for q in questions}
    key = str(uuid4())
    assert len({play(session, member, "gp-04.myths", first, key=key).id for _ in range(2)}) == 1
    play(session, member, "gp-04.myths", other, key=key)
    assert len(session.scalars(select(Attempt)).all()) == 2
    assert [step.data["answers"] for step in session.scalars(select(PracticeStep)).all()] == [first, other]


@pytest.mark.parametrize(
    ("moved", "state"),
    [(timedelta(days=-1), GateState.CLOSED), (timedelta(days=3), GateState.OPEN)],
)
def test_a_deadline_moved_for_one_opens_what_was_returned_and_missed(moved: timedelta, state: GateState) -> None:
    activity = course().activities["gp-05.case"]
    dates = Timetable({"start": NOW - timedelta(days=30)}, {activity.due or "": NOW + moved})
    facts = {(activity.id, "bad"): Fact("returned", NOW - timedelta(hours=1))}
    assert rules.gate(replace(activity, needs=()), "bad", dates, facts, {}, NOW).state is state


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (datetime(2026, 12, 4, 22, 59, tzinfo=UTC), "current"),
        (datetime(2026, 12, 4, 23, 0, tzinfo=UTC), "done"),
    ],
)
def test_a_day_is_over_when_the_danish_day_is(now: datetime, state: str) -> None:
    day = next(phase for phase in course().phases if phase.session)
    found = phases(replace(course(), phases=(day,)), [], {day.session or "": DAY1}, now)
    assert [phase.state for phase in found] == [state]


def test_a_written_slot_must_stay(session: Session) -> None:
    activity = course().activities["gp-05.case"]
    assert has_place(course(), activity.id, "bad")
    fewer = replace(activity, slots=tuple(slot for slot in activity.slots if slot.id != "bad"))
    without = replace(course(), activities={**course().activities, activity.id: fewer})
    assert not has_place(without, activity.id, "bad")
    assert not has_place(course(), "gp-04.myths", "main"), "a quiz has no place for a text"
    assert not has_place(course(), "gp-99.gone", "bad")


def test_a_double_click_on_the_invitation_lets_both_clicks_in(app: Flask, session: Session, run: Run) -> None:
    organiser = actor_of(session.get_one(Person, run.created_by_id))
    with time_machine.travel(NOW, tick=False):
        invited = invitations.invite(
            session, actor=organiser, now=NOW, run=run, rows=invitation_rows.read_pasted("ny@example.test")
        )
        token = invitations.link_token(invited.invitations[0], SECRET)
        session.commit()
        app.test_client_class = Client
        answers: list[int] = []
        ready = threading.Barrier(2)

        def click() -> None:
            client = app.test_client()
            client.get(f"/invitation/{token}")
            ready.wait(10)
            form = {"name": "Nina Ny", "password": PASSWORD, "password_again": PASSWORD}
            answers.append(client.post(f"/invitation/{token}", data=form).status_code)

        clicks = [threading.Thread(target=click) for _ in range(2)]
        for one in clicks:
            one.start()
        for one in clicks:
            one.join(30)
    assert answers == [302, 302]
    with new_session(session.get_bind()) as fresh:  # type: ignore[arg-type]
        assert len(fresh.scalars(select(Person).where(Person.email == "ny@example.test")).all()) == 1


def test_a_deadline_that_two_move_at_once_is_moved(engine: Engine, session: Session, run: Run) -> None:
    organiser = actor_of(session.get_one(Person, run.created_by_id))
    session.commit()
    ready, faults = threading.Barrier(3), []

    def move(hours: int) -> None:
        with new_session(engine) as own:
            here = own.get_one(Run, run.id)
            assert here.sessions
            ready.wait(10)
            try:
                with writing(own):
                    organising.move_deadline(
                        own, actor=organiser, now=NOW, run=here, deadline_id="cases", membership_id=None,
                        moved_to=NOW + timedelta(hours=hours),
                    )  # fmt: skip
            except DBAPIError as error:
                faults.append(type(error).__name__)

    threads = [threading.Thread(target=move, args=(hours,)) for hours in (48, 72, 96)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert faults == []
    with new_session(engine) as fresh:
        assert len(fresh.scalars(select(DeadlineMove)).all()) == 1


@pytest.mark.parametrize("number", ["010190-1234", "20 30 40 50", "hans@klinik.dk"])
def test_no_fixed_field_keeps_a_number_of_a_person(
    session: Session, run: Run, client_for: ClientFor, number: str
) -> None:
    organiser = session.get_one(Person, run.created_by_id)
    client = client_for(organiser)
    days = {
        f"{day}-{name}": value
        for day, date in (("day1", "2026-12-04"), ("day2", "2027-01-08"))
        for name, value in {"date": date, "starts": "09:00", "ends": "16:15", "place": "Medborgerhuset"}.items()
    }
    good = {"name": "Hold", "cluster": "Klynge", **days}
    for name in ("name", "cluster", "day1-place"):
        for address in (f"/runs/{run.id}/edit", "/runs/new"):
            answer = client.post(address, data={**good, name: f"Hold {number}", "confirmed": "yes"})
            assert (answer.status_code, name) == (422, name)
    rows = f"navn;email;klinik\nOle {number};ole@example.test;Klinik\nIda;ida@example.test;{number}"
    assert client.post(f"/runs/{run.id}/invitations", data={"addresses": rows}).status_code == 422
    for name in ("name", "title"):
        answer = client.post("/account/details", data={"name": "Olga", "title": "", name: f"Olga {number}"})
        assert (answer.status_code, name) == (422, name)
    session.rollback()
    kept = [*session.execute(select(Run.name, Run.cluster)), *session.execute(select(Person.name, Person.title))]
    assert kept
    assert number not in str(kept)
    assert not session.scalars(select(Invitation)).all()


@pytest.mark.parametrize("name", ["\0", "   ", "\u202e", "\u200b \u200b"])
def test_a_run_without_a_name_that_can_be_seen_is_not_made(
    session: Session, run: Run, client_for: ClientFor, name: str
) -> None:
    client = client_for(session.get_one(Person, run.created_by_id))
    days = {
        f"{day}-{part}": value
        for day, date in (("day1", "2026-12-04"), ("day2", "2027-01-08"))
        for part, value in {"date": date, "starts": "09:00", "ends": "16:15", "place": "Medborgerhuset"}.items()
    }
    assert client.post("/runs/new", data={"name": name, "cluster": "", **days}).status_code == 422


@pytest.mark.parametrize(
    ("day", "clock"), [("0001-01-01", "00:00"), ("2026-11-20", "99999999999:00"), ("9" * 5000, "1")]
)
def test_a_deadline_that_no_calendar_knows_is_none(day: str, clock: str) -> None:
    assert read_deadline(day, clock) is None


@pytest.mark.parametrize("page", ["000001" + "9" * 30, "0" * 5000, "9" * 5000])
def test_a_page_of_the_inbox_is_a_small_number(page: str) -> None:
    assert 1 <= read_filter({"page": page}, ()).page < 10**6


def test_what_stands_in_the_place_of_a_found_word_goes_through_the_guard(
    session: Session, run: Run, client_for: ClientFor
) -> None:
    member, judge = make_member(session, run), make_person(session)
    make_member(session, run, judge, Role.FACILITATOR)
    with time_machine.travel(NOW, tick=False):
        work = make_work(session, member, state="submitted")
        client = client_for(judge)
        answer = client.post(
            f"/runs/{run.id}/reviews/works/{work.id}",
            data={"do": "strike-found:010190-1234|ville gerne", "revision_no": "1", "state": "submitted"},
        )
    assert answer.status_code == 303
    session.rollback()
    kept = session.scalars(select(Redaction.replacement)).all()
    assert kept
    assert not any("1234" in text for text in kept)


def test_days_of_a_run_with_moved_deadlines_can_be_moved(session: Session, run: Run, client_for: ClientFor) -> None:
    organiser = session.get_one(Person, run.created_by_id)
    member = make_member(session, run)
    for membership_id in (None, member.id):
        organising.move_deadline(
            session, actor=actor_of(organiser), now=NOW, run=run, deadline_id="cases", membership_id=membership_id,
            moved_to=NOW + timedelta(days=9),
        )  # fmt: skip
    client = client_for(organiser)
    days = {
        f"{day}-{part}": value
        for day, date in (("day1", "2026-12-11"), ("day2", "2027-01-15"))
        for part, value in {"date": date, "starts": "09:00", "ends": "16:15", "place": "Medborgerhuset"}.items()
    }
    form = {"name": "Hold", "cluster": "", **days}
    assert client.post(f"/runs/{run.id}/edit", data=form).status_code == 200
    assert client.post(f"/runs/{run.id}/edit", data={**form, "confirmed": "yes"}).status_code == 302
