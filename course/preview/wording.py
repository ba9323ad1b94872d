"""What a course file says about time and order, in Danish sentences for an author."""

import datetime as dt
from collections.abc import Mapping

from course.content.catalogue import Activity, Course, Deadline, Kind
from course.content.symbolic import END, START, Direction, Symbolic, Unit

_UNITS = {Unit.DAYS: ("dag", "dage"), Unit.WEEKS: ("uge", "uger"), Unit.MONTHS: ("måned", "måneder")}
AUDIENCES: Mapping[str, str] = {
    "everyone": "Til alle",
    "facilitator": "Noter til kursuslederen",
    "projector": "Til lærredet",
    "handout": "Ark til uddeling",
}
"""Who a page is for."""

_KINDS = {
    Kind.WORKSHEET: "Gruppeark: en gruppe skriver det sammen",
    Kind.HOMEWORK: "Hjemmeopgave: én makker får den at se",
    Kind.PLAN: "Plan: et redskab brugt på en case",
    Kind.STATEMENT: "Tekst om en case, med et modelsvar bagefter",
    Kind.PEER: "Ord til en makkers hjemmeopgave",
}
_STATES = {"started": "er begyndt", "submitted": "er sendt", "accepted": "er godkendt", "done": "er gjort"}


def moment_words(moment: Symbolic, course: Course) -> str:
    """Return a symbolic date as words: "14 dage før Kursusdag 1 kl. 23.59"."""
    anchor = _anchor_words(moment.anchor, course)
    at = f" kl. {moment.time.hour}.{moment.time.minute:02}" if moment.time else ""
    if moment.direction is Direction.AT:
        return f"{anchor}{at}"
    one, many = _UNITS[moment.unit]
    side = "før" if moment.direction is Direction.BEFORE else "efter"
    return f"{moment.amount} {one if moment.amount == 1 else many} {side} {anchor}{at}"


def _anchor_words(anchor: str, course: Course) -> str:
    if anchor == START:
        return "holdets åbning"
    title = course.sessions[anchor.removesuffix(END)].title
    return f"slutningen af {title}" if anchor.endswith(END) else title


def clock_words(time: dt.time) -> str:
    """Return a time of the day as "9.05"."""
    return f"{time.hour}.{time.minute:02}"


def remind_words(deadline: Deadline) -> str:
    """Return when the reminders of a deadline go out, or ""."""
    days = [str(days) for days in sorted(deadline.remind, reverse=True)]
    if not days:
        return ""
    listed = f"{', '.join(days[:-1])} og {days[-1]}" if days[1:] else days[0]
    return f"Påmindelse {listed} {'dag' if days == ['1'] else 'dage'} før"


def gate_words(activity: Activity, course: Course) -> list[str]:
    """Return what an activity is, when it opens, when it is due and what must come first."""
    words = [_KINDS[activity.kind]] if activity.kind in _KINDS else []
    if activity.session:
        words.append(f"Kursusgang: {course.sessions[activity.session].title}")
    if activity.opens:
        words.append(f"Åbner: {moment_words(activity.opens, course)}")
    if activity.due:
        words.append(f"Frist: {moment_words(course.deadlines[activity.due].at, course)}")
    for need in activity.needs:
        other = course.activities[need.activity]
        slot = other.slot(need.slot) if need.slot else None
        words.append(f"Venter på, at »{slot.title if slot else other.title}« {_STATES[need.state]}")
    if activity.announce:
        words.append("Der går en mail ud, når den åbner")
    if activity.figures:
        words.append("Holdets svar vises samlet som tal")
    return words
