"""The detector in Python: vectors, guards, replacement, and any text whatever."""

from __future__ import annotations

import io
import json
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course import guard
from course.guard import anonymise, bundle
from course.guard.detector import Detector

VECTORS = json.loads((bundle.DATA / "vectors.json").read_text(encoding="utf-8"))
GUARDS = ("patient", "workplace", "none")


def test_there_are_vectors_of_every_kind_and_some_with_nothing_to_find() -> None:
    kinds = {finding["kind"] for vector in VECTORS for finding in vector["findings"]}
    assert kinds == set(bundle.load()["kinds"])
    assert len(VECTORS) >= 150
    assert sum(not vector["findings"] for vector in VECTORS) >= 40


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: ascii(vector["text"])[:40])
def test_vector(vector: dict) -> None:
    found = guard.find(vector["text"], vector["guard"])
    assert [{"start": f.start, "end": f.end, "kind": f.kind} for f in found] == vector["findings"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: ascii(vector["text"])[:40])
def test_what_is_replaced_is_what_is_found_red(vector: dict) -> None:
    for name in GUARDS:
        red = [finding for finding in guard.find(vector["text"], name) if finding.level == "red"]
        assert guard.replace_red(vector["text"], name)[1] == red


def test_offsets_are_code_points_of_the_nfc_text() -> None:
    text = unicodedata.normalize("NFD", "😀 Jeg så Søren, tlf. 22456781.")
    for finding in guard.find(text, "patient"):
        assert unicodedata.normalize("NFC", text)[finding.start : finding.end] == finding.text
    assert [finding.text for finding in guard.find(text, "patient")] == ["Søren", "22456781"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ring 22456781 til Hanne.", "Ring [telefon] til Hanne."),
        ("Cpr 140372-1234", "Cpr [CPR-nummer]"),
        ("Skriv a@b.dk, se www.x.dk", "Skriv [e-mail], se [link]"),
        ("Han bor Vestergade 12, 8000 Aarhus C.", "Han bor [adresse]."),
        ("Set den 3. marts 2024 (journalnr. 123456)", "Set [dato] ([journalnummer])"),
        ("😀 22456781 😀", "😀 [telefon] 😀"),
    ],
)
def test_red_gives_way_to_a_visible_placeholder(text: str, expected: str) -> None:
    replaced, findings = guard.replace_red(text, "patient")
    assert replaced == expected
    assert findings
    assert all(finding.level == "red" for finding in findings)
    assert guard.replace_red(replaced, "patient") == (expected, [])


def test_each_amber_word_is_asked_about_once() -> None:
    words = guard.amber_words("Hanne og HANNE og hanne, men Netto. Så Hanne igen.", "patient")
    assert [word.text for word in words] == ["Hanne", "Netto"]


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("Hun er 47 år.", "i 40'erne"),
        ("En 8-årig pige.", "et barn"),
        ("En 17-årig lærling.", "i teenageårene"),
        ("En 93-årig mand.", "over 90"),
        ("Jeg så Hanne.", "[navn]"),
    ],
)
def test_amber_suggests_a_better_word(text: str, suggestion: str) -> None:
    assert [finding.suggestion for finding in guard.find(text, "patient")] == [suggestion]


def test_the_guard_workplace_looks_for_colleagues_and_health_and_nothing_else_amber() -> None:
    text = "Hanne, 47 år, fra Netto i Odense har depression og er sognepræst. Ring 22456781."
    assert [finding.kind for finding in guard.find(text, "workplace")] == ["name", "health", "phone"]


def test_cpr_is_stopped_even_where_there_is_no_guard() -> None:
    text = "Cpr 140372-1234, tlf. 22456781, Hanne"
    assert [finding.kind for finding in guard.find(text, "none")] == ["cpr"]


def test_an_unknown_guard_is_an_error() -> None:
    with pytest.raises(KeyError):
        guard.find("tekst", "patients")


def test_findings_as_json_and_on_the_command_line() -> None:
    out = io.StringIO()
    assert anonymise.run(io.StringIO("Jeg så Hanne 😀 i Netto."), out) == 0
    assert json.loads(out.getvalue()) == [
        {"start": 7, "end": 12, "kind": "name", "level": "amber", "text": "Hanne", "suggestion": "[navn]"},
        {
            "start": 17,
            "end": 22,
            "kind": "workplace",
            "level": "amber",
            "text": "Netto",
            "suggestion": "[arbejdsplads]",
        },
    ]


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet=st.characters(exclude_categories=())),
    st.sampled_from(GUARDS),
)
def test_any_text_is_answered_in_order_and_inside_the_text(text: str, name: str) -> None:
    normal = unicodedata.normalize("NFC", text)
    end = 0
    for finding in guard.find(text, name):
        assert end <= finding.start < finding.end <= len(normal)
        assert normal[finding.start : finding.end] == finding.text
        end = finding.end


PIECES = st.sampled_from(
    [
        *("140372-1234", "22 45 67 81", "a@b.dk", "Vestergade 12", "12/3-24", "Hanne", "Netto", "den", "d."),
        *("journalnr.", "8000 Aarhus", "47", "år", "www.x.dk/", "é", "1", "12", "/", "-", ".", ",", "og"),
        *("født", "3. marts", "2024", "sag", "+45", "DK", "nr.", "(", ")", "😀", "st. th.", "tlf.", "siden"),
    ]
)
BETWEEN = st.sampled_from([" ", " ", "\n", ", ", "\u00a0"])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(PIECES, BETWEEN), max_size=30))
def test_nothing_red_is_left_when_red_is_replaced(pieces: list[tuple[str, str]]) -> None:
    replaced, _ = guard.replace_red("".join(map("".join, pieces)), "patient")
    again, _ = guard.replace_red(replaced, "patient")
    assert "140372-1234" not in replaced
    assert guard.replace_red(again, "patient") == (again, [])


ENDLESS = [
    *(
        "a",
        "A",
        "1",
        "1 ",
        "1/",
        "12-",
        ".",
        "@",
        "a@",
        "a.",
        "A ",
        "Vej ",
        "Ab ",
        "www.",
        "http:",
        "den ",
        "\n",
    ),
    *(
        "12 34 56 78 ",
        "sag ",
        "nr ",
        "Hanne ",
        "Hanne-",
        "*",
        "»",
        "(",
        "1.",
        "A/S ",
        "2024-",
        "+4",
        "er 47 ",
    ),
    *("'", "Hvide ", "ring på ", "A. "),
]


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(bundle.load())


@pytest.mark.parametrize("piece", ENDLESS, ids=ascii)
def test_a_pattern_is_tried_no_oftener_than_the_text_is_long(piece: str, detector: Detector) -> None:
    """With the bounded repeats below, this keeps the time linear in the length of the text."""
    text = piece * (100_000 // len(piece))
    starts = detector._starts(text)
    assert max(map(len, starts.values())) <= len(text)
    findings = detector.find(text, "patient")
    assert sum(finding.end - finding.start for finding in findings) <= len(text)


def test_every_repeat_in_the_patterns_is_bounded() -> None:
    for rule in bundle.load()["patterns"]:
        pattern = re.sub(r"\\[+*]", "c", rule["pattern"])
        outside_classes = re.sub(r"\[(?:\\.|[^\]])*\]", "c", pattern)
        assert not re.search(r"[+*]|\{\d+,\}", outside_classes), rule["pattern"]


def test_every_pattern_finds_its_example() -> None:
    rules = bundle.load()
    for rule in rules["patterns"]:
        alone = Detector({**rules, "patterns": [rule]})
        assert rule["kind"] in [finding.kind for finding in alone.find(rule["example"], "patient")], rule


def test_words_are_lower_case_and_sorted_so_that_the_bundle_stays_small() -> None:
    for name, words in bundle.load()["words"].items():
        assert words == sorted(set(words)), name
        assert all(word == word.lower() == unicodedata.normalize("NFC", word) for word in words), name
