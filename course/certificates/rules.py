"""What a certificate says, and the number that opens it. Pure."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's thirty-two: five bits each, without I, L, O and U."""
GROUPS, GROUP = 5, 5
"""Five groups of five signs: 125 random bits."""
ALIKE = str.maketrans("ILO", "110")
LONGEST_TYPED = 80
NONCE = 12
_NUMBER = re.compile(f"[{SIGNS}]{{{GROUPS * GROUP}}}")


HOURS, ONLINE_HOURS, OWN_TIME_HOURS = "med fremmøde", "i videomøde", "i egen takt med en makker"
"""How the hours of the sessions were spent, after "12 timer"."""


@dataclass(frozen=True, slots=True)
class Attended:
    """A session on a certificate: its title, the day (``2026-12-04``), the place, and the minutes of teaching."""

    title: str
    day: str
    place: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Printed:
    """Everything that stands on a certificate. Never a score. Those from before have no word for their sessions."""

    name: str
    title: str
    course: str
    sessions: tuple[Attended, ...]
    minutes_on_site: int
    minutes_online: int
    objectives: tuple[str, ...]
    organiser: str
    activity_number: str
    issued_on: str
    session_word: str = "kursusdag"
    hours_word: str = HOURS
    note: str = ""

    @property
    def minutes(self) -> int:
        """All hours together, in minutes."""
        return self.minutes_on_site + self.minutes_online


def as_json(printed: Printed) -> dict[str, Any]:
    """The printed fields as they are stored."""
    return json.loads(json.dumps(asdict(printed)))


def from_json(data: Mapping[str, Any]) -> Printed:
    """The printed fields as they were stored."""
    values = dict(data)
    values["sessions"] = tuple(Attended(**one) for one in values["sessions"])
    values["objectives"] = tuple(values["objectives"])
    return Printed(**values)


def new_number() -> str:
    """A random number, in groups that can be read aloud: ``7Q2KD-…``."""
    return grouped("".join(secrets.choice(SIGNS) for _ in range(GROUPS * GROUP)))


def grouped(signs: str) -> str:
    """The signs of a number in groups of five."""
    return "-".join(signs[at : at + GROUP] for at in range(0, len(signs), GROUP))


def typed_number(text: str) -> str | None:
    """The number somebody typed, however they grouped it; None when it cannot be one."""
    if len(text) > LONGEST_TYPED:
        return None
    signs = "".join(sign for sign in text.upper() if sign.isalnum()).translate(ALIKE)
    return grouped(signs) if _NUMBER.fullmatch(signs) else None


def hash_of(number: str) -> str:
    """What a certificate is found by. The number is random enough that its hash gives nothing away."""
    return hashlib.sha256(f"certificate:{number}".encode()).hexdigest()


def _cipher(number: str) -> AESGCM:
    # Imported when the first certificate is sealed or read: a worker that sees none does without 6 MB.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"vejenfrem-kursus certificate")
    return AESGCM(key.derive(number.encode()))


def seal(number: str, printed: Printed) -> bytes:
    """The printed fields, readable only with the number."""
    nonce = secrets.token_bytes(NONCE)
    text = json.dumps(as_json(printed), ensure_ascii=False, sort_keys=True).encode()
    return nonce + _cipher(number).encrypt(nonce, text, hash_of(number).encode())


def unseal(number: str, sealed: bytes) -> Printed | None:
    """The printed fields; None when the seal is not of this number or was tampered with."""
    from cryptography.exceptions import InvalidTag

    try:
        text = _cipher(number).decrypt(sealed[:NONCE], sealed[NONCE:], hash_of(number).encode())
    except (InvalidTag, ValueError):
        return None
    return from_json(json.loads(text))


def hours(minutes: int) -> str:
    """Minutes as hours in Danish, to the quarter: ``12``, ``5¾``, ``½``."""
    whole, rest = divmod(minutes, 60)
    part = {0: "", 15: "¼", 30: "½", 45: "¾"}[rest // 15 * 15]
    return f"{whole or ''}{part}" or "0"
