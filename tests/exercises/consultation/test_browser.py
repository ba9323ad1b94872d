"""A talk in a real browser: by keyboard alone, without JavaScript, at 320 px, and on the screen of a room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.runs.models import Run
from course.runs.rules import Role
from tests.browser.visit import NARROW, Visit
from tests.factories import make_member, make_person
from tests.runs.small_course import make_organiser

from .stage import ACTIVITY, talk_run
from .talks import EXPERT, sample

pytestmark = pytest.mark.browser

TALK = sample()
WORST = ("en-uges-ro", "ro-fasthold", "ring-til-leder", "albuebind", "vendt-fasthold", "ring-hvis")
Open = Callable[..., Visit]


@dataclass
class Stage:
    """A run with the talk on its first day, which is soon."""

    run: Run
    participant: Person
    facilitator: Person

    @property
    def url(self) -> str:
        return f"/runs/{self.run.id}/exercises/{ACTIVITY}"


@pytest.fixture
def stage(session: Session) -> Stage:
    run = talk_run(session, make_organiser(session), datetime.now(UTC) + timedelta(days=30))
    karen = make_member(session, run, make_person(session, "Karen Holm")).person
    maja = make_member(session, run, make_person(session, "Maja Mikkelsen"), Role.FACILITATOR).person
    return Stage(run, karen, maja)


def choose(visit: Visit, choice: str) -> None:
    """Reach a choice with Tab and press Enter on it."""
    button = visit.page.locator(f'button[name="choice"][value="{choice}"]')
    visit.tab_to(button)
    with visit.page.expect_navigation():
        visit.key("Enter")
    expect(visit.page.locator("main")).to_contain_text(TALK.choices[choice].feedback[0])


def look(visit: Visit) -> None:
    """The page holds what every page holds; axe is a script itself and runs where scripts do."""
    if visit.javascript:
        visit.check()
    visit.check_width()


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
def test_a_talk_by_keyboard_on_a_phone(stage: Stage, window: Open, javascript: bool) -> None:
    visit = window(stage.participant, javascript=javascript, size=NARROW)
    visit.go(stage.url)
    look(visit)
    for each in WORST[:2]:
        choose(visit, each)
        look(visit)
    visit.tab_to(visit.page.get_by_role("button", name="Gå et skridt tilbage"))
    visit.key("Enter")
    expect(visit.page.locator(".talk-before")).to_have_text("Det har du prøvet")
    look(visit)
    for each in WORST[1:]:
        choose(visit, each)
    visit.sees("Samtalen endte skidt")
    visit.sees("Ekspertens vej")
    look(visit)
    visit.press("Prøv en anden vej")
    for each in EXPERT:
        visit.page.locator(f'button[name="choice"][value="{each}"]').click()
    visit.sees("Samtalen endte godt")
    look(visit)


def test_the_words_come_in_the_order_they_are_read(stage: Stage, window: Open) -> None:
    visit = window(stage.participant, size=NARROW)
    visit.go(stage.url)
    choose(visit, "femte-dag")
    tops = visit.page.evaluate(
        """() => [".talk-last", "#scene-heading", ".talk-says", ".talk-options", ".talk-counters"]
          .map(name => document.querySelector(name).getBoundingClientRect().top)"""
    )
    assert tops == sorted(tops)
    assert visit.page.url.endswith("#talk")
    buttons = visit.page.locator(".talk-option")
    assert buttons.count() == 2
    for n in range(2):
        box = buttons.nth(n).bounding_box()
        assert box is not None
        assert box["height"] >= 44


def test_the_room_by_keyboard(stage: Stage, window: Open) -> None:
    visit = window(stage.facilitator)
    visit.go(f"/runs/{stage.run.id}/sessions/day1")
    visit.press("Planen, der gik i stå")
    visit.check()
    hands = visit.page.get_by_label("Hænder for B")
    visit.tab_to(hands)
    hands.press_sequentially("12")
    visit.key("Enter")
    visit.sees("100 %")
    visit.sees("Planen holdt i fire dage")
    visit.check()
    visit.page.locator("h1").click()
    visit.key("b")
    visit.sees("En kollega meldte sig syg")
    visit.check()
    visit.key("t")
    visit.sees("Planen holdt i fire dage")
    visit.sees("100 %")
    for letter in ("b", "b", "a", "c", "b"):
        said = visit.page.locator(f'button[data-key="{letter}"] span').last.text_content()
        assert said
        visit.key(letter)
        expect(visit.page.locator(".talk-you").filter(has_text=said).first).to_be_visible()
    visit.sees("Salens vej")
    visit.sees("Hænder: A 0 · B 12 · C 0")
    visit.sees("Samtalen endte godt")
    visit.check()


def test_the_room_without_javascript(stage: Stage, window: Open) -> None:
    visit = window(stage.facilitator, javascript=False)
    visit.go(f"{stage.url}/plenary")
    for each in EXPERT:
        visit.page.locator(f'button[name="way"][value="{each}"]').click()
    visit.sees("Salens vej")
    visit.check_width()
    visit.press("Begynd forfra")
    visit.sees("Planen holdt i fire dage")
