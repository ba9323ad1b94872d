"""Default deny: who is asking, in which run and role, and whether the route is for them.

What one may not see answers exactly like what does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from course.accounts.rules import Actor
from course.db.session import current
from course.web import audience as names
from course.web.audience import audience_of

from .models import Membership, Run
from .rules import STAFF, Role

_IN_RUN = (
    select(Membership)
    .where(
        Membership.run_id == bindparam("run"),
        Membership.person_id == bindparam("person"),
        Membership.left_at.is_(None),
    )
    .options(joinedload(Membership.run, innerjoin=True).joinedload(Run.sessions))
)
"""Asked at every request of a run, so it is put together once."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who asks. On a route of a run, ``run`` and the memberships the actor holds in it are there too."""

    actor: Actor | None
    run: Run | None = None
    memberships: tuple[Membership, ...] = ()

    @property
    def roles(self) -> frozenset[Role]:
        """What the actor is in this run."""
        return frozenset(Role(m.role) for m in self.memberships)

    @property
    def is_staff(self) -> bool:
        """Whether the actor is a facilitator or organiser of this run."""
        return bool(self.roles & STAFF)

    def membership(self, role: Role) -> Membership | None:
        """The actor's membership in one role."""
        return next((m for m in self.memberships if m.role == role), None)


def access() -> Access:
    """The access of this request."""
    return g.access


def actor() -> Actor:
    """The signed-in person of this request (on a route that is not public)."""
    found = access().actor
    assert found is not None, "a public route has no actor"
    return found


def run() -> Run:
    """The run of this request (on a route of a run)."""
    found = access().run
    assert found is not None, "not a route of a run"
    return found


def participant() -> Membership:
    """The actor's own participation in the run of this request; answers 404 when there is none."""
    return access().membership(Role.PARTICIPANT) or abort(404)


def init_app(app: Flask, ask_to_sign_in: Callable[[], ResponseReturnValue]) -> None:
    """Ask before every request. ``ask_to_sign_in`` answers somebody unknown on a route that is not public."""

    @app.before_request
    def enforce() -> ResponseReturnValue | None:
        g.access = Access(None)
        if request.endpoint is None:
            return None
        allowed = audience_of(current_app.view_functions[request.endpoint])
        signed_in: Actor | None = getattr(current_user, "actor", None)
        g.access = Access(signed_in)
        if names.PUBLIC in allowed:
            return None
        if not allowed:
            abort(404)
        if signed_in is None:
            return ask_to_sign_in()
        if not _is_for(signed_in, allowed):
            abort(404)
        return None


def _is_for(signed_in: Actor, allowed: frozenset[str]) -> bool:
    if allowed & names.OF_A_RUN:
        g.access = _access_to_run(signed_in, (request.view_args or {}).get("run_id"))
        return bool(g.access.roles & allowed)
    if names.RUN_CREATOR in allowed:
        return signed_in.may_create_runs or signed_in.is_administrator
    if names.ADMINISTRATOR in allowed:
        return signed_in.is_administrator
    return names.SIGNED_IN in allowed


def _access_to_run(signed_in: Actor, run_id: int | None) -> Access:
    rows = (
        current()
        .scalars(_IN_RUN, {"run": run_id, "person": signed_in.person_id})
        .unique()
        .all()
    )
    return Access(signed_in, rows[0].run if rows else None, tuple(rows))
