"""CPR and phone numbers posted into every free-text field there is: none is stored, none is logged.

The fields of the content come from the catalogue, so that a new one is tried by itself. All others are found on the
pages; one that is not listed here fails the tests.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.certificates import service as certificates
from course.content.catalogue import Activity, Field, Kind
from course.db.session import EXTENSION
from course.outbox.models import MailText
from course.runs import completion
from course.runs.models import Membership, Progress, Run, Team, TeamMember
from course.runs.rules import Role
from course.work.models import PeerPair, Release, Revision, Work
from course.work.standing import standing
from tests.conftest import empty
from tests.factories import NOW, actor_of, case_data, course, make_member, make_person, make_run, make_work
from tests.html import parsed
from tests.routes import TABLE, World, addresses, build, rows

CPR, PHONE = "010190-1234", "20 30 40 50"
RED = f"hun hedder noget, har cpr {CPR} og telefon {PHONE}, og vi aftalte det"
SECRETS = (CPR, "0101901234", "010190", PHONE, "20304050")
PLACEHOLDER = "[CPR-nummer]"
SignIn = Callable[[Person], FlaskClient]

GUARDED = {
    "submissions.submit": {"other-N"},
    "reviews.work": {"comment", "reason", "replacement", "remark-*"},
    "reviews.rejection": {"comment"},
    "reviews.comments": {"title", "text"},
    "organising.completion_member": {"reason"},
    "organising.mail_text": {"subject", "body"},
}
"""Free text outside of the content that the guard watches; each is tried below."""

NOT_STORED = {
    ("reviews.work", "words"): "says which words of the text to strike out; only their place is kept",
    ("accounts.sign_in", "email"): "an address to sign in with",
    ("accounts.forgot", "email"): "an address to sign in with",
    ("runs.attend", "code"): "the code on the screen; only that it was right is kept",
    ("certificates.ask", "number"): "the number of a certificate to look at",
}
PEOPLE_THEMSELVES = {
    ("accounts.account", "name"): "what a professional wants to be called",
    ("email_change.change", "email"): "a professional's own address",
    ("accounts.account", "title"): "a professional's own title",
    ("runs.invitation", "name"): "what a professional wants to be called",
    ("organising.correct_invitation", "name"): "whom the organiser invites",
    ("organising.correct_invitation", "email"): "where the invitation is sent",
    ("organising.edit_member", "clinic"): "the clinic a professional works in",
    ("organising.people", "addresses"): "whom the organiser invites, and where to",
    ("organising.new_run", "facilitators"): "whom the organiser invites, and where to",
}
OF_THE_RUN = {
    (endpoint, name): "what the organiser calls the run, and where its days are held"
    for endpoint in ("organising.new_run", "organising.edit_run")
    for name in ("name", "cluster", "dayN-place", "organised_by", "activity_number")
}
EXCEPTIONS = NOT_STORED | PEOPLE_THEMSELVES | OF_THE_RUN
"""Free text that the guard leaves alone on purpose, with the reason: it is about the professionals, not a patient."""

# -- which fields there are ------------------------------------------------------------------------------------------


def written_activities() -> list[Activity]:
    """Every activity of the course in which one writes."""
    return [activity for activity in course().activities.values() if activity.form is not None]


def content_steps() -> list[tuple[str, str]]:
    """Every step of every form, by activity."""
    return [(a.id, step.id) for a in written_activities() for step in (a.form.steps if a.form else ())]


@pytest.fixture(scope="module")
def world(whole_app: Flask) -> Iterator[World]:
    """The world of the routes."""
    engine = whole_app.extensions[EXTENSION]
    empty(engine)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        yield build(whole_app)
    empty(engine)


def free_text_of(page: str) -> set[str]:
    """The names of the fields of a page in which anything can be typed; numbers in them become N."""
    tree = parsed(page)
    fields = [e for e in tree.iter("textarea") if "name" in e.attrib]
    fields += [
        e
        for e in tree.iter("input")
        if "name" in e.attrib and e.attrib.get("type", "text") in {"text", "search", "email", "tel", "url"}
    ]
    return {re.sub(r"\d+", "N", field.attrib["name"]) for field in fields}


def content_names() -> set[str]:
    """The names under which the fields of the content are posted; numbers in them become N."""
    found: set[str] = set()
    for activity in written_activities():
        assert activity.form is not None
        for field in activity.form.fields.values():
            found |= {re.sub(r"\d+", "N", name) for name in posted_names(field)}
    return found


def posted_names(field: Field) -> dict[str, str]:
    """What a field posts when red text is put in every place of it that is not a list to choose from inside a row."""
    match field.type:
        case "rows":
            cells = {column.id: column.options[0].id if column.options else RED for column in field.columns}
            return {f"{field.id}-{i}-{name}": text for i in range(2) for name, text in cells.items()}
        case "lines":
            return {f"{field.id}-{i}": RED for i in range(3)}
        case "tally":
            return {f"{field.id}-{i}": RED for i in range(2)}
        case _:
            return {field.id: RED}


def pages(world: World) -> Iterator[tuple[str, str]]:
    """Every page that anybody may see, with its endpoint."""
    rules = world.app.url_map.iter_rules()
    readable = {rule.endpoint for rule in rules if "GET" in (rule.methods or ())}
    for endpoint in sorted(readable & set(TABLE)):
        for target in TABLE[endpoint](world):
            url, _ = addresses(world, endpoint, target)
            for who in sorted(target.allowed):
                answer = world.ask(who, "GET", url)
                if answer.mimetype == "text/html":
                    yield endpoint, answer.get_data(as_text=True)


@pytest.mark.one_database
@pytest.mark.usefixtures("documents_as_written")
def test_every_free_text_field_on_every_page_is_known(world: World) -> None:
    seen = {(endpoint, name) for endpoint, page in pages(world) for name in free_text_of(page)}
    unknown = {(endpoint, name) for endpoint, name in seen if not is_known(endpoint, name)}
    assert unknown == set(), "free text that nobody has decided about"
    for endpoint, names in GUARDED.items():
        for name in names - {"other-N"}:
            assert any(e == endpoint and re.fullmatch(name.replace("*", ".+"), n) for e, n in seen), (endpoint, name)
    assert set(EXCEPTIONS) - seen == set(), "exceptions for fields that are gone"


def is_known(endpoint: str, name: str) -> bool:
    """Whether somebody has decided about a field."""
    if endpoint == "submissions.step":
        return name in content_names()
    if endpoint == "tools.tool" or endpoint.startswith("planners."):
        return True  # kept nowhere: tests/tools/test_never_stored.py and test_planner_views.py prove it
    guarded = {re.sub(r"\d+", "N", each) for each in GUARDED.get(endpoint, ())}
    return (endpoint, name) in EXCEPTIONS or any(re.fullmatch(g.replace("*", ".+"), name) for g in guarded)


def test_every_free_text_field_of_the_content_is_guarded() -> None:
    unguarded = [
        f"{activity.id}: {field.id}"
        for activity in written_activities()
        for field in (activity.form.fields.values() if activity.form else ())
        if field.is_free_text and field.guard == "none"
    ]
    assert unguarded == []


# -- posting ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def member(session: Session) -> Membership:
    """A participant of a run with a facilitator who is its clinician."""
    run = make_run(session)
    make_member(session, run, make_person(session, "Maja"), Role.FACILITATOR)
    return make_member(session, run)


def facilitator(session: Session, run: Run) -> Person:
    """The facilitator of a run."""
    return session.scalars(
        select(Person).join(Membership).where(Membership.run_id == run.id, Membership.role == Role.FACILITATOR)
    ).one()


def assert_nothing_red(engine: Engine, caplog: pytest.LogCaptureFixture) -> str:
    """Nothing red in any row or line of the log; what is stored, as text."""
    stored = str(rows(engine))
    assert [secret for secret in SECRETS if secret in stored] == []
    assert [secret for secret in SECRETS if secret in caplog.text] == []
    return stored


def posted_step(activity: Activity, step_id: str) -> dict[str, str]:
    """Red text in every field of a step, whatever its type."""
    assert activity.form is not None
    step = activity.form.step(step_id)
    assert step is not None
    return {name: value for field in step.fields for name, value in posted_names(field).items()}


@pytest.mark.parametrize("way", ["save", "autosave"])
@pytest.mark.parametrize(("activity_id", "step_id"), content_steps())
def test_content_fields(
    session: Session, member: Membership, client_for: SignIn, engine: Engine, caplog: pytest.LogCaptureFixture,
    activity_id: str, step_id: str, way: str,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    activity = course().activities[activity_id]
    moment = before_deadline(session, member, activity)
    slot = activity.slots[0].id
    with time_machine.travel(moment, tick=False):
        client = client_for(member.person)
        url = f"/runs/{member.run_id}/activities/{activity_id}/{slot}/steps/{step_id}"
        answer = client.post(
            url if way == "save" else f"{url}/autosave",
            data={**posted_step(activity, step_id), "base_no": "0", "work_id": "0", "action": "save"},
        )
    assert answer.status_code in {200, 302, 422}, answer.get_data(as_text=True)
    stored = assert_nothing_red(engine, caplog)
    shown = re.sub(r'<input[^>]*type="date"[^>]*>', "", answer.get_data(as_text=True))
    assert not [secret for secret in SECRETS if secret in shown], "a date is shown as typed; no text is"
    step = activity.form.step(step_id) if activity.form else None
    if step and any(field.is_free_text for field in step.fields):
        assert PLACEHOLDER in stored, "the rest of the text is kept"


def before_deadline(session: Session, member: Membership, activity: Activity) -> datetime:
    """A time at which every step of an activity is open to the member, who has done what must be done first."""
    if activity.on is not None and activity.kind is Kind.ANALYSIS:
        make_work(session, member, activity_id=activity.on.activity, slot=activity.on.slot, state="submitted")
    else:
        judge = session.get_one(Person, member.run.created_by_id)
        needed = [(course().activities[need.activity], need.slot) for need in activity.needs]
        written = [(asked, slot.id) for asked, only in needed for slot in asked.slots if only in (None, slot.id)]
        session.add_all(row_of_work(member, asked, slot, judge) for asked, slot in written if asked.form is not None)
    if activity.kind is Kind.PEER:
        give_a_peer(session, member, activity)
    if activity.is_shared:
        team = Team(run_id=member.run_id, session_key=activity.session or "", no=1, made_at=NOW)
        session.add(team)
        session.flush()
        session.add(TeamMember(membership_id=member.id, session_key=team.session_key, team_id=team.id))
    done = {need.activity for need in activity.needs if not course().activities[need.activity].kind.is_written}
    session.add_all(Progress(membership_id=member.id, activity_id=name, at=NOW) for name in done)
    session.flush()
    dates = standing(session, member.run, member).dates
    opens = [activity.opens, *(step.opens for step in (activity.form.steps if activity.form else ()))]
    return max((at + timedelta(hours=1) for one in opens if (at := dates.at(one)) is not None), default=NOW)


def row_of_work(member: Membership, asked: Activity, slot: str, judge: Person) -> Work:
    """An accepted work, as a row."""
    return Work(
        run_id=member.run_id, membership_id=member.id, activity_id=asked.id, slot=slot, state="accepted",
        needs_review=asked.review, asked_digest=asked.digest, latest_no=1, submitted_no=1, submitted_at=NOW,
        decided_by_id=judge.id, created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def give_a_peer(session: Session, member: Membership, words: Activity) -> None:
    """A colleague's homework that the member shall give words to; as rows, for it takes weeks."""
    assert words.on is not None
    homework = course().activities[words.on.activity]
    other = make_member(session, member.run)
    work = row_of_work(other, homework, "main", session.get_one(Person, member.run.created_by_id))
    work.projection = "released"
    session.add(work)
    session.flush()
    session.add(Revision(work_id=work.id, no=1, save_id="1", author_id=None, saved_at=NOW, data={}))
    session.flush()
    session.add(Release(work_id=work.id, revision_no=1, audience="peer", data={}, released_at=NOW))
    session.add(
        PeerPair(run_id=member.run_id, activity_id=homework.id, receiver_id=other.id, giver_id=member.id, made_at=NOW)
    )


def test_the_words_put_in_before_sending(
    session: Session, member: Membership, client_for: SignIn, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wanted = "hun hedder Anne Petersen og ville gerne blive på arbejde, sagde hun til os i klinikken"
    work = make_work(session, member, data=case_data(wanted=wanted))
    with time_machine.travel(NOW, tick=False):
        client = client_for(member.person)
        url = f"/runs/{member.run_id}/activities/gp-05.case/bad/submit"
        page = client.get(url).get_data(as_text=True)
        assert "Anne Petersen" in page
        data = {"word": "Anne Petersen", "pick-0": "replace", "other-0": RED, "base_no": str(work.latest_no)}
        answer = client.post(url, data=data)
    assert answer.status_code in {200, 302, 422}
    assert_nothing_red(engine, caplog)


def test_the_text_of_two_tabs_written_together(
    session: Session, member: Membership, client_for: SignIn, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    work = make_work(session, member)
    with time_machine.travel(NOW, tick=False):
        client = client_for(member.person)
        url = f"/runs/{member.run_id}/activities/gp-05.case/bad/steps/events"
        same = {"work_id": str(work.id), "base_no": "1"}
        assert client.post(url, data={**same, "wanted": "den ene fane skrev noget andet"}).status_code == 302
        conflict = client.post(url, data={**same, "wanted": RED})
        assert conflict.status_code == 409
        assert not [s for s in SECRETS if s in conflict.get_data(as_text=True)]
        assert_nothing_red(engine, caplog)
        chosen = {
            "conflicting": "wanted",
            "carried": "wanted",
            "wanted": RED,
            "pick-wanted": "both",
            "both-wanted": RED,
        }
        answer = client.post(url, data={**chosen, "work_id": str(work.id), "base_no": "2"})
    assert answer.status_code in {200, 302}
    assert PLACEHOLDER in assert_nothing_red(engine, caplog)


def red_acts(work: Work) -> dict[str, dict[str, str]]:
    """Every way a reviewer can write something, with red text in it."""
    until = {"until_day": "2026-11-16", "until_time": "12:00"}
    struck = {"path": "wanted", "start": "0", "end": "9"}
    acts = {
        "return": {"do": "return", "comment": RED, **until},
        "accept": {"do": "accept", "comment": RED},
        "keep": {"do": "keep", "comment": RED},
        "risk": {"do": "risk", "reason": RED},
        "remark": {"do": "remark:wanted", "remark-wanted": RED},
        "strike": {"do": "strike", "replacement": RED, **struck},
        "strike-short": {"do": "strike", "replacement": CPR, **struck},
        "strike-words": {"do": "strike-words", "words": "patienten", "replacement": PHONE},
        "strike-found": {"do": f"strike-found:{CPR}|patienten"},
    }
    return {name: {"revision_no": str(work.submitted_no), "state": "submitted", **act} for name, act in acts.items()}


REVIEW_ACTS = ("return", "accept", "keep", "risk", "remark", "strike", "strike-short", "strike-words", "strike-found")


@pytest.mark.parametrize("act", REVIEW_ACTS)
def test_reviewers_words(
    session: Session, member: Membership, client_for: SignIn, engine: Engine, caplog: pytest.LogCaptureFixture, act: str
) -> None:
    caplog.set_level(logging.DEBUG)
    work = make_work(session, member, state="submitted")
    judge = facilitator(session, member.run)
    with time_machine.travel(NOW, tick=False):
        client = client_for(judge)
        answer = client.post(f"/runs/{member.run_id}/reviews/works/{work.id}", data=red_acts(work)[act])
    assert answer.status_code in {200, 303, 422}
    stored = assert_nothing_red(engine, caplog)
    if answer.status_code == 303 and act in {"return", "accept", "keep", "risk", "remark"}:
        assert PLACEHOLDER in stored


def test_the_reason_of_a_rejection(
    session: Session, member: Membership, client_for: SignIn, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    work = make_work(session, member, state="submitted")
    data = {"revision_no": str(work.submitted_no), "state": "submitted", "comment": RED, "sure": "yes"}
    with time_machine.travel(NOW, tick=False):
        client = client_for(facilitator(session, member.run))
        answer = client.post(f"/runs/{member.run_id}/reviews/works/{work.id}/rejection", data=data)
    assert answer.status_code == 303
    assert PLACEHOLDER in assert_nothing_red(engine, caplog)


def test_a_comment_that_goes_along_with_a_release(
    session: Session, member: Membership, client_for: SignIn, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    work = make_work(session, member, state="submitted")
    url = f"/runs/{member.run_id}/reviews/works/{work.id}/copy"
    with time_machine.travel(NOW, tick=False):
        client = client_for(facilitator(session, member.run))
        page = client.get(url).get_data(as_text=True)
        copy = re.search(r'name="copy" value="([^"]+)"', page)
        assert copy is not None
        data = {"revision_no": str(work.submitted_no), "state": "submitted", "comment": RED, "do": "accept"}
        answer = client.post(url, data={**data, "copy": copy[1]})
    assert answer.status_code == 303
    assert PLACEHOLDER in assert_nothing_red(engine, caplog)


@pytest.mark.parametrize("act", ["grant", "revoke"])
def test_the_organisers_reasons(
    session: Session, member: Membership, client_for: SignIn, engine: Engine, caplog: pytest.LogCaptureFixture, act: str
) -> None:
    caplog.set_level(logging.DEBUG)
    organiser = session.get_one(Person, member.run.created_by_id)
    url = f"/runs/{member.run_id}/completion/{member.id}/grant"
    with time_machine.travel(NOW, tick=False):
        if act == "revoke":
            values = {"actor": actor_of(organiser), "now": NOW, "run": member.run, "membership_id": member.id}
            completion.grant(session, reason="en god grund til det", **values)
            row = certificates.issue(session, **values)
            url = f"/runs/{member.run_id}/certificates/{row.id}/revoke"
        answer = client_for(organiser).post(url, data={"reason": RED})
    assert answer.status_code == 303
    assert PLACEHOLDER in assert_nothing_red(engine, caplog)


@pytest.mark.parametrize("name", ["title", "text"])
def test_comments_to_use_again(
    session: Session,
    member: Membership,
    client_for: SignIn,
    engine: Engine,
    caplog: pytest.LogCaptureFixture,
    name: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    data = {"title": "Kort", "text": "Skriv gerne lidt mere.", name: f"cpr {CPR} tlf {PHONE}"}
    with time_machine.travel(NOW, tick=False):
        client = client_for(facilitator(session, member.run))
        answer = client.post(f"/runs/{member.run_id}/reviews/comments", data=data)
    assert answer.status_code == 303
    assert PLACEHOLDER in assert_nothing_red(engine, caplog)


@pytest.mark.parametrize("name", ["subject", "body"])
def test_the_words_of_a_mail(
    session: Session,
    member: Membership,
    client_for: SignIn,
    engine: Engine,
    caplog: pytest.LogCaptureFixture,
    name: str,
) -> None:
    """They are refused, not replaced: a mail must not go out with holes in it."""
    caplog.set_level(logging.DEBUG)
    data = {"action": "save", "seen": "", "subject": "Godkendt", "body": "Hej {navn}: {link}", name: f"{RED} {{link}}"}
    organiser = session.get_one(Person, member.run.created_by_id)
    with time_machine.travel(NOW, tick=False):
        answer = client_for(organiser).post(f"/runs/{member.run_id}/mails/accepted", data=data)
    assert answer.status_code == 422
    assert_nothing_red(engine, caplog)
    assert session.scalar(select(func.count()).select_from(MailText)) == 0


def test_the_answers_of_a_quiz(
    session: Session, member: Membership, client_for: SignIn, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """What is no option of a question is not read at all."""
    caplog.set_level(logging.DEBUG)
    quiz = course().activities["gp-04.myths"].exercises[0].spec
    data: dict[str, Any] = {question.id: [question.options[0].id, RED] for question in quiz.questions}
    with time_machine.travel(NOW, tick=False):
        client = client_for(member.person)
        url = f"/runs/{member.run_id}/exercises/gp-04.myths"
        assert client.post(url, data={**data, "key": RED, "save_key": RED, "after": RED}).status_code == 302
    assert_nothing_red(engine, caplog)


@pytest.mark.parametrize("name", ["exercise", "activity", "item", "save_key"])
def test_the_names_in_a_posted_exercise(
    session: Session,
    member: Membership,
    client_for: SignIn,
    engine: Engine,
    caplog: pytest.LogCaptureFixture,
    name: str,
) -> None:
    """What is no exercise or question that was given is refused, and not said again."""
    caplog.set_level(logging.DEBUG)
    quiz = course().activities["gp-04.myths"].exercises[0].spec
    data = {question.id: question.options[0].id for question in quiz.questions} | {name: RED}
    with time_machine.travel(NOW, tick=False):
        client = client_for(member.person)
        for page in ("exercises/gp-04.myths", "three-a-day"):
            answer = client.post(f"/runs/{member.run_id}/{page}", data=data)
            assert answer.status_code in {302, 404, 409}
            assert not [secret for secret in SECRETS if secret in answer.get_data(as_text=True)]
    assert_nothing_red(engine, caplog)


def test_somebody_whose_sign_in_has_ended(
    app: Flask, session: Session, member: Membership, client: FlaskClient, engine: Engine,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """The text goes back to the browser; nothing of it is kept or logged."""
    caplog.set_level(logging.DEBUG)
    session.commit()
    url = f"/runs/{member.run_id}/activities/gp-05.case/bad/steps/events"
    assert client.post(url, data={"wanted": RED}).status_code == 401
    assert client.post(f"{url}/autosave", data={"wanted": RED}, csrf=False).status_code in {400, 401}  # type: ignore[call-arg]
    assert_nothing_red(engine, caplog)
