"""Anchor texts: judged once, compared with the expert, and as figures for staff when five have judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.content.catalogue import Rubric
from course.db.errors import DomainError, NotAllowed
from course.reviews import calibration
from course.reviews.calibration_rules import Agreement, agreement, compare
from course.reviews.models import Calibration
from tests.factories import NOW, course, make_person, make_run
from tests.reviews.homework import HOMEWORK, WRITING, Group, make_group, packed
from tests.reviews.pages import text_of
from tests.submissions.pages import form_of, links

SignIn = Callable[[Person], FlaskClient]


@pytest.fixture
def group(session: Session) -> Group:
    return make_group(session, 6)


def rubric() -> Rubric:
    from course.content import pinning

    return pinning.unpack(packed()).rubrics["reflection"]


def judge(group: Group, name: str, anchor: str = "short", **levels: int) -> None:
    calibration.judge_anchor(
        group.session, actor=group.actor(name), now=NOW, run=group.run, rubric=rubric(), anchor_id=anchor,
        levels=levels or {"description": 3, "position": 1},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("own", "near"), [(0, True), (1, True), (2, True), (3, False)]
)  # the expert gave the description 1
def test_within_one_level(own: int, near: bool) -> None:
    first, second = compare(rubric(), rubric().anchors[0], {"description": own, "position": 0})
    assert first.is_near is near
    assert second.is_near
    assert (first.expert, first.why) == (1, "Man ser hvad lægen gjorde.")


def test_what_was_not_judged_is_not_compared() -> None:
    assert [one.criterion for one in compare(rubric(), rubric().anchors[0], {"position": 0})] == ["position"]


def test_the_share_within_one_level() -> None:
    judgements = [
        (1, "short", {"description": 3, "position": 0}),
        (1, "long", {"description": 3, "position": 3}),
        (2, "short", {"description": 1}),
        (3, "gone", {"description": 1}),
    ]
    found = agreement(rubric(), judgements)
    assert found == (Agreement("Beskrivelse", 2, 3, 2), Agreement("Stillingtagen", 1, 2, 2))
    assert found[0].percent == 67
    assert not found[0].is_shown
    assert Agreement("x", 5, 5, 4).is_shown
    assert Agreement("x", 0, 0, 0).percent == 0


def test_the_first_judgement_stands(group: Group) -> None:
    judge(group, "anna")
    judge(group, "anna", description=1, position=0)
    row = group.session.scalars(select(Calibration)).one()
    assert row.levels == {"description": 3, "position": 1}
    assert row.rubric_digest == rubric().digest


def test_every_criterion_is_judged(group: Group) -> None:
    with pytest.raises(DomainError, match="ved hvert punkt"):
        judge(group, "anna", description=1)
    with pytest.raises(NotAllowed):
        judge(group, "anna", "unknown")


def test_only_people_of_the_run(group: Group, session: Session) -> None:
    other = make_group(session, 1)
    with pytest.raises(NotAllowed):
        calibration.judge_anchor(
            session, actor=other.actor("anna"), now=NOW, run=group.run, rubric=rubric(), anchor_id="short",
            levels={"description": 1, "position": 1},
        )  # fmt: skip


@pytest.mark.parametrize(
    ("course_id", "own"),
    [
        ("gp", {"homework", "incident", "plan", "statement"}),
        ("amr", {"ground-rules", "meeting-log", "plan-amr", "policy"}),
    ],
)
def test_a_course_has_the_rubrics_that_something_in_it_is_judged_by(course_id: str, own: set[str]) -> None:
    real = course(course_id)
    assert set(real.judged_by) == own
    assert {calibration.rubric_for(real, name).id for name in own} == own
    for name in {"unknown", *real.rubrics} - own:
        with pytest.raises(NotAllowed):
            calibration.rubric_for(real, name)


def test_a_rubric_without_texts_is_not_calibrated_by(group: Group) -> None:
    bare = replace(group.course.rubrics["reflection"], anchors=())
    with pytest.raises(NotAllowed):
        calibration.rubric_for(replace(group.course, rubrics={"reflection": bare}), "reflection")


@pytest.mark.parametrize("name", sorted(course().rubrics))
def test_a_rubric_has_a_weak_a_middling_and_a_strong_text(name: str) -> None:
    rubric = course().rubrics[name]
    weak, middling, strong = ([anchor.levels[one.id] for one in rubric.criteria] for anchor in rubric.anchors)
    assert sum(weak) < sum(middling) < sum(strong)
    for criterion, low, high in zip(rubric.criteria, weak, strong, strict=True):
        assert low < high, f"{criterion.title}: the strong text shows no more than the weak one"


# -- the pages -------------------------------------------------------------------------------------------------------


def url(group: Group, tail: str = "") -> str:
    return f"/runs/{group.run.id}/calibration/reflection{tail}"


def test_a_text_is_judged_and_then_the_expert_is_shown(group: Group, client_for: SignIn) -> None:
    client = client_for(group.members["anna"].person)
    assert "En længere tekst" in text_of(client.get(url(group)))
    page = client.get(url(group, "/short"))
    assert "Jeg spurgte til arbejdet" in text_of(page)
    assert "Man ser hvad lægen gjorde" not in text_of(page), "not before one has judged"
    form = form_of(page, "/short")
    half = client.post(form.action, data=form.filled({"level-description": "3"}))
    assert half.status_code == 422
    assert form_of(half, "/short").value("level-description") == "3", "what was chosen is still there"
    answer = client.post(
        form.action, data=form.filled({"level-description": "3", "level-position": "1"}), follow_redirects=True
    )
    told = text_of(answer)
    for part in ("Inden for ét trin ved 1 af 2 punkter", "Man ser hvad lægen gjorde", "Længere fra hinanden"):
        assert part in told
    assert "Inden for ét trin ved 1 af 2 punkter" in text_of(client.get(url(group)))
    assert "Holdets læsere" not in text_of(client.get(url(group)))


def test_figures_are_for_staff_and_from_five_readers(group: Group, client_for: SignIn) -> None:
    names = list(group.members)
    for name in names[:4]:
        judge(group, name)
    page = text_of(client_for(group.organiser).get(url(group)))
    assert "4 læsere har vurderet" in page
    assert "%" not in page
    judge(group, names[4], description=1, position=0)
    page = text_of(client_for(group.organiser).get(url(group)))
    assert "5 læsere har vurderet" in page
    assert "1 (20 %)" in page
    assert "5 (100 %)" in page


def test_who_sets_a_profile_is_led_to_the_examples(
    group: Group, client_for: SignIn, clock: time_machine.Traveller
) -> None:
    clock.move_to(WRITING)
    group.hand_in("anna")
    work = group.homework("anna")
    group.session.commit()
    read = client_for(group.mette).get(f"/runs/{group.run.id}/reviews/works/{work.id}")
    assert url(group) in links(read)
    own = client_for(group.members["bo"].person).get(f"/runs/{group.run.id}/activities/{HOMEWORK}/main/steps/skriv")
    assert url(group) in links(own), "the form has a profile of one's own text"


def test_another_run_and_an_unknown_text(group: Group, session: Session, client_for: SignIn) -> None:
    client = client_for(group.members["anna"].person)
    assert client.get(url(group, "/unknown")).status_code == 404
    assert client.get(f"/runs/{group.run.id}/calibration/unknown").status_code == 404
    assert client_for(make_person(session)).get(url(group)).status_code == 404
    other = make_run(session)
    session.commit()
    assert client.get(f"/runs/{other.id}/calibration/reflection").status_code == 404
