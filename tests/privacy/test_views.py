"""My data: a person reads, takes out, leaves and is erased – and nobody else can do it for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.accounts.passwords import hash_password
from course.privacy import exporting, ledger, proof
from course.privacy.records import RECORDS
from course.runs.models import Membership
from tests.factories import NOW, make_member
from tests.privacy.lives import (
    BAD,
    COMMENT,
    EMAIL,
    GOOD,
    NAME,
    OTHERS,
    QUIZ,
    SHARED,
    Life,
    live,
    staff_life,
)

PASSWORD = "cykel lampe skov onsdag"
ClientFor = Callable[[Person], FlaskClient]


@pytest.fixture
def life(session: Session) -> Life:
    made = live(session)
    made.signe.password_hash = hash_password(PASSWORD)
    session.flush()
    return made


def test_a_person_sees_what_is_stored_and_who_has_looked(life: Life, client_for: ClientFor) -> None:
    page = client_for(life.signe).get("/me/data").get_data(as_text=True)
    for said in ("Hvem har åbnet dine tekster?", "Olga Organiser", life.colleague.person.name, "kollega på holdet",
                 "Kursusbeviser", "5 år (1825 dage)", "Spørg kursusarrangøren", "Hold Åsbakken"):  # fmt: skip
        assert said in page, said
    assert OTHERS not in page
    assert "Mine data" in client_for(life.signe).get("/account").get_data(as_text=True)


def test_everything_comes_out_in_one_file(life: Life, client_for: ClientFor) -> None:
    answer = client_for(life.signe).get("/me/data.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mine-data.json"'
    text = answer.get_data(as_text=True)
    found = json.loads(text)
    for mine in (BAD, GOOD, QUIZ, COMMENT, SHARED, NAME, EMAIL, "syg den ene dag", "godt set, men se på lederen også"):
        assert json.dumps(mine)[1:-1] in text or mine in text, mine
    for secret in ("argon2", "calendar_nonce", "token_hash", "password_hash", "nonce"):
        assert secret not in text
    assert json.dumps(OTHERS)[1:-1] not in text
    taken = {name for name, part in found["tabeller"].items() if part["rækker"]}
    owned = {name for name, record in RECORDS.items() if record.owners and not record.hidden and not record.taken_by}
    assert taken >= owned - {"team_case"}
    assert found["tabeller"]["risk_flag"]["rækker"] == []
    assert found["tabeller"]["risk_flag"]["hvorfor_ikke"]
    [opened] = {row["person_id"] for row in found["tabeller"]["opening"]["rækker"]} - {life.colleague.person.name}
    assert opened == "Olga Organiser"


def test_what_a_reviewer_notes_is_taken_out_when_it_is_decided_about(session: Session) -> None:
    life = live(session)
    at = exporting.sections(session, life.signe)
    assert next(part for part in at if part.table == "field_comment").rows
    from course.work.models import Decision

    for decision in session.scalars(select(Decision).where(Decision.work_id == life.bad.id)):
        session.delete(decision)
    session.flush()
    tables = {part.table for part in exporting.sections(session, life.signe)}
    assert not tables & {"field_comment", "redaction", "profile"}


def test_staff_take_out_their_own_words_and_no_text_of_a_participant(session: Session) -> None:
    _, grete = staff_life(session)
    text = json.dumps(exporting.export(session, grete, NOW), ensure_ascii=False)
    assert "Mange hilsner Grete Underbjerg" in text
    assert "skriv gerne mere, hilsen Grete" in text
    for theirs in (BAD, GOOD, OTHERS, SHARED, QUIZ):
        assert theirs not in text


def test_the_document_can_be_read(life: Life, client_for: ClientFor) -> None:
    answer = client_for(life.signe).get("/me/data.pdf")
    assert answer.mimetype == "application/pdf"
    read = PdfReader(BytesIO(answer.get_data()))
    text = " ".join(" ".join(page.extract_text() for page in read.pages).split())
    assert NAME in text
    assert "kasserne op på den øverste hylde" in text
    assert "Skriv lidt mere om lederen" in text
    assert "Åbnet af: " in text
    assert "nonce" not in text


def test_leaving_a_run_asks_first_and_is_done_for_oneself_only(
    life: Life, session: Session, client_for: ClientFor
) -> None:
    address = f"/me/runs/{life.member.id}/leave"
    signe, colleague = client_for(life.signe), client_for(life.colleague.person)
    assert colleague.get(address).status_code == colleague.post(address).status_code == 404
    assert "Forlad holdet »Hold Åsbakken«?" in signe.get(address).get_data(as_text=True)
    assert session.get_one(Membership, life.member.id).left_at is None
    session.commit()
    assert signe.post(address).location == "/me/data"
    session.expire_all()
    assert session.get_one(Membership, life.member.id).left_at is not None
    session.commit()
    assert signe.get(address).status_code == 404
    assert signe.get(f"/runs/{life.run.id}/path").status_code == 404
    assert signe.get("/me/data").status_code == 200


def test_the_last_organiser_cannot_leave(life: Life, client_for: ClientFor, session: Session) -> None:
    own = session.scalars(select(Membership).where(Membership.person_id == life.organiser.id)).one()
    answer = client_for(life.organiser).post(f"/me/runs/{own.id}/leave")
    assert answer.status_code == 409
    assert "mindst én kursusarrangør" in answer.get_data(as_text=True)


def token_in(page: str) -> str:
    return page.split('name="token" value="')[1].split('"')[0]


def test_a_person_erases_themselves_after_two_questions(
    app: Flask, life: Life, session: Session, client_for: ClientFor
) -> None:
    needles = proof.needles_of(session, life.signe)
    signe = client_for(life.signe)
    first = signe.get("/me/erase").get_data(as_text=True)
    assert "Den forseglede kopi bliver, så beviset stadig kan kontrolleres." in first
    wrong = signe.post("/me/erase", data={"password": "forkert kode her"})
    assert wrong.status_code == 422
    second = signe.post("/me/erase", data={"password": PASSWORD})
    assert "Er du helt sikker?" in second.get_data(as_text=True)
    assert PASSWORD not in second.get_data(as_text=True)
    token = token_in(second.get_data(as_text=True))
    assert signe.post("/me/erase/now", data={"token": token}).status_code == 422
    assert signe.post("/me/erase/now", data={"token": "nej", "sure": "y"}).location == "/me/erase"
    other = client_for(life.colleague.person)
    assert other.post("/me/erase/now", data={"token": token, "sure": "y"}).location == "/me/erase"
    assert proof.search_rows(session, needles)
    session.commit()
    done = signe.post("/me/erase/now", data={"token": token, "sure": "y"})
    assert done.location == "/sign-in"
    assert signe.get("/me/data").location.startswith("/sign-in")
    session.rollback()
    session.expire_all()
    assert proof.search_rows(session, needles) == []
    assert len(ledger.read(ledger.path_in(app.extensions["settings"].instance))) >= 1
    assert session.scalars(select(Person).where(Person.email == EMAIL)).one_or_none() is None


def test_the_only_organiser_is_told_why_not(life: Life, session: Session, client_for: ClientFor) -> None:
    life.organiser.password_hash = hash_password(PASSWORD)
    session.flush()
    browser = client_for(life.organiser)
    assert "Du er den eneste kursusarrangør på »Hold Åsbakken«" in browser.get("/me/erase").get_data(as_text=True)
    answer = browser.post("/me/erase", data={"password": PASSWORD})
    assert answer.status_code == 409
    assert "Tilføj en anden arrangør først" in answer.get_data(as_text=True)


def test_somebody_without_anything_has_a_page_too(life: Life, session: Session, client_for: ClientFor) -> None:
    new = make_member(session, life.run)
    page = client_for(new.person).get("/me/data").get_data(as_text=True)
    assert "Ingen andre har åbnet noget, du har skrevet." in page
    assert "Du har ikke skrevet noget endnu." in page
