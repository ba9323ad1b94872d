"""Colleagues see releases and nothing else."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.runs.rules import Role
from course.work import judging
from course.work.models import Opening, Release, Work
from tests.factories import NOW, actor_of, case_data, form_of, make_member, make_run

from .conftest import Desk
from .pages import links, main_text


def url(desk: Desk, release: Release | None = None) -> str:
    """The list of releases, or one of them."""
    return f"/runs/{desk.run.id}/releases{f'/{release.id}' if release else ''}"


def released(desk: Desk, **values: object) -> tuple[Work, Release]:
    """A released case of the desk's participant."""
    work = desk.work(state="released", **values)
    return work, desk.session.scalars(select(Release).where(Release.work_id == work.id)).one()


def openings(session: Session) -> list[tuple[int, str, int]]:
    """Who has opened something, in which capacity, how often."""
    session.rollback()
    session.expire_all()
    return [(row.person_id, row.capacity, row.times) for row in session.scalars(select(Opening))]


def test_colleagues_read_it_without_a_name_and_leave_a_trace(desk: Desk) -> None:
    _, release = released(desk, data=case_data(trade="cleaning", did="jeg talte med lederen"))
    colleague = make_member(desk.session, desk.run)
    client = desk.client_for(colleague.person)
    listed = client.get(url(desk))
    assert url(desk, release) in links(listed)
    assert "Rengøring" in main_text(listed)
    page = client.get(url(desk, release))
    assert "jeg talte med lederen" in main_text(page)
    assert "Karen Holm" not in listed.text + page.text
    client.get(url(desk, release))
    assert openings(desk.session) == [(colleague.person_id, "colleague", 2)]


def test_ones_own_leaves_no_trace_and_says_so(desk: Desk) -> None:
    _, release = released(desk)
    assert "Dit eget" in main_text(desk.client.get(url(desk)))
    assert "Dit eget" in main_text(desk.client.get(url(desk, release)))
    assert openings(desk.session) == []


def test_staff_see_the_author(desk: Desk) -> None:
    _, release = released(desk)
    client = desk.client_for(desk.organiser)
    assert "Skrevet af Karen Holm" in main_text(client.get(url(desk, release)))
    assert openings(desk.session) == [(desk.organiser.id, "reviewer", 1)]


def test_only_the_redacted_copy_is_shown(desk: Desk) -> None:
    work = desk.work(state="submitted", data=case_data(did="hun hed noget helt særligt"))
    values = {
        "session": desk.session, "actor": actor_of(desk.organiser), "now": NOW, "work_id": work.id, "revision_no": 1,
    }  # fmt: skip
    form = form_of("gp-05.case")
    judging.redact(**values, form=form, path="did", start=14, end=26, replacement="[…]")
    judging.accept(**values)
    release = judging.release(**values, form=form)
    desk.session.commit()
    page = desk.client_for(make_member(desk.session, desk.run).person).get(url(desk, release))
    assert "hun hed noget […]" in main_text(page)
    assert "særligt" not in page.text


def test_a_recalled_release_is_as_if_it_never_was(desk: Desk) -> None:
    work, release = released(desk)
    client = desk.client_for(make_member(desk.session, desk.run).person)
    assert client.get(url(desk, release)).status_code == 200
    judging.recall(desk.session, actor=actor_of(desk.organiser), now=NOW, work_id=work.id, revision_no=1)
    desk.session.commit()
    gone, never = client.get(url(desk, release)), client.get(f"{url(desk)}/999999")
    assert gone.status_code == never.status_code == 404
    assert without_token(gone.text) == without_token(never.text)
    assert url(desk, release) not in links(client.get(url(desk)))
    assert desk.client.get(url(desk, release)).status_code == 404, "not for its author either"


def without_token(page: str) -> str:
    """A page without its form tokens, which are always new."""
    return re.sub(r'(content|value)="[^"]{60,}"', "", page)


def test_what_is_not_released_is_not_there(desk: Desk) -> None:
    for slot, state in (("good", "accepted"), ("bad", "submitted")):
        desk.work(slot=slot, state=state)
    client = desk.client_for(make_member(desk.session, desk.run).person)
    assert "Der er ikke frigivet noget endnu." in main_text(client.get(url(desk)))


def test_another_run_sees_nothing(desk: Desk) -> None:
    _, release = released(desk)
    other_run = make_run(desk.session)
    stranger = make_member(desk.session, other_run)
    client = desk.client_for(stranger.person)
    assert client.get(url(desk)).status_code == 404
    assert client.get(url(desk, release)).status_code == 404
    assert client.get(f"/runs/{other_run.id}/releases/{release.id}").status_code == 404
    assert openings(desk.session) == []


def test_somebody_removed_while_signed_in_sees_nothing_more(desk: Desk) -> None:
    _, release = released(desk)
    colleague = make_member(desk.session, desk.run)
    client = desk.client_for(colleague.person)
    assert client.get(url(desk, release)).status_code == 200
    desk.session.rollback()
    colleague.left_at = NOW
    desk.session.commit()
    assert client.get(url(desk, release)).status_code == 404


def test_an_erased_copy_is_not_shown(desk: Desk) -> None:
    _, release = released(desk)
    release.data = None
    desk.session.commit()
    assert desk.client.get(url(desk, release)).status_code == 404


def test_facilitators_who_also_take_part_count_as_staff(desk: Desk) -> None:
    _, release = released(desk)
    both = make_member(desk.session, desk.run)
    make_member(desk.session, desk.run, both.person, Role.FACILITATOR)
    desk.client_for(both.person).get(url(desk, release))
    assert openings(desk.session) == [(both.person_id, "reviewer", 1)]
