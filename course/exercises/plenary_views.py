"""A simulated talk on the screen of a room. Nothing is stored: the way that was gone stands in the address."""

from __future__ import annotations

from flask import abort, render_template, request, url_for

from course.content.catalogue import Exercise
from course.db.session import current
from course.runs.access import run
from course.runs.contents import course_of
from course.web.audience import STAFF, audience

from .blueprint import bp
from .kinds.consultation import plenary
from .kinds.consultation.talk import Talk


@bp.get("/runs/<int:run_id>/exercises/<activity_id>/plenary")
@audience(*STAFF)
def plenary_talk(run_id: int, activity_id: str) -> str:
    """The scene the room has come to with its answers to vote on, or the report at the end."""
    course = course_of(current(), run())
    activity = course.activities.get(activity_id) or abort(404)
    exercise = _talk(activity.exercises, request.args.get("exercise"))
    talk: Talk = exercise.spec
    room = plenary.room(talk, request.args)
    view = plenary.shown(talk, room)
    here = {"run_id": run_id, "activity_id": activity_id, "exercise": exercise.id}
    return render_template(
        "exercises/consultation/plenary.html",
        run=run(),
        activity=activity,
        exercise=exercise,
        case=course.cases.get(exercise.case or ""),
        room=room,
        view=view,
        votes=room.vote([option.id for option in view.get("options", ())]),
        hands=plenary.told_hands(talk, room),
        start=url_for("exercises.plenary_talk", **here),
        back=url_for("exercises.plenary_talk", _anchor="talk", **here, **room.address(room.state.way[:-1])),
        kept=plenary.kept(talk, room),
    )


def _talk(exercises: tuple[Exercise, ...], wanted: str | None) -> Exercise:
    """The talk that is asked for, or the activity's first; answers 404 when there is none."""
    talks = [each for each in exercises if each.kind == "consultation"]
    return next((each for each in talks if wanted in (None, each.id)), None) or abort(404)
