"""What a run itself puts into the folder of a day: who gives words to whom, and its figures. Names, never texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from course.content.catalogue import Activity, Course, Kind
from course.reviews.peer_pages import Row, rows
from course.reviews.peer_reading import about, exchange_of, homeworks
from course.runs.rules import Timetable

from . import figures as reading
from .days import Day
from .figure_rules import Picture


@dataclass(frozen=True, slots=True)
class SinceLast:
    """What has come in since the session before, as it stands at the moment of printing.

    ``homework``: what is exchanged two and two; ``partners`` are empty until the pairs are made. ``asked``: whether
    anything is counted; ``figures`` hold what has enough answers.
    """

    homework: Activity | None = None
    partners: tuple[Row, ...] = ()
    asked: bool = False
    figures: tuple[Picture, ...] = ()


def since_last(session: Session, day: Day, dates: Timetable, now: datetime) -> SinceLast:
    """The pairs and figures that a day builds on; nothing at the first session of a course."""
    modules = modules_since(day.course, day.meeting.key)
    exchanged = (one for one in homeworks(day.course) if one.module_id in modules)
    homework = next((one for one in exchanged if about(day.course, one.id, Kind.PEER)), None)
    asked = {a.id for a in day.course.activities.values() if a.module_id in modules and _is_counted(a, day, dates)}
    return SinceLast(
        homework,
        _partners(session, day, homework, now) if homework else (),
        bool(asked),
        reading.figures_with(session, day.run.id, day.course, asked) if asked else (),
    )


def modules_since(course: Course, session_key: str) -> frozenset[str]:
    """The modules after the session before, the session's own too; none at the first session."""
    order = [phase.session for phase in course.phases]
    here = order.index(session_key) if session_key in order else 0
    before = [at for at, key in enumerate(order[:here]) if key is not None]
    between = course.phases[before[-1] + 1 : here + 1] if before else ()
    return frozenset(module for phase in between for module in phase.modules)


def _is_counted(activity: Activity, day: Day, dates: Timetable) -> bool:
    """Whether an activity gives figures that can be there when the day begins."""
    opens = dates.at(activity.opens)
    return activity.figures and (opens is None or opens < day.meeting.starts_at)


def _partners(session: Session, day: Day, homework: Activity, now: datetime) -> tuple[Row, ...]:
    exchange = exchange_of(session, day.run, homework.id, now)
    return tuple(rows(session, exchange)) if exchange.live else ()
