"""The demo's AMR runs: everybody at the point the sign-in page promises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask, url_for
from sqlalchemy import select

from course.accounts.models import Person
from course.certificates.models import Certificate
from course.db.session import EXTENSION, new_session
from course.demo.amr import LIVE_RUN, OWN_RUN
from course.demo.build import DemoAccount
from course.organising.figures import logs_side_by_side
from course.runs.contents import course_of
from course.runs.models import Attendance, Membership, Run
from course.teams import reading
from course.work.models import PeerPair, Work
from tests.clients import Client, sign_in
from tests.factories import NOW


def test_everybody_stands_where_the_demo_says(app: Flask, accounts: tuple[DemoAccount, ...]) -> None:
    assert sum("AMR Lillebæk" in account.group for account in accounts) == 8
    with new_session(app.extensions[EXTENSION]) as session:
        live, own = (session.scalars(select(Run).where(Run.name == name)).one() for name in (LIVE_RUN, OWN_RUN))
        assert live.sessions[0].ends_at < NOW < live.sessions[1].starts_at < NOW + timedelta(days=8)
        assert own.is_own_time
        assert own.sessions[-1].ends_at < NOW
        states = {
            person.email.partition(".")[0]: (work.state, work.projection)
            for person, work in session.execute(
                select(Person, Work)
                .join(Membership, Membership.person_id == Person.id)
                .join(Work, Work.membership_id == Membership.id)
                .where(Work.activity_id == "amr-11.log", Work.run_id == live.id)
            )
        }
        assert states == {
            "oda": ("accepted", "released"), "wafa": ("accepted", "released"), "benny": ("returned", "none"),
            "karsten": ("submitted", "none"), "tove": ("submitted", "none"),
        }  # fmt: skip
        pictures, count = logs_side_by_side(session, live.id, course_of(session, live))
        assert count == 5
        assert any(picture.is_shown for picture in pictures)
        assert set(session.scalars(select(Attendance.how).join(Membership).where(Membership.run_id == own.id))) == {
            "talk"
        }
        assert [len(team.members) for team in reading.teams(session, own.id, "session2")] == [2]
        assert len(session.scalars(select(PeerPair).where(PeerPair.run_id == own.id)).all()) == 2
        (holder,) = session.scalars(
            select(Person.email)
            .join(Membership, Membership.person_id == Person.id)
            .join(Certificate, Certificate.membership_id == Membership.id)
            .where(Certificate.run_id == own.id)
        )
        assert holder == "gudrun.palsgaard@demo.example"


FILLED = {"session_key": "session1", "activity_id": "amr-11.log", "slot": "main", "number": 1}
FOREIGN = re.compile(
    r"\b(patient|kliniker|klinik|uddannelseslæge|tutor|kursusdag|læge|praksis)\w*|"
    r"(?:holdets|jeres|dit|egne|frigivne?|ingen|andet|grupper og) forløb"
)
OF_THE_CONTENT = {"learning.module", "learning.case", "learning.cases"}
"""What authors write may name a doctor."""


def pages_of(app: Flask, run_id: int) -> Iterator[str]:
    """Every page of a run that needs no number of an object."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            known = rule.arguments <= {"run_id", *FILLED} and "run_id" in rule.arguments
            if known and "GET" in (rule.methods or ()) and rule.endpoint not in OF_THE_CONTENT:
                yield url_for(
                    rule.endpoint, run_id=run_id, **{name: FILLED[name] for name in rule.arguments & set(FILLED)}
                )


@pytest.mark.one_database
@pytest.mark.usefixtures("accounts", "documents_as_written")
def test_no_page_of_an_amr_run_speaks_of_doctors_or_patients(app: Flask) -> None:
    """Whoever looks, on whichever page of the run."""
    with new_session(app.extensions[EXTENSION]) as session:
        people = {person.email.partition(".")[0]: person.id for person in session.scalars(select(Person))}
        runs = {name: session.scalars(select(Run.id).where(Run.name == name)).one() for name in (LIVE_RUN, OWN_RUN)}
    seen, wrong = 0, []
    for name, participant in ((LIVE_RUN, "oda"), (OWN_RUN, "gudrun")):
        for who in (participant, "sidsel", "birgit"):
            app.test_client_class = Client
            client = sign_in(app, app.test_client(), people[who])
            for url in pages_of(app, runs[name]):
                answer = client.get(url, follow_redirects=True)
                if answer.status_code == 200 and answer.mimetype == "text/html":
                    seen += 1
                    main = answer.get_data(as_text=True).lower().partition("<main")[2].partition("</main>")[0]
                    said = re.sub(r"<[^>]*>", " ", main)
                    wrong += [(who, url, found[0]) for found in FOREIGN.finditer(said)]
    assert wrong == []
    assert seen > 60


def test_a_session_in_ones_own_time_has_a_day_and_no_clock(app: Flask, accounts: tuple[DemoAccount, ...]) -> None:
    assert accounts
    with new_session(app.extensions[EXTENSION]) as session:
        run = session.scalars(select(Run).where(Run.name == OWN_RUN)).one()
        gudrun = session.scalars(select(Person.id).where(Person.email.startswith("gudrun."))).one()
    app.test_client_class = Client
    page = sign_in(app, app.test_client(), gudrun).get(f"/runs/{run.id}/path").get_data(as_text=True)
    assert "Kan tages fra" in page
    assert "kl. 6.00" not in page
