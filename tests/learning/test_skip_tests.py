"""The skip tests of the real courses: one for every ladder, offered among the skills, and no lock for who fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.content.catalogue import Activity, Exercise
from course.exercises.kinds.key_features.rules import KeyFeatures, is_right
from course.learning.service import entries
from course.runs import service as runs
from course.runs.models import Membership
from course.work.standing import standing
from tests.factories import NOW, actor_of, course, make_member, make_person, packed
from tests.solving import solved
from tests.submissions.pages import form_of

SignIn = Callable[[Person], FlaskClient]
LADDERS = [(name, skill) for name in ("gp", "amr") for skill in course(name).skills]
DECIDED = [
    exercise
    for name in ("gp", "amr")
    for activity in course(name).activities.values()
    if activity.is_skip_test
    for exercise in activity.exercises
    if isinstance(exercise.spec, KeyFeatures)
]
AMR_LADDERS = [skill for name, skill in LADDERS if name == "amr"]
AFTER = NOW + timedelta(days=2)


@pytest.fixture(autouse=True)
def after_the_second_session() -> Iterator[None]:
    with time_machine.travel(AFTER, tick=False):
        yield


@pytest.fixture
def member(session: Session) -> Membership:
    """Somebody in a run of the AMR course whose second session was yesterday."""
    olga = make_person(session, "Olga", may_create_runs=True)
    hours = timedelta(hours=2)
    first, second = NOW - timedelta(days=28), NOW + timedelta(days=1)
    run = runs.create_run(
        session, actor=actor_of(olga), now=NOW, course=course("amr"), packed=packed("amr"), name="AMR", cluster="",
        meetings={
            "session1": runs.Meeting(first, first + hours, ""),
            "session2": runs.Meeting(second, second + hours, ""),
        },
    )  # fmt: skip
    return make_member(session, run)


def skip_test_of(name: str, skill: str) -> Activity:
    (found,) = [a for a in course(name).activities.values() if a.skill == skill and a.is_skip_test]
    return found


def take(client: FlaskClient, member: Membership, test: Activity, *, wrong: int = 0) -> str:
    """Take a skip test on its pages, the first ``wrong`` decisions not as they should be; the page afterwards."""
    url = f"/runs/{member.run_id}/exercises/{test.id}"
    page = client.get(f"{url}?again=1")
    exercise = test.exercise(form_of(page).value("exercise") or "")
    assert exercise is not None
    for number, posts in enumerate(solved(exercise)):
        posted = spoilt(exercise, number) if number < wrong else posts
        page = client.post(url, data=form_of(page).filled(posted), follow_redirects=True)
        assert page.status_code == 200
    return page.get_data(as_text=True)


def spoilt(exercise: Exercise, number: int) -> dict[str, list[str]]:
    decision = exercise.spec.decisions[number]
    return {decision.id: [next(option.id for option in decision.options if option.value != "key")]}


@pytest.mark.parametrize(("name", "skill"), LADDERS)
def test_every_ladder_has_a_skip_test_with_two_variants(name: str, skill: str) -> None:
    test = skip_test_of(name, skill)
    below = {a.id for a in course(name).activities.values() if a.skill == skill and a.level in (1, 2, 3)}
    played = {activity for activity in below if course(name).activities[activity].exercises}
    assert played <= set(test.skips)
    assert (test.level, len(test.exercises), test.needs) == (4, 2, ())


@pytest.mark.parametrize("exercise", DECIDED, ids=lambda exercise: exercise.id)
def test_nobody_passes_by_always_taking_the_longest(exercise: Exercise) -> None:
    right = 0
    for decision in exercise.spec.decisions:
        longest = sorted(decision.options, key=lambda option: len(option.text), reverse=True)
        most = max(is_right(decision, [o.id for o in longest[:size]]) for size in range(1, decision.choose + 1))
        right += most
    assert right / len(exercise.spec.decisions) <= 0.6


@pytest.mark.parametrize("skill", AMR_LADDERS)
def test_the_skills_page_offers_it_and_it_opens_the_fourth_step(
    session: Session, client_for: SignIn, member: Membership, skill: str
) -> None:
    client, test, title = client_for(member.person), skip_test_of("amr", skill), course("amr").skills[skill].title
    offer = f"Tag springprøven: {title}"

    def skills() -> str:
        return client.get(f"/runs/{member.run_id}/skills").get_data(as_text=True)

    def states(*names: str) -> list[str]:
        session.commit()
        session.expire_all()
        found = {entry.activity.id: entry.state for entry in entries(standing(session, member.run, member), AFTER)}
        return [found[name] for name in names]

    fourth = course("amr").activities[f"amr-22.{skill}-4"]
    assert offer in skills()
    assert skills().count("Tag springprøven") == 3
    assert states(fourth.id) == ["needs"]

    assert "Ikke helt endnu" in take(client, member, test, wrong=1)
    assert states(test.id, *test.skips) == ["started", "open", "needs", "needs"], "the first step is open as before"
    assert offer in skills(), "who fails can try again"

    assert "Trinnet er klaret" in take(client, member, test)
    assert states(test.id, *test.skips, fourth.id) == ["done"] * 4 + ["open"]
    assert offer not in skills()
    assert "3 af 4 trin er klaret" in skills()
    assert f"Næste: {fourth.title}" in skills()
    assert skills().count("Tag springprøven") == 2
