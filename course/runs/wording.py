"""The sentences a gate and a deadline are told in."""

from __future__ import annotations

from datetime import datetime

from course.content.catalogue import Course
from course.db.session import current
from course.web.danish import listing, long_date

from .contents import course_of
from .models import Run, Team
from .rules import Gate, GateState, Need

_MUST = {
    "started": "begyndt på",
    "submitted": "sendt",
    "accepted": "fået godkendt",
    "done": "gjort færdig",
}


_REASONS = {
    GateState.OPEN: "",
    GateState.CANCELLED: "Holdet er aflyst. Du kan læse, hvad du har skrevet, men ikke ændre det.",
    GateState.NO_TEAM: "Åbner, når grupperne er lavet, og du er kommet i en.",
    GateState.NO_PEER: "Du har ingen makker endnu. Makkere fordeles, når fristen for hjemmeopgaven er gået.",
    GateState.PEER_WAITS: "Åbner, når en underviser har læst din makkers hjemmeopgave og givet den til dig.",
}


def gate_reason(gate: Gate, course: Course) -> str:
    """Why an activity is closed and when it opens, as a whole sentence; empty when it is open."""
    match gate.state:
        case GateState.NO_TEAM if gate.by_talk:
            return "Åbner, når du har fået en makker."
        case GateState.NOT_YET if gate.opens_at is not None:
            return f"Åbner {long_date(gate.opens_at)}."
        case GateState.NOT_YET:
            return f"Åbner, når {course.words.the_session} har fået en dato."
        case GateState.NEEDS if gate.by_talk:
            return _left(gate, course)
        case GateState.NEEDS:
            return f"Åbner, når du har {listing([_need(need, course) for need in gate.needs])}."
        case GateState.CLOSED if gate.closes_at is not None:
            return f"Lukkede {long_date(gate.closes_at)}. Skriv til kursusarrangøren, hvis du mangler noget."
    return _REASONS.get(gate.state, "Lukket.")


def _left(gate: Gate, course: Course) -> str:
    """What is left of a session in one's own time: named when it is little."""
    titles = [f"»{course.activities[need.activity_id].title}«" for need in gate.needs]
    return f"Du mangler {listing(titles)}." if len(titles) <= 2 else f"Du mangler {len(titles)} ting i kursusgangen."


def _need(need: Need, course: Course) -> str:
    activity = course.activities[need.activity_id]
    slot = activity.slot(need.slot) if need.slot else None
    title = slot.title if slot is not None and len(activity.slots) > 1 else activity.title
    return f"{_MUST[need.state]} »{title}«"


def course_of_run(run: Run) -> Course:
    """The course of a run, for the words its pages say."""
    return course_of(current(), run)


def deadline_words(due: datetime | None) -> str:
    """A deadline as a sentence; empty when there is none."""
    return f"Fristen er {long_date(due)}." if due else ""


def team_name(team: Team) -> str:
    """What a team is called."""
    return f"Gruppe {team.no}"
