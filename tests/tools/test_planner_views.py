"""The planners as pages and documents: what fits and what does not, one's own works put in, and nothing kept."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.runs import service as runs
from course.runs.models import Membership
from tests.factories import NOW, actor_of, course, make_person, packed
from tests.printing.pdfua import faults
from tests.tools.test_never_stored import assert_nothing_left, writable  # noqa: F401
from tests.wholerun import answers

pytestmark = pytest.mark.one_database  # tools and planners ask the database only who is there


SignIn = Callable[[Person], FlaskClient]
MEETING = {"people": "12", "minutes": "30", "technique": "igp", "vote": "dots", "question": "zqtunge zqkasser",
           "when": "zqtorsdag klokken to"}  # fmt: skip
RULES = {
    "rules-0-what": "Vi bærer zqto, når det er over 15 kilo", "rules-0-owner": "zqformanden",
    "rules-0-unless": "kassen zqventer", "rules-0-consent": "2", "rules-1-what": "zqgod tone", "review": "",
}  # fmt: skip
DISCUSSION = {"again": "zqvi ringer på anden dag", "different": "zqlederen skriver det ned", "goal": "zqto bukke",
              "ideas-0-idea": "zqrampen"}  # fmt: skip


@pytest.fixture
def reader(session: Session, client_for: SignIn) -> FlaskClient:
    return client_for(make_person(session, "Ida Prøve"))


def test_a_plan_that_fits(reader: FlaskClient) -> None:
    page = reader.post("/tools/meeting", data=MEETING).get_data(as_text=True)
    assert "Jeres plan: 30 min. med IGP" in page
    assert "zqtunge zqkasser" in page
    assert "Ingen skal fortælle om sit helbred" in page


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"people": "6", "technique": "one-two-four"}, 200, "I er 6, så planen bruger i stedet IGP"),
        ({"minutes": "20"}, 200, "Der mangler 4 min."),
        ({"technique": "cafe", "minutes": "20", "vote": ""}, 200, "Det her passer til jer:"),
        ({"people": "1"}, 422, "Hvor mange er I?"),
        ({"minutes": "mange"}, 422, "Hvor mange minutter har I?"),
        ({"technique": "dans"}, 422, "Hvilken måde?"),
        ({"question": "Ring til 20 30 40 50"}, 200, "Se på disse ord"),
        ({"question": "Hvad siger Karen Holm?"}, 200, "Se på disse ord"),
    ],
)
def test_what_the_meeting_planner_says(reader: FlaskClient, changes: dict[str, str], status: int, said: str) -> None:
    answer = reader.post("/tools/meeting", data=MEETING | changes)
    assert answer.status_code == status
    assert said in answer.get_data(as_text=True)


@pytest.mark.usefixtures("documents_as_written")
@pytest.mark.parametrize("kind", ["pdf", "word"])
@pytest.mark.parametrize("paper", ["plan", "handout", "poster", "note"])
def test_every_paper_of_a_meeting(reader: FlaskClient, paper: str, kind: str) -> None:
    answer = reader.post(f"/tools/meeting/{paper}/{kind}", data=MEETING)
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "helbred" in answer.get_data().decode("utf-8", "replace").encode().decode("unicode_escape", "ignore")
    assert reader.post(f"/tools/meeting/{paper}/{kind}", data=MEETING | {"minutes": "5"}).mimetype == "text/html"


def test_the_slides_are_the_plan(reader: FlaskClient) -> None:
    page = reader.post("/tools/meeting/slides", data=MEETING).get_data(as_text=True)
    assert page.count('class="slide"') == 8
    assert page.index("Sådan holder vi mødet") < page.index("Skriv alene") < page.index("Luk")
    assert "8 af 8" in page


def test_hints_on_ground_rules(reader: FlaskClient) -> None:
    page = reader.post("/tools/ground-rules", data=RULES).get_data(as_text=True)
    for said in ("En er på 2.", "Det er et pænt ord.", "I har 2.", "Uden en dato"):
        assert said in page, said


@pytest.mark.usefixtures("documents_as_written")
@pytest.mark.parametrize("url", [
    "/tools/ground-rules/sheet/pdf", "/tools/ground-rules/poster/pdf", "/tools/ground-rules/sheet/word",
    "/tools/discussion/pdf", "/tools/discussion/word",
])  # fmt: skip
def test_empty_prints(reader: FlaskClient, url: str) -> None:
    assert reader.get(url).status_code == 200


@pytest.mark.parametrize(("url", "data", "pages"), [
    ("/tools/ground-rules/poster/pdf", RULES, 1), ("/tools/ground-rules/sheet/pdf", RULES, 1),
    ("/tools/meeting/plan/pdf", MEETING, 2), ("/tools/meeting/note/pdf", MEETING, 1),
    ("/tools/meeting/handout/pdf", MEETING, 1), ("/tools/meeting/poster/pdf", MEETING, 1),
    ("/tools/discussion/pdf", DISCUSSION, 1),
])  # fmt: skip
def test_documents_keep_pdf_ua_and_their_pages_of_a4(
    reader: FlaskClient, url: str, data: dict[str, str], pages: int
) -> None:
    made = reader.post(url, data=data).data
    assert faults(made) == []
    printed = PdfReader(io.BytesIO(made)).pages
    assert len(printed) <= pages
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in printed} == {(595, 842)}


def test_word_documents_are_word(reader: FlaskClient) -> None:
    assert reader.post("/tools/meeting/plan/word", data=MEETING).data.startswith(b"PK")


def test_nothing_of_it_is_kept(
    app: Flask, engine: Engine, reader: FlaskClient, writable: Path, caplog: pytest.LogCaptureFixture  # noqa: F811
) -> None:  # fmt: skip
    for url, data in (
        ("/tools/meeting", MEETING), ("/tools/meeting/slides", MEETING), ("/tools/meeting/plan/pdf", MEETING),
        ("/tools/meeting/poster/word", MEETING), ("/tools/ground-rules", RULES),
        ("/tools/ground-rules/sheet/pdf", RULES), ("/tools/discussion", DISCUSSION),
        ("/tools/discussion/pdf", DISCUSSION),
    ):  # fmt: skip
        answer = reader.post(url, data=data)
        assert answer.status_code == 200, url
        assert "no-store" in answer.headers["Cache-Control"], url
    words = {word.strip(",") for data in (MEETING, RULES, DISCUSSION) for text in data.values()
             for word in text.split() if word.startswith("zq")}  # fmt: skip
    assert_nothing_left(app, engine, writable, caplog, reader, words)


# -- one's own works ---------------------------------------------------------------------------------------------------


@pytest.fixture
def oda(session: Session) -> Membership:
    """An AMR in a run of the course, after its second session."""
    olga = make_person(session, "Olga", may_create_runs=True)
    starts = NOW - timedelta(days=40)
    run = runs.create_run(
        session, actor=actor_of(olga), now=starts - timedelta(days=10), course=course("amr"), packed=packed("amr"),
        name="AMR", cluster="", meetings={
            "session1": runs.Meeting(starts, starts + timedelta(hours=2), ""),
            "session2": runs.Meeting(NOW - timedelta(days=2), NOW - timedelta(days=2, hours=-2), ""),
        },
    )  # fmt: skip
    person = make_person(session, "Oda")
    member = runs.add_member(session, actor=actor_of(olga), now=starts, run=run, person_id=person.id,
                             role=runs.Role.PARTICIPANT)  # fmt: skip
    member.person = person
    return member


def write(session: Session, member: Membership, activity_id: str, **changes: object) -> None:
    from course.demo.pen import write as save

    form = course("amr").activities[activity_id].form
    assert form is not None
    save(session, course("amr"), member, activity_id, answers(form) | changes, NOW)


def test_ones_own_works_are_put_in(session: Session, oda: Membership, client_for: SignIn) -> None:
    rules = [{"what": f"Hos os bytter vi klokken {n}", "owner": "alle", "consent": "4"} for n in range(1, 6)]
    write(session, oda, "amr-24.rules", rules=rules)
    write(session, oda, "amr-06.plan", size="many", length="long", technique="cafe")
    write(session, oda, "amr-33.review", again="Vi ringer på anden dag")
    with time_machine.travel(NOW, tick=False):
        client = client_for(oda.person)
        here = f"/runs/{oda.run_id}/activities"
        editor = client.get(f"{here}/amr-24.rules/planner").get_data(as_text=True)
        assert "Hos os bytter vi klokken 5" in editor
        assert "bliver ikke gemt" in editor
        plan = client.get(f"{here}/amr-06.plan/planner")
        assert plan.location.startswith("/tools/meeting?")
        assert "med Café</h2>" in client.get(plan.location).get_data(as_text=True)
        yearly = client.get(f"{here}/amr-33.review/planner").get_data(as_text=True)
        assert "Vi ringer på anden dag" in yearly
        assert "Hos os bytter vi klokken 1" in yearly
        assert client.get(f"{here}/amr-11.log/planner").status_code == 404
        assert f"{here}/amr-24.rules/planner" in client.get(f"{here}/amr-24.rules/main").get_data(as_text=True)
        stranger = client_for(make_person(session, "Fremmed"))
        assert stranger.get(f"{here}/amr-24.rules/planner").status_code == 404
