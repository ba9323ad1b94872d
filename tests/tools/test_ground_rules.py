"""What is said of ground rules, kindly."""

from __future__ import annotations

from datetime import date

import pytest

from course.tools.ground_rules import Rule, hints, is_slogan, rules_of

TODAY = date(2026, 11, 29)
LATER = date(2027, 3, 1)
GOOD = Rule("Hos os bærer vi to, når det er over 15 kilo", "den, der er nærmest", "kassen venter", 4)


@pytest.mark.parametrize(
    ("text", "slogan"),
    [
        ("Vi respekterer hinanden", True),
        ("Vi tager hensyn til hinanden på arbejdet hver for sig", False),
        ("Vi tager hensyn til hinanden på vores arbejde", True),
        ("God tone", True),
        ("Vi passer på ryggen", True),
        ("Vi hjælper hinanden", True),
        ("Ruller over 15 kilo bliver taget med vognen", False),
        ("Siger nogen »den her kan jeg ikke i dag«, svarer vi: »Hvad tager du så?«", False),
        ("Lederen ringer på anden dag, når en er væk", False),
        ("Vi bytter etage hver fredag", False),
        ("Kødgryden løftes af to", False),
    ],
)
def test_a_slogan_shows_nothing(text: str, slogan: bool) -> None:
    assert is_slogan(text) is slogan


@pytest.mark.parametrize(
    ("rules", "review", "said"),
    [
        ([], None, []),
        ([GOOD] * 5, LATER, []),
        ([GOOD] * 7, LATER, []),
        ([GOOD] * 4, LATER, ["I har 4."]),
        ([GOOD] * 8, LATER, ["I har 8."]),
        ([GOOD] * 5, None, ["Hvornår ser I på dem igen?"]),
        ([GOOD] * 5, TODAY, ["Datoen er gået."]),
        ([Rule("Vi respekterer hinanden", "alle", "", 5), *[GOOD] * 4], LATER, ["Det er et pænt ord."]),
        ([Rule(GOOD.what, "", "", 3), *[GOOD] * 4], LATER, ["Hvem sørger for den?"]),
        ([Rule(GOOD.what, "alle", "", 2), *[GOOD] * 4], LATER, ["En er på 2."]),
        ([Rule(GOOD.what, "alle", "", None), *[GOOD] * 4], LATER, []),
    ],
)
def test_hints(rules: list[Rule], review: date | None, said: list[str]) -> None:
    found = hints(rules, review, TODAY)
    assert [hint.say.startswith(begins) for hint, begins in zip(found, said, strict=True)] == [True] * len(said)


def test_rules_come_from_every_form_that_has_them() -> None:
    rows = [
        {"what": "Vi bærer to", "owner": "alle", "unless": "vi venter", "consent": "4"},
        {"rule": "Vi bytter", "owner": "lederen", "consent": "not-yet"},
        {"owner": "ingen"},
        {"what": "Vi ringer", "consent": "9"},
    ]
    assert rules_of(rows) == (
        Rule("Vi bærer to", "alle", "vi venter", 4), Rule("Vi bytter", "lederen"), Rule("Vi ringer"),
    )  # fmt: skip
