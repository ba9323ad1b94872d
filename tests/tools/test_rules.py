"""When a goal is vague, and which barriers stand in the way."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.tools import rules
from course.tools.rules import Presence, hints, outcome
from tests.tools.filling import tool

TODAY = date(2026, 11, 2)
CLEAR: dict[str, Any] = {
    "goal": "At blive på mit hold",
    "concrete": "Stå ved pakkebordet i to timer om formiddagen",
    "measure": "tre dage om ugen i fire uger",
    "by": "2027-01-15",
    "sure": 8,
    "subgoals": ["en time om dagen"],
    "helpers": "min kollega",
}


def test_a_clear_goal_gets_no_remark() -> None:
    assert hints(CLEAR, TODAY) == []


def test_an_empty_sheet_gets_no_remark() -> None:
    assert hints({}, TODAY) == []
    assert hints({"sure": 3, "by": "2020-01-01"}, TODAY) == []


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"goal": None}, "goal", "vigtigste mål mangler"),
        ({"concrete": None}, "concrete", "endnu et ønske"),
        ({"concrete": "Få det bedre", "measure": "fire uger"}, "concrete", "»bedre« kan betyde meget"),
        ({"concrete": "Undgå at have ondt", "measure": "5 dage"}, "concrete", "hvad der skal væk"),
        ({"concrete": "gå en tur og " * 20, "measure": "5"}, "concrete", "flere mål i ét"),
        ({"concrete": "Stå ved bordet", "measure": "når det går godt"}, "measure", "intet at tælle"),
        ({"by": None}, "by", "ingen dato"),
        ({"by": "2026-11-01"}, "by", "Datoen er gået"),
        ({"by": "2028-01-01"}, "by", "over et år"),
        ({"sure": 4}, "sure", "4 af 10"),
        ({"subgoals": []}, "subgoals", "ingen delmål"),
        ({"helpers": ""}, "helpers", "ingen hjælpere"),
    ],
)
def test_a_vague_goal_is_asked_about_where_it_is_vague(change: dict[str, Any], field: str, said: str) -> None:
    found = hints(CLEAR | change, TODAY)
    assert [hint.field for hint in found] == [field]
    assert said in found[0].say


@pytest.mark.parametrize(
    "text",
    [
        "Få det bedre", "Arbejde så meget som muligt", "Komme videre", "Have mere overskud", "Trives på jobbet",
        "Fungere i hverdagen", "Blive rask", "Blive stærkere i ryggen", "Passe på skulderen", "Komme i form",
        "Være smertefri", "Klare mig igennem vagten", "Løfte mindre", "Tage det lidt roligt", "Bruge armen efter behov",
        "Være glad for mit arbejde", "Arbejde normalt igen", "Komme i gang på sigt", "Have det godt",
    ],
)  # fmt: skip
def test_words_that_can_mean_much_are_pointed_at(text: str) -> None:
    found = hints(CLEAR | {"concrete": text}, TODAY)
    assert [hint.field for hint in found] == ["concrete"]
    assert "kan betyde meget" in found[0].say


@pytest.mark.parametrize(
    "text",
    [
        "Stå ved pakkebordet i to timer", "Køre varevogn tre formiddage om ugen", "Løfte 8 kg op på hylden",
        "Støvsuge en etage ad gangen", "Samle tavler en hel dag", "Gå op ad trappen med værktøjskassen",
        "Sidde ved skærmen en halv time", "Arbejde fire timer hver dag", "Vaske gulv i ét kvarter ad gangen",
        "Forflytte en borger sammen med en makker", "Mure til brysthøjde", "Svejse siddende om formiddagen",
        "Tage telefonen i receptionen", "Plukke varer fra de øverste hylder", "Holde mødet mandag morgen",
        "Prøve to timer ved båndet",
    ],
)  # fmt: skip
def test_an_act_one_can_see_is_clear(text: str) -> None:
    assert hints(CLEAR | {"concrete": text}, TODAY) == []


@pytest.mark.parametrize("today", ["2026-11-02"])
@pytest.mark.parametrize("sure", [7, 10])
def test_sure_enough_and_due_today_is_fine(today: str, sure: int) -> None:
    assert hints(CLEAR | {"sure": sure, "by": today}, TODAY) == []


@given(st.dictionaries(st.sampled_from(["goal", "concrete", "measure", "helpers"]), st.text(max_size=400)))
def test_any_text_is_answered_in_whole_sentences(data: dict[str, str]) -> None:
    for hint in hints(data, TODAY):
        assert hint.field in tool(2).form.fields
        assert hint.say[-1] in ".?"


def test_a_goal_of_ten_thousand_words_is_answered_at_once() -> None:
    found = hints(CLEAR | {"concrete": "ikke bedre " * 10_000}, TODAY)
    assert "flere mål" in found[-1].say


@pytest.mark.parametrize("text", ["en time", "en halv dag", "hver dag", "ti kilo", "½ time"])
def test_a_number_can_be_a_word(text: str) -> None:
    assert hints(CLEAR | {"concrete": "Stå ved bordet", "measure": f"jeg klarer {text}"}, TODAY) == []


# -- barriers ----------------------------------------------------------------------------------------------------------

IDS = [question.id for question in tool(10).tables["barriers"].questions]


def test_nothing_asked_shows_nothing() -> None:
    assert outcome(tool(10), {}) is None


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (["not"], "Ingen af de spurgte barrierer står i vejen."),
        (["there"], "Én barriere står i vejen. Begynd med den."),
        (["maybe"], "Én barriere står måske i vejen. Begynd med den."),
        (["there", "maybe", "not"], "Én barriere står i vejen og én barriere gør det måske. Tag én eller to ad gangen"),
        (["maybe", "maybe"], "To barrierer står måske i vejen. Tag én eller to ad gangen"),
        (["there"] * 7, "Syv barrierer står i vejen. Tag én eller to ad gangen"),
    ],
)
def test_the_sentence_counts(answers: list[str], said: str) -> None:
    found = outcome(tool(10), dict(zip(IDS, answers, strict=False)))
    assert found is not None
    assert found.sentence.startswith(said)


@given(st.lists(st.sampled_from(["there", "maybe", "not", ""]), min_size=7, max_size=7))
def test_the_picture_shows_all_seven_and_the_sure_ones_come_first(answers: list[str]) -> None:
    found = outcome(tool(10), dict(zip(IDS, answers, strict=True)))
    if not any(answers):
        assert found is None
        return
    assert found is not None
    assert [barrier.id for barrier in found.barriers] == IDS
    order = [barrier.presence for barrier in found.in_the_way]
    assert order == sorted(order, key=lambda presence: -(rules.STEPS[presence] or 0))
    assert len(order) == sum(answer in ("there", "maybe") for answer in answers)
    assert Presence.NOT not in order
