""" "Tre om dagen": boxes as a table, what is due, and the page."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from course.exercises import recall, recall_rules
from course.exercises.models import Attempt, Recall
from course.exercises.recall_rules import BOXES, Item, Met
from course.runs.contents import course_of
from course.runs.models import Progress
from tests.factories import NOW, make_member, make_person, play

from .conftest import MakeRun, SignIn
from .playing import sample

ID = "demo-01.practice"
QUIZ = sample("quiz")
ITEM = Item("a", "e", "q1")


def day(number: int) -> datetime:
    """A day counted from now."""
    return NOW + timedelta(days=number)


def met(*events: tuple[int, bool], item: Item = ITEM) -> list[Met]:
    """An item missed at first, and then answered by itself on these days."""
    return [Met(item, False, False, day(0)), *(Met(item, right, True, day(at)) for at, right in events)]


@pytest.mark.parametrize(
    ("events", "asked_again"),
    [
        ([], 1),
        ([(1, True)], 4),
        ([(1, True), (4, True)], 11),
        ([(1, True), (4, True), (11, True)], 32),
        ([(1, True), (4, True), (11, True), (32, True)], None),
        ([(1, True), (4, False)], 5),
        ([(1, False), (2, False)], 3),
        ([(1, True), (4, True), (11, True), (32, False)], 33),
    ],
)
def test_an_item_comes_again_later_each_time_it_is_known(
    events: list[tuple[int, bool]], asked_again: int | None
) -> None:
    events_then = met(*events)
    last = events_then[-1].at
    first = next((n for n in range(60) if recall_rules.due(events_then, day(n)) and day(n) > last), None)
    assert first == asked_again


def test_three_a_day_with_those_answered_already() -> None:
    items = [Item("a", "e", f"q{n}") for n in range(7)]
    missed = [Met(item, False, False, day(0)) for item in items]
    assert recall_rules.due(missed, day(0)) == []
    assert recall_rules.due(missed, day(1)) == items[:3]
    after_one = [*missed, Met(items[0], True, True, day(1))]
    assert recall_rules.due(after_one, day(1)) == items[1:3]
    after_three = [*missed, *(Met(item, True, True, day(1)) for item in items[:3])]
    assert recall_rules.due(after_three, day(1)) == []
    assert recall_rules.due(after_three, day(2)) == items[3:6]


@given(
    st.lists(st.tuples(st.integers(0, 90), st.sampled_from("abcde"), st.booleans()), max_size=40), st.integers(0, 120)
)
def test_never_more_than_three_and_never_what_was_not_missed(events: list[tuple[int, str, bool]], today: int) -> None:
    history = [Met(Item("a", "e", name), right, right, day(at)) for at, name, right in sorted(events)]
    asked = recall_rules.due(history, day(today))
    assert len(asked) <= 3
    assert len(set(asked)) == len(asked)
    for item in asked:
        mine = [one for one in history if one.item == item]
        rights_since = next((n for n, one in enumerate(reversed(mine)) if not one.was_right), len(mine))
        assert rights_since < len(BOXES)


def wrong_in(*names: str) -> dict[str, list[str]]:
    """The best answers, but wrong in these questions."""
    wrong = {"one": ["scan"], "weeks": ["9"], "gaps.1": ["b"], "many": ["leader"], "pairs.a": ["b"]}
    return QUIZ.best[0] | {name: wrong[name] for name in names}


def test_what_is_missed_is_asked_the_next_day_and_counts_for_nothing(
    session: Session, run_with: MakeRun, client_for: SignIn
) -> None:
    run = run_with(QUIZ.exercise)
    member = make_member(session, run)
    play(session, member, ID, wrong_in("one", "weeks"))
    client = client_for(member.person)
    assert "Tre om dagen" not in client.get(f"/runs/{run.id}/modules/demo-01").get_data(as_text=True)
    with time_machine.travel(day(1), tick=False):
        client = client_for(member.person)
        url = f"/runs/{run.id}/three-a-day"
        page = client.get(url).get_data(as_text=True)
        assert "Hvad spørger du om først?" in page
        sent = {"activity": ID, "exercise": "sample", "item": "one", "save_key": str(uuid4())}
        missing = client.post(url, data=sent)
        assert missing.status_code == 422
        client.post(url, data=sent | {"one": "day"})
        told = client.post(url, data=sent | {"one": "day"}).get_data(as_text=True)
        assert "Så hører du om opgaverne." in told
        assert "Næste spørgsmål" in told
        assert "Inden hvor mange uger" in client.get(url).get_data(as_text=True)
        client.post(url, data=sent | {"item": "weeks", "save_key": str(uuid4()), "weeks": "9"})
        assert "ikke flere spørgsmål i dag" in client.get(url).get_data(as_text=True)
    session.commit()
    rows = session.execute(select(Recall.item_id, Recall.was_right).where(Recall.by_itself).order_by(Recall.id)).all()
    assert [tuple(row) for row in rows] == [("one", True), ("weeks", False)]
    assert session.scalar(select(func.count()).select_from(Attempt)) == 1
    assert session.scalar(select(func.count()).select_from(Progress)) == 1


@pytest.mark.parametrize(
    "change", [{"item": "many"}, {"item": "nowhere"}, {"exercise": "other"}, {"activity": "demo-01.myths"}]
)
def test_only_what_was_missed_can_be_answered(
    session: Session, run_with: MakeRun, client_for: SignIn, change: dict[str, str]
) -> None:
    run = run_with(QUIZ.exercise)
    member = make_member(session, run)
    play(session, member, ID, wrong_in("one"))
    sent = {"activity": ID, "exercise": "sample", "item": "one", "one": "day", "save_key": str(uuid4())}
    url = f"/runs/{run.id}/three-a-day"
    assert client_for(member.person).post(url, data=sent | change).status_code == 404
    assert (
        client_for(make_member(session, run, make_person(session, "Bo")).person).post(url, data=sent).status_code == 404
    )
    assert session.scalar(select(func.count()).select_from(Recall).where(Recall.by_itself)) == 0


def test_what_the_content_has_no_more_is_not_asked(session: Session, run_with: MakeRun) -> None:
    run = run_with(QUIZ.exercise)
    member = make_member(session, run)
    play(session, member, ID, wrong_in("one", "weeks"))
    session.add(
        Recall(
            membership_id=member.id, activity_id=ID, exercise_id="sample", item_id="gone", was_right=False,
            by_itself=False, save_key="k", at=NOW,
        )
    )  # fmt: skip
    session.flush()
    found = recall.waiting(session, member.id, course_of(session, run), day(1))
    assert {one.item.id for one in found} <= {"one", "weeks"}
