"""Plans and statements: one thing wrong at a time, found at its line and said in a sentence."""

from __future__ import annotations

import pytest

from course.content.coverage import coverage
from course.content.faults import Fault
from course.content.loader import load_source
from course.content.source import DirectorySource, MappingSource
from tests.submissions.practice import ROOT

SOURCE = DirectorySource(ROOT)
FILES = {path: SOURCE.read(path) for path in SOURCE.paths()}
PLAN = "assessments/mini/exercises/problem.yaml"
TEXT = "assessments/mini/exercises/function.yaml"
GOAL = "assessments/mini/exercises/goal.yaml"
MODULE = "modules/mini/mini-01/module.yaml"


def faults_of(path: str, old: str, new: str) -> list[Fault]:
    """The faults of the course with one text replaced in one file."""
    text = FILES[path].decode()
    assert old in text, f"{old!r} is not in {path}"
    return list(load_source(MappingSource(FILES | {path: text.replace(old, new, 1).encode()})).faults)


def test_the_course_is_sound_and_covered_by_performance() -> None:
    loaded = load_source(MappingSource(FILES))
    assert list(loaded.faults) == []
    (found,) = coverage(loaded.written)
    assert found.rows[0].assessed == ("mini-01.plan", "mini-01.goal", "mini-01.statement")


@pytest.mark.parametrize(
    ("path", "old", "new", "line", "words"),
    [
        (PLAN, "tool: 12", "tool: 11", 6, "redskab 11 findes ikke"),
        (PLAN, "tool: 12\n", "", 2, "skriv enten »tool:« (et redskab) eller »form:« (en formular)"),
        (TEXT, "form: function", "form: funktion", 5, "formularen »funktion« findes ikke"),
        (TEXT, "form: function\n", "form: function\ntool: 12\n", 2, "skriv enten »tool:«"),
        (PLAN, "case: rune\n", "", 2, "nøglen »case« mangler"),
        (PLAN, "case: rune", "case: ruben", 7, "casen »ruben« findes ikke"),
        (PLAN, "in: [tasks]", "in: [tasks, opgaver]", 9, "feltet »opgaver« findes ikke i formularen"),
        (GOAL, "in: [by]", "in: [sure]", 8, "»date« kan ikke findes i »sure«, et felt af typen scale"),
        (TEXT, "finds: plain}", "finds: plain, in: [story]}", 14, "feltet »story« findes ikke"),
        (PLAN, "words: [loft, lift, tavle]", "words: []", 10, "skriv også de ord, der skal findes: »words:«"),
        (PLAN, ", words: [loft, lift, tavle]", "", 10, "skriv også de ord"),
        (PLAN, "finds: date,", "finds: date, words: [uge],", 11, "»words« hører til »finds: words«, og kun der"),
        (TEXT, "finds: more_can,", "finds: more_can, least: 2,", 10, "»least« kan ikke bruges ved »finds: more_can«"),
        (PLAN, "id: dated", "id: task", 11, "id »task« står to gange"),
        (PLAN, "finds: date", "finds: dato", 11, "»finds« kan ikke være »dato« – mente du »date«?"),
        (PLAN, "least: 2", "least: 0", 12, "»least«"),
        (PLAN, "why: Ét", "hvorfor: Ét", 12, "ukendt nøgle »hvorfor«"),
        (GOAL, "model: ", "modelsvar: ", 9, "ukendt nøgle »modelsvar«"),
        (PLAN, "tavler", "kabler", 13, "modelsvaret opfylder ikke selv kriteriet »task« (words)"),
        (TEXT, "i brysthøjde", "trods slidgigt", 15, "modelsvaret har »slidgigt«, men kriteriet »no-diagnosis«"),
        (MODULE, "exercise: problem", "exercise: problems", 14, "øvelsen »problems« findes ikke"),
        (MODULE, "exercise: problem", "exercise: function", 14, "»function« er af slagsen statement, ikke plan"),
        (MODULE, "exercise: problem", "form: function", 14, "kan ikke have »form:«"),
    ],
)
def test_a_fault_is_found_at_its_line(path: str, old: str, new: str, line: int, words: str) -> None:
    faults = [str(fault) for fault in faults_of(path, old, new)]
    assert any(fault.startswith(f"{path}:{line}: ") and words in fault for fault in faults), faults


def test_without_a_model_answer_or_criteria() -> None:
    assert any("nøglen »model« mangler" in str(fault) for fault in faults_of(GOAL, "model: Samle", "intro: Samle"))
    text = FILES[GOAL].decode()
    head, _, model = text.partition("criteria:")
    without = head + model[model.index("model:") :]
    faults = load_source(MappingSource(FILES | {GOAL: without.encode()})).faults
    assert [str(fault) for fault in faults] == [f"{GOAL}:2: nøglen »criteria« mangler: skriv mindst ét kriterium"]
