"""One's own address: asked for with the password, confirmed from the new one, told to the old one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts import email_change, resets
from course.accounts.email_change import ChangeGone
from course.accounts.email_change_mails import asked, changed
from course.accounts.models import Person, ResetToken
from course.accounts.passwords import hash_password
from course.db.errors import DomainError
from course.outbox.models import Message
from tests.conftest import SECRET
from tests.factories import NOW, actor_of, make_person

PASSWORD = "cykel lampe skov onsdag"
NEW = "karen.ny@example.test"


@pytest.fixture
def karen(session: Session) -> Person:
    return make_person(session, email="karen@example.test", password_hash=hash_password(PASSWORD))


def ask(session: Session, person: Person, email: str = NEW) -> Message | None:
    email_change.ask(session, actor=actor_of(person), now=NOW, email=email)
    return session.scalars(select(Message).where(Message.kind == email_change.KIND)).one_or_none()


def link(session: Session, person: Person) -> str:
    message = ask(session, person)
    assert message is not None
    return email_change.link_token(message, person, SECRET)


def test_the_link_changes_the_address_once_and_the_old_one_is_told(session: Session, karen: Person) -> None:
    token = link(session, karen)
    resets.ask(session, now=NOW, email=karen.email, secret=SECRET)
    session.flush()
    email_change.use(session, token=token, now=NOW + timedelta(hours=23), secret=SECRET)
    assert karen.email == NEW
    told = session.scalars(select(Message).where(Message.kind == email_change.TOLD)).one()
    assert told.to == "karen@example.test"
    mail = changed(session, told, NOW)
    assert mail is not None
    assert NEW not in mail.body
    assert session.scalars(select(ResetToken)).one().used_at is not None, "a link to the old address opens nothing"
    with pytest.raises(ChangeGone):
        email_change.use(session, token=token, now=NOW, secret=SECRET)


def test_the_mail_holds_the_link_that_works(app: Flask, session: Session, karen: Person) -> None:
    message = ask(session, karen, " Karen.NY@example.test ")
    assert message is not None
    assert message.to == NEW
    with app.test_request_context():
        mail = asked(session, message, NOW)
        assert mail is not None
        assert email_change.link_token(message, karen, SECRET) in mail.body
        assert asked(session, message, NOW + timedelta(hours=24)) is None
        karen.email = "a-third@example.test"
        session.flush()
        assert email_change.link_token(message, karen, SECRET) not in mail.body


@pytest.mark.parametrize("email", ["nej", "karen@example.test", "a@b", "x" * 250 + "@b.dk"])
def test_what_cannot_be_an_address_of_theirs_is_refused(session: Session, karen: Person, email: str) -> None:
    with pytest.raises(DomainError):
        ask(session, karen, email)


def test_nobody_finds_out_who_is_here(session: Session, karen: Person) -> None:
    taken = make_person(session, "En Anden")
    assert ask(session, karen, taken.email) is None


def test_an_address_that_was_taken_meanwhile_is_not_taken_over(session: Session, karen: Person) -> None:
    token = link(session, karen)
    make_person(session, "En Anden", email=NEW)
    with pytest.raises(DomainError, match="allerede en konto"):
        email_change.use(session, token=token, now=NOW, secret=SECRET)
    assert karen.email == "karen@example.test"


def test_a_link_lives_for_a_day_and_is_nobody_elses(session: Session, karen: Person) -> None:
    token = link(session, karen)
    number, _, mac = token.partition("-")
    others = (f"{int(number) + 1}-{mac}", f"{number}-", "9" * 40 + "-x", f"{number}-{mac[::-1]}")
    for wrong in ("", "x", token + "x", *others):
        with pytest.raises(ChangeGone):
            email_change.find(session, token=wrong, now=NOW, secret=SECRET)
    with pytest.raises(ChangeGone):
        email_change.find(session, token=token, now=NOW + timedelta(hours=24), secret=SECRET)
    with pytest.raises(ChangeGone):
        email_change.find(session, token=token, now=NOW, secret=SECRET[::-1])
    assert email_change.find(session, token=token, now=NOW, secret=SECRET) == (karen, NEW)
    karen.closed_at = NOW
    session.flush()
    with pytest.raises(ChangeGone):
        email_change.find(session, token=token, now=NOW, secret=SECRET)


def test_the_pages(
    session: Session, karen: Person, client_for: Callable[[Person], FlaskClient], client: FlaskClient
) -> None:
    signed_in = client_for(karen)
    assert signed_in.get("/account/email").status_code == 200
    wrong = signed_in.post("/account/email", data={"email": NEW, "current_password": "forkert kode her"})
    assert wrong.status_code == 422
    assert session.scalars(select(Message)).all() == []
    session.commit()
    good = signed_in.post("/account/email", data={"email": NEW, "current_password": PASSWORD})
    assert good.location == "/account/email/sent"
    assert "Kurset kan ikke sende mail lige nu" in signed_in.get("/account/email/sent").get_data(as_text=True)
    message = session.scalars(select(Message)).one()
    token = email_change.link_token(message, karen, SECRET)
    session.commit()
    # the link is answered by the page of a phone that nobody has signed in on; opening it changes nothing
    page = client.get(f"/account/email/confirm/{token}")
    assert page.status_code == 200
    session.expire_all()
    assert karen.email == "karen@example.test"
    session.commit()
    assert client.post(f"/account/email/confirm/{token}").location == "/sign-in"
    session.expire_all()
    assert karen.email == NEW
    session.commit()
    gone = client.get(f"/account/email/confirm/{token}")
    assert gone.status_code == 404
    assert "Linket virker ikke længere" in gone.get_data(as_text=True)


def test_guessing_the_password_ends(karen: Person, client_for: Callable[[Person], FlaskClient]) -> None:
    browser = client_for(karen)
    answers = [
        browser.post("/account/email", data={"email": NEW, "current_password": f"gæt nummer {n}"}).status_code
        for n in range(7)
    ]
    assert answers[:5] == [422] * 5
    assert answers[5:] == [429, 429]
