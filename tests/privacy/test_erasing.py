"""A person is erased from every table, from the files, and from every copy that is put back."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.certificates import service as certificates
from course.certificates.models import Certificate
from course.db.audit import AuditRow
from course.db.base import Base
from course.db.session import new_session, writing
from course.outbox.models import Message
from course.privacy import erasing, ledger, proof, scrubbing
from course.privacy.erasing import StillNeeded, erase
from course.privacy.finding import owned_by, owned_tables
from course.privacy.records import RECORDS
from course.runs.models import Invitation, Run
from course.runs.rules import Role
from course.work.models import Decision, Opening, Revision, Work
from tests.factories import NOW, actor_of, make_member, make_person, make_run
from tests.privacy.lives import BAD, EMAIL, GOOD, NAME, OTHERS, QUIZ, SHARED, STRUCK, Life, count, live, staff_life


@pytest.fixture
def life(session: Session) -> Life:
    return live(session)


def test_the_life_is_in_every_table_with_somebodys_rows(life: Life) -> None:
    """Without this the tests below would prove little."""
    owned = owned_by(life.session, life.signe)
    seen = {
        t.name for t, _, condition in owned_tables(owned) if life.session.execute(select(t).where(condition)).first()
    }
    assert seen == {name for name, record in RECORDS.items() if record.owners}


def test_nothing_of_a_person_is_left_in_any_row(life: Life, tmp_path: Path) -> None:
    session, owned = life.session, owned_by(life.session, life.signe)
    needles = proof.needles_of(session, life.signe)
    assert {NAME, EMAIL} <= set(needles.words)
    before = {hit.where for hit in proof.search_rows(session, needles)}
    assert before >= {
        "person.name",
        "revision.data",
        "release.data",
        "practice_step.data",
        "message.to",
        "invitation.name",
    }
    done = erase(session, person=life.signe, now=NOW, ledger_file=tmp_path / "erased.jsonl")
    assert done.is_gone
    assert proof.search_rows(session, needles) == []
    left = {t.name for t, _, condition in owned_tables(owned) if session.execute(select(t).where(condition)).first()}
    assert left == set()
    for text in (BAD, GOOD, STRUCK, QUIZ):
        assert proof.search_rows(session, proof.Needles((text,))) == []


def test_what_others_need_stays(life: Life, tmp_path: Path) -> None:
    session = life.session
    erase(session, person=life.signe, now=NOW, ledger_file=tmp_path / "erased.jsonl")
    shared = session.scalars(select(Revision).where(Revision.work_id == life.shared.id)).one()
    assert shared.data == {"x": SHARED}
    assert shared.author_id is None
    assert proof.search_rows(session, proof.Needles((OTHERS,)))
    mails = session.scalars(select(Message)).all()
    assert [mail.kind for mail in mails if mail.kind in {"sent_again", "released"}] == []
    assert "other" in {mail.kind for mail in mails}
    session.refresh(life.colleague)
    assert life.colleague.tutor_id is None
    assert session.scalars(select(AuditRow).where(AuditRow.verb == "submitted")).first() is not None


def test_a_certificate_keeps_its_sealed_copy_only(life: Life, tmp_path: Path) -> None:
    erase(life.session, person=life.signe, now=NOW, ledger_file=tmp_path / "erased.jsonl")
    kept = life.session.scalars(select(Certificate)).one()
    assert (kept.number, kept.printed, kept.membership_id) == (None, None, None)
    assert kept.sealed == b"\x00sealed"


def test_a_certificate_still_checks_out(life: Life, tmp_path: Path) -> None:
    session, organiser = life.session, actor_of(life.organiser)
    issued = certificates.reissue(
        session, actor=organiser, now=NOW, run=life.run, certificate_id=session.scalars(select(Certificate.id)).one()
    )
    number = issued.number
    assert number is not None
    erase(session, person=life.signe, now=NOW, ledger_file=tmp_path / "erased.jsonl")
    checked = certificates.check(session, number)
    assert checked is not None
    assert checked.printed.name == NAME
    assert checked.revoked_at is None
    assert proof.search_rows(session, proof.Needles((NAME, number))) == []


def test_the_name_of_an_organiser_stays_on_what_others_were_given(life: Life, tmp_path: Path) -> None:
    session = life.session
    make_member(session, life.run, role=Role.ORGANISER)
    given = session.scalars(select(Certificate)).one()
    given.printed = {"organiser": "Olga Organiser"}
    session.flush()
    needles = proof.needles_of(session, life.organiser)
    assert life.organiser.name not in needles.words
    assert needles.left_out == 1
    erase(session, person=life.organiser, now=NOW, ledger_file=tmp_path / "erased.jsonl")
    assert proof.search_rows(session, needles) == []
    assert session.get_one(Certificate, given.id).printed == {"organiser": "Olga Organiser"}


def test_a_reviewer_leaves_their_words_without_a_name(session: Session, tmp_path: Path) -> None:
    life, grete = staff_life(session)
    needles, number = proof.needles_of(session, grete), grete.id
    done = erase(session, person=grete, now=NOW, ledger_file=tmp_path / "erased.jsonl")
    assert not done.is_gone, "a judged work must have a judge"
    left = session.get_one(Person, number)
    assert (left.name, left.title, left.password_hash) == (erasing.NAME, "", None)
    assert left.email.endswith(ledger.NOBODY)
    assert left.closed_at == NOW
    assert proof.search_rows(session, needles) == []
    assert count(session, "saved_comment") == 1, "Signe's own stays"
    words = session.scalars(select(Decision).where(Decision.comment.contains("sige mere om lederen"))).one()
    assert words.comment.endswith("Mange hilsner [slettet]")
    assert words.by_id is None
    assert session.get_one(Work, words.work_id).decided_by_id == number
    assert session.scalars(select(Opening).where(Opening.person_id == number)).one().capacity == "reviewer"
    assert session.get_one(Run, life.run.id).clinician_id is None


def test_the_only_organiser_is_still_needed(life: Life, tmp_path: Path) -> None:
    session, file = life.session, tmp_path / "erased.jsonl"
    with pytest.raises(StillNeeded, match="den eneste kursusarrangør på »Hold Åsbakken«"):
        erase(session, person=life.organiser, now=NOW, ledger_file=file)
    assert not file.exists()
    other = make_member(session, life.run, role=Role.ORGANISER)
    assert not erase(session, person=life.organiser, now=NOW, ledger_file=file).is_gone
    with pytest.raises(StillNeeded):
        erase(session, person=other.person, now=NOW, ledger_file=file)


def test_the_organiser_of_a_cancelled_run_can_go(session: Session, tmp_path: Path) -> None:
    organiser = make_person(session, "Olga Organiser", may_create_runs=True)
    run = make_run(session, organiser)
    run.cancelled_at = NOW
    session.flush()
    assert erase(session, person=organiser, now=NOW, ledger_file=tmp_path / "erased.jsonl").is_gone
    assert session.get_one(Run, run.id).created_by_id is None


def test_two_of_one_name_do_not_spoil_the_proof(life: Life, tmp_path: Path) -> None:
    make_person(life.session, NAME)
    needles = proof.needles_of(life.session, life.signe)
    assert NAME not in needles.words
    assert EMAIL in needles.words
    assert needles.left_out >= 1
    erase(life.session, person=life.signe, now=NOW, ledger_file=tmp_path / "erased.jsonl")
    assert proof.search_rows(life.session, needles) == []


def test_a_quotation_of_others_is_no_longer_proof_and_that_is_said(life: Life) -> None:
    revision = life.session.scalars(select(Revision).where(Revision.work_id == life.shared.id)).one()
    revision.data = {"x": f"vi talte om at {BAD} {STRUCK}"}
    life.session.flush()
    needles = proof.needles_of(life.session, life.signe)
    assert needles.left_out >= 2
    assert not [word for word in needles.words if word in f"{BAD} {STRUCK}"]


def test_an_older_copy_forgets_again(life: Life, tmp_path: Path) -> None:
    """The same rows are put back, as a restore does; the ledger recognises them whatever has changed since."""
    session, file = life.session, tmp_path / "erased.jsonl"
    life.colleague.tutor_id = None
    session.flush()
    older = {t.name: [dict(r._mapping) for r in session.execute(t.select())] for t in Base.metadata.sorted_tables}
    life.signe.email = "ny.adresse@example.test"
    session.flush()
    needles = proof.needles_of(session, life.signe)
    erase(session, person=life.signe, now=NOW, ledger_file=file)
    for table in reversed(Base.metadata.sorted_tables):
        session.execute(table.delete())
    for table in Base.metadata.sorted_tables:
        if older[table.name]:
            session.execute(table.insert(), older[table.name])
    session.expire_all()
    assert erasing.replay(session, ledger.read(file), NOW) == 1
    assert proof.search_rows(session, needles) == []
    assert proof.search_rows(session, proof.Needles((EMAIL, NAME))) == []
    assert erasing.replay(session, ledger.read(file), NOW) == 0


def test_somebody_new_with_an_old_number_is_left_alone(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "erased.jsonl"
    gone = make_person(session, "Bodil Bort")
    number = gone.id
    erase(session, person=gone, now=NOW, ledger_file=file)
    new = make_person(session, "Nina Ny", id=number, now=NOW.replace(minute=1))
    assert ledger.still_here(session, ledger.read(file)) == []
    assert erasing.replay(session, ledger.read(file), NOW) == 0
    assert session.get_one(Person, new.id).name == "Nina Ny"


def test_an_invitation_from_before_they_joined_is_forgotten_too(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "erased.jsonl"
    run = make_run(session)
    erase(session, person=make_person(session, "Bodil Bort", email=EMAIL), now=NOW, ledger_file=file)
    session.add(Invitation(run_id=run.id, email=EMAIL, role="participant", nonce="n", created_at=NOW, expires_at=NOW))
    session.flush()
    erasing.replay(session, ledger.read(file), NOW)
    assert count(session, "invitation") == 0


def test_the_bytes_of_the_database_hold_nothing(engine: Engine, tmp_path: Path) -> None:
    """SQLite: the file, its log and its index of the log. PostgreSQL: every file of the tables."""
    with new_session(engine) as session, writing(session):
        life = live(session)
        number = life.signe.id
    with new_session(engine) as session:
        needles = proof.needles_of(session, session.get_one(Person, number))
        files = database_files(session)
    assert proof.search_files(files, needles), "it must be found before"
    with new_session(engine) as session, writing(session):
        erase(session, person=session.get_one(Person, number), now=NOW, ledger_file=tmp_path / "erased.jsonl")
    assert scrubbing.scrub(engine, whole=True)
    with new_session(engine) as session:
        assert proof.search_rows(session, needles) == []
        assert proof.search_files([*database_files(session), tmp_path / "erased.jsonl"], needles) == []


def database_files(session: Session) -> list[Path]:
    """The files in which the rows of the tables lie."""
    if session.get_bind().dialect.name == "sqlite":
        file = Path(str(session.connection().engine.url.database))
        return proof.files_of(file.parent, file)
    driver = session.connection().exec_driver_sql
    driver("CHECKPOINT")
    home = Path(str(driver("SHOW data_directory").scalar()))
    tables = driver("SELECT oid FROM pg_class WHERE relkind IN ('r', 't', 'i') AND oid >= 16384").scalars().all()
    names = [driver(f"SELECT pg_relation_filepath({oid})").scalar() for oid in tables]
    found = [
        path for name in names if name for path in home.joinpath(str(name)).parent.glob(f"{Path(str(name)).name}*")
    ]
    assert found
    return found
