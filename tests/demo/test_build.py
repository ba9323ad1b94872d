"""The demo: everybody at the point it promises, nothing red in it, and built on any day of the year."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from course import guard
from course.accounts.models import Person
from course.accounts.passwords import is_right
from course.certificates.models import Certificate
from course.db.session import EXTENSION, new_session
from course.demo.build import LATER, PASSWORD, STAGES, DemoAccount, build
from course.outbox.models import Message
from course.outbox.reading import render
from course.reviews.models import RiskFlag
from course.runs.models import CompletionGrant, Invitation, Membership, Run
from course.runs.rules import COPENHAGEN, Role
from course.work.models import Decision, FieldComment, Release, Revision, Submission, Work
from course.work.standing import standing
from tests.factories import NOW

DAYS = [
    NOW,
    datetime(2027, 1, 1, 0, 30, tzinfo=UTC),
    datetime(2027, 3, 27, 23, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
    datetime(2026, 12, 24, 22, 59, tzinfo=UTC),
    datetime(2026, 11, 6, 23, 30, tzinfo=UTC),
]
"""Days around the turn of the year, the clocks and a leap day; just past midnight, and on each kind of weekday."""


DATE = re.compile(r'"\d{4}-\d\d-\d\d"')


@pytest.mark.one_database
@pytest.mark.parametrize("now", DAYS, ids=lambda day: day.strftime("%Y-%m-%d"))
def test_it_is_built_on_any_day(app: Flask, now: datetime) -> None:
    with time_machine.travel(now, tick=False):
        assert len(build(app, now)) == 32
    with new_session(app.extensions[EXTENSION]) as session:
        between, finished = (session.scalars(select(Run).where(Run.name == name)).one() for name in LATER.values())
        assert all(m.starts_at.astimezone(COPENHAGEN).weekday() < 5 for m in [*between.sessions, *finished.sessions])
        day1, day2 = (meeting.starts_at for meeting in between.sessions)
        assert day1 < now < day2
        deadlines = standing(session, between, None).dates.deadlines
        assert deadlines["homework"] < now < deadlines["homework-peer"]
        over_at = finished.sessions[-1].ends_at
        assert over_at < now < over_at + timedelta(days=finished.erase_days)
        for column in (Revision.saved_at, Submission.at, Release.released_at, Certificate.issued_at):
            newest = session.scalar(select(func.max(column)))
            assert newest is not None
            assert newest <= now


def test_the_people(app: Flask, accounts: tuple[DemoAccount, ...]) -> None:
    with new_session(app.extensions[EXTENSION]) as session:
        people = {person.email: person for person in session.scalars(select(Person))}
        assert {account.email for account in accounts} == set(people)
        assert {account.password for account in accounts} == {PASSWORD}
        assert is_right(people[accounts[0].email].password_hash, PASSWORD)
        assert [p.email for p in people.values() if p.may_create_runs] == ["birgit.lundsgaard@demo.example"]
        roles = Counter((m.run_id, m.role) for m in session.scalars(select(Membership)))
        first, second, between, finished, live, own = session.scalars(select(Run).order_by(Run.id)).all()
        assert roles == {
            (first.id, Role.ORGANISER): 1, (first.id, Role.FACILITATOR): 2, (first.id, Role.PARTICIPANT): 8,
            (second.id, Role.ORGANISER): 1, (second.id, Role.FACILITATOR): 2,
            (between.id, Role.ORGANISER): 1, (between.id, Role.FACILITATOR): 2, (between.id, Role.PARTICIPANT): 6,
            (finished.id, Role.ORGANISER): 1, (finished.id, Role.FACILITATOR): 2, (finished.id, Role.PARTICIPANT): 6,
            (live.id, Role.ORGANISER): 1, (live.id, Role.FACILITATOR): 1, (live.id, Role.PARTICIPANT): 6,
            (own.id, Role.ORGANISER): 1, (own.id, Role.FACILITATOR): 1, (own.id, Role.PARTICIPANT): 2,
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
            .where(Work.activity_id == "gp-05.case", Person.email.in_(STAGES))
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


def without_dates(data: dict[str, Any] | None) -> str:
    """Everything in a text but the answers to date fields."""
    return DATE.sub("", json.dumps(data, ensure_ascii=False))


def test_nothing_red_stands_in_any_text(demo: Session) -> None:
    with demo as session:
        texts = [without_dates(data) for data in session.scalars(select(Revision.data))]
        texts += [without_dates(data) for data in session.scalars(select(Release.data))]
        texts += list(session.scalars(select(RiskFlag.reason)))
        texts += list(session.scalars(select(Decision.comment)))
        texts += list(session.scalars(select(FieldComment.text)))
        texts += list(session.scalars(select(CompletionGrant.reason)))
    assert len(texts) > 200
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
