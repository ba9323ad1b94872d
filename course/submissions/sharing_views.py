"""A step that several write in at once: what the others have written, and who they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, jsonify, request
from flask.typing import ResponseReturnValue

from course.content.catalogue import Step
from course.db.session import current
from course.runs.access import actor
from course.web.audience import PARTICIPANT, audience
from course.web.clock import now
from course.work import finding
from course.work.finding import Closed, TeamChanged
from course.work.models import Revision
from course.work.rules import Operation

from . import conflicts, together, wording
from .blueprint import bp
from .overview_views import SLOT
from .place import Place, place, posted_number


@bp.get(f"{SLOT}/steps/<step_id>/latest")
@audience(PARTICIPANT)
def latest(run_id: int, activity_id: str, slot: str, step_id: str) -> ResponseReturnValue:
    """What others have written since revision ``?base_no=``, for a page that stays open. JSON; saves nothing."""
    here = place(activity_id, slot, now())
    asked = here.form.step(step_id) or abort(404)
    asked_for = {name: request.args.get(name, 0, type=int) for name in ("base_no", "team_id")}
    if asked_for["team_id"] != (here.team_id or 0):
        return jsonify(closed=True, error=TeamChanged().message), TeamChanged.status
    if not (here.may(Operation.SAVE) and here.step_gate(asked).is_open):
        return jsonify(closed=True, error=wording.CLOSED_MEANWHILE), Closed.status
    work_id, no = (here.live.work.id, here.live.work.latest_no) if here.live else (0, 0)
    since = finding.revision(current(), work_id, asked_for["base_no"])
    known = {field.id: ((since.data if since else None) or {}).get(field.id) for field in asked.fields}
    others = unlike(asked, here.data, known) if no > asked_for["base_no"] else {}
    return jsonify(no=no, work_id=work_id, others=others, writers=writers(here, work_id))


def unlike(asked: Step, saved: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """The fields of a step that stand otherwise than the page knows them, as a form would post them."""
    return {
        field.id: conflicts.as_posted([field], saved)
        for field in asked.fields
        if field.id in known and saved.get(field.id) != known[field.id]
    }


def writers(here: Place, work_id: int) -> str:
    """Who else has just written, as a sentence; empty where one writes alone."""
    if not here.activity.is_shared or not work_id:
        return ""
    return wording.writers_sentence(together.other_writers(current(), work_id, actor().person_id, here.now), here.now)


def others_in(here: Place, latest: Revision, names: list[str]) -> dict[str, together.Writer]:
    """Whose text stands in each of these fields of a work that several write in."""
    if not here.activity.is_shared:
        return {}
    since = posted_number("opened_no") or posted_number("base_no")
    return together.who_changed(current(), latest.work_id, since, names)
