"""Writing a statement on a phone in a real browser, with JavaScript and without: beside the case, with the list, to the
model answer and one's own profile. Nothing axe finds, wide and at 320 px, and nothing to scroll sideways.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.work.models import Revision
from tests.browser.visit import NARROW, Visit
from tests.reviews.homework import Group

from .practice import GOAL, PLAN, STATED, STATEMENT, make_practice

pytestmark = pytest.mark.browser

ways = pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
Open = Callable[..., Visit]


@pytest.fixture
def group(session: Session) -> Group:
    group = make_practice(session)
    session.commit()
    return group


@pytest.fixture
def phone(window: Open, group: Group) -> Open:
    """Open Anna's phone."""
    anna = group.members["anna"].person
    return lambda *, javascript: window(anna, javascript=javascript, size=NARROW)


def state_of(page: Page, criterion: str, state: str) -> None:
    """How a criterion stands, in the list and in words."""
    item = page.locator(f'[data-criterion="{criterion}"]')
    expect(item).to_have_attribute("data-state", state)
    expect(item.locator(f'[data-when="{state}"]')).to_be_visible()
    expect(item.locator("[data-when]:visible")).to_have_count(1)


def check(window: Visit) -> None:
    if window.javascript:
        window.check()
    window.check_width()


def address(group: Group, activity_id: str, page: str = "") -> str:
    return f"/runs/{group.run.id}/activities/{activity_id}/main{page}"


@ways
def test_from_the_case_to_the_model_answer(phone: Open, group: Group, javascript: bool) -> None:
    window = phone(javascript=javascript)
    page = window.page
    window.go(address(group, STATEMENT))
    window.sees("Rune sætter lamper op")
    check(window)
    window.press("Begynd")
    window.sees_heading("Runes funktion i ord")
    state_of(page, "number", "missing")
    state_of(page, "no-diagnosis", "waiting")
    check(window)
    page.locator("summary", has_text="Casen: Rune og lofterne").click()
    expect(page.get_by_text("Rune sætter lamper op")).to_be_hidden()

    page.locator("#ability").fill("Kan løfte 8 kg. Har slidgigt.")
    if not javascript:
        window.press("Gem")
    state_of(page, "number", "found")
    state_of(page, "no-diagnosis", "look")
    window.sees("Se på: »slidgigt«")
    if javascript:
        expect(page.locator("[data-criteria-said]")).to_contain_text("Tal med enhed: Fundet.")
    check(window)

    page.locator("#ability").fill(STATED["ability"])
    page.locator("#until").fill(STATED["until"])
    window.press("Gem og se det igennem")
    window.sees_heading("Se igennem og send")
    window.sees("kan kun et menneske sige")
    window.sees_not("samle tavler i brysthøjde")
    check(window)
    window.press("Send teksten")
    window.sees_heading("Tak, vi har modtaget teksten")
    window.press("Se modelsvaret ved siden af dit")
    window.sees("samle tavler i brysthøjde")
    window.sees("Der står, hvad han kan.")
    window.sees(STATED["until"])
    check(window)

    window.press("Sæt din egen profil")
    page.locator('label[for="profile-description-2"]').click()
    check(window)
    window.press("Gem profilen")
    window.sees("Profilerne ved siden af hinanden")
    window.sees("Dig selv")
    check(window)


@ways
def test_trying_again_with_the_old_text_beside(phone: Open, group: Group, javascript: bool) -> None:
    window = phone(javascript=javascript)
    page = window.page
    window.go(address(group, PLAN, "/steps/tasks"))
    page.locator("#tasks").fill("Lamper på loftet")
    window.press("Gem og fortsæt")
    window.sees_heading("Læg en plan")
    page.locator("#steps-0-what").fill("samler tavler")
    window.press("Gem og afslut")
    window.sees_heading("Tak, du er færdig")
    window.press("Se modelsvaret ved siden af dit")
    window.press("Prøv igen")
    window.press("Skriv videre")
    page.locator("summary", has_text="Det, du sendte sidst").click()
    expect(page.locator(".disclosure .answer-text", has_text="Lamper på loftet")).to_be_visible()
    check(window)
    window.go(address(group, PLAN))
    window.sees("Modelsvaret, som du har set")
    window.sees("Det, du har sendt før")
    check(window)


@ways
def test_a_goal_of_ten_thousand_words(phone: Open, group: Group, session: Session, javascript: bool) -> None:
    window = phone(javascript=javascript)
    page, text = window.page, ("ord " * 10_000).strip()
    window.go(address(group, GOAL, "/steps/goal"))
    page.locator("#concrete").fill("Få det bedre")
    page.locator("#goal").fill(text)
    if not javascript:
        window.press("Gem")
    window.sees("Teksten er på 39.999 tegn. Der er plads til 500.")
    window.sees("»bedre« kan betyde meget")
    expect(page.locator("#goal")).to_have_value(text)
    if javascript:
        asked: list[str] = []

        def leave(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.accept()

        page.on("dialog", leave)
        page.close(run_before_unload=True)
        page.wait_for_event("close")
        assert asked == ["beforeunload"], "the text stands on this page alone, and the browser says so"
    session.rollback()
    assert session.scalars(select(Revision.data).order_by(Revision.id.desc())).first() == {"concrete": "Få det bedre"}
