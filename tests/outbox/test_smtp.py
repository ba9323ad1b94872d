from __future__ import annotations

import re
from dataclasses import replace

import pytest

from course.outbox.mail import Mail
from course.outbox.smtp import NotSent, Post, compose
from tests.factories import NOW

from .post_office import HANG_UP, open_post_office, rude_server

MAIL = Mail("Invitation: Arbejdsfastholdelse på dansk – æøå", "Hej Åse\n\n{{7*7}} <b>ikke HTML</b>\n.\nHilsen\n")
SENDER = "Vejen Frem Kursus <kursus@region.example>"


def test_a_mail_arrives_as_it_was_written() -> None:
    with open_post_office() as (office, url):
        Post(url, SENDER).send("karen@klinik.example", MAIL, NOW)
    ((receivers, message),) = office.taken
    assert receivers == ["karen@klinik.example"]
    assert message["Subject"] == MAIL.subject
    assert message["From"] == SENDER
    assert message["To"] == "karen@klinik.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] == "Mon, 02 Nov 2026 09:00:00 +0000"
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"
    assert message.get_content().replace("\r\n", "\n") == MAIL.body


def test_every_mail_has_its_own_random_number() -> None:
    numbers = {compose(SENDER, "karen@klinik.example", MAIL, NOW)["Message-ID"] for _ in range(20)}
    assert len(numbers) == 20
    assert all(re.fullmatch(r"<[^<>\s]+@region\.example>", number) for number in numbers)


@pytest.mark.parametrize(
    "subject",
    [
        "Hej\r\nBcc: x@y.example",
        "Hej\nBcc: x@y.example",
        "Hej\r\n\r\nNy tekst",
        "Hej\x00\x85Bcc: x@y.example",
    ],
)
def test_nothing_in_a_subject_makes_a_header(subject: str) -> None:
    wire = compose(SENDER, "karen@klinik.example", Mail(subject, "Hej\n"), NOW).as_bytes().decode()
    headers, _, _ = wire.partition("\r\n\r\n")
    assert not re.search(r"^bcc", headers, re.IGNORECASE | re.MULTILINE)
    assert wire.endswith("\r\n\r\nHej\r\n")


@pytest.mark.parametrize("to", ["a@b.dk\r\nBcc: x@y.dk", "a@b.dk, c@d.dk", "uden adresse", ""])
def test_nothing_in_an_address_makes_a_header(to: str) -> None:
    with open_post_office() as (office, url), pytest.raises(NotSent) as refused:
        Post(url, SENDER).send(to, MAIL, NOW)
    assert refused.value.for_good
    assert office.taken == []


def test_a_danish_domain_travels_as_the_name_system_knows_it() -> None:
    assert compose(SENDER, "karen@blåbær.example", MAIL, NOW)["To"] == "karen@xn--blbr-roah.example"


@pytest.mark.parametrize(
    ("receiver", "refusal", "for_good", "fault"),
    [
        ("550 karen@klinik.example findes ikke", "", True, "Adressen blev afvist (SMTP 550)."),
        ("450 prøv senere", "", False, "Adressen blev afvist (SMTP 450)."),
        ("", "554 Hej Karen, det er spam", True, "Mailserveren ville ikke tage mailen (SMTP 554)."),
        ("", "451 greylisted, prøv senere", False, "Mailserveren ville ikke tage mailen (SMTP 451)."),
    ],
)
def test_refusals_are_told_without_addresses(receiver: str, refusal: str, for_good: bool, fault: str) -> None:
    with open_post_office() as (office, url):
        office.refused_receiver, office.refusal = receiver, refusal
        with pytest.raises(NotSent) as refused:
            Post(url, SENDER).send("karen@klinik.example", MAIL, NOW)
    assert (refused.value.fault, refused.value.for_good) == (fault, for_good)


def test_a_password_is_not_sent_in_the_clear() -> None:
    with open_post_office() as (office, url), pytest.raises(NotSent, match="kan ikke"):
        Post(url.replace("://", "://bruger:hemmelig@"), SENDER).send("karen@klinik.example", MAIL, NOW)
    assert office.taken == []


def test_a_server_that_hangs_before_its_answer_is_not_waited_for() -> None:
    with (
        rude_server("250 rude", "250 OK", "250 OK", "354 go") as url,
        pytest.raises(NotSent, match=r"^Mailserveren svarede ikke i tide\.$") as late,
    ):
        Post(url, SENDER, timeout=0.3).send("karen@klinik.example", MAIL, NOW)
    assert (late.value.for_good, late.value.is_server) == (False, True)


def test_a_server_that_hangs_after_its_answer_has_got_the_mail() -> None:
    with rude_server("250 rude", "250 OK", "250 OK", "354 go", "250 taken") as url:
        Post(url, SENDER, timeout=0.3).send("karen@klinik.example", MAIL, NOW)


def test_a_server_that_never_greets() -> None:
    with rude_server() as url, pytest.raises(NotSent, match=r"^Mailserveren svarede ikke i tide\.$"):
        Post(url, SENDER, timeout=0.3).send("karen@klinik.example", MAIL, NOW)


@pytest.mark.parametrize(
    "answers",
    [
        (HANG_UP,),
        ("250 rude", "250 OK", HANG_UP),
        ("250 rude", "250 OK", "250 OK", "354 go", HANG_UP),
    ],
)
def test_a_server_that_hangs_up(answers: tuple[str, ...]) -> None:
    """Also after the text: without an answer a mail is not sent."""
    with rude_server(*answers) as url, pytest.raises(NotSent, match=r"afbrød forbindelsen\.$") as cut:
        Post(url, SENDER, timeout=2).send("karen@klinik.example", MAIL, NOW)
    assert (cut.value.for_good, cut.value.is_server) == (False, True)


def test_a_sender_the_server_refuses() -> None:
    with rude_server("250 rude", "550 hvem er du") as url, pytest.raises(NotSent, match="SMTP 550") as refused:
        Post(url, SENDER, timeout=0.3).send("karen@klinik.example", MAIL, NOW)
    assert (refused.value.for_good, refused.value.is_server) == (False, True)


def test_a_server_whose_name_is_unknown() -> None:
    with pytest.raises(NotSent, match=r"Mailserverens navn findes ikke|Ingen forbindelse"):
        Post("smtp://mail.invalid:25", SENDER, timeout=0.3).send("karen@klinik.example", MAIL, NOW)


def test_a_mail_that_is_tried_twice_is_the_same_mail() -> None:
    """A mailbox can know it again."""
    mail = replace(MAIL, reference="abc123")
    numbers = {compose(SENDER, "karen@klinik.example", mail, NOW)["Message-ID"] for _ in range(2)}
    assert numbers == {"<abc123@region.example>"}


def test_nobody_listens() -> None:
    with open_post_office() as (_, url):
        pass
    with pytest.raises(NotSent, match=r"^Mailserveren tager ikke imod forbindelser\.$"):
        Post(url, SENDER).send("karen@klinik.example", MAIL, NOW)
