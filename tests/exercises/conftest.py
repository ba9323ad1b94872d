"""A run of the sample course with exercises, and somebody in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.runs import service as runs
from course.runs.models import Run
from tests.factories import DAY1, DAY2, NOW, actor_of, make_person

from .playing import course_with, packed_with

SignIn = Callable[[Person], FlaskClient]
MakeRun = Callable[..., Run]


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    """The time of the factories."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def run_with(session: Session) -> MakeRun:
    """Make a run of the sample course with exercises."""

    def made(*exercises: Mapping[str, Any], **activity: Any) -> Run:
        organiser = make_person(session, "Olga Organiser", may_create_runs=True)
        hours = timedelta(hours=7, minutes=15)
        return runs.create_run(
            session, actor=actor_of(organiser), now=NOW, course=course_with(*exercises, **activity),
            packed=packed_with(*exercises, **activity), name="Prøvehold", cluster="Klyngen",
            meetings={"day1": runs.Meeting(DAY1, DAY1 + hours, ""), "day2": runs.Meeting(DAY2, DAY2 + hours, "")},
        )  # fmt: skip

    return made
