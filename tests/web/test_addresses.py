"""Addresses that are remembered are Flask's addresses, and only those of places are remembered."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, url_for

from course.web import addresses

CALLS: list[tuple[str, dict[str, Any]]] = [
    ("home", {}),
    ("step", {"run_id": 1, "activity_id": "gp-05.case", "slot": "æ ø", "step_id": "a/b"}),
    ("module", {"run_id": 1, "module_id": "gp-04", "page_id": None}),
    ("module", {"run_id": 1, "module_id": "gp-04", "page_id": "billeder"}),
    ("module", {"run_id": 1, "module_id": "gp-04", "_anchor": "top"}),
    ("module", {"run_id": 1, "module_id": "gp-04", "_external": True}),
    ("module", {"run_id": 1, "module_id": "gp-04", "q": "Jens & Grete"}),
    ("module", {"run_id": 1, "module_id": "gp-04", "slot": "more"}),
]


def make(*, remembering: bool) -> tuple[Flask, list[str]]:
    app = Flask("course")
    app.add_url_rule("/", "home", str)
    app.add_url_rule("/runs/<int:run_id>/modules/<module_id>", "module", str)
    app.add_url_rule("/runs/<int:run_id>/modules/<module_id>/<page_id>", "module", str)
    app.add_url_rule("/runs/<int:run_id>/<activity_id>/<slot>/<step_id>", "step", str)
    app.add_url_rule("/calendar/<token>.ics", "feed", str)
    built: list[str] = []
    build = app.url_for

    def noted(endpoint: str, /, **values: Any) -> str:
        built.append(endpoint)
        return build(endpoint, **values)

    app.url_for = noted  # type: ignore[method-assign]
    if remembering:
        addresses.register(app)
    return app, built


@pytest.mark.parametrize(("endpoint", "values"), CALLS)
@pytest.mark.parametrize("root", ["", "/kursus"])
def test_addresses_are_those_of_flask(endpoint: str, values: dict[str, Any], root: str) -> None:
    app, plain = make(remembering=True)[0], make(remembering=False)[0]
    with plain.test_request_context(base_url=f"http://localhost{root}"):
        wanted = url_for(endpoint, **values)
    for _ in range(2):
        with app.test_request_context(base_url=f"http://localhost{root}"):
            assert url_for(endpoint, **values) == wanted
            assert app.jinja_env.globals["url_for"](endpoint, **values) == wanted


def test_an_address_belongs_to_the_root_it_was_asked_under() -> None:
    app, _ = make(remembering=True)
    found = []
    for root in ("", "/kursus", ""):
        with app.test_request_context(base_url=f"http://localhost{root}"):
            found.append(url_for("home"))
    assert found == ["/", "/kursus/", "/"]


def test_places_are_built_once_and_nothing_else_is_remembered() -> None:
    app, built = make(remembering=True)
    for _ in range(3):
        with app.test_request_context():
            url_for("module", run_id=1, module_id="gp-04")
            url_for("feed", token="hemmelig")
            url_for("module", run_id=1, module_id="gp-04", q="Grete")
    assert built == ["module", *["feed", "module"] * 3]


def test_another_number_is_another_address() -> None:
    app, _ = make(remembering=True)
    with app.test_request_context():
        assert {url_for("module", run_id=number, module_id="a") for number in (1, 2, 1)} == {
            "/runs/1/modules/a",
            "/runs/2/modules/a",
        }
