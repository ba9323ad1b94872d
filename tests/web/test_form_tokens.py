"""The form's token: one a request, and one that Flask-WTF takes."""

from __future__ import annotations

import re

import pytest
from flask import Flask, g, render_template_string, session
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect, validate_csrf
from wtforms import ValidationError

from course.web import form_tokens

PAGE = "{{ csrf_token() }} {{ csrf_field() }} {% macro m() %}{{ csrf_token() }}{% endmacro %}{{ m() }}"


@pytest.fixture
def small() -> Flask:
    app = Flask("course")
    app.config["SECRET_KEY"] = "kun-til-proever"
    CSRFProtect(app)
    form_tokens.register(app)
    return app


@pytest.mark.parametrize("seed", [None, "7." + "ab" * 32, "kort"])
def test_flask_wtf_takes_the_token(small: Flask, seed: str | None) -> None:
    with small.test_request_context():
        if seed is not None:
            session["csrf_token"] = seed
        validate_csrf(form_tokens.form_token())
        assert session["csrf_token"] == (seed or session["csrf_token"])


def test_every_form_of_a_page_has_the_same(small: Flask) -> None:
    with small.test_request_context():
        first, field, inner = re.fullmatch(
            r'(\S+) <input [^>]*value="(\S+)"> (\S+)', render_template_string(PAGE)
        ).groups()  # type: ignore[union-attr]
        assert first == field == inner == FlaskForm().csrf_token.current_token  # type: ignore[attr-defined]


def test_a_token_is_signed_anew_for_another_seed(small: Flask) -> None:
    with small.test_request_context():
        session["csrf_token"] = "den ene"
        first = form_tokens.form_token()
        session["csrf_token"] = "den anden"
        g.pop("csrf_token")
        assert form_tokens.form_token() != first
        with pytest.raises(ValidationError):
            validate_csrf(first)


def test_another_secret_is_another_token(small: Flask) -> None:
    other = Flask("course")
    other.config["SECRET_KEY"] = "en anden"
    form_tokens.register(other)
    with other.test_request_context():
        session["csrf_token"] = "frø"
        token = form_tokens.form_token()
    with small.test_request_context():
        session["csrf_token"] = "frø"
        with pytest.raises(ValidationError):
            validate_csrf(token)
