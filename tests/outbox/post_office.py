"""Mail servers for tests: one that keeps what it gets, and one that behaves badly. Port 0, this machine only."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HANG_UP = "hang up"


class PostOffice:
    """Keeps every mail; answers ``refusal`` instead when it is set."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], EmailMessage]] = []
        self.refusal = ""
        self.refused_receiver = ""
        self.encrypted: list[bool] = []

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a receiver."""
        if self.refused_receiver:
            return self.refused_receiver
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take or refuse a mail."""
        if self.refusal:
            return self.refusal
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.SMTP)
        assert isinstance(message, EmailMessage)
        self.taken.append((list(envelope.rcpt_tos), message))
        self.encrypted.append(session.ssl is not None)
        return "250 OK"


class AnyPort(Controller):
    """Learns which port it was given before it tries whether it answers."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def open_post_office(**how: Any) -> Iterator[tuple[PostOffice, str]]:
    """A mail server and its address; ``how`` as of aiosmtpd's controller (``tls_context`` and the like)."""
    office = PostOffice()
    controller = AnyPort(office, hostname="127.0.0.1", port=0, **how)
    controller.start()
    try:
        yield office, f"smtp://127.0.0.1:{controller.port}"
    finally:
        controller.stop()


@contextmanager
def rude_server(*answers: str) -> Iterator[str]:
    """A server that gives these answers, one a line of ours (the text of a mail counts as one), and then hangs.

    The answer ``HANG_UP`` ends the connection instead.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_be_rude, args=(listener, answers), daemon=True)
        thread.start()
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"
    thread.join(timeout=5)


def _be_rude(listener: socket.socket, answers: tuple[str, ...]) -> None:
    with suppress(OSError):
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 rude\r\n")
            in_text = False
            waiting = list(answers)
            for line in lines:
                if in_text and line != b".\r\n":
                    continue
                in_text = line.upper() == b"DATA\r\n"
                if not waiting:
                    continue  # say nothing, but keep the line open until the client gives up
                answer = waiting.pop(0)
                if answer == HANG_UP:
                    connection.shutdown(socket.SHUT_RDWR)
                    return
                connection.sendall(answer.encode() + b"\r\n")
