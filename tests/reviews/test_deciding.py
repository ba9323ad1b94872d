from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from course.db.errors import DomainError, NotAllowed
from course.outbox.models import Message
from course.reviews import deciding, leases, remarks, service
from course.reviews.deciding import CopyChanged, Seen, copy_digest
from course.work import finding, judging
from course.work import service as spine
from course.work.judging import AlreadyDecided, NewerText
from course.work.models import Decision, FieldComment, Redaction, Release, Revision, Work
from course.work.standing import standing
from tests.factories import NOW, case_data, course, form_of
from tests.reviews.conftest import Room

UNTIL = NOW + timedelta(days=4)
CASE = course().activities["gp-05.case"]
FORM = form_of("gp-05.case")
NAMED = case_data(did="Jeg ringede til Hanne og til Hannes leder. Hanne kom igen.")


def give_back(room: Room, name: str, work: Work, comment: str = "Skriv mere.", state: str = "submitted") -> Decision:
    return deciding.return_for_changes(
        room.session, actor=room.actor(name), now=NOW, work_id=work.id, seen=Seen(work.submitted_no or 0, state),
        comment=comment, until=UNTIL,
    )  # fmt: skip


def accept(room: Room, name: str, work: Work, comment: str = "", no: int | None = None) -> Decision:
    return deciding.accept(
        room.session, actor=room.actor(name), now=NOW, work_id=work.id,
        seen=Seen(no or work.submitted_no or 0, "submitted"), comment=comment,
    )  # fmt: skip


def reject(room: Room, name: str, work: Work, comment: str = "Den kan kendes.") -> Decision:
    return deciding.reject(
        room.session, actor=room.actor(name), now=NOW, work_id=work.id,
        seen=Seen(work.submitted_no or 0, "submitted"), comment=comment, form=FORM,
    )  # fmt: skip


def copy_of(room: Room, work: Work) -> str:
    judged = finding.revision(room.session, work.id, work.submitted_no)
    assert judged is not None
    assert judged.data is not None
    return copy_digest(judging.redacted(FORM, judged.data, judging.redactions(room.session, work.id, judged.no)))


def release(room: Room, name: str, work: Work, **values: Any) -> Release:
    return deciding.release(
        room.session, actor=room.actor(name), now=NOW, work_id=work.id, seen=Seen(work.submitted_no or 0, work.state),
        activity=CASE, seen_copy=values.pop("seen_copy", None) or copy_of(room, work), **values,
    )  # fmt: skip


def kinds(room: Room) -> list[str]:
    return list(room.session.scalars(select(Message.kind).order_by(Message.id)))


def strike_words(room: Room, name: str, work: Work, words: str, field: str = "") -> int:
    return deciding.strike_words(
        room.session, actor=room.actor(name), now=NOW, work_id=work.id, revision_no=work.submitted_no or 0, form=FORM,
        field_id=field, words=words, replacement="[navn]",
    )  # fmt: skip


def test_a_return_tells_the_author_once_and_lets_go(room: Room) -> None:
    work = room.sent()
    service.take(room.session, actor=room.actor("mette"), now=NOW, work_id=work.id)
    first = give_back(room, "mette", work)
    assert (work.state, work.returned_until, first.comment) == ("returned", UNTIL, "Skriv mere.")
    assert give_back(room, "mette", work).id == first.id
    assert kinds(room) == ["returned"]
    assert leases.lease_of(room.session, work.id) is None
    held = service.assignment_of(room.session, work.id)
    assert held is not None, "the new text comes back to the same reviewer"


def test_the_second_of_two_reviewers_is_told_and_nothing_changes(room: Room) -> None:
    work = room.sent()
    accept(room, "mette", work)
    with pytest.raises(AlreadyDecided, match="Mette Maj har godkendt teksten"):
        give_back(room, "jens", work)
    with pytest.raises(AlreadyDecided, match="Du har selv godkendt"):
        give_back(room, "mette", work)
    with pytest.raises(AlreadyDecided):
        accept(room, "jens", work)
    with pytest.raises(AlreadyDecided):
        reject(room, "jens", work)
    assert work.state == "accepted"
    assert room.session.scalar(select(func.count()).select_from(Decision)) == 1


def test_an_accepted_work_can_be_returned_by_who_saw_it_accepted(room: Room) -> None:
    work = room.sent()
    accept(room, "mette", work)
    give_back(room, "jens", work, state="accepted")
    assert work.state == "returned"


def test_pressed_twice_with_other_words_is_told(room: Room) -> None:
    work = room.sent()
    accept(room, "mette", work, "Fint.")
    with pytest.raises(AlreadyDecided, match="anden bemærkning"):
        accept(room, "mette", work, "Rigtig fint.")


def test_somebody_elses_lease_stops_every_act_but_recall(room: Room) -> None:
    work = room.sent(data=NAMED)
    leases.take(room.session, actor=room.actor("mette"), now=NOW, work_id=work.id)
    acts = [
        lambda: give_back(room, "jens", work),
        lambda: accept(room, "jens", work),
        lambda: reject(room, "jens", work),
        lambda: strike_words(room, "jens", work, "Hanne"),
        lambda: release(room, "jens", work, accept_first=True),
        lambda: remarks.remark(
            room.session, actor=room.actor("jens"), now=NOW, work_id=work.id, revision_no=work.submitted_no or 0,
            form=FORM, field_id="did", text="Hvorfor?",
        ),
    ]  # fmt: skip
    for act in acts:
        with pytest.raises(leases.HeldByAnother, match=r"Mette Maj læser teksten til kl. 10\.15"):
            act()
    accept(room, "mette", work)
    release(room, "mette", work)
    leases.take(room.session, actor=room.actor("mette"), now=NOW, work_id=work.id)
    deciding.recall(
        room.session, actor=room.actor("jens"), now=NOW, work_id=work.id, revision_no=work.submitted_no or 0
    )
    assert work.projection == "recalled"


def test_an_expired_lease_stops_nobody(room: Room) -> None:
    work = room.sent()
    leases.take(room.session, actor=room.actor("mette"), now=NOW - timedelta(minutes=15), work_id=work.id)
    accept(room, "jens", work)
    assert work.state == "accepted"


def test_whoever_is_recused_decides_nothing(room: Room) -> None:
    work = room.sent()
    service.recuse(room.session, actor=room.actor("mette"), now=NOW, work_id=work.id)
    with pytest.raises(NotAllowed):
        accept(room, "mette", work)


def test_the_author_takes_the_text_back_during_the_review(room: Room) -> None:
    work = room.sent()
    seen = work.submitted_no
    gate = standing(room.session, room.run, room.anna).gate(CASE, NOW, slot="bad")
    spine.withdraw(room.session, actor=room.actor("anna"), now=NOW, work=work, gate=gate)
    with pytest.raises(NewerText):
        accept(room, "mette", work, no=seen)
    assert work.state == "withdrawn"


def test_rejecting_erases_all_but_the_reflection_and_remarks_too(room: Room) -> None:
    own = {field.id for field in FORM.fields.values() if field.reflection}
    assert own, "the case form asks for reflection"
    work = room.sent(data=NAMED)
    remarks.remark(
        room.session, actor=room.actor("mette"), now=NOW, work_id=work.id, revision_no=work.submitted_no or 0,
        form=FORM, field_id="did", text="Hanne nævnes her.",
    )  # fmt: skip
    strike_words(room, "mette", work, "Hanne")
    reject(room, "mette", work)
    assert reject(room, "mette", work).kind == "rejected", "a double click"
    room.session.flush()
    texts = list(room.session.scalars(select(Revision).where(Revision.work_id == work.id).order_by(Revision.no)))
    assert [row.data for row in texts[:-1]] == [None] * (len(texts) - 1)
    assert texts[-1].data == {name: value for name, value in NAMED.items() if name in own}
    assert room.session.scalars(select(FieldComment)).all() == []
    assert room.session.scalars(select(Redaction)).all() == []
    assert kinds(room) == ["rejected"]


class TestCopy:
    def test_words_are_struck_out_wherever_they_stand(self, room: Room) -> None:
        work = room.sent(data=NAMED)
        assert strike_words(room, "mette", work, "hanne") == 2
        assert strike_words(room, "mette", work, "Hanne") == 0, "already struck out"
        assert strike_words(room, "mette", work, "Hannes leder", "did") == 1
        with pytest.raises(DomainError, match="står ikke i teksten"):
            strike_words(room, "mette", work, "Hanne", "wanted")
        accept(room, "mette", work)
        row = release(room, "mette", work)
        assert row.data is not None
        assert row.data["did"] == "Jeg ringede til [navn] og til [navn]. [navn] kom igen."
        assert kinds(room) == ["accepted", "released"]

    def test_what_was_not_looked_at_is_not_released(self, room: Room) -> None:
        work = room.sent(data=NAMED)
        accept(room, "mette", work)
        looked_at = copy_of(room, work)
        strike_words(room, "jens", work, "Hanne")
        leases.let_go(room.session, actor=room.actor("jens"), work_id=work.id)
        with pytest.raises(CopyChanged):
            release(room, "mette", work, seen_copy=looked_at)
        assert work.projection == "none"
        release(room, "mette", work)
        assert work.projection == "released"

    def test_accepted_and_released_in_one_breath_and_twice(self, room: Room) -> None:
        work = room.sent()
        seen = copy_of(room, work)
        first = release(room, "mette", work, accept_first=True, comment="Fint.", seen_copy=seen)
        again = release(room, "mette", work, accept_first=True, comment="Fint.", seen_copy=seen)
        assert (work.state, work.projection, again.id) == ("accepted", "released", first.id)
        assert kinds(room) == ["released"]

    def test_a_waiting_text_is_not_released_by_itself(self, room: Room) -> None:
        with pytest.raises(DomainError, match="Kun en godkendt"):
            release(room, "mette", room.sent())

    def test_recalled_twice_is_recalled_once_and_can_be_released_again(self, room: Room) -> None:
        work = room.sent()
        release(room, "mette", work, accept_first=True)
        for _ in range(2):
            deciding.recall(
                room.session, actor=room.actor("jens"), now=NOW, work_id=work.id, revision_no=work.submitted_no or 0
            )
        assert kinds(room) == ["released", "recalled"]
        release(room, "jens", work)
        assert work.projection == "released"

    def test_only_what_the_course_shares_is_released(self, room: Room) -> None:
        work = room.sent()
        accept(room, "mette", work)
        with pytest.raises(NotAllowed):
            deciding.release(
                room.session, actor=room.actor("mette"), now=NOW, work_id=work.id,
                seen=Seen(work.submitted_no or 0, "accepted"), activity=course().activities["gp-05.analysis"],
                seen_copy=copy_of(room, work),
            )  # fmt: skip

    def test_a_strike_is_put_back(self, room: Room) -> None:
        work = room.sent(data=NAMED)
        strike_words(room, "mette", work, "Hannes leder")
        [row] = room.session.scalars(select(Redaction))
        deciding.undo_strike(
            room.session, actor=room.actor("mette"), now=NOW, work_id=work.id, revision_no=work.submitted_no or 0,
            redaction_id=row.id,
        )  # fmt: skip
        assert room.session.scalars(select(Redaction)).all() == []


class TestRemarks:
    def remark(self, room: Room, work: Work, text: str = "Hvem sagde det?", field: str = "did") -> FieldComment:
        return remarks.remark(
            room.session, actor=room.actor("mette"), now=NOW, work_id=work.id, revision_no=work.submitted_no or 0,
            form=FORM, field_id=field, text=text,
        )  # fmt: skip

    def test_a_double_click_writes_one(self, room: Room) -> None:
        work = room.sent()
        assert self.remark(room, work).id == self.remark(room, work).id

    @pytest.mark.parametrize(("text", "field"), [("", "did"), (" \n", "did"), ("x" * 2001, "did"), ("ja", "unknown")])
    def test_refused(self, room: Room, text: str, field: str) -> None:
        with pytest.raises(DomainError):
            self.remark(room, room.sent(), text, field)

    def test_not_after_the_decision(self, room: Room) -> None:
        work = room.sent()
        accept(room, "mette", work)
        with pytest.raises(DomainError):
            self.remark(room, work)

    def test_any_reviewer_who_has_it_can_take_one_away(self, room: Room) -> None:
        work = room.sent()
        row = self.remark(room, work)
        leases.let_go(room.session, actor=room.actor("mette"), work_id=work.id)
        remarks.take_remark_back(
            room.session, actor=room.actor("jens"), now=NOW, work_id=work.id, revision_no=work.submitted_no or 0,
            remark_id=row.id,
        )  # fmt: skip
        assert room.session.scalars(select(FieldComment)).all() == []


def test_comments_to_use_again_are_ones_own(room: Room) -> None:
    def keep(name: str, title: str, text: str) -> str:
        return remarks.keep_comment(room.session, actor=room.actor(name), now=NOW, title=title, text=text)

    assert keep("mette", "", "Husk arbejdspladsen.\nOg lederen.") == "Husk arbejdspladsen."
    assert keep("mette", "Kort", "En.") == "Kort"
    assert keep("mette", "Kort", "To.") == "Kort"
    assert len(keep("mette", "x" * 200, "Tre.")) == remarks.TITLE_MAX
    own = remarks.saved_comments(room.session, room.mette.id)
    assert sorted(row.text for row in own) == ["Husk arbejdspladsen.\nOg lederen.", "To.", "Tre."]
    assert remarks.saved_comments(room.session, room.jens.id) == []
    with pytest.raises(NotAllowed):
        remarks.forget_comment(room.session, actor=room.actor("jens"), comment_id=own[0].id)
    remarks.forget_comment(room.session, actor=room.actor("mette"), comment_id=own[0].id)
    for text in ("", "x" * 4001):
        with pytest.raises(DomainError):
            keep("mette", "Titel", text)
