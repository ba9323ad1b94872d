"""The tools in a real browser: every page without a fault, the phone's pocket card, and nothing kept by the browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from course.app import create_app
from course.config import Settings
from course.content.catalogue import FieldType
from course.db.engine import WRITE
from course.db.session import EXTENSION, new_session
from tests.browser.visit import Visit
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.clients import sign_in
from tests.conftest import SECRET
from tests.factories import ROOT, make_person
from tests.serving import serving
from tests.tools.filling import NUMBERS, filled, tool, words_of

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a real server, and the cookie of somebody signed in."""
    folder = tmp_path_factory.mktemp("site")
    settings = Settings(
        instance=folder,
        database_url=f"sqlite:///{folder / 'course.db'}",
        secret_key=SECRET,
        base_url="http://localhost",
        content_root=ROOT,
    )
    app = create_app(settings)
    app.testing = True
    with new_session(app.extensions[EXTENSION]) as session:
        session.connection(execution_options={WRITE: True})
        person_id = make_person(session, "Ida Prøve").id
        session.commit()
    cookie = sign_in(app, app.test_client(), person_id).get_cookie("course")
    assert cookie is not None
    with serving(lambda _: app) as (_app, url):
        yield url, cookie.value
    app.extensions[EXTENSION].dispose()


@pytest.fixture
def opened(site: tuple[str, str], chromium: Browser) -> Iterator[Open]:
    """A function that opens a window at an address, signed in or not; what a page does wrong fails the test."""
    url, cookie = site
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_at(address: str, *, signed_in: bool = True, **values: Any) -> Page:
        context = chromium.new_context(base_url=url, locale="da-DK", **values)
        contexts.append(context)
        if signed_in:
            context.add_cookies([{"name": "course", "value": cookie, "url": url}])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith((url, "data:")) else faults.append(asked.url))
        page.goto(address)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert faults == []


def fill(page: Page, nr: int) -> None:
    """Write in every field that is not a row or a list."""
    data = filled(tool(nr))
    for field in tool(nr).form.fields.values():
        value = data[field.id]
        match field.type:
            case FieldType.TEXT | FieldType.LINE | FieldType.DATE:
                page.fill(f"[name='{field.id}']", value)
            case FieldType.CHOICE | FieldType.SCALE:
                page.check(f"#{field.id}-{value}")
            case FieldType.ROWS:
                page.fill(f"[name='{field.id}-0-{field.columns[0].id}']", value[0][field.columns[0].id])
            case _:
                pass


@pytest.mark.parametrize("nr", NUMBERS)
def test_every_tool_empty_and_filled_in(opened: Open, nr: int) -> None:
    page = opened(f"/tools/{nr}")
    visit = Visit(page, "", javascript=True)
    visit.check()
    fill(page, nr)
    page.locator(".tool-take button:not([formaction])").click()
    expect(page.locator("#result")).to_be_visible()
    visit.check()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    visit.check_width()


def test_the_list(opened: Open) -> None:
    Visit(opened("/tools"), "", javascript=True).check()


def test_the_pocket_card_fits_on_one_screen_of_a_phone_and_can_be_read(opened: Open) -> None:
    page = opened("/lommekort", signed_in=False, viewport=PHONE, java_script_enabled=False)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sizes = page.locator("summary > *").evaluate_all("all => all.map(e => parseFloat(getComputedStyle(e).fontSize))")
    assert len(sizes) == 7 * 3, "a name and two phrases each"
    assert min(sizes) >= 15
    smallest = (
        "Math.min(...[...document.querySelectorAll('main *')].map(e => parseFloat(getComputedStyle(e).fontSize)))"
    )
    assert page.evaluate(smallest) >= 13
    rows = page.locator("summary")
    for place in range(7):
        box = rows.nth(place).bounding_box()
        assert box is not None
        assert box["height"] >= 44
    expect(page.get_by_text("Lad patienten prøve en bevægelse hos dig")).to_be_hidden()
    rows.nth(6).click()
    expect(page.get_by_text("Lad patienten prøve en bevægelse hos dig")).to_be_visible()
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_the_pocket_card_has_no_fault_open_or_closed(opened: Open) -> None:
    page = opened("/lommekort", signed_in=False)
    visit = Visit(page, "", javascript=True)
    visit.check()
    page.locator("summary").first.click()
    visit.check()


@pytest.mark.parametrize("javascript", [True, False])
def test_words_survive_taking_the_sheet_along_and_nothing_stays(opened: Open, javascript: bool) -> None:
    page = opened("/tools/12", java_script_enabled=javascript, accept_downloads=True)
    page.fill("[name=tasks]", "løfter kasser")
    for button in ("Hent som PDF", "Hent som Word"):
        with page.expect_download() as taken:
            page.get_by_role("button", name=button).click()
        assert taken.value.suggested_filename.startswith("redskab-12")
        expect(page.locator("[name=tasks]")).to_have_value("løfter kasser")
    page.get_by_role("button", name="Se arket igennem").click()
    expect(page.locator("[name=tasks]")).to_have_value("løfter kasser")
    assert "kasser" not in page.url
    if javascript:
        kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, history.state])")
        assert "kasser" not in kept
    page.get_by_role("link", name="Ryd arket").click()
    expect(page.locator("[name=tasks]")).to_have_value("")


def test_words_are_pointed_at_while_one_writes_and_are_not_changed(opened: Open) -> None:
    page = opened("/tools/4")
    with page.expect_response("**/guard/rules.json*"):
        page.reload()
    field = page.locator("[name=tasks]")
    field.fill("Spørg Bente på 20 30 40 50 den 3. december 2026")
    field.blur()
    note = page.locator(".pointed")
    expect(note).to_contain_text("»20 30 40 50« (et telefonnummer)")
    expect(note).to_contain_text("»Bente« (et navn)")
    expect(note).not_to_contain_text("december")
    expect(field).to_have_value("Spørg Bente på 20 30 40 50 den 3. december 2026")
    Visit(page, "", javascript=True).check_axe()
    field.fill("løfter kasser")
    field.blur()
    expect(note).to_be_hidden()


def test_by_keyboard_alone(opened: Open) -> None:
    page = opened("/tools/2")
    visit = Visit(page, "", javascript=True)
    visit.tab_to(page.locator("[name=goal]"))
    page.keyboard.type("Blive på mit hold")
    visit.tab_to(page.locator(".tool-take button:not([formaction])"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Se på målet én gang til")).to_be_visible()


def kept_by(chromium: Browser, site: tuple[str, str], folder: Path, *, javascript: bool) -> set[str]:
    """The words of a sheet that are found in the files of a browser's profile after it was looked at."""
    url, cookie = site
    data = filled(tool(10))
    context = chromium.browser_type.launch_persistent_context(
        folder, executable_path=CHROMIUM, args=list(ARGUMENTS), base_url=url, java_script_enabled=javascript
    )
    context.add_cookies([{"name": "course", "value": cookie, "url": url}])
    page = context.new_page()
    page.goto("/tools/10")
    fill(page, 10)
    page.locator(".tool-take button:not([formaction])").click()
    expect(page.locator("#result")).to_be_visible()
    assert page.input_value("[name=plan]") == data["plan"]
    if javascript:
        kept = page.evaluate(
            "async () => JSON.stringify([await caches.keys(), await indexedDB.databases(), {...localStorage},"
            " {...sessionStorage}, document.cookie, history.state, history.length])"
        )
        assert kept == '[[],[],{},{},"",null,2]'
    page.goto("/tools")
    context.close()
    held = [file.read_bytes() for file in folder.rglob("*") if file.is_file()]
    assert any(b"/tools/10" in one for one in held), "the profile is not where the browser keeps things"
    return {word for word in words_of(data) for one in held if word.encode() in one or word.encode("utf-16-le") in one}


def test_a_browser_keeps_nothing_of_a_sheet_in_its_own_files(
    site: tuple[str, str], chromium: Browser, tmp_path: Path
) -> None:
    """Not in storage, cache, history or the memory of its open tabs."""
    assert kept_by(chromium, site, tmp_path / "with", javascript=True) == set()
    # Without JavaScript the sheet is posted to a page, which a browser remembers with its tabs: the search finds it.
    assert kept_by(chromium, site, tmp_path / "without", javascript=False) != set()


def test_looking_again_and_again_works_in_the_place_of_the_page(opened: Open) -> None:
    page = opened("/tools/2")
    for text, heading in (("Have det bedre", "Se på målet én gang til"), ("x" * 401, "Der er noget, der skal rettes")):
        page.locator("[name=concrete]").evaluate("(e, text) => { e.value = text }", text)
        page.locator(".tool-take button:not([formaction])").click()
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        expect(page.locator("[name=concrete]")).to_have_value(text)
        Visit(page, "", javascript=True).check_axe()
    expect(page).to_have_title(re.compile("^Fejl: "))
    expect(page.locator("#concrete-count")).to_have_text("1 tegn for meget.")
    page.fill("[name=concrete]", "Stå ved bordet")
    expect(page.locator("#concrete-count")).to_have_text("386 tegn tilbage.")


def test_an_expired_sign_in_takes_the_words_along(opened: Open) -> None:
    """The answer is not the sheet: the form is sent as it always was, and the words go through sign-in in the page."""
    page = opened("/tools/12")
    page.fill("[name=tasks]", "løfter kasser")
    page.context.clear_cookies()
    page.locator(".tool-take button:not([formaction])").click()
    expect(page.locator("body")).to_contain_text("Log ind")
    assert "løfter kasser" in page.content()
