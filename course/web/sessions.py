"""The signed cookie, read and written by one signer for the whole life of the application."""

from __future__ import annotations

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from .signing import OneKeySerializer


class CookieSessions(SecureCookieSessionInterface):
    """Flask's own sessions. Flask makes a new signer at every request, from a secret that never changes."""

    signer: OneKeySerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer, made when it is first asked for, as Flask makes it."""
        if self.signer is None and app.secret_key:
            self.signer = OneKeySerializer(
                app.secret_key,
                salt=self.salt,
                serializer=self.serializer,
                signer_kwargs={"key_derivation": self.key_derivation, "digest_method": self.digest_method},
            )
        return self.signer


def register(app: Flask) -> None:
    """To be called when the secret is set."""
    app.session_interface = CookieSessions()
