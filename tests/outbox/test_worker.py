from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from flask import Flask, url_for
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from course.db.session import new_session, writing
from course.outbox import worker
from course.outbox.mail import Mail
from course.outbox.models import Message
from course.outbox.reading import render
from course.outbox.service import queue, send_again
from course.outbox.smtp import TIMEOUT, NotSent
from course.outbox.worker import BACKOFF, CLAIM, MOST_TRIES, Counts, run_jobs, run_once, serve
from tests.factories import NOW, make_run

from .post_office import open_post_office


@dataclass
class Box:
    """A mail server that is a list. ``faults`` are raised first, one a mail."""

    faults: list[NotSent] = field(default_factory=list)
    sent: list[tuple[str, Mail]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, to: str, mail: Mail, now: datetime) -> None:
        """Take a mail, or raise the next fault."""
        with self.lock:
            if self.faults:
                raise self.faults.pop(0)
            self.sent.append((to, mail))


def hello(session: Session, message: Message, now: datetime) -> Mail | None:
    """A mail with a whole address in it; nothing to say when told so."""
    if message.params.get("silent"):
        return None
    if message.params.get("broken"):
        raise ValueError("hemmelig tekst")
    assert session.scalar(text("SELECT 1")) == 1
    return Mail(f"Hej {message.params['number']}", f"Log ind på {url_for('accounts.sign_in', _external=True)}\n")


@pytest.fixture
def post(app: Flask) -> Iterator[Box]:
    """A mail server, and one kind of mail beside the real ones."""
    with patch.dict(app.extensions, mails={**app.extensions["mails"], "hello": hello}):
        yield Box()


def put(session: Session, count: int = 1, **params: object) -> None:
    """Queue mails and commit."""
    for number in range(count):
        queue(
            session, now=NOW, kind="hello", to=f"p{number}@klinik.example", params={"number": number, **params},
            dedupe_key=f"hello:{number}",
        )  # fmt: skip
    session.commit()


def rows(session: Session) -> list[Message]:
    """The outbox as it is now."""
    session.expire_all()
    found = list(session.scalars(select(Message).order_by(Message.id)))
    session.commit()
    return found


def test_what_is_due_is_sent_once(app: Flask, session: Session, post: Box) -> None:
    put(session, 3)
    put(session, 3)  # the same keys: queued once, ever
    assert run_once(app, NOW, post=post) == Counts(sent=3)
    assert run_once(app, NOW + timedelta(days=1), post=post) == Counts()
    assert [to for to, _ in post.sent] == [f"p{number}@klinik.example" for number in range(3)]
    assert "http://localhost/sign-in" in post.sent[0][1].body
    assert {(row.state, row.sent_at, row.claimed_until) for row in rows(session)} == {("sent", NOW, None)}
    put(session, 3)
    assert run_once(app, NOW + timedelta(days=1), post=post) == Counts()


def test_what_is_not_due_waits(app: Flask, session: Session, post: Box) -> None:
    queue(
        session,
        now=NOW,
        kind="hello",
        to="a@b.dk",
        params={"number": 1},
        dedupe_key="x",
        due_at=NOW + timedelta(hours=1),
    )
    session.commit()
    assert run_once(app, NOW, post=post) == Counts()
    assert run_once(app, NOW + timedelta(hours=1), post=post) == Counts(sent=1)


def test_without_a_mail_server_all_stays_readable(app: Flask, session: Session, post: Box) -> None:
    run = make_run(session)
    put(session)
    message = rows(session)[0]
    assert run_once(app, NOW) == Counts()
    assert (message.state, message.tries) == ("queued", 0)
    with app.test_request_context():
        assert render(session, message, NOW) is None, "a mail of no run is for its receiver alone"
        message.run_id = run.id
        mail = render(session, message, NOW)
        assert mail is not None
        assert mail.subject == "Hej 0"
        message.kind = "nobody-knows"
        assert render(session, message, NOW) is None


def test_nothing_to_say_any_more_is_dropped(app: Flask, session: Session, post: Box) -> None:
    put(session, silent=True)
    assert run_once(app, NOW, post=post) == Counts(dropped=1)
    assert rows(session)[0].state == "dropped"
    assert post.sent == []


def test_a_failure_is_tried_again_later_and_given_up_at_last(app: Flask, session: Session, post: Box) -> None:
    put(session)
    post.faults = [NotSent("Mailserveren svarede SMTP 451.")] * MOST_TRIES
    now = NOW
    for pause in BACKOFF:
        assert run_once(app, now, post=post) == Counts(retried=1)
        row = rows(session)[0]
        assert (row.state, row.fault, row.due_at) == ("queued", "Mailserveren svarede SMTP 451.", now + pause)
        assert run_once(app, row.due_at - timedelta(seconds=1), post=post) == Counts()
        now = row.due_at
    assert run_once(app, now, post=post) == Counts(failed=1)
    row = rows(session)[0]
    assert (row.state, row.tries, row.sent_at) == ("failed", MOST_TRIES, None)
    assert run_once(app, now + timedelta(days=9), post=post) == Counts()

    send_again(session, now=now, message=row)
    session.commit()
    assert run_once(app, now, post=post) == Counts(sent=1)
    send_again(session, now=now, message=rows(session)[0])
    session.commit()
    assert rows(session)[0].state == "sent"


def test_an_address_that_does_not_exist_fails_at_once(app: Flask, session: Session, post: Box) -> None:
    put(session)
    post.faults = [NotSent("Adressen blev afvist (SMTP 550).", for_good=True)]
    assert run_once(app, NOW, post=post) == Counts(failed=1)
    assert rows(session)[0].fault == "Adressen blev afvist (SMTP 550)."


def test_one_broken_mail_does_not_stop_the_others(
    app: Flask, session: Session, post: Box, caplog: pytest.LogCaptureFixture
) -> None:
    queue(session, now=NOW, kind="hello", to="a@b.dk", params={"broken": True}, dedupe_key="a")
    queue(session, now=NOW, kind="nobody-knows", to="a@b.dk", params={}, dedupe_key="b")
    put(session)
    with caplog.at_level(logging.CRITICAL):
        assert run_once(app, NOW, post=post) == Counts(sent=1, retried=2)
    assert [row.fault for row in rows(session)[:2]] == [
        "Mailen kunne ikke skrives (ValueError).",
        "Mailen kunne ikke skrives (LookupError).",
    ]


def test_two_workers_never_take_the_same_mail(app: Flask, session: Session, post: Box) -> None:
    put(session, 24)
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: run_once(app, NOW, post=post), range(4)))
    assert sum(count.sent for count in counts) == 24
    assert sorted(to for to, _ in post.sent) == sorted(f"p{number}@klinik.example" for number in range(24))


def test_a_claim_keeps_others_out_until_it_runs_out(app: Flask, session: Session, post: Box) -> None:
    put(session)
    with new_session(session.get_bind()) as other:  # type: ignore[arg-type]
        assert worker.claim(other, NOW) is not None
        assert worker.claim(other, NOW) is None
    assert run_once(app, NOW + CLAIM - timedelta(seconds=1), post=post) == Counts()
    assert run_once(app, NOW + CLAIM, post=post) == Counts(sent=1)


def test_an_acknowledged_mail_is_marked_even_when_the_database_is_busy(
    app: Flask, session: Session, post: Box, caplog: pytest.LogCaptureFixture
) -> None:
    put(session)
    real, busy = worker._mark, [OperationalError("x", None, Exception("database is locked"))] * 2

    def mark(*args: object) -> None:
        if busy:
            raise busy.pop()
        real(*args)  # type: ignore[arg-type]

    with patch.multiple(worker, _mark=mark, MARK_PAUSE=0), caplog.at_level(logging.CRITICAL):
        assert run_once(app, NOW, post=post) == Counts(sent=1)
    assert rows(session)[0].state == "sent"
    assert run_once(app, NOW + timedelta(days=1), post=post) == Counts()
    assert len(post.sent) == 1


def test_a_late_failure_does_not_undo_what_another_worker_sent(app: Flask, session: Session, post: Box) -> None:
    put(session)
    with new_session(session.get_bind()) as slow:  # type: ignore[arg-type]
        message = worker.claim(slow, NOW)
        assert message is not None
        slow.expunge(message)
        assert run_once(app, NOW + CLAIM, post=post) == Counts(sent=1)
        worker._mark(slow, message, worker.Outcome("queued", "for sent"), NOW)
    assert rows(session)[0].state == "sent"


def test_the_settings_name_the_mail_server(app: Flask, session: Session, post: Box) -> None:
    put(session)
    settings = app.extensions["settings"]
    with open_post_office() as (office, url):
        real = replace(settings, smtp_url=url, mail_from="kursus@region.example")
        with patch.dict(app.extensions, settings=real):
            assert run_once(app, NOW) == Counts(sent=1)
    ((receivers, message),) = office.taken
    assert receivers == ["p0@klinik.example"]
    assert message["Subject"] == "Hej 0"


def test_a_server_that_is_away_is_asked_once_a_round(app: Flask, session: Session, post: Box) -> None:
    """A server that hangs costs one wait, and the others keep their tries."""
    put(session, 5)
    post.faults = [NotSent("Mailserveren svarede ikke i tide.", is_server=True)]
    assert run_once(app, NOW, post=post) == Counts(retried=1)
    assert [(row.state, row.tries) for row in rows(session)] == [("queued", 1)] + [("queued", 0)] * 4
    assert run_once(app, NOW, post=post) == Counts(sent=4), "the first waits for its turn, the others do not"
    assert run_once(app, NOW + BACKOFF[0], post=post) == Counts(sent=1)


def test_a_fault_of_one_mail_does_not_stop_the_round(app: Flask, session: Session, post: Box) -> None:
    put(session, 3)
    post.faults = [NotSent("Mailserveren ville ikke tage mailen (SMTP 451)."), NotSent("550", for_good=True)]
    assert run_once(app, NOW, post=post) == Counts(sent=1, failed=1, retried=1)


def test_a_slow_round_ends_before_its_claims_run_out(app: Flask, session: Session, post: Box) -> None:
    put(session, 3)
    with patch.object(worker, "ROUND", -1.0):
        assert run_once(app, NOW, post=post) == Counts()
    assert timedelta(seconds=worker.ROUND) + 10 * timedelta(seconds=TIMEOUT) < CLAIM
    assert run_once(app, NOW, post=post) == Counts(sent=3)


def test_a_second_try_is_the_same_mail_and_another_mail_is_not(app: Flask, session: Session, post: Box) -> None:
    put(session, 2)
    tried: list[str] = []

    class Forgetful:
        def send(self, to: str, mail: Mail, now: datetime) -> None:
            tried.append(mail.reference)
            raise NotSent("Mailserveren ville ikke tage mailen (SMTP 451).")

    run_once(app, NOW, post=Forgetful())
    run_once(app, NOW + BACKOFF[0], post=Forgetful())
    assert tried[:2] == tried[2:]
    assert len(set(tried)) == 2
    assert all(len(reference) == 32 for reference in tried)


def test_jobs_are_done_and_one_that_fails_stops_no_other(
    app: Flask, session: Session, post: Box, caplog: pytest.LogCaptureFixture
) -> None:
    session.commit()

    def breaks(_session: Session, _now: datetime) -> int:
        raise ValueError("i stykker")

    def away(_session: Session, _now: datetime) -> int:
        raise OperationalError("x", None, Exception("hemmelig tekst"))

    def writes(own: Session, now: datetime) -> int:
        with writing(own):
            queue(
                own, now=now, kind="hello", to="a@b.dk", params={"number": url_for("learning.home", _external=True)},
                dedupe_key="job",
            )  # fmt: skip
        return 1

    jobs = {"breaks": breaks, "away": away, "writes": writes}
    with patch.dict(app.extensions, jobs=jobs), caplog.at_level(logging.ERROR):
        assert run_jobs(app, NOW) == 1
        assert run_jobs(app, NOW) == 1
    assert "hemmelig" not in caplog.text
    assert [row.params["number"] for row in rows(session)] == ["http://localhost/"]


def test_the_loop_does_the_jobs_once_a_minute(app: Flask, session: Session, post: Box) -> None:
    stop, rounds, jobs = threading.Event(), [], []

    def once(_app: Flask, now: datetime, **_more: object) -> Counts:
        rounds.append(now)
        if len(rounds) == 5:
            stop.set()
        return Counts()

    with (
        patch.object(worker, "run_once", once),
        patch.object(worker, "PAUSE", 0.001),
        patch.dict(app.extensions, jobs={"one": lambda _session, now: jobs.append(now) or 0}),
    ):
        serve(app, stop)
    assert len(rounds) == 5
    assert len(jobs) == 1


def test_the_loop_sends_until_it_is_stopped_and_waits_for_the_database(
    app: Flask, session: Session, post: Box, caplog: pytest.LogCaptureFixture
) -> None:
    stop, rounds = threading.Event(), []
    session.rollback()  # the jobs of the loop write too

    def once(_app: Flask, now: datetime, **_more: object) -> Counts:
        rounds.append(now)
        if len(rounds) == 1:
            raise OperationalError("x", None, Exception("hemmelig tekst"))
        stop.set()
        return Counts()

    with (
        patch.object(worker, "run_once", once),
        patch.object(worker, "PAUSE", 0.001),
        caplog.at_level(logging.ERROR),
    ):
        serve(app, stop)
    assert len(rounds) == 2
    assert all(now.tzinfo is not None for now in rounds)
    assert "hemmelig" not in caplog.text
