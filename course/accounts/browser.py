"""What a view knows about the browser that asks, and how often it may try."""

from __future__ import annotations

from flask import Response, current_app, request

from course.db.session import writing
from course.web.clock import now

from . import devices, limits
from .rules import device_name


def count_tries(tries: list[tuple[limits.Limit, str]]) -> None:
    """Count a try in a transaction of its own; TooMany when it was one too many."""
    moment = now()
    with writing() as database:
        wait = limits.count_all(database, tries, moment)
        limits.purge(database, moment)
    if wait:
        raise limits.TooMany(wait)


def ip() -> str:
    """Where a request comes from."""
    return request.remote_addr or ""


def device() -> str:
    """What the owner recognises this browser by."""
    return device_name(request.user_agent.string)


def secret() -> str:
    """The key that links and cookies are derived from."""
    return current_app.config["SECRET_KEY"]


def remember_device(response: Response, email: str) -> Response:
    """Mark the browser as one in which the owner of ``email`` has signed in."""
    response.set_cookie(
        devices.COOKIE, devices.make_cookie(secret(), email), max_age=devices.COOKIE_AGE,
        path=devices.COOKIE_PATH, secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True, samesite="Lax",
    )  # fmt: skip
    return response
