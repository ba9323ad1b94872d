"""The pages of homework, words, profiles and calibration in a real browser: nothing axe finds, wide and at 320 px."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.reviews import profiles
from tests.browser.visit import Visit
from tests.reviews.homework import AFTER, HOMEWORK, WORDS, WRITING, Group, make_group

pytestmark = pytest.mark.browser

ORIGIN = "http://localhost"
SignIn = Callable[[Person], FlaskClient]


@pytest.fixture
def window(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


def visit(window: Page, client: FlaskClient) -> Visit:
    """A window that gets its pages from the application itself, without a network."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        found = client.get(path) if route.request.method == "GET" else None
        assert found is not None, "nothing is posted here"
        route.fulfill(status=found.status_code, body=found.data, headers=dict(found.headers))

    window.unroute("**/*")
    window.route("**/*", answer)
    return Visit(window, ORIGIN, javascript=True)


@pytest.fixture
def group(session: Session, clock: time_machine.Traveller) -> Group:
    """Everything has been said about Anna's homework; the others wait."""
    group = make_group(session, 5)
    group.members["dora"].clinic = group.members["erik"].clinic = "Lægerne på Åsbakken med et langt navn"
    group.hand_in()
    group.arrange()
    profiles.set_profile(
        session, actor=group.actor("mette"), now=WRITING, work_id=group.homework("anna").id, revision_no=1,
        rubric=group.course.rubrics["reflection"], levels={"description": 3, "position": 0},
    )  # fmt: skip
    group.release()
    group.say(group.giver_of("anna"))
    clock.move_to(AFTER)
    return group


def addresses(group: Group) -> dict[str, list[str]]:
    """The pages of each person."""
    run = f"/runs/{group.run.id}"
    review = f"{run}/reviews/works/{group.homework('anna').id}"
    step = f"{run}/activities/{WORDS}/main/steps/ord"
    anchors = [f"{run}/calibration/reflection", f"{run}/calibration/reflection/short"]
    return {
        "anna": [group.url("/words"), f"{run}/peers/{HOMEWORK}", step, *anchors],
        "mette": [group.url(), review, f"{run}/reviews", anchors[0]],
    }


def test_every_page(group: Group, client_for: SignIn, window: Page) -> None:
    for name, pages in addresses(group).items():
        client = client_for(group.mette if name == "mette" else group.members[name].person)
        seen = visit(window, client)
        for address in pages:
            window.goto(f"{ORIGIN}{address}")
            assert window.locator("h1").count() == 1, address
            for fold in window.locator("main details").all():
                fold.evaluate("fold => fold.open = true")
            seen.check()


def test_the_picture_says_what_the_table_says(group: Group, client_for: SignIn, window: Page) -> None:
    visit(window, client_for(group.members["anna"].person))
    window.goto(f"{ORIGIN}{group.url('/words')}")
    names = window.locator("figure svg > text").all_text_contents()
    heads = window.locator("figure + .table-frame thead th").all_inner_texts()
    assert names[: len(heads) - 1] == heads[1:]
    assert len(heads) == 4, "oneself, the peer and the facilitator beside the criterion"
    points = window.locator("figure polyline").evaluate_all("lines => lines.map(l => l.points.length)")
    assert points == [1, 2, 2], "oneself chose at one criterion"
