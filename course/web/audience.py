"""Who a route is for. A route that does not say is closed, and a test fails on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

PUBLIC = "public"
SIGNED_IN = "signed_in"
RUN_CREATOR = "run_creator"
ADMINISTRATOR = "administrator"
PARTICIPANT = "participant"
FACILITATOR = "facilitator"
ORGANISER = "organiser"

ANYONE_IN_RUN = (PARTICIPANT, FACILITATOR, ORGANISER)
STAFF = (FACILITATOR, ORGANISER)
OF_A_RUN = frozenset(ANYONE_IN_RUN)
KNOWN = frozenset({PUBLIC, SIGNED_IN, RUN_CREATOR, ADMINISTRATOR}) | OF_A_RUN

View = TypeVar("View", bound=Callable[..., object])


def audience(*names: str) -> Callable[[View], View]:
    """Declare who may use a view: one general name, or the roles of the run in the URL.

    Raises:
        ValueError: for an unknown name or a mixture of general names and roles.
    """
    given = frozenset(names)
    if not given or not given <= KNOWN or (given & OF_A_RUN and given - OF_A_RUN) or len(given - OF_A_RUN) > 1:
        raise ValueError(f"not an audience: {names!r}")

    def declare(view: View) -> View:
        view.audience = given  # type: ignore[attr-defined]
        return view

    return declare


def audience_of(view: object) -> frozenset[str]:
    """The declared audience of a view; empty when it has none."""
    return getattr(view, "audience", frozenset())
