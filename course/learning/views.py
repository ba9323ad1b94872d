"""The participant's pages: home, the path, module pages, teaching cases, calendar."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from course.content.catalogue import ActivityRef, Link
from course.db.session import current, writing
from course.exercises import recall
from course.runs.access import access, actor, participant, run
from course.runs.contents import course_of
from course.runs.models import Membership, Run
from course.runs.rules import Role
from course.runs.wording import gate_reason
from course.web.audience import ANYONE_IN_RUN, PARTICIPANT, PUBLIC, SIGNED_IN, audience
from course.web.clock import now
from course.work.standing import standing

from . import calendar as calendars
from . import rules, service, skill_views
from .blueprint import bp
from .calendar_dates import occasions
from .lines import drawer, way

__all__ = ["bp", "skill_views"]


@bp.get("/")
@audience(SIGNED_IN)
def home() -> ResponseReturnValue:
    """The runs somebody is in; with only one there is nothing to choose."""
    rows = current().scalars(
        select(Membership)
        .where(Membership.person_id == actor().person_id, Membership.left_at.is_(None))
        .options(joinedload(Membership.run).selectinload(Run.sessions))
        .order_by(Membership.run_id.desc())
    )
    roles: dict[Run, list[Role]] = {}
    for row in rows:
        roles.setdefault(row.run, []).append(Role(row.role))
    if len(roles) == 1 and not actor().may_create_runs:
        (only, held), *_ = roles.items()
        return redirect(_entrance(only, held))
    runs = [{"run": each, "roles": held, "url": _entrance(each, held)} for each, held in roles.items()]
    return render_template("learning/home.html", runs=runs)


def _entrance(to: Run, held: list[Role]) -> str:
    if Role.PARTICIPANT in held:
        return url_for("learning.path", run_id=to.id)
    if Role.ORGANISER in held:
        return url_for("organising.cockpit", run_id=to.id)
    return url_for("reviews.inbox", run_id=to.id)


@bp.get("/runs/<int:run_id>/path")
@audience(PARTICIPANT)
def path(run_id: int) -> str:
    """Min vej."""
    time, here = now(), run()
    stands = standing(current(), here, participant())
    entries = service.entries(stands, time)
    following = rules.next_entry(entries)
    starts = {session.key: session.starts_at for session in here.sessions}
    return render_template(
        "learning/path.html",
        run=here,
        course=stands.course,
        now=time,
        phases=rules.phases(stands.course, entries, starts, time, own_time=here.is_own_time),
        next=following,
        draw=drawer(stands.course, run_id, following),
        deadlines=rules.deadlines(stands.course, entries),
        entry_url=entry_url,
        again=recall.waiting(current(), participant().id, stands.course, time),
        feed=url_for("learning.feed", token=calendars.feed_token(participant(), _secret()), _external=True),
    )


def entry_url(entry: rules.Entry) -> str:
    """Where one thing to do is done, in the run of this request."""
    return way(entry, run().id).url


@bp.get("/runs/<int:run_id>/modules/<module_id>")
@bp.get("/runs/<int:run_id>/modules/<module_id>/<page_id>")
@audience(*ANYONE_IN_RUN)
def module(run_id: int, module_id: str, page_id: str | None = None) -> str:
    """One page of a module, its activities in their places."""
    time = now()
    member = access().membership(Role.PARTICIPANT)
    stands = standing(current(), run(), member)
    found = stands.course.modules.get(module_id) or abort(404)
    pages = found.pages_for(access().is_staff)
    page = next((page for page in pages if page_id in (None, page.id)), None) or abort(404)
    at = pages.index(page)
    entries: dict[str, list[rules.Entry]] = {}
    for entry in service.entries(stands, time, found.activities):
        entries.setdefault(entry.activity.id, []).append(entry)
    return render_template(
        "learning/module.html",
        run=run(),
        module=found,
        pages=pages,
        page=page,
        pieces=[
            (None, entries[piece.activity_id]) if isinstance(piece, ActivityRef) else (piece, [])
            for piece in page.render(link_address)
        ],
        before=pages[at - 1] if at else None,
        after=pages[at + 1] if at + 1 < len(pages) else None,
        position=at + 1,
        member=member,
        entry_url=entry_url,
        reason=lambda entry: gate_reason(entry.gate, stands.course),
    )


def link_address(link: Link) -> str:
    """The address of an inner link of the content, in the run of this request."""
    values: dict[str, Any] = {"run_id": run().id}
    first, _, second = link.target.partition("/")
    if link.scheme == "figur":
        return url_for("learning.figure", module_id=first, name=second, **values)
    if link.scheme == "case":
        return url_for("learning.case", case_id=first, **values)
    return url_for("learning.module", module_id=first, page_id=second or None, **values)


@bp.post("/runs/<int:run_id>/activities/<activity_id>/read")
@audience(PARTICIPANT)
def mark_read(run_id: int, activity_id: str) -> ResponseReturnValue:
    """ "Læst" – and on to what comes next."""
    time = now()
    stands = standing(current(), run(), participant())
    activity = stands.course.activities.get(activity_id) or abort(404)
    gate = stands.gate(activity, time)
    with writing() as session:
        service.mark_read(session, actor=actor(), now=time, membership=participant(), activity=activity, gate=gate)
    flash(f"»{activity.title}« er læst.", "success")
    found = stands.course.modules[activity.module_id]
    pages = [page.id for page in found.pages_for(access().is_staff)]
    following = pages[pages.index(activity.page_id) + 1 :]
    if following:
        return redirect(url_for("learning.module", run_id=run_id, module_id=found.id, page_id=following[0]))
    return redirect(url_for("learning.path", run_id=run_id))


@bp.get("/runs/<int:run_id>/modules/<module_id>/figures/<name>")
@audience(*ANYONE_IN_RUN)
def figure(run_id: int, module_id: str, name: str) -> Response:
    """A picture of a module, in the version of the run."""
    found = course_of(current(), run()).figures.get(f"{module_id}/{name}") or abort(404)
    response = Response(found.data, mimetype=found.media_type)
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


@bp.get("/runs/<int:run_id>/cases/<case_id>")
@audience(*ANYONE_IN_RUN)
def case(run_id: int, case_id: str) -> str:
    """A teaching case."""
    course = course_of(current(), run())
    return render_template("learning/case.html", run=run(), case=course.cases.get(case_id) or abort(404))


@bp.get("/runs/<int:run_id>/cases")
@audience(*ANYONE_IN_RUN)
def cases(run_id: int) -> str:
    """The teaching cases of the course."""
    return render_template("learning/cases.html", run=run(), cases=course_of(current(), run()).cases.values())


@bp.get("/runs/<int:run_id>/calendar.ics")
@audience(PARTICIPANT)
def calendar(run_id: int) -> Response:
    """The member's dates as a file."""
    return _calendar(run(), participant())


@bp.get("/calendar/<token>.ics")
@audience(PUBLIC)
def feed(token: str) -> Response:
    """The member's dates as a feed that a calendar asks for by itself; the token is the key."""
    number = token.partition(".")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        abort(404)
    membership = current().get(Membership, int(number))
    if membership is None or membership.left_at or membership.role != Role.PARTICIPANT:
        abort(404)
    if not calendars.is_feed_token(membership, token, _secret()):
        abort(404)
    return _calendar(membership.run, membership)


def _calendar(of: Run, membership: Membership) -> Response:
    time = now()
    data = calendars.calendar(
        of,
        occasions(current(), of, membership, time),
        url_for("learning.path", run_id=of.id, _external=True),
        time,
    )
    return Response(
        data,
        mimetype="text/calendar",
        headers={"Content-Disposition": 'attachment; filename="vejen-frem.ics"'},
    )


def _secret() -> str:
    return current_app.config["SECRET_KEY"]
