"""The pages of attendance: the roll, the code on the screen, and the participant's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.runs import attendance
from course.runs import service as runs
from course.runs.attendance_rules import code, slot_at
from course.runs.models import Attendance, Membership, Progress, Run
from tests.factories import DAY1, DAY2, actor_of, make_member, make_person
from tests.learning.test_pages import counted
from tests.runs.small_course import make_facilitator, make_organiser, small_run

SignIn = Callable[[Person], FlaskClient]
LATER = timedelta(days=30)


@dataclass
class Room:
    """A run on its first day."""

    app: Flask
    session: Session
    run: Run
    organiser: Person
    maja: Person
    bo: Person
    anna: Membership

    @property
    def roll(self) -> str:
        return f"/runs/{self.run.id}/sessions/day1/attendance"

    @property
    def annas(self) -> str:
        return f"{self.roll}/{self.anna.id}"

    @property
    def code(self) -> str:
        return code(self.app.config["SECRET_KEY"], self.run.id, "day1", slot_at(DAY1))

    def row(self) -> Attendance | None:
        self.session.rollback()
        return self.session.scalars(
            select(Attendance).where(Attendance.membership_id == self.anna.id).execution_options(populate_existing=True)
        ).one_or_none()


@pytest.fixture
def room(app: Flask, session: Session) -> Room:
    organiser = make_organiser(session)
    run = small_run(session, organiser, DAY1, DAY2)
    maja, bo = make_facilitator(session, run, "Maja"), make_facilitator(session, run, "Bo Berg")
    return Room(app, session, run, organiser, maja, bo, make_member(session, run, make_person(session, "Anna Åberg")))


def text_of(client: FlaskClient, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found is not None
    return found[1]


@time_machine.travel(DAY1, tick=False)
def test_one_tap_and_who_noted_it(room: Room, client_for: SignIn) -> None:
    maja, bo = client_for(room.maja), client_for(room.bo)
    page = text_of(maja, room.roll)
    assert "Ikke noteret" in page
    answer = maja.post(room.annas, data={"state": "present", "seen": seen_on(page), "from": "", "until": ""})
    assert answer.status_code == 303
    assert answer.location.endswith(f"{room.roll}#m{room.anna.id}")
    page = text_of(bo, room.roll)
    assert "Til stede" in page
    assert "Noteret af Maja kl. 9.00" in page
    assert "1 til stede" in page
    text_of(maja, f"/runs/{room.run.id}/attendance")


@time_machine.travel(DAY1, tick=False)
@pytest.mark.parametrize("typed", ["10:30", "10.30"])
def test_late_and_early(room: Room, client_for: SignIn, typed: str) -> None:
    maja = client_for(room.maja)
    data = {"state": "present", "seen": "-", "from": typed, "until": "15:00"}
    assert maja.post(room.annas, data=data).status_code == 303
    row = room.row()
    assert row is not None
    assert (row.from_at, row.until_at) == (DAY1 + timedelta(hours=1.5), DAY1 + timedelta(hours=6))
    page = text_of(maja, room.roll)
    assert "Til stede fra kl. 10.30 til kl. 15.00" in page
    assert 'value="10:30"' in page
    data = {"state": "present", "seen": seen_on(page), "from": "09:45", "until": ""}
    assert maja.post(room.annas, data=data).status_code == 303
    assert 'value="09:45"' in text_of(maja, room.roll), "a time field wants two digits"


@time_machine.travel(DAY1, tick=False)
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"state": "present", "from": "15:00", "until": "10:00"}, "klokkeslættene"),
        ({"state": "present", "from": "ni"}, "Skriv klokkeslættet som 9.45."),
        ({"state": "present", "from": "25:00"}, "Skriv klokkeslættet som 9.45."),
        ({"state": "x"}, "Vælg, om deltageren er til stede."),
        ({}, "Vælg, om deltageren er til stede."),
    ],
)
def test_bad_input_is_said_on_the_page(room: Room, client_for: SignIn, data: dict[str, str], sentence: str) -> None:
    answer = client_for(room.maja).post(room.annas, data={"seen": "-", **data})
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert room.row() is None


@time_machine.travel(DAY1, tick=False)
def test_two_facilitators_see_both(room: Room, client_for: SignIn) -> None:
    maja, bo = client_for(room.maja), client_for(room.bo)
    seen = seen_on(text_of(maja, room.roll))
    bo.post(room.annas, data={"state": "absent", "seen": seen})
    answer = maja.post(room.annas, data={"state": "present", "seen": seen, "from": "09:45", "until": ""})
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "Bo Berg" in page
    assert "Ikke til stede" in page
    assert "Til stede fra kl. 9.45" in page
    hidden = dict(re.findall(r'<input type="hidden" name="(seen|state|from|until)" value="([^"]*)"', page))
    assert maja.post(room.annas, data=hidden).status_code == 303
    row = room.row()
    assert row is not None
    assert (row.state, row.from_at, row.marked_by_id) == ("present", DAY1 + timedelta(minutes=45), room.maja.id)


@time_machine.travel(DAY1, tick=False)
def test_taken_away_again(room: Room, client_for: SignIn) -> None:
    maja = client_for(room.maja)
    maja.post(room.annas, data={"state": "present", "seen": "-"})
    page = text_of(maja, room.roll)
    assert maja.post(room.annas, data={"state": "none", "seen": seen_on(page)}).status_code == 303
    assert room.row() is None
    assert room.session.get(Progress, (room.anna.id, "sm-11.attend")) is None


@time_machine.travel(DAY1, tick=False)
def test_the_rest_by_one_press(room: Room, client_for: SignIn) -> None:
    maja = client_for(room.maja)
    assert maja.post(room.roll).status_code == 303
    page = text_of(maja, room.roll)
    assert "1 er noteret til stede." in page
    assert "Resten er til stede" not in page


@time_machine.travel(DAY1 - timedelta(days=1), tick=False)
def test_before_the_day_only_absence_can_be_noted(room: Room, client_for: SignIn) -> None:
    maja = client_for(room.maja)
    page = text_of(maja, room.roll)
    assert 'value="present"' not in page
    assert maja.post(room.annas, data={"state": "present", "seen": "-"}).status_code == 409
    assert maja.post(room.roll).status_code == 409
    assert maja.post(room.annas, data={"state": "absent", "seen": "-"}).status_code == 303
    assert "Koden er her, når dagen nærmer sig" in text_of(maja, f"/runs/{room.run.id}/sessions/day1/code")


@time_machine.travel(DAY1, tick=False)
def test_a_cancelled_run_can_be_read(room: Room, client_for: SignIn) -> None:
    runs.cancel_run(room.session, actor=actor_of(room.organiser), now=DAY1, run=room.run)
    maja = client_for(room.maja)
    assert "<form" not in text_of(maja, room.roll).partition("<main")[2].partition("</main>")[0]
    assert "Holdet er aflyst" in text_of(maja, f"/runs/{room.run.id}/sessions/day1/code")
    assert maja.post(room.annas, data={"state": "present", "seen": "-"}).status_code == 409
    assert client_for(room.anna.person).post(f"/runs/{room.run.id}/attend", data={"code": room.code}).status_code == 409


# -- the code ----------------------------------------------------------------------------------------------------------


@time_machine.travel(DAY1, tick=False)
def test_the_screen_shows_the_code_and_asks_for_the_next(room: Room, client_for: SignIn) -> None:
    page = text_of(client_for(room.maja), f"/runs/{room.run.id}/sessions/day1/code")
    signs = "".join(re.findall(r"<span>(\w)</span>", page))
    assert signs == room.code
    assert '<noscript><meta http-equiv="refresh" content="61"></noscript>' in page
    assert "<svg" in page
    assert "style=" not in page


@pytest.mark.parametrize(
    ("after", "says"), [(timedelta(hours=-2), "når dagen nærmer sig"), (timedelta(hours=8), "Dagen er slut")]
)
def test_no_code_outside_of_the_day(room: Room, client_for: SignIn, after: timedelta, says: str) -> None:
    with time_machine.travel(DAY1 + after, tick=False):
        page = text_of(client_for(room.maja), f"/runs/{room.run.id}/sessions/day1/code")
    assert says in page
    assert "code-signs" not in page


@time_machine.travel(DAY1 + timedelta(seconds=70), tick=False)
def test_typing_the_code(room: Room, client_for: SignIn) -> None:
    anna = client_for(room.anna.person)
    url = f"/runs/{room.run.id}/attend"
    assert "Koden på skærmen" in text_of(anna, url)
    answer = anna.post(url, data={"code": f" {room.code.lower()[:3]} {room.code.lower()[3:]}"})
    assert answer.status_code == 303
    page = text_of(anna, url)
    assert "Du er noteret til stede på Kursusdag 1" in page
    assert "Noteret med koden kl. 9.01" in text_of(client_for(room.maja), room.roll)


@time_machine.travel(DAY1, tick=False)
def test_the_picture_leads_to_one_button(room: Room, client_for: SignIn) -> None:
    anna = client_for(room.anna.person)
    answer = anna.get(f"/attend/{room.run.id}/{room.code}")
    assert answer.status_code == 302
    page = text_of(anna, answer.location)
    assert f'value="{room.code}"' in page
    assert room.row() is None, "looking at the address notes nothing"
    for who in (make_person(room.session, "Udenfor"), room.maja):
        assert client_for(who).get(f"/attend/{room.run.id}/{room.code}").status_code == 404


@time_machine.travel(DAY1, tick=False)
@pytest.mark.parametrize("typed", ["", "AAAAAA", "a" * 5000, "<script>", "\x00", "æøå"])
def test_a_wrong_code(room: Room, client_for: SignIn, typed: str) -> None:
    answer = client_for(room.anna.person).post(f"/runs/{room.run.id}/attend", data={"code": typed})
    assert answer.status_code == 422
    assert "Koden passer ikke" in answer.get_data(as_text=True)
    assert room.row() is None


@time_machine.travel(DAY1, tick=False)
def test_guessing_is_stopped(room: Room, client_for: SignIn) -> None:
    anna = client_for(room.anna.person)
    url = f"/runs/{room.run.id}/attend"
    answers = [anna.post(url, data={"code": "AAAAAA"}).status_code for _ in range(13)]
    assert answers == [422] * 12 + [429]
    answer = anna.post(url, data={"code": room.code})
    assert answer.status_code == 429
    assert "for mange gange" in answer.get_data(as_text=True)
    assert room.row() is None


@time_machine.travel(DAY1 - timedelta(days=3), tick=False)
def test_too_early(room: Room, client_for: SignIn) -> None:
    anna = client_for(room.anna.person)
    assert "Du kan melde dig fra kl. 8.00" in text_of(anna, f"/runs/{room.run.id}/attend")
    answer = anna.post(f"/runs/{room.run.id}/attend", data={"code": room.code})
    assert answer.status_code == 422
    assert "Koden virker fra kl. 8.00" in answer.get_data(as_text=True)


def test_a_guest_by_the_picture_of_the_other_run(room: Room, client_for: SignIn) -> None:
    other = small_run(room.session, room.organiser, DAY1 + LATER, DAY2 + LATER, "Hold To")
    attendance.plan_elsewhere(
        room.session, actor=actor_of(room.organiser), now=DAY1, run=room.run, membership_id=room.anna.id,
        session_key="day1", host_id=other.id,
    )  # fmt: skip
    then = DAY1 + LATER
    with time_machine.travel(then, tick=False):
        anna, olga = client_for(room.anna.person), client_for(room.organiser)
        assert "Gæster fra andre hold" in text_of(olga, f"/runs/{other.id}/sessions/day1/attendance")
        assert "Tager dagen med Hold To" in text_of(olga, room.roll)
        shown = code(room.app.config["SECRET_KEY"], other.id, "day1", slot_at(then))
        where = anna.get(f"/attend/{other.id}/{shown}").location
        assert where == f"/runs/{room.run.id}/attend?code={shown}"
        assert anna.post(where.partition("?")[0], data={"code": shown}).status_code == 303
        page = text_of(anna, f"/runs/{room.run.id}/attend")
        assert "med Hold To" in page
    row = room.row()
    assert row is not None
    assert (row.state, row.how, row.held_in_run_id) == ("present", "code", other.id)


@time_machine.travel(DAY1, tick=False)
@pytest.mark.parametrize("others", [1, 30])
def test_the_roll_asks_as_often_for_one_as_for_thirty(
    room: Room, client_for: SignIn, engine: Engine, others: int
) -> None:
    for _ in range(others):
        member = make_member(room.session, room.run)
        attendance.mark(
            room.session, actor=actor_of(room.maja), now=DAY1, run=room.run, session_key="day1",
            membership_id=member.id, wanted=None, seen="-",
        )  # fmt: skip
    attendance.mark_rest_present(room.session, actor=actor_of(room.maja), now=DAY1, run=room.run, session_key="day1")
    maja = client_for(room.maja)
    text_of(maja, room.roll)
    with counted(engine) as asked:
        text_of(maja, room.roll)
    assert len(asked) <= 7, asked


@time_machine.travel(DAY1, tick=False)
def test_unknown_sessions_and_people(room: Room, client_for: SignIn) -> None:
    maja, anna = client_for(room.maja), client_for(room.anna.person)
    base = f"/runs/{room.run.id}"
    for client, url in (
        (maja, f"{base}/sessions/day9/attendance"),
        (maja, f"{base}/sessions/day9/code"),
        (maja, f"{base}/attend"),
        (anna, room.roll),
        (anna, f"{base}/sessions/day1/code"),
        (anna, f"{base}/attendance"),
    ):
        assert client.get(url).status_code == 404, url
    assert maja.post(f"{room.roll}/987654", data={"state": "present", "seen": "-"}).status_code == 404
    assert maja.post(f"{base}/sessions/day9/attendance").status_code == 404
