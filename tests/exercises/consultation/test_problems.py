"""One thing wrong at a time in a sound talk: that it is found, and where."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from course.exercises.kinds.consultation import __main__ as checker
from course.exercises.kinds.consultation import paths
from course.exercises.kinds.consultation.problems import problems

from .talks import changed, choice, parsed, said, sample, scene, text

Change = Callable[[dict[str, Any]], object]


def put(**values: Any) -> Change:
    """Change keys at the top."""
    return lambda value: value.update(values)


def at(name: str, **values: Any) -> Change:
    """Change keys of a scene."""
    return lambda value: scene(value, name).update(values)


def on(name: str, **values: Any) -> Change:
    """Change keys of a choice."""
    return lambda value: choice(value, name).update(values)


def without(name: str, key: str) -> Change:
    """Leave out a key of a choice."""
    return lambda value: choice(value, name).pop(key)


def more_scenes(value: dict[str, Any]) -> None:
    for n in range(9):
        value["scenes"].append({"id": f"mere-{n}", "title": "Mere", "says": "Mere.", "ends": "fair"})


def fewer_scenes(value: dict[str, Any]) -> None:
    del value["scenes"][7:]


def loop(value: dict[str, Any]) -> None:
    """Two scenes that lead to one another and nowhere else."""
    choice(value, "koelig-ufarligt")["to"] = "frem"
    there = [said("frem-1", "tilbage"), said("frem-2", "tilbage")]
    back = [said("tilbage-1", "frem"), said("tilbage-2", "frem")]
    value["scenes"] += [
        {"id": "frem", "title": "Frem", "says": "Frem.", "choices": there},
        {"id": "tilbage", "title": "Tilbage", "says": "Tilbage.", "choices": back},
    ]


def closed_door(value: dict[str, Any]) -> None:
    """A scene whose choices all ask for something that need not be so."""
    for each in scene(value, "ro")["choices"]:
        each["when"] = ["trust >= 6"]
    choice(value, "koelig-om-igen")["to"] = "ro"


def doubled_choice(value: dict[str, Any]) -> None:
    choice(value, "ro-spoerg")["id"] = "femte-dag"


def open_last_way(value: dict[str, Any]) -> None:
    choice(value, "albuebind")["to"][1]["when"] = ["trust >= 1"]


def open_first_way(value: dict[str, Any]) -> None:
    del choice(value, "albuebind")["to"][0]["when"]


def all_fair(value: dict[str, Any]) -> None:
    scene(value, "holder")["ends"] = "fair"


def all_best_first(value: dict[str, Any]) -> None:
    for each in value["scenes"]:
        each.get("choices", []).sort(key=lambda one: one.get("value") != "best")


def best_longest(value: dict[str, Any]) -> None:
    for name in ("femte-dag", "paa-papir", "saetningen", "om-to-uger"):
        choice(value, name)["text"] += " Det vil jeg gerne høre mere om." * 6


def best_works_most(value: dict[str, Any]) -> None:
    for each in value["scenes"]:
        for one in each.get("choices", []):
            if "work" in one:
                one["work"] = 3 if one["value"] == "best" else 0


def wide(value: dict[str, Any]) -> None:
    """Many small scenes, each with four ways on, before the talk begins."""
    value["start"] = "foer-0"
    for n in range(8):
        to = f"foer-{n + 1}" if n < 7 else "ankomst"
        effects = [{"trust": 1}, {"trust": -1}, {"info": 1}, {"pressure": 1}]
        choices = [said(f"foer-{n}-{k}", to, effects=effects[k], minutes=0) for k in range(4)]
        value["scenes"].append({"id": f"foer-{n}", "title": "Før", "says": "Før.", "choices": choices})


def clockless(value: dict[str, Any]) -> None:
    value["minutes"] = 0


def without_time_up(value: dict[str, Any]) -> None:
    del value["time_up"]


def minutes_without_clock(value: dict[str, Any]) -> None:
    value["minutes"] = 0
    del value["time_up"]
    choice(value, "se-armen")["when"] = ["minutes >= 2"]


def counter_never_changed(value: dict[str, Any]) -> None:
    value["counters"].append({"id": "hope", "title": "Håb", "start": 3})


def counter_never_asked(value: dict[str, Any]) -> None:
    counter_never_changed(value)
    choice(value, "femte-dag")["effects"]["hope"] = 1


def counter_called_minutes(value: dict[str, Any]) -> None:
    value["counters"].append({"id": "minutes", "title": "Tid", "start": 3})


CASES: list[tuple[str, Change, tuple[str | int, ...], str]] = [
    ("doubled scene", at("holder", id="halvvejs"), ("scenes", 10, "id"), "id »halvvejs« står to gange"),
    ("doubled choice", doubled_choice, ("scenes", 2, "choices", 0, "id"), "id »femte-dag« står to gange"),
    ("start", put(start="doer"), ("start",), "scenen »doer« findes ikke"),
    ("time_up", put(time_up="uret"), ("time_up",), "scenen »uret« findes ikke"),
    ("to", on("ro-spoerg", to=[{"scene": "dag-seks"}]), ("scenes", 2, "choices", 0, "to", 0, "scene"),
     "scenen »dag-seks« findes ikke"),
    ("effect", on("ro-spoerg", effects={"trsut": 1}), ("scenes", 2, "choices", 0, "effects", "trsut"),
     "tælleren »trsut« findes ikke"),
    ("condition's counter", on("ro-spoerg", when=["trsut >= 1"]), ("scenes", 2, "choices", 0, "when", 0),
     "tælleren »trsut« findes ikke"),
    ("counter as flag", on("ro-spoerg", when=["trust"]), ("scenes", 2, "choices", 0, "when", 0),
     "»trust« er en tæller"),
    ("never remembered", on("ro-spoerg", when=["ven"]), ("scenes", 2, "choices", 0, "when", 0), "»ven« huskes aldrig"),
    ("never asked", on("ro-spoerg", sets=["ven"]), ("scenes", 2, "choices", 0, "sets", 0), "ingen betingelse spørger"),
    ("counter unchanged", counter_never_changed, ("counters", 4), "intet valg ændrer den"),
    ("counter unasked", counter_never_asked, ("counters", 4), "ingen betingelse spørger til den"),
    ("counter minutes", counter_called_minutes, ("counters",), "en tæller kan ikke hedde »minutes«"),
    ("no time_up", without_time_up, ("minutes",), "nøglen »time_up« mangler"),
    ("time_up without clock", clockless, ("time_up",), "hører kun til, når »minutes« er mere end 0"),
    ("minutes without clock", minutes_without_clock, ("scenes", 3, "choices", 0, "when", 0), "men »minutes« er 0"),
    ("expert's choice", lambda value: value["expert"]["path"].append("farvel"), ("expert", "path", 5),
     "valget »farvel« findes ikke"),
    ("few scenes", fewer_scenes, ("scenes",), "7 scener: skriv 8–20"),
    ("many scenes", more_scenes, ("scenes",), "21 scener: skriv 8–20"),
    ("ending with choices", at("vendt", ends="poor"), ("scenes", 6), "en slutning (»ends«) har ingen valg"),
    ("no choices", at("vendt", choices=[]), ("scenes", 6), "blindgyde: skriv valg"),
    ("one choice", lambda value: scene(value, "vendt")["choices"].pop(), ("scenes", 6, "choices"), "1 valg: skriv 2–4"),
    ("no value", without("hold-fast", "value"), ("scenes", 0, "choices", 0), "nøglen »value« mangler"),
    ("no work", without("hold-fast", "work"), ("scenes", 0, "choices", 0), "nøglen »work« mangler"),
    ("value outside", on("ro-spoerg", value="best"), ("scenes", 2, "choices", 0, "value"),
     "hører kun til i en beslutning"),
    ("harm without harm", on("recept", effects={}), ("scenes", 8, "choices", 1, "value"), "skal få følger"),
    ("last way", open_last_way, ("scenes", 5, "choices", 0, "to"), "den sidste vej skal være uden betingelser"),
    ("first way", open_first_way, ("scenes", 5, "choices", 0, "to", 0), "vejene efter den bliver aldrig taget"),
    ("loop", loop, ("scenes", 12), "løkke uden udgang: fra »frem« når man aldrig en slutning"),
    ("dead end", closed_door, ("scenes", 2),
     "blindgyde: efter hold-fast → koelig-om-igen er der intet valg i »ro«"),
    ("unreachable", on("en-uges-ro", to=[{"scene": "dag-fem"}]), ("scenes", 2), "scenen »ro« kan ikke nås"),
    ("never offered", on("vendt-fortryd", when=["trust >= 9"]), ("scenes", 6, "choices", 0, "when"),
     "valget »vendt-fortryd« tilbydes aldrig"),
    ("way never taken", on("ro-spoerg", to=[{"when": ["info >= 9"], "scene": "aarsagen"}, {"scene": "dag-fem"}]),
     ("scenes", 2, "choices", 0, "to", 0), "vejen til »aarsagen« tages aldrig"),
    ("two options", on("bestil-tid", when=["plan >= 9"]), ("scenes", 8, "choices"),
     "mødes med 2 valg på en vej: der skal være 3 hver gang"),
    ("few decisions", on("paa-papir", to=[{"scene": "holder"}]), ("scenes",), "2–4 beslutninger: der skal være 3–5"),
    ("no good end", all_fair, ("scenes",), "mindst to veje med hver sine beslutninger til en god slutning"),
    ("no poor end", at("sygemeldt", ends="fair"), ("scenes",), "ingen vej fører til en dårlig slutning"),
    ("expert stops", lambda value: value["expert"]["path"].pop(), ("expert", "path"), "ekspertens vej slutter ikke"),
    ("expert jumps", lambda value: value["expert"]["path"].pop(1), ("expert", "path", 1),
     "»paa-papir« tilbydes ikke i scenen »dag-fem« efter femte-dag"),
    ("expert ends badly", at("holder", ends="poor"), ("expert", "path"), "ekspertens vej ender ikke godt"),
    ("first always", all_best_first, ("scenes",), "hvem der altid vælger det første"),
    ("longest always", best_longest, ("scenes",), "hvem der altid vælger det længste"),
    ("work always", best_works_most, ("scenes",), "hvem der altid vælger det mest arbejdsvenlige, får 100 %"),
    ("too wide", wide, ("scenes",), "der er for mange veje at gennemgå"),
]  # fmt: skip


def test_the_sample_is_sound() -> None:
    assert list(problems(changed(lambda value: None))) == []


@pytest.mark.parametrize(("change", "keys", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_problem_is_found_where_it_is(change: Change, keys: tuple[str | int, ...], words: str) -> None:
    found = list(problems(changed(change)))
    assert any(place == keys and words in sentence for place, sentence in found), found


def test_the_expert_is_not_the_best() -> None:
    """Another way is worth more, and the sentence shows which."""

    def worse(value: dict[str, Any]) -> None:
        value["expert"]["path"] = ["femte-dag", "spoerg-leder", "paa-papir", "saetningen", "genoptraening"]

    found = dict(problems(changed(worse)))
    sentence = found["expert", "path"]
    assert sentence.startswith("ekspertens vej giver 7, men femte-dag → ")
    assert sentence.endswith(" giver 8")


def test_a_loop_is_one_problem_and_not_a_cascade() -> None:
    found = [sentence for _, sentence in problems(changed(loop))]
    assert [each for each in found if "løkke" in each] == [
        "løkke uden udgang: fra »frem« når man aldrig en slutning",
        "løkke uden udgang: fra »tilbage« når man aldrig en slutning",
    ]
    assert not any("blindgyde" in each for each in found)


def test_too_many_ways_to_review(monkeypatch: pytest.MonkeyPatch) -> None:
    count = paths.survey(sample()).rest.paths
    monkeypatch.setattr("course.exercises.kinds.consultation.problems.MOST_PATHS", count - 1)
    sentences = [sentence for _, sentence in problems(changed(lambda value: None))]
    assert sentences == [f"der er {count} veje: højst {count - 1} kan gennemgås"]


def test_the_places_lead_to_lines() -> None:
    lines = parsed().lines
    lined = text().splitlines()
    assert lined[lines.of("scenes", 5, "choices", 0, "to", 0) - 1].lstrip().startswith("to: [{when:")


def test_the_checker_stands_on_its_own(tmp_path: Path) -> None:
    sound, broken = tmp_path / "sound.yaml", tmp_path / "broken.yaml"
    sound.write_text(text(), encoding="utf-8")
    broken.write_text(text().replace("to: dag-fem\n", "to: dag-seks\n", 1), encoding="utf-8")
    command = [sys.executable, "-m", "course.exercises.kinds.consultation", str(sound), str(broken)]
    found = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert found.returncode == 1
    assert f"{sound}: 0 fejl" in found.stdout
    assert "ekspertens vej 8: femte-dag → spoerg-leder" in found.stdout
    assert "altid det mest arbejdsvenlige: 0 %" in found.stdout
    assert f"{broken}: 1 fejl" in found.stdout
    assert "scenen »dag-seks« findes ikke" in found.stdout


def test_the_checker_says_what_does_not_fit_the_schema(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    broken = tmp_path / "talk.yaml"
    misspelt = text().replace("with: Pernille", "whith: Pernille")
    broken.write_text(misspelt.replace("trust < 4", "trust under 4"), encoding="utf-8")
    assert checker.main([str(broken)]) == 1
    said_here = capsys.readouterr().out
    assert "ukendt nøgle »whith«" in said_here
    assert "betingelsen »trust under 4« kan ikke læses" in said_here
