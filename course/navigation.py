"""The main menu of the person who is asking."""

from __future__ import annotations

from flask import g, request, url_for

from course.runs.access import Access
from course.runs.rules import Role


def navigation() -> list[dict[str, object]]:
    """Entries ``{label, url, current}``: on a page of a run the rooms of that run, else the way home."""
    found: Access | None = g.get("access")
    if found is None or found.actor is None:
        return []
    entries = [("Mine hold", "learning.home", {})]
    if found.run is not None:
        entries += [(label, endpoint, {"run_id": found.run.id}) for label, endpoint in _of_run(found)]
    return [
        {"label": label, "url": url_for(endpoint, **values), "current": _is_here(endpoint)}
        for label, endpoint, values in entries
    ]


def _is_here(endpoint: str) -> bool:
    """Whether the page is that entry's own, or belongs to its room (the inbox has several)."""
    here = request.endpoint or ""
    return here == endpoint or (endpoint == "reviews.inbox" and here.startswith("reviews."))


def _of_run(found: Access) -> list[tuple[str, str]]:
    entries: list[tuple[str, str]] = []
    if Role.PARTICIPANT in found.roles:
        entries.append(("Min vej", "learning.path"))
    if Role.ORGANISER in found.roles:
        entries.append(("Holdet", "organising.cockpit"))
    if found.is_staff:
        entries.append(("Indbakke", "reviews.inbox"))
    return [*entries, ("Holdets forløb", "submissions.releases")]
