from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from course.outbox.mail import Mail
from course.outbox.models import Message
from course.reviews import deciding, risk
from course.reviews.deciding import Seen
from course.reviews.mails import MAILS
from course.work import checking
from course.work import service as spine
from course.work.models import Work
from course.work.standing import standing
from tests.factories import NOW, actor_of, case_data, course, form_of
from tests.reviews.conftest import Room
from tests.reviews.test_deciding import accept, give_back, reject, release

SECRET = "Hemmelig bemærkning om Hanne"
NAMED = case_data(did="Jeg ringede til Hanne.")


@pytest.fixture(autouse=True)
def request_context(app: Flask) -> Iterator[None]:
    """Mails are made inside a request, so that their links are whole."""
    with app.test_request_context(base_url="http://localhost"):
        yield


def made(room: Room, now: Any = NOW) -> list[Mail | None]:
    """Every queued mail as it would be sent now."""
    room.session.flush()
    messages = room.session.scalars(select(Message).order_by(Message.id)).all()
    return [MAILS[message.kind](room.session, message, now) for message in messages]


def send_again(room: Room, work: Work) -> None:
    activity, form = course().activities["gp-05.case"], form_of("gp-05.case")
    gate = standing(room.session, room.run, room.anna).gate(activity, NOW, slot="bad")
    actor = actor_of(room.anna.person)
    spine.save(
        room.session, actor=actor, now=NOW, work=work, form=form, gate=gate,
        content=checking.check_data(form, case_data(did="Jeg ringede til lederen.")), base_no=work.latest_no,
        save_id=spine.valid_key(""),
    )  # fmt: skip
    spine.submit(
        room.session, actor=actor, now=NOW, work=work, form=form, gate=gate, revision_no=work.latest_no,
        submit_key=spine.valid_key(""), checked=range(len(form.self_check)),
    )  # fmt: skip


def test_every_decision_is_told_kindly_without_any_text(room: Room) -> None:
    returned, rejected = room.sent("anna", "bad", NAMED), room.sent("anna", "good", NAMED)
    accepted, released = room.sent("bo", "bad", NAMED), room.sent("bo", "good", NAMED)
    give_back(room, "mette", returned, SECRET)
    reject(room, "mette", rejected, SECRET)
    accept(room, "mette", accepted, SECRET)
    release(room, "mette", released, accept_first=True, comment=SECRET)
    mails = made(room)
    assert [m.subject for m in mails if m] == [
        "Et par spørgsmål til »Et forløb, der gik dårligt«",
        "»Et forløb, der gik godt« kan ikke bruges på kurset",
        "»Et forløb, der gik dårligt« er godkendt",
        "Dine kolleger kan nu læse »Et forløb, der gik godt«",
    ]
    for mail in mails:
        assert mail is not None
        assert f"http://localhost/runs/{room.run.id}/" in mail.body
        for word in ("Hanne", "Hemmelig", "None"):
            assert word not in mail.subject + mail.body
    assert mails[0] is not None
    assert "fredag den 6. november 2026 kl. 10.00" in mails[0].body


def test_a_return_is_not_told_when_the_text_has_come_again(room: Room) -> None:
    work = room.sent()
    give_back(room, "mette", work)
    send_again(room, work)
    assert made(room) == [None]
    give_back(room, "mette", work, "Næsten.")
    first, second = made(room)
    assert first is None, "the decision about the old text says nothing any more"
    assert second is not None


def test_a_deadline_that_has_passed_is_told_as_past(room: Room) -> None:
    give_back(room, "mette", room.sent())
    [mail] = made(room, NOW + timedelta(days=9))
    assert mail is not None
    assert "Fristen var fredag den 6. november 2026 kl. 10.00" in mail.body


def test_a_release_that_was_recalled_is_not_told(room: Room) -> None:
    work = room.sent()
    release(room, "mette", work, accept_first=True)
    deciding.recall(room.session, actor=room.actor("mette"), now=NOW, work_id=work.id, revision_no=1)
    first, second = made(room)
    assert first is None
    assert second is not None
    assert "kaldt tilbage" in second.subject
    release(room, "mette", work)
    assert [mail is not None for mail in made(room)] == [False, False, True]


def test_an_accept_that_became_a_return_is_not_told(room: Room) -> None:
    work = room.sent()
    accept(room, "mette", work)
    deciding.return_for_changes(
        room.session, actor=room.actor("mette"), now=NOW, work_id=work.id, seen=Seen(1, "accepted"),
        comment="Alligevel.", until=NOW + timedelta(days=1),
    )  # fmt: skip
    assert [mail is not None for mail in made(room)] == [False, True]


@pytest.mark.parametrize("gone", ["author", "run"])
def test_nothing_is_told_to_who_has_left_or_when_all_is_off(room: Room, gone: str) -> None:
    give_back(room, "mette", room.sent())
    if gone == "author":
        room.anna.left_at = NOW
    else:
        room.run.cancelled_at = NOW
    assert made(room) == [None]


class TestRisk:
    def raise_flag(self, room: Room) -> None:
        risk.raise_flag(
            room.session, actor=room.actor("mette"), now=NOW, run=room.run, work_id=room.sent().id, reason=SECRET
        )

    def test_the_clinician_gets_a_link_and_no_text(self, room: Room) -> None:
        room.run.clinician_id = room.jens.id
        self.raise_flag(room)
        [mail] = made(room)
        assert mail is not None
        assert "/reviews/risks/" in mail.body
        assert "Jens Juul" in mail.body
        assert "Hemmelig" not in mail.body
        assert "Anna" not in mail.body

    def test_not_when_answered_or_when_somebody_else_is_named(self, room: Room) -> None:
        room.run.clinician_id = room.jens.id
        self.raise_flag(room)
        room.run.clinician_id = room.organiser.id
        assert made(room) == [None]
        assert risk.tell_clinician(room.session, now=NOW, run=room.run) == 1
        assert risk.tell_clinician(room.session, now=NOW, run=room.run) == 1
        first, second = made(room)
        assert first is None
        assert second is not None
        assert "Olga Organiser" in second.body
        flags = risk.open_flags(room.session, actor=room.actor("organiser"), run=room.run, is_organiser=True)
        risk.answer_flag(
            room.session, actor=room.actor("organiser"), now=NOW, run=room.run, flag_id=flags[0].id, answer="handled"
        )
        assert made(room) == [None, None]

    def test_organisers_hear_of_a_missing_clinician_until_one_is_named(self, room: Room) -> None:
        self.raise_flag(room)
        [mail] = made(room)
        assert mail is not None
        assert "mangler en kliniker" in mail.subject
        room.run.clinician_id = room.jens.id
        risk.tell_clinician(room.session, now=NOW, run=room.run)
        first, second = made(room)
        assert first is None
        assert second is not None

    def test_a_clinician_does_not_hear_of_their_own_patient(self, room: Room) -> None:
        room.run.clinician_id = room.anna.person_id
        self.raise_flag(room)
        [message] = room.session.scalars(select(Message))
        assert (message.kind, message.to) == ("risk_unheard", room.organiser.email)
