"""Every page of the demo, as everybody sees it: WCAG 2.2 AA by axe, 200 % zoom, 320 px wide, no error of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Open
from tests.browser.stages import Staged, clock_of
from tests.browser.visit import Visit
from tests.factories import course

pytestmark = pytest.mark.browser

MEMBERS = {"Karen": False, "Oda": False, "Gudrun": True}
"""Participants, and whether somebody before them sees the same course's texts, exercises and tools."""
ORGANISER = "Birgit"
STAFF = (ORGANISER, "Henrik", "Sidsel")
SKIPPED = re.compile(r"\.(ics|pdf|csv|xlsx|json)$|/static/|/design|/tools/.*(word|print|pdf)$|/lommekort/print$")
MOST = 400


@cache
def read_by_all() -> re.Pattern[str]:
    """The addresses of what participants read, do and fill in: looked at with the eyes of one of each course, and not
    again with those of others.
    """
    pages = [
        f"{module.id}/{page.id}"
        for name in ("gp", "amr")
        for module in course(name).modules.values()
        for page in module.pages_for(is_staff=False)
    ]
    return re.compile(
        rf"/modules/(?:{'|'.join(map(re.escape, pages))})$|/tools\b|/planners\b|/exercises/(?!.*/plenary)"
    )


def walk(
    window: Visit,
    check: Callable[[], None],
    only: str = "",
    follow: str = "",
    first: str = "/",
    unless: re.Pattern[str] | None = None,
) -> int:
    """Look at every page that links lead to, one of each shape (the same page of another object counts once).

    ``only``: check the pages in whose address this expression is found. ``follow``: open no others than these, beside
    the ``first``; ``unless``: and none of these. Links in a mail that is shown are those of the person it went to.
    """
    seen: set[str] = set()
    waiting = [first]
    while waiting:
        address = waiting.pop(0).partition("#")[0]
        shape = re.sub(r"(?<=/)\d+(?=/|$)", "N", urlsplit(address).path)
        if shape in seen or SKIPPED.search(address) or (seen and not re.search(follow, address)):
            continue
        if unless is not None and unless.search(urlsplit(address).path):
            continue
        seen.add(shape)
        assert len(seen) <= MOST, "more pages than anybody looks at in a test"
        response = window.go(address)
        assert response is not None
        assert response.status < 400, f"{address}: {response.status}"
        waiting += window.page.eval_on_selector_all(
            "a[href]:not(.mail-text a)", "links => links.map(a => a.href).filter(h => h.startsWith(location.origin))"
        )
        if re.search(only, address):
            check()
    return len(seen)


@pytest.mark.parametrize("name", MEMBERS)
def test_every_page_that_links_lead_to(visit: Open, name: str) -> None:
    window = visit(name)
    assert walk(window, window.check_twice, unless=read_by_all() if MEMBERS[name] else None) >= 6


@pytest.mark.parametrize("name", STAFF)
def test_every_page_of_staff_that_links_lead_to(visit: Open, name: str) -> None:
    """The organiser's pages are looked at wide and narrow; a facilitator's are some of them, with fewer buttons."""
    window = visit(name)
    assert walk(window, window.check_twice if name == ORGANISER else window.check_narrow, unless=read_by_all()) >= 6


def test_every_page_to_write_on(visit: Open) -> None:
    """Lasse has a draft and a returned case; what everybody reads is looked at above."""
    window = visit("Lasse")
    assert walk(window, window.check, only="/activities/", unless=read_by_all()) > 20


def test_every_page_for_nobody(visit: Open) -> None:
    window = visit()
    for address in ("/sign-in", "/forgot", "/forgot/sent", "/invitation/ukendt", "/reset/ukendt", "/findes-ikke"):
        window.go(address)
        window.check()


def test_a_page_at_twice_the_size(visit: Open) -> None:
    """200 % zoom of a window of 1280 px is a window of 640 px with twice the pixels: laid out as one with as many."""
    window = visit("Dorte", size=(640, 450), zoom=2)
    assert walk(window, window.check_width, unless=read_by_all()) >= 6


@pytest.mark.parametrize("name", ["Poul Erik", "Birgit"])
def test_every_page_without_javascript(visit: Open, name: str) -> None:
    """The same pages answer, and nothing hangs over the edge. What is only read has no script but reading aloud."""
    window = visit(name, javascript=False, size=(320, 640))
    assert walk(window, window.check_width, unless=read_by_all()) >= 6


NEW = (
    r"/(sessions|attendance|attend|figures|homework|calibration|completion|certificate|problem-map|teams|peers|me"
    r"|activities/gp-23)\b"
)
"""The addresses of the second half, from the groups to one's own data."""
BEGINS = {"mette": "sessions", "olga": "completion", "carl": "path"}


@pytest.mark.parametrize(
    ("name", "moment", "least"), [("mette", "day2", 20), ("olga", "done", 6), ("carl", "peers_met", 10)]
)
def test_every_page_of_the_second_half(visit: Open, staged: Staged, name: str, moment: str, least: int) -> None:
    """Staff on day 2, the organiser when the certificates are out, a GP with words to give: wide, and 320 px."""
    looked: list[str] = []

    def look() -> None:
        looked.append(window.page.url)
        window.check_axe()
        window.page.set_viewport_size({"width": 320, "height": 640})
        window.check_width()
        window.page.set_viewport_size({"width": 1280, "height": 900})

    with clock_of(staged):
        staged.put(moment)
        window = visit(home=staged.url)
        staged.sign_in_again(window, name)
        walk(window, look, only=NEW, follow=NEW, first=staged.url_of(BEGINS[name]))
    assert len(looked) >= least, looked
