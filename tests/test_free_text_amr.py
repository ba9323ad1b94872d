"""CPR and phone numbers posted into every free-text field of the AMR course: none is stored, none is logged."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.content.catalogue import Activity
from course.runs import service as runs
from course.runs.models import Membership
from tests import test_free_text
from tests.factories import NOW, actor_of, course, make_member, make_person, packed
from tests.test_free_text import PLACEHOLDER, SECRETS, assert_nothing_red, before_deadline, posted_step

SignIn = Callable[[Person], FlaskClient]
AMR = course("amr")
WRITTEN = [activity for activity in AMR.activities.values() if activity.form is not None]
STEPS = [(a.id, step.id) for a in WRITTEN for step in (a.form.steps if a.form else ())]
SECOND = NOW + timedelta(days=28)


@pytest.fixture
def member(session: Session, monkeypatch: pytest.MonkeyPatch) -> Membership:
    """An AMR in a live run, the first session of which has just been."""
    monkeypatch.setattr(test_free_text, "course", lambda: AMR)
    olga = make_person(session, "Olga Organiser", may_create_runs=True)
    first = NOW - timedelta(hours=2)
    run = runs.create_run(
        session, actor=actor_of(olga), now=NOW - timedelta(days=20), course=AMR, packed=packed("amr"), name="AMR",
        cluster="", meetings={
            "session1": runs.Meeting(first, first + timedelta(hours=2), ""),
            "session2": runs.Meeting(SECOND, SECOND + timedelta(hours=2), ""),
        },
    )  # fmt: skip
    return make_member(session, run)


def test_every_free_text_field_is_guarded_as_a_workplace() -> None:
    guards = {f"{a.id}: {f.id}": f.guard for a in WRITTEN if a.form for f in a.form.fields.values() if f.is_free_text}
    assert set(guards.values()) == {"workplace"}, [name for name, guard in guards.items() if guard != "workplace"]


@pytest.mark.parametrize("way", ["save", "autosave"])
@pytest.mark.parametrize(("activity_id", "step_id"), STEPS)
def test_content_fields(
    session: Session, member: Membership, client_for: SignIn, engine: Engine, caplog: pytest.LogCaptureFixture,
    activity_id: str, step_id: str, way: str,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    activity: Activity = AMR.activities[activity_id]
    with time_machine.travel(before_deadline(session, member, activity), tick=False):
        client = client_for(member.person)
        url = f"/runs/{member.run_id}/activities/{activity_id}/main/steps/{step_id}"
        answer = client.post(
            url if way == "save" else f"{url}/autosave",
            data={**posted_step(activity, step_id), "base_no": "0", "work_id": "0", "action": "save"},
        )
    assert answer.status_code in {200, 302, 422}, answer.get_data(as_text=True)
    stored = assert_nothing_red(engine, caplog)
    shown = re.sub(r'<input[^>]*type="date"[^>]*>', "", answer.get_data(as_text=True))
    assert not [secret for secret in SECRETS if secret in shown], "a date is shown as typed; no text is"
    step = activity.form.step(step_id) if activity.form else None
    if step and any(field.is_free_text for field in step.fields):
        assert PLACEHOLDER in stored, "the rest of the text is kept"
