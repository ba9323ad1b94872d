"""What is over goes, what is kept stays, and a rehearsal changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from course.accounts import sign_ins
from course.accounts.models import Person
from course.certificates.models import Certificate
from course.db import audit
from course.db.audit import AuditRow
from course.db.session import new_session
from course.outbox.models import Message
from course.outbox.service import queue, send_again
from course.privacy import ledger, purging
from course.privacy.letting_go import WHAT
from course.privacy.purging import idle_people, purge, run_due
from course.runs.models import Membership, Run
from course.work.models import Decision, Opening, Release, Revision, Work
from tests.factories import DAY2, NOW, make_member, make_person, make_run
from tests.privacy.lives import BAD, OTHERS, count, live
from tests.routes import rows

DAY = timedelta(days=1)
OVER = DAY2 + timedelta(hours=7, minutes=15)
HOMEWORK = {"episode": "det gik sådan her", "commitment": "jeg spørger om arbejdet", "commitment_date": "2027-02-01"}


def let_go(session: Session, now: datetime, tmp_path: Path, *, dry_run: bool = False) -> dict[str, int]:
    """Purge what the session has made so far."""
    session.commit()
    found = purge(session, now, ledger_file=tmp_path / "erased.jsonl", dry_run=dry_run)
    session.commit()
    session.expire_all()
    return {gone.what: gone.number for gone in found if gone.number}


def write(session: Session, member: Membership, activity_id: str, *texts: dict[str, Any]) -> Work:
    """A work with these revisions, one after the other."""
    work = Work(run_id=member.run_id, membership_id=member.id, activity_id=activity_id, slot="main", needs_review=True,
                asked_digest="0" * 64, latest_no=len(texts), created_at=NOW, updated_at=NOW)  # fmt: skip
    session.add(work)
    session.flush()
    for no, data in enumerate(texts, 1):
        session.add(
            Revision(work_id=work.id, no=no, save_id=str(no), author_id=member.person_id, saved_at=NOW, data=data)
        )
    session.flush()
    return work


def texts_of(session: Session, work: Work) -> list[dict[str, Any] | None]:
    return list(session.scalars(select(Revision.data).where(Revision.work_id == work.id).order_by(Revision.no)))


def test_a_case_goes_with_all_its_copies_and_words(session: Session, tmp_path: Path) -> None:
    life = live(session)
    assert WHAT not in let_go(session, OVER + 30 * DAY - timedelta(seconds=1), tmp_path)
    assert let_go(session, OVER + 30 * DAY, tmp_path)[WHAT] == 4
    work = session.get_one(Work, life.bad.id)
    assert (work.state, work.projection) == ("accepted", "recalled")
    assert set(texts_of(session, work)) == {None}
    release = session.scalars(select(Release).where(Release.work_id == work.id)).one()
    assert release.data is None
    assert release.recalled_at == OVER + 30 * DAY
    assert {d.comment for d in session.scalars(select(Decision))} == {""}
    assert count(session, "field_comment") == count(session, "redaction") == count(session, "assignment") == 0
    assert session.scalars(select(Opening)).all() == []
    assert count(session, "risk_flag") == 1, "a flag that nobody has answered is not thrown away"
    assert count(session, "attendance") == count(session, "submission") - 2 == 1
    assert let_go(session, OVER + 30 * DAY, tmp_path) == {}


def test_a_commitment_outlives_its_case(session: Session, tmp_path: Path) -> None:
    member = make_member(session, make_run(session))
    work = write(session, member, "gp-23.homework", {"episode": "først"}, HOMEWORK)
    let_go(session, OVER + 30 * DAY, tmp_path)
    kept = {name: HOMEWORK[name] for name in ("commitment", "commitment_date")}
    assert texts_of(session, work) == [None, None, kept]
    assert session.get_one(Work, work.id).latest_no == 3
    let_go(session, OVER + 366 * DAY, tmp_path)
    assert texts_of(session, work) == [None, None, kept]
    number = work.id
    let_go(session, OVER + 5 * 365 * DAY, tmp_path)
    assert session.get(Work, number) is None


def test_what_was_written_once_and_deleted_by_its_author_goes_too(session: Session, tmp_path: Path) -> None:
    member = make_member(session, make_run(session))
    kept = {"commitment": "jeg vil"}
    work = write(session, member, "gp-23.homework", {"episode": "slettet af forfatteren", **kept}, kept)
    let_go(session, OVER + 30 * DAY, tmp_path)
    assert texts_of(session, work) == [None, None, kept]


def test_what_is_written_after_the_last_session_is_not_gone_the_same_night(session: Session, tmp_path: Path) -> None:
    member = make_member(session, make_run(session))
    work = write(session, member, "gp-42.patient", {"what": "skrevet fire uger efter"})
    session.get_one(Work, work.id).updated_at = OVER + 28 * DAY
    let_go(session, OVER + 57 * DAY, tmp_path)
    assert texts_of(session, work) == [{"what": "skrevet fire uger efter"}]
    let_go(session, OVER + 58 * DAY, tmp_path)
    assert texts_of(session, work) == [None]


def test_a_cancelled_run_is_over_when_it_is_cancelled(session: Session, tmp_path: Path) -> None:
    run = make_run(session)
    work = write(session, make_member(session, run), "gp-05.case", {"wanted": BAD})
    run.cancelled_at = NOW
    let_go(session, NOW + 29 * DAY, tmp_path)
    assert texts_of(session, work) == [{"wanted": BAD}]
    let_go(session, NOW + 30 * DAY, tmp_path)
    assert texts_of(session, work) == [None]


def test_the_groups_and_quizzes_of_a_run_go_after_a_year(session: Session, tmp_path: Path) -> None:
    live(session)
    let_go(session, OVER + 364 * DAY, tmp_path)
    assert count(session, "attempt") == 1
    let_go(session, OVER + 365 * DAY, tmp_path)
    gone = ("attempt", "team_member", "former_team_member", "team_case", "peer_pair", "calibration", "recusal",
            "risk_flag", "profile", "mail_text", "message", "deadline_move")  # fmt: skip
    assert {name: count(session, name) for name in gone} == dict.fromkeys(gone, 0)
    assert count(session, "attendance") == count(session, "completion_grant") == count(session, "certificate") == 1


def test_after_five_years_a_run_has_nobody_and_a_certificate_is_sealed(session: Session, tmp_path: Path) -> None:
    life = live(session)
    let_go(session, OVER + 5 * 365 * DAY, tmp_path)
    assert session.get(Run, life.run.id) is not None
    assert count(session, "membership") == count(session, "work") == count(session, "attendance") == 0
    kept = session.scalars(select(Certificate)).one()
    assert (kept.number, kept.printed, kept.membership_id) == (None, None, None)
    assert count(session, "person") == 0, "they have done nothing for years, and are in no run"
    assert len(ledger.read(tmp_path / "erased.jsonl")) == 3


def test_a_mail_loses_its_address_and_is_never_queued_again(session: Session, tmp_path: Path) -> None:
    run = make_run(session)
    for number, state in enumerate(("sent", "failed", "dropped", "queued")):
        queue(session, now=NOW, kind="x", to="a@example.test", params={"membership": 1}, dedupe_key=f"x{number}",
              run_id=run.id)  # fmt: skip
        message = session.scalars(select(Message).where(Message.dedupe_key == f"x{number}")).one()
        message.state, message.sent_at, message.fault = state, NOW if state == "sent" else None, "a@example.test nej"
    queue(session, now=NOW, kind="reset", to="a@example.test", params={"reset_id": 1}, dedupe_key="reset")
    session.scalars(select(Message).where(Message.kind == "reset")).one().state = "dropped"
    assert "Adresser på sendte mails" not in let_go(session, NOW + 90 * DAY - timedelta(seconds=1), tmp_path)
    assert let_go(session, NOW + 90 * DAY, tmp_path)["Adresser på sendte mails"] == 4
    assert {m.dedupe_key: (m.to, m.state) for m in session.scalars(select(Message))} == {
        "x0": ("", "sent"), "x1": ("", "dropped"), "x2": ("", "dropped"), "x3": ("a@example.test", "queued"),
    }  # fmt: skip
    queue(session, now=NOW, kind="x", to="a@example.test", params={}, dedupe_key="x0", run_id=run.id)
    assert session.scalars(select(Message).where(Message.dedupe_key == "x0")).one().to == ""
    blank = session.scalars(select(Message).where(Message.dedupe_key == "x1")).one()
    send_again(session, now=NOW, message=blank)
    assert blank.state == "dropped", "there is nowhere to send it"


def test_what_is_over_goes_at_once(session: Session, tmp_path: Path) -> None:
    life = live(session)
    assert count(session, "sign_in") == 1
    let_go(session, NOW + timedelta(hours=8), tmp_path)
    assert [count(session, name) for name in ("sign_in", "reset_token", "lease")] == [0, 0, 0]
    assert count(session, "invitation") == 2
    let_go(session, NOW + 90 * DAY, tmp_path)
    assert count(session, "invitation") == 0
    assert session.get(Person, life.signe.id) is not None


def test_the_log_goes_after_two_years(session: Session, tmp_path: Path) -> None:
    audit.record(session, actor_id=None, now=NOW, verb="old")
    let_go(session, NOW + 730 * DAY - timedelta(seconds=1), tmp_path)
    assert "old" in set(session.scalars(select(AuditRow.verb)))
    let_go(session, NOW + 730 * DAY, tmp_path)
    assert "old" not in set(session.scalars(select(AuditRow.verb)))


def test_people_without_a_run_are_forgotten_after_two_years(session: Session) -> None:
    later = NOW + 731 * DAY
    idle, busy, seen = (make_person(session, name) for name in ("Ida Idle", "Bo Busy", "Siri Seen"))
    boss = make_person(session, "Adam Admin", is_administrator=True)
    member = make_member(session, make_run(session)).person
    new = make_person(session, "Nina Ny", now=later)
    audit.record(session, actor_id=busy.id, now=later - 700 * DAY, verb="read")
    sign_ins.begin(session, person_id=seen.id, now=later - DAY)
    session.flush()
    found = idle_people(session, later)
    assert idle.id in found
    assert not {busy.id, seen.id, boss.id, member.id, new.id} & set(found)
    assert idle.id not in idle_people(session, NOW + 729 * DAY)


def test_a_rehearsal_tells_the_same_and_changes_nothing(session: Session, engine: Engine, tmp_path: Path) -> None:
    live(session)
    session.commit()
    before = rows(engine)
    later = OVER + 366 * DAY
    told = let_go(session, later, tmp_path, dry_run=True)
    assert rows(engine) == before
    assert not (tmp_path / "erased.jsonl").exists()
    assert told
    assert let_go(session, later, tmp_path) == told


def test_it_is_done_once_a_night(app: Flask, session: Session, engine: Engine) -> None:
    run = make_run(session, name="Natholdet")
    write(session, make_member(session, run), "gp-05.case", {"wanted": BAD})
    session.commit()
    evening = (OVER + 31 * DAY).replace(hour=22, minute=30)
    night = (evening + DAY).replace(hour=2, minute=5)
    with app.test_request_context():
        for at, expected in ((evening + timedelta(hours=1), 0), (night, 1), (night + timedelta(hours=2), 0),
                             (night + DAY, 0)):  # fmt: skip
            with new_session(engine) as fresh:
                assert run_due(fresh, at) == expected, at
    with new_session(engine) as fresh:
        assert len(fresh.scalars(select(AuditRow).where(AuditRow.verb == purging.VERB)).all()) == 2


PLACES = ("", "/receipt", "/steps/events")


def test_the_pages_of_what_is_gone_still_open(session: Session, client_for: Any, tmp_path: Path) -> None:
    life = live(session)
    released = session.scalars(select(Release.id)).one()
    let_go(session, OVER + 30 * DAY, tmp_path)
    base, author, judge = f"/runs/{life.run.id}", client_for(life.signe), client_for(life.organiser)
    asked = [(author, f"{base}/activities/gp-05.case/{slot}{place}") for slot in ("bad", "good") for place in PLACES]
    asked += [(who, f"{base}/releases") for who in (author, judge)]
    theirs = session.scalars(select(Work.id).where(Work.membership_id == life.colleague.id)).one()
    asked += [(judge, f"{base}/reviews/works/{theirs}"), (judge, f"{base}/reviews"), (judge, base)]
    for who, address in asked:
        answer = who.get(address, follow_redirects=True)
        assert answer.status_code == 200, address
        page = answer.get_data(as_text=True)
        assert BAD not in page
        assert OTHERS not in page
    assert judge.get(f"{base}/releases/{released}").status_code == 404
