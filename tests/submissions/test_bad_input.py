"""Everything people and machines can type, in every field there is."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from course.content.catalogue import Field, Form
from course.db.base import Base
from tests.factories import DAY1, course
from tests.factories import form_of as content_form

from .conftest import Desk
from .pages import form_of, main_text

WRITTEN = {
    "gp-05.case": "bad",
    "gp-05.analysis": "main",
    **{a.id: a.slots[0].id for a in course().activities.values() if a.form and a.id.startswith("gp-02")},
}
STEPS = [
    (activity_id, slot, step.id) for activity_id, slot in WRITTEN.items() for step in content_form(activity_id).steps
]
RED = {"cpr": "010190-1234", "phone": "22 33 44 55", "email": "karen.holm@klinik.example"}


def names(field: Field) -> list[str]:
    """The names of the inputs that a field has for free text (or for its only value)."""
    if field.type == "lines":
        return [f"{field.id}-{i}" for i in range(field.max_items)]
    if field.type == "rows":
        return [f"{field.id}-{i}-{c.id}" for i in range(field.max_items) for c in field.columns if c.type != "choice"]
    if field.type == "tally":
        return [f"{field.id}-{i}" for i in range(field.rows)]
    return [field.id]


def every_field(form: Form, step_id: str, value: str, *, free_only: bool = False) -> dict[str, str]:
    """``value`` in every input of a step."""
    step = form.step(step_id)
    assert step is not None
    fields = [field for field in step.fields if field.is_free_text or not free_only]
    return {name: value for field in fields for name in names(field)}


def prepare(desk: Desk, activity_id: str, clock: Any) -> None:
    """Let every step of the activity be open."""
    if activity_id == "gp-05.analysis":
        desk.work(state="submitted")
        desk.move(DAY1, clock)


def everything_stored(session: Session) -> str:
    """Every value of every row of every table, as one text."""
    session.rollback()
    return "\n".join(
        repr(tuple(row)) for table in Base.metadata.sorted_tables for row in session.execute(table.select())
    )


@pytest.mark.parametrize(("activity_id", "slot", "step_id"), STEPS, ids=[f"{a}-{s}" for a, _, s in STEPS])
def test_red_without_javascript_is_neither_stored_nor_logged(
    desk: Desk, clock: Any, caplog: pytest.LogCaptureFixture, activity_id: str, slot: str, step_id: str
) -> None:
    caplog.set_level(logging.DEBUG)
    prepare(desk, activity_id, clock)
    for name, red in RED.items():
        if name == "cpr" or any(f.guard == "patient" for f in content_form(activity_id).step(step_id).fields):
            posted = every_field(content_form(activity_id), step_id, f"hun, {red}, kom igen", free_only=True)
            answer = desk.client.post(desk.step(step_id, activity_id, slot), data=posted)
            assert answer.status_code in {200, 302, 409}
            assert red not in answer.text
            assert red not in everything_stored(desk.session)
            assert red not in caplog.text


STRANGE = {
    "markup": "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>",
    "template": "{{7*7}} {% if 1 %} ${7*7} #{7*7}",
    "emoji": "👩‍⚕️🩺🇩🇰 é̄ ﷽ ‮abc",
    "controls": "a\x00b\x07c\x1bd\u2028e\ufeff",
    "spaces": " \t\r\n ",
    "sql": "'; DROP TABLE work; --",
    "long": "x" * 100_000,
}


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize(
    ("activity_id", "slot", "step_id"),
    [("gp-05.case", "bad", "events"), ("gp-05.case", "bad", "frame"), ("gp-05.analysis", "main", "explain"),
     ("gp-02.next-ten", "main", "tally"), ("gp-02.confidence", "main", "skills")],
)  # fmt: skip
def test_strange_words_in_every_field(
    desk: Desk, clock: Any, strange: str, activity_id: str, slot: str, step_id: str
) -> None:
    prepare(desk, activity_id, clock)
    step = desk.step(step_id, activity_id, slot)
    answer = desk.client.post(step, data=every_field(content_form(activity_id), step_id, STRANGE[strange]))
    assert answer.status_code in {200, 302, 422}
    for page in (answer, desk.client.get(step), desk.client.get(desk.url(activity_id, slot))):
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "49 " not in page.text.replace("49 år", "").replace("–49", "")
    assert desk.client.post(f"{step}/autosave", data={"base_no": "1"}).status_code in {200, 409}


def test_what_is_stored_is_shown_as_it_was_written(desk: Desk) -> None:
    desk.client.post(desk.step(), data={"did": STRANGE["markup"] + STRANGE["template"] + STRANGE["emoji"]})
    stored = (desk.data()[0] or {})["did"]
    assert "{{7*7}}" in stored
    assert form_of(desk.client.get(desk.step())).value("did") == stored
    assert "{{7*7}}" in main_text(desk.client.get(desk.url()))


def test_bytes_that_are_no_text(desk: Desk) -> None:
    answer = desk.client.post(
        desk.step(), data=b"did=%ff%fe%ed%a0%80+abc&ended=%00", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 302
    assert "abc" in str(desk.data()[0])


def test_every_field_empty(desk: Desk) -> None:
    answer = desk.client.post(desk.step(), data=every_field(content_form("gp-05.case"), "events", ""))
    assert answer.status_code == 302
    assert desk.data() == [{}]
    assert "Du er i gang." in main_text(desk.client.get(desk.url()))


def test_unknown_names_are_ignored(desk: Desk) -> None:
    desk.client.post(desk.step(), data={"did": "ja", "state": "accepted", "my_part": "et andet trin", "__class__": "x"})
    assert desk.data() == [{"did": "ja"}]
    assert desk.works()[0].state == "draft"


def test_the_database_file_never_holds_what_was_red(desk: Desk, tmp_path: Any) -> None:
    """Looked for in the bytes of the file, free pages included."""
    url = desk.session.get_bind().engine.url
    if url.get_backend_name() != "sqlite":
        assert "22334455" not in everything_stored(desk.session)
        return
    desk.client.post(desk.step(), data={"did": "ring på 22334455 eller 010190-1234"})
    desk.client.post(f"{desk.step()}/autosave", data={"did": "ring på 22334455", "base_no": "1"})
    desk.session.rollback()
    desk.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    files = [path for path in Path(str(url.database)).parent.glob("course.db*")]
    assert files
    for file in files:
        assert b"22334455" not in file.read_bytes()
        assert b"010190" not in file.read_bytes()
