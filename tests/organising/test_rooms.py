"""The organiser's pages: the cockpit's figures, its cost, content versions, removal, cancelling, bad input."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.content.catalogue import Course
from course.db.audit import AuditRow
from course.db.errors import DomainError
from course.organising import service
from course.organising.cockpit import cockpit
from course.outbox.models import Message
from course.runs import service as runs
from course.runs.contents import course_of
from course.runs.models import Membership, Run, RunSession
from course.runs.rules import Role
from tests.factories import NOW, actor_of, course, make_member, make_person, make_run, make_work, packed
from tests.learning.test_pages import counted

SignIn = Callable[[Person], FlaskClient]


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    """The time of the factories."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def run(session: Session) -> Run:
    """A run of the real course."""
    return make_run(session)


@pytest.fixture
def organiser(session: Session, run: Run) -> Person:
    """Who made it."""
    return session.get_one(Person, run.created_by_id)


FORM = {
    "name": "Nyt hold", "cluster": "Klynge", "day1-date": "2026-12-04", "day1-starts": "09:00", "day1-ends": "16:15",
    "day1-place": "Sal 1", "day2-date": "2027-01-08", "day2-starts": "09:00", "day2-ends": "16:15", "day2-place": "",
    "facilitators": "",
}  # fmt: skip


def test_the_cockpit_counts_what_is_there(session: Session, run: Run, organiser: Person) -> None:
    anna, bo = (
        make_member(session, run, make_person(session, "Anna")),
        make_member(session, run, make_person(session, "Bo")),
    )
    make_work(session, anna, slot="good", state="released", judge=organiser)
    make_work(session, anna, slot="bad", state="returned", judge=organiser)
    make_work(session, bo, slot="good", state="submitted")
    make_work(session, bo, slot="bad", state="draft")
    view = cockpit(session, run, NOW)
    assert (view.inbox, view.returned, view.released, view.open_flags) == (1, 1, 1, 0)
    assert [row.membership.person.name for row in view.rows] == ["Anna", "Bo"]
    cases = [view.heads.index(slot.title) for slot in course().activities["gp-05.case"].slots]
    cells = [[row.cells[at] for at in sorted(cases)] for row in view.rows]
    assert [[cell.state if cell else None for cell in row] for row in cells] == [
        ["accepted", "returned"],
        ["submitted", "draft"],
    ]
    assert all(cell is None for row in view.rows for at, cell in enumerate(row.cells) if at not in cases)
    assert [row.done for row in view.rows] == [1, 1]
    assert view.rows[0].of == sum(len(a.slots) for a in course().activities.values() if not a.is_skip_test)


@pytest.mark.parametrize("number", [1, 40])
def test_the_cockpit_asks_as_often_for_one_as_for_forty(
    session: Session, engine: Engine, client_for: SignIn, run: Run, organiser: Person, number: int
) -> None:
    for _ in range(number):
        make_work(session, make_member(session, run), state="submitted")
    client = client_for(organiser)
    with counted(engine) as asked:
        page = client.get(f"/runs/{run.id}").get_data(as_text=True)
    assert f"{number} deltager" in page
    assert len(asked) <= 14, asked


def test_an_empty_run(client_for: SignIn, run: Run, organiser: Person) -> None:
    client = client_for(organiser)
    for address in ("", "/people", "/deadlines", "/outbox", "/content", "/edit", "/cancel", "/reviews"):
        assert client.get(f"/runs/{run.id}{address}").status_code == 200
    assert "ingen deltagere endnu" in client.get(f"/runs/{run.id}").get_data(as_text=True)


def test_creating_a_run(session: Session, client_for: SignIn, organiser: Person) -> None:
    given = FORM | {"facilitators": "Maja <maja@example.test>\nforkert\nmaja@example.test"}
    client = client_for(organiser)
    answer = client.post("/runs/new", data=given)
    assert answer.status_code == 302
    made = session.scalars(select(Run).where(Run.name == "Nyt hold")).one()
    assert [meeting.place for meeting in made.sessions] == ["Sal 1", ""]
    page = client.get(answer.location).get_data(as_text=True)
    assert "Linje 2" in page
    assert set(session.scalars(select(Message.to).where(Message.run_id == made.id))) == {"maja@example.test"}


LONG = "x" * 100_000


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""}, {"name": "   "}, {"name": LONG}, {"cluster": LONG}, {"day1-place": LONG}, {"facilitators": LONG},
        {"day1-date": ""}, {"day1-date": "i morgen"}, {"day1-date": "0001-01-01"}, {"day1-date": "9999-12-31"},
        {"day1-starts": ""}, {"day1-starts": "25:00"}, {"day1-ends": "08:00"}, {"day1-ends": "09:00"},
        {"day2-date": "2026-12-04"}, {"day2-date": "2026-11-01"}, {"day2-starts": "\x00"},
    ],
    ids=lambda change: next(f"{k}={v[:12]!r}" for k, v in change.items()),
)  # fmt: skip
def test_bad_input_is_told_and_kept(
    session: Session, client_for: SignIn, organiser: Person, change: dict[str, str]
) -> None:
    before = session.scalar(select(func.count()).select_from(Run))
    answer = client_for(organiser).post("/runs/new", data=FORM | change)
    assert answer.status_code in {409, 422}
    assert 'value="Nyt hold"' in answer.get_data(as_text=True) or "name" in change
    assert session.scalar(select(func.count()).select_from(Run)) == before


@pytest.mark.parametrize("name", ["😀 hold", "<b>hold</b>", "{{ 7*7 }}", "hold\x00med nul", "hold‮omvendt"])
def test_strange_names_are_shown_as_they_are(
    session: Session, client_for: SignIn, organiser: Person, name: str
) -> None:
    client = client_for(organiser)
    answer = client.post("/runs/new", data=FORM | {"name": name})
    assert answer.status_code == 302
    page = client.get(answer.location).get_data(as_text=True)
    assert "<b>hold" not in page
    assert ">49<" not in page
    assert "\x00" not in session.scalars(select(Run.name).order_by(Run.id.desc())).first()  # type: ignore[operator]


def test_an_empty_form_names_every_field(client_for: SignIn, organiser: Person) -> None:
    page = client_for(organiser).post("/runs/new", data={}).get_data(as_text=True)
    assert "Giv holdet et navn." in page
    assert page.count("Vælg en dato.") >= 2


def first_day(session: Session, run: Run) -> int:
    """The day of the month of day 1, as it stands in the database now."""
    session.rollback()
    days = select(RunSession.starts_at).where(RunSession.run_id == run.id, RunSession.key == "day1")
    return session.scalars(days).one().day


def test_moving_the_days_asks_first(session: Session, client_for: SignIn, run: Run, organiser: Person) -> None:
    client = client_for(organiser)
    given = FORM | {"name": run.name, "day1-date": "2026-12-11"}
    page = client.post(f"/runs/{run.id}/edit", data=given)
    assert page.status_code == 200
    assert "fredag den 11. december 2026" in page.get_data(as_text=True)
    assert "Intet er gemt endnu" in page.get_data(as_text=True)
    session.rollback()
    session.expire_all()
    assert session.get_one(Run, run.id).sessions[0].starts_at.day == 4
    assert client.post(f"/runs/{run.id}/edit", data=given | {"confirmed": "yes"}).status_code == 302
    session.rollback()
    session.expire_all()
    assert session.get_one(Run, run.id).sessions[0].starts_at.day == 11


def test_moving_a_deadline_asks_first(session: Session, client_for: SignIn, run: Run, organiser: Person) -> None:
    make_member(session, run, make_person(session, "Anna"))
    client = client_for(organiser)
    url = f"/runs/{run.id}/deadlines/cases"
    given = {"membership": "all", "date": "2026-11-25", "time": "12:00"}
    page = client.post(url, data=given).get_data(as_text=True)
    assert "Anna" in page
    assert "Intet er gemt endnu" in page
    assert "onsdag den 25. november 2026 kl. 12.00" in page
    assert client.post(url, data=given | {"confirmed": "yes"}).status_code == 302
    assert "onsdag den 25. november 2026 kl. 12.00" in client.get(f"/runs/{run.id}/deadlines").get_data(as_text=True)
    for bad in (
        {"date": ""},
        {"date": "2026-11-01"},
        {"time": "99:99"},
        {"membership": ""},
        {"membership": "987654"},
        {"membership": "x"},
    ):
        assert client.post(url, data=given | bad).status_code == 422, bad
    assert client.get(f"/runs/{run.id}/deadlines/ukendt").status_code == 404


def test_an_organiser_removed_while_signed_in_is_out_at_once(
    session: Session, client_for: SignIn, run: Run, organiser: Person
) -> None:
    second = make_person(session, "Anden Arrangør", may_create_runs=True)
    member = make_member(session, run, second, Role.ORGANISER)
    client = client_for(second)
    assert client.get(f"/runs/{run.id}").status_code == 200
    runs.remove_member(session, actor=actor_of(organiser), now=NOW, run=run, membership_id=member.id)
    session.commit()
    assert client.get(f"/runs/{run.id}").status_code == 404
    assert client.post(f"/runs/{run.id}/cancel").status_code == 404
    assert client.get("/runs/new").status_code == 200


def test_the_last_organiser_stays(session: Session, run: Run, organiser: Person) -> None:
    own = session.scalars(select(Membership).where(Membership.person_id == organiser.id)).one()
    with pytest.raises(DomainError):
        runs.remove_member(session, actor=actor_of(organiser), now=NOW, run=run, membership_id=own.id)


def test_cancelling_twice_tells_everybody_once(
    session: Session, client_for: SignIn, run: Run, organiser: Person
) -> None:
    make_member(session, run)
    client = client_for(organiser)
    for _ in range(2):
        assert client.post(f"/runs/{run.id}/cancel").status_code == 302
    mails = session.scalars(select(Message).where(Message.kind == "run_cancelled")).all()
    assert len(mails) == 2
    assert len(session.scalars(select(AuditRow).where(AuditRow.verb == "run_cancelled")).all()) <= 1


# -- versions of the course ------------------------------------------------------------------------------------------


def take(session: Session, run: Run, organiser: Person, newer: Course, seen: str) -> None:
    """Take a newer version of the course into use."""
    service.take_content(
        session, actor=actor_of(organiser), now=NOW, run=run, new=newer, packed=packed("gp"), seen_digest=seen
    )


def test_a_new_version_is_taken_only_as_it_was_seen(session: Session, run: Run, organiser: Person) -> None:
    before = run.content_digest
    newer = replace(course(), digest="f" * 64)
    with pytest.raises(DomainError, match="igen"):
        take(session, run, organiser, newer, "old")
    assert run.content_digest == before
    take(session, run, organiser, newer, newer.digest)
    assert run.content_digest == newer.digest


def test_a_version_without_what_somebody_has_written_is_refused(session: Session, run: Run, organiser: Person) -> None:
    make_work(session, make_member(session, run))
    kept = {name: a for name, a in course().activities.items() if name != "gp-05.case"}
    newer = replace(course(), activities=kept, digest="e" * 64)
    assert service.preview_content(session, run, newer).works == 1
    with pytest.raises(DomainError, match="mangler"):
        take(session, run, organiser, newer, newer.digest)
    assert course_of(session, run).digest == course().digest


def test_the_page_compares_with_the_newest(app: Flask, client_for: SignIn, run: Run, organiser: Person) -> None:
    client = client_for(organiser)
    assert "nyeste udgave" in client.get(f"/runs/{run.id}/content").get_data(as_text=True)
    old = app.extensions["catalogue"]
    aim = replace(old.courses["gp"].activities["gp-01.aim"], digest="d" * 64)
    activities = {**old.courses["gp"].activities, "gp-01.aim": aim}
    changed = replace(old.courses["gp"], digest="d" * 64, activities=activities)
    app.extensions["catalogue"] = replace(old, courses={**old.courses, "gp": changed})
    try:
        assert "nyere udgave" in client.get(f"/runs/{run.id}").get_data(as_text=True)
        page = client.get(f"/runs/{run.id}/content").get_data(as_text=True)
        assert aim.title in page
        assert client.post(f"/runs/{run.id}/content", data={"digest": "forældet"}).status_code == 409
    finally:
        app.extensions["catalogue"] = old


def test_the_outbox_is_paged(session: Session, client_for: SignIn, run: Run, organiser: Person) -> None:
    members = [make_member(session, run) for _ in range(3)]
    for day in range(20):
        service.move_deadline(
            session, actor=actor_of(organiser), now=NOW + timedelta(minutes=day), run=run, deadline_id="cases",
            membership_id=None, moved_to=NOW + timedelta(days=20 + day),
        )  # fmt: skip
    client = client_for(organiser)
    first = client.get(f"/runs/{run.id}/outbox").get_data(as_text=True)
    second = client.get(f"/runs/{run.id}/outbox?page=2").get_data(as_text=True)
    assert first.count("En frist er flyttet") == 50
    assert second.count("En frist er flyttet") == 10
    assert len(members) * 20 == 60
    for page in ("0", "-1", "x", "99999"):
        assert client.get(f"/runs/{run.id}/outbox?page={page}").status_code == 200


def test_a_trainee_gets_a_tutor_and_the_groups_know(
    session: Session, run: Run, organiser: Person, client_for: SignIn
) -> None:
    trainee, tutor = make_member(session, run), make_member(session, run)
    stranger = make_member(session, make_run(session, organiser, name="Andet hold"))
    url = f"/runs/{run.id}/people/{trainee.id}"
    client = client_for(organiser)
    assert tutor.person.name in client.get(url).get_data(as_text=True)
    given = {"clinic": "Lægehuset Bakkely", "is_trainee": "y", "tutor": str(tutor.id)}
    assert client.post(url, data=given).status_code == 302
    session.rollback()
    session.expire_all()
    assert (trainee.clinic, trainee.is_trainee, trainee.tutor_id) == ("Lægehuset Bakkely", True, tutor.id)
    for wrong in (stranger.id, trainee.id, 987_654):
        assert client.post(url, data=given | {"tutor": str(wrong)}).status_code == 422
    assert client.post(url, data={"clinic": "", "tutor": ""}).status_code == 302
    session.rollback()
    session.expire_all()
    assert (trainee.is_trainee, trainee.tutor_id) == (False, None)
    assert client.get(f"/runs/{run.id}/people/{stranger.id}").status_code == 404


def test_when_the_texts_are_erased_is_the_runs_own(
    session: Session, run: Run, organiser: Person, client_for: SignIn
) -> None:
    client = client_for(organiser)
    answer = client.post(f"/runs/{run.id}/edit", data=FORM | {"erase_days": "14", "confirmed": "yes"})
    assert answer.status_code == 302
    assert client.post(f"/runs/{run.id}/edit", data=FORM | {"erase_days": "0", "confirmed": "yes"}).status_code == 422
    session.rollback()
    session.expire_all()
    assert run.erase_days == 14
