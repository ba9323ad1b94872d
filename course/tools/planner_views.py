"""The planners: a meeting, ground rules, and the page for the yearly discussion.

Like the tools they are filled in, taken along and forgotten (docs/decisions/0010-tools-are-never-stored.md): nothing
here opens a write transaction. A participant's own work can be put in to begin with; it is read, and not changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course.content.catalogue import Catalogue, Field, MeetingGuide
from course.db.session import current
from course.printing.paper import Paper
from course.printing.pdf import NotMade, paper_pdf, pdf_response
from course.printing.word import make_word, word_response
from course.runs.access import participant, run
from course.runs.contents import course_of
from course.web.audience import PARTICIPANT, SIGNED_IN, audience
from course.web.clock import now
from course.web.danish import local
from course.work.fields import Read, read

from . import ground_rules as rules
from . import offers, own_works, planner_papers, planning_rules
from .planner_fields import discussion_fields, meeting_fields, rules_fields
from .planning_rules import Plan, Wanted
from .pointing import point_in

bp = Blueprint("planners", __name__, template_folder="templates")

Page = tuple[str, int]
KINDS = ("pdf", "word")
FIRST = {"people": 12, "minutes": 30, "technique": "igp", "vote": ["dots"]}
"""What stands in the meeting planner to begin with."""


def _guide() -> MeetingGuide:
    catalogue: Catalogue = current_app.extensions["catalogue"]
    return catalogue.meeting or abort(404)


def _answered(given: Read) -> dict[str, Any]:
    return {name: value for name, value in given.data.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a planner: its template, its fields, and what was typed."""

    template: str
    fields: tuple[Field, ...]
    given: Read
    seen: bool

    def show(self, *, busy: str = "", **values: Any) -> Page:
        """The page, with what is wrong with it and what to look at."""
        page = render_template(
            self.template,
            fields={field.id: field for field in self.fields},
            data=self.given.typed,
            problems=self.given.problems,
            errors=[(name, f"{self._label(name)}: {problem}") for name, problem in self.given.problems.items()],
            pointed=point_in(self.fields, _answered(self.given)) if self.seen else [],
            seen=self.seen,
            busy=busy,
            **values,
        )
        return page, 422 if self.given.problems else 200

    def _label(self, name: str) -> str:
        return next(field.label for field in self.fields if field.id == name)


def _posted(fields: Iterable[Field]) -> Read:
    return read(fields, request.form)


def _document(paper: Paper, kind: str, name: str) -> Response:
    """A document that the browser keeps, so that the page stays as it was."""
    current().commit()  # nothing is read while the document is made
    if kind == "word":
        return word_response(make_word(paper), name)
    made = pdf_response(paper_pdf(paper), name)
    made.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return made


# -- a meeting ---------------------------------------------------------------------------------------------------------


@bp.get("/tools/meeting")
@audience(SIGNED_IN)
def meeting() -> ResponseReturnValue:
    """The meeting planner; how many, how long and which technique may stand in the address."""
    guide = _guide()
    asked = read([field for field in meeting_fields(guide) if not field.is_free_text], request.args)
    typed = {**FIRST, **{name: value for name, value in asked.data.items() if value is not None}}
    if request.args and "vote" not in request.args:
        typed["vote"] = []
    return _meeting(Read(typed, typed, {}), seen=bool(request.args))


@bp.post("/tools/meeting")
@audience(SIGNED_IN)
def plan_meeting() -> ResponseReturnValue:
    """The same page with the plan."""
    return _meeting(_posted(meeting_fields(_guide())), seen=True)


def _meeting(given: Read, *, seen: bool, busy: str = "") -> Page:
    guide = _guide()
    found = _plan(guide, given) if seen and not given.problems else None
    return Sheet("planners/meeting.html", meeting_fields(guide), given, seen).show(
        busy=busy, guide=guide, plan=found, others=planning_rules.others_sentence(found) if found else ""
    )


def _plan(guide: MeetingGuide, given: Read) -> Plan:
    data = {**FIRST, **_answered(given)}
    votes = "dots" in (given.data.get("vote") or ())
    return planning_rules.plan(guide, Wanted(int(data["people"]), int(data["minutes"]), data["technique"], votes))


@bp.post("/tools/meeting/slides")
@audience(SIGNED_IN)
def slides() -> ResponseReturnValue:
    """The meeting as screen pages, one after the other."""
    guide, given = _guide(), _posted(meeting_fields(_guide()))
    found = None if given.problems else _plan(guide, given)
    if found is None or not found.fits:
        return _meeting(given, seen=True)
    data = _answered(given)
    return render_template(
        "planners/slides.html", guide=guide, plan=found, question=data.get("question") or "", when=data.get("when", "")
    )


@bp.post("/tools/meeting/<paper>/<kind>")
@audience(SIGNED_IN)
def meeting_paper(paper: str, kind: str) -> ResponseReturnValue:
    """The plan, the handout, the poster or the leader's note."""
    make = planner_papers.MEETING_PAPERS.get(paper)
    if make is None or kind not in KINDS:
        abort(404)
    guide, given = _guide(), _posted(meeting_fields(_guide()))
    found = None if given.problems else _plan(guide, given)
    if found is None or not found.fits:
        return _meeting(given, seen=True)
    try:
        return _document(make(guide, found, _answered(given)), kind, f"moede-{paper}")
    except NotMade as error:
        return _meeting(given, seen=True, busy=error.message)[0], error.status


# -- ground rules ------------------------------------------------------------------------------------------------------


@bp.get("/tools/ground-rules")
@audience(SIGNED_IN)
def ground_rules() -> ResponseReturnValue:
    """An empty editor of ground rules."""
    return _rules(Read({}, {}, {}), seen=False)


@bp.post("/tools/ground-rules")
@audience(SIGNED_IN)
def look_at_rules() -> ResponseReturnValue:
    """The same page, with what to look at again."""
    return _rules(_posted(rules_fields()), seen=True)


def _rules(given: Read, *, seen: bool, busy: str = "", source: str = "") -> Page:
    written = rules.rules_of(given.data.get("rules") or ())
    review = given.data.get("review")
    hints = rules.hints(written, date.fromisoformat(review) if review else None, local(now()).date()) if seen else []
    return Sheet("planners/ground_rules.html", rules_fields(), given, seen).show(
        busy=busy, hints=hints, written=written, source=source
    )


@bp.post("/tools/ground-rules/<paper>/<kind>")
@audience(SIGNED_IN)
def rules_paper(paper: str, kind: str) -> ResponseReturnValue:
    """The rules on A4 or as a poster."""
    make = planner_papers.RULES_PAPERS.get(paper)
    if make is None or kind not in KINDS:
        abort(404)
    given = _posted(rules_fields())
    if given.problems:
        return _rules(given, seen=True)
    try:
        return _document(make(rules.rules_of(given.data.get("rules") or ()), _answered(given)), kind, f"regler-{paper}")
    except NotMade as error:
        return _rules(given, seen=True, busy=error.message)[0], error.status


@bp.get("/tools/ground-rules/<paper>/<kind>")
@audience(SIGNED_IN)
def empty_rules(paper: str, kind: str) -> Response:
    """The same to fill in by hand."""
    make = planner_papers.RULES_PAPERS.get(paper)
    if make is None or kind not in KINDS:
        abort(404)
    return _document(make((), {}), kind, f"regler-{paper}")


# -- the yearly discussion ---------------------------------------------------------------------------------------------


@bp.get("/tools/discussion")
@audience(SIGNED_IN)
def discussion() -> ResponseReturnValue:
    """The empty page for the yearly discussion."""
    return _discussion(Read({}, {}, {}), seen=False)


@bp.post("/tools/discussion")
@audience(SIGNED_IN)
def look_at_discussion() -> ResponseReturnValue:
    """The same page with the words in it."""
    return _discussion(_posted(discussion_fields()), seen=True)


def _discussion(given: Read, *, seen: bool, busy: str = "", source: str = "") -> Page:
    return Sheet("planners/discussion.html", discussion_fields(), given, seen).show(busy=busy, source=source)


@bp.post("/tools/discussion/<kind>")
@audience(SIGNED_IN)
def discussion_paper(kind: str) -> ResponseReturnValue:
    """The page as a document."""
    if kind not in KINDS:
        abort(404)
    given = _posted(discussion_fields())
    if given.problems:
        return _discussion(given, seen=True)
    try:
        return _document(planner_papers.discussion(_answered(given)), kind, "arbejdsmiljoedroeftelse")
    except NotMade as error:
        return _discussion(given, seen=True, busy=error.message)[0], error.status


@bp.get("/tools/discussion/<kind>")
@audience(SIGNED_IN)
def empty_discussion(kind: str) -> Response:
    """The same to fill in by hand."""
    if kind not in KINDS:
        abort(404)
    return _document(planner_papers.discussion({}), kind, "arbejdsmiljoedroeftelse")


# -- from one's own work -----------------------------------------------------------------------------------------------


@bp.get("/runs/<int:run_id>/activities/<activity_id>/planner")
@audience(PARTICIPANT)
def own(run_id: int, activity_id: str) -> ResponseReturnValue:
    """A planner with one's own work put in: a meeting plan, ground rules, an evaluation."""
    course = course_of(current(), run())
    activity = course.activities.get(activity_id) or abort(404)
    answers = partial(own_works.answers, current(), participant())
    data = answers(activity.id)
    planner = offers.planner_of(activity.form)
    if planner is None or data is None:
        abort(404)
    if planner == offers.MEETING:
        return redirect(url_for("planners.meeting", **own_works.meeting_of(data)))
    if planner == offers.RULES:
        return _rules(_put_in(own_works.rules_of(data)), seen=True, source=activity.title)
    decided: list[Mapping[str, Any]] = [
        found for one in course.activities.values()
        if offers.planner_of(one.form) == offers.RULES and (found := answers(one.id)) is not None
    ]  # fmt: skip
    return _discussion(_put_in(own_works.discussion_of(data, decided)), seen=True, source=activity.title)


def _put_in(data: dict[str, Any]) -> Read:
    return Read(data, data, {})
