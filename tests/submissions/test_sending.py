"""Words to look at, questions to oneself, the receipt."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from course.outbox.models import Message
from course.submissions.mails import MAILS
from course.work.models import Revision, Submission
from tests.factories import NOW, case_data
from tests.factories import form_of as content_form

from .conftest import Desk
from .pages import fill, form_of, heading, links, main_text

ALL = [str(i) for i in range(8)]


def send(desk: Desk, changes: dict | None = None, **kwargs):
    """Fill in the page and send."""
    return fill(desk.client, desk.url(page="submit"), {"check": ALL} | (changes or {}), **kwargs)


def test_a_work_is_sent_and_the_receipt_says_what_happens(desk: Desk) -> None:
    desk.work()
    answer = send(desk)
    assert answer.location == desk.url(page="receipt")
    page = desk.client.get(answer.location)
    number = desk.session.scalars(select(Submission.receipt)).one()
    assert number in main_text(page)
    assert "mandag den 2. november 2026 kl. 10.00" in main_text(page)
    assert "En underviser læser forløbet." in main_text(page)
    assert desk.works()[0].state == "submitted"


def test_a_double_click_gives_the_same_receipt(desk: Desk) -> None:
    desk.work(data=case_data(did="Jeg talte med lederen i Horsens."))
    posted = form_of(desk.client.get(desk.url(page="submit")), "submit").filled(
        {"check": ALL, "pick-0": "replace", "other-0": "byen"}
    )
    for _ in range(2):
        assert desk.client.post(desk.url(page="submit"), data=posted).location == desk.url(page="receipt")
    assert desk.session.scalar(select(func.count()).select_from(Submission)) == 1
    assert desk.session.scalar(select(func.count()).select_from(Message)) == 1
    assert (desk.data()[-1] or {})["did"] == "Jeg talte med lederen i byen."


def test_a_sent_work_is_not_sent_again_under_another_key(desk: Desk) -> None:
    desk.work(state="submitted")
    answer = desk.client.post(desk.url(page="submit"), data={"check": ALL, "base_no": "1"})
    assert answer.status_code == 409
    assert "Teksten er allerede sendt." in main_text(answer)


def test_the_eight_questions_are_all_needed(desk: Desk) -> None:
    desk.work()
    page = desk.client.get(desk.url(page="submit"))
    for question in content_form("gp-05.case").self_check:
        assert question in main_text(page)
    answer = send(desk, {"check": ALL[:7]})
    assert answer.status_code == 422
    assert "#self-check" in links(answer)
    assert form_of(answer, "submit").filled({})["check"] == ALL[:7]
    assert desk.works()[0].state == "draft"


def test_missing_answers_are_listed_with_links(desk: Desk) -> None:
    desk.work(data={"did": "kun det her"})
    page = desk.client.get(desk.url(page="submit"))
    assert f"{desk.step('events')}#wanted" in links(page)
    assert f"{desk.step('frame')}#age_band" in links(page)
    assert "Der mangler et svar i »Hvad gjorde du?«." not in main_text(page)
    answer = desk.client.post(desk.url(page="submit"), data={"check": ALL, "base_no": "1"})
    assert answer.status_code == 422
    assert "#missing" in links(answer)
    assert desk.works()[0].state == "draft"


def test_a_word_is_shown_in_its_sentence_and_must_be_answered(desk: Desk) -> None:
    desk.work(
        data=case_data(did="Først skete intet. Så ringede jeg til lederen i Horsens. Det hjalp.", ended="Horsens igen.")
    )
    page = desk.client.get(desk.url(page="submit"))
    assert "Så ringede jeg til lederen i Horsens (ord at se på)." in main_text(page)
    assert "ordet står 2 gange" in main_text(page)
    assert "Først skete intet" not in main_text(page)
    answer = send(desk)
    assert answer.status_code == 422
    assert "Tag stilling til »Horsens«." in main_text(answer)
    assert desk.works()[0].state == "draft"


def test_a_word_that_may_stay_is_remembered(desk: Desk) -> None:
    desk.work(data=case_data(did="Jeg ringede til lederen i Horsens."))
    answer = send(desk, {"pick-0": "keep", "check": []})
    assert answer.status_code == 422
    assert "Horsens" not in main_text(answer), "it is not asked again"
    assert desk.session.scalars(select(Revision.confirmed).order_by(Revision.no)).all()[-1] == ["horsens"]
    assert send(desk).location == desk.url(page="receipt")


def test_a_word_is_replaced_everywhere_by_a_revision(desk: Desk) -> None:
    desk.work(data=case_data(did="Vi mødtes i Horsens. Horsens er stor.", ended="Tilbage i horsens? Nej, i HORSENS."))
    assert send(desk, {"pick-0": "replace", "other-0": "en by"}).location == desk.url(page="receipt")
    last = desk.data()[-1] or {}
    assert last["did"] == "Vi mødtes i en by. en by er stor."
    assert "HORSENS" not in last["ended"]
    assert len(desk.data()) == 2
    assert desk.works()[0].submitted_no == 2


def test_a_replacement_that_is_red_is_not_stored(desk: Desk) -> None:
    desk.work(data=case_data(did="Vi mødtes i Horsens."))
    send(desk, {"pick-0": "replace", "other-0": "22 33 44 55"})
    assert "22 33 44 55" not in str(desk.data())


def test_an_empty_replacement_is_asked_for(desk: Desk) -> None:
    desk.work(data=case_data(did="Vi mødtes i Horsens."))
    answer = send(desk, {"pick-0": "replace", "other-0": " "})
    assert answer.status_code == 422
    assert "Skriv det ord, der skal stå i stedet." in main_text(answer)


def test_words_nobody_asked_about_change_nothing(desk: Desk) -> None:
    desk.work()
    send(desk, {"word": ["patienten", "arbejdet"], "pick-0": "replace", "other-0": "x", "pick-1": "keep"})
    assert len(desk.data()) == 1


def test_a_text_that_changed_since_must_be_seen_again(desk: Desk) -> None:
    desk.work()
    form = form_of(desk.client.get(desk.url(page="submit")), "submit")
    fill(desk.client, desk.step(), {"ended": "skrevet i en anden fane"})
    answer = desk.client.post(form.action, data=form.filled({"check": ALL}))
    assert answer.status_code == 409
    assert "Se den igennem en gang til" in main_text(answer)
    assert desk.works()[0].state == "draft"
    assert desk.client.post(form.action, data=form_of(answer, "submit").filled({"check": ALL})).status_code == 302


def test_it_changed_between_a_word_and_the_sending(desk: Desk) -> None:
    desk.work(data=case_data(did="Vi mødtes i Horsens."))
    form = form_of(desk.client.get(desk.url(page="submit")), "submit")
    fill(desk.client, desk.step(), {"ended": "skrevet i en anden fane"})
    answer = desk.client.post(form.action, data=form.filled({"check": ALL, "pick-0": "keep"}))
    assert answer.status_code == 409
    assert desk.works()[0].state == "draft"


def test_nothing_is_sent_after_the_deadline(desk: Desk, clock) -> None:
    desk.work()
    form = form_of(desk.client.get(desk.url(page="submit")), "submit")
    desk.move(NOW + timedelta(days=20), clock)
    answer = desk.client.post(form.action, data=form.filled({"check": ALL}))
    assert answer.status_code == 409
    assert "Din tekst ligger gemt, men er ikke sendt." in main_text(answer)
    assert desk.client.get(desk.url(page="submit")).location == desk.url()


def test_nothing_written_is_nothing_to_send(desk: Desk) -> None:
    assert desk.client.get(desk.url(page="submit")).status_code == 200
    assert desk.client.post(desk.url(page="submit"), data={"check": ALL}).status_code == 422
    assert desk.works() == []


def test_the_steps_that_are_not_open_yet_say_when(desk: Desk) -> None:
    desk.work(state="submitted")
    where = ("gp-05.analysis", "main")
    fill(desk.client, desk.step("describe", *where), {"description": "Jeg ser hende i døren."})
    page = desk.client.get(desk.url(*where, page="submit"))
    assert "Find det almene: Åbner fredag den 4. december 2026 kl. 9.00." in main_text(page)
    assert "Gem og afslut" not in main_text(page)


def test_there_is_no_receipt_for_what_is_not_sent(desk: Desk) -> None:
    assert desk.client.get(desk.url(page="receipt")).location == desk.url()
    desk.work()
    assert desk.client.get(desk.url(page="receipt")).location == desk.url()


def test_the_receipt_goes_by_mail_without_the_text(desk: Desk, app) -> None:
    desk.work(data=case_data(did="en helt særlig hemmelighed"))
    send(desk)
    message = desk.session.scalars(select(Message)).one()
    assert message.to == desk.member.person.email
    with app.test_request_context():
        mail = MAILS[message.kind](desk.session, message, NOW)
    assert mail is not None
    assert desk.session.scalars(select(Submission.receipt)).one() in mail.body
    assert "Et forløb, der gik dårligt" in mail.subject
    assert "hemmelighed" not in mail.subject + mail.body
    assert heading(desk.client.get(desk.url())) == "Et forløb, der gik dårligt"
    desk.client.post(desk.url(page="withdraw"))
    desk.works()
    with app.test_request_context():
        assert MAILS[message.kind](desk.session, message, NOW) is None
