"""A run of a small course with a plan on a tool, a goal and a reviewed statement, all about one case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from tests.reviews.homework import Group, make_group, packed

ROOT = Path(__file__).parent / "practice_course"
PLAN, GOAL, STATEMENT = "mini-01.plan", "mini-01.goal", "mini-01.statement"

PLANNED: dict[str, Any] = {
    "tasks": "Lamper på loftet efter frokost",
    "steps": [{"what": "samler tavler", "when": "uge 46"}, {"what": "deler loftet med en makker", "when": "uge 47"}],
    "follow_up": "2026-12-14",
}
STATED: dict[str, Any] = {
    "ability": "Han oplyser, at han kan løfte 8 kg og samle tavler. Han kan ikke arbejde over skulderhøjde.",
    "until": "Gælder i fire uger. Vi følger op om fire uger.",
}


def make_practice(session: Session, number: int = 2) -> Group:
    """A run of it with so many participants; nobody has written anything."""
    return make_group(session, number, packed(ROOT))
