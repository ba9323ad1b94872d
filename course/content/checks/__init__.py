"""What content files mean together.

`check_structure` finds everything that would make a catalogue wrong; `check_thoroughly` what only a reader, or who
tries everything, would notice. Both report all they find.
"""

from course.content.catalogue import Catalogue
from course.content.checks import (
    activities,
    cases,
    courses,
    exercises,
    forms,
    kinds,
    language,
    objectives,
    pages,
    planners,
    readability,
    sheets,
    tools,
)
from course.content.faults import FaultList
from course.content.reading import Written

_STRUCTURE = (
    courses.check,
    sheets.check,
    activities.check,
    kinds.check,
    pages.check,
    forms.check,
    exercises.check,
    objectives.check,
    cases.check,
    tools.check,
    tools.check_texts,
    planners.check,
)


def check_structure(written: Written, faults: FaultList) -> None:
    """Follow every link, id, objective, gate, deadline, rubric, form, quiz and page."""
    for check in _STRUCTURE:
        check(written, faults)


def check_thoroughly(written: Written, catalogue: Catalogue | None, faults: FaultList) -> None:
    """Look for text that is not finished or harder to read than the course promises, and try what can be tried."""
    exercises.check_trials(written, faults)
    language.check_unfinished(written, faults)
    if catalogue is not None:
        language.check_level(written, catalogue, faults)
        readability.check_level(written, catalogue, faults)
        tools.check_level(written, catalogue, faults)
        planners.check_level(written, faults)
