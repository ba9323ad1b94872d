from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.outbox.wording import BODY_MAX, SUBJECT_MAX, faults, fill, one_line, places_of

KNOWN = ("navn", "hold", "gyldig til", "link")
BODY = "Hej {navn}\n\nLæs den her: {link}"


def said(subject: str = "Om {hold}", body: str = BODY, needed: tuple[str, ...] = ("link",)) -> list[tuple[str, str]]:
    """What is wrong with these words."""
    return [(fault.field, fault.message) for fault in faults(subject, body, KNOWN, needed)]


def test_good_words_have_no_faults() -> None:
    assert said() == []
    assert said(body="{ navn }, {gyldig til}: {link} {link}") == []


@pytest.mark.parametrize(
    ("subject", "body", "field", "words"),
    [
        ("Om {nvn}", BODY, "subject", "{nvn} kendes ikke"),
        ("Om", "Hej {nvn} {link}", "body", "{nvn} kendes ikke"),
        ("Om", "Hej {} {link}", "body", "{} kendes ikke"),
        ("Om", "Hej {{7*7}} {link}", "body", "{7*7} kendes ikke"),
        ("Om", "Hej {navn.__class__} {link}", "body", "{navn.__class__} kendes ikke"),
        ("Om", "Hej {navn!r} {link}", "body", "kendes ikke"),
        ("Om", "Hej {navn", "body", "står alene"),
        ("Om", "Hej navn} {link}", "body", "står alene"),
        ("Om", "Hej {na\nvn} {link}", "body", "står alene"),
        ("Om", "Hej {navn}", "body", "Teksten skal indeholde {link}"),
        ("Om {link}", "Hej {navn}", "body", "Teksten skal indeholde {link}"),
        ("Om\nBcc: alle@example.test", BODY, "subject", "én linje"),
        ("", BODY, "subject", "Skriv et emne"),
        (" \t ", BODY, "subject", "Skriv et emne"),
        ("Om", " ", "body", "Skriv en tekst"),
        ("x" * (SUBJECT_MAX + 1), BODY, "subject", "Her står 151"),
        ("Om", "x" * BODY_MAX + "{link}", "body", "Der er plads til 4000 tegn"),
    ],
)
def test_what_cannot_be_used_is_told_at_its_field(subject: str, body: str, field: str, words: str) -> None:
    assert any(name == field and words in message for name, message in said(subject, body)), said(subject, body)


def test_a_value_is_never_read_as_words() -> None:
    values = {"navn": "{link} {hold} {ukendt}", "link": "https://kursus.example/?a={navn}"}
    assert fill("Hej {navn}: {link}", values) == "Hej {link} {hold} {ukendt}: https://kursus.example/?a={navn}\n"


def test_a_line_with_nothing_in_it_disappears() -> None:
    assert fill("Hej {navn}\n\n{frist}\n\nHilsen\n\n\n\n", {"navn": "", "frist": ""}) == "Hej\n\nHilsen\n"


def test_a_place_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("Hej {navn}", {})


def test_a_subject_is_one_line() -> None:
    assert one_line("Ny\r\nBcc: x@y.dk\u2028 frist\u200b\t:\x00 hold") == "Ny Bcc: x@y.dk frist : hold"


@given(st.text(alphabet=st.sampled_from("{}nav \n\r{link}{navn}x"), max_size=60))
def test_words_without_faults_can_always_be_filled(text: str) -> None:
    body = f"{text} {{link}}"
    if any(field == "body" for field, _ in said(body=body)):
        return
    assert set(places_of(body)) <= set(KNOWN)
    filled = fill(body, dict.fromkeys(KNOWN, "VÆRDI"))
    assert "{" not in filled
    assert "VÆRDI" in filled
