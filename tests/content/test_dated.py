"""Rules that were checked long ago are pointed out, and the content can still be used."""

import datetime as dt

import pytest

from course.content.checks.dated import outdated_rules
from course.content.commands import check_command
from course.content.reading import Written

from .conftest import SAMPLE

NOTES = "modules/demo/demo-03/noter.md"


def lines_of(text: str, today: dt.date = dt.date(2027, 4, 1)) -> list[int]:
    return [warning.line for warning in outdated_rules(Written(texts={"a.md": text}), today)]


@pytest.mark.parametrize(
    ("today", "warned"),
    [
        (dt.date(2026, 3, 31), False),
        (dt.date(2027, 3, 31), False),
        (dt.date(2027, 4, 1), True),
    ],
)
def test_a_rule_is_to_be_checked_every_twelve_months(capsys, today: dt.date, warned: bool) -> None:
    assert check_command(SAMPLE, today=today) == 0
    printed = capsys.readouterr().out.splitlines()
    mine = [line for line in printed if line.startswith(NOTES)]
    assert bool(mine) is warned
    if warned:
        assert mine == [
            f"{NOTES}:4: advarsel: reglen er sidst efterset 2026-03-31, for over et år siden: "
            "slå den efter, og ret »checked«"
        ]
        assert printed[-1] == f"0 fejl, {len(printed) - 1} {'advarsel' if len(printed) == 2 else 'advarsler'}"


def test_a_leap_day_has_a_year_before() -> None:
    text = "/// rule | R\n    checked: 2027-02-28\n\nReglen.\n///\n"
    assert lines_of(text, dt.date(2028, 2, 29)) == []
    assert lines_of(text, dt.date(2028, 3, 1)) == [2]


def test_only_the_options_of_a_rule_count() -> None:
    rule = '/// rule | R\n    valid_from: 2020-01-01\n    checked: "2020-01-01"\n    source: law, § 7\n\nReglen.\n///\n'
    assert lines_of(rule) == [3]
    assert lines_of("x:\n  intro: |\n    /// rule | R\n        checked: 2020-01-01\n") == [4]
    assert lines_of("/// fact | F\n    checked: 2020-01-01\n///\n") == []
    assert lines_of("/// rule | R\nReglen.\n    checked: 2020-01-01\n///\n") == []
    assert lines_of("/// rule | R\n    checked: 2020-02-31\n///\n") == []
