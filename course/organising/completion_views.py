"""Who lacks what, completion granted, days made up with another run, and certificates."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course.certificates import service as certificates
from course.certificates.service import Candidate
from course.content.catalogue import Course
from course.db.errors import DomainError, NotAllowed
from course.db.session import current, writing
from course.reviews.forms import replaced_words, without_red
from course.runs import attendance, completion
from course.runs.access import actor, run
from course.runs.attendance_reading import Presence, meeting_of
from course.runs.attendance_rules import AttendanceState
from course.runs.contents import course_of
from course.runs.models import Membership
from course.runs.rules import Role
from course.runs.service import members
from course.web.audience import ORGANISER, audience
from course.web.clock import now

from . import completion_words
from .views import bp


def _participants() -> list[Membership]:
    return members(current(), run().id, Role.PARTICIPANT)


@bp.get("/runs/<int:run_id>/completion", endpoint="completion")
@audience(ORGANISER)
def completion_list(run_id: int) -> str:
    """Who lacks what, and whose certificate is issued."""
    found = certificates.candidates(current(), run(), _participants())
    return render_template(
        "organising/completion.html",
        run=run(),
        course=course_of(current(), run()),
        found=found,
        words=completion_words,
        ready=[one for one in found if one.is_complete and one.certificate is None],
        issued=[one for one in found if one.certificate is not None],
    )


@bp.post("/runs/<int:run_id>/completion")
@audience(ORGANISER)
def issue_certificates(run_id: int) -> ResponseReturnValue:
    """Issue a certificate to everybody who has completed the course."""
    with writing() as session:
        issued = certificates.issue_all(session, actor=actor(), now=now(), run=run(), members=_participants())
    flash(completion_words.issued(len(issued)), "success")
    return redirect(url_for("organising.completion", run_id=run_id), 303)


# -- one participant ---------------------------------------------------------------------------------------------------


@bp.get("/runs/<int:run_id>/completion/<int:membership_id>")
@audience(ORGANISER)
def completion_member(run_id: int, membership_id: int) -> str:
    """One participant: attendance, what is missing, the grant, the certificate."""
    return _page(membership_id)


def _page(membership_id: int, *, fault: str = "", on: str = "", typed: str = "") -> str:
    member = next((m for m in _participants() if m.id == membership_id), None)
    if member is None:
        raise NotAllowed
    found, course = certificates.candidate(current(), run(), member), course_of(current(), run())
    return render_template(
        "organising/completion_member.html",
        run=run(),
        course=course,
        member=member,
        found=found,
        days=_days(found, course),
        words=completion_words,
        fault=fault,
        on=on,
        typed=typed,
    )


def _days(found: Candidate, course: Course) -> list[dict[str, object]]:
    """The sessions of the run: what is noted, and the runs a missed one can be taken with."""
    days: list[dict[str, object]] = []
    for meeting in run().sessions:
        there: Presence | None = found.presences.get(meeting.key)
        is_open = there is None or there.row.state != AttendanceState.PRESENT
        hosts = attendance.hosts(current(), actor(), run(), meeting.key) if is_open else []
        planned = course.sessions.get(meeting.key)
        days.append({
            "meeting": meeting,
            "title": planned.title if planned else meeting.key,
            "there": there,
            "hosts": [(host, host_day) for host in hosts if (host_day := meeting_of(host, meeting.key)) is not None],
        })  # fmt: skip
    return days


def _back(run_id: int, membership_id: int) -> ResponseReturnValue:
    return redirect(url_for("organising.completion_member", run_id=run_id, membership_id=membership_id), 303)


def _refused(membership_id: int, error: DomainError, on: str, typed: str = "") -> ResponseReturnValue:
    """The page again with what is wrong; what one may not know of stays unknown."""
    if error.status == 404:
        raise error
    return _page(membership_id, fault=error.message, on=on, typed=typed), error.status


@bp.post("/runs/<int:run_id>/completion/<int:membership_id>/grant")
@audience(ORGANISER)
def grant_completion(run_id: int, membership_id: int) -> ResponseReturnValue:
    """Let the course count as completed, with a reason that is kept."""
    reason, replaced = without_red(request.form.get("reason", ""))
    try:
        with writing() as session:
            completion.grant(session, actor=actor(), now=now(), run=run(), membership_id=membership_id, reason=reason)
    except DomainError as error:
        return _refused(membership_id, error, "grant", reason)
    flash(f"Kurset tæller som gennemført. {replaced_words(replaced)}".strip(), "success")
    return _back(run_id, membership_id)


@bp.post("/runs/<int:run_id>/completion/<int:membership_id>/take-back")
@audience(ORGANISER)
def take_back_grant(run_id: int, membership_id: int) -> ResponseReturnValue:
    """Take the grant back, while no certificate rests on it."""
    try:
        with writing() as session:
            certificates.take_back_grant(session, actor=actor(), now=now(), run=run(), membership_id=membership_id)
    except DomainError as error:
        return _refused(membership_id, error, "grant")
    flash("Godkendelsen er taget tilbage.", "success")
    return _back(run_id, membership_id)


@bp.post("/runs/<int:run_id>/completion/<int:membership_id>/certificate")
@audience(ORGANISER)
def issue_certificate(run_id: int, membership_id: int) -> ResponseReturnValue:
    """Issue the certificate."""
    try:
        with writing() as session:
            certificates.issue(session, actor=actor(), now=now(), run=run(), membership_id=membership_id)
    except DomainError as error:
        return _refused(membership_id, error, "certificate")
    flash("Beviset er udstedt, og deltageren får en mail.", "success")
    return _back(run_id, membership_id)


@bp.post("/runs/<int:run_id>/certificates/<int:certificate_id>/revoke")
@audience(ORGANISER)
def revoke_certificate(run_id: int, certificate_id: int) -> ResponseReturnValue:
    """Revoke a certificate, with a reason that is kept."""
    row = certificates.of_run(current(), run(), certificate_id)
    reason, replaced = without_red(request.form.get("reason", ""))
    try:
        with writing() as session:
            certificates.revoke(
                session, actor=actor(), now=now(), run=run(), certificate_id=certificate_id, reason=reason
            )
    except DomainError as error:
        return _refused(row.membership_id or 0, error, "revoke", reason)
    flash(f"Beviset er trukket tilbage. {replaced_words(replaced)}".strip(), "success")
    return _after(run_id, row.membership_id)


@bp.post("/runs/<int:run_id>/certificates/<int:certificate_id>/reissue")
@audience(ORGANISER)
def reissue_certificate(run_id: int, certificate_id: int) -> ResponseReturnValue:
    """Issue a certificate anew with what holds now; the old number is revoked."""
    row = certificates.of_run(current(), run(), certificate_id)
    try:
        with writing() as session:
            certificates.reissue(session, actor=actor(), now=now(), run=run(), certificate_id=certificate_id)
    except DomainError as error:
        return _refused(row.membership_id or 0, error, "certificate")
    flash("Beviset er udstedt igen med et nyt nummer. Det gamle gælder ikke mere.", "success")
    return _after(run_id, row.membership_id)


def _after(run_id: int, membership_id: int | None) -> ResponseReturnValue:
    """Back to the holder's page, or to the list when the holder is gone."""
    if any(member.id == membership_id for member in _participants()):
        return _back(run_id, membership_id or 0)
    return redirect(url_for("organising.completion", run_id=run_id), 303)


# -- a day made up with another run ------------------------------------------------------------------------------------


@bp.post("/runs/<int:run_id>/completion/<int:membership_id>/sessions/<session_key>")
@audience(ORGANISER)
def plan_elsewhere(run_id: int, membership_id: int, session_key: str) -> ResponseReturnValue:
    """Agree that a session is taken with another run, or take that back."""
    host_id = request.form.get("host", 0, type=int)
    place = {"run": run(), "membership_id": membership_id, "session_key": session_key}
    try:
        with writing() as session:
            if host_id:
                attendance.plan_elsewhere(session, actor=actor(), now=now(), host_id=host_id, **place)
            else:
                attendance.drop_plan(session, actor=actor(), now=now(), **place)
    except DomainError as error:
        return _refused(membership_id, error, "days")
    flash("Aftalen er gemt. Det andet hold ser deltageren som gæst." if host_id else "Aftalen er fjernet.", "success")
    return _back(run_id, membership_id)
