"""The main menu of the person who is asking."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for

from course.content.catalogue import Course
from course.runs.access import Access
from course.runs.rules import Role
from course.runs.wording import course_of_run


def navigation() -> list[dict[str, object]]:
    """Entries ``{label, url, current}``: on a page of a run the rooms of that run, else the way home."""
    found: Access | None = g.get("access")
    if found is None or found.actor is None:
        return []
    entries: list[tuple[str, str, dict[str, Any]]] = [("Mine hold", "learning.home", {})]
    if found.run is not None:
        here = {"run_id": found.run.id}
        entries += [(label, endpoint, here) for label, endpoint in _of_run(found, course_of_run(found.run))]
    entries.append(("Redskaber", "tools.index", {}))
    return [
        {"label": label, "url": url_for(endpoint, **values), "current": _is_here(endpoint)}
        for label, endpoint, values in entries
    ]


def _is_here(endpoint: str) -> bool:
    """Whether the page is that entry's own, or belongs to its room (the inbox and the days have several)."""
    here = request.endpoint or ""
    return here == endpoint or here.startswith(_ROOMS.get(endpoint, ("?",)))


_ROOMS = {
    "reviews.inbox": ("reviews.",),
    "tools.index": ("tools.", "planners."),
    "organising.days": (
        "organising.day",
        "organising.figures",
        "organising.screen",
        "teams.",
        "runs.attendance",
        "runs.code",
    ),
}
"""How the endpoints of the pages begin that belong to an entry of the menu."""


def _of_run(found: Access, course: Course) -> list[tuple[str, str]]:
    entries: list[tuple[str, str]] = []
    if Role.PARTICIPANT in found.roles:
        entries.append(("Min vej", "learning.path"))
    if Role.ORGANISER in found.roles:
        entries.append(("Holdet", "organising.cockpit"))
    if found.is_staff:
        entries += [("Indbakke", "reviews.inbox"), (course.words.sessions.capitalize(), "organising.days")]
    if any(activity.release for activity in course.activities.values()):
        entries.append(("Holdets forløb" if course.tells_of_patients else "Holdets tekster", "submissions.releases"))
    return entries
