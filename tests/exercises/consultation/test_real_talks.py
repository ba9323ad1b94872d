"""The nine talks of the courses: no ending tells of what did not happen, and no better answer ends worse."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from course.content.faults import FaultList
from course.content.root import REPOSITORY
from course.exercises.kinds.consultation import paths
from course.exercises.kinds.consultation.__main__ import read
from course.exercises.kinds.consultation.rules import State
from course.exercises.kinds.consultation.talk import Talk

FILES = {
    file.stem: file.relative_to(REPOSITORY).as_posix()
    for file in sorted((REPOSITORY / "assessments").glob("*/exercises/[sm][1-6]-*.yaml"))
}
RANK = {"poor": 0, "fair": 1, "good": 2}


def talk_of(name: str) -> Talk:
    path = FILES[name]
    faults = FaultList()
    talk = read(path, (REPOSITORY / path).read_bytes(), faults)
    assert talk is not None
    assert not len(faults)
    return talk


def rank(talk: Talk, state: State) -> int:
    return RANK[talk.scenes[state.scene].ends or "poor"]


@pytest.mark.parametrize("name", FILES)
def test_a_better_answer_in_the_same_place_never_ends_worse(name: str) -> None:
    talk = talk_of(name)
    states = {state.way: state for state in paths.every(talk)}
    compared, worse = 0, []
    for way, state in states.items():
        for place, chosen in enumerate(way):
            for other in talk.scenes[talk.choices[chosen].scene].choices:
                beside = states.get((*way[:place], other.id, *way[place + 1 :]))
                if beside is None or other.points <= talk.choices[chosen].points:
                    continue
                compared += 1
                if rank(talk, beside) < rank(talk, state):
                    worse.append((way, other.id))
    assert compared > 100
    assert worse == []


@pytest.mark.parametrize(
    ("name", "endings", "holds"),
    [
        # A promise is kept by talking first, never by going behind a back.
        ("m1-kenneth", {"slut-loefte"}, lambda way, flags: "lovet" in flags and "bagom" not in flags),
        ("m1-kenneth", {"slut-god"}, lambda way, flags: "morgen-laege" in way),
        ("m1-kenneth", {"slut-lone"}, lambda way, flags: "morgen-lone" in way),
        # The skew table: the machine stands still, or it does not.
        ("m2-trykkeriet", {"slut-god", "slut-bent", "slut-halv"}, lambda way, flags: "stoppet" in flags),
        ("m2-trykkeriet", {"slut-skaevt", "slut-gulvet"}, lambda way, flags: "stoppet" not in flags),
        # Anders says at the end that he never heard what it was.
        ("m3-anders", {"slut-god"}, lambda way, flags: "sagt" not in flags),
        ("m3-anders", {"slut-presset"}, lambda way, flags: way[-1] == "hanne-egen"),
        (
            "m3-anders",
            {"slut-daarlig"},
            lambda way, flags: "sagt" in flags or way[-1] == "holdet-ryggen",
        ),
    ],
)
def test_an_ending_fits_what_went_before(
    name: str, endings: set[str], holds: Callable[[tuple[str, ...], frozenset[str]], bool]
) -> None:
    ended = [state for state in paths.every(talk_of(name)) if state.scene in endings]
    assert {state.scene for state in ended} == endings
    assert [state.way for state in ended if not holds(state.way, state.flags)] == []
