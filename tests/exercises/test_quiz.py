"""The quiz: scoring as properties, attempts, the page that explains."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from course.accounts.models import Person
from course.content.kinds import Score, Unclear
from course.db.errors import NotAllowed
from course.exercises import reading, service
from course.exercises.kinds.quiz import rules
from course.exercises.kinds.quiz.spec import Question, Quiz
from course.exercises.models import Attempt, PracticeStep
from course.runs.models import Membership
from course.work.standing import standing
from tests.factories import NOW, actor_of, course, make_member, make_person, make_run, play

ACTIVITY = course().activities["gp-04.myths"]
QUIZ: Quiz = ACTIVITY.exercises[0].spec
KEY = "0b0b7a3e-2f1c-4d55-9f53-0d0c5b7f8a11"
OTHER_KEY = "c0de7a3e-2f1c-4d55-9f53-0d0c5b7f8a22"
SignIn = Callable[[Person], FlaskClient]


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    """The time of the factories."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def member(session: Session) -> Membership:
    """A participant."""
    return make_member(session, make_run(session))


def right(question: Question) -> list[str]:
    """The right options of a question."""
    return sorted(question.right)


answers = st.fixed_dictionaries(
    {q.id: st.lists(st.sampled_from([option.id for option in q.options]), unique=True) for q in QUIZ.questions}
)


def scored(given_answers: dict[str, list[str]]) -> Score:
    """The score of a quiz answered so."""
    return rules.score(QUIZ, [{"answers": given_answers}])


def test_everything_right_is_every_point_and_nothing_is_none() -> None:
    assert scored({q.id: right(q) for q in QUIZ.questions}) == Score(len(QUIZ.questions), len(QUIZ.questions))
    assert scored({}).points == sum(not q.right for q in QUIZ.questions)
    assert rules.score(QUIZ, ()).points == 0


@given(answers)
def test_a_point_for_each_question_that_is_exactly_right(given_answers: dict[str, list[str]]) -> None:
    score = scored(given_answers)
    assert 0 <= score.points <= score.of == len(QUIZ.questions)
    assert score.points == sum(frozenset(given_answers[q.id]) == q.right for q in QUIZ.questions)


@given(answers, st.randoms())
def test_the_order_of_the_ticks_does_not_count(given_answers: dict[str, list[str]], random: object) -> None:
    turned = {name: list(reversed(chosen)) for name, chosen in given_answers.items()}
    assert scored(given_answers) == scored(turned)


@given(answers)
def test_ticking_everything_never_earns_more(given_answers: dict[str, list[str]]) -> None:
    everything = {q.id: [option.id for option in q.options] for q in QUIZ.questions}
    best = {q.id: right(q) for q in QUIZ.questions}
    assert scored(everything).points <= scored(best).points
    for question in QUIZ.questions:
        assert rules.is_right(question, everything) is (len(question.right) == len(question.options))
    assert scored(given_answers).points <= scored(best).points


@given(st.dictionaries(st.text(max_size=8), st.lists(st.text(max_size=8), max_size=4), max_size=6))
def test_whatever_is_posted_only_options_are_read(posted: dict[str, list[str]]) -> None:
    try:
        answers = rules.read(QUIZ, (), MultiDict(posted))["answers"]
    except Unclear as unclear:
        answers = unclear.kept["chosen"]
    for question in QUIZ.questions:
        assert set(answers.get(question.id, [])) <= {option.id for option in question.options}


def attempt(
    session: Session, member: Membership, changes: dict[str, list[str]] | None = None, key: str = KEY
) -> Attempt:
    """One attempt with everything right but ``changes``."""
    return play(session, member, ACTIVITY.id, {q.id: right(q) for q in QUIZ.questions} | (changes or {}), key=key)


def test_a_double_click_is_one_attempt(session: Session, member: Membership) -> None:
    assert attempt(session, member).id == attempt(session, member).id
    assert session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_other_answers_on_a_page_gone_back_to_are_a_new_attempt(session: Session, member: Membership) -> None:
    first = attempt(session, member)
    question = QUIZ.questions[0]
    wrong = next(option.id for option in question.options if not option.correct)
    second = attempt(session, member, {question.id: [wrong]})
    assert second.id != first.id
    assert (first.points, second.points) == (len(QUIZ.questions), len(QUIZ.questions) - 1)


def test_another_attempt_is_another_row_and_the_newest_is_shown(session: Session, member: Membership) -> None:
    attempt(session, member)
    question = QUIZ.questions[0]
    wrong = next(option.id for option in question.options if not option.correct)
    second = attempt(session, member, {question.id: [wrong]}, key=OTHER_KEY)
    found = reading.place(session, member.id, ACTIVITY.id)
    assert found.latest is not None
    assert found.latest.attempt is not None
    assert (found.finished, found.latest.attempt.id, second.points) == (2, second.id, len(QUIZ.questions) - 1)
    fact = standing(session, member.run, member).fact(ACTIVITY.id)
    assert fact is not None
    assert fact.state == "done"


def test_attempts_are_guarded(session: Session, member: Membership) -> None:
    gate = standing(session, member.run, member).gate(ACTIVITY, NOW)
    posted = MultiDict({q.id: right(q) for q in QUIZ.questions})
    sent = service.Sent(KEY, KEY, ACTIVITY.exercises[0].id, 0, posted)
    values = {"now": NOW, "membership": member, "gate": gate, "content_digest": member.run.content_digest, "sent": sent}
    with pytest.raises(NotAllowed):
        service.take_step(session, actor=actor_of(make_person(session)), activity=ACTIVITY, **values)
    case = course().activities["gp-05.case"]
    with pytest.raises(NotAllowed):
        service.take_step(session, actor=actor_of(member.person), activity=case, **values)
    with pytest.raises(Unclear):
        attempt(session, member, {QUIZ.questions[0].id: []})
    assert session.scalar(select(func.count()).select_from(Attempt)) == 0
    assert session.scalar(select(func.count()).select_from(PracticeStep)) == 0


def test_the_page_asks_for_what_is_missing_and_keeps_what_was_answered(client_for: SignIn, member: Membership) -> None:
    client = client_for(member.person)
    url = f"/runs/{member.run_id}/exercises/{ACTIVITY.id}"
    first = QUIZ.questions[0]
    answer = client.post(url, data={first.id: first.options[0].id, "key": KEY, "save_key": OTHER_KEY})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{first.id}-{first.options[0].id}" checked' in page
    assert "Svar på" in page


def test_every_answer_is_explained(client_for: SignIn, member: Membership) -> None:
    client = client_for(member.person)
    url = f"/runs/{member.run_id}/exercises/{ACTIVITY.id}"
    data = {q.id: [option.id for option in q.options][:1] for q in QUIZ.questions}
    page = client.post(url, data={**data, "key": KEY, "save_key": OTHER_KEY}, follow_redirects=True).get_data(
        as_text=True
    )
    for question in QUIZ.questions:
        for option in question.options:
            assert str(escape(option.why)) in page
    again = client.get(f"{url}?again=1").get_data(as_text=True)
    assert "Se forklaringerne" in again
