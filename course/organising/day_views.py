"""The days of a run: what staff need in the room, on the screen and on paper."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue

from course.content.catalogue import Course, Link
from course.db.session import current
from course.exercises.kinds.consultation.playing import report
from course.learning.views import link_address
from course.printing.pdf import pdf_response, print_template
from course.runs.access import run
from course.runs.contents import course_of
from course.runs.rules import COPENHAGEN
from course.web.audience import STAFF, audience
from course.web.clock import now
from course.work.standing import standing

from . import days as reading
from .days import Day
from .folder import since_last
from .views import bp

DAY = "/runs/<int:run_id>/sessions/<session_key>"


def asked_day(session_key: str) -> Day:
    """The session a route names; answers 404 when the run has none."""
    return reading.day_of(run(), course_of(current(), run()), session_key) or abort(404)


def _today_is_ready(day: Day) -> bool:
    return day.is_ready(now().astimezone(COPENHAGEN).date())


@bp.get("/runs/<int:run_id>/sessions")
@audience(*STAFF)
def days(run_id: int) -> str:
    """The run as its staff see it: its days and what belongs to them."""
    course = course_of(current(), run())
    found = [day for meeting in run().sessions if (day := reading.day_of(run(), course, meeting.key)) is not None]
    return render_template("organising/days.html", run=run(), course=course, days=found, now=now())


@bp.get(DAY)
@audience(*STAFF)
def day(run_id: int, session_key: str) -> str:
    """One day: the run sheet on the clock, and the way to groups, attendance, code, screen and paper."""
    found = asked_day(session_key)
    return render_template(
        "organising/day.html",
        run=run(),
        day=found,
        groups=reading.groups(current(), found),
        is_ready=_today_is_ready(found),
    )


@bp.get(f"{DAY}/folder.pdf")
@audience(*STAFF)
def folder(run_id: int, session_key: str) -> Response:
    """Dagsmappen: everything for the day on paper, made anew each time and kept nowhere. Not where nobody leads it."""
    found = asked_day(session_key)
    if found.run.is_own_time:
        abort(404)
    groups = reading.groups(current(), found)
    dates = standing(current(), run(), None).dates
    pdf = print_template(
        "organising/print/folder.html",
        title=f"Dagsmappe: {found.title}, {run().name}",
        day=found,
        groups=groups,
        reserve=reading.reserve(found, groups),
        talks=[(talk, report(talk.spec, [{"choice": each} for each in talk.spec.expert])) for _, talk in found.talks],
        next_dates=reading.next_dates(found, dates),
        since=since_last(current(), found, dates, now()),
        people=reading.people(current(), run()),
        is_ready=_today_is_ready(found),
        made_at=now(),
        link=paper_link(found.course),
    )
    return pdf_response(pdf, f"dagsmappe-{session_key}")


@bp.get(f"{DAY}/sheet.pdf")
@audience(*STAFF)
def sheet_pdf(run_id: int, session_key: str) -> ResponseReturnValue:
    """The run sheet alone."""
    found = asked_day(session_key)
    if found.sheet is None:
        abort(404)
    pdf = print_template("organising/print/sheet.html", title=f"Køreplan: {found.title}", day=found)
    return pdf_response(pdf, f"koereplan-{session_key}")


@bp.get(f"{DAY}/cards/<cards_id>.pdf")
@audience(*STAFF)
def cards_pdf(run_id: int, session_key: str, cards_id: str) -> Response:
    """One set of cards, four a page, to cut."""
    found = asked_day(session_key)
    cards = next((one for one in found.cards if one.id == cards_id), None) or abort(404)
    return pdf_response(print_template("organising/print/cards.html", title=cards.title, cards=cards), cards.id)


@bp.get(f"{DAY}/handouts.pdf")
@audience(*STAFF)
def handouts_pdf(run_id: int, session_key: str) -> ResponseReturnValue:
    """The day's handouts, each on its own page."""
    found = asked_day(session_key)
    if not found.pages("handout"):
        abort(404)
    pdf = print_template(
        "organising/print/handouts.html", title=f"Uddelingsark: {found.title}", day=found, link=paper_link(found.course)
    )
    return pdf_response(pdf, f"uddelingsark-{session_key}")


def paper_link(course: Course) -> Callable[[Link], str]:
    """How inner links are written on paper: a picture stands in the document itself, any other leads nowhere."""

    def address(link: Link) -> str:
        figure = course.figures.get(link.target) if link.scheme == "figur" else None
        if figure is None:
            return "#"
        return f"data:{figure.media_type};base64,{b64encode(figure.data).decode()}"

    return address


@bp.get(f"{DAY}/screen/<int:number>")
@audience(*STAFF)
def screen(run_id: int, session_key: str, number: int) -> str:
    """One page for the screen in the room, in large letters; the next is a key away."""
    found = asked_day(session_key)
    pages = found.pages("projector")
    if not 1 <= number <= len(pages):
        abort(404)
    module, page = pages[number - 1]
    return render_template(
        "organising/screen.html",
        run=run(),
        day=found,
        module=module,
        page=page,
        pieces=page.render(link_address),
        number=number,
        count=len(pages),
    )
