"""STARTTLS and smtps against a real server with a certificate of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from course.outbox.mail import Mail
from course.outbox.smtp import NotSent, Post
from tests.factories import NOW

from .certificates import make_certificate
from .post_office import open_post_office

MAIL = Mail("Godkendt", "Hej Åse\n")
SENDER = "kursus@region.example"
TO = "karen@klinik.example"


def is_let_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
    """One user with one password."""
    assert isinstance(given, LoginPassword)
    knows = (given.login, given.password) == (b"bruger", b"hemmeligt/kodeord @")
    return AuthResult(success=knows, handled=False)


def trust(monkeypatch: pytest.MonkeyPatch, certificate: Path) -> None:
    """Let this process know a certificate, the way a machine is told of one."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def test_a_mail_travels_encrypted_when_the_server_offers_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, context = make_certificate(tmp_path)
    trust(monkeypatch, certificate)
    with open_post_office(tls_context=context, require_starttls=True) as (office, url):
        Post(url, SENDER).send(TO, MAIL, NOW)
    assert len(office.taken) == 1
    assert office.encrypted == [True]


def test_a_password_is_used_over_an_encrypted_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, context = make_certificate(tmp_path)
    trust(monkeypatch, certificate)
    with open_post_office(tls_context=context, require_starttls=True, auth_required=True, authenticator=is_let_in) as (
        office,
        url,
    ):
        Post(url.replace("://", "://bruger:hemmeligt%2Fkodeord%20%40@"), SENDER).send(TO, MAIL, NOW)
        assert len(office.taken) == 1
        with pytest.raises(NotSent, match=r"^Mailserveren afviste brugernavn eller adgangskode \(SMTP 535\)\.$") as no:
            Post(url.replace("://", "://bruger:forkert@"), SENDER).send(TO, MAIL, NOW)
        with pytest.raises(NotSent, match="må kun have tegn fra a til z") as danish:
            Post(url.replace("://", "://bruger:kodeor%C3%B8d@"), SENDER).send(TO, MAIL, NOW)
    for fault in (no.value, danish.value):
        assert (fault.for_good, fault.is_server) == (False, True), "the settings are wrong, not the mail"
    assert len(office.taken) == 1


@pytest.mark.parametrize(
    ("host", "days", "trusted", "why"),
    [
        ("127.0.0.1", 1, False, "self-signed certificate"),
        ("mail.region.example", 1, True, "IP address mismatch"),
        ("127.0.0.1", -1, True, "certificate has expired"),
    ],
)
def test_a_certificate_that_cannot_be_trusted_stops_the_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, days: int, trusted: bool, why: str
) -> None:
    certificate, context = make_certificate(tmp_path, host=host, days=days)
    if trusted:
        trust(monkeypatch, certificate)
    with (
        open_post_office(tls_context=context, require_starttls=True) as (office, url),
        pytest.raises(NotSent, match=f"certifikat kan ikke godkendes: .*{why}") as refused,
    ):
        Post(url, SENDER).send(TO, MAIL, NOW)
    assert refused.value.is_server
    assert office.taken == [], "nothing was said in the clear"


def test_smtps_is_encrypted_from_the_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, context = make_certificate(tmp_path)
    with open_post_office(ssl_context=context) as (office, url):
        with pytest.raises(NotSent, match="certifikat kan ikke godkendes"):
            Post(url.replace("smtp:", "smtps:"), SENDER).send(TO, MAIL, NOW)
        trust(monkeypatch, certificate)
        Post(url.replace("smtp:", "smtps:"), SENDER).send(TO, MAIL, NOW)
    assert len(office.taken) == 1


def test_smtps_to_a_server_that_speaks_in_the_clear() -> None:
    with (
        open_post_office() as (office, url),
        pytest.raises(NotSent, match="Forbindelsen til mailserveren kan ikke krypteres"),
    ):
        Post(url.replace("smtp:", "smtps:"), SENDER, timeout=2).send(TO, MAIL, NOW)
    assert office.taken == []
