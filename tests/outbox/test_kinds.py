"""Every kind of mail there is: what it declares, and that nothing a participant wrote can stand in it."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import Session

from course import guard
from course.outbox.mail import Mail, MailKind, Place
from course.outbox.models import MailText, Message
from course.outbox.smtp import compose
from course.outbox.wording import places_of
from tests.factories import NOW, make_run

NOT_EDITABLE = {"risk_flag", "risk_unheard"}
OURS_ALONE = {"reset", "email_change", "email_changed"}
"""Mails of no run, whose words are in the code."""


def kinds(app: Flask) -> dict[str, MailKind]:
    """The kinds that declare their words."""
    return {name: kind for name, kind in app.extensions["mails"].items() if isinstance(kind, MailKind)}


def test_every_kind_declares_its_words(app: Flask) -> None:
    found = kinds(app)
    assert set(app.extensions["mails"]) - set(found) == OURS_ALONE
    assert set(found) >= {
        "invitation", "receipt", "returned", "accepted", "rejected", "released", "recalled", "deadlines_moved",
        "session_moved", "run_cancelled", "deadline_near", "opens",
    }  # fmt: skip
    assert {name for name, kind in found.items() if not kind.is_editable} == NOT_EDITABLE
    for name, kind in found.items():
        assert kind.faults(kind.subject, kind.body) == (), name
        assert kind.needs <= set(kind.places), name
        assert kind.secrets <= set(kind.places), name
        assert {"navn", "hold", "link", "kontakt"} <= set(kind.places), name
        assert kind.title, name
        assert kind.when.endswith("."), name
        assert all(place.says and place.example for place in kind.places.values()), name
        red = [f.text for f in guard.find(f"{kind.subject}\n{kind.body}", "patient") if f.level == "red"]
        assert red == [], f"{name}: an organiser could not save our own words"


def test_every_kind_can_be_shown_with_its_examples(app: Flask, session: Session) -> None:
    run = make_run(session)
    for name, kind in kinds(app).items():
        mail = kind.written(None, kind.examples(session, run.id))
        assert mail.subject, name
        assert places_of(mail.subject + mail.body) == (), name
        assert "\n" not in mail.subject, name


def test_no_value_makes_a_header() -> None:
    kind = MailKind(
        title="Prøve", when="Aldrig.", subject="Til {navn}", body="Hej {navn}\n{link}",
        places={"navn": Place("Navn", "x"), "link": Place("Link", "x")}, values=lambda *_: None,
    )  # fmt: skip
    evil = "Karen\r\nBcc: alle@example.test\r\n\r\nen anden mail\u2028\x85\x00"
    own = MailText(subject="{navn}\r\nX-Ond: ja", body="{navn} {link}")
    for mail in (kind.written(None, {"navn": evil, "link": evil}), kind.written(own, {"navn": evil, "link": evil})):
        wire = compose("kursus@region.example", "karen@klinik.example", mail, NOW).as_bytes()
        head = wire.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
        names = [line.partition(b":")[0] for line in head.split(b"\r\n")]
        assert names.count(b"Subject") == 1
        assert not {b"Bcc", b"X-Ond"} & set(names)


def test_words_a_newer_version_has_outgrown_are_not_used(app: Flask) -> None:
    """Nobody gets a mail with a hole in it because a place is gone."""

    class Drawer:
        def get(self, _table: object, key: tuple[int, str]) -> MailText:
            return MailText(run_id=key[0], kind=key[1], subject="Om {forsvundet}", body="{link}")

    kind = MailKind(
        title="Prøve", when="Aldrig.", subject="Til {navn}", body="Hej {navn}\n{link}",
        places={"navn": Place("Navn", "x"), "link": Place("Link", "x")},
        values=lambda *_: {"navn": "Karen", "link": "https://x.example"},
    )  # fmt: skip
    message = Message(run_id=1, kind="prøve")
    assert kind(Drawer(), message, NOW) == Mail("Til Karen", "Hej Karen\nhttps://x.example\n")  # type: ignore[arg-type]
