"""Dagsmappen: what the papers of a day hold, and whom they do not name."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.content.catalogue import LIVE, OWN_TIME
from course.organising import day_views
from course.organising.days import day_of
from course.organising.folder import modules_since
from course.printing import child
from course.runs import service as runs
from course.runs.models import Membership, Run, Team, TeamMember
from course.work.models import PeerPair, TeamCase
from tests.factories import (
    DAY1,
    DAY2,
    NOW,
    actor_of,
    course,
    make_member,
    make_person,
    make_run,
    make_work,
    packed,
)
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


SESSIONS = [("gp", "day1"), ("gp", "day2"), ("amr", "session1"), ("amr", "session2")]
FOLDER = "/runs/{}/sessions/{}/folder.pdf"


def _run_of(session: Session, course_id: str, mode: str = LIVE) -> Run:
    if course_id == "gp":
        return make_run(session)
    organiser = make_person(session, "Olga Organiser", may_create_runs=True)
    hours = timedelta(hours=2)
    return runs.create_run(
        session, actor=actor_of(organiser), now=NOW, course=course("amr"), packed=packed("amr"), name="AMR", cluster="",
        mode=mode, meetings={
            "session1": runs.Meeting(DAY1, DAY1 + hours, "På video"),
            "session2": runs.Meeting(DAY2, DAY2 + hours, "På video"),
        },
    )  # fmt: skip


@pytest.mark.parametrize(("course_id", "key"), SESSIONS)
@time_machine.travel(NOW, tick=False)
def test_the_contents_tell_each_line_from_the_next(
    session: Session, client_for: SignIn, printed: list[str], course_id: str, key: str
) -> None:
    run = _run_of(session, course_id)
    make_member(session, run)
    client_for(session.get_one(Person, run.created_by_id)).get(FOLDER.format(run.id, key))
    (html,) = printed
    lines = re.findall(r'<li><a href="#([a-z0-9-]+)">(.*?)</a>', html)
    assert len({text for _, text in lines}) == len(lines)
    assert [html.count(f'id="{name}"') for name, _ in lines] == [1] * len(lines), "each is there, once"
    day = day_of(run, course(course_id), key)
    assert day is not None
    assert day.talks, "a session has a talk to go through together"
    assert [html.count(f'id="talk-{talk.id}"') for _, talk in day.talks] == [1] * len(day.talks)


@pytest.mark.parametrize(("course_id", "key"), SESSIONS)
@time_machine.travel(NOW, tick=False)
def test_groups_and_cases_are_in_it_where_the_day_uses_them(
    session: Session, client_for: SignIn, printed: list[str], course_id: str, key: str
) -> None:
    run = _run_of(session, course_id)
    client_for(session.get_one(Person, run.created_by_id)).get(FOLDER.format(run.id, key))
    (html,) = printed
    uses_groups, uses_cases = (course_id, key) != ("gp", "day2"), (course_id, key) == ("gp", "day1")
    assert ("ikke lavet grupper" in html) == uses_groups
    assert [text in html for text in ("Et forløb i reserve</h2>", "Her ligger forløb", "Grupper og forløb")] == [
        uses_cases
    ] * 3
    assert ("Listerne kan ændre sig" in html) == (not uses_groups)


@time_machine.travel(NOW, tick=False)
def test_nobody_leads_what_partners_take_by_themselves(session: Session, client_for: SignIn) -> None:
    run = _run_of(session, "amr", mode=OWN_TIME)
    client = client_for(session.get_one(Person, run.created_by_id))
    day = client.get(FOLDER.format(run.id, "session1").removesuffix("/folder.pdf"))
    words = day.get_data(as_text=True)
    assert "taler med deres makker" in words
    assert "Uddelingsark" in words
    for paper in ("Dagsmappe (PDF)", "Køreplan (PDF)", "Noter til underviseren", "6.00"):
        assert paper not in words
    for paper in ("folder", "sheet"):
        assert client.get(FOLDER.format(run.id, "session1").replace("folder", paper)).status_code == 404


@time_machine.travel(NOW, tick=False)
def test_groups_made_for_a_day_without_cases_have_names_alone(
    session: Session, client_for: SignIn, printed: list[str]
) -> None:
    run = make_run(session)
    organiser = session.get_one(Person, run.created_by_id)
    anna = make_member(session, run, make_person(session, "Anna Forfatter"))
    work = make_work(session, anna, state="released", judge=organiser)
    team = Team(run_id=run.id, session_key="day2", no=1, made_at=NOW)
    session.add(team)
    session.flush()
    gone = make_member(session, run, make_person(session, "Frede Fratrådt"))
    gone.left_at = NOW
    session.add_all(TeamMember(membership_id=one.id, session_key="day2", team_id=team.id) for one in (anna, gone))
    session.add(TeamCase(team_id=team.id, work_id=work.id))
    session.flush()
    client_for(organiser).get(FOLDER.format(run.id, "day2"))
    (html,) = printed
    groups = html.split('id="part-groups"')[1].split('id="note-')[0]
    assert "Anna Forfatter" in groups
    assert "Frede" not in groups, "who has left is in no group"
    assert "rengøring" not in groups
    assert "Et forløb, der gik" not in groups


# -- what has come in since the session before -------------------------------------------------------------------------


def test_what_lies_between_two_sessions_is_that_of_the_course() -> None:
    assert modules_since(course(), "day1") == frozenset()
    assert modules_since(course(), "day2") >= {"gp-21", "gp-23", "gp-31"}
    assert not modules_since(course(), "day2") & {"gp-05", "gp-17", "gp-41"}
    assert modules_since(course("amr"), "session2") >= {"amr-11", "amr-21"}


def _pair(session: Session, giver: Membership, receiver: Membership) -> None:
    session.add(
        PeerPair(
            run_id=giver.run_id, activity_id="gp-23.homework", giver_id=giver.id, receiver_id=receiver.id, made_at=NOW
        )
    )
    session.flush()


@time_machine.travel(NOW, tick=False)
def test_the_list_of_pairs_has_names_and_is_only_there_when_they_are_made(
    session: Session, client_for: SignIn, printed: list[str]
) -> None:
    run = make_run(session)
    client = client_for(session.get_one(Person, run.created_by_id))
    anna, bo, _ = (make_member(session, run, make_person(session, name)) for name in ("Anna", "Bo", "Cilla"))
    session.commit()
    client.get(FOLDER.format(run.id, "day2"))
    _pair(session, anna, bo)
    session.commit()
    client.get(FOLDER.format(run.id, "day2"))
    client.get(FOLDER.format(run.id, "day1"))
    before, after, first_day = printed
    assert "Makkerne er ikke fordelt endnu" in before
    table = after.split('id="part-partners"')[1].split("</table>")[0]
    rows = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td></tr>', table)
    assert rows == [("Anna", "Bo", "–"), ("Bo", "–", "Anna"), ("Cilla", "–", "–")]
    door = after.split("Til døren")[1].split("</table>")[0]
    assert re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', door) == [("Anna", ""), ("Bo", ""), ("Cilla", "")]
    assert "part-partners" not in first_day


TEN = {"ten": [["work"]] * 3 + [[]] * 7}


@pytest.mark.parametrize(("answers", "is_shown"), [(0, False), (4, False), (5, True)])
def test_figures_are_printed_from_five_answers(
    session: Session, client_for: SignIn, printed: list[str], answers: int, is_shown: bool
) -> None:
    run = make_run(session)
    organiser = session.get_one(Person, run.created_by_id)
    then = DAY2 - timedelta(days=7)
    with time_machine.travel(then, tick=False):
        for _ in range(answers):
            member = make_member(session, run)
            make_work(session, member, activity_id="gp-31.ten", slot="main", data=TEN, state="submitted", now=then)
        client_for(organiser).get(FOLDER.format(run.id, "day2"))
    (html,) = printed
    figures = html.split('id="part-figures"')[1].split('id="note-')[0]
    assert ("30 % (15 af 50)" in figures) == is_shown
    assert ("ikke fem svar" in figures) == (not is_shown)


# -- how it looks ------------------------------------------------------------------------------------------------------


def _page(body: str) -> str:
    return f'<!doctype html><html lang="da"><head><title>x</title></head><body>{body}</body></html>'


def _height(html: str) -> float:
    """How far down the first page its quote reaches."""
    (page,) = child.lay_out(_page(html)).pages
    quote = next(box for box in page._page_box.descendants() if box.element_tag == "blockquote")
    return float(quote.height)


@pytest.mark.parametrize(
    "inside", ["<p>En.</p>{}<p>To.</p>", "<p>En.</p>{0}<ul>{0}<li>To.</li>{0}<li>Tre.</li>{0}</ul>"]
)
def test_a_quote_has_no_empty_lines(inside: str) -> None:
    loose, tight = (
        _height(f"<blockquote>{between}{inside.format(between)}{between}</blockquote>") for between in ("\n", "")
    )
    assert loose == tight


def test_a_text_that_was_written_keeps_its_lines() -> None:
    assert _height('<blockquote class="quote">En.\nTo.</blockquote>') > _height("<blockquote>En.\nTo.</blockquote>")


def test_the_pocket_card_is_a_page_with_two_and_letters_one_can_read(app: Flask) -> None:
    cards = course().cards["pocket"]
    with app.test_request_context():
        html = day_views.render_template("organising/print/cards.html", title=cards.title, cards=cards)
    (page,) = child.lay_out(html).pages
    sections = [box for box in page._page_box.descendants() if box.element and box.element.get("class") == "card"]
    assert len(sections) == 16
    for section in sections:
        lines = [box for box in section.descendants() if box.element_tag in ("p", "h2")]
        assert max(box.position_y + box.height for box in lines) <= section.position_y + section.border_height()
        assert min(box.style["font_size"] for box in lines) >= 9 * 96 / 72
