"""Plans and statements: works like any other, with a case above, criteria beside and a model answer after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.content.catalogue import Activity, Course, Form, Guard
from course.content.pinning import unpack
from course.content.placing import guarded
from course.submissions import practice
from course.work.models import Revision, Work
from tests.reviews.homework import Group, packed

from .pages import fill, form_of, main_text, text_of, tree
from .practice import GOAL, PLAN, PLANNED, ROOT, STATED, STATEMENT, make_practice
from .test_queries import MOST, queries

SignIn = Callable[[Person], FlaskClient]
MODEL = "Rune samler tavler på værkstedet i to uger."
STORY = "Rune sætter lamper op i høje haller."


@pytest.fixture(scope="module")
def course() -> Course:
    return unpack(packed(ROOT))


def activity(course: Course, activity_id: str) -> Activity:
    return course.activities[activity_id]


def states(course: Course, activity_id: str, data: dict[str, Any]) -> dict[str, str]:
    return {one.id: one.state for one in practice.shown(activity(course, activity_id), data)}


# -- what is found -----------------------------------------------------------------------------------------------------


def test_the_form_is_the_tools_own(course: Course) -> None:
    found = activity(course, PLAN)
    assert found.form is not None
    assert [step.id for step in found.form.steps] == ["tasks", "plan"]
    assert found.written is not None
    assert found.written.tool is not None
    assert found.written.tool.nr == 12
    assert activity(course, STATEMENT).written.tool is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({}, set()),
        ({"tasks": "Lamper"}, {"tasks"}),
        ({"tasks": "Lamper på loftet"}, {"tasks", "task"}),
        ({"follow_up": "2026-12-14"}, {"dated"}),
        ({"steps": [{"what": "tavler", "when": "uge 46"}]}, {"task", "dated"}),
        ({"steps": [{"what": "a"}, {"what": "b"}]}, {"steps"}),
        ({"steps": [{"what": "a", "when": "b"}]}, set()),
        (PLANNED, {"tasks", "task", "dated", "steps"}),
    ],
)
def test_a_plan_is_looked_at_where_each_criterion_looks(course: Course, data: dict[str, Any], found: set[str]) -> None:
    stand = states(course, PLAN, data)
    assert {name for name, state in stand.items() if state == practice.FOUND} == found
    assert set(stand.values()) <= {practice.FOUND, practice.MISSING}


def test_a_statement_without_what_does_not_belong_is_clear(course: Course) -> None:
    assert set(states(course, STATEMENT, STATED).values()) == {practice.FOUND, practice.CLEAR}
    empty = states(course, STATEMENT, {})
    assert (empty["no-diagnosis"], empty["verbs"]) == (practice.WAITING, practice.MISSING)
    spoiled = STATED | {"until": "Slidgigt, som behandles med Panodil."}
    (one,) = [one for one in practice.shown(activity(course, STATEMENT), spoiled) if one.id == "no-diagnosis"]
    assert (one.state, one.note) == (practice.LOOK, "Se på: »Slidgigt«, »Panodil«")


def test_a_step_shows_the_criteria_that_look_in_it(course: Course) -> None:
    found = activity(course, PLAN)
    assert found.form is not None
    by_step = [{one.id for one in practice.shown(found, {}, step)} for step in found.form.steps]
    assert by_step == [{"tasks", "task"}, {"task", "dated", "steps"}]


def test_a_vague_goal_is_asked_about_in_an_exercise_as_on_the_tool(course: Course) -> None:
    found = activity(course, GOAL)
    assert found.form is not None
    (step,) = found.form.steps
    asked = practice.questions(found, step, {"goal": "Blive på holdet", "concrete": "Få det bedre"}, date(2026, 11, 2))
    assert {one.field_id: one.say for one in asked}["concrete"].startswith("»bedre« kan betyde meget")
    assert "measure" in {one.field_id for one in asked}
    assert practice.questions(found, step, {}, date(2026, 11, 2)) == ()
    plan = activity(course, PLAN)
    assert plan.form is not None
    assert practice.questions(plan, plan.form.steps[0], {"tasks": "Få det bedre"}, date(2026, 11, 2)) == ()


# -- the pages ---------------------------------------------------------------------------------------------------------


@dataclass
class Desk:
    """Anna at the desk, with the run she writes in."""

    group: Group
    client: FlaskClient

    def url(self, activity_id: str, page: str = "") -> str:
        return f"/runs/{self.group.run.id}/activities/{activity_id}/main{'/' if page else ''}{page}"

    @property
    def session(self) -> Session:
        return self.group.session

    def work(self) -> Work:
        self.group.look_again()
        return self.group.session.scalars(select(Work).order_by(Work.id)).one()

    def texts(self) -> list[dict[str, Any] | None]:
        self.group.look_again()
        return list(self.group.session.scalars(select(Revision.data).order_by(Revision.no)))


@pytest.fixture
def desk(session: Session, client_for: SignIn) -> Desk:
    group = make_practice(session)
    return Desk(group, client_for(group.members["anna"].person))


def aside_of(page: Any) -> str:
    (aside,) = tree(page).iter("aside")
    return text_of(aside)


def shown_states(page: Any) -> dict[str, str]:
    """How the list on a page stands."""
    items = [e for e in tree(page).iter("li") if e.get("data-criterion")]
    return {e.get("data-criterion", ""): e.get("data-state", "") for e in items}


def test_the_case_stands_above_and_the_criteria_beside(desk: Desk) -> None:
    page = desk.client.get(desk.url(PLAN, "steps/tasks"))
    assert STORY in main_text(page)
    assert shown_states(page) == {"tasks": "missing", "task": "missing"}
    said = aside_of(page)
    assert "Nævner noget fra mesters side" in said
    assert "kan kun et menneske sige" in said
    assert MODEL not in page.text


def test_without_javascript_the_list_follows_save(desk: Desk) -> None:
    answer = fill(desk.client, desk.url(PLAN, "steps/tasks"), {"tasks": "Lamper på loftet", "action": "save"})
    assert answer.status_code == 302
    page = desk.client.get(answer.location)
    assert shown_states(page) == {"tasks": "found", "task": "found"}
    assert "Her: »loftet«" in aside_of(page)


def test_an_autosave_answers_how_the_list_stands_and_keeps_nothing_of_it(desk: Desk) -> None:
    page = desk.client.get(desk.url(STATEMENT, "steps/text"))
    posted = form_of(page, "steps/text").filled({"ability": "Kan løfte 8 kg. Har slidgigt."})
    answer = desk.client.post(desk.url(STATEMENT, "steps/text/autosave"), data=posted | {"save_id": [str(uuid4())]})
    stand = {one["id"]: (one["state"], one["note"]) for one in answer.get_json()["criteria"]}
    assert stand["number"] == ("found", "Her: »8 kg«")
    assert stand["no-diagnosis"] == ("look", "Se på: »slidgigt«")
    assert stand["until"][0] == "missing"
    assert desk.texts() == [{"ability": "Kan løfte 8 kg. Har slidgigt."}]


def test_other_works_have_no_list(desk: Desk) -> None:
    page = desk.client.get(desk.url(GOAL, "steps/goal"))
    assert shown_states(page) == {"dated": "missing"}
    posted = form_of(page, "steps/goal").filled({"goal": "Samle tavler"})
    answer = desk.client.post(desk.url(GOAL, "steps/goal/autosave"), data=posted | {"save_id": [str(uuid4())]})
    asked = {one["field"] for one in answer.get_json()["nudges"]}
    assert {"concrete", "measure", "by", "subgoals", "helpers"} <= asked


def test_a_goal_of_ten_thousand_words_is_told_about_and_stays_in_the_field(desk: Desk) -> None:
    text = ("ord " * 10_000).strip()
    answer = fill(desk.client, desk.url(GOAL, "steps/goal"), {"goal": text, "concrete": "Samle tavler"})
    assert answer.status_code == 422
    assert "Teksten er på 39.999 tegn. Der er plads til 500." in main_text(answer)
    assert form_of(answer, "steps/goal").value("goal") == text
    assert desk.texts() == [{"concrete": "Samle tavler"}]


def write_plan(desk: Desk, task: str = "Lamper på loftet") -> None:
    fill(desk.client, desk.url(PLAN, "steps/tasks"), {"tasks": task, "action": "next"})
    step = {"steps-0-what": "samler tavler", "steps-0-when": "uge 46", "action": "finish"}
    answer = fill(desk.client, desk.url(PLAN, "steps/plan"), step)
    assert answer.location == desk.url(PLAN, "receipt")


def test_the_model_answer_comes_beside_ones_own_when_that_is_handed_in(desk: Desk) -> None:
    before = desk.client.get(desk.url(PLAN))
    assert STORY in main_text(before)
    assert MODEL not in main_text(before)
    write_plan(desk)
    assert desk.work().state == "submitted"
    assert "Se modelsvaret" in main_text(desk.client.get(desk.url(PLAN, "receipt")))
    page = desk.client.get(desk.url(PLAN))
    said = main_text(page)
    assert MODEL in said
    assert "Lamper på loftet" in said
    assert "Derfor er det et godt svar" in said
    assert "Planen nævner en opgave, der findes." in said
    assert "Ikke fundet endnu" in said


def test_a_plan_without_a_word_in_it_is_not_handed_in(desk: Desk) -> None:
    answer = fill(desk.client, desk.url(PLAN, "steps/plan"), {"action": "finish"})
    assert answer.location == desk.url(PLAN, "submit")
    assert "Skriv noget" in main_text(desk.client.get(answer.location))
    assert desk.work().state == "draft"


def test_trying_again_keeps_every_text_that_was_handed_in(desk: Desk) -> None:
    write_plan(desk, "Første forsøg på loftet")
    overview = desk.client.get(desk.url(PLAN))
    assert "Prøv igen" in main_text(overview)
    desk.client.post(form_of(overview, "withdraw").action)
    step = desk.client.get(desk.url(PLAN, "steps/tasks"))
    assert "Det, du sendte sidst" in main_text(step)
    assert form_of(step, "steps/tasks").value("tasks") == "Første forsøg på loftet"
    write_plan(desk, "Andet forsøg med lift")
    said = main_text(desk.client.get(desk.url(PLAN)))
    assert "Det, du har sendt før" in said
    assert "Første forsøg på loftet" in said
    assert "Andet forsøg med lift" in said
    assert desk.work().state == "submitted"


def test_a_reviewed_statement_shows_the_list_before_it_is_sent(desk: Desk) -> None:
    answer = fill(desk.client, desk.url(STATEMENT, "steps/text"), STATED | {"action": "next"})
    assert answer.location == desk.url(STATEMENT, "submit")
    said = main_text(desk.client.get(answer.location))
    assert "Det leder vi efter" in said
    assert "Du kan sende uden at ændre noget." in said
    assert "samle tavler i brysthøjde" not in said


def test_red_is_replaced_in_an_exercise_as_everywhere(desk: Desk) -> None:
    answer = fill(desk.client, desk.url(PLAN, "steps/tasks"), {"tasks": "Ring til 22 33 44 55 om loftet"})
    assert "[telefon]" in main_text(answer)
    assert desk.texts() == [{"tasks": "Ring til [telefon] om loftet"}]


def test_a_text_that_is_erased_is_said_to_be(desk: Desk) -> None:
    write_plan(desk)
    desk.client.post(form_of(desk.client.get(desk.url(PLAN)), "withdraw").action)
    write_plan(desk, "Noget andet")
    desk.group.look_again()
    for revision in desk.group.session.scalars(select(Revision).order_by(Revision.no).limit(2)):
        revision.data = None
    desk.group.session.commit()
    assert "Teksten er slettet." in main_text(desk.client.get(desk.url(PLAN)))


@pytest.mark.parametrize("page", ["", "steps/tasks", "submit", "receipt"])
def test_a_page_takes_as_few_queries_as_any_other(desk: Desk, page: str) -> None:
    write_plan(desk)
    if page != "receipt" and page:
        desk.client.post(form_of(desk.client.get(desk.url(PLAN)), "withdraw").action)
    assert queries(desk, desk.url(PLAN, page)) <= MOST


# -- the guard and the case --------------------------------------------------------------------------------------------


def test_a_tool_that_guards_nothing_on_paper_does_where_it_is_stored(course: Course) -> None:
    """Tool 1 is filled in about oneself and forgotten; in an exercise its text is kept."""
    open_tool = replace(unguarded(course), guard=Guard.NONE)
    form = guarded(open_tool, Guard.WORKPLACE)
    assert {field.guard for field in form.fields.values() if field.is_free_text} == {Guard.WORKPLACE}
    assert all(form.fields[field.id] is field for step in form.steps for field in step.fields)
    assert guarded(open_tool, Guard.PATIENT).fields["goal"].guard is Guard.PATIENT
    kept = guarded(activity(course, PLAN).form or open_tool, Guard.WORKPLACE)
    assert {field.guard for field in kept.fields.values() if field.is_free_text} == {Guard.PATIENT}


def test_a_form_that_says_none_is_guarded_too(course: Course) -> None:
    """The statement's form says ``guard: none``: its people are invented, and its text is kept all the same."""
    form = activity(course, STATEMENT).form
    assert form is not None
    assert form.guard is Guard.PATIENT
    assert {field.guard for field in form.fields.values()} == {Guard.PATIENT}


def unguarded(course: Course) -> Form:
    form = activity(course, GOAL).form
    assert form is not None
    steps = tuple(
        replace(step, fields=tuple(replace(field, guard=Guard.NONE) for field in step.fields)) for step in form.steps
    )
    return replace(form, steps=steps, fields={field.id: field for step in steps for field in step.fields})


def test_nobody_is_asked_about_the_names_of_an_invented_case(desk: Desk) -> None:
    write_plan(desk, "Aftale med Rune om loftet, og Runes egne ord")
    assert desk.work().state == "submitted"


def test_other_names_are_asked_about_as_everywhere(desk: Desk) -> None:
    fill(desk.client, desk.url(PLAN, "steps/tasks"), {"tasks": "Aftale med Rune og Birgitte Sørensen"})
    answer = fill(desk.client, desk.url(PLAN, "steps/plan"), {"steps-0-what": "samler tavler", "action": "finish"})
    assert answer.location == desk.url(PLAN, "submit")
    said = main_text(desk.client.get(answer.location))
    assert "Hvad skal der ske med »Birgitte Sørensen«?" in said
    assert "»Rune«?" not in said


def test_an_autosave_keeps_what_was_confirmed(desk: Desk) -> None:
    page = desk.client.get(desk.url(PLAN, "steps/tasks"))
    posted = form_of(page, "steps/tasks").filled({"tasks": "Aftale med Rune og Birgitte Sørensen"})
    posted |= {"confirmed": ["birgitte sørensen"], "save_id": [str(uuid4())]}
    desk.client.post(desk.url(PLAN, "steps/tasks/autosave"), data=posted)
    desk.group.look_again()
    (revision,) = desk.group.session.scalars(select(Revision)).all()
    assert revision.confirmed == ["birgitte sørensen", "rune"]


def test_the_tool_asks_its_questions_above_the_fields(desk: Desk) -> None:
    assert "Vis mig, hvad du gør" in main_text(desk.client.get(desk.url(PLAN, "steps/tasks")))
    assert "Begynd der, hvor Rune er." in main_text(desk.client.get(desk.url(PLAN, "steps/tasks")))


def test_a_proposal_of_the_tool_stands_in_its_field_until_somebody_writes(desk: Desk) -> None:
    url = desk.url(PLAN, "steps/plan")
    page = desk.client.get(url)
    assert form_of(page, "steps/plan").value("first") == "Vi begynder med …"
    assert "Redskabet har et forslag at rette til." in main_text(page)
    fill(desk.client, url, {"first": "Vi begynder med tavlerne"})
    assert form_of(desk.client.get(url), "steps/plan").value("first") == "Vi begynder med tavlerne"
