"""The pages about homework, as staff, givers and authors see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.outbox.models import Message
from course.outbox.reading import render
from course.reviews import deciding
from course.reviews.models import Recusal
from course.work.models import Opening, PeerPair, Release, Work
from tests.reviews.homework import AFTER, ANSWER, HOMEWORK, WORDS, Group, make_group
from tests.reviews.pages import statements, text_of
from tests.submissions.pages import form_of, links

SignIn = Callable[[Person], FlaskClient]


@pytest.fixture
def group(session: Session, clock: time_machine.Traveller) -> Group:
    """Four who have handed in and are paired, the day after the deadline."""
    group = make_group(session, 4)
    group.hand_in()
    group.arrange()
    clock.move_to(AFTER)
    return group


@pytest.fixture
def browser(group: Group, client_for: SignIn) -> Callable[[str], FlaskClient]:
    """The browser of somebody, by name."""

    def of(name: str) -> FlaskClient:
        return client_for(getattr(group, name) if name in {"mette", "organiser"} else group.members[name].person)

    return of


Browser = Callable[[str], FlaskClient]


def peer_url(group: Group) -> str:
    return f"/runs/{group.run.id}/peers/{HOMEWORK}"


def work_url(group: Group, activity: str, page: str = "") -> str:
    return f"/runs/{group.run.id}/activities/{activity}/main{page}"


# -- staff -----------------------------------------------------------------------------------------------------------


def test_staff_pair_by_the_button(session: Session, client_for: SignIn, clock: time_machine.Traveller) -> None:
    group = make_group(session, 4)
    group.hand_in("anna", "bo", "carl")
    clock.move_to(AFTER)
    client = client_for(group.mette)
    page = client.get(group.url())
    assert "3 af 4 har afleveret" in text_of(page)
    assert "Nogle mangler en, der giver ord" in text_of(page)
    answer = client.post(form_of(page, "/pairs").action, follow_redirects=True)
    assert "Makkerne er fordelt" in text_of(answer)
    assert "Nogle mangler" not in text_of(answer)
    group.look_again()
    assert len(session.scalars(select(PeerPair)).all()) == 3
    again = client.post(group.url("/pairs"), follow_redirects=True)
    assert "har allerede en makker eller en underviser" in text_of(again)


def test_the_page_says_who_gives_to_whom_and_what_is_given(group: Group, browser: Browser) -> None:
    group.release()
    group.say("anna")
    page = text_of(browser("mette").get(group.url()))
    assert "4 af 4 har afleveret. 1 har givet ord." in page
    assert "det er konkret" in page
    assert "Givet til makkeren" in page


def test_who_is_recused_reads_no_words_about_it(group: Group, browser: Browser) -> None:
    group.release()
    group.say("anna")
    receiver = group.members[group.pairs()["anna"]]
    group.session.add(Recusal(membership_id=receiver.id, person_id=group.organiser.id, at=AFTER))
    page = text_of(browser("organiser").get(group.url()))
    assert "Du er inhabil" in page
    assert "det er konkret" not in page
    assert "det er konkret" in text_of(browser("mette").get(group.url()))


def test_a_pair_is_exchanged_on_the_page_and_a_stale_page_is_refused(group: Group, browser: Browser) -> None:
    receiver = group.pairs()["anna"]
    other = next(name for name in group.members if name not in {"anna", receiver})
    url = group.url(f"/pairs/{group.members[receiver].id}")
    client = browser("mette")
    form = form_of(client.get(group.url()), f"/pairs/{group.members[receiver].id}")
    filled = form.filled({"giver": group.members[other].id, "do": "giver"})
    assert client.post(url, data=filled).status_code == 303
    group.look_again()
    assert group.pairs()[other] == receiver
    stale = browser("organiser").post(url, data={**filled, "giver": group.members["anna"].id})
    assert stale.status_code == 409
    assert "Makkerne er ændret, siden du åbnede siden" in text_of(stale)


def test_a_facilitator_steps_in_on_the_page(group: Group, browser: Browser) -> None:
    receiver = group.pairs()["anna"]
    client = browser("mette")
    url = group.url(f"/pairs/{group.members[receiver].id}")
    form = form_of(client.get(group.url()), f"/pairs/{group.members[receiver].id}")
    page = client.post(url, data=form.filled({"person": group.mette.id, "do": "stand-in"}), follow_redirects=True)
    assert "Underviser træder til" in text_of(page)
    missing = client.post(group.url("/pairs/987654"), data={"do": "stand-in"})
    assert missing.status_code == 404


def test_the_run_may_have_no_such_homework(group: Group, browser: Browser) -> None:
    client = browser("mette")
    assert client.get(f"/runs/{group.run.id}/homework/{WORDS}").status_code == 404
    assert client.get(f"/runs/{group.run.id}/homework/nothing").status_code == 404
    assert browser("anna").get(group.url()).status_code == 404
    assert browser("anna").get(f"/runs/{group.run.id}/peers/{WORDS}").status_code == 404


def test_the_inbox_leads_there(group: Group, browser: Browser) -> None:
    assert group.url() in links(browser("mette").get(f"/runs/{group.run.id}/reviews"))


# -- release to one peer ---------------------------------------------------------------------------------------------


def test_a_homework_is_given_to_the_peer_and_not_to_the_run(group: Group, browser: Browser) -> None:
    work, client = group.homework("anna"), browser("mette")
    copy_url = f"/runs/{group.run.id}/reviews/works/{work.id}/copy"
    page = client.get(copy_url)
    assert "Godkend, og giv teksten til makkeren" in text_of(page)
    assert "hemmeligt for mig" not in text_of(page)
    answer = client.post(copy_url, data=form_of(page, "/copy").filled({"do": "accept"}), follow_redirects=True)
    assert "er givet til makkeren" in text_of(answer)
    group.look_again()
    release = group.session.scalars(select(Release)).one()
    assert release.audience == "peer"
    giver = group.giver_of("anna")
    assert "annatekst" in text_of(browser(giver).get(peer_url(group)))
    for name in group.members.keys() - {giver}:
        assert "annatekst" not in text_of(browser(name).get(peer_url(group)))
    for name in (*group.members, "mette"):
        assert "annatekst" not in text_of(browser(name).get(f"/runs/{group.run.id}/releases"))
        assert browser(name).get(f"/runs/{group.run.id}/releases/{release.id}").status_code == 404
    review = text_of(client.get(f"/runs/{group.run.id}/reviews/works/{work.id}"))
    assert "Makkeren kan læse udgaven" in review


def test_the_text_shows_whose_it_is_and_that_it_was_opened(group: Group, browser: Browser) -> None:
    group.release()
    receiver = group.pairs()["anna"]
    page = text_of(browser("anna").get(peer_url(group)))
    assert f"af {group.members[receiver].person.name}" in page
    group.look_again()
    opening = group.session.scalars(select(Opening).where(Opening.capacity == "colleague")).one()
    assert (opening.person_id, opening.work_id) == (group.members["anna"].person_id, group.homework(receiver).id)
    assert "Anna Ahl som kollega" in text_of(browser(receiver).get(work_url(group, HOMEWORK)))


def test_a_recall_takes_it_back_at_once(group: Group, browser: Browser) -> None:
    group.release()
    receiver = group.pairs()["anna"]
    step = work_url(group, WORDS, "/steps/ord")
    assert f"{receiver}tekst" in text_of(browser("anna").get(step))
    deciding.recall(
        group.session, actor=group.actor("mette"), now=AFTER, work_id=group.homework(receiver).id, revision_no=1
    )
    client = browser("anna")
    assert f"{receiver}tekst" not in text_of(client.get(peer_url(group)))
    assert client.get(step).status_code == 302
    saved = client.post(step, data={"strong": "nåede ikke at gemme"})
    assert saved.status_code == 409
    assert "nåede ikke at gemme" in text_of(saved), "what was typed is not lost"
    assert f"{receiver}tekst" not in text_of(saved)


# -- words -----------------------------------------------------------------------------------------------------------

PROFILE = {"profile-description": "3", "profile-position": "1"}


def test_words_are_written_beside_the_text_and_reach_the_author(group: Group, browser: Browser) -> None:
    group.release()
    receiver = group.pairs()["anna"]
    client = browser("anna")
    page = client.get(work_url(group, WORDS, "/steps/ord"))
    assert f"{receiver}tekst" in text_of(page)
    assert "Giv ordene til din makker" in text_of(page)
    form = form_of(page, "/steps/ord")
    answer = client.post(form.action, data=form.filled({**PROFILE, "strong": "modigt sted", "action": "finish"}))
    assert answer.status_code == 302
    group.look_again()
    assert group.work("anna", WORDS).state == "submitted"
    seen = text_of(browser(receiver).get(group.url("/words")))
    assert "modigt sted" in seen
    assert "Anna Ahl, makker" in seen
    for name in group.members.keys() - {receiver}:
        assert "modigt sted" not in text_of(browser(name).get(group.url("/words")))
    assert "din makker kan læse dem" in text_of(client.get(work_url(group, WORDS)))


def test_the_author_is_told_of_words_while_they_are_there(
    app: Flask, group: Group, browser: Browser, session: Session
) -> None:
    group.release()
    receiver = group.members[group.pairs()["anna"]]
    client = browser("anna")
    form = form_of(client.get(work_url(group, WORDS, "/steps/ord")), "/steps/ord")
    data = form.filled({**PROFILE, "strong": "modigt sted", "action": "finish"})
    for _ in range(2):
        client.post(form.action, data=data)
    group.look_again()
    (message,) = session.scalars(select(Message).where(Message.kind == "words_given")).all()
    assert message.to == receiver.person.email

    def mail() -> str:
        with app.test_request_context():
            found = render(session, message, AFTER)
        return f"{found.subject}{found.body}" if found else ""

    assert "Du har fået ord om »En kort refleksion«" in mail()
    assert group.url("/words") in mail()
    assert "modigt" not in mail()
    group.work("anna", WORDS).projection = "recalled"
    assert mail() == "", "staff have taken them out of sight"
    group.session.rollback()
    client.post(f"{work_url(group, WORDS)}/withdraw")
    group.look_again()
    assert mail() == "", "they were taken back"


def test_every_criterion_must_have_a_level(group: Group, browser: Browser) -> None:
    group.release()
    client = browser("anna")
    form = form_of(client.get(work_url(group, WORDS, "/steps/ord")), "/steps/ord")
    data = form.filled({"profile-description": "3", "strong": "modigt sted", "action": "finish"})
    answer = client.post(form.action, data=data, follow_redirects=True)
    assert "Vælg et trin ved hvert punkt" in text_of(answer)
    form = form_of(client.get(work_url(group, WORDS, "/steps/ord")), "/steps/ord")
    bad = client.post(form.action, data=form.filled({**PROFILE, "profile-position": "9"}))
    assert bad.status_code == 422
    group.look_again()
    assert group.work("anna", WORDS).state == "draft"


def test_a_new_peer_is_said_on_the_page_and_old_words_are_not_sent(
    group: Group, browser: Browser, clock: time_machine.Traveller
) -> None:
    group.release()
    receiver = group.pairs()["anna"]
    group.write(
        "anna", WORDS, {"profile": {"description": 1, "position": 1}, "strong": "om den første"}, AFTER, submit=False
    )
    group.leave(receiver, AFTER + timedelta(minutes=1))
    clock.move_to(AFTER + timedelta(minutes=5))
    client = browser("anna")
    page = client.get(work_url(group, WORDS, "/steps/ord"))
    assert "Du har fået en anden makker" in text_of(page)
    form = form_of(page, "/steps/ord")
    refused = client.post(form.action, data=form.filled({"action": "finish"}))
    assert refused.status_code == 409
    assert "en anden makker, siden du skrev" in text_of(refused)
    form = form_of(client.get(work_url(group, WORDS, "/steps/ord")), "/steps/ord")
    sent = client.post(form.action, data=form.filled({"strong": "om den nye", "action": "finish"}))
    assert sent.status_code == 302
    group.look_again()
    assert group.work("anna", WORDS).state == "submitted"


def test_staff_take_words_out_of_sight(group: Group, browser: Browser) -> None:
    group.release()
    group.say("anna")
    receiver = group.pairs()["anna"]
    client = browser("mette")
    form = form_of(client.get(group.url()), f"/words/{group.work('anna', WORDS).id}")
    page = client.post(form.action, data=form.filled({"do": "hide"}), follow_redirects=True)
    assert "Taget af visning" in text_of(page)
    assert "det er konkret" not in text_of(browser(receiver).get(group.url("/words")))
    client.post(form.action, data={"do": "show"})
    assert "det er konkret" in text_of(browser(receiver).get(group.url("/words")))


def test_the_author_sees_one_picture_and_answers(group: Group, browser: Browser) -> None:
    group.release()
    giver = group.giver_of("anna")
    group.say(giver)
    client = browser("anna")
    page = client.get(group.url("/words"))
    said = text_of(page)
    assert page.get_data(as_text=True).count("<svg viewBox") == 1
    for part in ("Dig selv", "makker", "2: Klar med egen del", "1: Klar", "godt skrevet", "Skriv et svar"):
        assert part in said
    step = work_url(group, ANSWER, "/steps/svar")
    form = form_of(client.get(step), "/steps/svar")
    sent = client.post(form.action, data=form.filled({"reply": "tak for spørgsmålet", "action": "finish"}))
    assert sent.status_code == 302
    assert "tak for spørgsmålet" in text_of(client.get(group.url("/words")))
    assert "tak for spørgsmålet" in text_of(browser(giver).get(peer_url(group)))
    assert "tak for spørgsmålet" in text_of(browser("mette").get(group.url()))
    for name in group.members.keys() - {giver, "anna"}:
        assert "tak for spørgsmålet" not in text_of(browser(name).get(peer_url(group)))


def test_before_anything_is_said(group: Group, browser: Browser) -> None:
    own = text_of(browser("anna").get(group.url("/words")))
    assert "Dig selv" in own
    assert "skriver" not in own.replace("Når du skriver", "")
    group.join("Nina Ny")
    assert "ikke skrevet din hjemmeopgave" in text_of(browser("nina").get(group.url("/words")))
    assert "Makkere fordeles" in text_of(browser("nina").get(peer_url(group)))


def test_the_overview_of_a_homework_leads_to_its_words(group: Group, browser: Browser) -> None:
    group.release()
    assert group.url("/words") in links(browser("anna").get(work_url(group, HOMEWORK)))
    assert peer_url(group) in links(browser("anna").get(work_url(group, WORDS)))
    page = text_of(browser("anna").get(work_url(group, HOMEWORK)))
    assert "Din makker kan læse den udgave" in page
    assert "Se holdets forløb" not in page


def test_an_organiser_who_removes_a_member_mends_the_pairs(group: Group, browser: Browser) -> None:
    giver, receiver = group.giver_of("carl"), group.pairs()["carl"]
    answer = browser("organiser").post(f"/runs/{group.run.id}/people/{group.members['carl'].id}/remove")
    assert answer.status_code == 302
    group.look_again()
    assert group.pairs()[giver] == receiver


def test_the_number_of_queries_does_not_grow(
    session: Session, client_for: SignIn, engine: Engine, clock: time_machine.Traveller
) -> None:
    counts = []
    for number in (3, 8):
        group = make_group(session, number)
        group.hand_in()
        group.arrange()
        group.release()
        clock.move_to(AFTER)
        client = client_for(group.mette)
        client.get(group.url())
        with statements(engine) as seen:
            assert client.get(group.url()).status_code == 200
        counts.append(len(seen))
        session.connection()
    assert counts[0] == counts[1]
    assert session.scalars(select(Work.id).limit(1)).first()
