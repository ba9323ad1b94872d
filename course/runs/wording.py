"""The sentences a gate and a deadline are told in."""

from __future__ import annotations

from datetime import datetime

from course.content.catalogue import Course
from course.web.danish import listing, long_date

from .rules import Gate, GateState, Need

_MUST = {
    "started": "begyndt på",
    "submitted": "sendt",
    "accepted": "fået godkendt",
    "done": "gjort færdig",
}


def gate_reason(gate: Gate, course: Course) -> str:
    """Why an activity is closed and when it opens, as a whole sentence; empty when it is open."""
    match gate.state:
        case GateState.OPEN:
            return ""
        case GateState.CANCELLED:
            return "Holdet er aflyst. Du kan læse, hvad du har skrevet, men ikke ændre det."
        case GateState.NOT_YET if gate.opens_at is not None:
            return f"Åbner {long_date(gate.opens_at)}."
        case GateState.NOT_YET:
            return "Åbner, når kursusdagen har fået en dato."
        case GateState.NEEDS:
            return f"Åbner, når du har {listing([_need(need, course) for need in gate.needs])}."
        case GateState.CLOSED if gate.closes_at is not None:
            return f"Lukkede {long_date(gate.closes_at)}. Skriv til kursusarrangøren, hvis du mangler noget."
    return "Lukket."


def _need(need: Need, course: Course) -> str:
    activity = course.activities[need.activity_id]
    slot = activity.slot(need.slot) if need.slot else None
    title = slot.title if slot is not None and len(activity.slots) > 1 else activity.title
    return f"{_MUST[need.state]} »{title}«"


def deadline_words(due: datetime | None) -> str:
    """A deadline as a sentence; empty when there is none."""
    return f"Fristen er {long_date(due)}." if due else ""
