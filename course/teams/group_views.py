"""A member's own group, and what a group has written – also after it was dissolved."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from course.db.session import current
from course.runs.access import access, actor, participant, run
from course.runs.contents import course_of
from course.runs.models import FormerTeamMember, Membership, Team, TeamMember
from course.runs.wording import team_name
from course.submissions.together import writers_of_teams
from course.web.audience import ANYONE_IN_RUN, PARTICIPANT, audience
from course.web.clock import now
from course.work.rules import State
from course.work.standing import standing

from . import texts
from .blueprint import bp
from .groups_views import meeting

READ_BY_STAFF = frozenset({State.SUBMITTED, State.RETURNED, State.ACCEPTED})


@bp.get("/runs/<int:run_id>/sessions/<session_key>/group")
@audience(PARTICIPANT)
def group(run_id: int, session_key: str) -> str:
    """Who is in my group, what we work with, and what we write."""
    course, dated = meeting(session_key)
    session, member = current(), participant()
    stands = standing(session, run(), member)
    team_id = stands.team_id(session_key)
    team = session.get(Team, team_id) if team_id is not None else None
    sheets = texts.worksheets(course, session_key)
    return render_template(
        "teams/group.html",
        run=run(),
        session=dated,
        title=course.sessions[session_key].title,
        team=team,
        name=team_name(team) if team is not None else "",
        members=_members(team) if team is not None else [],
        texts=texts.texts_of(session, course, [team])[team.id] if team is not None else [],
        member=member,
        sheets=[(sheet, stands.fact(sheet.id), stands.gate(sheet, now())) for sheet in sheets],
        before=_teams_before(member.id, session_key),
        team_name=team_name,
    )


def _members(team: Team) -> list[Membership]:
    """The members of a group; of a dissolved one those who were in it."""
    table = TeamMember if team.dissolved_at is None else FormerTeamMember
    rows = current().scalars(
        select(Membership)
        .join(table, table.membership_id == Membership.id)
        .where(table.team_id == team.id, Membership.left_at.is_(None))
    )
    return sorted(rows, key=lambda member: member.person.name.casefold())


def _teams_before(membership_id: int, session_key: str) -> list[Team]:
    """The groups a member was in before and that have written something."""
    rows = current().scalars(
        select(Team)
        .join(FormerTeamMember, FormerTeamMember.team_id == Team.id)
        .where(FormerTeamMember.membership_id == membership_id, Team.session_key == session_key)
        .order_by(Team.no)
    )
    found = list(rows)
    written = texts.sheets_of(current(), course_of(current(), run()), [team.id for team in found])
    return [team for team in found if written[team.id]]


@bp.get("/runs/<int:run_id>/teams/<int:team_id>")
@audience(*ANYONE_IN_RUN)
def team(run_id: int, team_id: int) -> ResponseReturnValue:
    """What a group has written, for those who are or were in it, and for staff: of a group that still writes only
    what it has sent.
    """
    session = current()
    found = session.get(Team, team_id)
    if found is None or found.run_id != run_id:
        abort(404)
    is_own = actor().person_id in writers_of_teams(session, [team_id])[team_id]
    if not (is_own or access().is_staff):
        abort(404)
    course = course_of(session, run())
    sheets = texts.sheets_of(session, course, [team_id])[team_id]
    if not is_own and found.dissolved_at is None:
        sheets = [sheet for sheet in sheets if sheet.work.state in READ_BY_STAFF]
    return render_template(
        "teams/team.html",
        run=run(),
        team=found,
        name=team_name(found),
        title=course.sessions[found.session_key].title if found.session_key in course.sessions else "",
        members=_members(found),
        sheets=sheets,
        is_own=is_own,
    )
