"""The ledger: on the disk before anything changes, readable after a crash, silent about who it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from course.accounts.models import Person
from course.privacy import ledger
from tests.factories import NOW


def person(number: int = 7, email: str = "bodil@example.test") -> Person:
    return Person(id=number, name="Bodil Bort", email=email, created_at=NOW)


def test_a_line_tells_nothing_and_recognises_row_and_address(tmp_path: Path) -> None:
    file = tmp_path / "erased.jsonl"
    ledger.append(file, [ledger.Entry.of(person(), NOW)])
    written = file.read_text("utf-8")
    assert "bodil" not in written.lower()
    assert file.stat().st_mode & 0o077 == 0
    [entry] = ledger.read(file)
    assert entry.is_row(person(email="ny@example.test"))
    assert entry.is_address(" BODIL@example.test")
    assert not entry.is_row(person(8))
    assert not entry.is_row(Person(id=7, name="x", email="y", created_at=NOW.replace(hour=1)))
    assert not entry.is_address("anden@example.test")


def test_the_same_address_looks_different_in_two_lines() -> None:
    first, second = ledger.Entry.of(person(), NOW), ledger.Entry.of(person(), NOW)
    assert first.email != second.email
    assert first.row != second.row


def test_a_line_that_was_cut_off_is_passed_over_and_replaced(tmp_path: Path) -> None:
    file = tmp_path / "erased.jsonl"
    first, second = ledger.Entry.of(person(), NOW), ledger.Entry.of(person(8), NOW)
    ledger.append(file, [first, second])
    file.write_bytes(file.read_bytes()[:-20])
    assert ledger.read(file) == [first]
    ledger.append(file, [second])
    assert ledger.read(file) == [first, second]


@pytest.mark.parametrize("line", ["{}", "nej", '{"person": "7"}', "[]"])
def test_an_unreadable_line_is_said_with_its_number(tmp_path: Path, line: str) -> None:
    file = tmp_path / "erased.jsonl"
    ledger.append(file, [ledger.Entry.of(person(), NOW)])
    file.write_text(file.read_text("utf-8") + line + "\n", "utf-8")
    with pytest.raises(ledger.LedgerFault, match=r"erased\.jsonl, linje 2, kan ikke læses"):
        ledger.read(file)


def test_the_ledger_of_a_backup_is_taken_over_once(tmp_path: Path) -> None:
    file = tmp_path / "erased.jsonl"
    mine, theirs = ledger.Entry.of(person(), NOW), ledger.Entry.of(person(8), NOW)
    ledger.append(file, [mine])
    for _ in range(2):
        ledger.add_missing(file, [mine, theirs])
    assert ledger.read(file) == [mine, theirs]


def test_without_a_file_nobody_is_erased(tmp_path: Path) -> None:
    assert ledger.read(tmp_path / "none.jsonl") == []
