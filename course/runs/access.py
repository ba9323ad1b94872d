"""Default deny: who is asking, in which run and role, and whether the route is for them.

What one may not see answers exactly like what does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import Row, and_, bindparam
from sqlalchemy.orm.attributes import set_committed_value

from course.accounts import signing_in
from course.accounts.models import Person
from course.accounts.rules import Actor
from course.accounts.sign_ins import OF_TOKEN, found_in, token_hash
from course.db.session import current
from course.web import audience as names
from course.web.audience import audience_of

from .models import Membership, Run, RunSession
from .rules import STAFF, Role

_IN_RUN = (
    OF_TOKEN.add_columns(Membership, Run, RunSession)
    .outerjoin(
        Membership,
        and_(
            Membership.person_id == Person.id,
            Membership.run_id == bindparam("run"),
            Membership.left_at.is_(None),
        ),
    )
    .outerjoin(Run, Run.id == Membership.run_id)
    .outerjoin(RunSession, RunSession.run_id == Run.id)
    .order_by(Membership.id, RunSession.starts_at)
)
"""Who asks, and what they are in a run. Asked at every request of a run, so it is one question, put together once."""

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
        are_ids = _are_ids(request.view_args or {})
        in_run = _ask_in_run((request.view_args or {}).get("run_id")) if are_ids and allowed & names.OF_A_RUN else []
        signed_in: Actor | None = getattr(current_user, "actor", None)
        g.access = Access(signed_in)
        if names.PUBLIC in allowed:
            return None
        if not allowed:
            abort(404)
        if signed_in is None:
            return ask_to_sign_in()
        if in_run:
            g.access = _access_to_run(signed_in, in_run)
        if not are_ids or not _is_for(signed_in, allowed):
            abort(404)
        return None


def _are_ids(view_args: Mapping[str, object]) -> bool:
    """Whether every number in the address can be an id; no database could be asked for a larger one."""
    return all(value <= LARGEST_ID for value in view_args.values() if isinstance(value, int))


def _is_for(signed_in: Actor, allowed: frozenset[str]) -> bool:
    if allowed & names.OF_A_RUN:
        return bool(g.access.roles & allowed)
    if names.RUN_CREATOR in allowed:
        return signed_in.may_create_runs or signed_in.is_administrator
    if names.ADMINISTRATOR in allowed:
        return signed_in.is_administrator
    return names.SIGNED_IN in allowed


def _ask_in_run(run_id: int | None) -> Sequence[Row[Any]]:
    """The sign-in of this request with its memberships in the run and the run's meetings, as rows."""
    token = signing_in.token()
    if token is None:
        return []
    rows = current().execute(_IN_RUN, {"token_hash": token_hash(token), "run": run_id}).all()
    signing_in.already_found(token, found_in(rows[0]) if rows else None)
    return rows


def _access_to_run(signed_in: Actor, rows: Sequence[Row[Any]]) -> Access:
    found: Run | None = rows[0].Run
    if found is None or found_in(rows[0]).actor != signed_in:
        return Access(signed_in)
    meetings = [row.RunSession for row in rows if row.RunSession is not None]
    set_committed_value(found, "sessions", list(dict.fromkeys(meetings)))
    members = tuple(dict.fromkeys(row.Membership for row in rows))
    for member in members:
        set_committed_value(member, "run", found)
    return Access(signed_in, found, members)
