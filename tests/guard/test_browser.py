"""The detector and the guarded fields in a real browser, served from disk without a network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from course import guard
from course.guard import bundle

pytestmark = pytest.mark.browser

STATIC = Path(guard.__file__).parent / "static"
VECTORS = json.loads((bundle.DATA / "vectors.json").read_text(encoding="utf-8"))
ORIGIN = "http://guard.test"
PAGE = """<!doctype html><html lang="da"><head><title>Felt</title>
<meta name="guard-rules" content="/guard/rules.json"></head><body>
<form method="post" action="/sent"><label for="story">Forløbet</label>
<textarea id="story" name="story" data-guard="patient">{text}</textarea>
<label for="line">Linje</label><input id="line" name="line" data-guard="patient">
<button>Send</button></form>
<script type="module" src="/static/guard/guard-fields.js"></script></body></html>"""
AGREE = """async (vectors) => {
  const { createDetector } = await import("/static/guard/detector.js");
  const detector = createDetector(await (await fetch("/guard/rules.json")).json());
  return vectors.map(({ text, guard }) => detector.find(text, guard));
}"""


class Site:
    """Answers the browser's requests from disk and remembers what forms were sent."""

    def __init__(self) -> None:
        self.text = ""
        self.rules_status = 200
        self.sent: list[str] = []

    def answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path.startswith("/static/guard/"):
            source = (STATIC / path.removeprefix("/static/guard/")).read_text(encoding="utf-8")
            route.fulfill(body=source, content_type="text/javascript; charset=utf-8")
        elif path == "/guard/rules.json":
            route.fulfill(status=self.rules_status, body=bundle.rules_json(), content_type="application/json")
        elif path == "/sent":
            self.sent.append(route.request.post_data or "")
            route.fulfill(body="<!doctype html><title>Sendt</title>", content_type="text/html")
        else:
            body = PAGE.replace("{text}", self.text)
            route.fulfill(body=body, content_type="text/html; charset=utf-8")


@pytest.fixture(scope="module")
def browser_page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    yield page
    page.close()


@pytest.fixture
def site(browser_page: Page) -> Iterator[Site]:
    answers = Site()
    browser_page.route("**/*", answers.answer)
    yield answers
    browser_page.unroute("**/*", answers.answer)


def opened(page: Page, site: Site, text: str = "") -> Page:
    site.text = text
    page.goto(f"{ORIGIN}/")
    return page


def test_python_and_the_browser_agree_on_every_vector(browser_page: Page, site: Site) -> None:
    opened(browser_page, site)
    answers = browser_page.evaluate(AGREE, VECTORS)
    expected = [guard.as_json(guard.find(vector["text"], vector["guard"])) for vector in VECTORS]
    for vector, answer, wanted in zip(VECTORS, answers, expected, strict=True):
        assert answer == wanted, ascii(vector["text"])


def test_red_is_replaced_when_the_field_is_left(browser_page: Page, site: Site) -> None:
    page = opened(browser_page, site)
    page.get_by_label("Forløbet").press_sequentially("Ring 22456781 nu")
    page.get_by_label("Linje").focus()
    expect(page.get_by_label("Forløbet")).to_have_value("Ring [telefon] nu")
    expect(page.get_by_role("status").first).to_contain_text("[telefon] i stedet for et telefonnummer")
    expect(page.locator("body")).not_to_contain_text("22456781")


def test_red_is_replaced_before_a_form_is_sent(browser_page: Page, site: Site) -> None:
    page = opened(browser_page, site)
    page.get_by_label("Linje").press_sequentially("cpr 140372-1234")
    page.get_by_label("Linje").press("Enter")
    page.wait_for_url("**/sent")
    assert site.sent == ["story=&line=cpr+%5BCPR-nummer%5D"]


def test_what_is_being_written_is_left_alone_until_the_writer_pauses(browser_page: Page, site: Site) -> None:
    page = opened(browser_page, site)
    field = page.get_by_label("Forløbet")
    page.evaluate(
        """async () => {
          const { guardReady, checkField } = await import("/static/guard/guard-fields.js");
          await guardReady;
          const field = document.querySelector("#story");
          field.focus();
          field.value = "Ring 22456781 eller 23456781";
          field.setSelectionRange(28, 28);
          checkField(field, { leaveCaret: true });
        }"""
    )
    expect(field).to_have_value("Ring [telefon] eller 23456781")
    assert field.evaluate("field => field.selectionStart") == 29
    field.evaluate("field => import('/static/guard/guard-fields.js').then((m) => m.checkField(field))")
    expect(field).to_have_value("Ring [telefon] eller [telefon]")


def test_a_better_word_takes_the_placeholders_place(browser_page: Page, site: Site) -> None:
    page = opened(browser_page, site, "Set 12.3.2024 og 13.3.2024.")
    field = page.get_by_label("Forløbet")
    expect(field).to_have_value("Set [dato] og [dato].")
    page.get_by_role("button", name="Vælg et bedre ord end [dato]").nth(1).click()
    page.get_by_label("Skriv i stedet for [dato]").fill("14.3.2024")
    page.get_by_role("button", name="Brug ordet").click()
    expect(page.get_by_role("status").first).to_contain_text("Det ligner stadig en dato")
    page.get_by_label("Skriv i stedet for [dato]").fill("dagen efter")
    page.get_by_role("button", name="Brug ordet").click()
    expect(field).to_have_value("Set [dato] og dagen efter.")


def test_an_amber_word_is_replaced_everywhere_or_confirmed(browser_page: Page, site: Site) -> None:
    page = opened(browser_page, site, "Jeg så Hanne, og Hanne så Netto.")
    expect(page.get_by_text("Se på ordet »Hanne«")).to_have_count(1)
    page.get_by_role("button", name="Skriv »[navn]«").click()
    expect(page.get_by_label("Forløbet")).to_have_value("Jeg så [navn], og [navn] så Netto.")
    page.get_by_role("button", name="Ordet kan blive stående: »Netto«").click()
    expect(page.locator('form input[type="hidden"][name="confirmed"]')).to_have_value("Netto")
    page.get_by_role("button", name="Fortryd").click()
    expect(page.locator('input[name="confirmed"]')).to_have_count(0)


def test_a_form_goes_to_the_server_when_the_rules_cannot_be_had(browser_page: Page, site: Site) -> None:
    site.rules_status = 500
    page = opened(browser_page, site)
    page.get_by_label("Linje").press_sequentially("hej")
    page.get_by_label("Linje").press("Enter")
    page.wait_for_url("**/sent")
    assert site.sent == ["story=&line=hej"]
