"""Right people only: every route × method × person × run × state of a work, and whose words each answer holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import quote

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from course.db.session import EXTENSION, new_session
from course.outbox.models import Message
from course.outbox.reading import render
from course.web.audience import audience_of
from course.web.security import HEADERS
from course.work.models import Work
from tests.conftest import empty
from tests.html import must_be_valid, parsed
from tests.routes import (
    AT,
    AUTHORS,
    NOBODY,
    PEOPLE,
    TABLE,
    Rows,
    Target,
    World,
    addresses,
    build,
    restore,
    rows,
    steady,
    word,
)

pytestmark = pytest.mark.usefixtures("documents_as_written")

USUAL = {200, 302, 303, 304, 422}
TOKENS = re.compile(r'(name="csrf_token" value|name="csrf-token" content)="[^"]*"')
NOTE = re.compile(r'name="[^"]*" value="[\w.-]{40,}"')
Headers = dict[str, str]
Told = dict[tuple[str, ...], tuple[int, Headers, str]]
HEADER = re.compile(r"<header.*?</header>", re.DOTALL)


@pytest.fixture(scope="module")
def world(whole_app: Flask) -> Iterator[World]:
    """The world of ``tests/routes.py``, and its time."""
    engine = whole_app.extensions[EXTENSION]
    empty(engine)
    with time_machine.travel(AT, tick=False):
        yield build(whole_app)
    empty(engine)


@pytest.fixture(scope="module")
def built(world: World) -> Rows:
    """Every row as the world was built."""
    return rows(world.app.extensions[EXTENSION])


@pytest.fixture
def kept(world: World, built: Rows) -> Iterator[Rows]:
    """The same; and it is so again when the test has ended, however it did."""
    yield built
    restore(world.app.extensions[EXTENSION], built)


def methods_of(app: Flask, endpoint: str) -> list[str]:
    """The methods of a route that a browser uses."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint]
    return sorted({method for rule in rules for method in rule.methods or ()} - {"HEAD", "OPTIONS"})


def all_targets(world: World) -> Iterator[tuple[str, Target]]:
    """Every address that ``TABLE`` names."""
    for endpoint, targets in TABLE.items():
        for target in targets(world):
            yield endpoint, target


def test_every_route_is_known_and_says_whom_it_is_for(whole_app: Flask) -> None:
    endpoints = {rule.endpoint for rule in whole_app.url_map.iter_rules() if not rule.endpoint.endswith(".static")}
    assert endpoints - set(TABLE) == set(), "routes that this test does not know"
    assert set(TABLE) - endpoints == set(), "routes that are gone"
    silent = [name for name, view in whole_app.view_functions.items() if not audience_of(view)]
    assert silent == []


def test_static_files_are_the_only_thing_unlisted(whole_app: Flask) -> None:
    for rule in whole_app.url_map.iter_rules():
        if rule.endpoint.endswith(".static"):
            assert rule.rule.startswith("/static/"), rule.endpoint
            assert rule.methods is not None
            assert rule.methods <= {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("endpoint", sorted(TABLE))
def test_right_people_only(world: World, kept: Rows, endpoint: str) -> None:
    """Who may is answered; who may not is answered exactly as for what does not exist, and changes nothing.

    On PostgreSQL each route is asked for one object, by everybody; on SQLite for every object there is.
    """
    engine = world.app.extensions[EXTENSION]
    told: Told = {}
    targets = list(TABLE[endpoint](world))[: 1 if engine.dialect.name == "postgresql" else None]
    chosen = [(target, method) for target in targets for method in methods_of(world.app, endpoint)]
    assert chosen, "nothing is asked"
    for target, method in chosen:
        for who in PEOPLE:
            if who not in target.allowed:
                check_denied(world, endpoint, target, who, method, told)
    assert steady(rows(engine)) == steady(kept), "something was changed by somebody who may not"
    for target, method in chosen:
        for who in PEOPLE:
            if who in target.allowed and not target.only_denied:
                check_allowed(world, endpoint, target, who, method)
                if method != "GET":
                    restore(engine, kept)


def check_allowed(world: World, endpoint: str, target: Target, who: str, method: str) -> None:
    """Somebody who may use a route is never told that it does not exist."""
    url, _ = addresses(world, endpoint, target)
    answer = world.ask(who, method, url, data=target.form if method == "POST" else None)
    assert answer.status_code in USUAL | target.refuses, f"{who}: {method} {endpoint} {target.label}: {answer.status}"
    check_answer(answer)
    if answer.mimetype == "text/html" and answer.location is None:
        check_page(HEADER.sub("", TOKENS.sub("", answer.get_data(as_text=True))))


def check_denied(
    world: World,
    endpoint: str,
    target: Target,
    who: str,
    method: str,
    told: dict[tuple[str, ...], tuple[int, Headers, str]],
) -> None:
    """Somebody who may not use a route learns nothing by trying."""
    url, unknown = addresses(world, endpoint, target)
    answer = world.ask(who, method, url, data=target.form if method == "POST" else None)
    where = f"{who}: {method} {endpoint} {target.label} {target.form}: {answer.status}"
    check_answer(answer)
    if who != NOBODY:
        assert answer.status_code == 404, where
    elif method == "GET":
        assert answer.status_code == 302, where
        assert answer.location.startswith("/sign-in?next="), where
    else:
        assert answer.status_code == 401, where
    if unknown is None:
        return
    key = (who, method, unknown, str(target.form))
    if key not in told:
        other = world.ask(who, method, unknown, data=target.form if method == "POST" else None)
        told[key] = plain(other, unknown, in_run(target))
    assert plain(answer, url, in_run(target)) == told[key], where


def in_run(target: Target) -> bool:
    """Whether somebody in the run itself is asking; the menu of their own run stays on the page then."""
    return target.values.get("run_id") != (target.unknown or {}).get("run_id")


def plain(answer: TestResponse, url: str, is_run: bool) -> tuple[int, Headers, str]:
    """An answer without what differs from time to time: form tokens, and the address itself."""
    page = TOKENS.sub("", answer.get_data(as_text=True))
    for address in (url, quote(url, safe=""), quote(url, safe="/?")):
        page = page.replace(address, "URL")
    page = NOTE.sub("", HEADER.sub("", page) if is_run else page)
    headers = {name: value for name, value in answer.headers.items() if name not in {"Location", "Content-Length"}}
    return answer.status_code, {**headers, "Set-Cookie": ""}, page


def check_answer(answer: TestResponse) -> None:
    """What holds for every answer, whoever asks for what."""
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    if answer.mimetype in {"text/html", "application/json", "text/calendar"}:
        is_for_everybody = answer.request.path == "/lommekort" or "guard" in answer.request.path
        assert answer.headers["Cache-Control"] in {"no-store", "no-cache"} or is_for_everybody


@cache
def check_page(page: str) -> None:
    """A page parses, is Danish, has one title and one heading, and no script or style of its own."""
    must_be_valid(page)
    tree = parsed(page)
    assert tree.attrib["lang"] == "da"
    title = tree.find(".//title")
    assert title is not None
    assert (title.text or "").strip(" –") != "Vejen Frem Kursus"
    assert len(tree.findall(".//h1")) == 1
    assert not tree.findall(".//style")
    ids = [element.attrib["id"] for element in tree.iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids)), "an id is there twice"
    for script in tree.iter("script"):
        assert script.attrib.get("src", "").startswith("/static/")
    for element in tree.iter():
        for name, value in element.attrib.items():
            assert name != "style"
            assert not name.startswith("on")
            assert not value.strip().lower().startswith("javascript:")
            if name in {"src", "srcset", "action"}:
                assert value.startswith(("/", "#", "?", "data:image/")), f"{name}={value}"


@pytest.mark.one_database
def test_nobody_reads_what_is_not_theirs(world: World, kept: Rows) -> None:
    """Every answer to everybody for every address holds only words that they may read; and these they do find."""
    found: dict[str, set[str]] = {text: set() for text in world.readers}
    for endpoint, target in all_targets(world):
        if "GET" not in methods_of(world.app, endpoint):
            continue
        url, _ = addresses(world, endpoint, target)
        for who in PEOPLE:
            page = world.ask(who, "GET", url).get_data().decode(errors="replace")
            for text, readers in world.readers.items():
                if text in page:
                    assert who in readers, f"{who} reads »{text}« on {url}"
                    found[text].add(who)
    members = {"author1", "author2", "author3", "author4", "colleague", "facilitator", "recused", "organiser"}
    assert found[word("draft")] == {"author1"}
    assert found[word("submitted")] == {"author1", "facilitator", "organiser"}
    assert found[word("returned")] >= {"facilitator", "organiser"}
    assert found[word("written after a return")] == {"author2"}
    assert found[word("released")] == members
    assert found[word("recalled")] == {"author3", "facilitator", "recused", "organiser"}
    assert found[word("withdrawn")] == {"author4"}
    assert found[word("struck released")] == {"author3", "facilitator", "recused", "organiser"}
    assert found[word("remark returned")] >= {"author2"}
    assert found[word("risk")] >= {"facilitator"}
    assert found[word("gp-01.aim")] == {"author1"}
    assert found[word("grant own")] == {"organiser", "colleague"}
    assert found[word("homework")] == {"author3", "author4", "facilitator", "recused", "organiser"}
    assert found[word("words")] == {"author3", "author4", "facilitator", "recused", "organiser"}


def test_mails_hold_no_text_of_anybody(world: World) -> None:
    with world.app.test_request_context(), new_session(world.app.extensions[EXTENSION]) as session:
        messages = session.scalars(select(Message)).all()
        assert {message.kind for message in messages} >= {"invitation", "risk_flag"}
        for message in messages:
            mail = render(session, message, AT)
            text = f"{mail.subject}\n{mail.body}" if mail else ""
            assert not [word for word in world.readers if word in text or word in str(message.params)]


def test_every_state_is_in_the_world(world: World) -> None:
    with new_session(world.app.extensions[EXTENSION]) as session:
        held = {(work.state, work.projection) for work in session.scalars(select(Work))}
    states = {state for state, _ in held} | {projection for _, projection in held}
    assert states >= {state for works in AUTHORS.values() for state in works.values()}
