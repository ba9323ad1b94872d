"""Every kind in a real browser: at 320 px and wide, without JavaScript, by the keyboard; nothing for axe to find."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from playwright.sync_api import Locator, Page
from sqlalchemy.orm import Session

from course.content import kinds
from tests.browser.visit import NARROW, Visit
from tests.factories import make_member, play

from .conftest import MakeRun
from .playing import Posts, sample

pytestmark = pytest.mark.browser
ID = "demo-01.practice"
Open = Callable[..., Visit]


@pytest.fixture(autouse=True)
def at_now() -> None:
    """The real time: a browser keeps its own."""


def choose(page: Page, posts: Posts) -> Locator | None:
    """Answer a page with the keyboard; the button that is an answer itself, if there is one."""
    pressed = None
    for name, values in posts.items():
        for value in values:
            fields, chosen = page.locator(f'main [name="{name}"]'), page.locator(f'[name="{name}"][value="{value}"]')
            if page.locator(f'main select[name="{name}"]').count():
                fields.focus()
                fields.select_option(value)
            elif page.locator(f'main button[name="{name}"]').count():
                pressed = chosen
            elif fields.first.get_attribute("type") in ("radio", "checkbox"):
                chosen.focus()
                page.keyboard.press("Space")
            else:
                fields.focus()
                page.keyboard.type(value)
    return pressed


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
@pytest.mark.parametrize("name", kinds.NAMES)
def test_a_kind_by_keyboard_at_320_pixels(
    session: Session, run_with: MakeRun, window: Open, name: str, javascript: bool
) -> None:
    """Without JavaScript too; axe itself needs it."""
    run = run_with(sample(name).exercise)
    member = make_member(session, run)
    session.commit()
    visit = window(member.person, javascript=javascript, size=NARROW)
    visit.go(f"/runs/{run.id}/exercises/{ID}")
    for posts in sample(name).best:
        if javascript:
            visit.check()
        button = choose(visit.page, posts) or visit.page.locator("main form button").last
        if javascript:
            visit.check_axe()
            visit.tab_to(button)
        else:
            button.focus()
        with visit.page.expect_navigation():
            visit.key("Enter")
    visit.sees("Forklaringerne er det vigtige")
    visit.sees("Trinnet er klaret")
    if javascript:
        visit.check()


@pytest.mark.parametrize("name", kinds.NAMES)
def test_what_is_missing_is_shown_without_a_fault(session: Session, run_with: MakeRun, window: Open, name: str) -> None:
    run = run_with(sample(name).exercise)
    member = make_member(session, run)
    session.commit()
    visit = window(member.person, size=NARROW)
    visit.go(f"/runs/{run.id}/exercises/{ID}")
    visit.page.locator("main form button").last.focus()
    with visit.page.expect_navigation():
        visit.key("Enter")
    visit.check()


def test_skills_three_a_day_and_the_figures(session: Session, run_with: MakeRun, window: Open) -> None:
    run = run_with(sample("quiz").exercise)
    member = make_member(session, run)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with time_machine.travel(yesterday, tick=False):
        for one in [member, *(make_member(session, run) for _ in range(4))]:
            play(session, one, ID, sample("quiz").best[0] | {"one": ["scan"], "gaps.1": ["b"]}, now=yesterday)
    session.commit()
    visit = window(member.person, size=NARROW)
    for page in ("skills", "path", "three-a-day", f"exercises/{ID}"):
        visit.go(f"/runs/{run.id}/{page}")
        visit.check()
    visit.go(f"/runs/{run.id}/three-a-day")
    choose(
        visit.page,
        {"one": ["day"]} if visit.page.locator('[name="one"]').count() else {"gaps.1": ["a"], "gaps.2": ["a"]},
    )
    visit.press("Se forklaringerne")
    visit.sees("Næste spørgsmål")
    visit.check()
    visit.press("Næste spørgsmål")
    visit.sees("Det er frivilligt")
    visit.check()
