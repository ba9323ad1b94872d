"""One work in front of a reviewer, and everything its buttons do."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import abort, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course import guard
from course.db.errors import DomainError, NotAllowed
from course.db.session import current, writing
from course.guard import bundle
from course.runs.access import actor, run
from course.runs.contents import course_of
from course.submissions import practice
from course.web.audience import STAFF, audience
from course.web.clock import now
from course.web.danish import clock_time, local
from course.work.rules import Operation

from . import acts, copy_views, diff, forms, leases, marking, profiles, reading, rejecting_views, risk, rules, service
from .blueprint import bp
from .forms import Typed, whole
from .inbox_views import is_organiser
from .meanwhile import taken_back
from .reading import Asked, History, Notes, Reading


@cache
def kind_titles() -> dict[str, str]:
    """What the guard's kinds of findings are called, with an article: "et navn"."""
    return {kind: rule["title"] for kind, rule in bundle.load()["kinds"].items()}


def found(run_id: int, work_id: int) -> tuple[Reading, Asked]:
    """The work of the address, if the reader may review it; raises NotAllowed when not."""
    at_hand = reading.find(current(), actor=actor(), run_id=run_id, work_id=work_id)
    return at_hand, reading.asked(course_of(current(), run()), at_hand.work)


@bp.get("/runs/<int:run_id>/reviews/works/<int:work_id>")
@audience(*STAFF)
def work(run_id: int, work_id: int) -> ResponseReturnValue:
    """The text, what is known about it, and the decision. Opening it takes the lease if it is free."""
    at_hand, asked = found(run_id, work_id)
    left = whole(request.args.get("left"))
    if left and left != work_id:
        with writing() as session:
            leases.let_go(session, actor=actor(), work_id=left)
    return page(at_hand, asked, forms.read({}))


@bp.post("/runs/<int:run_id>/reviews/works/<int:work_id>")
@audience(*STAFF)
def act(run_id: int, work_id: int) -> ResponseReturnValue:
    """Do what was pressed. What stands typed in other fields comes back with the page."""
    typed = forms.read(request.form)
    try:
        at_hand, asked = found(run_id, work_id)
    except NotAllowed:
        return taken_back(work_id, typed)
    if typed.do in _ASIDE:
        return _ASIDE[typed.do](at_hand, asked, typed)
    deed = acts.Deed(actor(), now(), run(), at_hand, asked, typed)
    try:
        with writing() as session:
            said = acts.ACTS.get(typed.do, _unknown)(session, deed)
    except NotAllowed:
        return taken_back(work_id, typed)
    except DomainError as refusal:
        return _again(run_id, work_id, typed, refusal)
    return _after(deed, said)


def _unknown(*_: object) -> str:
    abort(400)


def _insert(at_hand: Reading, asked: Asked, typed: Typed) -> ResponseReturnValue:
    """Put a comment to use again into the comment; nothing is written."""
    return page(at_hand, asked, typed, inserted=typed.on)


_ASIDE = {"insert": _insert, "preview": copy_views.preview_page, "reject": rejecting_views.confirm_page}


def _after(deed: acts.Deed, said: str) -> ResponseReturnValue:
    typed, run_id = deed.typed, deed.run.id
    for text in filter(None, (said, forms.replaced_words(typed.replaced))):
        flash(text, "success" if text == said else "info")
    if typed.do in acts.LEAVES:
        return redirect(url_for("reviews.next", run_id=run_id, after=deed.work_id), 303)
    kept = forms.without(typed, acts.USES_UP.get(typed.do, ""))
    if kept.is_bare:
        return redirect(url_for("reviews.work", run_id=run_id, work_id=deed.work_id), 303)
    return page(*found(run_id, deed.work_id), kept)


def _again(run_id: int, work_id: int, typed: Typed, refusal: DomainError) -> ResponseReturnValue:
    """The page as it stands now, with what happened on top and everything typed still there."""
    try:
        at_hand, asked = found(run_id, work_id)
    except NotAllowed:
        return taken_back(work_id, typed)
    return page(at_hand, asked, typed, refusal=refusal)


def page(
    at_hand: Reading, asked: Asked, typed: Typed, *, refusal: DomainError | None = None, inserted: str = ""
) -> ResponseReturnValue:
    """The review page. Reads first, then remembers that it was opened."""
    session, moment, reader = current(), now(), actor()
    history = reading.history(session, at_hand.work)
    beside = reading.notes(session, at_hand.work, reader.person_id)
    shown = _shown(asked, history, beside)
    flags = risk.flags_of(session, at_hand.work.id) if at_hand.flags else []
    staff = service.staff(session, at_hand.work.run_id) if is_organiser() else []
    saved = beside.saved + tuple(
        reading.Saved(f"course-{comment.id}", comment.title, comment.text)
        for comment in course_of(session, run()).comments
    )
    levels = (typed.levels or profiles.own_levels(session, at_hand.work, reader.person_id)) if asked.rubric else {}
    with writing() as writer:
        is_free = reading.open_for_review(writer, actor=reader, now=moment, reading=at_hand)
    body = render_template(
        "reviews/work.html",
        run=run(),
        work=at_hand.work,
        reading=at_hand,
        asked=asked,
        history=history,
        remarks=beside.remarks,
        strikes=beside.strikes,
        saved=saved,
        flags=flags,
        answers=risk.ANSWERS,
        kinds=kind_titles(),
        staff=staff,
        me=reader.person_id,
        is_free=is_free,
        can={operation.value for operation in at_hand.can},
        typed=typed,
        comment=_with_inserted(typed.comment, inserted, saved),
        until=_until(typed),
        refusal=refusal,
        lease_until=moment + rules.LEASE,
        columns=profiles.columns_of(asked.rubric) if asked.rubric else (),
        levels=levels,
        **shown,
        **_practised(asked, history),
    )
    return make_response(body, refusal.status if refusal else 200)


def _practised(asked: Asked, history: History) -> dict[str, Any]:
    """What stands around a plan or a statement: its case, the model answer, and what was found in the text."""
    text = history.current.data if history.current else None
    return {
        "case": practice.case_of(course_of(current(), run()), asked.activity),
        "written": asked.activity.written,
        "criteria": practice.shown(asked.activity, text) if text else (),
    }


def _shown(asked: Asked, history: History, beside: Notes) -> dict[str, Any]:
    """The text marked up, the words found in it, and what has changed since it was judged last."""
    text = history.current.data if history.current else None
    if text is None:
        return {"marked": None, "changes": None}
    confirmed = (history.current.confirmed if history.current else None) or []
    before = history.before.data if history.before else None
    return {
        "marked": marking.marked(asked.form, text, beside.strikes, confirmed, guard.find),
        "changes": diff.changes(asked.form, before, text) if before is not None else None,
    }


def _with_inserted(comment: str, inserted: str, saved: tuple[reading.Saved, ...]) -> str:
    text = next((one.text for one in saved if one.id == inserted), "")
    return "\n\n".join(part for part in (comment, text) if part)


def _until(typed: Typed) -> tuple[str, str]:
    """The date and time in the deadline's fields: as typed, or proposed."""
    if typed.day or typed.clock:
        return typed.day, typed.clock
    proposed = local(rules.proposed_deadline(now()))
    return proposed.date().isoformat(), proposed.strftime("%H:%M")


@bp.post("/runs/<int:run_id>/reviews/works/<int:work_id>/lease")
@audience(*STAFF)
def lease(run_id: int, work_id: int) -> ResponseReturnValue:
    """The page is still in use: hold the lease longer. JSON: whether it is mine, by whom and until when."""
    at_hand, _ = found(run_id, work_id)
    moment = now()
    with writing() as session:
        mine = Operation.REDACT in at_hand.can and leases.take(
            session, actor=actor(), now=moment, work_id=at_hand.work.id
        )
    held = leases.lease_of(current(), work_id)
    return jsonify(
        mine=mine,
        by=held.person.name if held else None,
        until=clock_time(held.until) if held else None,
        state=at_hand.work.state,
    )
