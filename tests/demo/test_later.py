"""The demo's two later runs: one between its days, one finished, each as far as it promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.app import create_app
from course.certificates import service as certificates
from course.db.session import EXTENSION, new_session
from course.demo.build import GROUPS, LATER, build
from course.demo.dates import nearest_weekday, weekday
from course.demo.serve import demo_settings
from course.organising.figures import figures, problem_map
from course.reviews.models import Profile
from course.reviews.peer_reading import exchange_of
from course.runs.models import Attendance, Membership, Run, Team
from course.runs.rules import GateState
from course.runs.service import members
from course.teams.reading import seated
from course.teams.rules import kept_apart
from course.work.models import Release, Work
from course.work.standing import standing
from tests.clients import Client, sign_in
from tests.factories import NOW, course

HOMEWORK, LOG, SHEET = "gp-23.homework", "gp-21.log", "gp-13.worksheet"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The demo as it is served, built once: the tests here only look at it."""
    app = create_app(demo_settings(tmp_path_factory.mktemp("demo"), 0))
    app.testing = True
    app.extensions["demo_accounts"] = build(app, NOW)
    yield app
    app.extensions[EXTENSION].dispose()


@pytest.fixture
def demo(site: Flask) -> Iterator[Session]:
    """What it holds."""
    with new_session(site.extensions[EXTENSION]) as session:
        yield session


def run_of(session: Session, name: str) -> Run:
    return session.scalars(select(Run).where(Run.name == LATER[name])).one()


def people(session: Session, run: Run) -> dict[str, Membership]:
    """The participants by the first name in the address."""
    return {m.person.email.partition(".")[0]: m for m in members(session, run.id) if m.role == "participant"}


def states(session: Session, run: Run, activity_id: str) -> Counter[str]:
    rows = session.execute(
        select(Work.state, Work.projection).where(Work.run_id == run.id, Work.activity_id == activity_id)
    )
    return Counter(projection if projection != "none" else state for state, projection in rows)


def test_the_run_between_its_days(demo: Session) -> None:
    run = run_of(demo, "between")
    everybody = people(demo, run)
    assert states(demo, run, "gp-05.case") == {"released": 11, "accepted": 1}
    assert states(demo, run, SHEET) == {"released": 1, "submitted": 1}
    assert states(demo, run, LOG) == {"submitted": 5, "draft": 1}
    assert states(demo, run, HOMEWORK) == {"released": 2, "accepted": 1, "submitted": 2, "draft": 1}
    assert set(
        demo.scalars(
            select(Release.audience).join(Work, Work.id == Release.work_id).where(Work.activity_id == HOMEWORK)
        )
    ) == {"peer"}
    rows = {row.membership_id: row for row in demo.scalars(select(Attendance).where(Attendance.session_key == "day1"))}
    missed, late = rows[everybody["nadia"].id], rows[everybody["torben"].id]
    assert (missed.state, missed.held_in_run_id) == ("planned", demo.scalars(select(func.min(Run.id))).one())
    assert late.from_at is not None
    assert [rows[member.id].state for member in everybody.values()].count("present") == 5


def test_peers_are_paired_and_one_has_got_words_from_both_sides(demo: Session) -> None:
    run = run_of(demo, "between")
    everybody = people(demo, run)
    exchange = exchange_of(demo, run, HOMEWORK, NOW)
    receivers = {pair.receiver_id for pair in exchange.live}
    assert receivers == {pair.giver_id for pair in exchange.live} == exchange.people
    assert everybody["joergen"].id not in receivers
    assert [words.receiver_id for words in exchange.words] == [everybody["torben"].id]
    work = exchange.works[everybody["torben"].id].work
    assert demo.scalars(select(Profile.levels).where(Profile.work_id == work.id)).one()
    waiting = next(pair for pair in exchange.live if pair.receiver_id == everybody["gitte"].id)
    giver = next(member for member in everybody.values() if member.id == waiting.giver_id)
    gate = standing(demo, run, giver).gate(course().activities["gp-23.peer"], NOW)
    assert gate.state is GateState.OPEN


@pytest.mark.parametrize("name", LATER)
def test_nobody_sits_with_somebody_of_the_own_clinic(demo: Session, name: str) -> None:
    run = run_of(demo, name)
    everybody = {one.id: one for one in seated(demo, run, course(), members(demo, run.id))}
    teams = demo.scalars(select(Team).where(Team.run_id == run.id, Team.dissolved_at.is_(None))).all()
    assert sorted(len(team.members) for team in teams) == [2, 3]
    for team in teams:
        here = [everybody[seat.membership_id] for seat in team.members]
        assert all(kept_apart(one, other) is None for one in here for other in here if one is not other)
    assert any(one.tutor_id for one in everybody.values())


def test_the_figures_of_both_runs_are_shown(demo: Session) -> None:
    shown = {}
    for name in LATER:
        run = run_of(demo, name)
        pictures, words = figures(demo, run.id, course())
        shown[name] = {one.title for picture in pictures for one in picture.series if one.is_shown}
        shown[name] |= {one.title for one in words if one.is_shown}
        found = problem_map(demo, run.id, course())
        assert found is not None
        assert found.texts == 2
    assert shown["between"] == {"Hvor sikker er du?", "De næste ti", "Ét minut", "Mine forsøg"}
    assert shown["finished"] == shown["between"] | {
        "Hvor sikker er du nu?", "Min start, set herfra", "De næste ti, anden gang", "Kurset set fra din stol",
        "Holder det i din klinik?",
    }  # fmt: skip


def test_the_finished_run_has_certificates_that_check_out(demo: Session) -> None:
    run = run_of(demo, "finished")
    found = {c.membership.person.name: c for c in certificates.candidates(demo, run, list(people(demo, run).values()))}
    certified = {name for name, one in found.items() if one.certificate}
    assert certified == {"Mette Lindegaard", "Oliver Thorsager", "Bodil Krogsager", "Charlotte Ellegaard"}
    for name in certified:
        certificate = found[name].certificate
        assert certificate is not None
        checked = certificates.check(demo, certificate.number or "")
        assert checked is not None
        assert (checked.printed.name, checked.revoked_at, len(checked.printed.sessions)) == (name, None, 2)
        assert checked.printed.activity_number == run.activity_number != ""
    granted, lacking = found["Hassan Yildirim"], found["Asger Bruunshøj"]
    assert granted.grant is not None
    assert granted.is_complete
    assert [one.activity_id for one in granted.missing] == ["gp-31.attend"]
    assert [one.activity_id for one in lacking.missing] == [LOG, "gp-41.test"]


def test_a_missed_day_was_taken_with_the_other_run(demo: Session) -> None:
    between, finished = run_of(demo, "between"), run_of(demo, "finished")
    member = people(demo, finished)["charlotte"]
    there = certificates.candidate(demo, finished, member).presences["day1"]
    assert there.counts
    assert there.meeting is not None
    assert there.meeting.run_id == between.id


def test_the_organisers_list_shows_who_lacks_what(site: Flask, demo: Session) -> None:
    organiser = demo.scalars(select(Person).where(Person.may_create_runs)).one()
    run = run_of(demo, "finished")
    demo.rollback()
    site.test_client_class = Client
    with time_machine.travel(NOW, tick=False):
        page = sign_in(site, site.test_client(), organiser.id).get(f"/runs/{run.id}/completion").text
    assert "5 af 6 har gennemført. 4 beviser er udstedt." in page
    assert "»Efter-test« er ikke gjort." in page


def test_the_sign_in_page_lists_the_accounts_by_run(site: Flask) -> None:
    accounts = site.extensions["demo_accounts"]
    order = list(GROUPS.values())
    places = [order.index(account.group) for account in accounts]
    assert places == sorted(places)
    assert Counter(places) == {0: 4, 1: 8, 2: 6, 3: 6, 4: 6, 5: 2}
    page = site.test_client().get("/sign-in").text
    headings = [page.index(f"<h3>{group}</h3>") for group in order]
    assert headings == sorted(headings)
    assert page.count("Log ind som ") == len(accounts)


def test_weekends_are_moved() -> None:
    friday = date(2026, 11, 6)
    saturday, sunday, monday = (friday + timedelta(days=days) for days in (1, 2, 3))
    assert [weekday(day) for day in (friday, saturday, sunday, monday)] == [friday, monday, monday, monday]
    assert [nearest_weekday(day) for day in (friday, saturday, sunday, monday)] == [friday, friday, monday, monday]
