"""The token that every form posts: Flask-WTF's own, signed once a request.

It is what Flask-WTF makes and checks. Only it is never compressed on the way: that would take longer than everything
else about it, to save nothing.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, session
from flask_wtf.csrf import generate_csrf
from itsdangerous.encoding import base64_encode
from markupsafe import Markup

from .signing import OneKeySerializer

NAME = "csrf_token"  # in the session, in ``g`` and in forms, as Flask-WTF has it
SIGNER = "course-form-tokens"


class Signer(OneKeySerializer):
    """Writes what Flask-WTF reads."""

    def dump_payload(self, obj: Any) -> bytes:
        """The seed in base 64, as it is."""
        return base64_encode(self.serializer.dumps(obj).encode())


def form_token() -> str:
    """The token of this request."""
    token = g.get(NAME)
    if token is None:
        seed = session.get(NAME)
        token = current_app.extensions[SIGNER].dumps(seed) if isinstance(seed, str) else generate_csrf()
        setattr(g, NAME, token)
    return token


def csrf_field() -> Markup:
    """The hidden field that every form posts."""
    return Markup(f'<input type="hidden" name="{NAME}" value="{form_token()}">')  # its letters need no escaping


def register(app: Flask) -> None:
    """Give templates ``csrf_token`` and ``csrf_field``; to be called after Flask-WTF, which gives its own."""
    app.extensions[SIGNER] = Signer(app.config["SECRET_KEY"], salt="wtf-csrf-token")
    app.add_template_global(form_token, NAME)
    app.add_template_global(csrf_field)
    app.context_processor(lambda: {NAME: form_token})
