"""Striking out by marking, and holding the lease, in a real browser; served from disk without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

import course.reviews
from course.guard import Finding
from course.reviews.marking import Strike, as_html, segments

pytestmark = pytest.mark.browser

STATIC = Path(course.reviews.__file__).parent / "static"
ORIGIN = "http://reviews.test"
TEXT = "🙂 Hanne ringede.\n\nHanne kom 👩‍⚕️ igen til é Bo."
HANNE, BO = TEXT.index("Hanne", 5), TEXT.index("Bo")
MARKED = as_html(
    "did",
    segments(
        TEXT,
        [Strike(1, "did", 2, 7, "[navn]")],
        [
            Finding(HANNE, HANNE + 5, "name", "amber", "Hanne", "[navn]"),
            Finding(BO, BO + 2, "name", "amber", "Bo", "[mand]"),
        ],
        set(),
    ),
)
PAGE = f"""<!doctype html><html lang="da"><head><title>Tekst</title><meta name="csrf-token" content="t"></head><body>
<form data-review><div data-texts><p>{MARKED}</p><p><span data-path="wanted">Noget andet</span></p></div>
<section data-redact><details><summary>Streg ud</summary>
<input name="path"><input name="start"><input name="end"><input name="words"><input name="replacement">
<select name="field"><option></option><option>did</option><option>wanted</option></select>
<button id="strike-button" value="strike-words">Streg ud</button></details></section>
<div data-lease="/lease" data-mine="yes" data-state="submitted"><p data-lease-lost hidden></p></div>
<textarea id="comment"></textarea></form>
<script type="module" src="/static/redact.js"></script>
<script type="module" src="/static/lease.js"></script></body></html>"""
EVERY_SELECTION = """async (text) => {
  const { marked } = await import("/static/redact.js");
  const root = document.querySelector('[data-path="did"]');
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const places = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.parentElement.closest("[data-aside]")) continue;
    let offset = 0;
    for (const sign of node.data) { places.push([node, offset, offset + sign.length]); offset += sign.length; }
  }
  const whole = [...text], wrong = [], selection = getSelection(), range = document.createRange();
  for (let start = 0; start < whole.length; start += 1) {
    for (let end = start + 1; end <= whole.length; end += 1) {
      range.setStart(places[start][0], places[start][1]);
      range.setEnd(places[end - 1][0], places[end - 1][2]);
      selection.removeAllRanges();
      selection.addRange(range);
      const found = marked(selection);
      const asked = whole.slice(start, end).join("");
      const right = asked.trim() === ""
        ? found === null
        : found && found.path === "did" && found.text === asked.trim()
          && whole.slice(found.start, found.end).join("") === asked.trim() && found.start >= start && found.end <= end;
      if (!right) wrong.push([start, end, found]);
    }
  }
  return { signs: places.length, wrong };
}"""
MARK = """([path, text]) => {
  const walker = document.createTreeWalker(document.querySelector(`[data-path="${path}"]`), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.data.lastIndexOf(text);
    if (at < 0 || walker.currentNode.parentElement.closest("[data-aside]")) continue;
    getSelection().setBaseAndExtent(walker.currentNode, at, walker.currentNode, at + text.length);
  }
}"""


@pytest.fixture(scope="module")
def browser_page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    yield page
    page.close()


@pytest.fixture
def page(browser_page: Page) -> Iterator[Page]:
    """The text on a page, with the scripts of the review page."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path.startswith("/static/"):
            source = (STATIC / path.removeprefix("/static/")).read_text(encoding="utf-8")
            route.fulfill(body=source, content_type="text/javascript; charset=utf-8")
        elif path == "/lease":
            route.fulfill(json={"mine": False, "by": "Jens Juul", "until": "14.10", "state": "submitted"})
        else:
            route.fulfill(body=PAGE, content_type="text/html; charset=utf-8")

    browser_page.route("**/*", answer)
    browser_page.goto(f"{ORIGIN}/")
    yield browser_page
    browser_page.unroute("**/*")


def test_whatever_is_marked_is_counted_in_code_points(page: Page) -> None:
    found = page.evaluate(EVERY_SELECTION, TEXT)
    assert found["signs"] == len(TEXT)
    assert found["wrong"] == []


def test_a_marked_word_fills_the_form_with_the_guards_proposal(page: Page) -> None:
    page.evaluate(MARK, ["did", "Bo"])
    expect(page.locator("[name=words]")).to_have_value("Bo")
    expect(page.locator("[name=replacement]")).to_have_value("[mand]")
    expect(page.locator("[name=start]")).to_have_value(str(BO))
    expect(page.locator("[name=field]")).to_have_value("did")
    expect(page.locator("#strike-button")).to_have_attribute("value", "strike")
    page.evaluate(MARK, ["wanted", "andet"])
    expect(page.locator("[name=replacement]")).to_have_value("[…]")
    expect(page.locator("[name=path]")).to_have_value("wanted")
    page.locator("[name=words]").fill("noget helt andet")
    expect(page.locator("#strike-button")).to_have_attribute("value", "strike-words")


def test_a_selection_over_two_answers_marks_nothing(page: Page) -> None:
    page.evaluate(
        """() => {
          const [a, b] = document.querySelectorAll("[data-path]");
          getSelection().setBaseAndExtent(a.firstChild, 0, b.firstChild, 3);
        }"""
    )
    assert page.evaluate("import('/static/redact.js').then((m) => m.marked(getSelection()))") is None


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"mine": True, "by": "Mette", "until": "14.10", "state": "submitted"}, ""),
        (
            {"mine": False, "by": "Jens", "until": "14.10", "state": "submitted"},
            "Jens har overtaget teksten og læser den til kl. 14.10.",
        ),
        (
            {"mine": False, "by": None, "until": None, "state": "accepted"},
            "Teksten står anderledes nu. Åbn siden igen, før du afgør den.",
        ),
    ],
)
def test_a_lost_lease_is_told(page: Page, answer: dict[str, object], says: str) -> None:
    asked = "(answer) => import('/static/lease.js').then((m) => m.news(answer, 'submitted'))"
    assert page.evaluate(asked, answer) == says


def test_the_lease_is_asked_for_again_only_after_a_sign_of_life(page: Page) -> None:
    page.clock.install()
    page.reload()
    page.clock.run_for(5 * 60 * 1000)
    assert page.locator("[data-lease-lost]").is_hidden()
    page.locator("#comment").press("a")
    page.clock.run_for(5 * 60 * 1000)
    expect(page.locator("[data-lease-lost]")).to_have_text(
        "Jens Juul har overtaget teksten og læser den til kl. 14.10."
    )
