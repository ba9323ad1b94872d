from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.reviews.diff import changes, word_diff
from tests.factories import case_data, form_of


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        ("", "", ()),
        ("ens", "ens", (("same", "ens"),)),
        ("", "nyt", (("ins", "nyt"),)),
        ("væk", "", (("del", "væk"),)),
        (
            "han løftede kasser",
            "hun løftede kasser",
            (("del", "han"), ("ins", "hun"), ("same", " løftede kasser")),
        ),
        (
            "jeg sagde nej",
            "jeg spurgte hvorfor",
            (("same", "jeg "), ("del", "sagde nej"), ("ins", "spurgte hvorfor")),
        ),
        ("ondt.", "ondt!", (("same", "ondt"), ("del", "."), ("ins", "!"))),
    ],
)
def test_words_that_came_and_went(before: str, after: str, parts: tuple[tuple[str, str], ...]) -> None:
    assert word_diff(before, after) == parts


words = st.lists(st.sampled_from(["a", "b", "én", " ", "\n", ".", "🙂"]), max_size=30).map("".join)


@given(words, words)
def test_both_texts_can_be_read_out_of_it(before: str, after: str) -> None:
    parts = word_diff(before, after)
    assert "".join(text for kind, text in parts if kind != "ins") == before
    assert "".join(text for kind, text in parts if kind != "del") == after


def test_long_texts_are_compared_quickly() -> None:
    before = " ".join(f"ord{i % 50} og så" for i in range(400))
    begun = perf_counter()
    word_diff(before, before[::2] + before)
    assert perf_counter() - begun < 2


def test_only_changed_fields_are_told_in_the_order_of_the_form() -> None:
    form = form_of("gp-05.case")
    before = case_data()
    after = {**before, "did": before["did"] + " igen", "age_band": form.fields["age_band"].options[1].id}
    found = changes(form, before, after)
    assert [change.field.id for change in found] == ["age_band", "did"]
    assert found[0].parts == ()
    assert (found[0].before, found[0].after) == (before["age_band"], after["age_band"])
    assert found[1].parts[0][-1] == ("ins", " igen")
    assert changes(form, before, before) == []


def test_rows_are_compared_cell_by_cell() -> None:
    form = form_of("gp-05.analysis")
    rows = next(field for field in form.fields.values() if field.type == "rows")
    column = next(column.id for column in rows.columns if column.type != "choice")
    [change] = changes(form, {rows.id: [{column: "lederen"}]}, {rows.id: [{column: "lederen"}, {column: "kommunen"}]})
    assert change.parts == ((("ins", "kommunen"),),)
