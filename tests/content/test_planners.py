"""One thing wrong at a time with the meeting planner's file, and with what a course says of how it is held."""

from __future__ import annotations

import pytest

from course.content.loader import load_source
from course.content.source import DirectorySource, MappingSource
from tests.factories import ROOT

MEETING, COURSE = "assessments/planners/meeting.yaml", "modules/amr/course.yaml"


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    source = DirectorySource(ROOT)
    return {path: source.read(path) for path in source.paths()}


@pytest.mark.parametrize(
    ("path", "old", "new", "words"),
    [
        (MEETING, "minutes: [15, 40]", "minutes: [40, 15]", "det mindste tal skal stå først"),
        (MEETING, "minutes: [15, 40]", "minutes: [15, 41]", "delene tager fra 15 til 40 minutter"),
        (MEETING, "people: [8, 60]", "people: [60, 8]", "det mindste tal skal stå først"),
        (MEETING, "below: igp", "below: dans", "teknikken »dans« findes ikke"),
        (MEETING, "below: igp", "below: fishbowl", "er ikke til færre personer"),
        (MEETING, "id: round", "id: igp", "id »igp« står to gange"),
        (MEETING, "title: Luk\n  minutes: [2, 5]", "title: Luk\n  minutes: [5, 2]", "det mindste tal skal stå først"),
        (MEETING, "title: Mødeplan", "titel: Mødeplan", "titel"),
        (COURSE, "modes: [live, own-time]", "modes: [live]", "kurset kan ikke holdes som »own-time«"),
        (COURSE, "at: session1-end", "at: session3-end", "»session3-end« er ikke en kursusgang"),
        (COURSE, "at: session1-end", "at: start-end", "»start-end« er ikke en kursusgang"),
    ],
)
def test_what_is_wrong_is_found(files: dict[str, bytes], path: str, old: str, new: str, words: str) -> None:
    text = files[path].decode()
    assert old in text
    faults = load_source(MappingSource(files | {path: text.replace(old, new, 1).encode()})).faults
    assert any(fault.path == path and words in fault.message for fault in faults), list(faults)


def test_the_real_files_are_sound(files: dict[str, bytes]) -> None:
    found = load_source(MappingSource(files))
    assert list(found.faults) == []
    assert found.catalogue is not None
    amr, gp = found.catalogue.courses["amr"], found.catalogue.courses["gp"]
    assert (amr.tells_of_patients, gp.tells_of_patients) == (False, True)
    assert (amr.words.the_sessions, gp.words.sessions) == ("kursusgangene", "kursusdage")
    assert [activity.id for activity in amr.logs] == ["amr-11.log"]
    assert gp.logs == ()
