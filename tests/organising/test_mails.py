"""The organiser's own words in the mails, the outbox, and mails when newer content moves dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.accounts.rules import Actor
from course.content.catalogue import Course
from course.content.symbolic import parse
from course.db.audit import AuditRow
from course.organising import mail_texts, service
from course.outbox.mail import Mail, MailKind
from course.outbox.models import MailText, Message
from course.outbox.reading import kinds, render
from course.outbox.service import queue
from course.outbox.worker import Counts, run_once
from course.runs import contents, invitations
from course.runs import service as runs
from course.runs.invitation_rows import Row
from course.runs.models import Membership, Run
from course.work.models import Decision
from tests.factories import NOW, actor_of, course, make_member, make_person, make_run, make_work, packed

SignIn = Callable[[Person], FlaskClient]
OWN = {"subject": "Tak, {navn}!", "body": "Kære {navn}\n\n»{titel}« er godkendt på {hold}: {link}\n\nOlga"}


@pytest.fixture(autouse=True)
def request_context(app: Flask) -> Iterator[None]:
    """Mails are made inside a request, so that their links are whole."""
    with app.test_request_context(base_url="http://localhost"):
        yield


@pytest.fixture
def run(session: Session) -> Run:
    return make_run(session)


@pytest.fixture
def organiser(session: Session, run: Run) -> Person:
    return session.get_one(Person, run.created_by_id)


@pytest.fixture
def anna(session: Session, run: Run) -> Membership:
    return make_member(session, run, make_person(session, "Anna Anker"))


def accepted(session: Session, run: Run, anna: Membership, judge: Person) -> Message:
    """A mail about an accepted work, as the review's pages queue it."""
    work = make_work(session, anna, state="accepted", judge=judge)
    decision = session.scalars(select(Decision).where(Decision.work_id == work.id)).one()
    queue(session, now=NOW, kind="accepted", to=anna.person.email, params={"decision": decision.id},
          dedupe_key=f"decision-{decision.id}", run_id=run.id)  # fmt: skip
    return session.scalars(select(Message).where(Message.kind == "accepted")).one()


def change(session: Session, run: Run, actor: Actor, *, seen: str = "", now: datetime = NOW, **words: str) -> None:
    """Save the organiser's words for accepted works."""
    mail_texts.change(
        session, actor=actor, now=now, run=run, name="accepted", kind=kinds()["accepted"], seen=seen, **(OWN | words)
    )  # fmt: skip


def amr_run(session: Session, organiser: Person) -> Run:
    """A run of the other course, nothing sent yet."""
    first, second = datetime(2027, 1, 12, 12, tzinfo=UTC), datetime(2027, 2, 9, 12, tzinfo=UTC)
    return runs.create_run(
        session, actor=replace(actor_of(organiser), may_create_runs=True), now=NOW, course=course("amr"),
        packed=packed("amr"), name="AMR vinter", cluster="",
        meetings={
            key: runs.Meeting(at, at + timedelta(hours=2), "Videorummet")
            for key, at in (("session1", first), ("session2", second))
        },
    )  # fmt: skip


def say(session: Session, message: Message) -> Mail:
    """The mail as it would be sent now."""
    session.flush()
    mail = render(session, message, NOW)
    assert mail is not None
    return mail


# -- own words -------------------------------------------------------------------------------------------------------


def test_own_words_are_used_in_this_run_alone_until_they_are_taken_back(
    session: Session, run: Run, anna: Membership, organiser: Person
) -> None:
    message = accepted(session, run, anna, organiser)
    ours = say(session, message)
    change(session, run, actor_of(organiser))
    own = say(session, message)
    assert own.subject == "Tak, Anna Anker!"
    assert "»Et forløb, der gik dårligt« er godkendt på Hold Åsbakken: http://localhost/runs/" in own.body
    other = make_run(session, name="Et andet hold")
    assert session.get(MailText, (other.id, "accepted")) is None
    mail_texts.reset(session, actor=actor_of(organiser), now=NOW, run=run, name="accepted")
    mail_texts.reset(session, actor=actor_of(organiser), now=NOW, run=run, name="accepted")
    assert say(session, message) == ours
    verbs = session.scalars(select(AuditRow.verb).where(AuditRow.verb.startswith("mail_text"))).all()
    assert verbs == ["mail_text_changed", "mail_text_reset"]


def test_a_change_holds_for_what_is_not_sent_yet(
    app: Flask, session: Session, run: Run, anna: Membership, organiser: Person
) -> None:
    accepted(session, run, anna, organiser)
    change(session, run, actor_of(organiser))
    session.commit()
    sent: list[Mail] = []

    class Box:
        def send(self, to: str, mail: Mail, now: datetime) -> None:
            sent.append(mail)

    assert run_once(app, NOW, post=Box()) == Counts(sent=1)
    assert sent[0].subject == "Tak, Anna Anker!"
    change(session, run, actor_of(organiser), seen=NOW.isoformat(), subject="For sent")
    session.commit()
    assert run_once(app, NOW, post=Box()) == Counts()


def test_our_words_saved_again_are_not_kept(session: Session, run: Run, organiser: Person) -> None:
    kind = kinds()["accepted"]
    change(session, run, actor_of(organiser), subject=kind.subject, body=kind.body.strip())
    assert mail_texts.own_texts(session, run) == {}


def test_two_organisers_do_not_overwrite_each_other_unseen(session: Session, run: Run, organiser: Person) -> None:
    change(session, run, actor_of(organiser), now=NOW)
    with pytest.raises(mail_texts.ChangedMeanwhile):
        change(session, run, actor_of(organiser), now=NOW + timedelta(minutes=1), subject="Nyt")
    change(session, run, actor_of(organiser), seen=NOW.isoformat(), now=NOW + timedelta(minutes=1), subject="Nyt")
    assert mail_texts.own_texts(session, run)["accepted"].subject == "Nyt"


@pytest.mark.parametrize(
    ("words", "field", "message"),
    [
        ({"subject": "Hej {nvn}"}, "subject", "{nvn} kendes ikke"),
        ({"body": "Hej {navn}, det er godkendt."}, "body", "Teksten skal indeholde {link}"),
        ({"body": "{link} {kvittering}"}, "body", "{kvittering} kendes ikke"),
        ({"subject": "Hej\nBcc: alle@example.test"}, "subject", "én linje"),
        ({"body": "Ring til hende på 20 30 40 50. {link}"}, "body", "ligner et telefonnummer"),
        ({"subject": "Om 010190-1234"}, "subject", "ligner et CPR-nummer"),
        ({"body": "Skriv til anna@klinik.dk {link}"}, "body", "ligner en e-mailadresse"),
        ({"subject": ""}, "subject", "Skriv et emne."),
    ],
)
def test_words_that_cannot_be_used(words: dict[str, str], field: str, message: str) -> None:
    given = OWN | words
    found = mail_texts.faults(kinds()["accepted"], given["subject"], given["body"])
    assert any(fault.field == field and message in fault.message for fault in found), found


def test_the_pages(session: Session, client_for: SignIn, run: Run, anna: Membership, organiser: Person) -> None:
    message = accepted(session, run, anna, organiser)
    client = client_for(organiser)
    listed = client.get(f"/runs/{run.id}/mails").get_data(as_text=True)
    for kind in kinds().values():
        assert (kind.title in listed) is not kind.of_own_time, "this run is held live"
        assert (kind.when in listed) is not kind.of_own_time
    assert "Send dine to forløb: 7 og 2 dage før fristen." in listed
    url = f"/runs/{run.id}/mails/accepted"
    page = client.get(url).get_data(as_text=True)
    assert "Anna Anker" in page
    assert "rigtig mail" in page
    shown = client.post(url, data=OWN | {"action": "show", "seen": ""}).get_data(as_text=True)
    assert "Tak, Anna Anker!" in shown
    assert session.scalars(select(MailText)).all() == [], "looking is not saving"
    refused = client.post(url, data=OWN | {"action": "save", "seen": "", "body": "Hej {nvn}"})
    assert refused.status_code == 422
    text = refused.get_data(as_text=True)
    assert re.search(r'id="body-error"[^>]*>[^<]*(<[^>]+>[^<]*)*\{nvn\} kendes ikke', text)
    assert "Hej {nvn}</textarea>" in text, "what was typed is kept"
    assert client.post(url, data=OWN | {"action": "save", "seen": ""}).status_code == 302
    assert "Dine egne" in client.get(f"/runs/{run.id}/mails").get_data(as_text=True)
    session.commit()
    session.expire_all()
    assert say(session, message).subject == "Tak, Anna Anker!"
    assert client.post(url, data=OWN | {"action": "save", "seen": ""}).status_code == 409
    assert client.post(f"{url}/reset").status_code == 302
    session.commit()
    session.expire_all()
    assert mail_texts.own_texts(session, run) == {}


def test_every_kind_can_be_opened_and_saved_as_it_is(
    session: Session, client_for: SignIn, run: Run, organiser: Person
) -> None:
    client = client_for(organiser)
    for name, kind in kinds().items():
        page = client.get(f"/runs/{run.id}/mails/{name}")
        assert page.status_code == (200 if kind.is_editable else 404), name
        data = {"subject": kind.subject, "body": kind.body, "action": "save", "seen": ""}
        answer = client.post(f"/runs/{run.id}/mails/{name}", data=data)
        assert answer.status_code == (302 if kind.is_editable else 404), (name, answer.get_data(as_text=True))
    for name in ("reset", "ukendt"):
        assert client.get(f"/runs/{run.id}/mails/{name}").status_code == 404
    assert mail_texts.own_texts(session, run) == {}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("invitation", "til kurset »Ondt i kroppen – fra snak til spilleregler«"),
        ("invitation", "Kursusgang 1: tirsdag den 12. januar 2027 kl. 13.00–15.00, Videorummet"),
        ("session_moved", "– Kursusgang 1: tirsdag den 12. januar 2027 kl. 13.00, Videorummet"),
        ("run_cancelled", "tirsdag den 12. januar 2027 kl. 13.00 og tirsdag den 9. februar 2027 kl. 13.00."),
        ("deadlines_moved", "– Hold det første møde og send din log: torsdag den 4. februar 2027 kl. 23.59"),
        ("deadline_near", "log: torsdag den 4. februar 2027 kl. 23.59\n  Du mangler »Log fra det første møde«."),
        ("opens", "»Quiz 1: Krop og arbejde« er åben nu"),
        ("receipt", "»Log fra det første møde«"),
        ("accepted", "»Log fra det første møde«"),
        ("peer_ready", "»Log fra det første møde«"),
        ("certificate", "»Ondt i kroppen – fra snak til spilleregler«"),
    ],
)
def test_an_example_speaks_of_the_runs_own_course(
    session: Session, client_for: SignIn, organiser: Person, name: str, says: str
) -> None:
    amr = amr_run(session, organiser)
    session.commit()
    shown = client_for(organiser).get(f"/runs/{amr.id}/mails/{name}").get_data(as_text=True)
    assert "Med eksempler" in shown
    assert says in shown


def test_no_example_of_the_amr_course_speaks_of_the_other(session: Session, organiser: Person) -> None:
    amr = amr_run(session, organiser)
    for name, kind in kinds().items():
        if not kind.is_editable or kind.of_patients:
            continue
        body = "\n".join(f"{{{place}}}" for place in kind.places)
        mail, is_real = mail_texts.preview(session, NOW, amr, name, kind, "{navn}", body)
        assert not is_real
        for foreign in ("Kursusdag", "forløb", "Arbejdsfastholdelse", "refleksion", "Gjorde jeg det?"):
            assert foreign not in mail.body, (name, mail.body)


def test_a_name_with_braces_stays_a_name(session: Session, run: Run, organiser: Person) -> None:
    sly = make_member(session, run, make_person(session, "{link} {kontakt}"))
    message = accepted(session, run, sly, organiser)
    change(session, run, actor_of(organiser))
    assert say(session, message).subject == "Tak, {link} {kontakt}!"


def test_no_mail_of_a_run_holds_a_participants_text(
    session: Session, run: Run, anna: Membership, organiser: Person
) -> None:
    """With every place of every kind in the organiser's own words."""
    accepted(session, run, anna, organiser)
    service.move_deadline(
        session, actor=actor_of(organiser), now=NOW, run=run, deadline_id="cases", membership_id=None,
        moved_to=NOW + timedelta(days=30),
    )  # fmt: skip
    secret = "patienten havde ondt"
    for name, kind in kinds().items():
        if not kind.is_editable:
            continue
        body = "\n".join(f"{{{place}}}" for place in kind.places)
        mail, _ = mail_texts.preview(session, NOW, run, name, kind, "{navn}", body)
        assert secret not in mail.body, name
        assert "None" not in mail.body, name


# -- the outbox ------------------------------------------------------------------------------------------------------


def invited(session: Session, run: Run, organiser: Person) -> Message:
    """An invitation in the outbox."""
    invitations.invite(
        session, actor=actor_of(organiser), now=datetime.now(UTC), run=run,
        rows=[Row(line=1, email="ny@klinik.example", name="Ny Læge")],
    )  # fmt: skip
    return session.scalars(select(Message).where(Message.kind == "invitation")).one()


def test_the_link_of_an_invitation_is_shown_only_where_no_mail_can_be_sent(
    app: Flask, session: Session, client_for: SignIn, run: Run, organiser: Person
) -> None:
    message = invited(session, run, organiser)
    client = client_for(organiser)
    url = f"/runs/{run.id}/outbox/{message.id}"
    link = re.compile(r"/invitations?/\d+\.[\w-]+")
    assert link.search(client.get(url).get_data(as_text=True))
    with_server = replace(app.extensions["settings"], smtp_url="smtp://mail.example", mail_from="kursus@region.example")
    with patch.dict(app.extensions, settings=with_server):
        page = client.get(url).get_data(as_text=True)
        assert not link.search(page)
        assert "linket står kun i mailen" in page
    preview = client.get(f"/runs/{run.id}/mails/invitation").get_data(as_text=True)
    assert not link.search(preview), "a preview is no invitation"
    assert "Ny Læge" in preview


def test_what_failed_is_shown_with_its_reason_and_sent_again(
    session: Session, client_for: SignIn, run: Run, anna: Membership, organiser: Person
) -> None:
    failed = accepted(session, run, anna, organiser)
    failed.state, failed.fault, failed.tries = "failed", "Adressen blev afvist (SMTP 550).", 1
    waiting = invited(session, run, organiser)
    waiting.fault = "Mailserveren svarede ikke i tide."
    other = make_run(session, name="Et andet hold")
    elsewhere = Message(
        kind="accepted", to="x@y.dk", params={"decision": 1}, run_id=other.id, dedupe_key="x", state="failed",
        queued_at=NOW, due_at=NOW, fault="",
    )  # fmt: skip
    session.add(elsewhere)
    client = client_for(organiser)
    assert "1 mail kunne ikke sendes" in client.get(f"/runs/{run.id}/outbox").get_data(as_text=True)
    only = client.get(f"/runs/{run.id}/outbox?only=failed").get_data(as_text=True)
    assert "Adressen blev afvist (SMTP 550)." in only
    assert waiting.to not in only
    page = client.get(f"/runs/{run.id}/outbox/{failed.id}").get_data(as_text=True)
    assert "Mailen kom ikke frem" in page
    assert "Send igen" in page
    assert "forsøgt igen" in client.get(f"/runs/{run.id}/outbox/{waiting.id}").get_data(as_text=True)
    assert client.post(f"/runs/{run.id}/outbox/send-again").status_code == 302
    session.commit()
    session.expire_all()
    assert (failed.state, failed.tries, failed.fault) == ("queued", 0, "")
    assert elsewhere.state == "failed", "another run's mails are another's"


# -- dates that move -------------------------------------------------------------------------------------------------


def moved_mails(session: Session) -> list[Message]:
    """The mails about moved deadlines, oldest first."""
    session.flush()
    return list(session.scalars(select(Message).where(Message.kind == "deadlines_moved").order_by(Message.id)))


def test_a_deadline_moved_twice_before_the_mail_is_sent_is_told_once(
    session: Session, run: Run, anna: Membership, organiser: Person
) -> None:
    for minute in range(2):
        service.move_deadline(
            session, actor=actor_of(organiser), now=NOW + timedelta(minutes=minute), run=run, deadline_id="cases",
            membership_id=None, moved_to=NOW + timedelta(days=20 + minute),
        )  # fmt: skip
    first, second = moved_mails(session)
    assert render(session, first, NOW) is None
    assert "mandag den 23. november 2026" in say(session, second).body


def newer(**deadlines: str) -> Course:
    """The course with these deadlines at other dates."""
    real = course()
    changed = {name: replace(real.deadlines[name], at=parse(at)) for name, at in deadlines.items()}
    return replace(real, digest="a" * 64, deadlines={**real.deadlines, **changed})


def take(session: Session, run: Run, organiser: Person, new: Course) -> None:
    """Use a newer version of the course."""
    service.take_content(
        session, actor=actor_of(organiser), now=NOW, run=run, new=new, packed=packed("gp"), seen_digest=new.digest
    )


def test_newer_content_mails_those_whose_dates_move(
    session: Session, run: Run, anna: Membership, organiser: Person
) -> None:
    done, own = (make_member(session, run, make_person(session, name)) for name in ("Bo", "Carl"))
    for slot in ("good", "bad"):
        make_work(session, done, slot=slot, state="submitted")
    service.move_deadline(
        session, actor=actor_of(organiser), now=NOW, run=run, deadline_id="cases", membership_id=own.id,
        moved_to=NOW + timedelta(days=30),
    )  # fmt: skip
    before = len(moved_mails(session))
    later = newer(cases="12 days before day1 at 23.59")
    with patch.dict(contents._COURSES, {later.digest: later}):
        take(session, run, organiser, later)
        mails = moved_mails(session)[before:]
        assert [message.to for message in mails] == [anna.person.email], "Bo has sent his, Carl has a date of his own"
        assert "– Send dine to forløb: søndag den 22. november 2026 kl. 23.59" in say(session, mails[0]).body


def test_newer_content_that_moves_no_date_mails_nobody(
    session: Session, run: Run, anna: Membership, organiser: Person
) -> None:
    same = newer()
    extra = replace(same.deadlines["cases"], id="extra", title="En ny frist")
    new_activity = replace(same.activities["gp-01.aim"], id="gp-01.new", due="extra")
    same = replace(
        same,
        deadlines={**same.deadlines, "extra": extra},
        activities={**same.activities, new_activity.id: new_activity},
    )
    with patch.dict(contents._COURSES, {same.digest: same}):
        take(session, run, organiser, same)
    assert moved_mails(session) == []


def test_an_activity_that_gets_another_deadline_moves_too(
    session: Session, run: Run, anna: Membership, organiser: Person
) -> None:
    base = newer()
    case = replace(base.activities["gp-05.case"], due="cases-again")
    later = replace(base, activities={**base.activities, case.id: case})
    with patch.dict(contents._COURSES, {later.digest: later}):
        take(session, run, organiser, later)
        (message,) = moved_mails(session)
        assert message.params["deadlines"] == ["cases-again"]
        assert later.deadlines["cases-again"].title in say(session, message).body


def test_kinds_are_what_the_app_knows(app: Flask) -> None:
    assert all(isinstance(kind, MailKind) for kind in kinds().values())
    assert set(kinds()) < set(app.extensions["mails"])
