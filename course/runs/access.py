"""Default deny: who is asking, in which run and role, and whether the route is for them.

What one may not see answers exactly like what does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Flask, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import bindparam, select
from sqlalchemy.orm.attributes import set_committed_value

from course.accounts.rules import Actor
from course.db.session import current
from course.web import audience as names
from course.web.audience import audience_of

from .models import Membership, Run, RunSession
from .rules import STAFF, Role

_IN_RUN = (
    select(Membership, Run, RunSession)
    .join(Run, Run.id == Membership.run_id)
    .outerjoin(RunSession, RunSession.run_id == Run.id)
    .where(
        Membership.run_id == bindparam("run"),
        Membership.person_id == bindparam("person"),
        Membership.left_at.is_(None),
    )
    .order_by(Membership.id, RunSession.starts_at)
)
"""Asked at every request of a run, so it is put together once."""

LARGEST_ID = 2**63 - 1


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
        if not _are_ids(request.view_args or {}) or not _is_for(signed_in, allowed):
            abort(404)
        return None


def _are_ids(view_args: Mapping[str, object]) -> bool:
    """Whether every number in the address can be an id; no database could be asked for a larger one."""
    return all(value <= LARGEST_ID for value in view_args.values() if isinstance(value, int))


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
    rows = current().execute(_IN_RUN, {"run": run_id, "person": signed_in.person_id}).all()
    if not rows:
        return Access(signed_in)
    found: Run = rows[0][1]
    set_committed_value(found, "sessions", list(dict.fromkeys(row[2] for row in rows if row[2] is not None)))
    members = tuple(dict.fromkeys(row[0] for row in rows))
    for member in members:
        set_committed_value(member, "run", found)
    return Access(signed_in, found, members)
