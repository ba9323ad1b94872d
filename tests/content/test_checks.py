"""One thing wrong at a time in a sound course: that it is found, at its line, and nothing else is said."""

import pytest

from course.content.checks.activities import is_before
from course.content.symbolic import parse
from course.exercises.kinds.quiz.problems import is_longest_right
from course.exercises.kinds.quiz.schema import AnswerPart, QuestionPart

from .conftest import Change

COURSE = "modules/demo/course.yaml"
ONE = "modules/demo/demo-01/module.yaml"
TWO = "modules/demo/demo-02/module.yaml"
PAGE = "modules/demo/demo-01/hej.md"
CASE = "assessments/demo/forms/case.yaml"
ANALYSIS = "assessments/demo/forms/analysis.yaml"
QUIZ = "assessments/demo/quizzes/myths.yaml"
GOALS = "assessments/objectives.yaml"


@pytest.mark.parametrize(
    ("path", "old", "new", "words"),
    [
        (COURSE, "title: Et lille kursus", "titel: Et kursus", "mente du »title«?"),
        (COURSE, "at: 2 weeks after day1", "at: 2 weeks after day3", "»day3« er ikke en kursusgang"),
        (ONE, "minutes: 20", "minutes: 25", "20 minutter tilsammen"),
        (ONE, "page: myter\n    quiz", "page: hej\n    quiz", "/// activity | demo-01.myths"),
        (ONE, "date: 2026-03-31", "date: 2026-02-30", "datoen 2026-02-30 findes ikke"),
        (ONE, "source: 000", "source: 0", "»source« skal være tekst"),
        (TWO, "due: cases", "due: case", "fristen »case« findes ikke"),
        (TWO, "slot: bad, state: submitted", "slot: worst, state: submitted", "»worst« findes ikke"),
        (TWO, "rubric: reflection", "rubric: mirror", "»mirror« findes ikke"),
        (TWO, "form: analysis", "form: analyse", "formularen »analyse« findes ikke"),
        (TWO, "opens: start", "opens: 1 day before start at 25.00", "»25.00« er ikke et klokkeslæt"),
        (TWO, "opens: start", "opens: 31 februar", "ikke en symbolsk dato"),
        (PAGE, "module:demo-02", "module:demo-09", "»module:demo-09« findes ikke"),
        (PAGE, "#ryggen-i-ro", "#ryggen", "overskriften »#ryggen« findes ikke"),
        (PAGE, "figur:vej.svg", "https://x.dk/vej.svg", "ligge i modulets mappe"),
        (CASE, "field: my_part, say: Hvad", "field: mypart, say: Hvad", "feltet »mypart« findes ikke"),
        (ANALYSIS, "{wanted}", "{wish}", "feltet »wish« findes ikke"),
        (QUIZ, "why: Bevægelse hjælper.", 'why: ""', "»why« er tom"),
        (GOALS, "demo.P1.effekt.1", "demo.P1.evne.2", "hedder »evne«"),
    ],
)
def test_a_fault_is_found_at_its_line(
    changed: Change, sample_files: dict[str, bytes], path: str, old: str, new: str, words: str
) -> None:
    line = sample_files[path].decode().partition(old)[0].count("\n") + 1
    faults = [str(fault) for fault in changed(path, old, new)]
    assert any(fault.startswith(f"{path}:{line}: ") and words in fault for fault in faults), faults


def test_a_question_without_a_right_answer(changed: Change) -> None:
    assert [str(fault) for fault in changed(QUIZ, "correct: true, why: Bev", "why: Bev")] == [
        f"{QUIZ}:9: intet svar er rigtigt: skriv correct: true ved det rigtige"
    ]


def test_a_forgotten_module(changed: Change) -> None:
    faults = [str(fault) for fault in changed(COURSE, "[demo-01]", "[]")]
    assert f"{ONE}:2: modulet står ikke i nogen fase i course.yaml" in faults


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (CASE, "guard: patient", "guard: patienten"),
        (TWO, "id: demo-02.case", "id: [demo-02.case"),
        (ONE, "format: 1", "format: 9"),
        (QUIZ, "kind: multiple", "kind: many"),
        (COURSE, "status: complete", "status: done"),
    ],
)
def test_a_file_that_cannot_be_read_does_not_accuse_the_others(changed: Change, path: str, old: str, new: str) -> None:
    faults = changed(path, old, new)
    assert {fault.path for fault in faults} == {path}


def test_a_complete_course_must_cover_every_objective(changed: Change) -> None:
    faults = changed(TWO, "    assesses: [demo.P1.evne.1]\n", "")
    assert [str(fault) for fault in faults] == [
        f"{GOALS}:4: læringsmålet »demo.P1.evne.1« vurderes ingen steder, men »demo« er complete"
    ]


@pytest.mark.parametrize(
    ("deadline", "opens", "expected"),
    [
        ("1 week before day1", "day1", True),
        ("1 day after day1", "1 week after day1", True),
        ("1 week after day1", "1 day after day1", False),
        ("1 week before day1", "start", False),
        ("day1", "day1", False),
    ],
)
def test_only_dates_from_one_anchor_are_compared(deadline: str, opens: str, expected: bool) -> None:
    assert is_before(parse(deadline), parse(opens)) is expected


def test_the_longest_answer() -> None:
    def question(*options: tuple[str, bool]) -> QuestionPart:
        answers = [AnswerPart(id=f"a{n}", text=t, correct=c, why="x") for n, (t, c) in enumerate(options)]
        return QuestionPart(id="q", kind="single", text="?", options=tuple(answers))

    assert is_longest_right(question(("langt svar", True), ("kort", False)))
    assert not is_longest_right(question(("kort", True), ("langt svar", False)))
    assert not is_longest_right(question(("lige", True), ("lang", False)))
