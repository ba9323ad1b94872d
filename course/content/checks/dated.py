"""Rules that were last checked too long ago: a warning for the author, not a fault."""

import datetime as dt
import re
from collections.abc import Iterator

from course.content.faults import Fault
from course.content.reading import Written
from course.content.schema import real_date

_RULE = re.compile(r"\s*/{3,}\s*rule\b")
_CHECKED = re.compile(r"\s+checked:\s*[\"']?(\d{4}-\d{2}-\d{2})[\"']?\s*")
_OPTION = re.compile(r"\s+\w+:\s.*")


def outdated_rules(written: Written, today: dt.date) -> list[Fault]:
    """Return a warning for every `/// rule` of any file that was last checked more than a year before `today`."""
    oldest = _a_year_before(today)
    return sorted(
        Fault(path, line, f"reglen er sidst efterset {day}, for over et år siden: slå den efter, og ret »checked«")
        for path, text in written.texts.items()
        for line, day in _checked(text)
        if day < oldest
    )


def _a_year_before(day: dt.date) -> dt.date:
    """Return the same day a year before; for 29 February the 28th."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return day.replace(year=day.year - 1, day=last)


def _checked(text: str) -> Iterator[tuple[int, dt.date]]:
    """Give the line and the day of `checked:` among the options of every rule in a text."""
    in_rule = False
    for number, line in enumerate(text.split("\n"), 1):
        found = _CHECKED.fullmatch(line) if in_rule else None
        if found:
            yield from _dated(number, found[1])
        in_rule = bool(_RULE.match(line)) or (in_rule and bool(_OPTION.fullmatch(line)))


def _dated(number: int, text: str) -> Iterator[tuple[int, dt.date]]:
    try:
        day = real_date(text)
    except ValueError:
        return  # a fault of its own
    if isinstance(day, dt.date):
        yield number, day
