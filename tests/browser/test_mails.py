"""The organiser reads and changes the words of the mails: with and without JavaScript, narrow and wide."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_the_words_of_a_mail_are_changed_looked_at_and_taken_back(visit: Open, javascript: bool) -> None:
    window = visit("Birgit", javascript=javascript)
    window.go("/")
    window.page.locator("main a[href^='/runs/']").first.click()
    window.press("Udbakke")
    window.sees_heading("Udbakke")
    if javascript:
        window.check()
    window.press("Se og ret ordene i mailene")
    window.sees("En frist nærmer sig")
    if javascript:
        window.check()
    window.press("En tekst er godkendt")
    if javascript:
        window.check()
    window.write("Emne", "Hej {nvn}")
    window.press("Se, hvordan den bliver")
    window.sees("{nvn} kendes ikke")
    if javascript:
        window.check()
    window.write("Emne", "Godt arbejde, {navn}")
    window.press("Se, hvordan den bliver")
    expect(window.page.locator("section[aria-labelledby=preview]")).to_contain_text("Godt arbejde, ")
    window.sees_not("{nvn}")
    window.press("Gem")
    window.sees("Teksten er gemt")
    window.sees("Dine egne")
    window.press("En tekst er godkendt")
    expect(window.field("subject")).to_have_value("Godt arbejde, {navn}")
    window.press("Brug vores ord igen")
    window.sees("Mailen har vores ord igen")
    window.sees_not("Dine egne")


def test_a_text_written_by_the_keyboard_alone(visit: Open) -> None:
    window = visit("Birgit")
    window.go("/")
    window.page.locator("main a[href^='/runs/']").first.click()
    run = window.page.url.split("?", maxsplit=1)[0].rstrip("/")
    window.go(f"{run}/mails/accepted")
    window.tab_to(window.field("subject"))
    window.key("Control+A")
    window.page.keyboard.type("Fint, {navn}")
    window.tab_to(window.page.get_by_role("button", name="Gem", exact=True))
    window.key("Enter")
    window.sees("Teksten er gemt")
