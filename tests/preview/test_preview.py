"""The preview: every page of the sample and the real course, changes seen at once, faults as a page."""

import os
import re
import shutil
import threading
import urllib.request
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.serving import BaseWSGIServer

from course import preview
from course.content.root import REPOSITORY
from course.preview import app as preview_app
from tests.html import must_be_valid

SAMPLE = Path(__file__).parent.parent / "content" / "samplecourse"
BASE = "http://127.0.0.1"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(SAMPLE, tmp_path / "content")
    return tmp_path / "content"


@pytest.fixture
def client(root: Path) -> FlaskClient:
    return preview.create_app(root).test_client()


def text_of(client: FlaskClient, path: str, status: int = 200) -> str:
    with client.get(path, base_url=BASE) as response:
        assert response.status_code == status, path
        return response.get_data(as_text=True)


def change(root: Path, path: str, old: str, new: str) -> None:
    file = root / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    before = file.stat().st_mtime_ns
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    os.utime(file, ns=(before + 1_000_000, before + 1_000_000))


@pytest.mark.parametrize("content", [SAMPLE, REPOSITORY])
def test_every_page_that_can_be_reached_is_there_and_well_formed(content: Path) -> None:
    client = preview.create_app(content).test_client()
    waiting, seen = ["/"], set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        with client.get(path, base_url=BASE) as response:
            assert response.status_code == 200, path
            if response.mimetype == "text/html":
                must_be_valid(response.get_data(as_text=True))
                links = re.findall(r'(?:href|src)="(/[^"#]*)', response.get_data(as_text=True))
                waiting.extend(unescape(link) for link in links)
    assert len(seen) > 15


def test_the_path_says_when_and_why(client: FlaskClient) -> None:
    page = text_of(client, "/courses/demo")
    assert "Frist: 14 dage før Første dag kl. 12.00" in page
    assert "Åbner: 1 dag efter Første dag kl. 8.00" in page
    assert "Venter på, at »Et forløb der gik dårligt« er sendt" in page
    assert "Åbner: holdets åbning" in page


def test_a_page_has_its_activities_links_and_figures(client: FlaskClient) -> None:
    page = text_of(client, "/courses/demo/modules/demo-01/hej")
    assert 'href="/courses/demo/modules/demo-02"' in page
    assert 'href="/courses/demo/modules/demo-01/myter#ryggen-i-ro"' in page
    assert 'src="/courses/demo/figures/demo-01/vej.svg"' in page
    assert 'href="/courses/demo/activities/demo-01.confidence"' in page
    assert "LIX 22" in page


def test_a_form_is_shown_a_step_a_page_with_its_prefill(client: FlaskClient) -> None:
    first = text_of(client, "/courses/demo/activities/demo-02.analysis")
    assert "Patienten ([Aldersgruppe]) ønskede: [Hvad ønskede patienten?]" in unescape(first)
    assert "trin 1 af 2" in first
    second = text_of(client, "/courses/demo/activities/demo-02.analysis/aftale")
    assert "Trinnet åbner: Første dag" in second
    assert "Hvornår begynder du?" in second


def test_every_page_says_whom_it_is_for(client: FlaskClient) -> None:
    for page, words in (
        ("dagen", "Til alle"),
        ("noter", "Noter til kursuslederen"),
        ("tavle", "Til lærredet"),
        ("ark", "Ark til uddeling"),
    ):
        shown = text_of(client, f"/courses/demo/modules/demo-03/{page}")
        assert f"· {words} ·" in shown
    path = text_of(client, "/courses/demo")
    assert "Noter til kursuslederen" in path
    assert 'href="/courses/demo/modules/demo-03/noter"' in path


def test_the_run_sheet_has_the_time_of_every_line(client: FlaskClient) -> None:
    assert 'href="/courses/demo/sheets/day1"' in text_of(client, "/courses/demo")
    page = text_of(client, "/courses/demo/sheets/day1")
    assert re.findall(r"<th scope=\"row\">([^<]+)</th>", page) == [
        "9.00–9.30",
        "9.30–10.30",
        "10.30–10.45",
        "10.45–16.15",
    ]
    assert "7 t. undervisning" in page
    for words in ("dagens spørgsmål", "Navneskilte", "Nøjes med ét forløb.", "Pause", "Tag et billede af tavlen."):
        assert words in page
    assert 'href="/courses/demo/modules/demo-03"' in page


def test_cards_and_rubrics_can_be_seen(client: FlaskClient) -> None:
    cards = text_of(client, "/courses/demo/cards/roles")
    assert "Du mangler <strong>to</strong> folk i dag." in cards
    assert "Træk et kort hver." in cards
    rubric = text_of(client, "/courses/demo/rubrics/reflection")
    assert "også det der ikke skete" in rubric
    assert "Jeg spurgte til arbejdet." in rubric
    assert '<td data-label="Trin">1</td>' in rubric
    assert "Man ser, hvad lægen gjorde, men ikke hvad der skete." in rubric


def test_what_is_special_about_an_activity_is_said(client: FlaskClient) -> None:
    path = text_of(client, "/courses/demo")
    assert "Påmindelse 7 og 2 dage før" in path
    page = text_of(client, "/courses/demo/modules/demo-03")
    assert "Gruppeark: en gruppe skriver det sammen" in page
    assert "Kursusgang: Første dag" in page
    assert "Holdets svar vises samlet som tal" in page
    assert "Der går en mail ud, når den åbner" in page
    assert "her står kursistens fremmøde" in page
    assert "også det der ikke skete" in text_of(client, "/courses/demo/activities/demo-04.peer")


def test_a_rule_that_was_checked_long_ago_is_a_warning(client: FlaskClient, root: Path) -> None:
    change(root, "modules/demo/demo-03/noter.md", "checked: 2026-03-31", "checked: 2019-03-31")
    page = text_of(client, "/faults")
    assert "Der er ingen fejl." in page
    assert "modules/demo/demo-03/noter.md:4" in page
    assert "sidst efterset 2019-03-31" in page


def test_nothing_can_be_sent(client: FlaskClient) -> None:
    page = text_of(client, "/courses/demo/activities/demo-02.case")
    assert 'method="post"' not in page
    with client.post("/courses/demo/activities/demo-02.case", base_url=BASE) as response:
        assert response.status_code == 405


def test_a_quiz_explains_itself_only_when_it_is_answered(client: FlaskClient) -> None:
    path = "/courses/demo/activities/demo-01.myths"
    assert "Bevægelse hjælper." not in text_of(client, path)
    answered = text_of(client, f"{path}?m1=true")
    assert "Bevægelse hjælper." in answered
    assert re.search(r'quiz-option is-chosen is-wrong"', answered)


def test_a_change_is_seen_at_the_next_look(client: FlaskClient, root: Path) -> None:
    before = text_of(client, "/version")
    assert text_of(client, "/version") == before
    change(root, "modules/demo/demo-02/skriv.md", "Skriv fra hukommelsen.", "Skriv, som du husker det.")
    assert text_of(client, "/version") != before
    assert "Skriv, som du husker det." in text_of(client, "/courses/demo/modules/demo-02")


def test_faults_are_a_page_and_go_away_when_mended(client: FlaskClient, root: Path) -> None:
    path = "modules/demo/demo-02/module.yaml"
    text = (root / path).read_text(encoding="utf-8")
    line = text.partition("form: case")[0].count("\n") + 1
    change(root, path, "form: case", "form: cases")
    page = text_of(client, "/courses/demo/modules/demo-01/hej")
    assert f"{path}:{line}" in page
    assert "formularen »cases« findes ikke" in page
    change(root, path, "form: cases", "form: case")
    assert "Hej og velkommen" in text_of(client, "/courses/demo/modules/demo-01/hej")


def test_a_fault_of_language_leaves_the_page_with_a_warning(client: FlaskClient, root: Path) -> None:
    change(root, "modules/demo/demo-02/skriv.md", "Skriv fra", "TODO Skriv fra")
    page = text_of(client, "/courses/demo/modules/demo-02")
    assert "1 fejl i indholdet" in page
    assert "hukommelsen" in page
    assert "modules/demo/demo-02/skriv.md:1" in text_of(client, "/faults")


def test_broken_content_never_gives_a_stack_trace(tmp_path: Path) -> None:
    for root in (Path(__file__).parent.parent / "brokencourse", tmp_path):
        client = preview.create_app(root).test_client()
        for path in ("/", "/faults", "/courses/broken", "/courses/x/activities/y/z"):
            assert "Fejl i indholdet" in text_of(client, path)


def test_what_is_not_there(client: FlaskClient) -> None:
    for path in (
        "/nope",
        "/courses/nope",
        "/courses/demo/modules/nope",
        "/courses/demo/modules/demo-01/nope",
        "/courses/demo/activities/nope",
        "/courses/demo/activities/demo-02.case/nope",
        "/courses/demo/cases/nope",
        "/courses/demo/sheets/day2",
        "/courses/demo/cards/nope",
        "/courses/demo/rubrics/nope",
        "/courses/demo/figures/demo-01/nope.svg",
    ):
        assert "Siden findes ikke" in text_of(client, path, 404)


def test_another_site_cannot_read_it(client: FlaskClient) -> None:
    with client.get("/", base_url="http://example.com") as response:
        assert response.status_code == 400


def test_the_same_strict_policy_as_the_course_itself(client: FlaskClient) -> None:
    with client.get("/", base_url=BASE) as response:
        policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_serve_takes_a_free_port_and_stops(monkeypatch: pytest.MonkeyPatch, capsys, root: Path) -> None:
    answers: list[str] = []

    class Server(BaseWSGIServer):
        """Answers one request and is interrupted."""

        def serve_forever(self, poll_interval: float = 0.5) -> None:
            asking = threading.Thread(target=self.ask)
            asking.start()
            self.handle_request()
            asking.join()
            raise KeyboardInterrupt

        def ask(self) -> None:
            with urllib.request.urlopen(f"{BASE}:{self.port}/version", timeout=10) as answer:
                answers.append(answer.read().decode())

    monkeypatch.setattr(
        preview_app,
        "make_server",
        lambda host, port, app, **rest: Server(host, port, app, rest["request_handler"]),
    )
    preview.serve(root / "modules", 0)
    assert re.fullmatch(r"[0-9a-f]{16}", answers[0])
    assert re.search(r"http://127\.0\.0\.1:\d+/", capsys.readouterr().out)


def test_serve_without_content(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="her er ingen mappe »modules«"):
        preview.serve(tmp_path, 0)
