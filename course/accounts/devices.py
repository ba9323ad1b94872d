"""Browsers that somebody has signed in with before: their owner is not locked out by others' guesses.

The cookie holds a random number and a keyed hash of the address, signed; it opens nothing by itself.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

from itsdangerous import BadData, URLSafeSerializer

from .limits import Limit

COOKIE = "course_device"
COOKIE_PATH = "/sign-in"
COOKIE_AGE = 180 * 24 * 3600

KNOWN_DEVICE = Limit("sign-in-device", 20, timedelta(minutes=15))
ADDRESS_AND_IP = Limit("sign-in-address-ip", 10, timedelta(minutes=15))
ADDRESS = Limit("sign-in-address", 50, timedelta(hours=1))
IP = Limit("sign-in-ip", 200, timedelta(minutes=15))

RESET_ADDRESS = Limit("reset-address", 3, timedelta(hours=1))
RESET_IP = Limit("reset-ip", 60, timedelta(hours=1))
RESET_USE = Limit("reset-use-ip", 60, timedelta(minutes=15))
PASSWORD_CHANGE = Limit("password-change", 10, timedelta(minutes=15))


def make_cookie(secret: str, email: str) -> str:
    """The cookie of a browser in which the owner of ``email`` has just signed in."""
    return _signer(secret).dumps([secrets.token_urlsafe(12), _mark(secret, email)])


def device_of(secret: str, cookie: str | None, email: str) -> str | None:
    """The number of a browser in which the owner of ``email`` has signed in before, else None."""
    try:
        number, mark = _signer(secret).loads(cookie or "")
    except (BadData, ValueError, TypeError):
        return None
    return number if isinstance(mark, str) and hmac.compare_digest(mark, _mark(secret, email)) else None


def sign_in_tries(email: str, ip: str, device: str | None) -> list[tuple[Limit, str]]:
    """What one try to sign in counts under. A known browser has a bucket of its own, and only that."""
    if device is not None:
        return [(KNOWN_DEVICE, device)]
    return [(ADDRESS_AND_IP, f"{email}\0{ip}"), (ADDRESS, email), (IP, ip)]


def _mark(secret: str, email: str) -> str:
    return hmac.new(secret.encode(), f"device:{email}".encode("utf-8", "replace"), "sha256").hexdigest()[:32]


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="device")
