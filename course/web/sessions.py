"""The signed cookie, read and written by one signer for the whole life of the application."""

from __future__ import annotations

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer


class CookieSessions(SecureCookieSessionInterface):
    """Flask's own sessions. Flask makes a new signer at every request, from a secret that never changes."""

    signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer, made when it is first asked for."""
        if self.signer is None:
            self.signer = super().get_signing_serializer(app)
        return self.signer


def register(app: Flask) -> None:
    """To be called when the secret is set."""
    app.session_interface = CookieSessions()
