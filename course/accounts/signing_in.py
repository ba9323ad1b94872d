"""The browser's side of signing in: the token in the cookie, whose it is, and what somebody unknown is
answered.

The form token's seed bears the person's number. It is kept when the same person signs in again, so that a
page that stood open all night can still be sent; anybody else gets a new one.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Flask, Response, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import WWWAuthenticate

from course.db.session import current, writing
from course.web.clock import now
from course.web.errors import error_response

from . import held, sign_ins
from .limits import TooMany
from .models import Person
from .rules import SEEN_EVERY, Actor
from .service import actor_of
from .sign_ins import begin

__all__ = [
    "SignedIn", "already_found", "ask_to_sign_in", "begin", "csrf_failed", "enter", "init_app", "leave", "signed_in",
    "token",
]  # fmt: skip

SEED = "csrf_token"
TOKEN = "_user_id"  # where Flask-Login keeps what `SignedIn.get_id` answers

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The signed-in person of a request, as Flask-Login wants it."""

    actor: Actor
    sign_in_id: int
    token: str
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """The token: nothing in the cookie tells who somebody is."""
        return self.token


def init_app(app: Flask) -> None:
    """Find out who asks, by one query a request."""
    manager = LoginManager()
    manager.session_protection = None  # type: ignore[assignment]
    manager.user_loader(_load)
    manager.init_app(app)

    @app.errorhandler(TooMany)
    def too_many(error: TooMany) -> Response:
        response = error_response(error.status, error.message)
        response.headers["Retry-After"] = str(error.retry_after)
        return response


def token() -> str | None:
    """What the browser says it is signed in with; whether that is true is not known yet."""
    return session.get(TOKEN)


def already_found(of_token: str, found: sign_ins.Found | None) -> None:
    """Say whose a token is, when that was asked together with something else."""
    g.sign_in_found = (of_token, found)


def _load(token: str) -> SignedIn | None:
    moment = now()
    of_token, found = g.pop("sign_in_found", ("", None))
    if of_token != token:
        found = sign_ins.find(current(), token)
    if found is None:
        return None
    if not sign_ins.counts(found, moment):
        g.sign_in_ended_of = found.actor.person_id
        return None
    if moment - found.seen_at >= SEEN_EVERY:
        _see(found, moment)
    return SignedIn(found.actor, found.id, token)


def _see(found: sign_ins.Found, moment: datetime) -> None:
    try:
        with writing() as database:
            sign_ins.see(database, sign_in_id=found.id, now=moment)
    except OperationalError:
        log.warning("the database was too busy to note that a sign-in is in use")


def signed_in() -> SignedIn | None:
    """Who asks, or None."""
    somebody = current_user._get_current_object()  # type: ignore[union-attr]
    return somebody if isinstance(somebody, SignedIn) else None


def enter(person: Person, token: str) -> None:
    """Let this browser be signed in. Only the same person's seed of form tokens stays."""
    seed = session.get(SEED, "")
    session.clear()
    g.pop(SEED, None)
    kept = isinstance(seed, str) and held.owner_of_seed(seed) == person.id
    session[SEED] = seed if kept else held.make_seed(person.id, hashlib.sha256(secrets.token_bytes(32)).hexdigest())
    login_user(SignedIn(actor_of(person), 0, token))
    if "access" in g:
        g.access = replace(g.access, actor=actor_of(person))


def leave() -> None:
    """Forget who was signed in. The seed stays, for pages that the same person still has open."""
    seed = session.get(SEED)
    logout_user()
    session.clear()
    if seed:
        session[SEED] = seed


def ask_to_sign_in() -> ResponseReturnValue:
    """Answer somebody unknown: readers go to the sign-in page, scripts get 401, texts are taken along."""
    if held.is_script():
        response = error_response(401, "Du er ikke logget ind længere. Log ind i et nyt vindue, og gem igen her.")
        response.www_authenticate = WWWAuthenticate("Cookie")
        return response
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("accounts.sign_in", next=held.asked_path()))
    held.check_form_token()
    return held.answer_unknown(g.get("sign_in_ended_of"))


def csrf_failed(_error: CSRFError) -> ResponseReturnValue:
    """Answer a form whose token does not fit (any more), without losing what was written."""
    if held.is_script():
        return error_response(400, "Siden er for gammel. Åbn den i et nyt vindue, og gem igen her.")
    if held.is_from_elsewhere():
        return error_response(400, "Formularen kom ikke fra vores egne sider.")
    somebody = signed_in()
    return held.answer_stale(somebody.actor if somebody else None)
