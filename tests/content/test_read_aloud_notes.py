"""What a facilitator reads aloud from the notes is what the participants have on their own page."""

from __future__ import annotations

import re

import pytest

from tests.factories import ROOT

GP = ROOT / "modules/gp"
RULE = re.compile(r"^/// rule \| (.+?)\n(.*?)^///$", re.DOTALL | re.MULTILINE)


def rules(path: str) -> dict[str, str]:
    return dict(RULE.findall((GP / path).read_text()))


def words(path: str) -> str:
    return " ".join(re.sub(r"^>", "", (GP / path).read_text(), flags=re.MULTILINE).split())


@pytest.mark.parametrize(
    ("note", "page"), [("gp-34/regler-laes.md", "gp-34/regler.md"), ("gp-35/laes.md", "gp-35/erklaering.md")]
)
def test_a_rule_in_a_note_is_the_rule_on_the_page(note: str, page: str) -> None:
    assert rules(note)
    assert rules(note).items() <= rules(page).items()


def test_the_two_voices_say_the_same_in_the_note() -> None:
    voices = re.findall(
        r"^/// story \| .+?\n(.*?)^///$", (GP / "gp-34/indefra.md").read_text(), re.DOTALL | re.MULTILINE
    )
    assert len(voices) == 2
    assert all(" ".join(voice.split()) in words("gp-34/stemmer.md") for voice in voices)


def test_the_good_statement_is_the_same_in_the_note_and_on_the_screen() -> None:
    good = re.search(r"\*\*Den gode\.\*\* (.+)", (GP / "gp-35/goed.md").read_text())
    assert good is not None
    assert good[1] in words("gp-35/laes.md")
    assert good[1] in words("gp-35/tavle-2.md")
