"""The inbox of a run: the list, the next one, sharing out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course.db.session import current, writing
from course.runs.access import access, actor, run
from course.runs.contents import course_of
from course.runs.rules import Role
from course.web.audience import ORGANISER, STAFF, audience
from course.web.clock import now
from course.web.danish import listing

from . import inbox as listing_of
from . import risk, service
from .blueprint import bp
from .forms import whole
from .peer_reading import homeworks
from .rules import Filter, Order, Shown, Whose, read_filter

WHOSE = {Whose.ALL: "Alle", Whose.MINE: "Til mig", Whose.NOBODYS: "Ikke fordelt"}
SHOWN = {
    Shown.WAITING: "Sendt – venter på svar",
    Shown.RETURNED: "Sendt tilbage",
    Shown.ACCEPTED: "Godkendt, ikke frigivet",
    Shown.RELEASED: "Frigivet",
    Shown.REJECTED: "Afvist",
    Shown.ALL: "Alle",
}
ORDERS = {Order.OLDEST: "Ældst først", Order.DEADLINE: "Frist", Order.AUTHOR: "Forfatter"}


def barred() -> listing_of.Barred:
    """Whose works the reader does not see."""
    return listing_of.barred(current(), run().id, actor().person_id, [m.id for m in access().memberships])


def is_organiser() -> bool:
    """Whether the reader is an organiser of the run."""
    return Role.ORGANISER in access().roles


@bp.get("/runs/<int:run_id>/reviews")
@audience(*STAFF)
def inbox(run_id: int) -> str:
    """What waits for a reviewer, one page at a time."""
    session, course, moment = current(), course_of(current(), run()), now()
    activities = {a.id: a.title for a in course.activities.values() if a.review}
    wanted = read_filter(request.args, activities)
    hidden = barred()
    staff = service.staff(session, run_id) if is_organiser() else []
    page = listing_of.page_of(
        session,
        run_id=run_id,
        person_id=actor().person_id,
        hidden=hidden,
        wanted=wanted,
        course=course,
        now=moment,
    )
    return render_template(
        "reviews/inbox.html",
        run=run(),
        page=page,
        wanted=wanted,
        address=lambda number: _address(run_id, wanted, number),
        activities=activities,
        homeworks={activity.id: activity.title for activity in homeworks(course)},
        default=Filter(),
        whose_options=_options(WHOSE),
        shown_options=_options(SHOWN),
        order_options=_options(ORDERS),
        activity_options=_options(activities),
        recused=hidden.recused,
        staff_options=_options({str(person.id): person.name for person in staff}),
        staff_ids=[str(person.id) for person in staff],
        is_organiser=is_organiser(),
        is_clinician=run().clinician_id == actor().person_id,
        flags=risk.open_flags(session, actor=actor(), run=run(), is_organiser=is_organiser()),
        now=moment,
    )


def _options(named: Mapping[Any, str]) -> list[dict[str, str]]:
    return [{"id": name, "text": text} for name, text in named.items()]


def _address(run_id: int, wanted: Filter, number: int) -> str:
    return url_for(
        "reviews.inbox", run_id=run_id, whose=wanted.whose, state=wanted.shown, activity=wanted.activity or None,
        order=wanted.order, page=number,
    )  # fmt: skip


@bp.get("/runs/<int:run_id>/reviews/next")
@audience(*STAFF)
def next(run_id: int) -> ResponseReturnValue:
    """On to the next work for me; from ``?after=`` the one behind it, and the lease of that one is given up."""
    after = whole(request.args.get("after")) or None
    found = listing_of.next_work(
        current(), run_id=run_id, person_id=actor().person_id, hidden=barred(), now=now(), after=after
    )
    if found is None:
        return render_template("reviews/empty.html", run=run(), after=after)
    return redirect(url_for("reviews.work", run_id=run_id, work_id=found, left=after))


@bp.post("/runs/<int:run_id>/reviews/share-out")
@audience(ORGANISER)
def share_out(run_id: int) -> ResponseReturnValue:
    """Share what nobody has out among the chosen reviewers."""
    chosen = [whole(one) for one in request.form.getlist("reviewer")]
    with writing() as session:
        piles = service.share_out(session, actor=actor(), now=now(), run=run(), reviewers=chosen)
        names = {person.id: person.name for person in service.staff(session, run_id)}
    given = [f"{names[person]} {count}" for person, count in piles.items() if count]
    if given:
        flash(f"Fordelt: {listing(given)}.", "success")
    else:
        flash("Der var ikke noget at fordele.", "info")
    return redirect(url_for("reviews.inbox", run_id=run_id))


@bp.post("/runs/<int:run_id>/reviews/recusals/<int:membership_id>/lift")
@audience(*STAFF)
def lift_recusal(run_id: int, membership_id: int) -> ResponseReturnValue:
    """Take one's own recusal back."""
    with writing() as session:
        service.lift_recusal(session, actor=actor(), now=now(), run=run(), membership_id=membership_id)
    flash("Du er ikke længere inhabil. Teksterne er i indbakken igen.", "success")
    return redirect(url_for("reviews.inbox", run_id=run_id))
