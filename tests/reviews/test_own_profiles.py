"""Profiles that participants set, of the own text and of a colleague's released one, by the rubric of their time."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from flask import render_template
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.content import pinning
from course.content.catalogue import Rubric
from course.db.errors import DomainError, NotAllowed
from course.organising import service as organising
from course.organising.rules import ChangedRubric, Touched
from course.reviews import own_profiles, profiles
from course.reviews.models import Profile
from course.runs.contents import keep_version
from course.work import judging
from course.work import service as spine
from course.work.judging import NewerText
from course.work.models import Release, Work
from course.work.standing import standing
from tests.factories import NOW
from tests.reviews.homework import Group
from tests.reviews.pages import text_of
from tests.submissions.pages import form_of
from tests.submissions.practice import PLAN, PLANNED, ROOT, STATED, STATEMENT, make_practice

SignIn = Callable[[Person], FlaskClient]


@pytest.fixture
def group(session: Session, clock: time_machine.Traveller) -> Group:
    return make_practice(session, 3)


def rubric(group: Group) -> Rubric:
    return group.course.rubrics["reflection"]


def plan(group: Group) -> Work:
    return group.write("anna", PLAN, PLANNED, NOW)


def put(group: Group, work: Work, by: str = "anna", no: int = 1, **levels: int) -> None:
    own_profiles.set_own(
        group.session, actor=group.actor(by), now=NOW, work_id=work.id, revision_no=no, rubric=rubric(group),
        levels=levels,
    )  # fmt: skip


def released(group: Group) -> Release:
    """Anna's statement, accepted and given to the run."""
    work = group.write("anna", STATEMENT, STATED, NOW)
    form = group.course.activities[STATEMENT].form
    assert form is not None
    judged = {"actor": group.actor("mette"), "now": NOW, "work_id": work.id, "revision_no": 1}
    judging.accept(group.session, **judged)
    judging.release(group.session, **judged, form=form)
    return group.session.scalars(select(Release)).one()


def put_on_release(group: Group, release: Release, by: str = "bo", **levels: int) -> None:
    own_profiles.set_by_colleague(
        group.session, actor=group.actor(by), now=NOW, release_id=release.id, rubric=rubric(group), levels=levels
    )


# -- who may -----------------------------------------------------------------------------------------------------------


def test_an_author_sets_one_profile_and_may_change_it(group: Group) -> None:
    work = plan(group)
    put(group, work, description=1)
    put(group, work, description=2, position=3)
    (row,) = group.session.scalars(select(Profile)).all()
    assert (row.levels, row.rubric_digest) == ({"description": 2, "position": 3}, rubric(group).digest)


def test_only_the_author_and_only_of_what_is_handed_in(group: Group) -> None:
    work = plan(group)
    for name in ("bo", "mette", "organiser"):
        with pytest.raises(NotAllowed):
            put(group, work, by=name, description=1)
    with pytest.raises(NewerText):
        put(group, work, no=2, description=1)
    with pytest.raises(DomainError, match="mindst ét punkt"):
        put(group, work)
    gate = standing(group.session, group.run, group.members["anna"]).gate(group.course.activities[PLAN], NOW)
    spine.withdraw(group.session, actor=group.actor("anna"), now=NOW, work=work, gate=gate)
    with pytest.raises(NotAllowed):
        put(group, work, description=1)


def test_a_colleague_sets_one_of_a_released_text_and_of_no_other(group: Group) -> None:
    release = released(group)
    put_on_release(group, release, description=2)
    put_on_release(group, release, description=3)
    for name in ("anna", "mette", "organiser"):
        with pytest.raises(NotAllowed):
            put_on_release(group, release, by=name, description=1)
    judging.recall(
        group.session, actor=group.actor("mette"), now=NOW, work_id=release.work_id, revision_no=release.revision_no
    )
    with pytest.raises(NotAllowed):
        put_on_release(group, release, description=1)
    (row,) = group.session.scalars(select(Profile)).all()
    assert (row.by_id, row.levels) == (group.members["bo"].person_id, {"description": 3})


def test_a_reviewers_profile_is_told_from_the_authors(group: Group) -> None:
    release = released(group)
    put(group, group.work("anna", STATEMENT), description=1)
    put_on_release(group, release, description=2)
    profiles.set_profile(
        group.session, actor=group.actor("mette"), now=NOW, work_id=release.work_id, revision_no=1,
        rubric=rubric(group), levels={"description": 3},
    )  # fmt: skip
    assert [one.by for one in profiles.set_by_reviewers(group.session, release.work_id)] == ["Mette Maj"]
    (picture,) = own_profiles.pictures(
        group.session, group.course, group.work("anna", STATEMENT), rubric(group), group.members["anna"].person_id
    )
    assert [(line.by, dict(line.levels)) for line in picture.profiles] == [
        ("Dig selv", {"description": 1}),
        ("Bo Bek, kollega", {"description": 2}),
        ("Mette Maj, underviser", {"description": 3}),
    ]
    assert own_profiles.levels_by(group.session, release.work_id, group.members["bo"].person_id) == {"description": 2}


# -- another rubric ----------------------------------------------------------------------------------------------------


def newer(group: Group, tmp_path: Path) -> bytes:
    """The course with another rubric under the same name."""
    root = tmp_path / "course"
    shutil.copytree(ROOT, root)
    path = root / "assessments" / "rubrics" / "reflection.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Uklar,", "Tåget,"), encoding="utf-8")
    return pinning.pack(root, "mini")


def test_a_profile_keeps_its_rubric_and_the_organiser_is_told_before_taking_another(
    group: Group, tmp_path: Path
) -> None:
    work = plan(group)
    put(group, work, description=0)
    packed = newer(group, tmp_path)
    course = pinning.unpack(packed)
    told = organising.preview_content(group.session, group.run, course)
    assert [(one.title, one.profiles) for one in told.rubrics] == [("Kort refleksion", 1)]
    assert organising.preview_content(group.session, group.run, group.course).rubrics == ()
    group.run.content_digest = keep_version(group.session, now=NOW, course=course, packed=packed)
    group.session.flush()
    (picture,) = own_profiles.pictures(
        group.session, group.course, work, course.rubrics["reflection"], group.members["anna"].person_id
    )
    assert picture.is_older
    assert picture.columns[0].options[0].text == "Uklar"


# -- the pages ---------------------------------------------------------------------------------------------------------


def test_the_authors_page(group: Group, client_for: SignIn) -> None:
    plan(group)
    client = client_for(group.members["anna"].person)
    url = f"/runs/{group.run.id}/activities/{PLAN}/main"
    assert f"{url}/profile" in client.get(url).text
    page = client.get(f"{url}/profile")
    answer = client.post(f"{url}/profile", data=form_of(page, "profile").filled({"profile-description": 2}))
    assert answer.status_code == 303
    page = client.get(f"{url}/profile")
    assert "Profilerne ved siden af hinanden" in text_of(page)
    assert form_of(page, "profile").value("profile-description") == "2"
    refused = client.post(f"{url}/profile", data=form_of(page, "profile").filled({"profile-description": None}))
    assert refused.status_code == 422
    assert "mindst ét punkt" in text_of(refused)


def test_before_it_is_handed_in_the_page_leads_back(group: Group, client_for: SignIn) -> None:
    client = client_for(group.members["anna"].person)
    url = f"/runs/{group.run.id}/activities/{PLAN}/main"
    answer = client.get(f"{url}/profile")
    assert (answer.status_code, answer.location) == (302, url)
    assert client.post(f"{url}/profile", data={"profile-description": "1"}).status_code == 404
    assert client.get(f"/runs/{group.run.id}/activities/mini-01.goal/main/profile").status_code == 404


def test_a_colleagues_page(group: Group, client_for: SignIn) -> None:
    release = released(group)
    url = f"/runs/{group.run.id}/releases/{release.id}"
    author = client_for(group.members["anna"].person)
    assert "Sæt en profil" not in author.get(url).text
    assert author.get(f"{url}/profile").status_code == 404
    client = client_for(group.members["bo"].person)
    assert f"{url}/profile" in client.get(url).text
    page = client.get(f"{url}/profile")
    assert "samle tavler" in text_of(page)
    assert "Anna" not in text_of(page)
    answer = client.post(f"{url}/profile", data=form_of(page, "profile").filled({"profile-position": 1}))
    assert answer.status_code == 303
    shown = author.get(f"/runs/{group.run.id}/activities/{STATEMENT}/main/profile")
    assert "Bo Bek, kollega" in text_of(shown)
    empty = client.post(f"{url}/profile", data={"profile-position": "9"})
    assert empty.status_code == 422


def test_a_reviewer_has_the_case_the_model_answer_and_what_was_found(group: Group, client_for: SignIn) -> None:
    work = group.write("anna", STATEMENT, STATED, NOW)
    page = client_for(group.mette).get(f"/runs/{group.run.id}/reviews/works/{work.id}")
    said = text_of(page)
    assert "Casen: Rune og lofterne" in said
    assert "samle tavler i brysthøjde" in said
    assert "Talt: 1 kan, 1 kan ikke." in said
    assert "kan kun et menneske sige" in said


def test_the_organisers_page_tells_of_it(group: Group, client_for: SignIn) -> None:
    """The newest content has no such course; the sentence is the template's own."""
    client = client_for(group.organiser)
    touched = Touched((), (), (), 0, rubrics=(ChangedRubric("Kort refleksion", 2),))
    with client.application.test_request_context():
        page = render_template(
            "organising/content.html", run=group.run, newest=group.course, is_newest=False, touched=touched
        )
    assert "Vurderingsskemaet er ændret: Kort refleksion. 2 profiler er sat efter det gamle" in page
