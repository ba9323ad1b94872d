"""What is read outside the pages is as easy as its course promises: every text of every kind of file, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from course.content import kinds
from course.content.checks.readability import ENOUGH_WORDS
from course.content.faults import Fault, FaultList
from course.content.kinds import Keys
from course.content.loader import load_source
from course.content.reading import read
from course.content.schema import ExercisePart
from course.content.source import DirectorySource, MappingSource
from tests.exercises.playing import dumped, files_with, sample
from tests.factories import ROOT as REPOSITORY
from tests.submissions.practice import ROOT as PRACTICE

from .conftest import SAMPLE

LONG = "Så går han ned og op og ind og ud og hen og hjem og så derned."
"""Seventeen short words."""
TOO_LONG = "sætningen »Så går han ned og op …« har 17 ord, men kurset højst 16: del den"
HARD = "Sygefraværssamtalerne gennemføres efterfølgende arbejdspladsvist."
DEMO, MINI = "modules/demo/course.yaml", "modules/mini/course.yaml"
FORM, COMMENTS = "assessments/demo/forms/confidence.yaml", "assessments/demo/comments.yaml"
RUBRIC, CASE = "assessments/rubrics/reflection.yaml", "cases/rengoering.yaml"
PLAN, STATEMENT = "assessments/mini/exercises/problem.yaml", "assessments/mini/exercises/function.yaml"
MEETING = "assessments/planners/meeting.yaml"

UNREAD = {
    "format", "id", "kind", "value", "key", "case", "references", "source", "tool", "form", "finds", "words", "in_",
    "shown_by", "to", "group", "when", "sets", "effects", "start", "time_up", "ends", "path", "setting",
}  # fmt: skip
"""Keys of exercises that nobody reads; `to` is read where it is the other half of a pair."""
LABELS = {"title", "partner", "low", "high", "groups", "unit"}
"""Keys that are read at a glance."""


def files_of(folder: Any) -> dict[str, bytes]:
    source = DirectorySource(folder)
    return {path: source.read(path) for path in source.paths()}


def faults_of(files: Mapping[str, bytes], course: str) -> list[Fault]:
    """What is wrong with content whose course allows a sentence sixteen words."""
    promised = files[course] + b"\nlongest_sentence: 16\n"
    return list(load_source(MappingSource({**files, course: promised})).faults)


def line_of(text: bytes, words: str) -> int:
    return next(n for n, line in enumerate(text.decode().splitlines(), 1) if words in line)


# --- the texts of each kind of exercise


def model_of(exercise: Mapping[str, Any]) -> ExercisePart:
    written = read(MappingSource(files_with(exercise)), FaultList())
    return written.courses["demo"].exercises[exercise["id"]].model


def leaves(value: Any, keys: Keys = ()) -> Iterator[Keys]:
    """Give the place of every text in an exercise that is more than a name or a label."""
    if isinstance(value, str):
        yield keys
    elif isinstance(value, (list, tuple)):
        for n, one in enumerate(value):
            yield from leaves(one, (*keys, n))
    elif isinstance(value, dict):
        for key, one in value.items():
            if key not in UNREAD | LABELS or (key == "to" and "correct" in value):
                yield from leaves(one, (*keys, key))


@pytest.mark.parametrize("name", kinds.NAMES)
def test_every_text_is_given_once_but_the_one_that_is_to_be_judged(name: str) -> None:
    model = model_of(sample(name).exercise)
    given = [keys for keys, _ in kinds.kind(name).prose(model)]
    to_be_judged = {("text",)} if name == "spot" else set()
    assert len(given) == len(set(given))
    assert set(given) == set(leaves(model.model_dump())) - {("intro",)} - to_be_judged


@pytest.mark.parametrize("path", [PLAN, STATEMENT])
def test_every_text_of_a_plan_and_a_statement_is_given(path: str) -> None:
    files = files_of(PRACTICE)
    file = next(f for f in read(MappingSource(files), FaultList()).courses["mini"].exercises.values() if f.path == path)
    given = [keys for keys, _ in kinds.kind(file.model.kind).prose(file.model)]
    assert set(given) == set(leaves(file.model.model_dump())) - {("intro",)}


@pytest.mark.parametrize(
    ("name", "keys", "text"),
    [
        ("screening", ("story",), "»Jeg bliver aldrig rask nok til det arbejde,« siger hun. Trapperne"),
        ("quiz", ("questions", 7, "text"), "Skriv hvad hun kan løfte i stedet for rygsmerter."),
    ],
)
def test_a_text_is_given_as_it_reads(name: str, keys: Keys, text: str) -> None:
    given = dict(kinds.kind(name).prose(model_of(sample(name).exercise)))
    assert text in given[keys]
    assert "[[" not in given[keys]


# --- sentences


def put(value: Any, keys: Keys, text: str) -> Any:
    """Data with a text of its own at one place."""
    if not keys:
        return text
    if isinstance(value, list):
        return [put(one, keys[1:], text) if n == keys[0] else one for n, one in enumerate(value)]
    return {key: put(one, keys[1:], text) if key == keys[0] else one for key, one in value.items()}


PLACES: Mapping[str, tuple[Keys, ...]] = {
    "quiz": (
        ("intro",),
        ("questions", 0, "text"),
        ("questions", 0, "options", 1, "text"),
        ("questions", 2, "reasons", 0, "why"),
        ("questions", 7, "gaps", 1, "options", 0, "why"),
    ),
    "spot": (("asks",), ("marks", 2, "why")),
    "screening": (("barriers", 3, "why"), ("first", "options", 0, "why")),
    "key_features": (("story",), ("decisions", 1, "more"), ("decisions", 1, "options", 3, "text")),
    "consultation": (
        ("scenes", 0, "says"),
        ("scenes", 0, "choices", 0, "text"),
        ("scenes", 0, "choices", 1, "feedback"),
        ("expert", "thinking"),
    ),
}


@pytest.mark.parametrize("name", kinds.NAMES)
def test_a_long_sentence_of_an_exercise_is_found_at_its_line(name: str) -> None:
    exercise = sample(name).exercise
    for keys in PLACES[name]:
        exercise = put(exercise, keys, LONG)
    path = f"assessments/demo/exercises/{exercise['id']}.yaml"
    lines = [n for n, line in enumerate(dumped(exercise).splitlines(), 1) if LONG in line]
    found = [(fault.path, fault.line) for fault in faults_of(files_with(exercise), DEMO) if fault.message == TOO_LONG]
    assert len(lines) == len(PLACES[name])
    assert found == [(path, line) for line in lines]


@pytest.mark.parametrize(
    ("folder", "course", "path", "old", "new"),
    [
        (PRACTICE, MINI, PLAN, "Begynd der, hvor Rune er.", LONG),
        (PRACTICE, MINI, PLAN, "Der står en opgave", LONG),
        (PRACTICE, MINI, PLAN, "Ét skridt er sjældent nok.", LONG),
        (PRACTICE, MINI, PLAN, "Planen nævner en opgave, der findes.", LONG),
        (SAMPLE, DEMO, FORM, "Jeg tager arbejdet op tidligt", LONG),
        (SAMPLE, DEMO, RUBRIC, "Tal om profilen.", LONG),
        (SAMPLE, DEMO, RUBRIC, "[uklar, klar,", f"[uklar, {LONG},"),
        (SAMPLE, DEMO, RUBRIC, "Man ser, hvad lægen gjorde, men ikke hvad der skete.", LONG),
        (SAMPLE, DEMO, COMMENTS, "Lav tre ting om.", LONG),
        (SAMPLE, DEMO, CASE, "En mor er alene med to børn og gør rent om natten.", LONG),
        (SAMPLE, DEMO, CASE, "Jeg mangler folk.", LONG),
        (SAMPLE, DEMO, CASE, "Hvad ville du spørge om?", LONG),
    ],
)
def test_a_long_sentence_is_found_at_its_line(folder: Any, course: str, path: str, old: str, new: str) -> None:
    files = files_of(folder)
    before = [fault for fault in faults_of(files, course) if fault.path == path]
    assert old in files[path].decode()
    files[path] = files[path].decode().replace(old, new, 1).encode()
    found = [fault for fault in faults_of(files, course) if fault.path == path and fault not in before]
    assert [str(fault) for fault in found] == [f"{path}:{line_of(files[path], LONG)}: {TOO_LONG}"]


def test_a_text_that_is_to_be_judged_may_be_as_bad_as_it_likes() -> None:
    exercise = sample("spot").exercise
    exercise = exercise | {"text": f"{exercise['text']}\n\n{LONG} {HARD * 40}"}
    assert load_source(MappingSource(files_with(exercise))).faults == ()
    assert [f for f in faults_of(files_with(exercise), DEMO) if "exercises/" in f.path] == []


@pytest.mark.parametrize(
    ("intro", "is_fault"),
    [
        ("Så går han ned og op og ind\n\nog ud og hen og hjem og så derned", False),
        ("Så går han ned og op og ind\nog ud og hen og hjem og så derned", True),
        ("- Så går han ned og op og ind\n- og ud og hen og hjem og så derned", False),
        ("Så går han *ned* og [op](https://example.org) og ind og ud og hen og hjem", False),
        ("Så går han *ned* og [op](https://example.org) og ind og ud og hen og hjem og så derned", True),
    ],
)
def test_a_sentence_ends_where_its_paragraph_does(intro: str, is_fault: bool) -> None:
    files = files_with(sample("spot").exercise | {"intro": intro})
    found = [fault.message for fault in faults_of(files, DEMO) if "/exercises/" in fault.path]
    assert found == [TOO_LONG] * is_fault


# --- LIX


def lix_faults(intro: str) -> list[tuple[int, str]]:
    exercise = sample("spot").exercise | {"intro": intro}
    return [(fault.line, fault.message) for fault in load_source(MappingSource(files_with(exercise))).faults]


def test_an_exercise_is_measured_as_a_whole() -> None:
    words = len(" ".join(text for _, text in kinds.kind("spot").prose(model_of(sample("spot").exercise))).split())
    times = (ENOUGH_WORDS - words) // 4
    assert lix_faults(" ".join([HARD] * (times - 1))) == []
    ((line, message),) = lix_faults(" ".join([HARD] * (times + 1)))
    assert line == 1
    assert message.startswith("teksterne har LIX ")
    assert message.endswith(", men kurset højst 45: del sætninger og lange ord")


def test_a_long_text_is_measured_by_itself() -> None:
    ((line, message),) = lix_faults(" ".join([HARD] * ENOUGH_WORDS))
    path = files_with(sample("spot").exercise | {"intro": HARD})
    text = next(data for name, data in path.items() if "/exercises/" in name)
    assert line == line_of(text, HARD)
    assert message.startswith("teksten har LIX ")


def test_words_that_cannot_be_avoided_count_as_short() -> None:
    files = files_with(sample("spot").exercise | {"intro": " ".join([HARD] * ENOUGH_WORDS)})
    listed = "\n".join(word.strip(".").lower() for word in HARD.split())
    assert load_source(MappingSource(files | {"assessments/long_words.txt": listed.encode()})).faults == ()


# --- what is shared by courses, and what belongs to none


def course(name: str, promise: str) -> dict[str, bytes]:
    text = f"format: 1\nid: {name}\ntitle: Et kursus\nstatus: draft\n{promise}\nsessions: []\nphases: []\n"
    return {f"modules/{name}/course.yaml": text.encode()}


TWO_COURSES = {
    "assessments/objectives.yaml": b"format: 1\nobjectives: []\n",
    **course("easy", "language_level: 20\nlongest_sentence: 16"),
    **course("hard", "language_level: 60"),
}


@pytest.mark.parametrize(
    ("courses", "summary", "messages"),
    [
        ("hard", LONG, []),
        ("easy", LONG, [TOO_LONG]),
        ("hard, easy", LONG, [TOO_LONG]),
    ],
)
def test_a_case_is_as_easy_as_the_strictest_of_its_courses(courses: str, summary: str, messages: list[str]) -> None:
    case = f"format: 1\nid: rune\ntitle: Rune\ncourses: [{courses}]\nsummary: {summary}\nstory: Han er her.\n"
    found = load_source(MappingSource(TWO_COURSES | {"cases/rune.yaml": case.encode()}))
    assert found.catalogue is not None, found.faults
    assert [str(fault) for fault in found.faults] == [f"cases/rune.yaml:5: {message}" for message in messages]


@pytest.mark.parametrize(("courses", "is_fault"), [("hard", False), ("easy", True), ("hard, easy", True)])
def test_the_lix_of_a_case_is_that_of_the_strictest_of_its_courses(courses: str, is_fault: bool) -> None:
    story = " ".join(["Hverdagen er nu en anden."] * 30)
    case = f"format: 1\nid: rune\ntitle: Rune\ncourses: [{courses}]\nsummary: Han er her.\nstory: {story}\n"
    found = load_source(MappingSource(TWO_COURSES | {"cases/rune.yaml": case.encode()})).faults
    said = "cases/rune.yaml:6: teksten har LIX 25, men kurset højst 20: del sætninger og lange ord"
    assert [str(fault) for fault in found] == [said] * is_fault


MEETING_WORDS = "Sig, hvor mange I er, og hvor længe I har."
TWICE = f"{LONG[:-1]} {LONG.lower()}"


@pytest.mark.parametrize(
    ("path", "old", "new", "message"),
    [
        (MEETING, MEETING_WORDS, TWICE, "har 34 ord, men kurset højst 22"),
        (MEETING, "do: Sig, hvorfor I er her,", f"do: {TWICE[:-1]}", "ord, men kurset højst 22"),
        (MEETING, "remedy: Lederen tager", f"remedy: {TWICE[:-1]}", "ord, men kurset højst 22"),
        (MEETING, "do: Sig, hvorfor I er her,", f"do: {' '.join([HARD] * 13)}", "teksten har LIX"),
        ("assessments/tools/ideas.yaml", "intro: |\n", f"intro: |\n  {TWICE}\n", "har 34 ord, men kurset højst 22"),
    ],
)
def test_tools_and_planners_of_a_workplace_are_held_too(path: str, old: str, new: str, message: str) -> None:
    text = (REPOSITORY / path).read_text("utf-8")
    files = files_of(SAMPLE) | {path: text.encode()}
    assert load_source(MappingSource(files)).faults == ()
    assert old in text
    faults = load_source(MappingSource(files | {path: text.replace(old, new, 1).encode()})).faults
    assert any(fault.path == path and message in fault.message for fault in faults), faults


def test_a_server_that_is_starting_does_not_ask() -> None:
    files = files_with(sample("spot").exercise | {"intro": " ".join([HARD] * ENOUGH_WORDS)})
    assert load_source(MappingSource(files), thorough=False).faults == ()
