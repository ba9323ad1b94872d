"""The pages of attendance and certificates in a real browser: axe, 320 px, and the code that changes by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Route, expect
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.certificates import service as certificates
from course.certificates.rules import new_number
from course.runs import attendance, completion
from course.runs.attendance_rules import AttendanceState, Mark, code, slot_at
from course.runs.models import Membership, Run
from course.runs.rules import COPENHAGEN
from tests.browser.visit import NARROW, Visit
from tests.factories import actor_of, make_member, make_person
from tests.runs.small_course import make_facilitator, make_organiser, small_run

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]


@dataclass
class Room:
    """A run whose first day is now, with somebody in every state."""

    app: Flask
    session: Session
    run: Run
    organiser: Person
    maja: Person
    people: dict[str, Membership]
    now: datetime


@pytest.fixture
def room(app: Flask, session: Session) -> Room:
    now = datetime.now(UTC)
    organiser = make_organiser(session)
    run = small_run(session, organiser, now - timedelta(hours=1), now + timedelta(days=35))
    other = small_run(session, organiser, now - timedelta(days=30), now + timedelta(days=9), "Hold To")
    maja = make_facilitator(session, run, "Maja Mikkelsen")
    people = {
        name: make_member(session, run, make_person(session, name))
        for name in ("Anna Åberg", "Bo Berg", "Carl Christoffersen-Vestergaard", "Dorte Dam", "Else Eg")
    }
    guest = make_member(session, other, make_person(session, "Gitte Gæst"))
    half = now - timedelta(minutes=20)
    for name, wanted in (
        ("Anna Åberg", Mark(AttendanceState.PRESENT)),
        ("Bo Berg", Mark(AttendanceState.ABSENT)),
        ("Carl Christoffersen-Vestergaard", Mark(AttendanceState.PRESENT, half)),
    ):
        attendance.mark(
            session, actor=actor_of(maja), now=now, run=run, session_key="day1", membership_id=people[name].id,
            wanted=wanted, seen="-",
        )  # fmt: skip
    for home, member, key, host in ((run, people["Dorte Dam"], "day1", other), (other, guest, "day1", run)):
        attendance.plan_elsewhere(
            session, actor=actor_of(organiser), now=now, run=home, membership_id=member.id, session_key=key,
            host_id=host.id,
        )  # fmt: skip
    for name in ("Anna Åberg", "Bo Berg"):
        values = {"actor": actor_of(organiser), "now": now, "run": run, "membership_id": people[name].id}
        completion.grant(session, reason="Har taget kurset et andet sted.", **values)
    certificates.issue(session, **values)
    session.commit()
    return Room(app, session, run, organiser, maja, people, now)


def test_every_page_of_it(room: Room, window: Open) -> None:
    run, base = room.run, f"/runs/{room.run.id}"
    number = certificates.candidate(room.session, run, room.people["Bo Berg"]).certificate
    assert number is not None
    staff = [f"{base}/attendance", f"{base}/sessions/day1/attendance", f"{base}/sessions/day1/code",
             f"{base}/sessions/day2/attendance", f"{base}/sessions/day2/code", f"{base}/completion",
             *(f"{base}/completion/{member.id}" for member in room.people.values())]  # fmt: skip
    visit = window(room.organiser)
    for address in staff:
        visit.go(address)
        visit.check()
    for name in ("Anna Åberg", "Bo Berg", "Else Eg"):
        visit = window(room.people[name].person)
        for address in (f"{base}/attend", f"{base}/attend?code=AAAAAA", f"{base}/certificate", "/certificates",
                        f"/certificates/{number.number}", f"/certificates/{new_number()}"):  # fmt: skip
            visit.go(address)
            visit.check()


def test_marking_by_keyboard_and_without_javascript(room: Room, window: Open) -> None:
    for javascript in (True, False):
        visit = window(room.maja, javascript=javascript)
        visit.go(f"/runs/{room.run.id}/sessions/day1/attendance")
        button = visit.page.get_by_role("button", name="Til stede: Else Eg", exact=True)
        if javascript:
            visit.tab_to(button)
            visit.key("Enter")
        else:
            button.click()
        row = visit.page.locator(f"#m{room.people['Else Eg'].id}")
        expect(row).to_contain_text("Noteret af Maja Mikkelsen")
        visit.check_width()
        expect(button).to_have_attribute("aria-pressed", "true")


def test_two_windows_mark_the_same_person(room: Room, window: Open) -> None:
    first = window(room.maja)
    second = window(room.organiser)
    for visit in (first, second):
        visit.go(f"/runs/{room.run.id}/sessions/day1/attendance")
    first.page.get_by_role("button", name="Ikke til stede: Else Eg").click()
    first.sees("Noteret af Maja Mikkelsen")
    second.page.get_by_role("button", name="Til stede: Else Eg", exact=True).click()
    second.sees_heading("To har noteret hver sit")
    second.check()
    second.press("Gem det, du valgte")
    expect(second.page.locator(f"#m{room.people['Else Eg'].id}")).to_contain_text("Noteret af Olga Organiser")


def test_the_code_changes_by_itself(room: Room, window: Open) -> None:
    visit = window(room.maja)

    def at_its_last_second(route: Route) -> None:
        found = route.fetch()
        body = re.sub(r'data-seconds="\d+"', 'data-seconds="0"', found.text())
        route.fulfill(response=found, body=re.sub(r"<span>\w</span>", "<span>?</span>", body))

    visit.page.route("**/code", at_its_last_second, times=1)
    visit.go(f"/runs/{room.run.id}/sessions/day1/code")
    signs = visit.page.locator(".code-signs")
    expect(signs).to_contain_text("??????")
    expect(signs).not_to_contain_text("?")
    known = {code(room.app.config["SECRET_KEY"], room.run.id, "day1", slot_at(room.now) + n) for n in range(4)}
    assert (signs.text_content() or "").removeprefix("Koden er ").strip() in known


def test_typing_it_on_a_phone(room: Room, window: Open) -> None:
    visit = window(room.people["Else Eg"].person, javascript=False, size=NARROW)
    shown = code(room.app.config["SECRET_KEY"], room.run.id, "day1", slot_at(datetime.now(UTC)))
    visit.go(f"/attend/{room.run.id}/{shown}")
    visit.press("Jeg er her")
    visit.sees("Du er noteret til stede på Kursusdag 1")
    visit.check_width()


def test_times_noted_before_stand_in_their_fields(room: Room, window: Open) -> None:
    visit = window(room.maja)
    visit.go(f"/runs/{room.run.id}/sessions/day1/attendance")
    came = (room.now - timedelta(minutes=20)).astimezone(COPENHAGEN).strftime("%H:%M")
    expect(visit.page.get_by_label("Kom kl. (Carl Christoffersen-Vestergaard)")).to_have_value(came)
