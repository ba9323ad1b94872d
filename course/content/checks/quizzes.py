"""Quizzes: that each question can be answered rightly, explains itself and cannot be won by a trick."""

from collections.abc import Iterator

from course.content.checks.courses import doubled
from course.content.checks.forms import check_markdown
from course.content.faults import FaultList
from course.content.reading import CourseParts, File, Written
from course.content.schema import QuestionPart, QuizFile

ENOUGH = 5
"""Fewer single questions than this say nothing about tricks."""

MOST_BY_TRICK = 0.6
"""Who always picks the longest answer gets at most this share right (CURRICULUM, simulated consultations)."""


def check(written: Written, faults: FaultList) -> None:
    for parts in written.courses.values():
        used = {activity.quiz for module in parts.modules.values() for activity in module.model.activities}
        is_broken = written.has_broken_module(parts.folder)
        for quiz in parts.quizzes.values():
            _check_quiz(parts, quiz, faults)
            if quiz.model.id not in used and not is_broken:
                faults.add(quiz.path, quiz.lines.of("id"), "quizzen bruges ikke af nogen aktivitet")


def _check_quiz(parts: CourseParts, quiz: File[QuizFile], faults: FaultList) -> None:
    questions = quiz.model.questions
    check_markdown(quiz, ("intro",), quiz.model.intro, faults)
    doubled(quiz, ("questions",), (question.id for question in questions), faults)
    for index, question in enumerate(questions):
        doubled(quiz, ("questions", index, "options"), (option.id for option in question.options), faults)
        for key, message in question_problems(question):
            faults.add(quiz.path, quiz.lines.of("questions", index, key), message)
    singles = [question for question in questions if question.kind == "single"]
    won = sum(is_longest_right(question) for question in singles)
    if len(singles) >= ENOUGH and won > MOST_BY_TRICK * len(singles):
        faults.add(
            quiz.path,
            quiz.lines.of("questions"),
            f"det længste svar er rigtigt i {won} af {len(singles)} spørgsmål: det må højst være i 60 %",
        )


def question_problems(question: QuestionPart) -> Iterator[tuple[str, str]]:
    """Give what is wrong with a question's answers: the key and a sentence."""
    right = sum(option.correct for option in question.options)
    if right == 0:
        yield "options", "intet svar er rigtigt: skriv correct: true ved det rigtige"
    elif right > 1 and question.kind != "multiple":
        yield "options", f"{right} svar er rigtige: skriv kind: multiple, eller lad kun et være rigtigt"
    if question.kind == "truefalse" and len(question.options) != 2:
        yield "options", "et spørgsmål af slagsen truefalse skal have netop to svar"


def is_longest_right(question: QuestionPart) -> bool:
    """Whether one answer is longer than all others, and right."""
    by_length = sorted(question.options, key=lambda option: len(option.text), reverse=True)
    return by_length[0].correct and len(by_length[0].text) > len(by_length[1].text)
