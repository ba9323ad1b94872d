"""Every page of the demo, as everybody sees it: WCAG 2.2 AA by axe, 320 px wide, 200 % zoom, no error of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Open
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser

PEOPLE = ("Birgit", "Henrik", "Karen")
SKIPPED = re.compile(r"\.ics$|/static/|/design")
MOST = 200


def walk(window: Visit, check: Callable[[], None], only: str = "") -> int:
    """Look at every page that links lead to, one of each shape (the same page of another object counts once).

    ``only``: check the pages whose address holds this.
    """
    seen: set[str] = set()
    waiting = ["/"]
    while waiting and len(seen) < MOST:
        address = waiting.pop(0).partition("#")[0]
        shape = re.sub(r"(?<=/)\d+(?=/|$)", "N", urlsplit(address).path)
        if shape in seen or SKIPPED.search(address):
            continue
        seen.add(shape)
        response = window.go(address)
        assert response is not None
        assert response.status < 400, f"{address}: {response.status}"
        waiting += window.page.eval_on_selector_all(
            "a[href]", "links => links.map(a => a.href).filter(h => h.startsWith(location.origin))"
        )
        if only in address:
            check()
    return len(seen)


@pytest.mark.parametrize("name", PEOPLE)
def test_every_page_that_links_lead_to(visit: Open, name: str) -> None:
    window = visit(name)
    assert walk(window, window.check) >= 6


def test_every_page_to_write_on(visit: Open) -> None:
    """Lasse has a draft and a returned case; what everybody reads is looked at above."""
    window = visit("Lasse")
    assert walk(window, window.check, only="/activities/") > 20


def test_every_page_for_nobody(visit: Open) -> None:
    window = visit()
    for address in ("/sign-in", "/forgot", "/forgot/sent", "/invitation/ukendt", "/reset/ukendt", "/findes-ikke"):
        window.go(address)
        window.check()


@pytest.mark.parametrize("name", ["Dorte", "Maja"])
def test_every_page_at_twice_the_size(visit: Open, name: str) -> None:
    """200 % zoom of a window of 1280 px is a window of 640 px with twice the pixels."""
    window = visit(name, size=(640, 450), zoom=2)
    assert walk(window, window.check_width) >= 6


@pytest.mark.parametrize("name", ["Poul Erik", "Birgit"])
def test_every_page_without_javascript(visit: Open, name: str) -> None:
    """The same pages answer, and nothing hangs over the edge."""
    window = visit(name, javascript=False, size=(320, 640))
    assert walk(window, window.check_width) >= 6
