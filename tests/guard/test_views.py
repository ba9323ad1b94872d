"""What the browser is sent."""

from __future__ import annotations

import gzip
import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from course.guard import bundle
from course.guard.views import bp, guard_rules_url
from course.web.audience import PUBLIC, audience_of


@pytest.fixture
def bare() -> Flask:
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(bp)
    return app


@pytest.fixture
def browser(bare: Flask) -> FlaskClient:
    return bare.test_client()


def test_the_rules_are_for_everybody(bare: Flask) -> None:
    assert audience_of(bare.view_functions["guard.rules"]) == {PUBLIC}


def test_the_rules_are_kept_under_their_digest(bare: Flask, browser: FlaskClient) -> None:
    with bare.test_request_context():
        address = guard_rules_url()
    response = browser.get(address)
    assert response.json is not None
    assert response.json["format"] == 1
    assert response.cache_control.immutable
    stale = browser.get("/guard/rules.json?v=another")
    assert stale.cache_control.no_cache
    assert not stale.cache_control.immutable


def test_the_rules_travel_light(browser: FlaskClient) -> None:
    response = browser.get("/guard/rules.json", headers={"Accept-Encoding": "gzip"})
    assert response.content_encoding == "gzip"
    assert json.loads(gzip.decompress(response.data)) == json.loads(bundle.rules_json())
    assert len(response.data) < 29_000
    again = browser.get(
        "/guard/rules.json", headers={"Accept-Encoding": "gzip", "If-None-Match": response.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["detector.js", "words.js", "guard-fields.js", "field-report.js", "guard.css"])
def test_the_static_files_are_there(browser: FlaskClient, name: str) -> None:
    with browser.get(f"/static/guard/{name}") as response:
        assert response.status_code == 200
