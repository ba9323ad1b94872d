"""A course with the faults authors make: each is reported at its line, all at once, and nothing else."""

import datetime as dt
from pathlib import Path

from course.content.commands import check_command
from course.content.loader import check

BROKEN = Path(__file__).parent.parent / "brokencourse"
EXPECTED = (BROKEN / "expected.txt").read_text(encoding="utf-8").splitlines()


def test_every_fault_is_reported_at_its_line() -> None:
    assert [str(fault) for fault in check(BROKEN)] == EXPECTED


def test_faults_are_sorted_and_point_at_lines_that_exist() -> None:
    faults = check(BROKEN)
    assert faults == sorted(faults)
    for fault in faults:
        file = BROKEN / fault.path
        if file.is_file():
            assert 1 <= fault.line <= max(1, file.read_bytes().count(b"\n"))


def test_the_command_prints_them_and_fails(capsys) -> None:
    assert check_command(BROKEN, today=dt.date(2026, 11, 1)) == 1
    assert capsys.readouterr().out.splitlines() == [*EXPECTED, f"{len(EXPECTED)} fejl"]
