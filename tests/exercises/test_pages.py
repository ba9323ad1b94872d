"""The pages around the exercises: the skills, the path, the figures; few queries, however much there is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from course.accounts.models import Person
from tests.factories import make_member, play

from .conftest import MakeRun, SignIn
from .playing import sample
from .test_engine import DECISIONS, ID, SPOT, hidden, url

MOST_ON_A_PAGE, MOST_A_STEP = 6, 8


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that the database is asked meanwhile."""
    asked: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("tries", [0, 12])
def test_a_step_costs_few_queries_however_often_one_has_tried(
    session: Session, engine: Engine, run_with: MakeRun, client_for: SignIn, tries: int
) -> None:
    run = run_with(DECISIONS.exercise)
    member = make_member(session, run)
    for _ in range(tries):
        play(session, member, ID, *DECISIONS.best)
        play(session, make_member(session, run), ID, *DECISIONS.best)
    client = client_for(member.person)
    page = client.get(f"{url(run)}?again=1").get_data(as_text=True)
    for posts in DECISIONS.best:
        with counted(engine) as asked:
            assert client.post(url(run), data=MultiDict(hidden(page) | posts)).status_code == 302
        assert len(asked) <= MOST_A_STEP, asked
        with counted(engine) as asked:
            page = client.get(url(run)).get_data(as_text=True)
        assert len(asked) <= MOST_ON_A_PAGE, asked


@pytest.mark.parametrize("page", ["skills", "path", "three-a-day", f"exercises/{ID}"])
def test_the_pages_cost_few_queries(
    session: Session, engine: Engine, run_with: MakeRun, client_for: SignIn, page: str
) -> None:
    run = run_with(sample("quiz").exercise)
    member = make_member(session, run)
    for _ in range(8):
        play(session, member, ID, sample("quiz").best[0] | {"one": ["scan"]})
    client = client_for(member.person)
    assert client.get(f"/runs/{run.id}/{page}").status_code == 200
    with counted(engine) as asked:
        assert client.get(f"/runs/{run.id}/{page}").status_code == 200
    assert len(asked) <= MOST_ON_A_PAGE, asked


def test_the_skills_page_tells_where_one_stands(session: Session, run_with: MakeRun, client_for: SignIn) -> None:
    run = run_with(SPOT.exercise)
    member = make_member(session, run)
    address = f"/runs/{run.id}/skills"
    before = client_for(member.person).get(address).get_data(as_text=True)
    assert "Tal om arbejdet" in before
    assert "0 af 1 trin er klaret" in before
    assert "Næste: Øv dig" in before
    play(session, member, ID, {"mark": ["a", "c"]})
    play(session, member, ID, SPOT.best[0])
    after = client_for(member.person).get(address).get_data(as_text=True)
    assert "1 af 1 trin er klaret" in after
    assert "Dit bedste: sikkert (100 %)" in after
    assert "Dine færdigheder" in client_for(member.person).get(f"/runs/{run.id}/path").get_data(as_text=True)


@pytest.mark.parametrize(("members", "is_shown"), [(4, False), (5, True)])
def test_the_organiser_sees_results_only_from_five(
    session: Session, run_with: MakeRun, client_for: SignIn, members: int, is_shown: bool
) -> None:
    run = run_with(SPOT.exercise)
    for _ in range(members):
        member = make_member(session, run)
        play(session, member, ID, {"mark": ["a"]})
        play(session, member, ID, SPOT.best[0])
    organiser = session.get_one(Person, run.created_by_id)
    page = client_for(organiser).get(f"/runs/{run.id}/figures")
    text = " ".join(page.get_data(as_text=True).split())
    assert "Øvelser og quizzer" in text
    assert ('100 % <span class="muted">(5 af 5)' in text) is is_shown
    assert ("Ingen af øvelserne har fem besvarelser endnu" in text) is not is_shown
