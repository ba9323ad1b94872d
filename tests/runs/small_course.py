"""A small course with two days, run sheets with breaks, and a rule of completion; and runs of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.content import pinning
from course.content.catalogue import Course
from course.content.packing import compress, pack_files
from course.db.upsert import upsert
from course.runs import service as runs
from course.runs.models import Progress, Run
from course.runs.rules import Role
from tests.factories import NOW, actor_of, make_member, make_person

HOURS = timedelta(hours=7, minutes=15)
SHEET = """\
format: 1
id: {key}
title: Kursusdagen
items:
  - {{minutes: 60, title: Velkommen}}
  - {{minutes: 15, title: Kaffe, pause: true}}
  - {{minutes: 105, title: Grupper}}
  - {{minutes: 45, title: Frokost, pause: true}}
  - {{minutes: 120, title: Løsninger}}
  - {{minutes: 15, title: Kaffe igen, pause: true}}
  - {{minutes: 75, title: Aftaler}}
"""
"""9.00–10.00, 10.15–12.00, 12.45–14.45 and 15.00–16.15: 360 minutes of teaching in 435."""
NET = 360

COURSE = """\
format: 1
id: small
title: Et lille kursus om arbejde
status: draft
language_level: 45
sessions:
  - {id: day1, title: Kursusdag 1, starts: "9.00", ends: "16.15"}
  - {id: day2, title: Kursusdag 2, starts: "9.00", ends: "16.15"}
phases:
  - {id: before, title: Før, modules: [sm-01]}
  - {id: day1, title: Kursusdag 1, session: day1, modules: [sm-11]}
  - {id: day2, title: Kursusdag 2, session: day2, modules: [sm-31]}
attendance: {percent: 80}
completion:
  - {activity: sm-11.attend, needs: done}
  - {activity: sm-31.attend, needs: done}
  - {activity: sm-01.read, needs: done}
invitation: {days: 21}
deadlines: []
"""
MODULE = """\
format: 1
id: {id}
title: {title}
purpose: At prøve det.
minutes: {minutes}
objectives: [{objective}]
pages: [{{id: side, file: side.md, title: Side}}]
activities:
  - {activity}
references: []
reviewed_by: {{clinician: null, lawyer: null}}
"""
OBJECTIVES = """\
format: 1
objectives:
  - {id: small.1, course: small, column: viden, text: Kende det ene}
  - {id: small.2, course: small, column: viden, text: Kende det andet}
  - {id: small.3, course: small, column: viden, text: Kende det tredje}
"""


def _module(number: str, title: str, minutes: int, objective: str, activity: str) -> dict[str, str]:
    folder, name = f"modules/small/sm-{number}", f"sm-{number}"
    text = MODULE.format(id=name, title=title, minutes=minutes, objective=objective, activity=activity)
    return {f"{folder}/module.yaml": text, f"{folder}/side.md": "## Side\n\nNoget at læse.\n"}


@cache
def packed() -> bytes:
    """The course as a run is pinned to it."""
    attend = "{{id: sm-{0}.attend, kind: attend, title: Fremmøde, minutes: 5, page: side, session: {1}}}"
    read = "{id: sm-01.read, kind: read, title: Læs, minutes: 50, page: side, teaches: [small.1]}"
    files = {
        "modules/small/course.yaml": COURSE,
        "modules/small/day1.sheet.yaml": SHEET.format(key="day1"),
        "modules/small/day2.sheet.yaml": SHEET.format(key="day2"),
        "assessments/objectives.yaml": OBJECTIVES,
        **_module("01", "Forberedelse", 50, "small.1", read),
        **_module("11", "Første dag", 5, "small.2", attend.format("11", "day1")),
        **_module("31", "Anden dag", 5, "small.3", attend.format("31", "day2")),
    }
    return compress(pack_files({path: text.encode() for path, text in files.items()}))


def small_course() -> Course:
    """The course."""
    return pinning.unpack(packed())


def small_run(session: Session, organiser: Person, day1: datetime, day2: datetime, name: str = "Hold Ene") -> Run:
    """A run of the small course."""
    return runs.create_run(
        session, actor=actor_of(organiser), now=NOW, course=small_course(), packed=packed(), name=name, cluster="",
        meetings={
            "day1": runs.Meeting(day1, day1 + HOURS, "Medborgerhuset"),
            "day2": runs.Meeting(day2, day2 + HOURS, "Sundhedshuset"),
        },
    )  # fmt: skip


def make_organiser(session: Session, name: str = "Olga Organiser") -> Person:
    """Somebody who may create runs."""
    return make_person(session, name, may_create_runs=True)


def make_facilitator(session: Session, run: Run, name: str) -> Person:
    """A facilitator of a run."""
    return make_member(session, run, make_person(session, name), Role.FACILITATOR).person


def has_read(session: Session, membership_id: int) -> None:
    """The one thing of the small course that is done at home is done."""
    upsert(session, Progress, {"membership_id": membership_id, "activity_id": "sm-01.read"}, {"at": NOW})
