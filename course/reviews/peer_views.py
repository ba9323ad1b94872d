"""The pages about homework: who gives words to whom, the text to give words to, and the words one has got."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course.content.catalogue import Kind
from course.db.errors import DomainError, NotAllowed
from course.db.session import current, writing
from course.runs.access import actor, participant, run
from course.runs.contents import course_of
from course.runs.wording import deadline_words, gate_reason
from course.submissions import peer_text
from course.web.audience import PARTICIPANT, STAFF, audience
from course.web.clock import now
from course.web.danish import plural
from course.work.judging import record_opening
from course.work.rules import State
from course.work.standing import standing

from . import peer_pages, peer_words, peers, profiles, service
from .blueprint import bp
from .forms import whole
from .inbox_views import barred
from .peer_reading import about, exchange_of, homework_of

HOMEWORK = "/runs/<int:run_id>/homework/<activity_id>"


@bp.get(HOMEWORK)
@audience(*STAFF)
def homework(run_id: int, activity_id: str) -> ResponseReturnValue:
    """Who has handed in, who gives words to whom, and whether they are given."""
    return _page(activity_id)


def _page(activity_id: str, refusal: DomainError | None = None) -> ResponseReturnValue:
    session, moment = current(), now()
    exchange = exchange_of(session, run(), activity_id, moment)
    course = course_of(session, run())
    rubric = course.rubrics.get(exchange.activity.rubric or "")
    older = profiles.set_by_an_older_rubric(session, run().id, activity_id, rubric) if rubric else 0
    rows = peer_pages.rows(session, exchange, barred().recused)
    dates = standing(session, run(), None).dates
    body = render_template(
        "reviews/homework.html",
        run=run(),
        exchange=exchange,
        rows=rows,
        lacking=[row.name for row in rows if row.takes_part and not row.gets_from and not row.words],
        idle=[row.name for row in rows if row.takes_part and not row.gives_to],
        staff=[{"id": person.id, "text": person.name} for person in service.staff(session, run().id)],
        word_fields=peer_pages.word_fields(exchange),
        answer_fields=peer_pages.answer_fields(exchange),
        rubric=rubric,
        older=older,
        due=dates.due(exchange.activity.due),
        words_due=dates.due(exchange.peer.due) if exchange.peer else None,
        refusal=refusal,
    )
    return body, refusal.status if refusal else 200


@bp.post(f"{HOMEWORK}/pairs")
@audience(*STAFF)
def pair_up(run_id: int, activity_id: str) -> ResponseReturnValue:
    """Pair everybody who has handed in; what is whole stays."""
    with writing() as session:
        changed = peers.arrange(session, actor=actor(), now=now(), run=run(), activity_id=activity_id)
    if changed:
        flash(f"Makkerne er fordelt. {plural(changed, 'plads', 'pladser')} er ændret.", "success")
    else:
        flash("Alle, der har afleveret, har allerede en makker eller en underviser.", "info")
    return redirect(url_for("reviews.homework", run_id=run_id, activity_id=activity_id), 303)


@bp.post(f"{HOMEWORK}/pairs/<int:receiver_id>")
@audience(*STAFF)
def change_pair(run_id: int, activity_id: str, receiver_id: int) -> ResponseReturnValue:
    """Let another colleague, or a facilitator, give words to one homework."""
    values: dict[str, Any] = {
        "actor": actor(), "now": now(), "run": run(), "activity_id": activity_id, "receiver_id": receiver_id,
        "seen_pair_id": whole(request.form.get("pair")),
    }  # fmt: skip
    try:
        with writing() as session:
            if request.form.get("do") == "stand-in":
                peers.stand_in(session, **values, person_id=whole(request.form.get("person")))
            else:
                peers.exchange_giver(session, **values, giver_id=whole(request.form.get("giver")))
    except NotAllowed:
        raise
    except DomainError as refusal:
        return _page(activity_id, refusal)
    flash("Makkeren er skiftet.", "success")
    return redirect(url_for("reviews.homework", run_id=run_id, activity_id=activity_id), 303)


@bp.post(f"{HOMEWORK}/words/<int:work_id>")
@audience(*STAFF)
def hide_words(run_id: int, activity_id: str, work_id: int) -> ResponseReturnValue:
    """Take a peer's words out of the author's sight, or show them again."""
    is_hidden = request.form.get("do") != "show"
    with writing() as session:
        peer_words.hide_words(
            session, actor=actor(), now=now(), run=run(), activity_id=activity_id, work_id=work_id, is_hidden=is_hidden
        )
    flash("Forfatteren kan ikke længere se ordene." if is_hidden else "Forfatteren kan se ordene igen.", "success")
    return redirect(url_for("reviews.homework", run_id=run_id, activity_id=activity_id), 303)


@bp.get("/runs/<int:run_id>/peers/<activity_id>")
@audience(PARTICIPANT)
def peer(run_id: int, activity_id: str) -> ResponseReturnValue:
    """The homework one gives words to, as long as it is released; else why there is nothing to read yet."""
    session, moment, member = current(), now(), participant()
    stands = standing(session, run(), member)
    asked_about = homework_of(stands.course, activity_id)
    asked = about(stands.course, activity_id, Kind.PEER) or abort(404)
    text = peer_text.text_for(session, member.id, activity_id)
    gate = stands.gate(asked, moment)
    given = stands.fact(asked.id)
    answered = _answer_to(activity_id, member.id) if given is not None and given.state == State.SUBMITTED else None
    if text is not None and text.work_id is not None and text.data is not None:
        with writing() as writer:
            record_opening(writer, actor=actor(), now=moment, work_id=text.work_id, capacity="colleague")
    return render_template(
        "reviews/peer.html",
        run=run(),
        activity=asked_about,
        asked=asked,
        text=text,
        fields=peer_text.fields_shown(stands.course, activity_id, text) if text else [],
        rubric=stands.course.rubrics.get(asked_about.rubric or ""),
        reason=gate_reason(gate, stands.course),
        deadline=deadline_words(gate.closes_at) if gate.is_open else "",
        is_open=gate.is_open,
        has_given=given is not None and given.state == State.SUBMITTED,
        answered=answered,
    )


def _answer_to(activity_id: str, giver_id: int) -> dict[str, Any] | None:
    """What the author answered to one's words, and which fields it has."""
    exchange = exchange_of(current(), run(), activity_id, now())
    receiver = exchange.done.get(giver_id)
    data = peer_pages.handed_in(exchange.answers.get(receiver)) if receiver is not None else {}
    return {"fields": peer_pages.answer_fields(exchange), "data": data} if data else None


@bp.get(f"{HOMEWORK}/words")
@audience(PARTICIPANT)
def words(run_id: int, activity_id: str) -> ResponseReturnValue:
    """Everything said about one's own homework: a picture of the profiles, the words, and the way to answer."""
    session, member = current(), participant()
    exchange = exchange_of(session, run(), activity_id, now())
    course = course_of(session, run())
    written = exchange.works.get(member.id)
    return render_template(
        "reviews/words.html",
        run=run(),
        activity=exchange.activity,
        exchange=exchange,
        written=written,
        pair=exchange.pair_of_receiver(member.id),
        feedback=peer_pages.feedback(session, course, exchange, member.id),
        word_fields=peer_pages.word_fields(exchange),
        answer=peer_pages.handed_in(exchange.answers.get(member.id)),
        answer_fields=peer_pages.answer_fields(exchange),
    )
