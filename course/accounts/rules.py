"""Who acts, and the limits of signing in. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from course.web.password_strength import password_strength

IDLE_LIMIT = timedelta(hours=8)
ABSOLUTE_LIMIT = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=5)
RESET_LIMIT = timedelta(hours=2)
PASSWORD_MIN, PASSWORD_MAX = 10, 200
NAME_MAX = 200

_EMAIL = re.compile(r"[^@\s<>()\[\],;:\\\"]+@[^@\s<>()\[\],;:\\\"]+\.[^@\s<>()\[\],;:\\\".]{2,}")

COMMONEST = frozenset(
    """
    1234567890 0123456789 12345678910 123456789a 1q2w3e4r5t 1qaz2wsx3edc qwertyuiop qwertyuiopå 1111111111
    password12 password123 password1234 passw0rd123 administrator letmein1234 iloveyou12 welcome123
    football123 liverpool1 liverpool123 superman123 abcdefghij asdfghjklæ adgangskode adgangskode1
    adgangskode123 kodeord123 kodeord1234 hemmelig123 velkommen1 velkommen123 sommer2024 sommer2025 sommer2026
    sommer2027 vinter2024 vinter2025 vinter2026 vinter2027 danmark123 danmark2025 danmark2026
    københavn1 københavn123 kobenhavn123 fodbold123 brøndby1964 brøndby123 jegelskerdig skatteme123 sundhed123
    praksis123 lægehus123 lægehuset1 lægehuset123 lægeklinik almenpraksis rødgrødmedfløde
    hundehvalp sommerferie juleaften24 testtest12
    """.split()  # noqa: SIM905
)
"""Passwords that are tried first, in lower case and at least ten signs long."""

_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"),
             ("Firefox/", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"),
             ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("CrOS", "Chromebook"), ("Mac OS X", "Mac"), ("Linux", "Linux"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who acts. Operations take it as an argument and never look for it themselves."""

    person_id: int
    name: str
    email: str
    is_administrator: bool = False
    may_create_runs: bool = False


def normalise_email(text: str) -> str:
    """The one spelling of an address: NFC, lower case, nothing around it."""
    return unicodedata.normalize("NFC", text).strip().lower()


def is_email(text: str) -> bool:
    """Whether a normalised text has the form of an address (it may still not exist)."""
    return len(text) <= 254 and text.isprintable() and _EMAIL.fullmatch(text) is not None


def normalise_name(text: str) -> str:
    """A name on one line: NFC, single spaces, no sign that cannot be seen."""
    words = unicodedata.normalize("NFC", text).split()
    return " ".join("".join(sign for sign in word if sign.isprintable()) for word in words).strip()


def normalise_password(text: str) -> str:
    """The one spelling of a password: NFC, so that æ, ø and å are the same on every keyboard."""
    return unicodedata.normalize("NFC", text)


def password_fault(password: str, *, email: str, name: str) -> str | None:
    """Why a (normalised) password cannot be used, as a Danish sentence; None when it can."""
    if len(password) < PASSWORD_MIN:
        return f"Vælg mindst {PASSWORD_MIN} tegn. Tre eller fire tilfældige ord er nemme at huske."
    if len(password) > PASSWORD_MAX:
        return f"Adgangskoden kan højst være på {PASSWORD_MAX} tegn."
    plain = password.lower()
    own = {_letters(email.lower()), _letters(email.lower().partition("@")[0]), _letters(name.lower())}
    if _letters(plain) in own - {""}:
        return "Adgangskoden må ikke være dit navn eller din mailadresse."
    if plain.replace(" ", "") in COMMONEST:
        return "Den adgangskode er blandt dem, der bliver gættet først. Vælg en anden."
    if password_strength(password).level == 0:
        return "Adgangskoden er for nem at gætte. Sæt for eksempel tre tilfældige ord sammen."
    return None


def _letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


def is_alive(*, seen_at: datetime, expires_at: datetime, revoked_at: datetime | None, now: datetime) -> bool:
    """Whether a sign-in still counts: not revoked, not idle for too long, not too old."""
    return revoked_at is None and now < expires_at and now - seen_at < IDLE_LIMIT


def safe_next(target: str | None) -> str | None:
    """``target`` when it is a path of our own server, else None.

    Browsers drop tabs and line breaks from addresses and read ``\\`` as ``/``; hence none of them may stand
    in it.
    """
    if not target or len(target) > 2000 or not target.startswith("/") or target.startswith("//"):
        return None
    if any(sign == "\\" or sign.isspace() or not sign.isprintable() for sign in target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return target if not parts.scheme and not parts.netloc else None


def device_name(user_agent: str) -> str:
    """What a person recognises a browser by: ``Firefox på Windows``."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    if browser and system:
        return f"{browser} på {system}"
    return browser or system or "Ukendt browser"
