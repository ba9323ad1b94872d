"""Dagsmappen: what the papers of a day hold, and whom they do not name."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.organising import day_views
from course.printing import child
from course.runs.models import Run, Team, TeamMember
from course.work.models import TeamCase
from tests.factories import NOW, course, make_member, make_person, make_run, make_work
from tests.printing.pdfua import faults

SignIn = Callable[[Person], FlaskClient]


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The HTML of what is printed."""
    pages: list[str] = []

    def keep(template: str, /, **values: Any) -> bytes:
        pages.append(day_views.render_template(template, **values))
        return b"%PDF-"

    monkeypatch.setattr(day_views, "print_template", keep)
    return pages


def _seat(session: Session, run: Run, no: int, *works: tuple[str, int, int]) -> None:
    """A group of the first day; for each (name, membership, work) a seat, and its work chosen when there is one."""
    team = Team(run_id=run.id, session_key="day1", no=no, made_at=NOW)
    session.add(team)
    session.flush()
    for _, member, work in works:
        session.add(TeamMember(membership_id=member, session_key="day1", team_id=team.id))
        if work:
            session.add(TeamCase(team_id=team.id, work_id=work))
    session.flush()


@time_machine.travel(NOW, tick=False)
def test_the_folder_of_a_day(session: Session, client_for: SignIn, printed: list[str]) -> None:
    run = make_run(session)
    organiser = session.get_one(Person, run.created_by_id)
    anna = make_member(session, run, make_person(session, "Anna Forfatter"))
    bo = make_member(session, run, make_person(session, "Bo"))
    work = make_work(session, anna, state="released", judge=organiser)
    _seat(session, run, 1, ("Anna", anna.id, work.id))
    _seat(session, run, 2, ("Bo", bo.id, 0))
    assert client_for(organiser).get(f"/runs/{run.id}/sessions/day1/folder.pdf").status_code == 200
    (html,) = printed
    assert len(re.findall("Anna Forfatter", html)) == 2, "in the list and in her group, never at her case"
    first, second, third = list(course().cases.values())[:3]
    assert second.title in html, "the group without a released case has the one it has on the screen"
    assert third.title in html, "and one is kept in reserve"
    assert first.title not in html
    for talk in course().modules["gp-14"].activities[0].exercises:
        assert all(talk.spec.choices[each].text in html.replace("&#34;", '"') for each in talk.spec.expert)
    named = set(re.findall(r'href="#([a-z0-9-]+)"', html))
    assert named <= set(re.findall(r'id="([a-z0-9-]+)"', html)), "what the front names is there"
    dates = html.split('id="part-dates"')[1].split("</table>")[0]
    assert [each in dates for each in ("Prøv det af", "korte refleksion", "Kursusdag 2", "efter-testen")] == [
        True, True, True, False,
    ]  # fmt: skip
    assert faults(child.make(html)) == []
