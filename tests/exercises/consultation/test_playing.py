"""What a page asks and a report tells, and what is read from a form."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from course.content.kinds import Score, Unclear
from course.exercises.kinds.consultation import paths, playing, review
from course.exercises.kinds.consultation.talk import Talk

from .talks import EXPERT, sample

WORST = ("en-uges-ro", "ro-fasthold", "ring-til-leder", "albuebind", "vendt-fasthold", "ring-hvis")


@pytest.fixture(scope="module")
def talk() -> Talk:
    return sample()


def log_of(*way: str) -> list[dict[str, Any]]:
    return [{"choice": each} for each in way]


@pytest.mark.parametrize(
    ("log", "posted", "step"),
    [
        ([], {"choice": "femte-dag"}, {"choice": "femte-dag"}),
        (log_of("femte-dag"), {"choice": "spoerg-leder"}, {"choice": "spoerg-leder"}),
        (log_of("femte-dag"), {"rewind": "0"}, {"rewind": 0}),
        (log_of(*EXPERT[:3]), {"rewind": "2"}, {"rewind": 2}),
        (log_of(*EXPERT[:3]), {"rewind": "0", "choice": "saetningen"}, {"choice": "saetningen"}),
    ],
)
def test_what_is_a_step(talk: Talk, log: list[dict[str, Any]], posted: dict[str, str], step: dict[str, Any]) -> None:
    assert playing.read(talk, log, MultiDict(posted)) == step


@pytest.mark.parametrize(
    ("log", "posted", "sentence"),
    [
        ([], {}, playing.NOT_CHOSEN),
        ([], {"choice": ""}, playing.NOT_CHOSEN),
        ([], {"choice": ["femte-dag", "hold-fast"]}, playing.NOT_CHOSEN),
        ([], {"choice": "saetningen"}, playing.NO_SUCH),
        ([], {"choice": "findes-ikke"}, playing.NO_SUCH),
        (log_of("femte-dag"), {"choice": "femte-dag"}, playing.NO_SUCH),
        ([], {"rewind": "0"}, playing.NO_WAY_BACK),
        (log_of("femte-dag"), {"rewind": "1"}, playing.NO_WAY_BACK),
        (log_of("femte-dag"), {"rewind": "-1"}, playing.NO_WAY_BACK),
        (log_of("femte-dag"), {"rewind": "²"}, playing.NO_WAY_BACK),
        (log_of(*EXPERT), {"choice": "femte-dag"}, playing.NO_SUCH),
    ],
)
def test_what_is_no_step(talk: Talk, log: list[dict[str, Any]], posted: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Unclear) as found:
        playing.read(talk, log, MultiDict(posted))
    assert found.value.problems == ((playing.CHOICES, sentence),)


def test_going_back_for_ever_ends_and_going_on_does_not(talk: Talk) -> None:
    there_and_back = [*log_of("femte-dag"), {"rewind": 0}]
    log = there_and_back * (playing.LONGEST_LOG // 2) + log_of("femte-dag")
    with pytest.raises(Unclear):
        playing.read(talk, log, MultiDict({"rewind": "0"}))
    assert playing.page(talk, log)["back"] is None
    assert playing.read(talk, log, MultiDict({"choice": "se-armen"})) == {"choice": "se-armen"}


def test_the_first_page(talk: Talk) -> None:
    view = playing.page(talk, [])
    assert view["scene"].id == "ankomst"
    assert [option.id for option in view["options"]] == ["hold-fast", "femte-dag", "en-uges-ro"]
    assert [option.letter for option in view["options"]] == ["A", "B", "C"]
    assert view["last"] is None
    assert view["back"] is None
    assert (view["clock"].left, view["clock"].of, view["clock"].percent) == (10, 10, 100)
    assert [(each.title, each.number, each.percent, each.words) for each in view["counters"]] == [
        ("Tillid", 5, 50, "Midt imellem"),
        ("Det ved du nu", 1, 10, "du gætter"),
        ("Pres for en sygemelding", 4, 40, "Midt imellem"),
        ("Planens kvalitet", 1, 10, "ingen plan"),
    ]


def test_the_next_page_begins_with_the_reason(talk: Talk) -> None:
    view = playing.page(talk, log_of("femte-dag"))
    assert view["last"].text.startswith("»Fire dage gik godt.")
    assert "det, der lykkedes" in view["last"].feedback[0]
    assert view["last"].changes == ("Tillid: 2 op", "Det ved du nu: 2 op", "Det tog 2 minutter")
    assert view["scene"].id == "dag-fem"
    assert view["clock"].left == 8
    assert view["back"] == 0


def test_the_way_that_was_left_is_marked(talk: Talk) -> None:
    view = playing.page(talk, [*log_of(*EXPERT[:2]), {"rewind": 0}])
    assert [(option.id, option.before) for option in view["options"]] == [
        ("hold-fast", False),
        ("femte-dag", True),
        ("en-uges-ro", False),
    ]
    assert view["went_back"]


def test_the_page_says_when_the_minutes_are_spent(talk: Talk) -> None:
    way = ("femte-dag", "se-armen", "paa-papir", "saetningen")
    assert not playing.page(talk, log_of(*way[:3]))["is_late"]
    view = playing.page(talk, log_of(*way))
    assert view["is_late"]
    assert view["scene"].id == "tiden-er-gaaet"
    assert view["clock"].left == 0


def test_the_report_of_the_experts_own_way(talk: Talk) -> None:
    view = playing.report(talk, log_of(*EXPERT))
    assert view["is_expert"]
    assert view["heading"] == "Samtalen endte godt"
    assert view["summary"] == "Du traf 4 beslutninger: 4 var det bedste valg."
    assert [(step.other, step.is_shared) for step in view["steps"]] == [("", True)] * 5
    assert playing.is_over(talk, log_of(*EXPERT))
    assert playing.score(talk, log_of(*EXPERT)) == Score(8, 8)
    assert playing.missed(talk, log_of(*EXPERT)) == ()


def test_the_report_of_a_poor_way(talk: Talk) -> None:
    log = [*log_of("hold-fast"), {"rewind": 0}, *log_of(*WORST)]
    view = playing.report(talk, log)
    assert view["heading"] == "Samtalen endte skidt"
    assert view["ending"].id == "sygemeldt"
    assert view["summary"] == "Du traf 4 beslutninger: 2 flyttede ikke noget og 2 gjorde det sværere."
    assert view["rewinds"] == 1
    assert [step.scene for step in view["steps"]][:2] == ["Det gik ikke", "Hun tøver"]
    assert view["steps"][0].verdict == playing.VERDICTS[playing.Value.HARMFUL]
    assert view["steps"][0].other == "»Fire dage gik godt. Hvad skete der den femte?«"
    assert view["steps"][1].verdict is None
    assert view["steps"][1].other == ""
    assert [step.text for step in view["expert"]][-1].startswith("»Vi ses om to uger.")
    assert playing.score(talk, log) == Score(0, 8)
    assert playing.missed(talk, log) == ("ankomst", "aarsagen", "aftalen", "naeste-gang")


def test_every_state_of_the_talk_can_be_shown(talk: Talk) -> None:
    for state in paths.every(talk):
        log = log_of(*state.way)
        assert playing.is_over(talk, log)
        assert len(playing.report(talk, log)["steps"]) == len(state.way)
        assert playing.page(talk, log[:-1])["options"]


def test_every_way_is_printed_for_review(talk: Talk) -> None:
    lines = list(review.reviewed(talk))
    text = "\n".join(lines)
    ways = list(paths.every(talk))
    assert f"{len(ways)} veje: " in text
    for number, state in enumerate(ways, start=1):
        assert f"\nVej {number}: " in text
        assert "\n" + " → ".join(state.way) + "\n" in text
    assert "8 af 8, ender godt (ekspertens vej)" in text
    assert "[planens kvalitet: 2 ned; det tog 1 minut; skadeligt (−2); husker »gryder-igen«]" in text
    assert "[tillid: 2 ned; det tog 1 minut; neutralt (0)]" in text
    assert "Hvem der altid vælger det længste, får 0 %." in text
    assert max(map(len, (line for line in lines if " → " not in line))) <= review.WIDTH


def test_reading_through_leaves_out_only_what_the_way_before_has_said(talk: Talk) -> None:
    full, once = ("\n".join(form(talk)) for form in (review.reviewed, review.read_through))
    assert len(once) < len(full) * 2 / 3
    before: list[str] = []
    for number, state in enumerate(paths.every(talk), start=1):
        whole, short = (_way_of(text, number) for text in (full, once))
        shared = re.search(rf"Trin (?:1–)?(\d+) er som i vej {number - 1}\.\n", short)
        kept = int(shared[1]) if shared else 0
        steps, told = (re.split(r"\n(?=\d+\. |Slut\. )", text)[1:] for text in (whole, short))
        assert told == steps[kept:]
        assert before[:kept] == list(state.way[:kept])
        assert not before or kept == 0 or before[kept] != state.way[kept]
        before = list(state.way)


def _way_of(text: str, number: int) -> str:
    return re.split(r"\nVej \d+: |\nEkspertens tanker\n", text)[number].rstrip()


def test_the_short_review_has_every_scene_once_and_a_line_a_way(talk: Talk) -> None:
    lines = list(review.shortened(talk))
    text = " ".join(" ".join(lines).split())
    for scene in talk.scenes.values():
        assert len([line for line in lines if line.endswith(f": {scene.id})")]) == 1
    for choice in talk.choices.values():
        assert text.count(f"[{choice.id}: ") == 1
        assert choice.text in text
        assert choice.feedback[0] in text
    for number, state in enumerate(paths.every(talk), start=1):
        assert [line for line in lines if line.startswith(f"{number}. ") and line.endswith(" → ".join(state.way))]
    assert (
        "[albuebind: planens kvalitet −2; 1 minut; fører ved gryder-igen og trust < 6: vendt; ellers til naeste-gang; "
        in text
    )
    assert "[se-armen: det ved du nu +1; tillid +1; 3 minutter; fører til aarsagen]" in text
    assert "8 af 8, ender godt (ekspertens vej): femte-dag → " in text


@pytest.mark.parametrize(("parts", "text"), [(["a"], "a"), (["a", "b"], "a og b"), (["a", "b", "c"], "a, b og c")])
def test_lists_in_words(parts: list[str], text: str) -> None:
    assert playing.joined(parts) == text
