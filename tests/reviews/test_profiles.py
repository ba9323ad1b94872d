"""Profiles on a rubric: set by a reviewer, shown beside the others, by the rubric of their time."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.content import pinning
from course.content.catalogue import FieldColumn, Option, Rubric
from course.db.errors import DomainError, NotAllowed
from course.reviews import deciding, peer_pages, profiles
from course.reviews.deciding import Seen
from course.reviews.models import Profile
from course.reviews.profiles import Shown
from course.runs.contents import keep_version
from course.work.judging import NewerText
from tests.reviews.homework import AFTER, HOMEWORK, ROOT, WRITING, Group, make_group
from tests.reviews.pages import text_of
from tests.submissions.pages import form_of

SignIn = Callable[[Person], FlaskClient]


@pytest.fixture
def group(session: Session, clock: time_machine.Traveller) -> Group:
    group = make_group(session, 3)
    group.hand_in()
    clock.move_to(WRITING)
    return group


def rubric(group: Group) -> Rubric:
    return group.course.rubrics["reflection"]


def put(group: Group, by: str = "mette", no: int = 1, **levels: int) -> None:
    profiles.set_profile(
        group.session, actor=group.actor(by), now=WRITING, work_id=group.homework("anna").id, revision_no=no,
        rubric=rubric(group), levels=levels,
    )  # fmt: skip


def test_a_reviewer_sets_one_profile_and_may_change_it(group: Group) -> None:
    put(group, description=1)
    put(group, description=2, position=3)
    put(group, by="organiser", description=0)
    rows = group.session.scalars(select(Profile).order_by(Profile.id)).all()
    assert [(row.by_id, row.levels) for row in rows] == [
        (group.mette.id, {"description": 2, "position": 3}),
        (group.organiser.id, {"description": 0}),
    ]
    assert {row.rubric_digest for row in rows} == {rubric(group).digest}


def test_who_may_not_set_one(group: Group) -> None:
    for name in ("anna", "bo"):
        with pytest.raises(NotAllowed):
            put(group, by=name, description=1)
    with pytest.raises(NewerText):
        put(group, no=2, description=1)
    with pytest.raises(DomainError, match="mindst ét punkt"):
        put(group)


def test_levels_that_are_none_are_not_read(group: Group) -> None:
    posted = {"description": "3", "position": "4", "nonsense": "1"}
    assert profiles.read_levels(rubric(group), posted) == {"description": 3}
    assert profiles.read_levels(rubric(group), {"description": "-1", "position": "²"}) == {}


def test_the_author_sees_it_with_the_decision_and_not_before(group: Group) -> None:
    put(group, description=2)
    work = group.homework("anna")
    assert profiles.set_by_reviewers(group.session, work.id) == []
    deciding.accept(
        group.session, actor=group.actor("mette"), now=WRITING, work_id=work.id, seen=Seen(1, "submitted"), comment=""
    )
    (found,) = profiles.set_by_reviewers(group.session, work.id)
    assert (found.by, found.levels) == ("Mette Maj", {"description": 2})


def pin(group: Group, root: Path) -> None:
    """Let the run take a newer version of the course."""
    data = pinning.pack(root, "mini")
    group.run.content_digest = keep_version(group.session, now=AFTER, course=pinning.unpack(data), packed=data)
    group.session.flush()


def changed(tmp_path: Path) -> Path:
    """The course with another text at one level of its rubric."""
    root = tmp_path / "changed"
    shutil.copytree(ROOT, root)
    path = root / "assessments/rubrics/reflection.yaml"
    path.write_text(path.read_text().replace("Klar med egen del", "Lægens egen del står tydeligt"))
    return root


def test_an_old_review_keeps_its_rubric(
    group: Group, tmp_path: Path, client_for: SignIn, clock: time_machine.Traveller
) -> None:
    put(group, description=2)
    group.arrange()
    group.release()
    giver = group.giver_of("anna")
    group.say(giver)
    pin(group, changed(tmp_path))
    put(group, by="organiser", description=2)
    feedback = peer_pages.feedback(group.session, group.course, group.exchange(), group.members["anna"].id)
    newer, older = feedback.pictures
    assert [shown.by for shown in newer.profiles] == ["Olga Organiser, underviser"]
    assert {shown.by.split(",")[-1].strip() for shown in older.profiles} == {"Dig selv", "makker", "underviser"}
    assert older.is_older
    assert older.columns[0].options[2].text == "Klar med egen del"
    assert newer.columns[0].options[2].text == "Lægens egen del står tydeligt"
    clock.move_to(AFTER)
    page = text_of(client_for(group.mette).get(group.url()))
    assert "Skemaet er ændret" in page
    assert "1 profil er sat efter en tidligere udgave" in page
    own = text_of(client_for(group.members["anna"].person).get(group.url("/words")))
    assert "Sat efter en tidligere udgave af skemaet" in own
    assert "Lægens egen del står tydeligt" in own
    assert "Klar med egen del" in own


def test_profiles_of_one_rubric_stand_in_one_picture() -> None:
    one = (FieldColumn("a", "A", "level", (Option("0", "nul"), Option("1", "en"))),)
    other = (FieldColumn("a", "A", "level", (Option("0", "intet"), Option("1", "en"))),)
    lines = [
        (other, Shown("X", {"a": 1})),
        (one, Shown("Y", {"a": 0})),
        (one, Shown("Z", {"a": 1})),
        ((), Shown("-", {})),
    ]
    first, second = profiles.pictures(lines, one)
    assert [shown.by for shown in first.profiles] == ["Y", "Z"]
    assert (first.is_older, second.is_older) == (False, True)
    assert profiles.pictures([], one) == ()


# -- the review page -------------------------------------------------------------------------------------------------


def review_url(group: Group, tail: str = "") -> str:
    return f"/runs/{group.run.id}/reviews/works/{group.homework('anna').id}{tail}"


def levels(group: Group) -> list[dict[str, int]]:
    group.look_again()
    return [row.levels for row in group.session.scalars(select(Profile).order_by(Profile.id))]


def test_the_profile_has_its_own_button(group: Group, client_for: SignIn) -> None:
    client = client_for(group.mette)
    form = form_of(client.get(review_url(group)), review_url(group))
    saved = client.post(
        form.action, data=form.filled({"level-description": "2", "do": "profile"}), follow_redirects=True
    )
    assert "Profilen er gemt" in text_of(saved)
    assert levels(group) == [{"description": 2}]
    assert form_of(client.get(review_url(group)), review_url(group)).value("level-description") == "2"
    empty = client.post(form.action, data=form.filled({"do": "profile"}))
    assert empty.status_code == 422


def test_what_is_chosen_is_not_lost_by_another_button(group: Group, client_for: SignIn) -> None:
    client = client_for(group.mette)
    form = form_of(client.get(review_url(group)), review_url(group))
    page = client.post(form.action, data=form.filled({"level-position": "1", "do": "take"}))
    assert form_of(page, review_url(group)).value("level-position") == "1"
    assert levels(group) == []


@pytest.mark.parametrize("do", ["accept", "return"])
def test_a_decision_takes_the_chosen_profile_along(group: Group, client_for: SignIn, do: str) -> None:
    client = client_for(group.mette)
    form = form_of(client.get(review_url(group)), review_url(group))
    answer = client.post(form.action, data=form.filled({"level-position": "3", "comment": "fint", "do": do}))
    assert answer.status_code == 303
    assert levels(group) == [{"position": 3}]


def test_a_release_takes_the_chosen_profile_along(group: Group, client_for: SignIn) -> None:
    client = client_for(group.mette)
    form = form_of(client.get(review_url(group)), review_url(group))
    copy = client.post(form.action, data=form.filled({"level-position": "3", "do": "preview"}))
    sent = form_of(copy, "/copy")
    assert client.post(sent.action, data=sent.filled({"do": "accept"})).status_code == 303
    assert levels(group) == [{"position": 3}]
    assert group.homework("anna").projection == "released"


def test_a_text_without_a_rubric_has_no_profile(group: Group) -> None:
    assert group.course.activities[HOMEWORK].rubric == "reflection"
    from tests.factories import course

    assert course().activities["gp-05.case"].rubric is None
