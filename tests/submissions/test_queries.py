"""At most six queries a page, however much there is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from course.work.models import FieldComment
from tests.factories import NOW, case_data, make_member, make_work

from .conftest import Desk

MOST = 6
PAGES = ["", "steps/events", "submit", "receipt"]


class Asking(Protocol):
    """Somebody at a desk."""

    @property
    def session(self) -> Session: ...

    @property
    def client(self) -> FlaskClient: ...


@contextmanager
def counted(desk: Asking) -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile."""
    sent: list[str] = []
    engine = desk.session.get_bind().engine

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def queries(desk: Asking, url: str) -> int:
    """How many queries a page takes when the run's content is unpacked already."""
    desk.session.rollback()
    desk.client.get(url)
    with counted(desk) as sent:
        assert desk.client.get(url).status_code in {200, 302}
    return len(sent)


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "rejected", "released"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_a_work(desk: Desk, page: str, state: str) -> None:
    desk.work(state=state, data=case_data())
    assert queries(desk, desk.url(page=page)) <= MOST


def test_the_analysis(desk: Desk) -> None:
    desk.work(state="submitted")
    assert queries(desk, desk.step("describe", "gp-05.analysis", "main")) <= MOST


def test_the_lists(desk: Desk) -> None:
    desk.work(state="released")
    for url in (f"/runs/{desk.run.id}/activities/gp-05.case", f"/runs/{desk.run.id}/releases"):
        assert queries(desk, url) <= MOST


def test_more_of_everything_costs_no_more_queries(desk: Desk) -> None:
    work = desk.work(state="returned")
    before = [queries(desk, url) for url in (desk.url(), desk.step(), f"/runs/{desk.run.id}/releases")]
    for i in range(5):
        colleague = make_member(desk.session, desk.run)
        make_work(desk.session, colleague, state="released", judge=desk.organiser)
        desk.session.add(FieldComment(work_id=work.id, revision_no=1, field="did", text=f"nr. {i}", at=NOW))
    desk.session.commit()
    after = [queries(desk, url) for url in (desk.url(), desk.step(), f"/runs/{desk.run.id}/releases")]
    assert after == before
