"""The error pages: Danish, whole, the same for everybody, and never a word about the machinery."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NoReturn

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from course.app import LARGEST_REQUEST
from course.db.errors import DomainError
from course.web.audience import PUBLIC, audience
from course.web.errors import PAGES

STATUSES = (400, 403, 404, 405, 409, 413, 422, 429, 500, 503)
MACHINERY = re.compile(
    r"traceback|werkzeug|sqlalchemy|\.py\b|exception|not found|bad request|internal server|too large|forbidden"
    r"|too many requests|unavailable|hemmelig tekst",
    re.IGNORECASE,
)


@pytest.fixture
def failing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Let the page /healthz fail the way that is given."""

    def fail(how: Callable[[], object]) -> None:
        def view() -> object:
            return how()

        monkeypatch.setitem(app.view_functions, "healthz", audience(PUBLIC)(view))
        monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    return fail


def stopping(status: int) -> Callable[[], NoReturn]:
    """A view that stops with ``status``."""
    return lambda: abort(status)


@pytest.mark.parametrize("status", STATUSES)
def test_every_error_says_what_happened_what_is_kept_and_what_to_do(
    client: FlaskClient, failing: Callable[..., None], status: int
) -> None:
    failing(stopping(status))
    answer = client.get("/healthz")
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert '<html lang="da">' in page
    for text in (PAGES[status].heading, PAGES[status].happened, PAGES[status].kept, PAGES[status].do):
        assert text in page
    assert not MACHINERY.search(page)


@pytest.mark.parametrize("status", STATUSES)
def test_a_script_is_told_in_json(client: FlaskClient, failing: Callable[..., None], status: int) -> None:
    failing(stopping(status))
    answer = client.get("/healthz", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert answer.json == {"error": PAGES[status].happened}


def test_a_page_that_does_not_exist(client: FlaskClient) -> None:
    answer = client.get("/findes-ikke")
    assert answer.status_code == 404
    assert PAGES[404].heading in answer.get_data(as_text=True)


def test_a_method_that_a_page_does_not_take(client: FlaskClient) -> None:
    answer = client.put("/sign-in", headers={"X-CSRFToken": client.csrf_token()})  # type: ignore[attr-defined]
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_host_that_is_not_ours(client: FlaskClient) -> None:
    answer = client.get("/sign-in", headers={"Host": "ond.example"})
    assert answer.status_code == 400
    assert "ond.example" not in answer.get_data(as_text=True)


def test_more_than_the_server_takes(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"email": "x" * (LARGEST_REQUEST + 1)})
    assert answer.status_code == 413
    assert PAGES[413].do in answer.get_data(as_text=True)


def test_too_many_tries_say_when_to_come_back(client: FlaskClient) -> None:
    def ask() -> int:
        answer = client.post("/forgot", data={"email": "karen@example.test"})
        if answer.status_code == 429:
            assert int(answer.headers["Retry-After"]) > 0
            assert "konto er ikke spærret" in answer.get_data(as_text=True)
        return answer.status_code

    assert 429 in {ask() for _ in range(70)}


def test_a_domain_error_says_its_own_sentence(client: FlaskClient, failing: Callable[..., None]) -> None:
    def refuse() -> NoReturn:
        raise DomainError("Teksten er allerede sendt <i>af</i> en anden.")

    failing(refuse)
    answer = client.get("/healthz")
    assert answer.status_code == 409
    assert "Teksten er allerede sendt &lt;i&gt;af&lt;/i&gt; en anden." in answer.get_data(as_text=True)


def test_a_failure_shows_and_logs_nothing_that_was_written(
    client: FlaskClient, failing: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> NoReturn:
        raise RuntimeError("the shelf fell down")

    failing(fail)
    answer = client.get("/healthz?text=hemmelig+tekst")
    assert answer.status_code == 500
    assert not MACHINERY.search(answer.get_data(as_text=True))
    assert "the shelf fell down" in caplog.text
    assert "hemmelig" not in caplog.text


class DiskFull(Exception):
    """As psycopg has it."""

    sqlstate = "53100"


@pytest.mark.parametrize("told", [Exception("database or disk is full"), DiskFull()])
def test_a_full_disk_is_said_to_be_one(
    client: FlaskClient, failing: Callable[..., None], caplog: pytest.LogCaptureFixture, told: Exception
) -> None:
    """Waiting does not help then, and whoever reads the log must see why."""

    def fail() -> NoReturn:
        raise OperationalError("UPDATE work SET text = 'hemmelig tekst'", {}, told)

    failing(fail)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert "ikke plads til mere på serverens disk" in answer.get_data(as_text=True)
    assert "no room left on its disk" in caplog.text
    assert "hemmelig" not in caplog.text


@pytest.mark.parametrize(
    "error",
    [OperationalError("UPDATE work SET text = 'hemmelig tekst'", {}, Exception("locked")), PoolTimeout()],
)
def test_a_busy_database_asks_to_wait(
    client: FlaskClient, failing: Callable[..., None], caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def fail() -> NoReturn:
        raise error

    failing(fail)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert not MACHINERY.search(answer.get_data(as_text=True))
    assert "hemmelig" not in caplog.text
