"""The pages of the tools: the list, filling in, taking along, and the pocket card."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from docx import Document
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.printing import pdf, word
from course.tools import views
from tests.factories import catalogue, make_person
from tests.printing.pdfua import faults
from tests.tools.filling import NUMBERS, filled, posted, tool, words_of

pytestmark = pytest.mark.one_database  # tools and planners ask the database only who is there


SignIn = Callable[[Person], FlaskClient]


@pytest.fixture
def reader(session: Session, client_for: SignIn) -> FlaskClient:
    """Somebody signed in, in no run at all."""
    return client_for(make_person(session, "Ida Prøve"))


def test_the_list_names_all_with_their_empty_prints(reader: FlaskClient) -> None:
    page = reader.get("/tools").get_data(as_text=True)
    for one in catalogue().tools.values():
        assert f'href="/tools/{one.nr}"' in page
        assert one.title in page
        assert f'href="/tools/{one.nr}/print"' in page
        assert f'href="/tools/{one.nr}/word"' in page
    assert 'href="/lommekort"' in page


def test_the_menu_leads_there(reader: FlaskClient) -> None:
    assert 'href="/tools" aria-current="page">Redskaber' in reader.get("/tools/5").get_data(as_text=True)


@pytest.mark.parametrize("nr", NUMBERS)
def test_every_tool_gives_its_words_back_to_correct(reader: FlaskClient, nr: int) -> None:
    one = tool(nr)
    page = reader.get(f"/tools/{nr}")
    assert page.status_code == 200
    for step in one.form.steps:
        assert step.title in page.get_data(as_text=True)
    data = filled(one)
    answer = reader.post(f"/tools/{nr}", data=posted(one, data))
    assert answer.status_code == 200
    shown = answer.get_data(as_text=True)
    assert [found for found in words_of(data) if found not in shown] == []
    assert 'value="2026-12-04"' in shown or not any(f.type == "date" for f in one.form.fields.values())
    assert "Hent som PDF" in shown
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("nr", [0, 14, 99])
@pytest.mark.parametrize("way", ["", "/print", "/word"])
def test_there_is_no_fourteenth(reader: FlaskClient, nr: int, way: str) -> None:
    assert reader.get(f"/tools/{nr}{way}").status_code == 404
    assert reader.post(f"/tools/{nr}{way}").status_code == 404


def test_a_pdf_is_taken_along_and_the_page_stays(reader: FlaskClient) -> None:
    data = filled(tool(12))
    answer = reader.post("/tools/12/print", data=posted(tool(12), data))
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="redskab-12-seks-trin-til-at.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages).replace("\0", "")
    assert next(words_of(data)) in text


def test_a_word_document_is_taken_along(reader: FlaskClient) -> None:
    data = filled(tool(12))
    answer = reader.post("/tools/12/word", data=posted(tool(12), data))
    assert answer.mimetype == word.MEDIA_TYPE
    assert answer.headers["Content-Disposition"] == 'attachment; filename="redskab-12-seks-trin-til-at.docx"'
    assert answer.headers["Cache-Control"] == "no-store"
    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(answer.data)).paragraphs)
    assert next(words_of(data)) in text


def test_an_empty_print_is_made_once(reader: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    views._empty_print.cache_clear()
    first = reader.get("/tools/2/print")
    assert first.mimetype == "application/pdf"
    assert first.headers["Content-Disposition"].startswith("inline")
    monkeypatch.setattr(pdf.sys, "executable", "/bin/false")
    assert reader.get("/tools/2/print").data == first.data


@pytest.mark.parametrize("way", ["print", "word"])
def test_a_document_that_cannot_be_made_loses_no_word(
    reader: FlaskClient, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(pdf.sys, "executable", "/bin/false")
    data = filled(tool(13))
    answer = reader.post(f"/tools/13/{way}", data=posted(tool(13), data))
    assert answer.status_code == 503
    page = answer.get_data(as_text=True)
    assert "Dokumentet kunne ikke laves lige nu" in page
    assert [found for found in words_of(data) if found not in page] == []


@pytest.mark.parametrize("way", ["", "/print", "/word"])
def test_a_goal_of_ten_thousand_words_is_given_back_with_what_is_wrong(reader: FlaskClient, way: str) -> None:
    long = "zqlang " * 10_000
    answer = reader.post(f"/tools/13{way}", data={"goal": long, "by": "2026-02-31", "sure": "11"})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert page.count("zqlang") == 10_000
    assert "Der er plads til 500" in page
    assert "Vælg en rigtig dato" in page
    assert 'href="#goal"' in page


def test_what_is_typed_cannot_become_markup(reader: FlaskClient) -> None:
    sign = "<script>alert(1)</script>{{7*7}}\x00"
    answer = reader.post("/tools/12", data={"tasks": sign, "steps-0-what": sign, "ideas-0": sign})
    page = answer.get_data(as_text=True)
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}") == 3
    assert reader.post("/tools/12/word", data={"tasks": sign}).status_code == 200


def test_a_vague_goal_is_asked_about_and_printed_all_the_same(reader: FlaskClient) -> None:
    vague = {"goal": "Mere energi", "concrete": "Have det bedre"}
    page = reader.post("/tools/2", data=vague).get_data(as_text=True)
    assert "Se på målet én gang til" in page
    assert "»bedre« kan betyde meget" in page
    clear = {
        "goal": "Blive på mit hold", "concrete": "Stå ved bordet i 2 timer", "measure": "3 dage om ugen",
        "by": "2099-01-04", "sure": "8", "subgoals-0": "En time", "helpers": "Min kollega",
    }  # fmt: skip
    assert "over et år" in reader.post("/tools/2", data=clear).get_data(as_text=True)
    assert reader.post("/tools/2/print", data=vague).mimetype == "application/pdf"


def test_the_barriers_are_shown_as_a_picture_and_in_words(reader: FlaskClient) -> None:
    page = reader.post("/tools/10", data={"fear": "there", "heavy": "maybe"}).get_data(as_text=True)
    assert "Én barriere står i vejen og én barriere gør det måske" in page
    picture = page[page.index('<svg class="gates"') : page.index("</svg>", page.index('<svg class="gates"'))]
    assert [f"rotate({turned})" in picture for turned in (0, -38, -80)] == [True, True, False]
    assert picture.count('stroke-dasharray="5 6"') == 5
    assert 'aria-label="En vej med bomme. Nede: Bange for, at det kommer igen. Halvt nede: Tungt arbejde. ' in picture
    assert page.count("ikke spurgt</td>") == 5
    assert "Forklar, at ondt ikke er det samme som skade" in page
    assert "Det fandt I" not in reader.post("/tools/10", data={}).get_data(as_text=True)


def test_words_are_pointed_at_and_stay(reader: FlaskClient) -> None:
    page = reader.post(
        "/tools/4",
        data={"tasks": "Spørg Bente på 20 30 40 50", "steps-0-when": "3. december 2026", "steps-0-who": "Bente"},
    ).get_data(as_text=True)
    assert "Se på disse ord" in page
    assert "»20 30 40 50«</a> ligner et telefonnummer" in page
    assert page.count("»Bente«") == 1
    assert "ligner en dato" not in page
    assert "Spørg Bente på 20 30 40 50" in page


def test_the_names_on_an_agreement_are_not_pointed_at(reader: FlaskClient) -> None:
    page = reader.post("/tools/3", data={"employee": "Bente Holm", "leader": "Kurt Møller"}).get_data(as_text=True)
    assert "Se på disse ord" not in page
    page = reader.post("/tools/3", data={"employee": "Bente 010190-1234"}).get_data(as_text=True)
    assert "et CPR-nummer" in page


def test_the_proposals_of_a_policy_are_not_pointed_at(reader: FlaskClient) -> None:
    page = reader.get("/tools/9").get_data(as_text=True)
    assert "Hos [arbejdspladsen] skal man" in page
    assert "Se på disse ord" not in reader.post("/tools/9", data=dict(tool(9).starts)).get_data(as_text=True)


# -- the pocket card ---------------------------------------------------------------------------------------------------


def test_the_pocket_card_is_for_anybody_and_remembers_nobody(client: FlaskClient) -> None:
    answer = client.get("/lommekort")
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    for question in tool(10).tables["barriers"].questions:
        assert question.name in page
        assert all(say in page for say in question.say)
    assert "Set-Cookie" not in answer.headers
    assert "<script" not in page
    assert "<input" not in page
    assert "public" in answer.headers["Cache-Control"]
    assert "stale-if-error" in answer.headers["Cache-Control"]
    again = client.get("/lommekort", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_card_of_the_course_calls_the_barriers_what_the_tool_calls_them() -> None:
    barriers = tool(10).tables["barriers"].questions
    *cards, before_all = catalogue().courses["gp"].cards["pocket"].cards
    assert [card.title for card in cards] == [barrier.name for barrier in barriers]
    assert {card.html.count("»") for card in cards} == {2}, "two phrases a barrier"
    assert before_all.title == "Før alt andet"


def test_the_pocket_card_is_the_same_for_somebody_signed_in(reader: FlaskClient, client: FlaskClient) -> None:
    assert reader.get("/lommekort").data == client.get("/lommekort").data


def test_the_pocket_card_is_light(client: FlaskClient) -> None:
    assert len(client.get("/lommekort").data) < 15_000


def test_the_pocket_card_is_printed_for_anybody_and_made_once(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    views._pocket_pdf.cache_clear()
    first = client.get("/lommekort/print")
    assert first.mimetype == "application/pdf"
    assert "Set-Cookie" not in first.headers
    assert faults(first.data) == []
    reader = PdfReader(io.BytesIO(first.data))
    assert len(reader.pages) == 1
    text = "".join(reader.pages[0].extract_text().split())
    for question in tool(10).tables["barriers"].questions:
        assert all("".join(said.split()) in text for said in (question.name, *question.say))
    monkeypatch.setattr(pdf.sys, "executable", "/bin/false")
    assert client.get("/lommekort/print").data == first.data
