"""What an author does with a work, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.db.audit import AuditRow
from course.db.errors import DomainError, NotAllowed
from course.runs.models import Run
from course.runs.rules import Gate, GateState
from course.work import judging
from course.work import service as spine
from course.work.finding import Closed
from course.work.models import Revision, Submission, Work
from course.work.service import NotReady, StaleText
from tests.factories import actor_of, case_data, judge_work, make_member

from .conftest import Author

AFTER_DEADLINE = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def texts(session: Session, work: Work) -> list[dict | None]:
    rows = select(Revision.data).where(Revision.work_id == work.id).order_by(Revision.no)
    return list(session.scalars(rows))


class TestSaving:
    def test_each_save_adds_a_revision_and_an_audit_row(self, author: Author, session: Session) -> None:
        first = author.save({"did": "jeg spurgte"}, base_no=0)
        second = author.save({"did": "jeg spurgte igen"}, base_no=1)
        assert (first.no, second.no) == (1, 2)
        assert texts(session, second.work) == [{"did": "jeg spurgte"}, {"did": "jeg spurgte igen"}]
        verbs = session.scalars(select(AuditRow.verb).where(AuditRow.work_id == first.work.id).order_by(AuditRow.id))
        assert list(verbs) == ["work_begun", "saved", "saved"]

    def test_the_audit_never_holds_the_text(self, author: Author, session: Session) -> None:
        author.save({"did": "hemmelighed"}, base_no=0)
        assert "hemmelighed" not in repr([row.detail for row in session.scalars(select(AuditRow))])

    def test_a_retry_finds_the_revision_it_made(self, author: Author, session: Session) -> None:
        save_id = str(uuid4())
        first = author.save({"did": "jeg spurgte"}, base_no=0, save_id=save_id)
        author.save({"did": "senere"}, base_no=1)
        again = author.save({"did": "jeg spurgte"}, base_no=0, save_id=save_id)
        assert again.no == first.no
        assert texts(session, first.work) == [{"did": "jeg spurgte"}, {"did": "senere"}]

    def test_a_retry_finds_it_also_when_the_text_was_handed_in_meanwhile(self, author: Author) -> None:
        save_id = str(uuid4())
        saved = author.save(case_data(), base_no=0, save_id=save_id)
        author.submit(no=saved.no)
        assert author.save(case_data(), base_no=0, save_id=save_id).no == saved.no

    def test_another_text_under_a_used_save_id_is_not_lost(self, author: Author, session: Session) -> None:
        """A page that was gone back to posts its old id with new words."""
        save_id = str(uuid4())
        author.save({"did": "først"}, base_no=0, save_id=save_id)
        saved = author.save({"did": "så"}, base_no=0, save_id=save_id)
        assert texts(session, saved.work) == [{"did": "først"}, {"did": "så"}]

    def test_the_same_text_makes_no_revision(self, author: Author, session: Session) -> None:
        author.save({"did": "jeg spurgte"}, base_no=0)
        assert author.save({"did": "jeg spurgte"}, base_no=1).no == 1
        assert count(session, Revision) == 1

    def test_two_tabs_with_different_fields_are_merged(self, author: Author, session: Session) -> None:
        author.save({"did": "a"}, base_no=0)
        author.save({"did": "b"}, base_no=1)
        saved = author.save({"ended": "c"}, base_no=1)
        assert texts(session, saved.work)[-1] == {"did": "b", "ended": "c"}

    def test_two_tabs_with_the_same_field_overwrite_nothing(self, author: Author, session: Session) -> None:
        author.save({"did": "a"}, base_no=0)
        work = author.save({"did": "fra den ene"}, base_no=1).work
        with pytest.raises(StaleText) as stale:
            author.save({"did": "fra den anden"}, base_no=1)
        assert stale.value.conflicts == ("did",)
        assert stale.value.latest.data == {"did": "fra den ene"}
        assert stale.value.typed == {"did": "fra den anden"}
        assert texts(session, work) == [{"did": "a"}, {"did": "fra den ene"}]

    def test_a_base_nobody_knows_is_no_way_around_a_conflict(self, author: Author) -> None:
        author.save({"did": "a"}, base_no=0)
        with pytest.raises(StaleText):
            author.save({"did": "b"}, base_no=77)

    def test_confirmed_words_last_as_long_as_they_stand_there(self, author: Author, session: Session) -> None:
        author.save({"did": "Hun arbejdede i Horsens."}, base_no=0, confirmed=["Horsens"])
        author.save({"ended": "godt"}, base_no=1)
        saved = author.save({"did": "Hun arbejdede i byen."}, base_no=2)
        rows = session.scalars(
            select(Revision.confirmed).where(Revision.work_id == saved.work.id).order_by(Revision.no)
        )
        assert list(rows) == [["horsens"], ["horsens"], None]

    def test_a_closed_gate_saves_nothing(self, author: Author, session: Session) -> None:
        author.save({"did": "a"}, base_no=0)
        author.now = AFTER_DEADLINE
        with pytest.raises(Closed):
            author.save({"did": "b"}, base_no=1)
        assert count(session, Revision) == 1

    def test_nothing_is_begun_behind_a_closed_gate(self, author: Author, session: Session) -> None:
        author.now = AFTER_DEADLINE
        with pytest.raises(Closed):
            author.open()
        assert count(session, Work) == 0

    def test_what_is_handed_in_cannot_be_changed(self, author: Author) -> None:
        work = author.submitted()
        with pytest.raises(DomainError):
            author.save({"did": "b"}, base_no=work.latest_no)

    def test_another_person_cannot_save_in_it(self, author: Author, session: Session, run: Run) -> None:
        work = author.save({"did": "a"}, base_no=0).work
        other = make_member(session, run)
        thief = Author(session, run, other)
        with pytest.raises(NotAllowed):
            spine.save(
                session, actor=thief.actor, now=thief.now, work=work, form=thief.form, gate=Gate(GateState.OPEN),
                content=spine.Checked({"did": "b"}, {}, {}, ()), base_no=1, save_id=str(uuid4()),
            )  # fmt: skip

    def test_nobody_writes_through_another_members_membership(self, author: Author, session: Session, run: Run) -> None:
        other = make_member(session, run)
        with pytest.raises(NotAllowed):
            spine.open_work(
                session, actor=actor_of(other.person), now=author.now, membership=author.member,
                activity=author.activity, slot="bad", gate=Gate(GateState.OPEN),
            )  # fmt: skip

    def test_somebody_who_has_left_saves_nothing(self, author: Author) -> None:
        author.save({"did": "a"}, base_no=0)
        author.member.left_at = author.now
        with pytest.raises(NotAllowed):
            author.save({"did": "b"}, base_no=1)

    def test_there_is_one_live_work_in_a_slot(self, author: Author, session: Session) -> None:
        assert author.open().id == author.open().id
        assert count(session, Work) == 1

    def test_a_slot_that_does_not_exist(self, author: Author) -> None:
        author.slot = "ugly"
        with pytest.raises(NotAllowed):
            author.open()


class TestSubmitting:
    def test_a_double_click_hands_in_once(self, author: Author, session: Session) -> None:
        saved, key = author.save(case_data(), base_no=0), str(uuid4())
        first = author.submit(no=saved.no, key=key)
        assert author.submit(no=saved.no, key=key).receipt == first.receipt
        assert count(session, Submission) == 1

    def test_what_is_missing_is_named(self, author: Author) -> None:
        saved = author.save({"did": "kun det her"}, base_no=0)
        with pytest.raises(NotReady) as lacking:
            author.submit(no=saved.no, checked=range(7))
        assert "wanted" in lacking.value.missing
        assert "did" not in lacking.value.missing
        assert lacking.value.unchecked == (7,)

    def test_every_amber_word_must_be_looked_at(self, author: Author) -> None:
        saved = author.save(case_data(did="Hun arbejdede i Horsens."), base_no=0)
        with pytest.raises(NotReady) as lacking:
            author.submit(no=saved.no)
        assert [word.word for word in lacking.value.words] == ["Horsens"]
        saved = author.save({}, base_no=saved.no, confirmed=["Horsens"])
        assert author.submit(no=saved.no).revision_no == saved.no

    def test_another_text_than_the_one_that_was_seen_is_not_handed_in(self, author: Author) -> None:
        author.save(case_data(), base_no=0)
        author.save({"ended": "en anden fane skrev dette"}, base_no=1)
        with pytest.raises(StaleText):
            author.submit(no=1)

    def test_an_empty_work_cannot_be_handed_in(self, author: Author) -> None:
        author.open()
        with pytest.raises(NotReady):
            author.submit(no=0)

    def test_it_is_too_late_after_the_deadline_but_not_on_it(self, author: Author) -> None:
        saved = author.save(case_data(), base_no=0)
        author.now = datetime(2026, 11, 20, 22, 59, 1, tzinfo=UTC)
        with pytest.raises(Closed):
            author.submit(no=saved.no)
        author.now = datetime(2026, 11, 20, 22, 59, tzinfo=UTC)
        assert author.submit(no=saved.no).receipt

    def test_a_receipt_cannot_be_misread(self) -> None:
        receipts = {spine.new_receipt() for _ in range(300)}
        assert len(receipts) == 300
        assert not set("".join(receipts)) & set("01IOUL")


class TestWithdrawing:
    def test_withdrawn_changed_and_handed_in_again(self, author: Author, session: Session) -> None:
        work = author.submitted()
        author.withdraw()
        assert (work.state, work.submitted_no) == ("withdrawn", None)
        saved = author.save({"ended": "på arbejde igen"}, base_no=work.latest_no)
        author.submit(no=saved.no)
        assert (work.state, work.submitted_no, count(session, Submission)) == ("submitted", 2, 2)

    def test_twice_is_once(self, author: Author) -> None:
        work = author.submitted()
        author.withdraw()
        author.withdraw()
        assert work.state == "withdrawn"

    def test_not_after_the_deadline(self, author: Author) -> None:
        author.submitted()
        author.now = AFTER_DEADLINE
        with pytest.raises(Closed):
            author.withdraw()


class TestReturned:
    def test_the_deadline_of_the_return_overrides_the_closed_gate(self, author: Author, organiser: Person) -> None:
        work = author.submitted()
        author.now = AFTER_DEADLINE
        judge_work(author.session, work, actor_of(organiser), "returned", now=author.now, comment="Skriv mere.")
        author.wait(days=3)
        saved = author.save({"ended": "med mere om arbejdspladsen"}, base_no=1)
        author.submit(no=saved.no)
        assert work.state == "submitted"

    def test_and_it_ends(self, author: Author, organiser: Person) -> None:
        work = author.submitted()
        author.now = AFTER_DEADLINE
        judge_work(author.session, work, actor_of(organiser), "returned", now=author.now, comment="Skriv mere.")
        author.wait(days=4, seconds=1)
        with pytest.raises(Closed):
            author.save({"ended": "for sent"}, base_no=1)

    def test_it_cannot_be_withdrawn_into_a_closed_gate(self, author: Author, organiser: Person) -> None:
        work = author.submitted()
        judge_work(author.session, work, actor_of(organiser), "returned", now=author.now, comment="Skriv mere.")
        with pytest.raises(DomainError):
            author.withdraw()
        assert work.state == "returned"


class TestRejected:
    def reject(self, author: Author, organiser: Person) -> Work:
        saved = author.save(case_data(my_part="jeg spurgte for sent", did="noget om patienten"), base_no=0)
        author.save({"ended": "endnu en udgave"}, base_no=saved.no)
        author.submit(no=2)
        judge_work(author.session, saved.work, actor_of(organiser), "rejected", now=author.now, comment="For kendt.")
        return saved.work

    def test_the_text_is_erased_at_once_and_the_reflection_kept(self, author: Author, organiser: Person) -> None:
        work = self.reject(author, organiser)
        author.session.expire_all()
        *erased, kept = texts(author.session, work)
        assert erased == [None, None]
        assert kept == {"my_part": "jeg spurgte for sent", "question": "rengøring"}

    def test_it_can_be_replaced_after_the_deadline_and_once(self, author: Author, organiser: Person) -> None:
        author.now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
        work = self.reject(author, organiser)
        author.wait(days=5)
        new = spine.replace(
            author.session, actor=author.actor, now=author.now, work=work, membership=author.member,
            activity=author.activity, gate=author.gate(),
        )  # fmt: skip
        again = spine.replace(
            author.session, actor=author.actor, now=author.now, work=work, membership=author.member,
            activity=author.activity, gate=author.gate(),
        )  # fmt: skip
        assert new.id == again.id != work.id
        assert new.replaces_id == work.id
        saved = author.save(case_data(), base_no=0)
        author.submit(no=saved.no)
        assert new.state == "submitted"

    def test_but_not_for_ever(self, author: Author, organiser: Person) -> None:
        author.now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
        self.reject(author, organiser)
        author.wait(days=14, seconds=1)
        with pytest.raises(Closed):
            author.open()

    def test_a_work_that_is_not_rejected_is_not_replaced(self, author: Author) -> None:
        work = author.submitted()
        with pytest.raises(DomainError):
            spine.replace(
                author.session, actor=author.actor, now=author.now, work=work, membership=author.member,
                activity=author.activity, gate=author.gate(),
            )  # fmt: skip


def test_a_key_that_is_none_gets_a_new_one() -> None:
    known = str(uuid4())
    assert spine.valid_key(known.upper()) == known
    assert len({spine.valid_key(""), spine.valid_key("x' OR 1=1"), spine.valid_key("x' OR 1=1")}) == 3


def test_a_judged_text_that_was_withdrawn_meanwhile_conflicts(author: Author, organiser: Person) -> None:
    work = author.submitted()
    author.withdraw()
    with pytest.raises(judging.NewerText):
        judging.accept(author.session, actor=actor_of(organiser), now=author.now, work_id=work.id, revision_no=1)
