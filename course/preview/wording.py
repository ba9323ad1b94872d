"""What a course file says about time and order, in Danish sentences for an author."""

from course.content.catalogue import Activity, Course
from course.content.symbolic import START, Direction, Symbolic, Unit

_UNITS = {Unit.DAYS: ("dag", "dage"), Unit.WEEKS: ("uge", "uger"), Unit.MONTHS: ("måned", "måneder")}
_STATES = {"started": "er begyndt", "submitted": "er sendt", "accepted": "er godkendt", "done": "er gjort"}


def moment_words(moment: Symbolic, course: Course) -> str:
    """Return a symbolic date as words: "14 dage før Kursusdag 1 kl. 23.59"."""
    anchor = "holdets åbning" if moment.anchor == START else course.sessions[moment.anchor].title
    at = f" kl. {moment.time.hour}.{moment.time.minute:02}" if moment.time else ""
    if moment.direction is Direction.AT:
        return f"{anchor}{at}"
    one, many = _UNITS[moment.unit]
    side = "før" if moment.direction is Direction.BEFORE else "efter"
    return f"{moment.amount} {one if moment.amount == 1 else many} {side} {anchor}{at}"


def gate_words(activity: Activity, course: Course) -> list[str]:
    """Return when an activity opens, when it is due and what must come first."""
    words: list[str] = []
    if activity.opens:
        words.append(f"Åbner: {moment_words(activity.opens, course)}")
    if activity.due:
        words.append(f"Frist: {moment_words(course.deadlines[activity.due].at, course)}")
    for need in activity.needs:
        other = course.activities[need.activity]
        slot = other.slot(need.slot) if need.slot else None
        words.append(f"Venter på, at »{slot.title if slot else other.title}« {_STATES[need.state]}")
    return words
