"""The participant's pages: home, path, modules, calendar; what they cost, and what they never show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.db.errors import DomainError, NotAllowed
from course.learning import calendar
from course.learning.service import mark_read
from course.runs import service as runs
from course.runs.contents import course_of
from course.runs.models import Membership, Progress, Run
from course.runs.rules import Role
from course.work.standing import standing
from tests.conftest import SECRET
from tests.factories import DAY1, NOW, actor_of, course, make_member, make_person, make_run, make_work

SignIn = Callable[[Person], FlaskClient]
MOST_QUERIES = 6


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    """The time of the factories."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def run(session: Session) -> Run:
    """A run of the real course."""
    return make_run(session)


@pytest.fixture
def member(session: Session, run: Run) -> Membership:
    """A participant of it."""
    return make_member(session, run)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that the database is asked meanwhile, without BEGIN and COMMIT."""
    asked: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


PAGES = (
    "/runs/{run}/path",
    "/runs/{run}/modules/gp-05",
    "/runs/{run}/modules/gp-01/velkommen",
    "/runs/{run}/activities/gp-05.case/bad",
    "/runs/{run}/exercises/gp-04.myths",
)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("others", [0, 39])
def test_a_page_asks_the_database_a_few_times_however_many_take_part(
    session: Session, engine: Engine, client_for: SignIn, run: Run, member: Membership, page: str, others: int
) -> None:
    make_work(session, member, state="submitted")
    for _ in range(others):
        make_work(session, make_member(session, run), state="draft")
    client = client_for(member.person)
    url = page.format(run=run.id)
    assert client.get(url).status_code == 200
    with counted(engine) as asked:
        assert client.get(url).status_code == 200
    assert len(asked) <= MOST_QUERIES, asked


@pytest.mark.parametrize(
    ("roles", "to"),
    [
        ([Role.PARTICIPANT], "/runs/{run}/path"),
        ([Role.FACILITATOR], "/runs/{run}/reviews"),
        ([Role.ORGANISER], "/runs/{run}"),
        ([Role.FACILITATOR, Role.PARTICIPANT], "/runs/{run}/path"),
    ],
)
def test_home_leads_into_the_only_run(
    session: Session, client_for: SignIn, run: Run, roles: list[Role], to: str
) -> None:
    person = make_person(session)
    for role in roles:
        make_member(session, run, person, role)
    answer = client_for(person).get("/")
    assert (answer.status_code, answer.location) == (302, to.format(run=run.id))


def test_home_lists_several_runs_and_none(session: Session, client_for: SignIn, run: Run) -> None:
    person = make_person(session)
    assert "ikke på noget hold" in client_for(person).get("/").get_data(as_text=True)
    for each in (run, make_run(session, name="Et andet hold")):
        make_member(session, each, person)
    page = client_for(person).get("/").get_data(as_text=True)
    assert "Hold Åsbakken" in page
    assert "Et andet hold" in page


def test_names_cannot_break_a_page(session: Session, client_for: SignIn) -> None:
    nasty = "<script>alert(1)</script>{{ 7*7 }} 😀"
    run = make_run(session, name=nasty)
    member = make_member(session, run, make_person(session, nasty))
    page = client_for(member.person).get(f"/runs/{run.id}/path").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "{{ 7*7 }} 😀" in page


def test_reading_is_remembered_once(session: Session, client_for: SignIn, member: Membership) -> None:
    client = client_for(member.person)
    for _ in range(2):
        answer = client.post(f"/runs/{member.run_id}/activities/gp-01.safety/read")
        assert answer.status_code == 302
    assert session.scalar(select(func.count()).select_from(Progress)) == 1
    assert "Læst" in client.get(f"/runs/{member.run_id}/modules/gp-01/trygt").get_data(as_text=True)


@pytest.mark.parametrize("activity_id", ["gp-01.aim", "gp-05.case", "ukendt"])
def test_only_a_page_to_read_can_be_read(client_for: SignIn, member: Membership, activity_id: str) -> None:
    answer = client_for(member.person).post(f"/runs/{member.run_id}/activities/{activity_id}/read")
    assert answer.status_code == 404


def cancel(session: Session, run: Run) -> None:
    """Cancel a run."""
    runs.cancel_run(session, actor=actor_of(session.get_one(Person, run.created_by_id)), now=NOW, run=run)


def test_reading_is_guarded(session: Session, member: Membership) -> None:
    activity = course().activities["gp-01.safety"]
    gate = standing(session, member.run, member).gate(activity, NOW)
    with pytest.raises(NotAllowed):
        mark_read(
            session, actor=actor_of(make_person(session)), now=NOW, membership=member, activity=activity, gate=gate
        )
    runs.cancel_run(session, actor=actor_of(session.get_one(Person, member.run.created_by_id)), now=NOW, run=member.run)
    shut = standing(session, member.run, member).gate(activity, NOW)
    with pytest.raises(DomainError):
        mark_read(session, actor=actor_of(member.person), now=NOW, membership=member, activity=activity, gate=shut)


def test_staff_read_the_modules_without_anything_to_do(session: Session, client_for: SignIn, run: Run) -> None:
    person = make_person(session)
    make_member(session, run, person, Role.FACILITATOR)
    page = client_for(person).get(f"/runs/{run.id}/modules/gp-01/trygt").get_data(as_text=True)
    assert "Jeg har læst siden" not in page


def test_pages_for_staff_do_not_exist_for_participants(
    session: Session, client_for: SignIn, run: Run, member: Membership
) -> None:
    facilitator = make_person(session)
    make_member(session, run, facilitator, Role.FACILITATOR)
    theirs, mine = client_for(facilitator), client_for(member.person)
    modules = course_of(session, run).modules.values()
    hidden = [page for module in modules for page in module.pages if page.is_for_staff]
    assert hidden
    for page in hidden:
        address = f"/runs/{run.id}/modules/{page.module_id}/{page.id}"
        assert theirs.get(address).status_code == 200
        assert mine.get(address).status_code == 404
        for shown in course_of(session, run).modules[page.module_id].pages_for(is_staff=False):
            text = mine.get(f"/runs/{run.id}/modules/{page.module_id}/{shown.id}").get_data(as_text=True)
            assert f'href="{address}"' not in text


@pytest.mark.parametrize("address", ["modules/gp-99", "modules/gp-01/ukendt", "cases/ukendt", "exercises/gp-01.aim"])
def test_what_the_course_does_not_have(client_for: SignIn, member: Membership, address: str) -> None:
    assert client_for(member.person).get(f"/runs/{member.run_id}/{address}").status_code == 404


# -- the calendar ----------------------------------------------------------------------------------------------------


def events(data: bytes) -> dict[str, dict[str, object]]:
    """The events of a calendar by their summaries."""
    book = Calendar.from_ical(data)
    return {str(e["summary"]): {key.lower(): e.get(key) for key in e} for e in book.walk("VEVENT")}


def test_the_calendar_holds_the_days_and_ones_own_deadlines(client_for: SignIn, member: Membership) -> None:
    answer = client_for(member.person).get(f"/runs/{member.run_id}/calendar.ics")
    assert answer.mimetype == "text/calendar"
    found = events(answer.data)
    day1 = found["Kursusdag 1: Hold Åsbakken"]
    assert day1["dtstart"].dt == DAY1  # type: ignore[attr-defined]
    assert str(day1["location"]) == "Medborgerhuset"
    due = found["Frist: Send dine to forløb"]
    assert due["dtend"].dt == datetime(2026, 11, 20, 22, 59, tzinfo=UTC)  # type: ignore[attr-defined]
    assert len({str(e["uid"]) for e in found.values()}) == len(found)


def test_the_feed_is_the_same_and_opens_only_by_its_token(
    session: Session, client: FlaskClient, client_for: SignIn, member: Membership
) -> None:
    token = calendar.feed_token(member, SECRET)
    other = calendar.feed_token(make_member(session, member.run), SECRET)
    own = client_for(member.person).get(f"/runs/{member.run_id}/calendar.ics")
    assert events(client.get(f"/calendar/{token}.ics").data) == events(own.data)
    mac = token.partition(".")[2]
    wrong = [
        "1", ".", "", f"{member.id}.", f"{member.id}.{mac[:-1]}", f"{member.id}.{mac}0", f"{member.id}.{'0' * 40}",
        f"{member.id + 999}.{mac}", f"{member.id}.{other.partition('.')[2]}", f"-{token}", "9" * 30 + ".x", "æ.ø",
        "²." + mac,
    ]  # fmt: skip
    for guess in wrong:
        assert client.get(f"/calendar/{guess}.ics").status_code == 404, guess


def test_the_feed_dies_with_the_membership(session: Session, client: FlaskClient, run: Run, member: Membership) -> None:
    token = calendar.feed_token(member, SECRET)
    organiser = actor_of(session.get_one(Person, run.created_by_id))
    runs.remove_member(session, actor=organiser, now=NOW, run=run, membership_id=member.id)
    session.commit()
    assert client.get(f"/calendar/{token}.ics").status_code == 404


def test_a_new_nonce_is_a_new_token(session: Session, member: Membership) -> None:
    before = calendar.feed_token(member, SECRET)
    member.calendar_nonce = "another"
    assert not calendar.is_feed_token(member, before, SECRET)


def test_a_cancelled_run_is_cancelled_in_the_calendar(
    session: Session, client: FlaskClient, run: Run, member: Membership
) -> None:
    cancel(session, run)
    session.commit()
    found = events(client.get(f"/calendar/{calendar.feed_token(member, SECRET)}.ics").data)
    assert {str(e["status"]) for name, e in found.items() if name.startswith("Kursusdag")} == {"CANCELLED"}


# -- the run's own version of the course -----------------------------------------------------------------------------


def test_a_run_keeps_its_version_of_the_course(
    app: Flask, session: Session, client_for: SignIn, member: Membership
) -> None:
    """What the application has loaded anew is not what a run under way shows."""
    old = app.extensions["catalogue"]
    changed = replace(old.courses["gp"], title="Et helt nyt kursus", digest="0" * 64)
    app.extensions["catalogue"] = replace(old, courses={**old.courses, "gp": changed})
    try:
        page = client_for(member.person).get(f"/runs/{member.run_id}/path").get_data(as_text=True)
    finally:
        app.extensions["catalogue"] = old
    assert "Et helt nyt kursus" not in page
    assert course().title in page
    assert course_of(session, member.run).digest == course().digest


def test_somebody_who_left_is_out_at_once(session: Session, client_for: SignIn, run: Run, member: Membership) -> None:
    client = client_for(member.person)
    assert client.get(f"/runs/{run.id}/path").status_code == 200
    organiser = actor_of(session.get_one(Person, run.created_by_id))
    runs.remove_member(session, actor=organiser, now=NOW + timedelta(minutes=1), run=run, membership_id=member.id)
    session.commit()
    assert client.get(f"/runs/{run.id}/path").status_code == 404
    assert client.get("/").status_code == 200
