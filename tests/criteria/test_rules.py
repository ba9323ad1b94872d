"""Criteria on a text: a table of Danish sentences for each, and what holds for any text."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from course.criteria.rules import MOST_SHOWN, WHY, Answer, Criterion, Finds, Seen, look

EXAMPLES = yaml.safe_load((Path(__file__).parent / "examples.yaml").read_text(encoding="utf-8"))
WORDS = ("loft", "lift", "tavle")
CASES = [
    pytest.param(Finds(finds), text, wanted == "for", id=f"{finds}-{wanted}-{number}")
    for finds, sides in EXAMPLES.items()
    for wanted, texts in sides.items()
    for number, text in enumerate(texts)
]


def criterion(finds: Finds, **values: object) -> Criterion:
    words = WORDS if finds is Finds.WORDS else ()
    return Criterion(**{"id": finds.value, "text": "…", "finds": finds, "words": words} | values)  # type: ignore[arg-type]


def seen(finds: Finds, *texts: str, is_day: bool = False, **values: object) -> Seen:
    answers = {"a": Answer(texts, is_day)} if texts or is_day else {}
    (one,) = look([criterion(finds, **values)], answers)
    return one


@pytest.mark.parametrize(("finds", "text", "is_found"), CASES)
def test_what_a_sentence_shows(finds: Finds, text: str, is_found: bool) -> None:
    found = seen(finds, text)
    assert found.is_found == is_found, found.words


@pytest.mark.parametrize("finds", [finds for finds in Finds if finds is not Finds.FILLED])
def test_each_criterion_has_fifteen_sentences_for_it_and_fifteen_against(finds: Finds) -> None:
    for side in ("for", "against"):
        texts = EXAMPLES[finds][side]
        assert len(texts) >= 15
        assert len(set(texts)) == len(texts)


# -- where and how much it looks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "fields", "least", "is_found"),
    [
        ({}, (), 1, False),
        ({"a": Answer(("loftet",))}, (), 1, True),
        ({"a": Answer(("loftet",))}, ("a",), 1, True),
        ({"a": Answer(("loftet",))}, ("b",), 1, False),
        ({"a": Answer(("en", "to", "tre"))}, ("a",), 3, True),
        ({"a": Answer(("en", "to"))}, ("a",), 3, False),
        ({"a": Answer(), "b": Answer(("ja",))}, ("a", "b"), 2, True),
        ({"a": Answer((), is_day=True)}, ("a",), 1, True),
    ],
)
def test_what_is_filled(answers: dict[str, Answer], fields: tuple[str, ...], least: int, is_found: bool) -> None:
    (one,) = look([criterion(Finds.FILLED, fields=fields, least=least)], answers)
    assert one.is_found == is_found


def test_a_criterion_looks_in_its_own_fields_only() -> None:
    answers = {"a": Answer(("Kan løfte 8 kg.",)), "b": Answer(("Tager Panodil.",))}
    everywhere = criterion(Finds.NO_DIAGNOSIS)
    here, there = criterion(Finds.NO_DIAGNOSIS, fields=("a",)), criterion(Finds.NO_DIAGNOSIS, fields=("b",))
    assert [one.is_found for one in look([everywhere, here, there], answers)] == [False, True, False]


def test_several_can_be_wanted() -> None:
    assert seen(Finds.WORDS, "Loftet og liften.", least=2).is_found
    assert not seen(Finds.WORDS, "Loftet.", least=2).is_found
    assert not seen(Finds.WORDS, "Loftet og loftet.", least=2).is_found


@pytest.mark.parametrize(
    ("word", "text", "is_found"),
    [
        ("tag", "Han er på taget.", True),
        ("tag", "Det tages op igen.", False),
        ("bil", "To biler på lageret.", True),
        ("bil", "Det er billigt.", False),
        ("hæve sænke", "Et bord til at hæve sænke.", True),
        ("hæve sænke", "At sænke og hæve.", False),
        ("tavle", "På tavlerne.", True),
        ("tavle", "Ved opslagstavle nummer to.", True),
    ],
)
def test_short_words_and_phrases_are_taken_as_they_are(word: str, text: str, is_found: bool) -> None:
    assert seen(Finds.WORDS, text, words=(word,)).is_found == is_found


@pytest.mark.parametrize("finds", [Finds.DATE, Finds.DURATION])
def test_a_day_that_was_chosen_counts(finds: Finds) -> None:
    assert seen(finds, "Gælder i fire uger.", is_day=True).is_found
    assert not seen(finds, "Gælder i fire uger.").is_found


@pytest.mark.parametrize("finds", Finds)
def test_an_empty_text_shows_nothing(finds: Finds) -> None:
    """Also not that there is no diagnosis in it."""
    found = seen(finds)
    assert (found.is_found, found.words, found.is_empty) == (False, (), True)


def test_the_words_that_show_it_are_given_as_they_were_written_and_few() -> None:
    assert seen(Finds.WORK_VERBS, "Løfter og KØRER og løfter.").words == ("Løfter", "KØRER")
    many = seen(Finds.WORK_VERBS, "løfter kører vasker fejer pakker skubber bærer")
    assert len(many.words) == MOST_SHOWN
    spoiled = seen(Finds.NO_DIAGNOSIS, "Han har fået slidgigt og tager Panodil.")
    assert spoiled.words == ("slidgigt", "Panodil")
    assert spoiled.is_to_look_at


def test_every_criterion_says_why_it_matters() -> None:
    assert set(WHY) == set(Finds)
    assert criterion(Finds.DATE).reason == WHY[Finds.DATE]
    assert criterion(Finds.DATE, why="Fordi.").reason == "Fordi."


# -- for any text ------------------------------------------------------------------------------------------------------

ANY = st.text(max_size=400) | st.lists(
    st.sampled_from(
        ["kan", "ikke", "løfter", "8", "kg", ",", ".", "\n", "og", "§", "uge", "46", "½", "MR", "D", "-", "…"]
    ),
    max_size=80,
).map(" ".join)


@settings(max_examples=100, deadline=None)
@given(ANY, st.lists(st.text(max_size=12), max_size=4))
def test_no_text_and_no_word_makes_it_fail(text: str, words: list[str]) -> None:
    wanted = tuple(word for word in words if word.strip()) or WORDS
    found = look([criterion(finds, words=wanted) for finds in Finds], {"a": Answer((text,)), "b": Answer((), True)})
    assert [one.criterion.finds for one in found] == list(Finds)
    assert look([one.criterion for one in found], {"a": Answer((text,)), "b": Answer((), True)}) == found


LONG = {
    "words": "kan løfte 8 kg og ikke bære mere end højst to timer om dagen. ",
    "one word": "løft",
    "spaces": " \n",
    "numbers": "8 5-10 ",
    "next": "næste første kommende de ",
    "again": "ser på det ",
    "dots": "d.m. ",
    "capitals": "MR CT D M 54 ",
    "phrases": "skrive en skrive mig ",
    "halves": "½en halv ",
}


@pytest.mark.parametrize("kind", LONG)
def test_time_grows_with_the_length_alone(kind: str) -> None:
    """100,000 characters at most about ten times as long as 10,000; a square would take a hundred times."""
    unit = LONG[kind]

    def seconds(length: int) -> float:
        text = (unit * (length // len(unit) + 1))[:length]
        began = time.process_time()
        look([criterion(finds) for finds in Finds], {"a": Answer((text,))})
        return time.process_time() - began

    seconds(1_000)
    short = min(seconds(10_000) for _ in range(3))
    assert min(seconds(100_000) for _ in range(3)) < 30 * max(short, 0.005)
