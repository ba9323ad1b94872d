"""Every page of a work, and everybody who is not its author."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from course.runs.rules import Role
from course.work.models import Work
from tests.factories import NOW, make_member, make_run

from .conftest import Desk

READ = ["", "steps/events", "submit", "receipt"]
POST = ["steps/events", "steps/events/autosave", "submit", "withdraw", "replace"]
NOWHERE = [
    "gp-05.case/ugly", "gp-05.choose/main", "gp-99.case/bad", "gp-05.case/bad/steps/nowhere",
    "gp-05.case/bad/steps/describe", "gp-05.analysis/bad", "%00/bad", "gp-05.case/..",
]  # fmt: skip


def test_others_works_do_not_exist(desk: Desk) -> None:
    """A colleague who opens the same address sees their own, empty place; staff and strangers see nothing."""
    desk.work(state="submitted")
    colleague = desk.client_for(make_member(desk.session, desk.run).person)
    for page in READ:
        assert "patienten havde ondt" not in colleague.get(desk.url(page=page), follow_redirects=True).text
    assert colleague.post(desk.url(page="withdraw")).status_code == 404
    assert colleague.post(desk.url(page="replace")).status_code == 404
    colleague.post(desk.step(), data={"did": "mit eget", "work_id": desk.works()[0].id, "base_no": "1"})
    assert (desk.data()[0] or {})["did"] != "mit eget"
    assert desk.works()[0].state == "submitted"


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.ORGANISER])
def test_staff_do_not_write(desk: Desk, role: Role) -> None:
    desk.work(state="submitted")
    client = desk.client_for(make_member(desk.session, desk.run, role=role).person)
    for page in READ:
        assert client.get(desk.url(page=page)).status_code == 404
    for page in POST:
        assert client.post(desk.url(page=page)).status_code == 404
    assert client.get(f"/runs/{desk.run.id}/activities/gp-05.case").status_code == 404


def test_participants_of_another_run_see_nothing(desk: Desk) -> None:
    desk.work(state="submitted")
    client = desk.client_for(make_member(desk.session, make_run(desk.session)).person)
    for page in READ:
        assert client.get(desk.url(page=page)).status_code == 404
    for page in POST:
        assert client.post(desk.url(page=page)).status_code == 404


def test_somebody_who_has_left_neither_reads_nor_writes(desk: Desk) -> None:
    desk.work()
    desk.member.left_at = NOW
    desk.session.commit()
    for page in READ:
        assert desk.client.get(desk.url(page=page)).status_code == 404
    for page in POST:
        assert desk.client.post(desk.url(page=page)).status_code == 404


def test_somebody_unknown_is_asked_to_sign_in(desk: Desk, client) -> None:
    for page in READ:
        assert "/sign-in" in client.get(desk.url(page=page)).location
    for page in POST:
        assert client.post(desk.url(page=page)).status_code in {302, 401}
    assert desk.session.scalar(select(func.count()).select_from(Work)) == 0


@pytest.mark.parametrize("address", NOWHERE)
def test_what_is_not_there(desk: Desk, address: str) -> None:
    assert desk.client.get(f"/runs/{desk.run.id}/activities/{address}").status_code == 404


def test_the_same_person_in_two_runs_has_two_works(desk: Desk) -> None:
    second = make_run(desk.session, desk.organiser)
    make_member(desk.session, second, desk.member.person)
    desk.work(data={"did": "det første hold"})
    page = desk.client.get(f"/runs/{second.id}/activities/gp-05.case/bad/steps/events")
    assert page.status_code == 200
    assert "det første hold" not in page.text


def test_every_post_needs_its_token(desk: Desk) -> None:
    desk.work(state="submitted")
    for page in POST:
        assert desk.client.open(desk.url(page=page), method="POST", csrf=False).status_code == 400
    assert desk.works()[0].state == "submitted"
