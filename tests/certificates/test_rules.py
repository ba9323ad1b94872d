"""Numbers, seals and the words for hours."""

from __future__ import annotations

import pytest

from course.certificates import rules
from course.certificates.rules import Attended, Printed

PRINTED = Printed(
    name="Åse Øvergård", title="Praktiserende læge", course="Et kursus",
    sessions=(Attended("Kursusdag 1", "2026-12-04", "Sal 1", 360),),
    minutes_on_site=360, minutes_online=45, objectives=("Kende det ene",), organiser="Klyngen", activity_number="",
    issued_on="2027-02-01",
)  # fmt: skip


def test_a_number_has_more_than_eighty_bits_and_is_never_the_same() -> None:
    numbers = {rules.new_number() for _ in range(2000)}
    assert len(numbers) == 2000
    assert len(rules.SIGNS) == 32
    assert rules.GROUPS * rules.GROUP * 5 >= 80
    assert all(rules.typed_number(number) == number for number in numbers)
    assert {sign for number in numbers for sign in number} == {*rules.SIGNS, "-"}


@pytest.mark.parametrize(
    "typed",
    ["abcde-fghjk-mnpqr-stvwx-yz012", "ABCDEFGHJKMNPQRSTVWXYZ012", " ABCDE FGHJK MNPQR STVWX YZ012 ",
     "ABCDE–FGHJK–MNPQR–STVWX–YZol2"],
)  # fmt: skip
def test_a_number_however_it_is_typed(typed: str) -> None:
    assert rules.typed_number(typed) == "ABCDE-FGHJK-MNPQR-STVWX-YZ012"


@pytest.mark.parametrize(
    "typed", ["", "-", "ABC", "ABCDE-FGHJK-MNPQR-STVWX-YZ01", "UBCDE-FGHJK-MNPQR-STVWX-YZ012", "A" * 26, "A" * 10_000,
              "ÆBCDE-FGHJK-MNPQR-STVWX-YZ012", "\x00", "٠" * 25],
)  # fmt: skip
def test_what_can_be_no_number(typed: str) -> None:
    assert rules.typed_number(typed) is None


def test_only_the_number_opens_the_seal() -> None:
    number, other = rules.new_number(), rules.new_number()
    sealed = rules.seal(number, PRINTED)
    assert rules.unseal(number, sealed) == PRINTED
    assert rules.unseal(other, sealed) is None
    assert rules.unseal(number, sealed[:-1] + bytes([sealed[-1] ^ 1])) is None
    assert rules.unseal(number, b"") is None
    assert "Åse".encode() not in sealed
    assert rules.seal(number, PRINTED) != sealed


def test_stored_and_read_again() -> None:
    assert rules.from_json(rules.as_json(PRINTED)) == PRINTED


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0"), (15, "¼"), (45, "¾"), (60, "1"), (345, "5¾"), (720, "12"), (750, "12½"), (119, "1¾")],
)
def test_hours(minutes: int, words: str) -> None:
    assert rules.hours(minutes) == words
