"""A text posted after the sign-in has run out reaches its own author again, and nobody else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from course.accounts import held
from course.accounts.models import Person, SignIn

from .people import PASSWORD, sign_in, with_password

TEXT = "patienten ville blive på arbejdet\nmen turde ikke spørge <b>chefen</b> {{7*7}}"
FIELDS = {"name": "Karen Holm", "title": TEXT, "choice": "a"}
SHOWN = "patienten ville blive på arbejdet"


class Form(HTMLParser):
    """The inputs of the first form that posts to ``action``, as a browser would post them."""

    def __init__(self, page: str, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.fields = action, False, MultiDict()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.inside = given.get("action") == self.action and not self.fields
        elif tag == "input" and self.inside:
            self.fields.add(given["name"], given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "form"


def let_run_out(session: Session) -> None:
    """End every sign-in by age."""
    session.commit()
    session.execute(update(SignIn).values(expires_at=datetime.now(UTC)))
    session.commit()


def as_browser(client: FlaskClient, path: str, fields: MultiDict, **headers: str) -> TestResponse:
    """Post exactly these fields, the form token among them."""
    return client.post(path, data=fields, csrf=False, headers=headers)


def own_form(client: FlaskClient, action: str = "/account/details") -> MultiDict:
    """The form as it stands on the open page, filled."""
    fields = Form(client.get("/account").text, action).fields
    for name, value in FIELDS.items():
        fields[name] = value
    return fields


def test_the_same_person_gets_the_text_back(client: FlaskClient, session: Session) -> None:
    person = with_password(session)
    sign_in(client, person.email)
    fields = own_form(client)
    let_run_out(session)
    asked = as_browser(client, "/account/details", fields)
    assert asked.status_code == 401
    assert "Din tekst er her endnu" in asked.text
    form = Form(asked.text, "/sign-in").fields
    assert form["held-title"].replace("\r\n", "\n") == TEXT

    form["email"], form["password"] = person.email, "forkert kode her"
    wrong = as_browser(client, "/sign-in", form)
    assert wrong.status_code == 422
    form = Form(wrong.text, "/sign-in").fields
    form["email"], form["password"] = person.email, PASSWORD
    given_back = as_browser(client, "/sign-in", form)
    assert given_back.status_code == 200
    assert SHOWN in given_back.text
    assert "<b>chefen</b>" not in given_back.text
    assert given_back.text.count("{{7*7}}") == 2
    assert f"logget ind som {person.name}" in given_back.text

    again = Form(given_back.text, "/account/details").fields
    assert {name: again[name].replace("\r\n", "\n") for name in FIELDS} == FIELDS
    again["title"] = "kort titel"
    assert as_browser(client, "/account/details", again).status_code == 302
    session.expire_all()
    assert session.scalars(select(Person.title)).one() == "kort titel"


def test_another_person_never_gets_it(client: FlaskClient, session: Session) -> None:
    karen, bo = with_password(session), with_password(session, "Bo Lund")
    sign_in(client, karen.email)
    fields = own_form(client)
    let_run_out(session)
    form = Form(as_browser(client, "/account/details", fields).text, "/sign-in").fields
    form["email"], form["password"] = bo.email, PASSWORD
    answer = as_browser(client, "/sign-in", form)
    assert answer.status_code == 403
    assert SHOWN not in answer.text
    assert "skrevet af en anden" in answer.text
    assert client.get("/account").status_code == 200


def test_a_note_cannot_be_forged(app: Flask, client: FlaskClient, session: Session) -> None:
    karen, bo = with_password(session), with_password(session, "Bo Lund")
    with app.test_request_context():
        note = held.HeldText("/account/details", (), karen.id).note
    for forged in (note[:-2], f"{note}x", "x", ""):
        data = {"held": forged, "held-title": TEXT}
        answer = sign_in(client, karen.email, data=data)
        assert answer.status_code == 302
        assert SHOWN not in answer.text
    answer = sign_in(client, bo.email, data={"held": note, "held-title": TEXT})
    assert answer.status_code == 403
    assert SHOWN not in answer.text


def test_an_open_page_can_be_sent_after_signing_in_again(client: FlaskClient, session: Session) -> None:
    """Signed out in another tab and in again: the form token of the page that stood open still fits."""
    person = with_password(session)
    sign_in(client, person.email)
    fields = own_form(client)
    fields["title"] = "kort titel"
    client.post("/sign-out")
    sign_in(client, person.email)
    assert as_browser(client, "/account/details", fields).status_code == 302


def test_the_next_person_in_the_same_browser_cannot_send_it(client: FlaskClient, session: Session) -> None:
    karen, bo = with_password(session), with_password(session, "Bo Lund")
    sign_in(client, karen.email)
    fields = own_form(client)
    client.post("/sign-out")
    sign_in(client, bo.email)
    answer = as_browser(client, "/account/details", fields)
    assert answer.status_code == 403
    assert SHOWN not in answer.text
    session.expire_all()
    assert {person.title for person in session.scalars(select(Person))} == {""}


def test_a_browser_that_lost_its_cookie_keeps_the_text(app: Flask, client: FlaskClient, session: Session) -> None:
    person = with_password(session)
    sign_in(client, person.email)
    fields = own_form(client)
    restarted = app.test_client()
    asked = as_browser(restarted, "/account/details", fields)
    assert asked.status_code == 401
    form = Form(asked.text, "/sign-in").fields
    form["email"], form["password"] = person.email, PASSWORD
    assert SHOWN in as_browser(restarted, "/sign-in", form).text


def test_a_token_that_does_not_fit_gives_the_text_back(
    client_for: Callable[[Person], FlaskClient], session: Session
) -> None:
    client = client_for(with_password(session))
    answer = as_browser(client, "/account/details", MultiDict({**FIELDS, "csrf_token": "gammel"}))
    assert answer.status_code == 400
    assert SHOWN in answer.text
    again = Form(answer.text, "/account/details").fields
    again["title"] = "kort titel"
    assert as_browser(client, "/account/details", again).status_code == 302


def test_a_stranger_without_any_token_is_told_to_sign_in_elsewhere(client: FlaskClient) -> None:
    answer = as_browser(client, "/account/details", MultiDict(FIELDS))
    assert answer.status_code == 400
    assert "Log ind i et nyt vindue" in answer.text
    assert SHOWN in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
    ],
)
def test_another_site_gets_no_form_to_be_clicked(
    client_for: Callable[[Person], FlaskClient], session: Session, headers: dict[str, str]
) -> None:
    client = client_for(with_password(session))
    for path in ("/account/details", "/sign-in"):
        answer = as_browser(client, path, MultiDict(FIELDS), **headers)
        assert answer.status_code == 400
        assert SHOWN not in answer.text
        assert "Set-Cookie" not in answer.headers or "csrf" not in answer.headers["Set-Cookie"]
    let_run_out(session)
    answer = as_browser(client, "/account/details", MultiDict(FIELDS), **headers)
    assert answer.status_code == 400
    assert SHOWN not in answer.text


def test_scripts_get_a_sentence(
    client: FlaskClient, client_for: Callable[[Person], FlaskClient], session: Session
) -> None:
    as_script = {"Accept": "application/json"}
    answer = client.post("/account/details", json={"title": TEXT}, headers=as_script)
    assert answer.status_code == 401
    assert "Log ind" in answer.get_json()["error"]
    known = client_for(with_password(session))
    answer = known.post("/account/details", json={"title": TEXT}, headers={**as_script, "X-CSRFToken": "x"}, csrf=False)
    assert answer.status_code == 400
    assert TEXT not in answer.text


def test_passwords_and_tokens_do_not_travel(client: FlaskClient, session: Session) -> None:
    person = with_password(session)
    sign_in(client, person.email)
    token = own_form(client)["csrf_token"]
    let_run_out(session)
    fields = MultiDict({"csrf_token": token, "current_password": PASSWORD, "password": "ny torden kaffe", "x": "y"})
    answer = as_browser(client, "/account/password", fields)
    assert answer.status_code == 401
    assert PASSWORD not in answer.text
    assert "ny torden kaffe" not in answer.text
    assert [name for name in Form(answer.text, "/sign-in").fields if name.startswith("held-")] == ["held-x"]


def test_a_text_too_long_to_travel_is_given_back_at_once(client: FlaskClient, session: Session) -> None:
    person = with_password(session)
    sign_in(client, person.email)
    fields = own_form(client)
    fields["title"] = f"{SHOWN} " + "æ" * (held.LARGEST // 6)
    let_run_out(session)
    answer = as_browser(client, "/account/details", fields)
    assert answer.status_code == 401
    assert "Log ind i et nyt vindue" in answer.text
    assert SHOWN in answer.text


def test_a_stale_sign_in_page_only_asks_for_the_password_again(client: FlaskClient, session: Session) -> None:
    person = with_password(session)
    fields = MultiDict({"email": person.email, "password": PASSWORD, "next": "/account", "csrf_token": "gammel"})
    answer = as_browser(client, "/sign-in", fields)
    assert answer.status_code == 400
    form = Form(answer.text, "/sign-in").fields
    assert (form["email"], form["next"], form["password"]) == (person.email, "/account", "")
    form["password"] = PASSWORD
    assert as_browser(client, "/sign-in", form).location == "/account"


def test_nothing_of_it_is_stored_or_logged(
    client: FlaskClient, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    person = with_password(session)
    sign_in(client, person.email)
    fields = own_form(client)
    let_run_out(session)
    with caplog.at_level(logging.DEBUG):
        form = Form(as_browser(client, "/account/details", fields).text, "/sign-in").fields
        form["email"], form["password"] = person.email, PASSWORD
        as_browser(client, "/sign-in", form)
    assert SHOWN not in caplog.text
    with client.session_transaction() as cookie:
        assert SHOWN not in str(dict(cookie))
    rows = [str(row) for table in Person.metadata.sorted_tables for row in session.execute(select(table)).all()]
    assert rows
    assert not [row for row in rows if SHOWN in row]


@pytest.mark.parametrize(
    ("seed", "owner"),
    [("17-abc", 17), ("abc", None), ("", None), ("-abc", None), ("x-abc", None), ("१७-abc", None)],
)
def test_whose_forms_a_seed_belongs_to(seed: str, owner: int | None) -> None:
    assert held.owner_of_seed(seed) == owner


def test_what_is_shown_is_what_one_wrote() -> None:
    text = held.HeldText("/x", (("a", "kort"), ("b", TEXT), ("c", "550e8400-e29b-41d4-a716-446655440000")), 1)
    assert text.texts == [TEXT]


def test_the_page_keeps_repeated_fields(client: FlaskClient, session: Session) -> None:
    person = with_password(session)
    sign_in(client, person.email)
    fields = own_form(client)
    fields.add("choice", "b")
    let_run_out(session)
    answer = as_browser(client, "/account/details?step=2&q=%C3%A5%20b", fields)
    form = Form(answer.text, "/sign-in").fields
    assert form.getlist("held-choice") == ["a", "b"]
    form["email"], form["password"] = person.email, PASSWORD
    page = as_browser(client, "/sign-in", form).text
    assert Form(page, "/account/details?step=2&q=%C3%A5%20b").fields.getlist("choice") == ["a", "b"]
