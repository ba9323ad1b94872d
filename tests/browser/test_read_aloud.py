"""Reading aloud: with the device's own Danish voice, a paragraph at a time; without one there is nothing to press."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Open
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser

STUB = """
const voices = [], listeners = [];
window.said = []; window.now = null; window.silenced = 0;
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => voices,
  speak(one) { said.push(one.text); now = one; },
  cancel() { silenced += 1; const one = now; now = null; one?.onerror?.({ error: "interrupted" }); },
  addEventListener: (name, heard) => listeners.push(heard),
}});
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
window.give = (list) => { voices.splice(0, voices.length, ...list); listeners.forEach((heard) => heard()); };
window.finish = () => { const one = now; now = null; one.onend(); };
"""
DANISH = {"lang": "da-DK", "name": "Dansk", "localService": True}
NOT_OURS = [
    {"lang": "en-GB", "name": "English", "localService": True},
    {"lang": "da-DK", "name": "Dansk på nettet", "localService": False},
    {"lang": "dag", "name": "Dagbani", "localService": True},
]


def module_page(window: Visit) -> Visit:
    """A page of a module of the demo, where somebody has put a voice under the test's hand."""
    if window.javascript:
        window.page.add_init_script(STUB)
    window.go("/runs/1/modules/gp-01/trygt")
    expect(window.page.locator("[data-read-aloud]")).to_be_visible()
    return window


def bar(window: Visit) -> Locator:
    return window.page.get_by_role("group", name="Oplæsning")


def said(window: Visit) -> list[str]:
    return window.page.evaluate("said")


def plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_where_there_is_no_danish_voice_of_its_own_there_is_nothing_to_press(visit: Open) -> None:
    window = module_page(visit("Karen"))
    expect(window.page.locator(".read-aloud")).to_have_count(0)
    window.page.evaluate("list => give(list)", NOT_OURS)
    expect(window.page.locator(".read-aloud")).to_have_count(0)


def test_a_browser_that_cannot_speak_shows_nothing(visit: Open) -> None:
    window = module_page(visit("Karen"))
    window.page.add_init_script("Object.defineProperty(window, 'speechSynthesis', { value: undefined })")
    window.page.reload()
    expect(window.page.locator(".read-aloud")).to_have_count(0)


def test_a_voice_that_comes_late_and_goes_again(visit: Open) -> None:
    window = module_page(visit("Karen"))
    window.page.evaluate("list => give(list)", [*NOT_OURS, DANISH | {"lang": "da_DK"}])
    expect(bar(window)).to_be_visible()
    expect(bar(window).get_by_role("button")).to_have_text(["Læs højt"])
    window.check()
    bar(window).get_by_role("button", name="Læs højt").click()
    window.page.evaluate("give([])")
    expect(bar(window)).to_be_hidden()
    assert window.page.evaluate("now") is None


def test_it_reads_the_whole_page_in_order_and_shows_where_it_is(visit: Open) -> None:
    window = module_page(visit("Karen"))
    window.page.evaluate("list => give(list)", [DANISH])
    bar(window).get_by_role("button", name="Læs højt").click()
    assert window.page.evaluate("[now.lang, now.voice.name]") == ["da-DK", "Dansk"]
    heading = window.page.get_by_role("heading", level=1).inner_text()
    assert said(window) == [heading]
    expect(window.page.locator(".is-read")).to_have_text([heading])
    marked = 0
    for _ in range(500):
        if window.page.evaluate("now === null"):
            break
        here = plain(window.page.locator(".is-read").inner_text())
        assert plain(said(window)[-1]) in here or "," in said(window)[-1]
        marked += 1
        window.page.evaluate("finish()")
    assert marked > 10
    read = plain("".join(said(window)))
    for text in window.page.locator(".prose p").all_inner_texts():
        assert plain(text) in read
    assert "Side" not in said(window)[0]
    assert not any("Jeg har læst" in one or "Læs højt" in one for one in said(window))
    assert max(len(one) for one in said(window)) <= 220
    expect(bar(window).get_by_role("button")).to_have_text(["Læs højt"])
    expect(window.page.locator(".is-read")).to_have_count(0)


def test_pause_goes_on_at_the_same_sentence_and_stop_begins_anew(visit: Open) -> None:
    window = module_page(visit("Karen"))
    window.page.evaluate("list => give(list)", [DANISH])
    window.tab_to(bar(window).get_by_role("button", name="Læs højt"))
    window.page.keyboard.press("Enter")
    window.page.evaluate("finish()")
    second = said(window)[-1]
    window.page.keyboard.press("Space")
    expect(bar(window).get_by_role("button")).to_have_text(["Læs videre", "Stop"])
    assert window.page.evaluate("now") is None
    window.check_axe()
    window.page.keyboard.press("Enter")
    expect(bar(window).get_by_role("button")).to_have_text(["Pause", "Stop"])
    assert said(window)[-2:] == [second, second]
    window.page.keyboard.press("Tab")
    window.page.keyboard.press("Enter")
    expect(bar(window).get_by_role("button")).to_have_text(["Læs højt"])
    expect(bar(window).get_by_role("button")).to_be_focused()
    window.page.keyboard.press("Enter")
    assert said(window)[-1] == said(window)[0]
    window.page.keyboard.press("Escape")
    expect(bar(window).get_by_role("button")).to_have_text(["Læs højt"])
    expect(window.page.locator(".is-read")).to_have_count(0)


def test_leaving_the_page_silences_the_voice(visit: Open) -> None:
    window = module_page(visit("Karen"))
    window.page.evaluate("list => give(list)", [DANISH])
    bar(window).get_by_role("button", name="Læs højt").click()
    before = window.page.evaluate("silenced")
    assert window.page.evaluate("dispatchEvent(new Event('pagehide')), silenced") > before


def test_nothing_is_kept_or_sent(visit: Open) -> None:
    window = module_page(visit("Karen"))
    asked: list[str] = []
    window.page.on("request", lambda request: asked.append(request.url))
    window.page.evaluate("list => give(list)", [DANISH])
    bar(window).get_by_role("button", name="Læs højt").click()
    window.page.evaluate("finish()")
    assert asked == []
    assert window.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_without_javascript_there_is_nothing_to_press(visit: Open) -> None:
    window = module_page(visit("Karen", javascript=False))
    expect(window.page.locator(".read-aloud")).to_have_count(0)
