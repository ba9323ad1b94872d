"""A run of a small course whose first day has the sample talk, and what a browser needs to look at it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.content import pinning
from course.content.packing import compress, pack_files, unpack_files
from course.runs import service as runs
from course.runs.models import Run
from tests.factories import NOW, actor_of
from tests.runs import small_course

from .talks import text

ACTIVITY = "sm-11.talk"
MODULE = "modules/small/sm-11/module.yaml"
PLACED = """\
activities:
  - {id: sm-11.talk, kind: exercise, title: Øv samtalen, minutes: 10, page: side, exercises: [planen-der-gik-i-staa]}
"""


@cache
def packed() -> bytes:
    """The small course with the talk, as a run is pinned to it."""
    files = unpack_files(small_course.packed())
    files["assessments/small/exercises/talk.yaml"] = text().encode()
    files[MODULE] = files[MODULE].replace(b"activities:\n", PLACED.encode())
    return compress(pack_files(files))


def talk_run(session: Session, organiser: Person, day1: datetime) -> Run:
    """A run of it."""
    hours = small_course.HOURS
    return runs.create_run(
        session, actor=actor_of(organiser), now=NOW, course=pinning.unpack(packed()), packed=packed(), name="Hold Ene",
        cluster="",
        meetings={
            "day1": runs.Meeting(day1, day1 + hours, "Medborgerhuset"),
            "day2": runs.Meeting(day1 + timedelta(days=35), day1 + timedelta(days=35) + hours, "Sundhedshuset"),
        },
    )  # fmt: skip
