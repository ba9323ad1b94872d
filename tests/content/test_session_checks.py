"""One thing wrong at a time with the days of a sound course: found at its line, and nothing else is said."""

import pytest

from course.content.faults import Fault
from course.content.loader import load_source
from course.content.source import MappingSource

from .conftest import Change

COURSE = "modules/demo/course.yaml"
SHEET = "modules/demo/day1.sheet.yaml"
DAY = "modules/demo/demo-03/module.yaml"
HOME = "modules/demo/demo-04/module.yaml"
CARDS = "assessments/demo/cards/roles.yaml"
RUBRIC = "assessments/rubrics/reflection.yaml"
WORDS = "assessments/demo/forms/peer-words.yaml"
LONG = "Sygefraværssamtalerne gennemføres efterfølgende arbejdspladsvist. " * 15


@pytest.mark.parametrize(
    ("path", "old", "new", "line", "words"),
    [
        (SHEET, "id: day1", "id: day3", 2, "kursusgangen »day3« findes ikke"),
        (SHEET, "minutes: 15, title: Kaffe", "minutes: 20, title: Kaffe", 6, "linjerne er 440 minutter"),
        (
            SHEET,
            "title: Kaffe, pause",
            "title: Kaffe, module: demo-02, pause",
            13,
            "en pause kan ikke høre til et modul",
        ),
        (SHEET, "title: I grupper, module: demo-03", "title: Os, module: demo-09", 14, "modulet »demo-09« findes ikke"),
        (SHEET, "title: I grupper, module: demo-03", "title: Os, module: demo-01", 14, "ikke i kursusgangens fase"),
        (SHEET, "after: Tag et", "after: <b>Tag</b> et", 15, "rå HTML"),
        (SHEET, "how: Gå en runde", "how: TODO gå en runde", 10, "ikke færdig"),
        (SHEET, "how: Gå en runde", f"how: {LONG} Gå en runde", 10, "teksten har LIX"),
        (CARDS, "text: Du vil helst hjem.", f"text: {LONG}", 9, "teksten har LIX"),
        (RUBRIC, "text: Jeg spurgte", f"text: {LONG} Jeg spurgte", 10, "teksten har LIX"),
        (RUBRIC, "levels: {description: 1}", "levels: {description: 4}", 11, "ikke noget trin 4"),
        (RUBRIC, "levels: {description: 1}", "levels: {insight: 1}", 11, "et trin for hvert kriterium"),
        (RUBRIC, "why: {description:", "why: {insight:", 12, "en begrundelse for hvert kriterium"),
        (WORDS, "rubric: reflection", "rubric: mirror", 10, "vurderingsskemaet »mirror« findes ikke"),
        (COURSE, "remind: [7, 2]", "remind: [7, 7]", 16, "den samme dag"),
        (COURSE, "demo-03.attend, needs: done", "demo-03.attend, needs: submitted", 20, "skriv done"),
        (
            DAY,
            "page: dagen, session: day1}",
            "page: dagen, session: day2}",
            12,
            "skal stå i et modul på den kursusgang",
        ),
        (DAY, "title: Gruppens ark\n    minutes: 60", "title: Ark\n    minutes: 0", 16, "kun fremmødet"),
        (DAY, "opens: day1, announce: true", "announce: true", 24, "kræver »opens«"),
        (DAY, "form: commitment, opens", "form: commitment, figures: true, opens", 24, "ikke noget, der kan tælles"),
        (HOME, "review: true, ", "", 9, "skal have review: true"),
        (HOME, "review: true", "review: true, release: true", 9, "slet release"),
        (HOME, "kind: peer", "kind: analysis", 10, "»demo-04.homework« er ikke en case"),
    ],
)
def test_a_fault_is_found_at_its_line(changed: Change, path: str, old: str, new: str, line: int, words: str) -> None:
    faults = [str(fault) for fault in changed(path, old, new)]
    assert any(fault.startswith(f"{path}:{line}: ") and words in fault for fault in faults), faults
    assert {fault.partition(":")[0] for fault in faults} <= {path, COURSE}


@pytest.mark.parametrize(("path", "kind"), [(DAY, "kind: worksheet\n    "), (HOME, "kind: homework, ")])
def test_what_is_written_with_others_may_assess_what_one_can_do(changed: Change, path: str, kind: str) -> None:
    end = kind.removeprefix(kind.rstrip(", \n"))
    assert changed(path, kind, f"{kind}assesses: [demo.P1.evne.1]{end}") == []
    faults = changed(path, kind, f"{kind}assesses: [demo.P1.viden.1]{end}")
    assert ["viden vurderes med en quiz" in fault.message for fault in faults] == [True]


def test_minutes_of_a_module_are_those_of_the_sheet(changed: Change) -> None:
    assert [str(fault) for fault in changed(DAY, "minutes: 360", "minutes: 350")] == [
        f"{SHEET}:7: modulet »demo-03« er 360 minutter her, men 350 i {DAY}"
    ]


def test_activities_of_a_day_may_leave_time_for_teaching_but_not_exceed_it(changed: Change) -> None:
    assert changed(DAY, "title: En aftale med dig selv, minutes: 10", "title: Aftale, minutes: 300") == []
    assert [str(fault) for fault in changed(DAY, "selv, minutes: 10", "selv, minutes: 301")] == [
        f"{DAY}:5: modulet er sat til 360 minutter, men aktiviteterne er 361 minutter tilsammen"
    ]
    assert [str(fault) for fault in changed(HOME, "minutes: 50", "minutes: 51")] == [
        f"{HOME}:5: modulet er sat til 51 minutter, men aktiviteterne er 50 minutter tilsammen"
    ]


def without(files: dict[str, bytes], path: str) -> list[Fault]:
    return list(load_source(MappingSource({name: data for name, data in files.items() if name != path})).faults)


def test_a_complete_course_needs_its_run_sheet_a_draft_does_not(sample_files: dict[str, bytes]) -> None:
    assert [str(fault) for fault in without(sample_files, SHEET)] == [
        f"{COURSE}:7: kursusgangen »day1« mangler en køreplan (modules/demo/day1.sheet.yaml), men »demo« er complete"
    ]
    draft = sample_files[COURSE].replace(b"status: complete", b"status: draft")
    assert without(sample_files | {COURSE: draft}, SHEET) == []


def test_a_sheet_that_cannot_be_read_is_not_missing(changed: Change) -> None:
    assert {fault.path for fault in changed(SHEET, "format: 1", "format: 8")} == {SHEET}


def test_short_texts_are_measured_together(changed: Change, sample_files: dict[str, bytes]) -> None:
    cards = "\n".join(
        f"  - {{id: c{n}, title: C, text: Sygefraværssamtalerne gennemføres efterfølgende arbejdspladsvist her.}}"
        for n in range(12)
    )
    text = sample_files[CARDS].decode()
    faults = changed(CARDS, text.partition("cards:\n")[2], f"{cards}\n")
    assert [(fault.line, fault.message.split(",")[0][:16]) for fault in faults] == [(1, "teksterne har LI")]


@pytest.mark.parametrize("audience", ["facilitator", "projector", "handout"])
def test_activities_stand_on_pages_for_everyone(changed: Change, audience: str) -> None:
    faults = changed(HOME, "title: Hjemme}", f"title: Hjemme, audience: {audience}}}")
    assert [str(fault) for fault in faults] == [
        f"{HOME}:6: modulet mangler en side til alle (audience: everyone)",
        f"{HOME}:9: siden »hjemme« er ikke til alle: aktiviteter kan kun stå på sider til alle",
        f"{HOME}:10: siden »hjemme« er ikke til alle: aktiviteter kan kun stå på sider til alle",
    ]


def test_a_page_for_all_leads_to_no_page_for_staff(changed: Change) -> None:
    page = "modules/demo/demo-03/dagen.md"
    assert [str(fault) for fault in changed(page, "page:demo-03/ark", "page:demo-03/noter")] == [
        f"{page}:1: »page:demo-03/noter« er kun for kursuslederen: kursister kan ikke følge linket"
    ]


@pytest.mark.parametrize("kind", ["read", "quiz", "attend", "case", "analysis", "peer"])
def test_some_kinds_are_no_figures(changed: Change, kind: str) -> None:
    faults = changed(DAY, "kind: worksheet", f"kind: {kind}")
    assert any(f"slagsen {kind} kan ikke vises som tal" in fault.message for fault in faults)
