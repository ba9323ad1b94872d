"""One day of a run as its staff need it: the run sheet on the clock, groups, texts, cards, notes. Nothing is stored."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from course.content.catalogue import Activity, Cards, Case, Course, Exercise, Field, Module, Page
from course.content.sheets import Sheet, SheetItem
from course.runs.models import Membership, Run, RunSession, Team, TeamMember
from course.runs.rules import COPENHAGEN, Role, Timetable
from course.runs.service import members
from course.teams.reading import here
from course.teams.rules import teaching_case
from course.work.models import Release, TeamCase, Work

READY_DAYS = 2
"""So many days before the day the groups and their texts are meant to be final."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the run sheet with the clock times it has on this day."""

    starts: time
    ends: time
    item: SheetItem


@dataclass(frozen=True, slots=True)
class GroupText:
    """A text a group works with: the release of a member's case (``fields`` and ``data``), or a teaching case.

    It has no author: the paper is handed to the group, and only who wrote a case says so.
    """

    title: str
    fields: tuple[Field, ...] = ()
    data: dict[str, Any] | None = None
    case: Case | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the day: who sits in it, and what it works with."""

    no: int
    members: tuple[Membership, ...]
    texts: tuple[GroupText, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A session of a run with everything of the course that belongs to it."""

    run: Run
    course: Course
    meeting: RunSession
    title: str
    sheet: Sheet | None
    lines: tuple[Line, ...]
    modules: tuple[Module, ...]
    cards: tuple[Cards, ...]

    def pages(self, audience: str) -> tuple[tuple[Module, Page], ...]:
        """The day's pages for one audience, with their modules, in order."""
        return tuple((module, page) for module in self.modules for page in module.pages if page.audience == audience)

    @property
    def worksheets(self) -> tuple[Activity, ...]:
        """What groups write together this day."""
        shared = (a for a in self.course.activities.values() if a.is_shared)
        return tuple(a for a in shared if a.session == self.meeting.key)

    @property
    def uses_groups(self) -> bool:
        """Whether groups write together this day."""
        return bool(self.worksheets)

    @property
    def uses_cases(self) -> bool:
        """Whether what the groups work with are cases, their own or the course's."""
        return self.uses_groups and self.course.tells_of_patients

    @property
    def talks(self) -> tuple[tuple[Activity, Exercise], ...]:
        """The simulated talks of the day, which a room can go through together, with their activities."""
        placed = (a for module in self.modules for a in module.activities)
        return tuple((a, exercise) for a in placed for exercise in a.exercises if exercise.kind == "consultation")

    def is_ready(self, today: date) -> bool:
        """Whether it is so near the day that the groups are meant to be final."""
        return today >= self.meeting.starts_at.astimezone(COPENHAGEN).date() - timedelta(days=READY_DAYS)


def day_of(run: Run, course: Course, key: str) -> Day | None:
    """A session of the run by its key, None when the run has none of that name."""
    meeting = next((one for one in run.sessions if one.key == key), None)
    planned = course.sessions.get(key)
    if meeting is None or planned is None:
        return None
    sheet = None if run.is_own_time else course.sheets.get(key)  # nobody leads what partners take by themselves
    phase = next((phase for phase in course.phases if phase.session == key), None)
    starts = meeting.starts_at.astimezone(COPENHAGEN).time()
    return Day(
        run=run,
        course=course,
        meeting=meeting,
        title=planned.title,
        sheet=sheet,
        lines=tuple(Line(*line) for line in sheet.times(starts)) if sheet else (),
        modules=tuple(course.modules[name] for name in phase.modules) if phase else (),
        cards=tuple(cards for cards in course.cards.values() if _belongs(cards, key, phase.modules if phase else ())),
    )


def _belongs(cards: Cards, key: str, modules: Collection[str]) -> bool:
    return cards.session == key or (cards.module_id or "") in modules


def next_dates(day: Day, dates: Timetable) -> list[tuple[str, datetime]]:
    """What the participants are to do after the day and by when, up to the next session, which ends the list."""
    known = (one for one in day.run.sessions if one.key in day.course.sessions)
    later = [one for one in known if one.starts_at > day.meeting.starts_at]
    after = min(later, key=lambda one: one.starts_at, default=None)
    theirs = {activity.due for activity in day.course.activities.values()}
    due = [(d.title, at) for d in day.course.deadlines.values() if d.id in theirs and (at := dates.due(d.id))]
    due = [(title, at) for title, at in due if at > day.meeting.ends_at and (after is None or at < after.starts_at)]
    found = sorted(due, key=lambda one: one[1])
    return [*found, (day.course.sessions[after.key].title, after.starts_at)] if after else found


def people(session: Session, run: Run) -> list[Membership]:
    """Everybody who is expected to take part, by name."""
    return members(session, run.id, Role.PARTICIPANT)


def groups(session: Session, day: Day) -> tuple[Group, ...]:
    """The groups of the day with what is released to them now. What was recalled is not there. Three queries.

    On a day that uses no cases they have none, also when groups were made for it.
    """
    teams = session.scalars(
        select(Team)
        .where(Team.run_id == day.run.id, Team.session_key == day.meeting.key, Team.dissolved_at.is_(None))
        .options(selectinload(Team.members).joinedload(TeamMember.membership).joinedload(Membership.person))
        .order_by(Team.no)
    ).all()
    texts = _texts(session, day, [team.id for team in teams]) if day.uses_cases else {}
    return tuple(
        Group(
            team.no,
            tuple(here(team)),
            tuple(texts.get(team.id) or _spare(day, team.no)),
        )
        for team in teams
    )


def reserve(day: Day, groups: tuple[Group, ...]) -> tuple[GroupText, ...]:
    """A teaching case that no group has, for a group that cannot use its own; none on a day without cases."""
    return _spare(day, len(groups) + 1)


def _spare(day: Day, no: int) -> tuple[GroupText, ...]:
    """What a group without any released text has on the screen (``teams.texts``), and so on paper."""
    text = _text(day.course, teaching_case(no, list(day.course.cases)), None, None) if day.uses_cases else None
    return (text,) if text is not None else ()


def _texts(session: Session, day: Day, team_ids: list[int]) -> dict[int, list[GroupText]]:
    rows = session.execute(
        select(TeamCase, Work, Release)
        .outerjoin(Work, Work.id == TeamCase.work_id)
        .outerjoin(Release, (Release.work_id == Work.id) & Release.recalled_at.is_(None) & (Release.audience == "run"))
        .where(TeamCase.team_id.in_(team_ids))
        .order_by(TeamCase.id)
    )
    found: dict[int, list[GroupText]] = {}
    for seat, work, release in rows:
        text = _text(day.course, seat.case_id, work, release)
        if text is not None:
            found.setdefault(seat.team_id, []).append(text)
    return found


def _text(course: Course, case_id: str | None, work: Work | None, release: Release | None) -> GroupText | None:
    if case_id is not None:
        case = course.cases.get(case_id)
        return GroupText(case.title, case=case) if case else None
    activity = course.activities.get(work.activity_id) if work else None
    if work is None or activity is None or activity.form is None or release is None or release.data is None:
        return None
    slot = activity.slot(work.slot)
    fields = tuple(f for f in activity.form.fields.values() if f.id in release.data and not f.private)
    return GroupText(slot.title if slot else activity.title, fields, release.data)
