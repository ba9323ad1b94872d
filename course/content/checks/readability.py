"""Whether exercises, quizzes, forms, rubrics, comments and cases are as easy to read as their courses promise.

Short texts follow each other there (a question, its answers, a reason to each), so LIX is taken of all of a file, and
of a text only when it is long. A sentence is held for itself.
"""

import re
from collections.abc import Iterable, Iterator

from course.content import kinds
from course.content.catalogue import Catalogue
from course.content.checks.language import check_sentences, check_texts
from course.content.faults import FaultList
from course.content.kinds import Passage
from course.content.language import exempt_words
from course.content.markdown import Renderer, paragraphs
from course.content.reading import CourseParts, File, Written
from course.content.schema import CaseFile, CourseFile, ExercisePart, FieldPart, FormFile, RubricFile

ENOUGH_WORDS = 100
"""LIX says nothing about short texts that have fewer words than this together."""

_MARKDOWN = re.compile(r"[*_`\[\\|<&]|^(?:[ \t]|[-+>:/#=]|\d+\.)", re.M)
"""What a text must have in it to be more than paragraphs; most have not, and rendering takes its time."""
_EMPTY_LINE = re.compile(r"\n\s*\n")


def check_level(written: Written, catalogue: Catalogue, faults: FaultList) -> None:
    """Report every file whose texts are too hard, and every sentence that is too long."""
    reader = _Reader(written.long_words(), faults)
    for parts in written.courses.values():
        if parts.file is not None:
            for file, passages in _files(parts):
                reader.check(file, passages, [parts.file.model])
            for name in catalogue.courses[parts.folder].judged_by:
                rubric = written.rubrics[name]
                reader.check(rubric, _judged_by(rubric.model), [parts.file.model])
    for case in written.cases.values():
        used_by = [written.courses[name].file for name in case.model.courses]
        reader.check(case, _told(case.model), [file.model for file in used_by if file is not None])


class _Reader:
    """Holds files to what the strictest of their courses promises. `long_words` are those that cannot be avoided."""

    def __init__(self, long_words: str, faults: FaultList) -> None:
        self._exempt = exempt_words(long_words)
        self._renderer = Renderer()
        self._faults = faults

    def check(self, file: File, passages: Iterable[Passage], courses: list[CourseFile]) -> None:
        level = min(course.language_level for course in courses)
        longest = min((course.longest_sentence for course in courses if course.longest_sentence), default=None)
        texts = [(keys, self._paragraphs(text)) for keys, text in passages]
        check_texts(file, texts, level, self._exempt, self._faults, enough=ENOUGH_WORDS)
        for keys, text in texts:
            check_sentences(file.path, file.lines.of(*keys), text, longest, self._faults)

    def _paragraphs(self, text: str) -> list[str]:
        if _MARKDOWN.search(text):
            return paragraphs(self._renderer.html(text))
        return [" ".join(paragraph.split()) for paragraph in _EMPTY_LINE.split(text)]


# --- what is read in each file


def _files(parts: CourseParts) -> Iterator[tuple[File, Iterable[Passage]]]:
    for exercises in (parts.quizzes, parts.exercises):
        yield from ((file, _played(file.model)) for file in exercises.values())
    yield from ((file, _asked(file.model)) for file in parts.forms.values())
    if parts.comments is not None:
        comments = parts.comments.model.comments
        yield parts.comments, [(("comments", n, "text"), comment.text) for n, comment in enumerate(comments)]


def _played(exercise: ExercisePart) -> Iterator[Passage]:
    if exercise.intro is not None:
        yield ("intro",), exercise.intro
    yield from kinds.kind(exercise.kind).prose(exercise)


def _asked(form: FormFile) -> Iterator[Passage]:
    if form.intro is not None:
        yield ("intro",), form.intro
    for n, check in enumerate(form.self_check):
        yield ("self_check", n), check
    for s, step in enumerate(form.steps):
        yield from ((("steps", s, key), text) for key in ("intro", "help") if (text := getattr(step, key)))
        for n, nudge in enumerate(step.nudges):
            yield ("steps", s, "nudges", n, "say"), nudge.say
        for f, field in enumerate(step.fields):
            yield from ((("steps", s, "fields", f, *keys), text) for keys, text in _field(field))


def _field(field: FieldPart) -> Iterator[Passage]:
    yield ("label",), field.label
    if field.help is not None:
        yield ("help",), field.help
    for n, option in enumerate(field.options):
        yield ("options", n, "text"), option.text


def _judged_by(rubric: RubricFile) -> Iterator[Passage]:
    """The anchors themselves are printed: course.content.checks.language holds them."""
    if rubric.intro is not None:
        yield ("intro",), rubric.intro
    for c, criterion in enumerate(rubric.criteria):
        yield from ((("criteria", c, "levels", n), level) for n, level in enumerate(criterion.levels))
    for a, anchor in enumerate(rubric.anchors):
        yield from ((("anchors", a, "why", name), why) for name, why in (anchor.why or {}).items())


def _told(case: CaseFile) -> Iterator[Passage]:
    yield ("summary",), case.summary
    yield ("story",), case.story
    for n, perspective in enumerate(case.perspectives):
        yield ("perspectives", n, "text"), perspective.text
    for n, question in enumerate(case.questions):
        yield ("questions", n), question
