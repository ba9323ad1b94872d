from __future__ import annotations

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.guard import Finding
from course.reviews.marking import Strike, as_html, marked, segments
from tests.factories import form_of


def finding(start: int, end: int, text: str, level: str = "amber") -> Finding:
    return Finding(start, end, "name", level, text, "[navn]")


TEXT = "🙂 Anna ringede til Bo."
ANNA, BO = finding(2, 6, "Anna"), finding(19, 21, "Bo")


@pytest.mark.parametrize(
    ("strikes", "findings", "kept", "kinds"),
    [
        ([], [], set(), ["same"]),
        ([], [ANNA, BO], set(), ["same", "amber", "same", "amber", "same"]),
        ([], [ANNA, BO], {"anna"}, ["same", "confirmed", "same", "amber", "same"]),
        ([], [finding(2, 6, "Anna", "red")], {"anna"}, ["same", "red", "same"]),
        ([Strike(1, "did", 2, 6, "[navn]")], [ANNA, BO], set(), ["same", "struck", "same", "amber", "same"]),
        ([Strike(1, "did", 0, len(TEXT), "[alt]")], [ANNA, BO], set(), ["struck"]),
        ([Strike(1, "did", 4, 10, "x")], [ANNA], set(), ["same", "struck", "same"]),
    ],
)
def test_stretches(strikes: list[Strike], findings: list[Finding], kept: set[str], kinds: list[str]) -> None:
    parts = segments(TEXT, strikes, findings, kept)
    assert [part.kind for part in parts] == kinds
    assert "".join(part.text for part in parts) == TEXT


def own_text(html: str) -> str:
    """The author's own signs, counted the way ``redact.js`` counts them."""

    def walk(node: object) -> str:
        if node.get("data-aside") is not None:  # type: ignore[attr-defined]
            return ""
        inner = "".join(walk(child) + (child.tail or "") for child in node)  # type: ignore[attr-defined]
        return (node.text or "") + inner  # type: ignore[attr-defined]

    return walk(html5lib.parseFragment(html, namespaceHTMLElements=False))


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]) | st.just("<"), min_size=3, max_size=20),
    st.data(),
)
def test_the_page_keeps_the_authors_signs_countable(text: str, data: st.DataObject) -> None:
    a, b, c, d = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4)))
    strikes = [Strike(1, "did", a, b, "<b>")] if a < b else []
    findings = [finding(c, d, text[c:d])] if c < d else []
    html = as_html("did", segments(text, strikes, findings, set()))
    assert own_text(html) == text


def test_a_word_is_told_once_with_how_often_and_what_became_of_it() -> None:
    form = form_of("gp-05.case")
    data = {"did": "Anna og anna", "wanted": "Bo"}

    def find(text: str, _guard: str) -> list[Finding]:
        places = {"Anna og anna": [finding(0, 4, "Anna"), finding(8, 12, "anna")], "Bo": [finding(0, 2, "Bo", "red")]}
        return places[text]

    shown = marked(form, data, [Strike(1, "did", 0, 4, "[navn]")], ["ANNA"], find)
    bo, anna = shown.words
    assert (bo.text, bo.level, bo.places, bo.is_struck) == ("Bo", "red", 1, False)
    assert (anna.text, anna.confirmed, anna.places, anna.struck, anna.is_struck) == ("Anna", True, 2, 1, False)
    assert 'data-path="did"' in shown.data["did"]
    assert data["did"] == "Anna og anna", "the work itself is left alone"
