"""What content files mean together.

`check_structure` finds everything that would make a catalogue wrong; `check_language` what only a reader
would notice. Both report all they find.
"""

from course.content.catalogue import Catalogue
from course.content.checks import activities, cases, courses, forms, language, objectives, pages, quizzes
from course.content.faults import FaultList
from course.content.reading import Written

_STRUCTURE = (
    courses.check,
    activities.check,
    pages.check,
    forms.check,
    quizzes.check,
    objectives.check,
    cases.check,
)


def check_structure(written: Written, faults: FaultList) -> None:
    """Follow every link, id, objective, gate, deadline, rubric, form, quiz and page."""
    for check in _STRUCTURE:
        check(written, faults)


def check_language(written: Written, catalogue: Catalogue | None, faults: FaultList) -> None:
    """Look for text that is not finished, or harder to read than the course promises."""
    language.check_unfinished(written, faults)
    if catalogue is not None:
        language.check_level(written, catalogue, faults)
