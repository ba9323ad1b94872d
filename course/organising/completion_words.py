"""The words that attendance and completion are told in, on the pages and in the export."""

from __future__ import annotations

from course.certificates.rules import hours
from course.certificates.service import Candidate
from course.runs.attendance_reading import Presence
from course.runs.attendance_rules import AttendanceState
from course.web.danish import clock_time, plural


def attended(there: Presence | None) -> str:
    """What is noted about a session: ``Til stede fra kl. 9.45``, ``Tager dagen med Hold Bakken``."""
    if there is None:
        return "Ikke noteret"
    elsewhere = there.host.name if there.row.held_in_run_id is not None and there.host is not None else ""
    match there.row.state:
        case AttendanceState.PLANNED:
            return f"Tager dagen med {elsewhere}"
        case AttendanceState.ABSENT:
            return "Ikke til stede" + (f" hos {elsewhere}" if elsewhere else "")
        case _:
            return _present(there, elsewhere)


def _present(there: Presence, elsewhere: str) -> str:
    parts = ["Til stede"]
    if elsewhere:
        parts.append(f"hos {elsewhere}")
    if there.row.from_at is not None:
        parts.append(f"fra kl. {clock_time(there.row.from_at)}")
    if there.row.until_at is not None:
        parts.append(f"til kl. {clock_time(there.row.until_at)}")
    if not there.counts:
        parts.append("– for kort")
    return " ".join(parts)


def completed(found: Candidate) -> str:
    """Whether the course counts as completed."""
    if found.grant is not None:
        return "Ja, godkendt med begrundelse"
    return "Ja" if not found.missing else "Nej"


def minutes_as_hours(minutes: int) -> str:
    """``5¾ timer``, to the quarter below."""
    return f"{hours(minutes)} timer"


def issued(number: int) -> str:
    """How many certificates were issued, as a sentence."""
    if not number:
        return "Alle, der har gennemført kurset, har allerede deres bevis."
    return f"{plural(number, 'bevis er udstedt', 'beviser er udstedt')}. Deltagerne får en mail."
