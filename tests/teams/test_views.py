"""The pages of the groups, as people press their way through them."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from course.runs.models import Attendance, Team
from course.work import judging
from course.work.models import TeamCase, Work
from tests.factories import course, make_member, make_person
from tests.reviews.pages import statements
from tests.submissions.pages import Form, fill, heading, links, main_text, tree

from .conftest import Hall


def form_to(page, tail: str) -> Form:
    """The form of a page that is sent to an address ending so."""
    return next(f for e in tree(page).iter("form") if (f := Form(e)).action.endswith(tail))


def test_from_nothing_to_groups_and_back(hall: Hall) -> None:
    members = hall.arrive(*"aabbccdd", cases="good bad")
    mette = hall.client_for(hall.mette)
    page = mette.get(hall.url())
    assert "Der er ikke lavet grupper" in main_text(page)
    assert fill(mette, hall.url(), {}, "/groups/make").status_code == 303
    page = mette.get(hall.url())
    said = main_text(page)
    assert "Der er lavet 2 grupper." in "".join(tree(page).itertext())
    assert all(member.person.name in said for member in members)
    assert "er fra samme klinik" not in said
    assert said.count("Et forløb, der gik godt") >= 8
    form = form_to(page, "/groups/move")
    hall.fresh()
    one, other = hall.session.scalars(select(Team).order_by(Team.no))
    moving = hall.groups()[one.no][0]
    assert mette.post(form.action, data=form.filled({"member": moving, "team": other.id})).status_code == 303
    hall.fresh()
    assert moving in hall.groups()[other.no]
    page = mette.get(hall.url())
    assert "er fra samme klinik" in main_text(page)
    assert "Gruppen er på 5 deltagere" in main_text(page)


def test_somebody_is_missing_in_the_morning(hall: Hall) -> None:
    members = hall.arrive(*"abcdefgh")
    hall.make()
    gone = members[0]
    hall.session.add(
        Attendance(membership_id=gone.id, session_key="day1", state="absent", how="staff", marked_at=hall.now)
    )
    mette = hall.client_for(hall.mette)
    form = form_to(mette.get(hall.url()), "/groups/remake")
    assert form.value("missing") == str(gone.id)
    answer = mette.post(form.action, data=form.filled({}), follow_redirects=True)
    assert "Ingen af dem, der er her, har skiftet plads." in "".join(tree(answer).itertext())
    hall.fresh()
    assert sum(len(group) for group in hall.groups().values()) == 7
    assert f"{gone.person.name} – mangler" in main_text(answer)


def test_an_old_page_shows_the_groups_as_they_are(hall: Hall) -> None:
    hall.arrive(*"abcdefgh")
    mette, olga = hall.client_for(hall.mette), hall.client_for(hall.organiser)
    form = form_to(mette.get(hall.url()), "/groups/make")
    fill(olga, hall.url(), {"seed": "7"}, "/groups/make")
    answer = mette.post(form.action, data=form.filled({"seed": "8"}))
    assert answer.status_code == 409
    assert "Grupperne er ændret, siden du åbnede siden" in main_text(answer)
    assert "Gruppe 2" in main_text(answer)


def test_dissolving_asks_first(hall: Hall) -> None:
    hall.arrive(*"abcd")
    (team,) = hall.make()
    mette = hall.client_for(hall.mette)
    address = hall.url(f"/{team.id}/dissolve")
    assert heading(mette.get(address)) == "Opløs Gruppe 1?"
    assert fill(mette, address, {}, "/dissolve").status_code == 303
    assert mette.get(address).status_code == 302
    hall.fresh()
    assert hall.groups() == {}


def test_choosing_the_texts_of_a_group(hall: Hall) -> None:
    hall.arrive(*"abcd", cases="bad")
    (team,) = hall.make()
    mette = hall.client_for(hall.mette)
    works = list(hall.session.scalars(select(Work.id).order_by(Work.id)))
    form = form_to(mette.get(hall.url()), f"/{team.id}/texts")
    assert mette.post(form.action, data=form.filled({"work": works[:2]})).status_code == 303
    hall.fresh()
    assert set(hall.session.scalars(select(TeamCase.work_id))) == set(works[:2])
    answer = mette.post(form.action, data=form.filled({"work": None, "case": None}))
    assert (answer.status_code, "mindst ét forløb" in main_text(answer)) == (422, True)


def test_on_paper(hall: Hall) -> None:
    members = hall.arrive(*"abcd", cases="bad")
    hall.make()
    said = main_text(hall.client_for(hall.mette).get(hall.url("/print")))
    assert all(member.person.name in said for member in members)


def test_guests_are_named_but_have_no_seat(hall: Hall) -> None:
    from tests.factories import make_run

    hall.arrive(*"abc")
    guest = make_member(hall.session, make_run(hall.session), make_person(hall.session, "Gæsten Gitte"))
    hall.session.add(
        Attendance(
            membership_id=guest.id, session_key="day1", state="planned", how="staff", held_in_run_id=hall.run.id,
            marked_at=hall.now,
        )
    )  # fmt: skip
    assert "Gæsten Gitte" in main_text(hall.client_for(hall.mette).get(hall.url()))


# -- the member's own page ---------------------------------------------------------------------------------------------


def own_url(hall: Hall) -> str:
    return f"/runs/{hall.run.id}/sessions/day1/group"


def test_my_group(hall: Hall) -> None:
    members = hall.arrive(*"ab", cases="bad")
    hall.arrive(*"cd")
    hall.make()
    author, other = (hall.client_for(m.person) for m in (members[0], members[2]))
    page = author.get(own_url(hall))
    said = main_text(page)
    assert heading(page) == "Din gruppe: Gruppe 1"
    assert all(member.person.name in said for member in hall.members)
    assert said.count("Dit eget") == 1
    assert "Du sidder med ved dit eget forløb" in said
    assert "Dit eget" not in main_text(other.get(own_url(hall)))
    releases = [href for href in links(page) if "/releases/" in href]
    assert len(releases) == 2
    assert all(other.get(href).status_code == 200 for href in releases)
    assert hall.sheet_url() in links(page)


def test_whose_a_case_is_is_not_told_to_the_group(hall: Hall) -> None:
    hall.arrive("a", cases="bad")
    (author, other) = hall.arrive("b")
    hall.make()
    page = hall.client_for(other.person).get(own_url(hall))
    (release,) = [href for href in links(page) if "/releases/" in href]
    assert author.person.name not in main_text(hall.client_for(other.person).get(release))


def test_without_a_group_the_page_says_so(hall: Hall) -> None:
    (member,) = hall.arrive("a")
    said = main_text(hall.client_for(member.person).get(own_url(hall)))
    assert "Du er ikke i en gruppe endnu" in said
    sheet = hall.client_for(member.person).get(hall.sheet_url())
    assert "Åbner, når grupperne er lavet, og du er kommet i en." in main_text(sheet)


def test_an_author_is_told_before_that_the_group_works_with_the_case(hall: Hall) -> None:
    (member,) = hall.arrive("a", cases="bad")
    client = hall.client_for(member.person)
    case = f"/runs/{hall.run.id}/activities/gp-05.case/bad"
    assert "På kursusdagen arbejder din gruppe med dit forløb." in main_text(client.get(case))
    hall.arrive("b", "c")
    hall.make()
    hall.session.commit()
    assert "Din gruppe arbejder med dit forløb: Gruppe 1 (Kursusdag 1)." in main_text(client.get(case))
    (release,) = [href for href in links(client.get(own_url(hall))) if "/releases/" in href]
    assert "Din gruppe arbejder med dit forløb: Gruppe 1" in main_text(client.get(release))


def test_a_recalled_case_cannot_be_reached_from_the_group(hall: Hall) -> None:
    hall.arrive("a", cases="bad")
    _, other = hall.arrive("b")
    hall.make()
    client = hall.client_for(other.person)
    (release,) = [href for href in links(client.get(own_url(hall))) if "/releases/" in href]
    work = hall.session.scalars(select(Work)).one()
    judging.recall(hall.session, actor=hall.actor(), now=hall.now, work_id=work.id, revision_no=1)
    hall.session.commit()
    page = client.get(own_url(hall))
    assert client.get(release).status_code == 404
    assert not [href for href in links(page) if "/releases/" in href]
    assert next(iter(course().cases.values())).title in main_text(page)


@pytest.mark.parametrize("tail", ["/runs/{run}/sessions/day9/groups", "/runs/{run}/sessions/day9/group"])
def test_a_session_the_course_does_not_have(hall: Hall, tail: str) -> None:
    (member,) = hall.arrive("a")
    person = hall.mette if tail.endswith("groups") else member.person
    assert hall.client_for(person).get(tail.format(run=hall.run.id)).status_code == 404


def test_the_page_asks_the_same_of_the_database_however_many_there_are(hall: Hall, engine: Engine) -> None:
    hall.arrive(*"abcdefgh", cases="bad")
    hall.make()
    mette = hall.client_for(hall.mette)
    mette.get(hall.url())
    with statements(engine) as few:
        mette.get(hall.url())
    hall.arrive(*"ijklmnopqrst", cases="bad")
    hall.make(seed=1)
    hall.session.commit()
    with statements(engine) as many:
        mette.get(hall.url())
    assert len(few) == len(many)
