"""A client that behaves as a browser would, and is stricter: every page must parse, every form gets its token."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from course.accounts import signing_in
from course.db.session import EXTENSION, new_session
from tests.html import must_be_valid


class Client(FlaskClient):
    """Adds the form token to every POST (unless ``csrf=False``) and parses every HTML answer strictly."""

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:
        if kwargs.get("method") == "POST" and csrf:
            headers = dict(kwargs.pop("headers", None) or {})
            kwargs["headers"] = {**headers, "X-CSRFToken": self.csrf_token()}
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and not response.is_streamed and response.data:
            must_be_valid(response.get_data(as_text=True))
        return response

    def csrf_token(self) -> str:
        """The token of this browser's session, made when there is none yet."""
        with self.session_transaction() as held:
            held.setdefault("csrf_token", hashlib.sha1(os.urandom(64), usedforsecurity=False).hexdigest())
            raw = held["csrf_token"]
        secret = self.application.config["SECRET_KEY"]
        return str(URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(raw))


def sign_in(app: Flask, client: FlaskClient, person_id: int) -> FlaskClient:
    """Sign a person in without the form: a real sign-in row, and its token in the cookie."""
    with new_session(app.extensions[EXTENSION]) as session:
        token = signing_in.begin(session, person_id=person_id, now=datetime.now(UTC))
        session.commit()
    with client.session_transaction() as held:
        held["_user_id"] = token
        held["_fresh"] = True
    return client
