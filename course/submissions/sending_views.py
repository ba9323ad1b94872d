"""Sending a work: the words to look at, the questions to oneself, the receipt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from course.content.catalogue import Step
from course.db.errors import NotAllowed
from course.db.session import current, writing
from course.outbox.service import queue
from course.runs.access import actor
from course.runs.wording import deadline_words, gate_reason
from course.web.audience import PARTICIPANT, audience
from course.web.clock import now
from course.work import checking, finding
from course.work import fields as shape
from course.work import service as spine
from course.work.checking import Checked
from course.work.models import Submission
from course.work.rules import Operation, Projection, State
from course.work.service import NotReady, StaleText

from . import mails, peer_text, practice, service, wording, words
from .blueprint import bp
from .overview_views import SLOT
from .place import Place, new_key, place, posted_number

KEEP, REPLACE = "keep", "replace"
CHANGED = "Teksten er ændret et andet sted, siden du åbnede siden. Se den igennem en gang til, før du sender."
MOST_WORDS = 500
NOTHING = Checked({}, {}, {}, ())


@dataclass(slots=True)
class Answers:
    """What was answered on the page: words kept, words with another in their place, questions confirmed."""

    keep: list[str] = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)
    picks: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    too_long: list[str] = field(default_factory=list)
    checked: frozenset[int] = frozenset()


def _answers(number_of_questions: int) -> Answers:
    given = Answers(checked=frozenset(i for i in range(number_of_questions) if str(i) in request.form.getlist("check")))
    for i, word in enumerate(request.form.getlist("word")[:MOST_WORDS]):
        pick, key = request.form.get(f"pick-{i}", ""), checking.confirmed_key(word)
        other = shape.clean_text(request.form.get(f"other-{i}", ""))[: shape.LINE_MAX]
        given.picks[key] = pick
        if pick == KEEP:
            given.keep.append(key)
        elif pick == REPLACE and other:
            given.others[key] = other
        elif pick == REPLACE:
            given.problems[key] = "Skriv det ord, der skal stå i stedet."
    return given


@bp.get(f"{SLOT}/submit")
@audience(PARTICIPANT)
def submit(run_id: int, activity_id: str, slot: str) -> ResponseReturnValue:
    """What is left before a work can be sent."""
    here = place(activity_id, slot, now())
    if not here.may(Operation.SUBMIT):
        return redirect(here.url())
    return _page(here, Answers())


@bp.post(f"{SLOT}/submit", endpoint="send")
@audience(PARTICIPANT)
def send(run_id: int, activity_id: str, slot: str) -> ResponseReturnValue:
    """Put in the words that were chosen, and send. A second click finds the receipt of the first."""
    here = place(activity_id, slot, now())
    if here.live is None:
        if here.is_rejected or not here.may(Operation.SUBMIT):
            raise NotAllowed
        return _page(here, Answers(), status=422)
    given = _answers(len(here.form.self_check))
    try:
        no = _put_in_words(here, given)
        if given.problems or given.too_long:
            return _page(place(activity_id, slot, here.now), given, status=422)
        hand_in(here, no, given.checked)
    except NotReady:
        return _page(place(activity_id, slot, here.now), given, status=422)
    except StaleText:
        return _page(place(activity_id, slot, here.now), given, status=409, message=CHANGED)
    return redirect(here.url("submissions.receipt"))


def _put_in_words(here: Place, given: Answers) -> int:
    """Save the words that were kept or chosen as a revision; the number of the revision to send."""
    base_no = posted_number("base_no")
    assert here.live is not None, "there is something to send"
    if not here.may(Operation.SAVE) or not (given.keep or given.others):
        return base_no
    changed = words.with_other_words(here.form, here.live.data, given.others)
    content = checking.check_data(here.form, changed) if changed else NOTHING
    for name, problem in content.problems.items():
        given.too_long.append(f"»{here.form.fields[name].label}«: {problem}")
    content = Checked({n: v for n, v in content.data.items() if n not in content.problems}, {}, {}, content.replaced)
    with writing() as session:
        saved = spine.save(
            session,
            actor=actor(),
            now=here.now,
            work=finding.lock(session, here.live.work.id),
            form=here.form,
            gate=here.gate,
            content=content,
            base_no=here.live.work.latest_no,
            save_id=spine.valid_key(request.form.get("save_id", "")),
            confirmed=[*here.live.confirmed, *given.keep],
        )
        latest = finding.revision(session, saved.work.id, saved.no)
    if latest is not None and saved.no > base_no + 1:
        raise StaleText(latest, {}, ())
    return saved.no


def hand_in(here: Place, no: int, checked: frozenset[int] = frozenset()) -> Submission:
    """Hand in one revision, and queue the receipt where somebody is going to read it."""
    assert here.live is not None, "there is something to send"
    if not practice.is_begun(here.activity, here.data):
        raise NotReady(_nothing(here.form.steps[0]), (), ())
    written_at = here.live.latest.saved_at if here.live.latest else None
    with writing() as session:
        peer_text.require_same_peer(session, here.membership.id, here.activity, written_at)
        receipt = spine.submit(
            session,
            actor=actor(),
            now=here.now,
            work=finding.lock(session, here.live.work.id),
            form=here.form,
            gate=here.gate,
            revision_no=no,
            submit_key=spine.valid_key(request.form.get("submit_key", "")),
            checked=checked,
        )
        if here.activity.review:
            queue(
                session,
                now=here.now,
                kind=mails.RECEIPT,
                to=actor().email,
                params={"submission_id": receipt.id, "membership": here.membership.id},
                dedupe_key=f"{mails.RECEIPT}-{receipt.id}",
                run_id=here.membership.run_id,
            )
        peer_text.tell_author(
            session, now=here.now, giver_id=here.membership.id, activity=here.activity, receipt=receipt
        )
    return receipt


def finish(here: Place, no: int) -> ResponseReturnValue:
    """Send a short form from its last step; where something is left, the page that says what."""
    if not here.is_short:
        return redirect(here.url("submissions.submit"))
    try:
        hand_in(here, no)
    except (NotReady, StaleText):
        return redirect(here.url("submissions.submit"))
    return redirect(here.url("submissions.receipt"))


def _page(here: Place, given: Answers, *, status: int = 200, message: str = "") -> ResponseReturnValue:
    found = words.to_look_at(here.form, here.data, here.live.confirmed if here.live else ())
    page = render_template(
        "submissions/submit.html",
        here=here,
        noun=wording.noun(here.activity),
        missing=_missing(here),
        words=found,
        given=given,
        message=message,
        errors=_errors(here, given, found) if status == 422 else [],
        questions=[(step, here.questions(step, here.data)) for step in here.form.steps],
        criteria=practice.shown(here.activity, here.data),
        deadline=deadline_words(here.gate.closes_at),
        base_no=here.live.work.latest_no if here.live else 0,
        save_id=new_key(),
        submit_key=request.form.get("submit_key") or new_key(),
    )
    return make_response(page, status)


def _errors(here: Place, given: Answers, found: tuple[words.WordInPlace, ...]) -> list[tuple[str, str]]:
    """What stands in the way, each with the place on the page."""
    errors = [("missing", "Der mangler svar.")] if _missing(here) else []
    for i, word in enumerate(found):
        errors.append((f"word-{i}", given.problems.get(word.key) or f"Tag stilling til »{word.word}«."))
    errors += [("words", text) for text in given.too_long]
    if len(given.checked) < len(here.form.self_check):
        errors.append(("self-check", "Sæt flueben ved alle punkterne, når du har set efter."))
    return errors


def _missing(here: Place) -> list[dict[str, Any]]:
    """What is not answered, step by step; a step that is not open yet says when it opens."""
    rows = []
    for step in here.form.steps:
        lacks = shape.missing(step.fields, here.data)
        if step is here.form.steps[0] and not practice.is_begun(here.activity, here.data):
            lacks = lacks or _nothing(step)
        if lacks:
            rows.append(_lacking(here, step, lacks))
    return rows


def _nothing(first: Step) -> dict[str, str]:
    """A plan without a word in it would only open the model answer."""
    return {first.fields[0].id: "Skriv noget, før du sender. Så kan du holde det op mod modelsvaret."}


def _lacking(here: Place, step: Step, lacks: dict[str, str]) -> dict[str, Any]:
    reason = gate_reason(here.step_gate(step), here.course)
    return {"step": step, "reason": reason, "lacks": {} if reason else lacks}


def _what_now(here: Place, live: service.Written) -> tuple[str, ...]:
    if live.state is State.SUBMITTED:
        return wording.next_sentences(here.activity)
    return (wording.state_sentence(here.activity, live.state, Projection(live.work.projection)),)


@bp.get(f"{SLOT}/receipt")
@audience(PARTICIPANT)
def receipt(run_id: int, activity_id: str, slot: str) -> ResponseReturnValue:
    """The receipt of the latest submission: number, time, and what happens now."""
    here = place(activity_id, slot, now())
    if here.live is None or here.live.work.submitted_no is None:
        return redirect(here.url())
    happened = service.events(current(), [here.live.work.id])[here.live.work.id]
    return render_template(
        "submissions/receipt.html",
        here=here,
        run_id=run_id,
        noun=wording.noun(here.activity),
        receipt=happened.receipt,
        sentences=_what_now(here, here.live),
        deadline=deadline_words(here.gate.closes_at),
        may_withdraw=here.may(Operation.WITHDRAW),
    )
