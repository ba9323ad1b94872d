"""Where a work stands, what was asked, what happened, and what its author can do now."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from course.runs.rules import Role
from course.work.judging import record_opening
from course.work.models import FieldComment, Submission
from tests.factories import NOW, actor_of, case_data, make_member, make_person

from .conftest import Desk
from .pages import fill, form_of, heading, links, main_text


def test_both_cases_on_one_page(desk: Desk) -> None:
    desk.work(slot="good", state="submitted")
    page = desk.client.get(f"/runs/{desk.run.id}/activities/gp-05.case")
    assert heading(page) == "Dine to forløb"
    assert "Et forløb, der gik godt Sendt" in main_text(page)
    assert "Du er ikke begyndt endnu." in main_text(page)
    assert desk.url() in links(page)


def test_an_activity_with_one_work_leads_to_it(desk: Desk) -> None:
    answer = desk.client.get(f"/runs/{desk.run.id}/activities/gp-02.confidence")
    assert answer.location == desk.url("gp-02.confidence", "main")


def test_a_draft(desk: Desk) -> None:
    desk.work(data=case_data(ended=""))
    page = desk.client.get(desk.url())
    assert "Kladde Du er i gang. Kun du kan læse forløbet, indtil du sender." in main_text(page)
    assert "Fristen er fredag den 20. november 2026 kl. 23.59." in main_text(page)
    assert desk.step("frame") in links(page), "no required answer is missing but one in the second step"


def test_where_to_write_on(desk: Desk) -> None:
    fill(desk.client, desk.step("frame"), {
        "origin": "own", "age_band": "18-29", "trade": "care", "site": ["back"], "duration": "weeks", "absence": "none",
    })  # fmt: skip
    page = main_text(desk.client.get(desk.url()))
    assert "Rammen Færdig Forløbet Din del" in page


def test_a_sent_work_can_be_taken_back_until_the_deadline(desk: Desk, clock) -> None:
    desk.work(state="submitted")
    page = desk.client.get(desk.url())
    receipt = desk.session.scalars(select(Submission.receipt)).one()
    assert f"Kvittering {receipt}" in main_text(page)
    form = form_of(page, "withdraw")
    assert desk.client.post(form.action).location == desk.url()
    assert desk.works()[0].state == "withdrawn"
    assert "Du har trukket forløbet tilbage." in desk.client.get(desk.url()).text


def test_but_not_later(desk: Desk, clock) -> None:
    desk.work(state="submitted")
    desk.move(NOW + timedelta(days=20), clock)
    assert "withdraw" not in desk.client.get(desk.url()).text
    answer = desk.client.post(desk.url(page="withdraw"))
    assert answer.status_code == 409
    assert desk.works()[0].state == "submitted"


def test_a_returned_work_says_what_is_asked_and_where(desk: Desk) -> None:
    work = desk.work(state="returned", comment="Hvad sagde arbejdspladsen?")
    desk.session.add(FieldComment(work_id=work.id, revision_no=1, field="workplace", text="Her står kun lidt.", at=NOW))
    desk.session.commit()
    page = desk.client.get(desk.url())
    assert "Hvad sagde arbejdspladsen?" in main_text(page)
    assert "Olga Organiser" in main_text(page)
    assert "Fristen er fredag den 20. november 2026 kl. 23.59." in main_text(page), "never sooner than the run's own"
    assert f"{desk.step('events')}#workplace" in links(page)
    assert "Ret, og send igen" in main_text(page)
    assert "withdraw" not in page.text


def test_a_rejected_work_leads_on(desk: Desk) -> None:
    desk.work(
        state="rejected",
        comment="Patienten kan kendes.",
        data=case_data(my_part="Jeg ventede for længe.", did="skal væk"),
    )
    page = desk.client.get(desk.url())
    assert "Patienten kan kendes." in main_text(page)
    assert "Jeg ventede for længe." in main_text(page)
    assert "skal væk" not in page.text
    assert f"/runs/{desk.run.id}/cases" in links(page)
    assert desk.client.get(desk.step()).location == desk.url()
    answer = desk.client.post(form_of(page, "replace").action)
    assert answer.location == desk.step("frame")
    assert desk.client.post(form_of(page, "replace").action).status_code == 302
    assert [work.state for work in desk.works()] == ["rejected", "draft"]
    page = desk.client.get(desk.url())
    assert "Tidligere forsøg, som blev afvist" in main_text(page)
    assert "Jeg ventede for længe." in main_text(page)


def test_only_a_rejected_work_is_replaced(desk: Desk) -> None:
    assert desk.client.post(desk.url(page="replace")).status_code == 404
    desk.work(state="submitted")
    assert desk.client.post(desk.url(page="replace")).status_code == 404
    assert len(desk.works()) == 1


def test_there_is_nothing_to_withdraw(desk: Desk) -> None:
    assert desk.client.post(desk.url(page="withdraw")).status_code == 404
    desk.work()
    assert desk.client.post(desk.url(page="withdraw")).status_code == 409


def test_who_has_opened_it(desk: Desk) -> None:
    work = desk.work(state="released")
    assert "Ingen andre end dig har åbnet forløbet." in main_text(desk.client.get(desk.url()))
    for name, capacity in (("Mette Vestergaard", "colleague"), ("Olga Organiser", "reviewer")):
        person = make_person(desk.session, name)
        make_member(desk.session, desk.run, person, Role.PARTICIPANT)
        record_opening(desk.session, actor=actor_of(person), now=NOW, work_id=work.id, capacity=capacity)
    desk.session.commit()
    page = main_text(desk.client.get(desk.url()))
    assert "Mette Vestergaard som kollega, senest mandag den 2. november 2026 kl. 10.00" in page
    assert "Olga Organiser som underviser" in page


def test_released_and_recalled_is_said(desk: Desk) -> None:
    desk.work(slot="good", state="released")
    desk.work(slot="bad", state="recalled")
    assert "Godkendt Frigivet" in main_text(desk.client.get(desk.url(slot="good")))
    assert "Frigivelsen er kaldt tilbage" in main_text(desk.client.get(desk.url(slot="bad")))


def test_a_short_form_can_be_corrected_after_it_is_done(desk: Desk) -> None:
    where = ("gp-02.confidence", "main")
    names = [f"p{i}" for i in range(1, 11)] + ["e1", "e3", "e8"]
    desk.work(activity_id=where[0], slot=where[1], data=dict.fromkeys(names, 4), state="submitted")
    page = desk.client.get(desk.url(*where))
    assert "Du er færdig, og svarene er gemt." in main_text(page)
    assert "Hvem har åbnet" not in main_text(page), "nobody reads it"
    desk.client.post(form_of(page, "withdraw").action)
    assert "Du er ved at rette i svarene." in main_text(desk.client.get(desk.url(*where)))
    answer = fill(desk.client, desk.step("worth", *where), {"e1": "9", "action": "finish"})
    assert answer.location == desk.url(*where, page="receipt")
