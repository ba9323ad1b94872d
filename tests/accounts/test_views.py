from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from course.accounts import devices, passwords, resets
from course.accounts.models import Person, ResetToken, SignIn
from course.accounts.rules import ABSOLUTE_LIMIT, IDLE_LIMIT
from course.db.session import EXTENSION
from course.outbox.models import Message
from tests.conftest import SECRET

from .people import PASSWORD, sign_in, token_of, with_password


@pytest.fixture
def still_clock() -> Iterator[None]:
    """A clock that stands still, so that no window of time ends in the middle of a test."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


def age(session: Session, **columns: datetime) -> None:
    """Let every sign-in be as old as said."""
    session.commit()
    session.execute(update(SignIn).values(**columns))
    session.commit()


def test_signing_in_and_out(client: FlaskClient, session: Session) -> None:
    person = with_password(session)
    page = client.get("/account")
    assert page.status_code == 302
    assert page.location == "/sign-in?next=/account"
    assert client.get("/account?q=%C3%A5%20b").location == "/sign-in?next=/account?q%3D%25C3%25A5%2520b"
    entered = sign_in(client, person.email.upper(), data={"next": "/account"})
    assert entered.status_code == 302
    assert entered.location == "/account"
    account = client.get("/account")
    assert account.status_code == 200
    assert account.headers["Cache-Control"] == "no-store"
    assert "Denne browser" in account.text
    assert client.get("/sign-in?next=/account").location == "/account"
    client.post("/sign-out")
    assert client.get("/account").status_code == 302
    session.expire_all()
    assert session.scalars(select(SignIn)).one().revoked_at is not None


def test_the_cookie_holds_an_opaque_token_and_a_new_one_each_time(client: FlaskClient, session: Session) -> None:
    person = with_password(session)
    with client.session_transaction() as held:
        held["planted"] = "x"
        held["_user_id"] = "planted-token"
    sign_in(client, person.email)
    first = token_of(client)
    assert first not in (None, "planted-token", str(person.id))
    with client.session_transaction() as held:
        assert "planted" not in held
    sign_in(client, person.email)
    assert token_of(client) != first
    session.expire_all()
    assert [row.revoked_at is None for row in session.scalars(select(SignIn).order_by(SignIn.id))] == [
        False,
        True,
    ]


def test_a_copied_cookie_is_worth_nothing_after_sign_out(app: Flask, client: FlaskClient, session: Session) -> None:
    person = with_password(session)
    sign_in(client, person.email)
    thief = app.test_client()
    cookie = client.get_cookie("course")
    assert cookie is not None
    thief.set_cookie("course", cookie.value)
    assert thief.get("/account").status_code == 200
    client.post("/sign-out")
    assert thief.get("/account").status_code == 302


@pytest.mark.parametrize("email", ["karen@klinik.example", "ukendt@klinik.example", "ikke en adresse", "a\x00@b.dk"])
def test_the_answer_to_a_wrong_password_is_the_same_for_everybody(
    client: FlaskClient, session: Session, email: str
) -> None:
    with_password(session, email="karen@klinik.example")
    verified: list[str | None] = []
    real = passwords.is_right

    def spy(kept: str | None, password: str) -> bool:
        verified.append(kept)
        return real(kept, password)

    with patch.object(passwords, "is_right", spy):
        page = sign_in(client, email, "forkert kode her")
    assert page.status_code == 422
    assert "passer ikke sammen" in page.text
    assert len(verified) == 1
    words = re.sub(r'value="[^"]*"', "", page.text)
    assert "karen@" not in words
    assert token_of(client) is None


def test_the_pages_for_known_and_unknown_differ_in_nothing(client: FlaskClient, session: Session) -> None:
    with_password(session, email="karen@klinik.example")

    def plain(text: str) -> str:
        return re.sub(r'name="csrf_token" value="[^"]*"', "", text).replace("ukendt@", "karen@")

    known = sign_in(client, "karen@klinik.example", "forkert kode her")
    unknown = sign_in(client, "ukendt@klinik.example", "forkert kode her")
    assert plain(known.text) == plain(unknown.text)
    assert client.post("/forgot", data={"email": "karen@klinik.example"}).location == "/forgot/sent"
    assert client.post("/forgot", data={"email": "ukendt@klinik.example"}).location == "/forgot/sent"


def test_closed_accounts_and_missing_passwords_stay_out(client: FlaskClient, session: Session) -> None:
    closed = with_password(session, closed_at=datetime(2026, 1, 1, tzinfo=UTC))
    without = with_password(session)
    without.password_hash = None
    session.commit()
    for person in (closed, without):
        assert sign_in(client, person.email).status_code == 422
        assert sign_in(client, person.email, "").status_code == 422


def test_a_password_with_old_parameters_gets_a_new_hash(client: FlaskClient, session: Session) -> None:
    person = with_password(session)
    with patch.object(passwords, "wants_new_hash", lambda kept: True):
        sign_in(client, person.email)
    was = person.password_hash
    session.expire_all()
    assert person.password_hash != was
    client.post("/sign-out")
    assert sign_in(client, person.email).status_code == 302


@pytest.mark.parametrize("target", ["//evil.test", "https://evil.test", "/\\evil.test", "/\t/evil.test", ""])
def test_after_sign_in_nobody_is_sent_elsewhere(client: FlaskClient, session: Session, target: str) -> None:
    person = with_password(session)
    assert sign_in(client, person.email, data={"next": target}).location == "/"
    assert client.get("/sign-in", query_string={"next": target}).location == "/"
    assert client.post("/sign-out", data={"next": target}).location == "/sign-in"


def test_idle_and_old_sign_ins_are_asked_again(client_for: Callable[[Person], FlaskClient], session: Session) -> None:
    client = client_for(with_password(session))
    assert client.get("/account").status_code == 200
    now = datetime.now(UTC)
    age(session, seen_at=now - IDLE_LIMIT + timedelta(minutes=1))
    assert client.get("/account").status_code == 200
    session.expire_all()
    assert now - session.scalars(select(SignIn)).one().seen_at < timedelta(minutes=1)
    age(session, seen_at=now - IDLE_LIMIT)
    assert client.get("/account").status_code == 302
    age(session, seen_at=now, expires_at=now + ABSOLUTE_LIMIT)
    assert client.get("/account").status_code == 200
    age(session, expires_at=now)
    assert client.get("/account").status_code == 302


def test_seeing_is_written_every_five_minutes_only(
    app: Flask, client_for: Callable[[Person], FlaskClient], session: Session
) -> None:
    client = client_for(with_password(session))
    session.commit()
    written: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("UPDATE", "INSERT", "DELETE")):
            written.append(statement)

    engine = app.extensions[EXTENSION]
    event.listen(engine, "before_cursor_execute", note)
    try:
        with time_machine.travel(datetime.now(UTC), tick=False) as clock:
            client.get("/account")
            clock.shift(timedelta(minutes=4))
            client.get("/account")
            assert written == []
            clock.shift(timedelta(minutes=2))
            client.get("/account")
            client.get("/account")
            assert len(written) == 1
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.usefixtures("still_clock")
def test_an_address_is_limited_and_the_page_says_when(client: FlaskClient, session: Session) -> None:
    person = with_password(session)
    with patch.object(passwords, "is_right", lambda kept, password: False):
        answers = [sign_in(client, person.email, "forkert kode her") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 901
    assert "Prøv igen om" in answers[-1].text
    assert sign_in(client, "en.anden@klinik.example", "forkert kode her").status_code == 422


@pytest.mark.usefixtures("still_clock")
def test_the_limit_is_asked_before_the_password_is(client: FlaskClient, session: Session) -> None:
    person = with_password(session)
    with patch.object(passwords, "is_right", side_effect=lambda kept, password: False) as asked:
        for _ in range(13):
            sign_in(client, person.email, "forkert kode her")
    assert asked.call_count == 10


@pytest.mark.usefixtures("still_clock")
def test_a_distributed_attack_does_not_lock_the_owner_out(app: Flask, client: FlaskClient, session: Session) -> None:
    person = with_password(session)
    sign_in(client, person.email)
    client.post("/sign-out")
    with patch.object(passwords, "is_right", lambda kept, password: False):
        guesses = [_guess(app, person.email, number) for number in range(devices.ADDRESS.limit + 1)]
    assert guesses == [422] * (devices.ADDRESS.limit - 1) + [429, 429], "the owner's own sign-in counted as well"
    assert _guess(app, person.email, 77) == 429
    # The browser the owner has used before goes on as if nothing had happened.
    assert sign_in(client, person.email).status_code == 302
    # And the reset by mail lets the owner in from anywhere.
    stranger = app.test_client()
    assert stranger.post("/forgot", data={"email": person.email}).status_code == 302
    reset = session.scalars(select(ResetToken)).one()
    link = f"/reset/{resets.link_token(reset.nonce, SECRET)}"
    assert stranger.post(link, data={"password": "ny torden kaffe"}).location == "/"
    assert stranger.get("/account").status_code == 200


def _guess(app: Flask, email: str, number: int) -> int:
    client = app.test_client()
    return sign_in(client, email, "gæt", environ_base={"REMOTE_ADDR": f"10.0.0.{number}"}).status_code


def test_a_reset_by_link(client: FlaskClient, app: Flask, session: Session) -> None:
    person = with_password(session, name="<script>alert(1)</script>")
    other = app.test_client()
    sign_in(other, person.email)
    client.post("/forgot", data={"email": f" {person.email.upper()} "})
    message = session.scalars(select(Message)).one()
    assert (message.to, message.kind) == (person.email, "reset")
    reset = session.scalars(select(ResetToken)).one()
    link = f"/reset/{resets.link_token(reset.nonce, SECRET)}"
    page = client.get(link)
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    weak = client.post(link, data={"password": "1234567890"})
    assert weak.status_code == 422
    assert "gættet først" in weak.text
    session.expire_all()
    assert reset.used_at is None
    done = client.post(link, data={"password": "ny torden kaffe"})
    assert done.location == "/"
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302
    for again in (client.get(link), client.post(link, data={"password": "tredje torden kaffe"})):
        assert again.status_code == 404
        assert "Linket virker ikke længere" in again.text
    client.post("/sign-out")
    assert sign_in(client, person.email).status_code == 422
    assert sign_in(client, person.email, "ny torden kaffe").status_code == 302


@pytest.mark.usefixtures("still_clock")
def test_only_three_reset_mails_an_hour_and_the_answer_does_not_tell(client: FlaskClient, session: Session) -> None:
    person = with_password(session)
    answers = {client.post("/forgot", data={"email": person.email}).location for _ in range(5)}
    assert answers == {"/forgot/sent"}
    assert len(session.scalars(select(Message)).all()) == 3


def test_the_reset_page_says_when_no_mail_can_be_sent(client: FlaskClient) -> None:
    assert "Kurset kan ikke sende mail" in client.get("/forgot/sent").text


def test_changing_ones_password(client_for: Callable[[Person], FlaskClient], app: Flask, session: Session) -> None:
    person = with_password(session)
    other = app.test_client()
    sign_in(other, person.email)
    client = client_for(person)
    wrong = client.post("/account/password", data={"current_password": "forkert", "password": "ny torden kaffe"})
    assert wrong.status_code == 422
    assert "ikke din nuværende" in wrong.text
    weak = client.post("/account/password", data={"current_password": PASSWORD, "password": person.email})
    assert weak.status_code == 422
    assert "navn eller din mailadresse" in weak.text
    assert other.get("/account").status_code == 200
    client.post("/account/password", data={"current_password": PASSWORD, "password": "ny torden kaffe"})
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302
    assert sign_in(other, person.email, "ny torden kaffe").status_code == 302


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "{{7*7}}", 'Åse & Bo "O\'Neil"'])
def test_a_name_is_shown_as_it_was_written(
    client_for: Callable[[Person], FlaskClient], session: Session, name: str
) -> None:
    client = client_for(with_password(session))
    client.post("/account/details", data={"name": f"  {name} \r\n", "title": "speciallæge"})
    page = client.get("/account")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "49" not in re.findall(r'id="name"[^>]*', page.text)[0]
    session.expire_all()
    assert session.scalars(select(Person.name)).one() == name


@pytest.mark.parametrize("name", ["", "   ", "\x00\x01", "x" * 201])
def test_a_name_must_be_one(client_for: Callable[[Person], FlaskClient], session: Session, name: str) -> None:
    client = client_for(with_password(session))
    assert client.post("/account/details", data={"name": name, "title": ""}).status_code == 422


def test_other_browsers_can_be_signed_out(
    client_for: Callable[[Person], FlaskClient], app: Flask, session: Session
) -> None:
    person, stranger = with_password(session), with_password(session, "Bo Lund")
    phone, library = app.test_client(), app.test_client()
    for browser in (phone, library):
        sign_in(browser, person.email, headers={"User-Agent": "Mozilla/5.0 (Windows) Firefox/140.0"})
    client, bo = client_for(person), client_for(stranger)
    assert client.get("/account").text.count("Firefox på Windows") >= 2
    first = session.scalars(select(SignIn.id).where(SignIn.person_id == person.id).order_by(SignIn.id)).first()
    assert bo.post(f"/account/sign-ins/{first}/end").status_code == 404
    assert bo.post("/account/sign-ins/999999/end").status_code == 404
    assert phone.get("/account").status_code == 200
    assert client.post(f"/account/sign-ins/{first}/end").status_code == 302
    assert phone.get("/account").status_code == 302
    client.post("/account/sign-ins/end-others")
    assert library.get("/account").status_code == 302
    assert client.get("/account").status_code == 200
    assert bo.get("/account").status_code == 200


def test_the_demo_and_only_the_demo_lists_its_people(app: Flask, client: FlaskClient) -> None:
    people = [{"name": "Karen Holm", "email": "karen@demo.example", "password": "x", "what": "praktiserende læge"}]
    with patch.dict(app.extensions, demo_accounts=people):
        assert "karen@demo.example" not in client.get("/sign-in").text
        with patch.dict(app.config, DEMO=True):
            assert "Log ind som Karen Holm" in client.get("/sign-in").text
