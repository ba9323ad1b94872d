"""Reminders and announcements from `course worker`: to those who lack something, once, by day, and only while it helps.

The deadline »cases« of the tests' run is Friday 20 November 2026 at 23.59; the course reminds 7 and 2 days before.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.content.catalogue import Course, Need
from course.content.symbolic import parse
from course.learning import reminders
from course.organising import service as organising
from course.outbox.mail import Mail
from course.outbox.models import Message
from course.outbox.reading import render
from course.outbox.service import queue
from course.outbox.worker import run_jobs
from course.runs import contents
from course.runs import service as runs
from course.runs.models import Membership, Progress, Run
from course.runs.rules import Role
from course.work import judging
from tests.factories import NOW, actor_of, course, make_member, make_person, make_run, make_work

DUE = datetime(2026, 11, 20, 22, 59, tzinfo=UTC)
WEEK_BEFORE = datetime(2026, 11, 13, 7, 0, tzinfo=UTC)
TWO_BEFORE = datetime(2026, 11, 18, 7, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
GOOD, BAD = "Et forløb, der gik godt", "Et forløb, der gik dårligt"


def small(real: Course) -> Course:
    """The real course with nothing but the cases, their deadline, and a follow-up that is announced."""
    case, aim = real.activities["gp-05.case"], real.activities["gp-01.aim"]
    later = replace(aim, opens=parse("3 months after day2 at 8.00"), due=None, needs=(), announce=True)
    return replace(
        real,
        activities={case.id: replace(case, needs=()), later.id: later},
        deadlines={
            name: replace(deadline, remind=(7, 2) if name == "cases" else ())
            for name, deadline in real.deadlines.items()
        },
    )


@pytest.fixture
def run(app: Flask, session: Session) -> Iterator[Run]:
    """A run of the small course."""
    with patch.dict(contents._COURSES, {course().digest: small(course())}):
        yield make_run(session)


@pytest.fixture
def anna(session: Session, run: Run) -> Membership:
    """A participant who has not begun."""
    return make_member(session, run, make_person(session, "Anna"))


def due(app: Flask, session: Session, now: datetime) -> int:
    """What the worker does at ``now``."""
    session.commit()
    return run_jobs(app, now)


def queued(session: Session, kind: str = reminders.NEAR) -> list[Message]:
    """The mails of a kind, oldest first."""
    session.expire_all()
    return list(session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))


def read(app: Flask, session: Session, message: Message, now: datetime) -> Mail | None:
    """The mail as it would be sent at ``now``."""
    with app.test_request_context(base_url="http://localhost"):
        return render(session, message, now)


def move(session: Session, run: Run, to: datetime, *, now: datetime, member: Membership | None = None) -> None:
    """Move the deadline for all, or for one."""
    organising.move_deadline(
        session, actor=organiser(session, run), now=now, run=run, deadline_id="cases",
        membership_id=member.id if member else None, moved_to=to,
    )  # fmt: skip


def organiser(session: Session, run: Run):
    """Who organises the run."""
    (member,) = runs.members(session, run.id, Role.ORGANISER)
    return actor_of(member.person)


def test_who_lacks_something_is_told_at_eight_and_nobody_else(
    app: Flask, session: Session, run: Run, anna: Membership
) -> None:
    bo, carl = (make_member(session, run, make_person(session, name)) for name in ("Bo", "Carl"))
    make_member(session, run, make_person(session, "Mette"), Role.FACILITATOR)
    for slot in ("good", "bad"):
        make_work(session, bo, slot=slot, state="submitted")
    make_work(session, carl, slot="good", state="submitted")
    make_work(session, carl, slot="bad", state="draft")
    assert due(app, session, WEEK_BEFORE - MINUTE) == 0
    assert due(app, session, WEEK_BEFORE) == 2
    first, second = queued(session)
    assert {first.to, second.to} == {anna.person.email, carl.person.email}
    mail = read(app, session, first, WEEK_BEFORE)
    assert mail is not None
    assert mail.subject == "Frist om 7 dage: Hold Åsbakken"
    assert (
        f"– Send dine to forløb: fredag den 20. november 2026 kl. 23.59\n  Du mangler »{GOOD}« og »{BAD}«." in mail.body
    )
    assert f"http://localhost/runs/{run.id}/path" in mail.body
    of_carl = read(app, session, second, WEEK_BEFORE)
    assert of_carl is not None
    assert f"Du mangler »{BAD}«." in of_carl.body


def test_every_round_once_whatever_happens_in_it(app: Flask, session: Session, run: Run, anna: Membership) -> None:
    """Once an hour for six weeks, as if nobody ever did anything."""
    now = NOW
    while now < DUE + 10 * DAY:
        due(app, session, now)
        now += HOUR
    assert [message.queued_at for message in queued(session)] == [WEEK_BEFORE, TWO_BEFORE]


def test_several_workers_and_a_clock_set_back(app: Flask, session: Session, run: Run, anna: Membership) -> None:
    session.commit()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: run_jobs(app, WEEK_BEFORE), range(4)))
    assert len(queued(session)) == 1
    for back in (-MINUTE, HOUR, -DAY, -3 * DAY, timedelta()):
        due(app, session, WEEK_BEFORE + back)
    assert len(queued(session)) == 1


def test_what_downtime_missed_is_sent_late_by_day(app: Flask, session: Session, run: Run, anna: Membership) -> None:
    night = datetime(2026, 11, 14, 2, 0, tzinfo=UTC)
    assert due(app, session, night) == 0
    assert due(app, session, night.replace(hour=7)) == 1
    mail = read(app, session, queued(session)[0], night.replace(hour=7))
    assert mail is not None
    assert "om 6 dage" in mail.subject


def test_a_week_away_sends_one_and_after_the_deadline_none(
    app: Flask, session: Session, run: Run, anna: Membership
) -> None:
    assert due(app, session, TWO_BEFORE + DAY) == 1
    assert due(app, session, TWO_BEFORE + DAY + HOUR) == 0
    session.delete(queued(session)[0])
    assert due(app, session, DUE + 9 * HOUR) == 0


def test_a_late_mail_is_dropped_when_the_deadline_has_passed(
    app: Flask, session: Session, run: Run, anna: Membership
) -> None:
    due(app, session, TWO_BEFORE)
    (message,) = queued(session)
    assert read(app, session, message, DUE - MINUTE) is not None
    assert read(app, session, message, DUE) is None


def test_it_is_dropped_when_it_is_done_meanwhile(app: Flask, session: Session, run: Run, anna: Membership) -> None:
    due(app, session, WEEK_BEFORE)
    make_work(session, anna, slot="good", state="submitted", now=WEEK_BEFORE)
    (message,) = queued(session)
    mail = read(app, session, message, WEEK_BEFORE)
    assert mail is not None
    assert GOOD not in mail.body
    make_work(session, anna, slot="bad", state="submitted", now=WEEK_BEFORE)
    assert read(app, session, message, WEEK_BEFORE) is None


def test_it_is_dropped_when_moved_left_or_cancelled(app: Flask, session: Session, run: Run, anna: Membership) -> None:
    bo = make_member(session, run, make_person(session, "Bo"))
    due(app, session, WEEK_BEFORE)
    of_anna, of_bo = queued(session)
    move(session, run, DUE + 3 * DAY, now=WEEK_BEFORE + MINUTE, member=anna)
    assert read(app, session, of_anna, WEEK_BEFORE + HOUR) is None, "it names a date that no longer holds"
    assert read(app, session, of_bo, WEEK_BEFORE + HOUR) is not None
    runs.remove_member(session, actor=organiser(session, run), now=NOW, run=run, membership_id=bo.id)
    assert read(app, session, of_bo, WEEK_BEFORE + HOUR) is None
    bo.left_at = None
    runs.cancel_run(session, actor=organiser(session, run), now=NOW, run=run)
    assert read(app, session, of_bo, WEEK_BEFORE + HOUR) is None
    assert due(app, session, TWO_BEFORE) == 0


def test_a_moved_deadline_has_its_own_moments(app: Flask, session: Session, run: Run, anna: Membership) -> None:
    bo = make_member(session, run, make_person(session, "Bo"))
    due(app, session, WEEK_BEFORE)
    move(session, run, DUE + 7 * DAY, now=WEEK_BEFORE + HOUR, member=anna)
    assert due(app, session, TWO_BEFORE) == 1
    assert queued(session)[-1].to == bo.person.email
    assert due(app, session, WEEK_BEFORE + 7 * DAY) == 1
    assert queued(session)[-1].to == anna.person.email


def test_who_has_just_heard_of_the_date_is_not_reminded_of_what_lies_behind(
    app: Flask, session: Session, run: Run, anna: Membership
) -> None:
    """Moved to the day after tomorrow: the mail about the move has said it."""
    noon = WEEK_BEFORE - 2 * DAY + 5 * HOUR
    move(session, run, noon + DAY, now=noon)
    for hours in range(1, 20):
        assert due(app, session, noon + hours * HOUR) == 0


def test_who_joins_late_gets_what_lies_ahead(app: Flask, session: Session, run: Run, anna: Membership) -> None:
    due(app, session, WEEK_BEFORE)
    late = make_member(session, run, make_person(session, "Lis"), now=WEEK_BEFORE + DAY)
    assert due(app, session, WEEK_BEFORE + DAY + HOUR) == 0
    assert due(app, session, TWO_BEFORE) == 2
    assert late.person.email in {message.to for message in queued(session)}


def test_a_text_sent_back_has_its_own_date(app: Flask, session: Session, run: Run, anna: Membership) -> None:
    mette = make_person(session, "Mette")
    make_member(session, run, mette, Role.FACILITATOR)
    make_work(session, anna, slot="good", state="submitted")
    made = make_work(session, anna, slot="bad", state="submitted")
    assert due(app, session, TWO_BEFORE) == 0
    sent_back = DUE - 2 * HOUR
    judging.return_for_changes(
        session, actor=actor_of(mette), now=sent_back, work_id=made.id, revision_no=made.submitted_no or 0,
        comment="Mere", until=sent_back + 4 * DAY,
    )  # fmt: skip
    queue(session, now=sent_back, kind="returned", to=anna.person.email, params={"decision": 0}, dedupe_key="r",
          run_id=run.id)  # fmt: skip
    mails = []
    now = sent_back
    while now < sent_back + 5 * DAY:
        mails += [now] * due(app, session, now)
        now += HOUR
    assert len(mails) == 1
    mail = read(app, session, queued(session)[0], mails[0])
    assert mail is not None
    assert BAD in mail.body
    assert GOOD not in mail.body


def test_one_mail_lists_everything_of_the_day(app: Flask, session: Session, run: Run, anna: Membership) -> None:
    base = small(course())
    aim = replace(base.activities["gp-01.aim"], opens=None, announce=False, due="extra")
    extra = replace(base.deadlines["cases"], id="extra", title="Skriv dit mål", remind=(7,))
    both = replace(
        base,
        activities={**base.activities, "gp-01.aim": aim},
        deadlines={**base.deadlines, "extra": extra},
    )
    with patch.dict(contents._COURSES, {course().digest: both}):
        assert due(app, session, WEEK_BEFORE) == 1
        mail = read(app, session, queued(session)[0], WEEK_BEFORE)
    assert mail is not None
    assert "– Send dine to forløb" in mail.body
    assert "– Skriv dit mål" in mail.body


def test_what_one_cannot_do_yet_is_not_asked_for(app: Flask, session: Session, run: Run, anna: Membership) -> None:
    """Waiting for a facilitator is not lacking; waiting for one's own earlier step is."""
    base = small(course())
    need = Need("gp-05.case", slot="good", state="accepted")
    aim = replace(base.activities["gp-01.aim"], opens=None, announce=False, due="cases", needs=(need,))
    case = base.activities["gp-05.case"]
    chained = replace(base, activities={case.id: case, aim.id: aim})
    for slot in ("good", "bad"):
        make_work(session, anna, slot=slot, state="submitted")
    bo = make_member(session, run, make_person(session, "Bo"))
    with patch.dict(contents._COURSES, {course().digest: chained}):
        assert due(app, session, WEEK_BEFORE) == 1
        (message,) = queued(session)
        mail = read(app, session, message, WEEK_BEFORE)
    assert message.to == bo.person.email
    assert mail is not None
    assert aim.title in mail.body


# -- announcements ---------------------------------------------------------------------------------------------------

OPENS_AT = datetime(2027, 4, 8, 6, 0, tzinfo=UTC)
"""8.00 on 8 April 2027, three months after the second day, in summer time."""


def test_the_follow_up_is_announced_once_and_only_to_those_who_have_not_answered(
    app: Flask, session: Session, run: Run, anna: Membership
) -> None:
    bo = make_member(session, run, make_person(session, "Bo"))
    bo.left_at = OPENS_AT - DAY
    now = OPENS_AT - DAY
    while now < OPENS_AT + 20 * DAY:
        due(app, session, now)
        now += 6 * HOUR
    (message,) = queued(session, reminders.OPENS)
    assert (message.to, message.queued_at) == (anna.person.email, OPENS_AT)
    mail = read(app, session, message, OPENS_AT)
    assert mail is not None
    title = course().activities["gp-01.aim"].title
    assert mail.subject == f"»{title}« er åben nu"
    assert f"http://localhost/runs/{run.id}/activities/gp-01.aim/main" in mail.body


def test_it_reaches_somebody_whose_coursework_is_purged(
    app: Flask, session: Session, run: Run, anna: Membership
) -> None:
    for slot in ("good", "bad"):
        session.delete(make_work(session, anna, slot=slot))
    assert due(app, session, OPENS_AT + HOUR) == 1


def test_what_opened_long_ago_is_not_announced(app: Flask, session: Session, run: Run, anna: Membership) -> None:
    assert due(app, session, OPENS_AT + 15 * DAY) == 0


def test_it_is_dropped_when_it_is_answered(app: Flask, session: Session, run: Run, anna: Membership) -> None:
    due(app, session, OPENS_AT)
    (message,) = queued(session, reminders.OPENS)
    assert read(app, session, message, OPENS_AT) is not None
    session.add(Progress(membership_id=anna.id, activity_id="gp-01.aim", at=OPENS_AT))
    session.flush()
    assert read(app, session, message, OPENS_AT) is None


def test_it_is_dropped_when_the_run_is_cancelled(app: Flask, session: Session, run: Run, anna: Membership) -> None:
    due(app, session, OPENS_AT)
    (message,) = queued(session, reminders.OPENS)
    runs.cancel_run(session, actor=organiser(session, run), now=NOW, run=run)
    assert read(app, session, message, OPENS_AT) is None
