"""The content a run is pinned to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.content import pinning
from course.content.catalogue import Course
from course.db.upsert import upsert

from .models import ContentVersion, Run

_COURSES: dict[str, Course] = {}


def remember(courses: Iterable[Course]) -> None:
    """Courses that are loaded already: a run that is pinned to one of them needs no copy of its own."""
    _COURSES.update({course.digest: course for course in courses})


def keep_version(session: Session, *, now: datetime, course: Course, packed: bytes) -> str:
    """Keep one packed version of a course (once) and return its digest."""
    upsert(
        session,
        ContentVersion,
        {"digest": course.digest},
        {"course_id": course.id, "packed": packed, "created_at": now},
    )
    return course.digest


def course_of(session: Session, run: Run) -> Course:
    """The course of a run, in the version the run is pinned to."""
    return version_of(session, run.content_digest)


def version_of(session: Session, digest: str) -> Course:
    """One version of a course, as it was kept. Unpacked once a process."""
    course = _COURSES.get(digest)
    if course is None:
        packed = session.execute(select(ContentVersion.packed).where(ContentVersion.digest == digest)).scalar_one()
        course = _COURSES[digest] = pinning.unpack(packed)
    return course
