"""The engine: begun, gone on with, finished, tried again; twice, at once, out of turn, with newer content."""

from __future__ import annotations

import re
import threading
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from course.db.errors import DomainError, NotAllowed
from course.db.session import new_session, writing
from course.exercises import reading, rules, service
from course.exercises.models import Attempt, PracticeStep
from course.learning.service import entries
from course.runs.contents import course_of, keep_version
from course.runs.models import Membership, Practice, Run
from course.work.standing import standing
from tests.factories import NOW, actor_of, make_member, make_person, play

from .conftest import MakeRun, SignIn
from .playing import Posts, course_with, packed_with, sample

ID = "demo-01.practice"
DECISIONS, SPOT = sample("key_features"), sample("spot")


def variant(name: str, kind: str = "spot") -> dict[str, Any]:
    """The sample of a kind under another name."""
    return sample(kind).exercise | {"id": name, "title": f"Udgaven {name}"}


def url(run: Run) -> str:
    """Where the exercise is."""
    return f"/runs/{run.id}/exercises/{ID}"


def hidden(page: str) -> Posts:
    """The hidden fields of the form of an exercise."""
    form = page[page.index('class="exercise-form') :]
    return {name: [value] for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)}


def post(client: FlaskClient, run: Run, posts: Posts, page: str | None = None) -> str:
    """Answer the page that is open, and follow to the next."""
    page = page or client.get(url(run)).get_data(as_text=True)
    data = MultiDict(hidden(page) | posts)
    return client.post(url(run), data=data, follow_redirects=True).get_data(as_text=True)


def count(session: Session, table: Any) -> int:
    """How many rows there are."""
    return session.scalar(select(func.count()).select_from(table)) or 0


def state_of(session: Session, member: Membership, activity: str = ID) -> str | None:
    """What the path says of an activity."""
    session.commit()
    session.expire_all()
    found = entries(standing(session, member.run, member), NOW)
    return next(entry.state for entry in found if entry.activity.id == activity)


# -- a whole attempt -------------------------------------------------------------------------------------------------


def test_asked_step_by_step_then_explained(session: Session, run_with: MakeRun, client_for: SignIn) -> None:
    run = run_with(DECISIONS.exercise)
    member = make_member(session, run)
    client = client_for(member.person)
    first = client.get(url(run)).get_data(as_text=True)
    assert "Beslutning 1 af 2" in first
    assert count(session, Practice) == 0, "looking is not beginning"
    second = post(client, run, DECISIONS.best[0], first)
    assert "Beslutning 2 af 2" in second
    assert state_of(session, member) == "started"
    done = post(client, run, DECISIONS.best[1], second)
    assert "2 af 2 beslutninger" in done
    assert "Trinnet er klaret" in done
    assert state_of(session, member) == "done"
    assert [step.data for step in session.scalars(select(PracticeStep).order_by(PracticeStep.no))] == [
        {"chosen": ["tasks", "flags"]}, {"chosen": ["plan"]},
    ]  # fmt: skip


def test_an_attempt_is_gone_on_with_where_it_was(session: Session, run_with: MakeRun, client_for: SignIn) -> None:
    """Everything is in the rows: another process, another browser, another day."""
    run = run_with(DECISIONS.exercise)
    member = make_member(session, run)
    post(client_for(member.person), run, DECISIONS.best[0])
    again = client_for(member.person).get(url(run)).get_data(as_text=True)
    assert "Beslutning 2 af 2" in again
    assert "Røde flag" in again


def test_too_few_points_leave_it_begun_and_a_second_attempt_can_pass(
    session: Session, run_with: MakeRun, client_for: SignIn
) -> None:
    run = run_with(SPOT.exercise)
    member = make_member(session, run)
    client = client_for(member.person)
    page = post(client, run, {"mark": ["a"]})
    assert "Ikke helt endnu" in page
    assert state_of(session, member) == "started"
    again = client.get(f"{url(run)}?again=1").get_data(as_text=True)
    assert "Trinnet er klaret" in post(client, run, SPOT.best[0], again)
    assert state_of(session, member) == "done"
    assert "Ikke helt endnu" in post(client, run, {"mark": ["a"]}, client.get(f"{url(run)}?again=1").get_data(True))
    assert state_of(session, member) == "done", "what is done stays done"


@pytest.mark.parametrize(("passes_at", "mark", "state"), [(0, "b", "done"), (33, "a", "done"), (34, "a", "started")])
def test_the_percent_that_is_enough(session: Session, run_with: MakeRun, passes_at: int, mark: str, state: str) -> None:
    member = make_member(session, run_with(SPOT.exercise, **{"pass": passes_at}))
    attempt = play(session, member, ID, {"mark": [mark]})
    assert attempt.points == (3 if mark == "a" else 0)
    assert state_of(session, member) == state


def test_the_skip_test_counts_what_it_skips(session: Session, run_with: MakeRun) -> None:
    member = make_member(session, run_with(SPOT.exercise, skips=["demo-01.read", "demo-01.myths"]))
    play(session, member, ID, {"mark": ["a"]})
    assert [state_of(session, member, name) for name in ("demo-01.read", "demo-01.myths")] == ["open", "open"]
    play(session, member, ID, SPOT.best[0])
    assert [state_of(session, member, name) for name in ("demo-01.read", "demo-01.myths")] == ["done", "done"]


# -- variants --------------------------------------------------------------------------------------------------------


def test_each_try_gives_the_next_variant() -> None:
    course = course_with(variant("a"), variant("b"), variant("c"))
    exercises = course.activities[ID].exercises
    assert [rules.given(exercises, 7, finished).id for finished in range(4)] == ["b", "c", "a", "b"]
    assert {rules.given(exercises, member, 0).id for member in range(3)} == {"a", "b", "c"}


def test_an_answer_to_a_variant_one_was_not_given_is_refused(session: Session, run_with: MakeRun) -> None:
    run = run_with(variant("a"), variant("b"))
    member = make_member(session, run)
    given = rules.given(course_of(session, run).activities[ID].exercises, member.id, 0).id
    other = "a" if given == "b" else "b"
    with pytest.raises(DomainError, match="en anden udgave"):
        play(session, member, ID, SPOT.best[0], exercise_id=other)
    assert count(session, Practice) == count(session, Attempt) == 0
    assert play(session, member, ID, SPOT.best[0]).exercise_id == given
    assert play(session, member, ID, SPOT.best[0]).exercise_id == other


# -- twice, out of turn, by others -----------------------------------------------------------------------------------


def test_a_step_posted_twice_is_one(session: Session, run_with: MakeRun, client_for: SignIn) -> None:
    run = run_with(DECISIONS.exercise)
    client = client_for(make_member(session, run).person)
    page = client.get(url(run)).get_data(as_text=True)
    for _ in range(3):
        assert "Beslutning 2 af 2" in post(client, run, DECISIONS.best[0], page)
    assert count(session, PracticeStep) == 1


def test_an_old_page_changes_nothing_and_leads_on(session: Session, run_with: MakeRun, client_for: SignIn) -> None:
    run = run_with(DECISIONS.exercise)
    client = client_for(make_member(session, run).person)
    first = client.get(url(run)).get_data(as_text=True)
    post(client, run, DECISIONS.best[0], first)
    changed = post(client, run, {"d1": ["scan"]}, first)
    assert "Siden var ikke den nyeste" in changed
    assert "Beslutning 2 af 2" in changed
    another_tab = first.replace(hidden(first)["key"][0], str(uuid4())).replace(
        hidden(first)["save_key"][0], str(uuid4())
    )
    assert "Siden var ikke den nyeste" in post(client, run, {"d1": ["scan"]}, another_tab)
    assert count(session, PracticeStep) == count(session, Practice) == 1


def test_a_key_of_somebody_else_is_ones_own(session: Session, run_with: MakeRun) -> None:
    run = run_with(SPOT.exercise)
    key = str(uuid4())
    one, other = make_member(session, run), make_member(session, run)
    play(session, one, ID, SPOT.best[0], key=key)
    play(session, other, ID, {"mark": ["a"]}, key=key)
    assert sorted(session.scalars(select(Attempt.points))) == [3, 9]


def test_a_key_of_another_activity_is_refused(session: Session, run_with: MakeRun) -> None:
    member = make_member(session, run_with(SPOT.exercise))
    key = str(uuid4())
    play(session, member, ID, SPOT.best[0], key=key)
    with pytest.raises(NotAllowed):
        play(session, member, "demo-01.myths", {"m1": ["true"]}, key=key)


def test_a_closed_exercise_takes_no_step(session: Session, run_with: MakeRun, client_for: SignIn) -> None:
    run = run_with(SPOT.exercise, opens="day1")
    client = client_for(make_member(session, run).person)
    page = client.get(url(run)).get_data(as_text=True)
    assert "exercise-form" not in page
    assert "Ikke åben" in page
    answer = client.post(url(run), data={"mark": "a", "key": str(uuid4())})
    assert answer.status_code == 409
    assert count(session, PracticeStep) == 0


def test_needs_unlock_by_criterion(session: Session, run_with: MakeRun) -> None:
    run = run_with(SPOT.exercise, needs=[{"activity": "demo-01.myths", "state": "done"}])
    member = make_member(session, run)
    assert state_of(session, member) == "needs"
    play(session, member, "demo-01.myths", {"m1": ["true"]})
    assert state_of(session, member) == "open"


# -- newer content ---------------------------------------------------------------------------------------------------


def take(session: Session, run: Run, *exercises: dict[str, Any]) -> None:
    """Let the run take a newer version of the content."""
    course = course_with(*exercises)
    keep_version(session, now=NOW, course=course, packed=packed_with(*exercises))
    run.content_digest = course.digest
    session.flush()


def test_an_attempt_is_gone_on_with_and_shown_as_it_was_asked(
    session: Session, run_with: MakeRun, client_for: SignIn
) -> None:
    run = run_with(DECISIONS.exercise)
    client = client_for(make_member(session, run).person)
    post(client, run, DECISIONS.best[0])
    newer = DECISIONS.exercise | {"title": "En ny udgave", "decisions": DECISIONS.exercise["decisions"][::-1]}
    take(session, run, newer)
    session.commit()
    page = client.get(url(run)).get_data(as_text=True)
    assert "Tre ugers rygsmerter" in page
    assert "Beslutning 2 af 2" in page
    done = post(client, run, DECISIONS.best[1], page)
    assert "2 af 2 beslutninger" in done
    assert "Øvelsen er ændret siden" in done
    assert "En ny udgave" in client.get(f"{url(run)}?again=1").get_data(as_text=True)


def test_an_exercise_that_is_gone_can_still_be_read(session: Session, run_with: MakeRun, client_for: SignIn) -> None:
    run = run_with(variant("old"))
    member = make_member(session, run)
    play(session, member, ID, SPOT.best[0])
    take(session, run, variant("new"))
    session.commit()
    assert "Udgaven old" in client_for(member.person).get(url(run)).get_data(as_text=True)


# -- at once ---------------------------------------------------------------------------------------------------------


def test_fifty_submit_in_the_same_second(session: Session, engine: Engine, run_with: MakeRun) -> None:
    """Two posts each, the same one twice, from threads with connections of their own."""
    run = run_with(SPOT.exercise)
    members = [make_member(session, run).id for _ in range(50)]
    session.commit()
    start, failed = threading.Barrier(10), []

    def submit(mine: list[int]) -> None:
        start.wait()
        for number in mine:
            key = str(uuid4())
            for _ in range(2):
                try:
                    with new_session(engine) as own, writing(own):
                        member = own.get_one(Membership, number)
                        stands = standing(own, member.run, member)
                        activity = stands.course.activities[ID]
                        service.take_step(
                            own, actor=actor_of(member.person), now=NOW, membership=member, activity=activity,
                            content_digest=member.run.content_digest, gate=stands.gate(activity, NOW),
                            sent=service.Sent(key, key, "sample", 0, MultiDict(SPOT.best[0])),
                        )  # fmt: skip
                except Exception as error:
                    failed.append(error)

    threads = [threading.Thread(target=submit, args=(members[at::10],)) for at in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    session.rollback()
    assert count(session, Attempt) == count(session, PracticeStep) == count(session, Practice) == 50


def test_one_person_twice_at_the_same_moment(session: Session, engine: Engine, run_with: MakeRun) -> None:
    """The same step from several connections becomes one row; so does the result."""
    run = run_with(SPOT.exercise)
    number = make_member(session, run).id
    session.commit()
    start, failed, key = threading.Barrier(6), [], str(uuid4())

    def submit() -> None:
        start.wait()
        try:
            with new_session(engine) as own, writing(own):
                member = own.get_one(Membership, number)
                stands = standing(own, member.run, member)
                activity = stands.course.activities[ID]
                service.take_step(
                    own, actor=actor_of(member.person), now=NOW, membership=member, activity=activity,
                    content_digest=member.run.content_digest, gate=stands.gate(activity, NOW),
                    sent=service.Sent(key, key, "sample", 0, MultiDict(SPOT.best[0])),
                )  # fmt: skip
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=submit) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    session.rollback()
    assert count(session, Attempt) == count(session, PracticeStep) == 1


# -- the run together, and who sees what -----------------------------------------------------------------------------


@pytest.mark.parametrize(("others", "is_shown"), [(3, False), (4, True)])
def test_the_runs_judgements_are_shown_from_five(
    session: Session, run_with: MakeRun, client_for: SignIn, others: int, is_shown: bool
) -> None:
    screening = sample("screening")
    run = run_with(screening.exercise)
    member = make_member(session, run)
    play(session, member, ID, screening.best[0])
    for _ in range(others):
        colleague = make_member(session, run)
        play(session, colleague, ID, screening.best[0] | {"stress": ["not"]})
        play(session, colleague, ID, screening.best[0])
    page = client_for(member.person).get(url(run)).get_data(as_text=True)
    assert ("Holdets vurdering" in page) is is_shown
    if is_shown:
        assert "5 på holdet har svaret. Du er enig med flertallet om 6 af 7 barrierer" in " ".join(page.split())


def test_a_place_is_one_query_however_many_attempts(session: Session, run_with: MakeRun) -> None:
    member = make_member(session, run_with(SPOT.exercise))
    for _ in range(5):
        play(session, member, ID, {"mark": ["a"]})
    found = reading.place(session, member.id, ID)
    assert found.finished == 5
    assert found.latest is not None
    assert len(found.latest.steps) == 1
    assert not found.is_under_way


def test_only_members_of_the_run_play(session: Session, run_with: MakeRun, client_for: SignIn) -> None:
    run = run_with(SPOT.exercise)
    assert client_for(make_person(session)).get(url(run)).status_code == 404
    member = make_member(session, run)
    session.commit()
    assert client_for(member.person).get(f"/runs/{run.id}/exercises/demo-01.read").status_code == 404
