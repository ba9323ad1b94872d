"""What the forms of the groups page post."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request


def whole(text: str | None) -> int:
    """A posted whole number; 0 for anything else."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0


@dataclass(frozen=True, slots=True)
class Posted:
    """``seen`` names the groups that stood on the page; the rest is what was chosen there."""

    seen: str
    seed: int
    missing: frozenset[int]
    membership_id: int
    team_id: int
    work_ids: frozenset[int]
    case_ids: frozenset[str]
    are_pairs: bool = False


def read() -> Posted:
    """Read the posted form."""
    form = request.form
    return Posted(
        seen=form.get("seen", "")[:64],
        seed=whole(form.get("seed")),
        missing=frozenset(whole(one) for one in form.getlist("missing")),
        membership_id=whole(form.get("member")),
        team_id=whole(form.get("team")),
        work_ids=frozenset(whole(one) for one in form.getlist("work")),
        case_ids=frozenset(form.getlist("case")),
        are_pairs=form.get("size") == "pairs",
    )
