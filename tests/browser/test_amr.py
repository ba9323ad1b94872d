"""The journey of an AMR in the browser: invited by an organiser, in one's own time with a partner, to the certificate.

With and without JavaScript; every page on the way wide and narrow, with nothing axe finds. The clock is moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from course.accounts import sign_ins
from course.accounts.models import Person
from course.certificates import service as certificates
from course.content.catalogue import Activity, Kind
from course.db.session import EXTENSION, new_session, writing
from course.exercises.service import Sent, take_step
from course.outbox import worker
from course.runs import service as runs
from course.runs.models import Membership, Run
from course.runs.rules import Role
from course.work.standing import activities_of, standing
from tests.browser.conftest import NARROW, WIDE, served, watch
from tests.browser.stages import Quick
from tests.browser.visit import Visit
from tests.browser.writing import fill, keep_every_word
from tests.factories import actor_of, course, make_person
from tests.solving import solved
from tests.wholerun import at

pytestmark = pytest.mark.browser

BEGIN, FIRST, SECOND = date(2027, 1, 4), date(2027, 1, 11), date(2027, 2, 8)
LAST1, LAST2 = FIRST + timedelta(days=13), SECOND + timedelta(days=13)
WORDS = "Vi bærer to, når det er tungt, og vi spørger hinanden, før vi går i gang med den næste opgave i hallen. " * 2
PASSWORD = "cykel lampe skov onsdag"


class Amr(Quick):
    """The part of the run that is not walked in the browser: the partner, the facilitator and the worker."""

    def turn(self, clock: Any, moment: datetime) -> None:
        """Move the clock, and let the worker look in."""
        self.now = moment
        clock.move_to(moment)
        worker.run_jobs(self.app, moment)
        while worker.run_once(self.app, moment, post=self.post).sent:
            pass

    def take_quizzes(self, name: str, session_key: str) -> None:
        for activity in activities_of(course("amr"), session_key):
            if activity.kind is not Kind.QUIZ:
                continue
            quiz, key = activity.exercises[0], str(uuid5(NAMESPACE_URL, f"{name}-{activity.id}"))
            (posts,) = solved(quiz)
            with self.session() as session, writing(session):
                member, stands = self.here(session, name)
                take_step(
                    session, actor=actor_of(member.person), now=self.now, membership=member, activity=activity,
                    content_digest=member.run.content_digest, gate=stands.gate(activity, self.now),
                    sent=Sent(key, key, quiz.id, 0, MultiDict(posts)),
                )  # fmt: skip

    def adopt(self, name: str, email: str) -> None:
        """Know somebody who came in through the browser."""
        with self.session() as session:
            person = session.scalars(select(Person).where(Person.email == email)).one()
            self.people[name] = person.id
            self.members[name] = session.scalars(
                select(Membership.id).where(Membership.person_id == person.id, Membership.role == "participant")
            ).one()


@pytest.fixture
def clock() -> Iterator[Any]:
    """The clock, for the server's threads too."""
    with time_machine.travel(at(BEGIN, 9), tick=True) as moved:
        yield moved


@pytest.fixture
def play(tmp_path_factory: pytest.TempPathFactory, clock: Any) -> Iterator[tuple[Amr, str]]:
    """A server with an organiser, a facilitator and the later partner, and its address."""
    with served(tmp_path_factory.mktemp("amr")) as (app, url):
        made = Amr(app, at(BEGIN, 9), course_id="amr")
        with made.session() as session, writing(session):
            olga = make_person(session, "Olga Organiser", may_create_runs=True, now=made.now)
            made.people["olga"] = olga.id
            for name in ("mette", "bo"):
                made.people[name] = make_person(session, name.title(), now=made.now).id
        yield made, url


Open = Callable[..., Visit]


@pytest.fixture
def window(play: tuple[Amr, str], chromium: Browser) -> Iterator[Open]:
    """Open a window of somebody, signed in if named."""
    made, url = play
    faults: list[str] = []
    contexts = []

    def open_window(name: str | None = None, *, javascript: bool = True) -> Visit:
        context = chromium.new_context(
            base_url=url, java_script_enabled=javascript, viewport={"width": WIDE[0], "height": WIDE[1]},
            locale="da-DK", timezone_id="Europe/Copenhagen",
        )  # fmt: skip
        context.set_default_timeout(90_000)
        if name:
            context.add_cookies([{"name": "course", "value": cookie(made.app, made.people[name]), "url": url}])
        page = context.new_page()
        watch(page, url, faults)
        contexts.append(context)
        return Visit(page, url, javascript=javascript)

    yield open_window
    for context in contexts:
        context.close()
    assert faults == []


def cookie(app: Flask, person_id: int) -> str:
    with new_session(app.extensions[EXTENSION]) as session:
        token = sign_ins.begin(session, person_id=person_id, now=datetime.now(UTC))
        session.commit()
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return str(serializer.dumps({"_user_id": token, "_fresh": True}))


def again(made: Amr, at_window: Visit, name: str) -> None:
    """The clock was moved by days: sign in again in the same window."""
    value = cookie(made.app, made.people[name])
    at_window.page.context.add_cookies([{"name": "course", "value": value, "url": at_window.url}])


def look(at_window: Visit) -> None:
    """The page as it stands, where axe can run."""
    if at_window.javascript:
        at_window.check()


def write(at_window: Visit, run: str, activity: Activity) -> None:
    """Fill in an activity on its pages, see it through, and send it."""
    assert activity.form is not None
    for step in activity.form.steps:
        at_window.go(f"{run}/activities/{activity.id}/main/steps/{step.id}")
        fill(at_window, step, text=WORDS)
        with at_window.page.expect_navigation():
            at_window.page.locator("main button.button-primary", has_text="Gem og").click()
    if "/receipt" in at_window.page.url:
        return  # a short form is sent with its last step
    at_window.go(f"{run}/activities/{activity.id}/main/submit")
    page = at_window.page
    keep_every_word(at_window)
    for number in range(len(activity.form.self_check)):
        page.locator(f'label[for="check-{number}"]').click()
    send = page.locator('main form[action$="/submit"] button.button-primary')
    assert send.count() == 1, page.url + page.locator("main").inner_text()
    with page.expect_navigation():
        send.click()
    assert "/receipt" in page.url, page.locator("main").inner_text()


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
def test_from_invitation_to_certificate(play: tuple[Amr, str], window: Open, clock: Any, javascript: bool) -> None:
    made, _ = play
    organiser = window("olga", javascript=javascript)
    create_run(organiser, made)
    oda = come_in(organiser, window, made, javascript)
    run = f"/runs/{made.run_id}"
    made.turn(clock, at(FIRST - timedelta(days=1), 9))
    again(made, oda, "oda")
    oda.go(f"{run}/sessions/session1/partner")
    oda.sees("Bo")
    oda.sees("Åbner")
    look(oda)
    made.turn(clock, at(FIRST, 18))
    again(made, oda, "oda")
    take_session(made, oda, run, "session1")
    made.turn(clock, at(SECOND - timedelta(days=8), 18))
    again(made, oda, "oda")
    write(oda, run, made.course.activities["amr-11.log"])
    made.write("bo", "amr-11.log")
    made.turn(clock, at(SECOND - timedelta(days=4), 9))
    for work_id in made.works("amr-11.log", "submitted"):
        made.judge("mette", work_id, "released")
    made.turn(clock, at(SECOND, 18))
    again(made, oda, "oda")
    take_session(made, oda, run, "session2")
    papers(oda, run)
    issued(made, clock, oda, run)


def create_run(organiser: Visit, made: Amr) -> None:
    """An organiser makes a run in one's own time, and sees what it says."""
    organiser.go("/runs/new?course=amr")
    organiser.sees("Video-link eller sted")
    look(organiser)
    organiser.field("name").fill("AMR i egen takt")
    organiser.page.get_by_label("I egen takt med en makker").check()
    for key, first, last in (("session1", FIRST, LAST1), ("session2", SECOND, LAST2)):
        organiser.field(f"{key}-date").fill(first.isoformat())
        organiser.field(f"{key}-until").fill(last.isoformat())
    organiser.press("Opret holdet")
    organiser.sees_heading("AMR i egen takt")
    organiser.sees_not("kliniker")
    organiser.sees("Holdet går i egen takt")
    look(organiser)
    with made.session() as session, writing(session):
        made_run = session.scalars(select(Run)).one()
        assert made_run.is_own_time
        made.run_id = made_run.id
        for name, role in (("mette", Role.FACILITATOR), ("bo", Role.PARTICIPANT)):
            person = session.get_one(Person, made.people[name])
            member = runs.add_member(
                session, actor=actor_of(person), now=made.now, run=made_run, person_id=person.id, role=role,
                clinic="Lageret",
            )  # fmt: skip
            made.members[name] = member.id


def come_in(organiser: Visit, window: Open, made: Amr, javascript: bool) -> Visit:
    """Be invited, follow the link, choose a password, and stand on the path."""
    organiser.go(f"/runs/{made.run_id}/people")
    look(organiser)
    organiser.field("addresses").fill("Oda Lyngholm <oda@arbejde.example>")
    organiser.press("Inviter")
    organiser.go(f"/runs/{made.run_id}/outbox")
    organiser.page.get_by_role("link", name="oda@arbejde.example").first.click()
    organiser.sees("i din egen takt")
    link = organiser.page.locator(".mail-text a").first.get_attribute("href")
    assert link
    oda = window(javascript=javascript)
    oda.go(link)
    oda.sees("Kan tages fra")
    look(oda)
    oda.field("password").fill(PASSWORD)
    oda.press("Kom i gang")
    oda.sees_heading("Min vej")
    oda.sees("Min makker, kursusgang 1")
    look(oda)
    made.adopt("oda", "oda@arbejde.example")
    return oda


def take_session(made: Amr, oda: Visit, run: str, key: str) -> None:
    """Everything in a session on its pages, and then the talk with the partner."""
    oda.go(f"{run}/sessions/{key}/partner")
    oda.sees("når du har gjort resten")
    look(oda)
    made.take_quizzes("oda", key)
    for activity in activities_of(course("amr"), key):
        with made.session() as session:
            member = session.get_one(Membership, made.members["oda"])
            is_open = standing(session, member.run, member).gate(activity, made.now).is_open
        if activity.kind is Kind.READ:
            oda.go(f"{run}/modules/{activity.module_id}/{activity.page_id}")
            oda.press("Jeg har læst siden")
        elif activity.form is not None and is_open:
            write(oda, run, activity)
    oda.go(f"{run}/path")
    look(oda)
    oda.go(f"{run}/sessions/{key}/partner")
    oda.press("Vi har holdt den")
    oda.sees("er gjort")
    look(oda)


def papers(oda: Visit, run: str) -> None:
    """The planners, with one's own works put in; a document comes, and the words stay."""
    for activity, said in (("amr-24.rules", "Spilleregler"), ("amr-06.plan", "Mødeplan")):
        oda.go(f"{run}/activities/{activity}/planner")
        oda.sees_heading(said)
        look(oda)
    oda.page.locator("#people").fill("6")
    oda.page.locator("#technique").select_option("one-two-four")
    oda.press("Lav planen")
    oda.sees("så planen bruger i stedet IGP")
    look(oda)
    with oda.page.expect_download() as found:
        oda.press("Min plan (PDF)")
    assert found.value.path().read_bytes().startswith(b"%PDF-")
    oda.press("Vis på skærmen")
    oda.page.locator(".slide-nav a").first.click()
    oda.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    if oda.javascript:
        oda.check_width()
        oda.check_axe()
    oda.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    oda.go("/tools/discussion")
    look(oda)
    oda.go(f"{run}/meetings")
    oda.sees("2 logger")
    look(oda)


def issued(made: Amr, clock: Any, oda: Visit, run: str) -> None:
    """The organiser issues the certificate; its holder opens it, and anybody can check it."""
    oda.go(f"{run}/certificate")
    oda.sees("Du har gjort alt det, der kræves")
    made.turn(clock, at(LAST2 + timedelta(days=2), 10))
    with made.session() as session, writing(session):
        certificates.issue(
            session, actor=actor_of(session.get_one(Person, made.people["olga"])), now=made.now,
            run=session.get_one(Run, made.run_id), membership_id=made.members["oda"],
        )  # fmt: skip
    again(made, oda, "oda")
    oda.go(f"{run}/certificate")
    oda.sees("Dit bevis er klar")
    look(oda)
    oda.press("siden med dit nummer")
    oda.sees("Kursusbeviset er gyldigt")
    oda.sees("i egen takt med en makker")
    oda.sees("supplerer den lovpligtige")
    look(oda)
