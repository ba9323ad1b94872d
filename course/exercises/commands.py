"""The command `course talks`: every way through a simulated talk, for clinical review. Returns the exit status."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from course.content.faults import FaultList
from course.content.reading import read
from course.content.root import NoContent, find_root
from course.content.source import DirectorySource

from .kinds.consultation.problems import plain, problems
from .kinds.consultation.review import read_through, reviewed, shortened
from .kinds.consultation.schema import ConsultationPart
from .kinds.consultation.talk import build

FORMS = {"full": reviewed, "through": read_through, "short": shortened}
"""How a talk can be printed: every way whole; to be read from end to end; every scene once, and a line a way."""


def talks_command(
    talk_id: str | None = None,
    course_id: str | None = None,
    path: str | Path | None = None,
    *,
    form: str = "full",
) -> int:
    """Print every way through a talk, or through all talks of a course or of the content, in one of `FORMS`.

    1 if there is no such talk or one has faults, 2 if there is no content.
    """
    try:
        root = find_root(path)
    except NoContent as error:
        print(error)
        return 2
    found = [each for each in _talks(root, course_id) if talk_id in (None, each[1].id)]
    if not found:
        print(f"Der er ingen samtale »{talk_id}«." if talk_id else "Der er ingen samtaler.")
        return 1
    return max([_print(path, model, form) for path, model in found])


def _talks(root: Path, course_id: str | None) -> Iterator[tuple[str, ConsultationPart]]:
    written = read(DirectorySource(root), FaultList())
    for parts in written.courses.values():
        for file in parts.exercises.values():
            if isinstance(file.model, ConsultationPart) and course_id in (None, parts.folder):
                yield file.path, file.model


def _print(path: str, model: ConsultationPart, form: str) -> int:
    if next(problems(model), None) is not None:
        print(f"{path} har fejl: kør course check\n")
        return 1
    for line in FORMS[form](build(model, plain)):
        print(line)
    print()
    return 0
