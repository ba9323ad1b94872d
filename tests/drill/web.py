"""A browser of few words: raw requests to 127.0.0.1, cookies, the form token, and signing in."""

import re
import socket
from collections.abc import Mapping, Sequence
from http.cookies import SimpleCookie
from urllib.parse import urlencode

Headers = Sequence[tuple[str, str]]
Fields = Mapping[str, str | list[str]]
FORM = ("Content-Type", "application/x-www-form-urlencoded")


class Lost(Exception):
    """No answer, or not all of it: what was asked may have been done or not."""


class Answer:
    """A whole answer: its status, headers (names in lower case) and body."""

    def __init__(self, raw: bytes) -> None:
        head, gap, self.body = raw.partition(b"\r\n\r\n")
        if not gap:
            raise Lost("the answer broke off")
        first, *rest = head.decode("latin-1").split("\r\n")
        self.status = int(first.split()[1])
        pairs = [line.split(": ", 1) for line in rest]
        self.headers = [(pair[0].lower(), pair[-1]) for pair in pairs]
        length = self.header("content-length")
        if length and len(self.body) < int(length):
            raise Lost("the answer broke off")

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


def message(method: str, path: str, headers: Headers = (), body: bytes = b"") -> bytes:
    """One whole HTTP request, ready to send."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def exchange(port: int, request: bytes) -> bytes:
    """Send one request and read the answer to its end; OSError when there is nobody or the line breaks."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as link:
        link.sendall(request)
        parts = []
        while part := link.recv(262_144):
            parts.append(part)
    return b"".join(parts)


class Browser:
    """Keeps cookies and the form token of one person."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.token = ""

    def ask(self, method: str, path: str, headers: Headers = (), body: bytes = b"") -> Answer:
        """One request; Lost when no whole answer came."""
        try:
            answer = Answer(exchange(self.port, message(method, path, [*self.headers(), *headers], body)))
        except OSError as error:
            raise Lost(str(error)) from error
        for name, value in answer.headers:
            if name == "set-cookie":
                self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
        return answer

    def headers(self) -> list[tuple[str, str]]:
        """What this browser sends along: its cookies, and who it is (the server names devices by it)."""
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return [("User-Agent", "course-drill"), *([("Cookie", kept)] if kept else [])]

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, fields: Fields) -> Answer:
        """Post a form with the form token in the header, as the pages' scripts do."""
        return self.ask("POST", path, [FORM, ("X-CSRFToken", self.token)], form(fields))

    def read_token(self, path: str) -> None:
        """Take the form token from a page."""
        found = re.search(r'name="csrf[-_]token"\s+(?:content|value)="([^"]+)"', self.get(path).text)
        assert found is not None, f"{path} has no form token"
        self.token = found[1]

    def sign_in(self, email: str, password: str) -> None:
        """Sign in through the form."""
        self.read_token("/sign-in")
        answer = self.post("/sign-in", {"email": email, "password": password})
        assert answer.status in (302, 303), f"signing in was answered {answer.status}"
        self.read_token("/account")


def form(fields: Fields) -> bytes:
    """Fields as a form posts them."""
    return urlencode(fields, doseq=True).encode()
