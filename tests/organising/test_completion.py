"""The organiser's pages of completion: who lacks what, grants, made-up days, certificates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.certificates.models import Certificate
from course.outbox.models import Message
from course.runs import attendance
from course.runs import service as runs
from course.runs.attendance_rules import AttendanceState, Mark
from course.runs.models import Attendance, CompletionGrant, Membership, Run
from tests.factories import DAY1, DAY2, actor_of, make_member, make_person
from tests.learning.test_pages import counted
from tests.runs.small_course import has_read, make_facilitator, make_organiser, small_run

SignIn = Callable[[Person], FlaskClient]
AFTER = DAY2 + timedelta(days=3)
LATER = timedelta(days=60)
REASON = "Har taget dagen på et tilsvarende kursus i regionen."


@pytest.fixture(autouse=True)
def _at_the_end() -> Iterator[None]:
    with time_machine.travel(AFTER, tick=False):
        yield


@dataclass
class Room:
    """A run that is over: Anna has done it all, Lars was not there on day 2."""

    session: Session
    run: Run
    organiser: Person
    anna: Membership
    lars: Membership
    olga: FlaskClient

    @property
    def url(self) -> str:
        return f"/runs/{self.run.id}/completion"

    def of(self, member: Membership) -> str:
        return f"{self.url}/{member.id}"

    def page(self, url: str, status: int = 200) -> str:
        answer = self.olga.get(url)
        assert answer.status_code == status
        return answer.get_data(as_text=True)

    def certificates(self) -> list[Certificate]:
        self.session.rollback()
        self.session.expire_all()
        return list(self.session.scalars(select(Certificate).order_by(Certificate.id)))


def attend(session: Session, organiser: Person, member: Membership, key: str, state: AttendanceState) -> None:
    attendance.mark(
        session, actor=actor_of(organiser), now=DAY2, run=member.run, session_key=key, membership_id=member.id,
        wanted=Mark(state), seen="-",
    )  # fmt: skip


@pytest.fixture
def room(session: Session, client_for: SignIn) -> Room:
    organiser = make_organiser(session)
    run = small_run(session, organiser, DAY1, DAY2)
    anna, lars = (make_member(session, run, make_person(session, name)) for name in ("Anna Åberg", "Lars Lund"))
    for member in (anna, lars):
        has_read(session, member.id)
        attend(session, organiser, member, "day1", AttendanceState.PRESENT)
    attend(session, organiser, anna, "day2", AttendanceState.PRESENT)
    attend(session, organiser, lars, "day2", AttendanceState.ABSENT)
    return Room(session, run, organiser, anna, lars, client_for(organiser))


def test_who_lacks_what(room: Room) -> None:
    page = room.page(room.url)
    assert "1 af 2 har gennemført" in page
    assert "Fremmødet på Kursusdag 2 mangler eller er for kort." in page
    assert "1 deltager har gennemført og mangler kun beviset: Anna Åberg" in page


def test_issue_to_all_who_have_completed(room: Room) -> None:
    assert room.olga.post(room.url).status_code == 303
    assert [row.membership_id for row in room.certificates()] == [room.anna.id]
    page = room.page(room.url)
    assert "1 bevis er udstedt. Deltagerne får en mail." in page
    assert room.olga.post(room.url).status_code == 303
    assert "Alle, der har gennemført kurset, har allerede deres bevis." in room.page(room.url)
    assert len(room.certificates()) == 1


def test_granted_with_a_reason(room: Room) -> None:
    url = room.of(room.lars)
    assert "Godkend kurset som gennemført alligevel" in room.page(url)
    refused = room.olga.post(f"{url}/grant", data={"reason": "nej"})
    assert refused.status_code == 422
    assert "Skriv en begrundelse" in refused.get_data(as_text=True)
    assert room.olga.post(f"{url}/certificate").status_code == 409
    assert room.olga.post(f"{url}/grant", data={"reason": REASON}).status_code == 303
    page = room.page(url)
    assert REASON in page
    assert room.olga.post(f"{url}/certificate").status_code == 303
    refused = room.olga.post(f"{url}/take-back")
    assert refused.status_code == 409
    assert "Træk det tilbage først" in refused.get_data(as_text=True)
    assert [row.membership_id for row in room.certificates()] == [room.lars.id]


def test_a_grant_taken_back(room: Room) -> None:
    url = room.of(room.lars)
    room.olga.post(f"{url}/grant", data={"reason": REASON})
    assert room.olga.post(f"{url}/take-back").status_code == 303
    room.session.rollback()
    assert room.session.scalars(select(CompletionGrant)).all() == []
    assert "1 af 2 har gennemført" in room.page(room.url)


@pytest.mark.parametrize("where", ["grant", "revoke"])
def test_red_words_in_a_reason_are_replaced(room: Room, where: str) -> None:
    red = "Ring til 20 30 40 50 om cpr 010190-1234, hvis der er noget"
    if where == "grant":
        answer = room.olga.post(f"{room.of(room.lars)}/grant", data={"reason": red})
    else:
        room.olga.post(room.url)
        row = room.certificates()[0]
        answer = room.olga.post(f"/runs/{room.run.id}/certificates/{row.id}/revoke", data={"reason": red})
    assert answer.status_code == 303
    page = room.page(answer.location)
    assert "20 30 40 50" not in page
    assert "010190" not in page
    assert "[CPR-nummer]" in page


def test_revoked_and_issued_anew(room: Room) -> None:
    room.olga.post(room.url)
    first = room.certificates()[0]
    base = f"/runs/{room.run.id}/certificates"
    assert room.olga.post(f"{base}/{first.id}/revoke", data={"reason": ""}).status_code == 422
    assert room.olga.post(f"{base}/{first.id}/reissue").status_code == 303
    old, new = room.certificates()
    assert old.revoked_at == AFTER
    assert new.number != old.number
    assert room.olga.post(f"{base}/{new.id}/revoke", data={"reason": "Udstedt ved en fejl"}).status_code == 303
    page = room.page(room.of(room.anna))
    assert "Udstedt ved en fejl" in page
    assert room.olga.post(f"{base}/{old.id}/reissue").status_code == 409
    assert room.olga.post(f"{room.of(room.anna)}/certificate").status_code == 303
    assert len(room.certificates()) == 3
    room.session.rollback()
    assert len(room.session.scalars(select(Message).where(Message.kind == "certificate")).all()) == 3


def test_a_missed_day_is_agreed_with_another_run(room: Room, client_for: SignIn) -> None:
    other = small_run(room.session, room.organiser, DAY1 + LATER, DAY2 + LATER, "Hold To")
    room.session.commit()
    url = room.of(room.lars)
    page = room.page(url)
    assert re.search(rf'<option value="{other.id}">Hold To, tirsdag den 9. marts 2027</option>', page)
    assert room.olga.post(f"{url}/sessions/day2", data={"host": str(other.id)}).status_code == 303
    page = room.page(url)
    assert "Tager dagen med Hold To, tirsdag den 9. marts 2027" in page
    assert "Lars Lund" in room.page(f"/runs/{other.id}/sessions/day2/attendance")
    assert room.olga.post(f"{url}/sessions/day2", data={}).status_code == 303
    room.session.rollback()
    rows = room.session.scalars(select(Attendance).where(Attendance.membership_id == room.lars.id)).all()
    assert [row.session_key for row in rows] == ["day1"]


def test_what_one_may_not_see_does_not_exist(room: Room, client_for: SignIn) -> None:
    foreign = small_run(room.session, make_organiser(room.session, "En anden"), DAY1 + LATER, DAY2 + LATER, "Andres")
    guest = make_member(room.session, foreign)
    maja = make_facilitator(room.session, room.run, "Maja")
    room.session.commit()
    for who in (client_for(maja), client_for(room.anna.person), client_for(guest.person)):
        assert who.get(room.url).status_code == 404
        assert who.get(room.of(room.lars)).status_code == 404
        assert who.post(f"{room.of(room.lars)}/grant", data={"reason": REASON}).status_code == 404
    for url in (room.of(guest), f"{room.url}/987654"):
        assert room.olga.get(url).status_code == 404
        assert room.olga.post(f"{url}/grant", data={"reason": REASON}).status_code == 404
        assert room.olga.post(f"{url}/certificate").status_code == 404
    plan = f"{room.of(room.lars)}/sessions/day2"
    assert room.olga.post(plan, data={"host": str(foreign.id)}).status_code == 404
    assert room.olga.post(plan, data={"host": "987654"}).status_code == 404
    assert room.olga.post(f"{room.of(room.lars)}/sessions/day9", data={}).status_code == 404


def test_somebody_who_has_left_keeps_the_certificate(room: Room) -> None:
    room.olga.post(room.url)
    row = room.certificates()[0]
    runs.remove_member(
        room.session, actor=actor_of(room.organiser), now=AFTER, run=room.run, membership_id=room.anna.id
    )
    room.session.commit()
    assert "Anna Åberg" not in room.page(room.url)
    answer = room.olga.post(f"/runs/{room.run.id}/certificates/{row.id}/revoke", data={"reason": "Bad selv om det"})
    assert answer.location == room.url
    assert room.certificates()[0].revoked_at == AFTER


@pytest.mark.parametrize("others", [1, 30])
def test_the_list_asks_as_often_for_one_as_for_thirty(room: Room, engine: Engine, others: int) -> None:
    for _ in range(others):
        member = make_member(room.session, room.run)
        attend(room.session, room.organiser, member, "day1", AttendanceState.PRESENT)
    room.session.commit()
    room.page(room.url)
    with counted(engine) as asked:
        room.page(room.url)
    assert len(asked) <= 9, asked


def test_the_runs_own_words_for_the_certificate(room: Room) -> None:
    form = {
        "name": "Hold Ene", "cluster": "", "organised_by": "Klynge Åsbakken", "activity_number": "SL 2026-44/1",
        "day1-date": "2026-12-04", "day1-starts": "09:00", "day1-ends": "16:15", "day1-place": "Medborgerhuset",
        "day2-date": "2027-01-08", "day2-starts": "09:00", "day2-ends": "16:15", "day2-place": "Sundhedshuset",
    }  # fmt: skip
    url = f"/runs/{room.run.id}/edit"
    preview = room.olga.post(url, data=form)
    assert preview.status_code == 200
    assert 'name="organised_by" value="Klynge Åsbakken"' in preview.get_data(as_text=True)
    assert room.olga.post(url, data={**form, "confirmed": "yes"}).status_code == 302
    assert 'value="SL 2026-44/1"' in room.page(url)
    room.olga.post(room.url)
    printed = room.certificates()[0].printed
    assert printed is not None
    assert (printed["organiser"], printed["activity_number"]) == ("Klynge Åsbakken", "SL 2026-44/1")


@pytest.mark.parametrize(
    ("name", "value"),
    [("activity_number", "010190-1234"), ("activity_number", "<b>"), ("activity_number", "1" * 61),
     ("organised_by", "ring 20 30 40 50"), ("organised_by", "x" * 201)],
)  # fmt: skip
def test_what_cannot_stand_on_a_certificate(room: Room, name: str, value: str) -> None:
    form = {
        "name": "Hold Ene", "cluster": "", name: value, "confirmed": "yes",
        "day1-date": "2026-12-04", "day1-starts": "09:00", "day1-ends": "16:15", "day1-place": "",
        "day2-date": "2027-01-08", "day2-starts": "09:00", "day2-ends": "16:15", "day2-place": "",
    }  # fmt: skip
    assert room.olga.post(f"/runs/{room.run.id}/edit", data=form).status_code == 422


def test_an_activity_number_may_look_like_a_telephone_number(room: Room) -> None:
    form = {
        "name": "Hold Ene", "cluster": "", "activity_number": "20304050", "confirmed": "yes",
        "day1-date": "2026-12-04", "day1-starts": "09:00", "day1-ends": "16:15", "day1-place": "",
        "day2-date": "2027-01-08", "day2-starts": "09:00", "day2-ends": "16:15", "day2-place": "",
    }  # fmt: skip
    assert room.olga.post(f"/runs/{room.run.id}/edit", data=form).status_code == 302
