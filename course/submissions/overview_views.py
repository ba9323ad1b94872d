"""The overview of a work: where it stands, what was asked, what happened, and what its author can do now."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from course.content.catalogue import Kind, Step
from course.db.errors import NotAllowed
from course.db.session import current, writing
from course.runs.access import actor, participant
from course.runs.rules import GateState
from course.runs.wording import deadline_words, gate_reason
from course.web.audience import PARTICIPANT, audience
from course.web.clock import now
from course.work import finding
from course.work import service as spine
from course.work.rules import Operation, Projection, State

from . import practice, service, wording
from .blueprint import bp
from .place import Place, place, written_activity
from .service import Events, Written
from .together import TeamUse

ACTIVITY = "/runs/<int:run_id>/activities/<activity_id>"
SLOT = f"{ACTIVITY}/<slot>"
WRITE: dict[State | None, str] = {
    State.DRAFT: "Skriv videre",
    State.WITHDRAWN: "Skriv videre",
    State.RETURNED: "Ret, og send igen",
}


@bp.get(ACTIVITY)
@audience(PARTICIPANT)
def activity(run_id: int, activity_id: str) -> ResponseReturnValue:
    """The works an activity asks for; with only one there is nothing to choose."""
    moment = now()
    stands, asked, _form = written_activity(activity_id)
    if len(asked.slots) == 1:
        return redirect(url_for(".work", run_id=run_id, activity_id=activity_id, slot=asked.slots[0].id))
    gate = stands.gate(asked, moment)
    team_id = stands.team_id(asked.session) if asked.is_shared else None
    places = [(asked.id, slot.id) for slot in asked.slots]
    works = service.own_works(current(), participant().id, places, team_id=team_id)
    rows = [
        {
            "slot": slot,
            "work": (last := next(reversed(works[asked.id, slot.id]), None)),
            "sentence": _sentence(asked, last),
            "deadline": deadline_words(stands.gate(asked, moment, slot=slot.id).closes_at),
        }
        for slot in asked.slots
    ]
    return render_template(
        "submissions/activity.html",
        activity=asked,
        rows=rows,
        run_id=run_id,
        reason=gate_reason(gate, stands.course),
    )


def _sentence(asked: Any, last: Written | None) -> str:
    projection = Projection(last.work.projection) if last else Projection.NONE
    return wording.state_sentence(asked, last.state if last else None, projection)


@bp.get(SLOT)
@audience(PARTICIPANT)
def work(run_id: int, activity_id: str, slot: str) -> ResponseReturnValue:
    """The overview of one work."""
    here = place(activity_id, slot, now())
    happened = service.events(current(), [each.work.id for each in here.works])
    last = here.last
    return render_template(
        "submissions/work.html",
        here=here,
        run_id=run_id,
        noun=wording.noun(here.activity),
        sentence=_sentence(here.activity, last),
        reason=gate_reason(here.gate, here.course),
        deadline=deadline_words(here.gate.closes_at) if here.gate.state is not GateState.CLOSED else "",
        steps=[item | ({"state": "started"} if _is_begun(here, item) else {}) for item in step_items(here)],
        events=happened[last.work.id] if last else Events(),
        earlier=[(each, happened[each.work.id]) for each in here.works[:-1]],
        asked_steps=_asked_steps(here, happened[last.work.id]) if last else {},
        questions=_questions(here),
        **_practised(here),
        use=_use(here, happened[last.work.id].uses) if last else "",
        kept_fields=lambda each: [field for name, field in here.form.fields.items() if name in each.data],
        write_text=WRITE.get(here.state, "Begynd"),
        State=State,
        Operation=Operation,
    )


def _practised(here: Place) -> dict[str, Any]:
    """What stands beside a plan or a statement: its case, what was found in it and, once it has been handed in, the
    model answer and the texts that were handed in before.
    """
    asked = here.activity.written
    if asked is None:
        return {}
    tries = service.tries(current(), here.live.work) if here.live else []
    handed_in = here.live is not None and here.live.work.submitted_no is not None
    return {
        "written": asked,
        "exercise": here.activity.exercises[0],
        "case": practice.case_of(here.course, here.activity),
        "criteria": practice.shown(here.activity, here.data) if here.data else (),
        "has_tried": bool(tries),
        "tries": [one for one in tries if not handed_in or here.live is None or one.no != here.live.work.submitted_no],
    }


def _use(here: Place, uses: list[TeamUse]) -> str:
    """Which groups work with a released case; its author sits with it knowingly."""
    if here.activity.kind is not Kind.CASE or here.live is None or here.live.work.projection != Projection.RELEASED:
        return ""
    ends = max((session.ends_at for session in here.standing.run.sessions), default=here.now)
    return wording.use_sentence(uses, here.course, is_ahead=here.now < ends)


def _is_begun(here: Place, item: dict[str, str]) -> bool:
    step = here.form.step(item["id"])
    return item["state"] == "open" and step is not None and here.has_answers(step)


def step_items(here: Place, at: Step | None = None) -> list[dict[str, str]]:
    """The steps as the page shows them: done, current, open, or locked with the reason."""
    writes = here.may(Operation.SAVE)
    items = []
    for step in here.form.steps:
        gate = here.step_gate(step)
        is_locked = gate.state in {GateState.NOT_YET, GateState.NEEDS}
        state = "locked" if is_locked else "done" if here.is_done(step) else "open"
        if at is not None and step.id == at.id:
            state = "current"
        items.append(
            {
                "id": step.id,
                "title": step.title,
                "url": here.step_url(step) if gate.is_open and writes else "",
                "state": state,
                "note": gate_reason(gate, here.course) if is_locked else "",
            }
        )
    return items


def _asked_steps(here: Place, happened: Events) -> dict[str, Step]:
    """The step of each field that the latest decision has a remark to."""
    remarks = happened.verdict.fields if happened.verdict else {}
    return {
        name: step for step in here.form.steps for name in remarks if any(field.id == name for field in step.fields)
    }


def _questions(here: Place) -> dict[str, int]:
    """How many friendly questions each written step has."""
    if not here.may(Operation.SAVE):
        return {}
    counts = {step.id: len(here.questions(step, here.data)) for step in here.form.steps}
    return {step_id: count for step_id, count in counts.items() if count}


@bp.post(f"{SLOT}/withdraw")
@audience(PARTICIPANT)
def withdraw(run_id: int, activity_id: str, slot: str) -> ResponseReturnValue:
    """Take a sent work back, to change it."""
    here = place(activity_id, slot, now())
    if here.live is None:
        raise NotAllowed
    with writing() as session:
        spine.withdraw(
            session, actor=actor(), now=here.now, work=finding.lock(session, here.live.work.id), gate=here.gate
        )
    if here.activity.review:
        flash(f"Du har trukket {wording.noun(here.activity).the} tilbage.", "success")
    return redirect(here.url())


@bp.post(f"{SLOT}/replace")
@audience(PARTICIPANT)
def replace(run_id: int, activity_id: str, slot: str) -> ResponseReturnValue:
    """Begin a new work in the place of a rejected one."""
    here = place(activity_id, slot, now())
    rejected = next((each for each in reversed(here.works) if each.state is State.REJECTED), None)
    if rejected is None:
        raise NotAllowed
    with writing() as session:
        spine.replace(
            session,
            actor=actor(),
            now=here.now,
            work=finding.lock(session, rejected.work.id),
            membership=here.membership,
            activity=here.activity,
            gate=here.gate,
        )
    step = here.step_to_write()
    return redirect(here.step_url(step) if step else here.url())
