"""What every kind of exercise keeps to. A kind meets it by having a sample: ``samples/<kind>.yaml``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from course.content import kinds
from course.content.kinds import Score, Unclear

from .playing import SAMPLES, Page, Posts, built, course_with, drawn, faults_with, posts_of, sample, without_database

EVERY = pytest.mark.parametrize("name", kinds.NAMES)
MOST_STEPS = 40
"""No exercise takes more steps."""
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def app() -> Flask:
    """What draws the templates."""
    return without_database()


def steps_of(name: str, posts: tuple[Posts, ...]) -> list[dict[str, Any]]:
    """The log that posts make, until the exercise is over."""
    kind, spec, log = kinds.played(name), built(name).spec, []
    for posted in posts:
        log.append(json.loads(json.dumps(kind.read(spec, log, MultiDict(posted)))))
    return log


def best(name: str) -> list[dict[str, Any]]:
    """The log that earns everything."""
    return steps_of(name, sample(name).best)


def ask(app: Flask, name: str, log: list[dict[str, Any]], **values: Any) -> Page:
    """The page that asks for the next step."""
    return drawn(app, built(name), "ask", kinds.played(name).page(built(name).spec, log), **values)


@EVERY
def test_the_sample_has_no_fault(name: str) -> None:
    assert faults_with(sample(name).exercise) == []


@EVERY
def test_a_file_with_an_unknown_key_is_refused(name: str) -> None:
    faults = faults_with(sample(name).exercise | {"reply": "x"})
    assert ["ukendt nøgle »reply«" in fault.message for fault in faults if "exercises/" in fault.path] == [True]


@EVERY
def test_it_says_how_it_assesses(name: str) -> None:
    assert kinds.kind(name).ways <= {"questions", "performance"}
    assert kinds.kind(name).ways
    assert kinds.kind(name).name == name


@EVERY
def test_it_can_be_played_to_the_end_and_earn_everything(name: str) -> None:
    kind, spec = kinds.played(name), built(name).spec
    log = best(name)
    assert all(not kind.is_over(spec, log[:number]) for number in range(len(log)))
    assert kind.is_over(spec, log)
    score = kind.score(spec, log)
    assert score.points == score.of > 0
    assert kind.missed(spec, log) == ()
    assert kind.score(spec, ()) == Score(0, score.of)


@EVERY
def test_a_log_survives_being_kept(name: str) -> None:
    kind, spec, log = kinds.played(name), built(name).spec, best(name)
    again = json.loads(json.dumps(log))
    assert again == log
    assert kind.score(spec, again) == kind.score(spec, log)
    assert kind.report(spec, again) == kind.report(spec, log)


@EVERY
def test_everything_is_explained_afterwards(app: Flask, name: str) -> None:
    kind, spec, log = kinds.played(name), built(name).spec, best(name)
    page = drawn(app, built(name), "explain", kind.report(spec, log), score=kind.score(spec, log))
    assert [why for why in sample(name).whys() if why not in page.text] == []
    assert sample(name).whys() or "feedback" in json.dumps(sample(name).exercise)


@EVERY
def test_nothing_is_explained_before(app: Flask, name: str) -> None:
    log: list[dict[str, Any]] = []
    for posted in sample(name).best[:1]:
        text = ask(app, name, log).text
        assert [why for why in sample(name).whys() if why in text] == []
        assert posted


@EVERY
def test_every_page_can_be_read_and_used_by_anybody(app: Flask, name: str) -> None:
    kind, spec, log = kinds.played(name), built(name).spec, best(name)
    pages = [ask(app, name, log[:number]) for number in range(len(log))]
    pages.append(drawn(app, built(name), "explain", kind.report(spec, log), score=kind.score(spec, log)))
    for page in pages:
        assert problems_of(page) == []
    assert all(any(True for _ in page.all("button")) for page in pages[:-1])


def problems_of(page: Page) -> list[str]:
    """What stands in the way of somebody who cannot see the page, as far as its markup tells."""
    found = [f"id twice: {one}" for one in set(page.ids) if page.ids.count(one) > 1]
    labels = {element.get("for") for element in page.all("label")}
    wrapped = {id(one) for label in page.all("label") for one in label.iter()}
    for element in page.all("input", "select", "textarea"):
        if element.get("type") in ("hidden", "submit"):
            continue
        if not (element.get("aria-label") or element.get("id") in labels or id(element) in wrapped):
            found.append(f"no label: {element.get('name')}")
    for element in page.all("fieldset"):
        if element.find("legend") is None:
            found.append(f"no legend: {element.get('id')}")
    found += ["a heading of the first level" for _ in page.all("h1")]
    found += ["style of its own" for element in page.tree.iter() if "style" in element.attrib]
    found += [f"script: {element.tag}" for element in page.all("script")]
    levels = [int(element.tag[1]) for element in page.all("h2", "h3", "h4", "h5")]
    found += [f"skips from h{a} to h{b}" for a, b in zip([1, *levels], levels, strict=False) if b > a + 1]
    return found


@EVERY
def test_an_empty_answer_earns_nothing(app: Flask, name: str) -> None:
    assert earned(name, lambda log: {}) == 0


@EVERY
def test_ticking_everything_earns_nothing(app: Flask, name: str) -> None:
    assert earned(name, lambda log: {key: values for key, (_, values) in ask(app, name, log).choices().items()}) == 0


def earned(name: str, posted: Any) -> int:
    """What somebody earns who posts so at every step; nothing when it is no answer."""
    kind, spec, log = kinds.played(name), built(name).spec, []
    while not kind.is_over(spec, log):
        assert len(log) < MOST_STEPS
        try:
            log.append(kind.read(spec, log, MultiDict(posted(log))))
        except Unclear:
            return 0
    return kind.score(spec, log).points


@EVERY
def test_what_is_missing_is_said_at_a_field_of_the_page(app: Flask, name: str) -> None:
    kind, spec = kinds.played(name), built(name).spec
    for number in range(len(sample(name).best)):
        log = best(name)[:number]
        unclear = refusal(kind, spec, log, {})
        if unclear is not None:
            page = ask(app, name, log, kept=unclear.kept, errors=list(unclear.problems))
            assert unclear.problems
            assert {target for target, _ in unclear.problems} <= set(page.ids)
            assert all(re.search(r"[.?!«]$", text) and text[0].isupper() for _, text in unclear.problems)


def refusal(kind: kinds.ExerciseKind, spec: Any, log: list[dict[str, Any]], posted: Posts) -> Unclear | None:
    """Why a post is no step; None when it is one, which is then added to the log."""
    try:
        log.append(json.loads(json.dumps(kind.read(spec, log, MultiDict(posted)))))
    except Unclear as unclear:
        return unclear
    return None


@EVERY
@QUICK
@given(data=st.data())
def test_whatever_is_chosen_the_score_is_within_bounds(app: Flask, name: str, data: st.DataObject) -> None:
    kind, spec = kinds.played(name), built(name).spec
    log: list[dict[str, Any]] = []
    of = kind.score(spec, log).of
    while not kind.is_over(spec, log) and len(log) < MOST_STEPS:
        unclear = refusal(kind, spec, log, data.draw(posts_of(ask(app, name, log))))
        if unclear is not None:
            assert problems_of(ask(app, name, log, kept=unclear.kept, errors=list(unclear.problems))) == []
            break
        score = kind.score(spec, log)
        assert 0 <= score.points <= score.of == of
    if kind.is_over(spec, log):
        page = drawn(app, built(name), "explain", kind.report(spec, log), score=kind.score(spec, log))
        assert problems_of(page) == []
        assert (kind.missed(spec, log) == ()) or kind.score(spec, log).points < of


HOSTILE = st.text(max_size=12) | st.sampled_from(
    ["", "-1", "1e9", "٣", "../..", "<script>", "a" * 5000, "\x00", "010190-1234"]
)


@EVERY
@QUICK
@given(data=st.data())
def test_a_hostile_post_is_unclear_or_a_step(app: Flask, name: str, data: st.DataObject) -> None:
    kind, spec, log = kinds.played(name), built(name).spec, best(name)
    at = data.draw(st.integers(0, len(log) - 1))
    page = ask(app, name, log[:at])
    names = st.sampled_from(sorted(page.choices())) | HOSTILE
    values = st.lists(HOSTILE | st.sampled_from(sorted({v for _, vs in page.choices().values() for v in vs} | {""})))
    posted: Posts = data.draw(st.dictionaries(names, values, max_size=12))
    try:
        step = kind.read(spec, log[:at], MultiDict(posted))
    except Unclear as unclear:
        step = unclear.kept
    kept = json.dumps(step, ensure_ascii=False)
    assert json.loads(kept) == step
    assert not [bad for bad in ("010190", "<script>", "a" * 100) if bad in kept], "only what can be chosen is kept"


@EVERY
def test_texts_are_escaped(app: Flask, name: str) -> None:
    """A text with a < in it is shown as it is written."""
    marked = with_mark(sample(name).exercise)
    exercise = course_with(marked).activities["demo-01.practice"].exercises[0]
    kind = kinds.played(name)
    page = drawn(app, exercise, "ask", kind.page(exercise.spec, ()))
    assert "<b>" not in page.html
    log = best(name)
    explained = drawn(app, exercise, "explain", kind.report(exercise.spec, log), score=kind.score(exercise.spec, log))
    assert "<b>" not in explained.html
    assert escape("<b>x") in explained.html


def with_mark(value: Any, key: str = "") -> Any:
    """Every reason and text of an exercise with a mark at its end."""
    if isinstance(value, Mapping):
        return {name: with_mark(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [with_mark(one, key) for one in value]
    return f"{value} <b>x" if key in ("why", "feedback", "title") else value


def test_every_kind_has_a_sample_and_every_sample_a_kind() -> None:
    names = {file.stem for file in SAMPLES.glob("*.yaml")}
    assert names == set(kinds.NAMES)
