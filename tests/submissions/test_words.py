"""Words in their sentences, others in their place, and what an analysis takes from its case."""

from __future__ import annotations

import pytest

from course.submissions import prefill, words
from tests.factories import case_data, form_of

FORM = form_of("gp-05.case")


def only(data: dict) -> words.WordInPlace:
    (found,) = words.to_look_at(FORM, case_data(**data), [])
    return found


SENTENCES = [
    ("Vi mødtes i Horsens.", "Vi mødtes i ", "."),
    ("Først intet. Så Horsens igen. Og mere.", "Så ", " igen."),
    ("linje et\nHan bor i Horsens\nlinje tre", "Han bor i ", ""),
    ("Gik det? Horsens er stor! Ja.", "", " er stor!"),
]


@pytest.mark.parametrize(("text", "before", "after"), SENTENCES)
def test_the_sentence_around_a_word(text: str, before: str, after: str) -> None:
    found = only({"did": text})
    assert (found.word, found.before, found.after) == ("Horsens", before, after)
    assert (found.place, found.step_id) == ("Hvad gjorde du?", "events")


def test_a_long_sentence_is_cut_at_words() -> None:
    found = only({"did": "ord " * 60 + "Horsens" + " ord" * 60})
    assert found.before.startswith("… ord ")
    assert found.after.endswith(" ord …")
    assert max(len(found.before), len(found.after)) <= words.AROUND + 2


def test_the_same_word_anywhere_is_one_word() -> None:
    found = only({"did": "Horsens.", "ended": "Nær HORSENS, i Horsens."})
    assert found.times == 3


def test_a_confirmed_word_is_not_asked_about() -> None:
    assert words.to_look_at(FORM, case_data(did="Vi mødtes i Horsens."), ["horsens"]) == ()


def test_only_the_fields_that_change_come_back() -> None:
    data = case_data(did="Horsens og Odense. Horsens!", ended="I horsens.")
    changed = words.with_other_words(FORM, data, {"horsens": "byen 🏠"})
    assert changed["did"] == "byen 🏠 og Odense. byen 🏠!"
    assert set(changed) <= {"did", "ended"}
    assert words.with_other_words(FORM, data, {}) == {}


def test_rows_and_lists_are_looked_through_too() -> None:
    form = form_of("gp-05.analysis")
    data = {"actors": [{"who": "me", "view": "fra Horsens"}], "why": ["først", "Horsens igen"]}
    assert [found.times for found in words.to_look_at(form, data, [])] == [2]
    assert words.with_other_words(form, data, {"horsens": "byen"}) == {
        "actors": [{"who": "me", "view": "fra byen"}], "why": ["først", "byen igen"],
    }  # fmt: skip


class TestPrefill:
    STEP = form_of("gp-05.analysis").step("describe")

    def test_choices_are_told_in_words(self) -> None:
        shown = prefill.shown(FORM, case_data(age_band="60-plus", site=["back", "several"]))
        assert shown["age_band"] == "60 år eller mere"
        assert shown["site"] == "Ryg, Mange steder"

    def test_lists_and_rows_are_told_line_by_line(self) -> None:
        data = {"actors": [{"who": "leader", "view": "travlt"}, {"view": "ondt"}], "why": ["a", "b"]}
        shown = prefill.shown(form_of("gp-05.analysis"), data)
        assert shown == {"actors": "Lederen: travlt\nondt", "why": "a\nb"}

    def test_an_untouched_step_gets_a_proposal(self) -> None:
        found = prefill.proposals(self.STEP, {}, FORM, case_data(wanted="ro"))
        assert set(found) == {"description"}
        assert "Patienten ville: ro" in found["description"]

    def test_what_the_case_lacks_is_left_open(self) -> None:
        assert "Patienten ville: …" in prefill.proposals(self.STEP, {}, FORM, {"age_band": "18-29"})["description"]

    def test_a_step_with_any_answer_gets_none(self) -> None:
        assert prefill.proposals(self.STEP, {"puzzle": "hvorfor?"}, FORM, case_data()) == {}

    def test_no_case_no_proposal(self) -> None:
        assert prefill.proposals(self.STEP, {}, FORM, {}) == {}
