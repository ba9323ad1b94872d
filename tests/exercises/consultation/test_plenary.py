"""A room's way through a talk is what stands in the address."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from course.exercises.kinds.consultation import plenary, rules

from .talks import EXPERT, sample

TALK = sample()


def at(*way: str, **hands: str) -> plenary.Room:
    pairs = [("way", each) for each in way] + [(f"hands-{name.replace('_', '-')}", n) for name, n in hands.items()]
    return plenary.room(TALK, MultiDict(pairs))


def test_the_address_is_the_talk() -> None:
    found = at(*EXPERT[:2], femte_dag="12")
    assert found.state == rules.play(TALK, EXPERT[:2])
    assert found.address(EXPERT[:1]) == {"way": [EXPERT[0]], "hands-femte-dag": 12}
    assert plenary.shown(TALK, found)["scene"].id == "aarsagen"


def test_at_the_end_there_is_the_report() -> None:
    found = at(*EXPERT, femte_dag="12", hold_fast="3")
    assert plenary.shown(TALK, found)["is_expert"]
    assert plenary.told_hands(TALK, found) == ["A 3 · B 12 · C 0", "", "", "", ""]


def test_hands_are_counted_where_they_were_raised() -> None:
    found = at("femte-dag", femte_dag="9", hold_fast="3", se_armen="1")
    votes = found.vote(["hold-fast", "femte-dag", "en-uges-ro"])
    assert [(votes[each].hands, votes[each].percent) for each in votes] == [(3, 25), (9, 75), (0, 0)]
    assert at("femte-dag").vote(["hold-fast"]) == {}
    assert plenary.kept(TALK, found) == [("way", "femte-dag"), ("hands-femte-dag", "9"), ("hands-hold-fast", "3")]


@pytest.mark.parametrize("text", ["", "0", "-1", "1000", "1e3", "²", "mange", "1.5"])
def test_what_is_no_number_of_hands(text: str) -> None:
    assert at(femte_dag=text).hands == {}


def test_hands_for_nothing_are_left_out() -> None:
    assert at(farvel="4").hands == {}


@pytest.mark.parametrize(
    ("way", "kept"), [(("farvel",), ()), (("femte-dag", "paa-papir"), ("femte-dag",)), ((*EXPERT, "recept"), EXPERT)]
)
def test_an_address_that_was_written_by_hand(way: tuple[str, ...], kept: tuple[str, ...]) -> None:
    found = at(*way)
    assert found.is_broken
    assert found.state.way == kept


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.text(max_size=12) | st.just("way"), st.sampled_from(sorted(TALK.choices)) | st.text())))
def test_any_address_leads_somewhere(pairs: list[tuple[str, str]]) -> None:
    found = plenary.room(TALK, MultiDict(pairs))
    assert rules.play(TALK, found.state.way) == found.state
    assert plenary.shown(TALK, found)
    assert len(plenary.told_hands(TALK, found)) == len(found.state.way)
