from __future__ import annotations

import string
import unicodedata
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.accounts.rules import (
    COMMONEST,
    IDLE_LIMIT,
    PASSWORD_MIN,
    device_name,
    is_alive,
    is_email,
    normalise_email,
    normalise_name,
    normalise_password,
    password_fault,
    safe_next,
)

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
OURS = "https://kursus.example.test"


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/runs/7/path",
        "/runs/7?tab=2#felt",
        "/invitation/3.abc-_",
        "/s%C3%B8g",
        "/a//b",
        "/?next=//evil.test",
    ],
)
def test_next_keeps_paths_of_our_own(target: str) -> None:
    assert safe_next(target) == target


@pytest.mark.parametrize(
    "target",
    [
        *(None, "", "runs/7", "//evil.test", "///evil.test", "/\\evil.test", "\\\\evil.test", "/a\\b"),
        *(
            "https://evil.test/",
            "javascript:alert(1)",
            "/\t/evil.test",
            "/\n/evil.test",
            " /runs",
            "/\x00",
            "/\x7f",
        ),
        *("/runs 7", "/\u2028evil", "/\xa0", "/" + "a" * 2001, "\t//evil.test", "?next=/"),
    ],
)
def test_next_refuses_everything_else(target: str | None) -> None:
    assert safe_next(target) is None


NASTY = st.text(alphabet=[*"/\\:.@?#%&=evil\t\n\r\x00 \u2028\xa0", *string.ascii_letters], max_size=30)


@given(st.one_of(NASTY, st.text(max_size=30), NASTY.map(lambda rest: f"/{rest}")))
def test_next_never_leaves_our_server(target: str) -> None:
    found = safe_next(target)
    if found is None:
        return
    # What a browser does before it resolves an address: drop tabs and line breaks, read \ as /.
    as_browser = "".join(sign for sign in found if sign not in "\t\r\n").strip().replace("\\", "/")
    assert not as_browser.startswith("//")
    assert urlsplit(urljoin(OURS, as_browser)).netloc == "kursus.example.test"
    assert found == target


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "mindst"),
        ("ninesigns", "mindst"),
        ("æ" * 9, "mindst"),
        ("x" * 201, "højst"),
        ("aaaaaaaaaaaa", "nem at gætte"),
        ("1234567890", "gættet først"),
        ("Adgangskode123", "gættet først"),
        ("jeg elsker dig", "gættet først"),
        ("Karen Holm", "navn"),
        ("karenholm.dk@klinik.example", "mailadresse"),
        ("karen.holm.dk", "mailadresse"),
        ("KARENHOLMDK", "mailadresse"),
    ],
)
def test_a_password_that_is_refused(password: str, said: str) -> None:
    fault = password_fault(password, email="karen.holm.dk@klinik.example", name="Karen Holm")
    assert fault is not None
    assert said in fault


@pytest.mark.parametrize("password", ["kaffe cykel torden", "Blåbærgrød på Ærø", "x7$Kq!w9Lp", "🙂🐘🚲🎈🌳🏠🍀🐟🧦🕰"])
def test_a_password_that_is_taken(password: str) -> None:
    assert password_fault(password, email="karen@klinik.example", name="Karen Holm") is None


def test_signs_only_are_not_taken_for_an_empty_name() -> None:
    assert password_fault("!?#%&/()=+<>", email="karen@klinik.example", name="") is None


def test_the_commonest_are_written_as_they_are_compared() -> None:
    assert {word for word in COMMONEST if word != word.lower() or len(word) < PASSWORD_MIN} == set()


def test_one_spelling_whatever_the_keyboard() -> None:
    decomposed = unicodedata.normalize("NFD", "blåbærgrød på ærø")
    assert decomposed != "blåbærgrød på ærø"
    assert normalise_password(decomposed) == "blåbærgrød på ærø"
    assert normalise_email(f" {unicodedata.normalize('NFD', 'Åse@Example.TEST')} ") == "åse@example.test"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Karen \t Holm\n", "Karen Holm"),
        ("Karen\x00 Holm", "Karen Holm"),
        ("\u200bKaren\u202e", "Karen"),
        ("\x00\u200b", ""),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_a_name_stands_on_one_line(text: str, name: str) -> None:
    assert normalise_name(text) == name


@pytest.mark.parametrize("text", ["a@b.dk", "åse.ø@klinik.example", "x+y@sub.domain.example"])
def test_addresses(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@b",
        "a b@c.dk",
        "a@b.dk\nBcc: x@y.dk",
        "a@@b.dk",
        "<a@b.dk>",
        "a@b.dk,c@d.dk",
        "a" * 250 + "@b.dk",
    ],
)
def test_no_addresses(text: str) -> None:
    assert not is_email(text)


@pytest.mark.parametrize(
    ("idle", "left", "revoked", "alive"),
    [
        (timedelta(0), timedelta(days=1), None, True),
        (IDLE_LIMIT - timedelta(seconds=1), timedelta(days=1), None, True),
        (IDLE_LIMIT, timedelta(days=1), None, False),
        (timedelta(0), timedelta(0), None, False),
        (timedelta(0), timedelta(days=1), NOW - timedelta(days=1), False),
    ],
)
def test_how_long_a_sign_in_counts(idle: timedelta, left: timedelta, revoked: datetime | None, alive: bool) -> None:
    assert is_alive(seen_at=NOW - idle, expires_at=NOW + left, revoked_at=revoked, now=NOW) is alive


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox på Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
            "Safari på iPhone",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge på Linux",
        ),
        ("curl/8.0", "Ukendt browser"),
        ("<script>alert(1)</script>", "Ukendt browser"),
    ],
)
def test_a_browser_has_a_name_people_know(agent: str, name: str) -> None:
    assert device_name(agent) == name
