"""The participant's page, the document, and the public check page."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.certificates import rules, service
from course.certificates.models import Certificate
from course.certificates.views import document_html
from course.outbox.models import Message
from course.outbox.reading import render
from course.printing import pdf
from course.printing.pdf import make_pdf
from course.runs import attendance, completion
from course.runs import service as runs
from course.runs.attendance_rules import AttendanceState, Mark
from course.runs.models import Membership, Run
from tests.certificates.test_rules import PRINTED
from tests.factories import DAY1, DAY2, actor_of, course, make_member, make_person, make_run
from tests.runs.small_course import has_read, make_organiser, small_run

SignIn = Callable[[Person], FlaskClient]
AFTER = DAY2 + timedelta(days=3)


@pytest.fixture(autouse=True)
def _at_the_end(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Weeks later; and other tests that make documents just now are waited for."""
    monkeypatch.setattr(pdf, "WAIT", 120)
    with time_machine.travel(AFTER, tick=False):
        yield


@dataclass
class Room:
    """A participant who has attended both days."""

    session: Session
    run: Run
    organiser: Person
    anna: Membership

    def issue(self) -> Certificate:
        row = service.issue(
            self.session, actor=actor_of(self.organiser), now=AFTER, run=self.run, membership_id=self.anna.id
        )
        self.session.commit()
        return row

    def revoke(self, row: Certificate) -> None:
        service.revoke(
            self.session, actor=actor_of(self.organiser), now=AFTER, run=self.run, certificate_id=row.id,
            reason="Udstedt til den forkerte zqxgrund",
        )  # fmt: skip
        self.session.commit()


@pytest.fixture
def room(session: Session) -> Room:
    organiser = make_organiser(session)
    run = small_run(session, organiser, DAY1, DAY2)
    anna = make_member(session, run, make_person(session, "Anna Åberg", title="Praktiserende læge"))
    for key in ("day1", "day2"):
        attendance.mark(
            session, actor=actor_of(organiser), now=DAY2, run=run, session_key=key, membership_id=anna.id, seen="-",
            wanted=Mark(AttendanceState.PRESENT),
        )  # fmt: skip
    has_read(session, anna.id)
    return Room(session, run, organiser, anna)


def page_of(client: FlaskClient, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def test_what_is_missing_with_the_way_to_it(room: Room, client_for: SignIn) -> None:
    lars = make_member(room.session, room.run)
    page = page_of(client_for(lars.person), f"/runs/{room.run.id}/certificate")
    assert re.search(rf'<a href="/runs/{room.run.id}/attend">Fremmødet på Kursusdag 1 mangler', page)
    assert re.search(rf'<a href="/runs/{room.run.id}/modules/sm-01/side">»Læs« er ikke gjort', page)
    assert client_for(lars.person).get(f"/runs/{room.run.id}/certificate.pdf").status_code == 404


def test_every_kind_of_activity_has_a_way_to_it(session: Session, client_for: SignIn) -> None:
    """The real course asks for cases, forms and tests; each link leads somewhere."""
    run = make_run(session, day1=DAY1, day2=DAY2)
    member = make_member(session, run)
    client = client_for(member.person)
    main = page_of(client, f"/runs/{run.id}/certificate").partition("<main")[2]
    links = re.findall(r'<li><a href="([^"]+)">', main)
    assert len(links) == sum(max(1, len(course().activities[r.activity].slots)) for r in course().completion)
    for link in links:
        assert client.get(link).status_code == 200, link


def test_from_complete_to_issued(room: Room, client_for: SignIn) -> None:
    anna = client_for(room.anna.person)
    url = f"/runs/{room.run.id}/certificate"
    assert "Du har gjort alt det, der kræves" in page_of(anna, url)
    row = room.issue()
    page = page_of(anna, url)
    assert row.number is not None
    assert row.number in page
    document = anna.get(f"{url}.pdf")
    assert document.mimetype == "application/pdf"
    made = PdfReader(io.BytesIO(document.data))
    assert len(made.pages) == 1
    text = made.pages[0].extract_text()
    for words in (
        "Kursusbevis", "Anna Åberg", "Praktiserende læge", "Et lille kursus om arbejde", "fredag den 4. december 2026",
        "Medborgerhuset", "Sundhedshuset", "12 timer", "¾ time", "Kende det tredje", "Olga Organiser",
        "mandag den 11. januar 2027", row.number, "localhost/certificates",
    ):  # fmt: skip
        assert words in text, words
    assert "point" not in text.lower()
    assert str(made.trailer["/Root"]["/MarkInfo"]["/Marked"]) == "True"  # type: ignore[index]
    assert made.trailer["/Root"]["/Lang"] == "da"  # type: ignore[index]
    assert made.metadata is not None
    assert made.metadata.title == "Kursusbevis: Et lille kursus om arbejde – Anna Åberg"


def test_one_page_with_every_objective_of_the_real_course(app: Flask) -> None:
    texts = tuple(o.text for o in course().objectives.values())
    full = replace(
        PRINTED, name="Anna Marie Christiane Åberg-Christoffersen", title="Speciallæge i almen medicin",
        course=course().title, objectives=texts, activity_number="SL-2026-0442",
        sessions=PRINTED.sessions * 2, organiser="Kvalitetsklyngen Åsbakken og omegn",
    )  # fmt: skip
    assert len(texts) > 40
    for printed in (full, replace(full, objectives=texts[:25]), replace(full, objectives=texts[:5])):
        with app.test_request_context():
            page = document_html(printed, rules.new_number())
        assert len(PdfReader(io.BytesIO(make_pdf(page, title="Bevis"))).pages) == 1


def test_the_holder_reads_why(room: Room, client_for: SignIn) -> None:
    """What is written about somebody, they can read: why completion was granted, why a certificate was revoked."""
    lars = make_member(room.session, room.run)
    completion.grant(
        room.session, actor=actor_of(room.organiser), now=AFTER, run=room.run, membership_id=lars.id,
        reason="Har taget kurset et andet sted.",
    )  # fmt: skip
    url = f"/runs/{room.run.id}/certificate"
    assert "Har taget kurset et andet sted." in page_of(client_for(lars.person), url)
    room.revoke(room.issue())
    assert "zqxgrund" in page_of(client_for(room.anna.person), url)


def test_the_organiser_opens_it_too(room: Room, client_for: SignIn) -> None:
    row = room.issue()
    olga = client_for(room.organiser)
    url = f"/runs/{room.run.id}/certificates/{row.id}.pdf"
    assert olga.get(url).mimetype == "application/pdf"
    other = small_run(room.session, room.organiser, DAY1, DAY2, "Andet hold")
    olga = client_for(room.organiser)
    assert olga.get(f"/runs/{other.id}/certificates/{row.id}.pdf").status_code == 404
    room.revoke(row)
    assert olga.get(url).status_code == 404
    assert client_for(room.anna.person).get(f"/runs/{room.run.id}/certificate.pdf").status_code == 404


# -- the check page ----------------------------------------------------------------------------------------------------


def test_anybody_sees_every_printed_field(room: Room, client: FlaskClient) -> None:
    room.run.organised_by, room.run.activity_number = "Klynge Åsbakken", "SL-2026-44"
    row = room.issue()
    answer = client.get(f"/certificates/{row.number}")
    assert answer.status_code == 200
    assert answer.headers["X-Robots-Tag"].startswith("noindex")
    page = answer.get_data(as_text=True)
    assert '<meta name="robots" content="noindex' in page
    for words in (
        "Kursusbeviset er gyldigt", "Anna Åberg, Praktiserende læge", "Et lille kursus om arbejde", "Kursusdag 1",
        "fredag den 4. december 2026", "Medborgerhuset", "6 timer", "12 timer", "¾ time", "Kende det ene",
        "Kende det andet", "Kende det tredje", "Klynge Åsbakken", "SL-2026-44", "mandag den 11. januar 2027",
        row.number or "",
    ):  # fmt: skip
        assert words in page, words
    assert room.anna.person.email not in page


def test_typed_into_the_form(room: Room, client: FlaskClient) -> None:
    row = room.issue()
    number = row.number or ""
    assert "noindex" in client.get("/certificates").headers["X-Robots-Tag"]
    answer = client.get("/certificates", query_string={"number": number.lower().replace("-", " ")})
    assert answer.location == f"/certificates/{number}"
    assert client.get("/certificates", query_string={"number": "noget andet"}).location == "/certificates/ukendt"
    assert client.get("/certificates", query_string={"number": "  "}).status_code == 200


def test_unknown_and_malformed_answer_alike(room: Room, client: FlaskClient) -> None:
    room.issue()
    pages = []
    for number in (rules.new_number(), "ukendt", "x" * 3000, "<b>", "%00", "1"):
        answer = client.get(f"/certificates/{number}")
        assert answer.status_code == 404
        pages.append(answer.get_data(as_text=True))
        assert "noindex" in answer.headers["X-Robots-Tag"]
    assert len(set(pages)) == 1
    assert "Beviset er ikke gyldigt" in pages[0]
    assert "Åberg" not in pages[0]


def test_a_revoked_one_says_when_and_not_why_or_whose(room: Room, client: FlaskClient) -> None:
    row = room.issue()
    room.revoke(row)
    page = page_of(client, f"/certificates/{row.number}")
    assert "Beviset er ikke gyldigt" in page
    assert "trukket tilbage mandag den 11. januar 2027" in page
    assert "Åberg" not in page
    assert "zqxgrund" not in page


def test_it_checks_out_when_the_holder_is_erased(room: Room, client: FlaskClient, client_for: SignIn) -> None:
    row = room.issue()
    number = row.number
    service.seal_for_erasure(room.session, [room.anna.id])
    room.session.commit()
    assert "Anna Åberg" in page_of(client, f"/certificates/{number}")
    olga = client_for(room.organiser)
    assert olga.get(f"/runs/{room.run.id}/certificates/{row.id}.pdf").status_code == 404


def test_guessing_is_stopped(room: Room, client: FlaskClient) -> None:
    row = room.issue()
    answers = [client.get(f"/certificates/{rules.new_number()}").status_code for _ in range(31)]
    assert answers == [404] * 30 + [429]
    answer = client.get(f"/certificates/{row.number}")
    assert answer.status_code == 429
    assert "noindex" in answer.headers["X-Robots-Tag"]


def test_the_mail(room: Room, app: Flask) -> None:
    row = room.issue()
    message = room.session.scalars(select(Message).where(Message.kind == "certificate")).one()
    with app.test_request_context():
        mail = render(room.session, message, AFTER)
        assert mail is not None
        assert mail.subject == "Dit kursusbevis: Et lille kursus om arbejde"
        assert f"http://localhost/runs/{room.run.id}/certificate" in mail.body
        assert (row.number or "-") not in mail.body
        room.revoke(row)
        assert render(room.session, message, AFTER) is None


def test_no_mail_to_somebody_who_has_left(room: Room, app: Flask) -> None:
    room.issue()
    runs.remove_member(
        room.session, actor=actor_of(room.organiser), now=AFTER, run=room.run, membership_id=room.anna.id
    )
    message = room.session.scalars(select(Message).where(Message.kind == "certificate")).one()
    with app.test_request_context():
        assert render(room.session, message, AFTER) is None
