"""The facilitator's page: the groups of a session, made by rule, changed by hand, remade in the morning."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from course.content.catalogue import Course
from course.db.errors import DomainError, NotAllowed
from course.db.session import current, writing
from course.runs.access import actor, run
from course.runs.contents import course_of
from course.runs.models import Membership, RunSession, Team
from course.runs.wording import team_name
from course.web.audience import STAFF, audience
from course.web.clock import now
from course.web.danish import listing, plural

from . import forms, reading, rules, service, texts, wording
from .blueprint import bp
from .texts import SheetText, TeamText

GROUPS = "/runs/<int:run_id>/sessions/<session_key>/groups"


@dataclass(frozen=True, slots=True)
class Shown:
    """One group on the page. ``to_choose`` are its members' released cases, chosen or not."""

    team: Team
    name: str
    members: tuple[Membership, ...]
    texts: tuple[TeamText, ...]
    to_choose: tuple[tuple[int, str, str, bool], ...]
    notes: tuple[str, ...]
    sheets: tuple[SheetText, ...]


def meeting(session_key: str) -> tuple[Course, RunSession]:
    """The course of this run and its dated session; answers 404 when there is none."""
    course = course_of(current(), run())
    dated = next((one for one in run().sessions if one.key == session_key), None)
    if session_key not in course.sessions or dated is None:
        abort(404)
    return course, dated


def shown(session: Session, course: Course, found: Collection[Team]) -> list[Shown]:
    """The groups with everything that stands on the page about them, in a fixed number of queries."""
    members = [member for team in found for member in reading.here(team)]
    names = {member.id: member.person.name for member in members}
    groups = reading.groups_of(found)
    sizes = rules.PAIRS if run().is_own_time else rules.sizes_like(groups)
    bent = rules.bent(groups, reading.seated(session, run(), course, members), sizes)
    by_team = texts.texts_of(session, course, found)
    sheets = texts.sheets_of(session, course, [team.id for team in found])
    released = reading.released_cases(session, run(), course)
    return [
        Shown(
            team,
            team_name(team),
            tuple(reading.here(team)),
            tuple(by_team[team.id]),
            tuple(_to_choose(team, names, by_team[team.id], released, course)),
            tuple(
                [wording.bent_sentence(one, names, course.words) for one in bent if one.group == team.no]
                + [text for text in [wording.lacking_sentence(by_team[team.id], course)] if text]
            ),
            tuple(sheets[team.id]),
        )
        for team in found
    ]


def _to_choose(
    team: Team, names: dict[int, str], chosen: list[TeamText], released: dict[int, list[Any]], course: Course
) -> list[tuple[int, str, str, bool]]:
    """The released cases of a group's members: work, title, author, whether it is chosen."""
    taken = {text.work_id for text in chosen}
    rows = []
    for member in reading.here(team):
        for work in released.get(member.id, ()):
            slot = course.activities[work.activity_id].slot(work.slot)
            rows.append((work.id, slot.title if slot else work.slot, names[member.id], work.id in taken))
    return rows


@bp.get(GROUPS)
@audience(*STAFF)
def groups(run_id: int, session_key: str) -> ResponseReturnValue:
    """The groups of a session."""
    return page(session_key)


def page(session_key: str, refusal: DomainError | None = None) -> ResponseReturnValue:
    """The groups as they stand now, with what was refused on top."""
    course, dated = meeting(session_key)
    session = current()
    found = reading.teams(session, run().id, session_key)
    everybody = reading.participants(session, run().id)
    seats = {seat.membership_id for team in found for seat in team.members}
    body = render_template(
        "teams/groups.html",
        run=run(),
        course=course,
        session=dated,
        title=course.sessions[session_key].title,
        groups=shown(session, course, found),
        people=everybody,
        unseated=[member for member in everybody if member.id not in seats],
        missing=reading.missing(session, run().id, session_key, everybody),
        guests=reading.guests(session, run().id, session_key),
        dissolved=reading.dissolved_teams(session, run().id, session_key),
        seen=reading.version(session, found),
        seed=secrets.randbelow(10_000),
        refusal=refusal,
        team_name=team_name,
    )
    return make_response(body, refusal.status if refusal else 200)


def _done(session_key: str, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for("teams.groups", run_id=run().id, session_key=session_key), 303)


T = TypeVar("T")


def _changed(session_key: str, change: Callable[..., T], say: Callable[[T], str], **values: Any) -> ResponseReturnValue:
    """Change the groups and say so; when it is refused, show them as they stand now."""
    course, _ = meeting(session_key)
    try:
        with writing() as session:
            said = say(
                change(
                    session, actor=actor(), now=now(), run=run(), course=course, session_key=session_key,
                    seen=forms.read().seen, **values,
                )
            )  # fmt: skip
    except NotAllowed:
        raise
    except DomainError as refusal:
        return page(session_key, refusal)
    flash(said, "success")
    return redirect(url_for("teams.groups", run_id=run().id, session_key=session_key), 303)


@bp.post(f"{GROUPS}/make")
@audience(*STAFF)
def make(run_id: int, session_key: str) -> ResponseReturnValue:
    """Make the groups by the rules, from nothing."""
    posted = forms.read()
    return _changed(
        session_key,
        service.make,
        lambda made: f"Der er lavet {plural(len(made), 'gruppe', 'grupper')}.",
        seed=posted.seed,
        missing=posted.missing,
        are_pairs=posted.are_pairs,
    )


@bp.post(f"{GROUPS}/remake")
@audience(*STAFF)
def remake(run_id: int, session_key: str) -> ResponseReturnValue:
    """Somebody is missing: the same groups without them, with as few moves as can be."""
    return _changed(session_key, service.remake, _said_of_moves, missing=forms.read().missing)


def _said_of_moves(moved: Mapping[str, int]) -> str:
    if not moved:
        return "Grupperne er lavet om. Ingen af dem, der er her, har skiftet plads."
    return f"Grupperne er lavet om. Ny plads: {listing([f'{name} (gruppe {no})' for name, no in moved.items()])}."


@bp.post(f"{GROUPS}/move")
@audience(*STAFF)
def move(run_id: int, session_key: str) -> ResponseReturnValue:
    """Give one member another group."""
    posted = forms.read()
    return _changed(
        session_key,
        service.move,
        lambda _: "Deltageren er flyttet.",
        membership_id=posted.membership_id,
        team_id=posted.team_id,
    )


@bp.post(f"{GROUPS}/<int:team_id>/texts")
@audience(*STAFF)
def choose(run_id: int, session_key: str, team_id: int) -> ResponseReturnValue:
    """Say which texts a group works with."""
    posted = forms.read()
    return _changed(
        session_key,
        service.choose,
        lambda _: "Gruppens forløb er valgt.",
        team_id=team_id,
        work_ids=posted.work_ids,
        case_ids=posted.case_ids,
    )


def _team(session_key: str, team_id: int) -> Team:
    team = current().get(Team, team_id)
    if team is None or (team.run_id, team.session_key) != (run().id, session_key):
        abort(404)
    return team


@bp.get(f"{GROUPS}/<int:team_id>/dissolve")
@audience(*STAFF)
def dissolve(run_id: int, session_key: str, team_id: int) -> ResponseReturnValue:
    """Ask before a group is dissolved."""
    meeting(session_key)
    team = _team(session_key, team_id)
    if team.dissolved_at is not None:
        return redirect(url_for("teams.groups", run_id=run_id, session_key=session_key))
    found = reading.teams(current(), run_id, session_key)
    return render_template(
        "teams/dissolve.html", run=run(), session_key=session_key, team=team, name=team_name(team),
        seen=reading.version(current(), found),
    )  # fmt: skip


@bp.post(f"{GROUPS}/<int:team_id>/dissolve", endpoint="dissolved")
@audience(*STAFF)
def dissolved(run_id: int, session_key: str, team_id: int) -> ResponseReturnValue:
    """Dissolve a group."""
    return _changed(
        session_key,
        service.dissolve,
        lambda _: "Gruppen er opløst. Det, den har skrevet, kan stadig læses.",
        team_id=team_id,
    )


@bp.get(f"{GROUPS}/print")
@audience(*STAFF)
def printed(run_id: int, session_key: str) -> str:
    """The groups on paper: to hang on the door."""
    course, dated = meeting(session_key)
    found = reading.teams(current(), run_id, session_key)
    return render_template(
        "teams/print.html", run=run(), session=dated, title=course.sessions[session_key].title,
        groups=shown(current(), course, found),
    )  # fmt: skip
