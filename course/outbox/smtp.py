"""Sending one mail by SMTP, and what its failures mean."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Protocol
from urllib.parse import unquote, urlsplit

from .mail import Mail
from .wording import one_line

TIMEOUT = 20.0
"""Seconds for each step of the conversation."""


class NotSent(Exception):
    """The mail was not acknowledged. ``fault`` is short and holds neither an address nor a text.

    ``for_good``: trying again would not help. ``is_server``: the fault is the server's, and the next mail would
    meet it too.
    """

    def __init__(self, fault: str, *, for_good: bool = False, is_server: bool = False) -> None:
        super().__init__(fault)
        self.fault = fault
        self.for_good = for_good
        self.is_server = is_server


class Carrier(Protocol):
    """Whatever carries mails: a mail server, or in tests a list."""

    def send(self, to: str, mail: Mail, now: datetime) -> None:
        """Send one mail; NotSent when it was not acknowledged."""
        ...


@dataclass(frozen=True, slots=True)
class Post:
    """A mail server and the sender's address: ``smtp://user:password@host:587`` or ``smtps://…``.

    With ``smtp://`` the connection is encrypted (STARTTLS) whenever the server offers it, and always when
    there is a password.
    """

    url: str
    sender: str
    timeout: float = TIMEOUT

    def send(self, to: str, mail: Mail, now: datetime) -> None:
        """Send one mail; returns when the server has acknowledged it.

        Raises:
            NotSent: it has not. The server may still have taken it when the line broke before its answer.
        """
        try:
            message = compose(self.sender, to, mail, now)
            with self._connection() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            code = next((code for code, _ in refused.recipients.values()), 0)
            raise NotSent(f"Adressen blev afvist (SMTP {code}).", for_good=code >= 500) from None
        except smtplib.SMTPDataError as error:
            for_good = error.smtp_code >= 500
            raise NotSent(f"Mailserveren ville ikke tage mailen (SMTP {error.smtp_code}).", for_good=for_good) from None
        except (smtplib.SMTPException, OSError) as error:
            raise NotSent(fault_of(error), is_server=True) from None
        except (ValueError, MessageError) as error:
            raise NotSent(f"Mailen kan ikke adresseres ({type(error).__name__}).", for_good=True) from None

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        """A conversation. How it ends does not matter: what was acknowledged before the end is sent."""
        parts = urlsplit(self.url)
        encrypted = parts.scheme == "smtps"
        host, port = parts.hostname or "", parts.port or (465 if encrypted else 587)
        if encrypted:
            server = smtplib.SMTP_SSL(host, port, timeout=self.timeout, context=ssl.create_default_context())
        else:
            server = smtplib.SMTP(host, port, timeout=self.timeout)
        try:
            if not encrypted:
                _encrypt(server, needed=bool(parts.password))
            if parts.username and parts.password:
                _sign_in(server, unquote(parts.username), unquote(parts.password))
            yield server
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()


def _sign_in(server: smtplib.SMTP, user: str, password: str) -> None:
    try:
        server.login(user, password)
    except UnicodeEncodeError:
        raise NotSent("Mailserverens brugernavn og adgangskode må kun have tegn fra a til z.", is_server=True) from None


def _encrypt(server: smtplib.SMTP, *, needed: bool) -> None:
    server.ehlo_or_helo_if_needed()
    if server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
    elif needed:
        raise smtplib.SMTPNotSupportedError


_FAULTS: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPAuthenticationError, "Mailserveren afviste brugernavn eller adgangskode"),
    (smtplib.SMTPNotSupportedError, "Mailserveren kan ikke det, der skal til"),
    (ssl.SSLCertVerificationError, "Mailserverens certifikat kan ikke godkendes"),
    (ssl.SSLError, "Forbindelsen til mailserveren kan ikke krypteres"),
    (TimeoutError, "Mailserveren svarede ikke i tide"),
    (ConnectionRefusedError, "Mailserveren tager ikke imod forbindelser"),
    (socket.gaierror, "Mailserverens navn findes ikke"),
)


def fault_of(error: Exception) -> str:
    """What went wrong between us and the server, in words that somebody can act on."""
    if isinstance(error, smtplib.SMTPServerDisconnected):
        late = "timed out" in str(error)
        return "Mailserveren svarede ikke i tide." if late else "Mailserveren afbrød forbindelsen."
    say = next((say for kind, say in _FAULTS if isinstance(error, kind)), None)
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{say or 'Mailserveren svarede'} (SMTP {error.smtp_code})."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{say}: {error.verify_message}."
    return f"{say}." if say else f"Ingen forbindelse til mailserveren ({type(error).__name__})."


def compose(sender: str, to: str, mail: Mail, now: datetime) -> EmailMessage:
    """The mail as it travels: plain text, and nothing in its headers that a person wrote could add a header.

    Raises:
        ValueError: the address cannot be written in a header.
    """
    name, address = parseaddr(sender)
    message = EmailMessage(policy=SMTP_POLICY)
    message["From"] = Address(name, addr_spec=_wire(address))
    message["To"] = Address(addr_spec=_wire(to))
    message["Subject"] = one_line(mail.subject)
    message["Date"] = format_datetime(now)
    domain = _wire(address).rpartition("@")[2]
    message["Message-ID"] = f"<{mail.reference}@{domain}>" if mail.reference else make_msgid(domain=domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body, charset="utf-8", cte="quoted-printable")
    return message


def _wire(address: str) -> str:
    """The address with its domain as the name system knows it (blåbær.dk is xn--blbr-ooaf.dk)."""
    local, _, domain = address.rpartition("@")
    if not local:
        raise ValueError("not an address")
    return f"{local}@{domain.encode('idna').decode('ascii')}"
