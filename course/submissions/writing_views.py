"""One step a page: shown, saved, saved by itself, and put together when two tabs disagree."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import abort, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from course.content.catalogue import Step
from course.db.errors import DomainError, NotAllowed
from course.db.session import current, writing
from course.runs.access import actor
from course.runs.wording import deadline_words, gate_reason
from course.web.audience import PARTICIPANT, audience
from course.web.clock import now
from course.web.danish import clock_time
from course.work import checking, finding
from course.work import service as spine
from course.work.checking import Checked
from course.work.finding import Closed, TeamChanged
from course.work.judging import record_opening
from course.work.models import Revision
from course.work.rules import Operation, State
from course.work.service import Saved, StaleText

from . import conflicts, nudges, peer_text, practice, prefill, service, wording
from .blueprint import bp
from .overview_views import SLOT, step_items
from .place import Place, new_key, place, posted_number
from .sending_views import finish
from .sharing_views import others_in, unlike, writers

STEP = f"{SLOT}/steps/<step_id>"
REPLACED_BY_NEW = "Det, du skrev i, er afvist og skal ikke gemmes mere. Begynd på et nyt fra oversigten."


@bp.get(STEP)
@audience(PARTICIPANT)
def step(run_id: int, activity_id: str, slot: str, step_id: str) -> ResponseReturnValue:
    """One step with what is written in it; a step one cannot write in now leads to the overview, which says why."""
    here = place(activity_id, slot, now())
    asked = here.form.step(step_id) or abort(404)
    if not (here.may(Operation.SAVE) and here.step_gate(asked).is_open):
        return redirect(here.url())
    return _page(here, asked)


@bp.post(STEP)
@audience(PARTICIPANT)
def save_step(run_id: int, activity_id: str, slot: str, step_id: str) -> ResponseReturnValue:
    """Save one step and go where the pressed button says."""
    here = place(activity_id, slot, now())
    asked = here.form.step(step_id) or abort(404)
    if "carried" in request.form and conflicts.undecided(request.form):
        return _undecided_page(here, asked)
    content = checking.check(*conflicts.decided(asked.fields, request.form))
    try:
        saved = save(here, asked, content)
    except StaleText as stale:
        return _conflict_page(here, asked, content, stale)
    except NotAllowed:
        raise
    except DomainError as refused:
        return _refused_page(here, asked, content, refused)
    here = place(activity_id, slot, here.now)
    if content.problems or content.replaced:
        return _page(here, asked, content, status=422 if content.problems else 200)
    return _onward(here, asked, saved)


def save(here: Place, asked: Step, content: Checked) -> Saved:
    """Save what a page posted, in the work that the page was opened for."""
    if "team_id" in request.form and posted_number("team_id") != (here.team_id or 0):
        raise TeamChanged
    if here.is_rejected:
        raise Closed(REPLACED_BY_NEW)
    with writing() as session:
        work = spine.open_work(
            session,
            actor=actor(),
            now=here.now,
            membership=here.membership,
            activity=here.activity,
            slot=here.slot.id,
            gate=here.step_gate(asked),
            team_id=here.team_id,
        )
        if posted_number("work_id") not in (0, work.id):
            raise Closed(REPLACED_BY_NEW)
        return spine.save(
            session,
            actor=actor(),
            now=here.now,
            work=work,
            form=here.form,
            gate=here.step_gate(asked),
            content=content,
            base_no=posted_number("base_no"),
            save_id=spine.valid_key(request.form.get("save_id", "")),
            confirmed=_confirmed(here),
        )


def _confirmed(here: Place) -> list[str] | None:
    """The words that count as looked at: those of the page, and those of an invented case; None: as they were."""
    known = practice.own_words(here.activity, here.course)
    if "confirms" in request.form:
        return [*request.form.getlist("confirmed"), *known]
    return [*(here.live.confirmed if here.live else ()), *known] if known else None


def _onward(here: Place, asked: Step, saved: Saved) -> ResponseReturnValue:
    action = request.form.get("action", "save")
    if action == "next":
        following = here.next_step(asked)
        return redirect(here.step_url(following) if following else here.url(_after_last(here)))
    if action == "finish":
        return finish(here, saved.no)
    return redirect(here.step_url(asked))


def _after_last(here: Place) -> str:
    return "submissions.submit" if here.is_all_open else "submissions.work"


def _page(here: Place, asked: Step, content: Checked | None = None, *, status: int = 200) -> ResponseReturnValue:
    """A step. After a save that could not keep everything, ``content`` brings what was typed and what to say to it."""
    live = here.live
    verdict = None
    if live is not None and live.state is State.RETURNED:
        verdict = service.events(current(), [live.work.id])[live.work.id].verdict
    page = render_template(
        "submissions/step.html",
        here=here,
        step=asked,
        steps=step_items(here, asked),
        data={**here.data, **content.typed} if content else here.data,
        problems=content.problems if content else {},
        error_list=_error_list(asked, content.problems) if content else [],
        notes=replaced_notes(content) if content else {},
        proposals=_proposals(here, asked),
        remarks=verdict.fields if verdict else {},
        questions=nudges.by_field(here.questions(asked, here.data)),
        criteria=practice.shown(here.activity, here.data, asked),
        case=practice.case_of(here.course, here.activity),
        exercise=here.activity.exercises[0] if here.activity.written else None,
        asks=practice.asks(here.activity, asked),
        sent_before=_sent_before(here, asked),
        work_id=live.work.id if live else 0,
        base_no=live.work.latest_no if live else 0,
        save_id=new_key(),
        saved_at=live.latest.saved_at if live and live.latest else None,
        deadline=deadline_words(here.step_gate(asked).closes_at),
        is_last=here.next_step(asked) is None,
        finishes=here.is_short and here.is_all_open,
        is_guarded=_is_guarded(asked),
        submit_key=new_key(),
        writers=writers(here, live.work.id if live else 0),
        confirmed=live.confirmed if live else [],
        noun=wording.noun(here.activity),
        **_peer(here),
    )
    return make_response(page, status)


def _peer(here: Place) -> dict[str, Any]:
    """The homework that words are given to, and who has opened it now; nothing on other pages."""
    peer = peer_text.text_of_place(current(), here.membership.id, here.activity)
    if peer is None or peer.data is None or here.activity.on is None:
        return {}
    with writing() as session:
        record_opening(session, actor=actor(), now=here.now, work_id=peer.work_id or 0, capacity="colleague")
    written_at = here.live.latest.saved_at if here.live and here.live.latest else None
    return {
        "peer": peer,
        "peer_fields": peer_text.fields_shown(here.course, here.activity.on.activity, peer),
        "peer_is_older": peer.is_older(written_at),
    }


def _sent_before(here: Place, asked: Step) -> dict[str, Any]:
    """What was handed in in this step last, while one writes a plan or a statement once more."""
    if here.state is not State.WITHDRAWN or here.live is None or here.activity.written is None:
        return {}
    tries = service.tries(current(), here.live.work)
    data = (tries[0].data if tries else None) or {}
    return data if any(field.id in data for field in asked.fields) else {}


def _is_guarded(asked: Step) -> bool:
    return any(field.is_free_text and field.guard != "none" for field in asked.fields)


def _error_list(asked: Step, problems: dict[str, str]) -> list[tuple[str, str]]:
    return [(field.id, f"{field.label}: {problems[field.id]}") for field in asked.fields if field.id in problems]


def _proposals(here: Place, asked: Step) -> dict[str, str]:
    if here.activity.written is not None:
        return practice.starts(here.activity, asked, here.data)
    case = here.course.activities[here.activity.on.activity].form if here.activity.on else None
    if case is None or here.case is None:
        return {}
    return prefill.proposals(asked, here.data, case, here.case.data)


def replaced_notes(content: Checked) -> dict[str, list[str]]:
    """What to say beside each field where something red was taken out."""
    notes: dict[str, list[str]] = {}
    for replaced in content.replaced:
        notes.setdefault(replaced.field_id, []).append(wording.replaced_note(replaced))
    return notes


def _conflict_page(here: Place, asked: Step, content: Checked, stale: StaleText) -> ResponseReturnValue:
    latest = stale.latest
    base = finding.revision(current(), latest.work_id, posted_number("base_no"))
    along = conflicts.carried(
        asked.fields,
        (base.data if base else None) or {},
        latest.data or {},
        content.typed,
        stale.conflicts,
        is_shared=here.activity.is_shared,
    )
    shown = conflicts.conflicts(asked.fields, latest.data or {}, content.typed, stale.conflicts)
    return _both_texts(here, asked, content, latest, along, shown, stale.status)


def _undecided_page(here: Place, asked: Step) -> ResponseReturnValue:
    """The conflict page was answered for some fields only: it is shown again, as it was answered."""
    latest = here.live.latest if here.live else None
    if latest is None:
        raise NotAllowed
    along = set(request.form.getlist("carried"))
    content = checking.check([field for field in asked.fields if field.id in along], request.form)
    names = request.form.getlist("conflicting")
    shown = conflicts.conflicts(asked.fields, latest.data or {}, content.typed, names, request.form)
    return _both_texts(here, asked, content, latest, content.typed, shown, 422)


def _both_texts(
    here: Place,
    asked: Step,
    content: Checked,
    latest: Revision,
    along: dict[str, Any],
    shown: tuple[conflicts.Conflict, ...],
    status: int,
) -> ResponseReturnValue:
    page = render_template(
        "submissions/conflict.html",
        here=here,
        step=asked,
        conflicts=shown,
        by=others_in(here, latest, [one.field.id for one in shown]),
        me=actor().name,
        team_id=here.team_id,
        carried=list(along),
        pairs=conflicts.as_posted(asked.fields, along),
        notes=replaced_notes(content),
        is_guarded=_is_guarded(asked),
        work_id=latest.work_id,
        base_no=latest.no,
        opened_no=posted_number("opened_no") or posted_number("base_no"),
        save_id=new_key(),
        saved_at=latest.saved_at,
        action=request.form.get("action", "save"),
        submit_key=request.form.get("submit_key", ""),
        open_conflicts=[
            (f"pick-{one.field.id}", f"Vælg, hvad der skal stå i »{one.field.label}«.") for one in shown if not one.pick
        ]
        if status == 422
        else [],
    )
    return make_response(page, status)


def _refused_page(here: Place, asked: Step, content: Checked, refused: DomainError) -> ResponseReturnValue:
    """It could not be saved: the text is shown, so that nothing typed is lost."""
    fields = [field for field in asked.fields if content.typed.get(field.id) not in (None, here.data.get(field.id))]
    page = render_template(
        "submissions/refused.html",
        here=here,
        step=asked,
        message=refused.message,
        reason=gate_reason(here.step_gate(asked), here.course),
        fields=fields,
        typed=content.typed,
    )
    return make_response(page, refused.status)


@bp.post(f"{STEP}/autosave")
@audience(PARTICIPANT)
def autosave(run_id: int, activity_id: str, slot: str, step_id: str) -> ResponseReturnValue:
    """Save one step for a page that stays open. Answers JSON; says when it was saved only because it was."""
    here = place(activity_id, slot, now())
    asked = here.form.step(step_id) or abort(404)
    content = checking.check(asked.fields, request.form)
    try:
        saved = save(here, asked, content)
    except StaleText:
        return jsonify(conflict=True, error=wording.IN_THE_WAY[here.activity.is_shared]), 409
    except NotAllowed:
        raise
    except DomainError as refused:
        return jsonify(closed=True, error=refused.message), refused.status
    return jsonify(
        no=saved.no,
        work_id=saved.work.id,
        saved_at_text=_saved_text(saved, content),
        replaced=[_as_json(one, content) for one in content.replaced],
        problems=content.problems,
        nudges=[{"field": q.field_id, "say": q.sentences} for q in here.questions(asked, saved.data)],
        criteria=[asdict(one) for one in practice.shown(here.activity, saved.data, asked)],
        others=unlike(asked, saved.data, content.data),
        writers=writers(here, saved.work.id),
    )


def _saved_text(saved: Saved, content: Checked) -> str:
    text = f"Gemt {clock_time(saved.saved_at)}"
    return f"{text} – undtagen det, der skal rettes" if content.problems else text


def _as_json(replaced: checking.Replaced, content: Checked) -> dict[str, str]:
    text = content.typed[replaced.field_id]
    return {
        "field": replaced.field_id,
        "placeholder": replaced.placeholder,
        "note": wording.replaced_note(replaced),
        "text": text if isinstance(text, str) else "",
    }
