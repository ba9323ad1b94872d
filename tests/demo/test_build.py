"""The demo: everybody at the point it promises, nothing red in it, and built on any day of the year."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from course import guard
from course.accounts.models import Person
from course.accounts.passwords import is_right
from course.db.session import EXTENSION, new_session
from course.demo.build import PASSWORD, STAGES, build
from course.outbox.models import Message
from course.outbox.reading import render
from course.reviews.models import RiskFlag
from course.runs.models import Invitation, Membership, Run
from course.runs.rules import Role
from course.work.models import Release, Revision, Work
from tests.factories import NOW

DAYS = [
    NOW,
    datetime(2027, 1, 1, 0, 30, tzinfo=UTC),
    datetime(2027, 3, 27, 23, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
    datetime(2026, 12, 24, 22, 59, tzinfo=UTC),
]


@pytest.fixture
def demo(app: Flask) -> Session:
    """The demo, built at the factories' time."""
    build(app, NOW)
    return new_session(app.extensions[EXTENSION])


@pytest.mark.parametrize("now", DAYS, ids=lambda day: day.strftime("%Y-%m-%d"))
def test_it_is_built_on_any_day(app: Flask, now: datetime) -> None:
    with time_machine.travel(now, tick=False):
        assert len(build(app, now)) == 11


def test_the_people(app: Flask) -> None:
    accounts = build(app, NOW)
    with new_session(app.extensions[EXTENSION]) as session:
        people = {person.email: person for person in session.scalars(select(Person))}
        assert {account.email for account in accounts} == set(people)
        assert {account.password for account in accounts} == {PASSWORD}
        assert is_right(people[accounts[0].email].password_hash, PASSWORD)
        assert [p.email for p in people.values() if p.may_create_runs] == ["birgit.lundsgaard@demo.example"]
        roles = Counter((m.run_id, m.role) for m in session.scalars(select(Membership)))
        first, second = session.scalars(select(Run).order_by(Run.id)).all()
        assert roles == {
            (first.id, Role.ORGANISER): 1, (first.id, Role.FACILITATOR): 2, (first.id, Role.PARTICIPANT): 8,
            (second.id, Role.ORGANISER): 1, (second.id, Role.FACILITATOR): 2,
        }  # fmt: skip
        assert first.sessions[0].starts_at > NOW
        assert second.opens_at > NOW
        assert first.clinician_id is not None


def test_every_gp_stands_where_the_demo_says(demo: Session) -> None:
    with demo as session:
        rows = session.execute(
            select(Person.email, Work.slot, Work.state, Work.projection)
            .join(Membership, Membership.person_id == Person.id)
            .join(Work, Work.membership_id == Membership.id)
            .where(Work.activity_id == "gp-05.case")
        )
        found = {
            (email, slot): projection if projection != "none" else state for email, slot, state, projection in rows
        }
    words = {"resubmitted": "submitted"}
    promised = {
        (email, slot): words.get(state, state)
        for email, stage in STAGES.items()
        for slot, state in (("good", stage.good), ("bad", stage.bad))
        if state != "none"
    }
    assert found == promised
    assert {"draft", "submitted", "returned", "accepted", "released"} <= set(found.values())


def test_nothing_red_stands_in_any_text(demo: Session) -> None:
    with demo as session:
        texts = [json.dumps(data, ensure_ascii=False) for data in session.scalars(select(Revision.data))]
        texts += [json.dumps(data, ensure_ascii=False) for data in session.scalars(select(Release.data))]
        texts += list(session.scalars(select(RiskFlag.reason)))
    assert len(texts) > 20
    for text in texts:
        assert [finding for finding in guard.find(text, "patient") if finding.level == "red"] == []


def test_every_mail_of_the_demo_can_be_read(app: Flask, demo: Session) -> None:
    with app.test_request_context(), demo as session:
        messages = session.scalars(select(Message)).all()
        assert messages
        for message in messages:
            mail = render(session, message, NOW)
            assert mail is None or (mail.subject and mail.body)


def test_an_invitation_has_run_out_and_two_wait(demo: Session) -> None:
    with demo as session:
        waits = session.scalars(select(Invitation.expires_at).where(Invitation.state == "pending")).all()
    assert sorted(at > NOW for at in waits) == [False, True, True]
