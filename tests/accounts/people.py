"""A person with a password, and what a browser does with the sign-in page."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from course.accounts import passwords
from course.accounts.models import Person
from tests.factories import make_person

PASSWORD = "kaffe cykel torden"


@cache
def kept() -> str:
    """The hash of ``PASSWORD``, made once."""
    return passwords.hash_password(PASSWORD)


def with_password(session: Session, name: str = "Karen Holm", **values: Any) -> Person:
    """A committed person who can sign in with ``PASSWORD``."""
    person = make_person(session, name, password_hash=kept(), **values)
    session.commit()
    return person


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD, **more: Any) -> TestResponse:
    """Post the sign-in form."""
    data = {"email": email, "password": password, **more.pop("data", {})}
    return client.post("/sign-in", data=data, **more)


def token_of(client: FlaskClient) -> str | None:
    """The sign-in token in the browser's cookie."""
    with client.session_transaction() as held:
        return held.get("_user_id")
