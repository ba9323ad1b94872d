"""Two members with the same worksheet open in two real browsers: each sees the other's words come in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.runs.models import Membership
from course.teams import service
from course.work.models import Revision
from tests.browser.visit import Visit
from tests.factories import actor_of, course, make_member, make_person, make_run

from .conftest import SHEET

pytestmark = pytest.mark.browser


@pytest.fixture
def members(session: Session) -> list[Membership]:
    """A group of three whose day began an hour ago."""
    now = datetime.now(UTC)
    organiser = make_person(session, "Olga Organiser", may_create_runs=True, now=now - timedelta(days=30))
    run = make_run(
        session, organiser, now=now - timedelta(days=30), day1=now - timedelta(hours=1), day2=now + timedelta(days=30)
    )
    found = [make_member(session, run, make_person(session, name)) for name in ("Anna Ahl", "Bo Bek", "Cecilie Carl")]
    service.make(
        session, actor=actor_of(organiser), now=now, run=run, course=course(), session_key="day1", seed=0, seen=_seen()
    )
    return found


def _seen() -> str:
    """What a page says it has seen where there are no groups yet."""
    from hashlib import sha256

    return sha256(repr(([], [], [])).encode()).hexdigest()[:24]


@pytest.fixture
def open_sheet(window: Callable[..., Visit], members: list[Membership]) -> Callable[[int], Page]:
    """A browser in which a member has the step open."""

    def opened(at: int) -> Page:
        visit = window(members[at].person)
        visit.go(f"/runs/{members[at].run_id}/activities/{SHEET}/main/steps/meaning")
        return visit.page

    return opened


def saved(page: Page) -> None:
    """Wait until the page says that what stands in it is saved."""
    expect(page.locator("[data-save-status]")).to_have_attribute("data-state", "saved", timeout=15_000)


def look(page: Page) -> None:
    """What the page does every ten seconds, and when one comes back to it."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_two_write_in_one_field(open_sheet: Callable[[int], Page], session: Session) -> None:
    anna, bo = open_sheet(0), open_sheet(1)
    field = "#example_of"
    anna.locator(field).press_sequentially("Annas linje.")
    saved(anna)
    bo.locator(field).press_sequentially("Bos linje.")
    expect(bo.locator(field)).to_have_value("Annas linje.\nBos linje.", timeout=15_000)
    saved(bo)
    expect(bo.locator("[data-writers]")).to_contain_text("Anna Ahl skrev")

    look(anna)
    expect(anna.locator(field)).to_have_value("Annas linje.\nBos linje.")
    expect(anna.locator("[data-writers]")).to_contain_text("Bo Bek skrev")
    anna.locator("#limits").fill("Når der ikke er et job.")
    saved(anna)
    bo.locator(field).press("End")
    bo.locator(field).press_sequentially(" Og mere.")
    saved(bo)
    expect(bo.locator("#limits")).to_have_value("Når der ikke er et job.")

    session.rollback()
    last = session.scalars(select(Revision).order_by(Revision.no.desc())).first()
    assert last is not None
    assert last.data == {
        "example_of": "Annas linje.\nBos linje. Og mere.", "limits": "Når der ikke er et job.",
    }  # fmt: skip


def test_what_is_being_typed_is_never_overwritten(open_sheet: Callable[[int], Page]) -> None:
    """Anna types on while the answer to her last save is on its way; Bo's line comes in above hers."""
    bo, anna = open_sheet(1), open_sheet(0)
    field = "#example_of"
    bo.locator(field).press_sequentially("Bos linje.")
    saved(bo)
    held = []
    anna.route("**/autosave", lambda route: held.append(route))
    anna.locator(field).press_sequentially("Annas")
    expect(anna.locator("[data-save-status]")).to_have_attribute("data-state", "saving")
    anna.wait_for_function("document.querySelector('[data-save-text]').textContent === 'Gemmer …'")
    anna.locator(field).press_sequentially(" linje.")
    held[0].continue_()
    anna.unroute("**/autosave")
    expect(anna.locator(field)).to_have_value("Bos linje.\nAnnas linje.", timeout=15_000)
    saved(anna)
    look(bo)
    expect(bo.locator(field)).to_have_value("Bos linje.\nAnnas linje.")


def test_a_clash_shows_both(open_sheet: Callable[[int], Page]) -> None:
    anna, bo = open_sheet(0), open_sheet(1)
    field = "#example_of"
    anna.locator(field).fill("En linje.")
    saved(anna)
    look(bo)
    expect(bo.locator(field)).to_have_value("En linje.")
    anna.locator(field).fill("Annas linje.")
    saved(anna)
    bo.locator(field).fill("Bos linje.")
    expect(bo.locator("[data-banner-text]")).to_contain_text("En anden i gruppen", timeout=15_000)
    bo.get_by_role("button", name="Se begge udgaver").click()
    expect(bo.locator("main")).to_contain_text("Det, Anna Ahl har gemt")
    expect(bo.locator("main")).to_contain_text("Bos linje.")
