"""What a reviewer does with a work, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.db.errors import DomainError, NotAllowed
from course.runs.models import Run
from course.runs.rules import Role
from course.work import judging
from course.work.models import Decision, Opening, Release, Revision, Work
from tests import factories
from tests.factories import NOW, actor_of, case_data, make_member, make_run, make_work

from .conftest import Author


@pytest.fixture
def work(author: Author) -> Work:
    """A case that is handed in: revision 1."""
    return author.submitted()


def judged(session: Session, work: Work, judge: Person, **changes: Any) -> dict[str, Any]:
    """What every judgement takes."""
    return {
        "session": session, "actor": actor_of(judge), "now": NOW, "work_id": work.id, "revision_no": work.submitted_no,
    } | changes  # fmt: skip


class TestWhoMayJudge:
    def test_not_a_participant(self, session: Session, run: Run, work: Work) -> None:
        colleague = make_member(session, run).person
        with pytest.raises(NotAllowed):
            judging.accept(**judged(session, work, colleague))

    def test_not_the_staff_of_another_run(self, session: Session, work: Work) -> None:
        elsewhere = make_member(session, make_run(session), role=Role.FACILITATOR).person
        with pytest.raises(NotAllowed):
            judging.accept(**judged(session, work, elsewhere))

    def test_not_somebody_who_has_left(self, session: Session, run: Run, work: Work) -> None:
        facilitator = make_member(session, run, role=Role.FACILITATOR)
        facilitator.left_at = NOW
        session.flush()
        with pytest.raises(NotAllowed):
            judging.accept(**judged(session, work, facilitator.person))

    def test_not_the_author_who_is_also_staff(self, session: Session, run: Run, author: Author, work: Work) -> None:
        make_member(session, run, author.member.person, Role.FACILITATOR)
        with pytest.raises(NotAllowed):
            judging.accept(**judged(session, work, author.member.person))

    def test_not_a_work_that_nobody_reviews(self, session: Session, author: Author, organiser: Person) -> None:
        author.submitted()
        analysis = make_work(session, author.member, activity_id="gp-05.analysis", slot="main", data={"puzzle": "?"})
        with pytest.raises(NotAllowed):
            judging.accept(**judged(session, analysis, organiser, revision_no=1))


class TestDeciding:
    def test_a_decision_names_the_revision_and_conflicts_with_a_newer_one(
        self, session: Session, author: Author, organiser: Person, work: Work
    ) -> None:
        author.withdraw()
        saved = author.save({"ended": "en ny slutning"}, base_no=1)
        author.submit(no=saved.no)
        with pytest.raises(judging.NewerText):
            judging.accept(**judged(session, work, organiser, revision_no=1))
        assert judging.accept(**judged(session, work, organiser)).revision_no == 2

    def test_a_double_click_decides_once(self, session: Session, organiser: Person, work: Work) -> None:
        first = judging.accept(**judged(session, work, organiser))
        assert judging.accept(**judged(session, work, organiser)).id == first.id
        assert len(session.scalars(select(Decision)).all()) == 1

    def test_two_reviewers_never_both_decide(self, session: Session, run: Run, organiser: Person, work: Work) -> None:
        other = make_member(session, run, role=Role.FACILITATOR).person
        judging.accept(**judged(session, work, organiser))
        with pytest.raises(DomainError):
            judging.accept(**judged(session, work, other))

    def test_a_return_needs_words_and_a_deadline_ahead(self, session: Session, organiser: Person, work: Work) -> None:
        until = NOW + timedelta(days=3)
        with pytest.raises(DomainError):
            judging.return_for_changes(**judged(session, work, organiser), comment=" \x00", until=until)
        with pytest.raises(DomainError):
            judging.return_for_changes(**judged(session, work, organiser), comment="Skriv mere.", until=NOW)
        judging.return_for_changes(**judged(session, work, organiser), comment="Skriv mere.", until=until)
        assert (work.state, work.returned_until) == ("returned", until)


class TestReleasing:
    def test_the_copy_is_redacted_and_without_private_fields(
        self, session: Session, author: Author, organiser: Person
    ) -> None:
        saved = author.save(
            case_data(did="hun gik til lægen 🩺 i Horsens med sin søster"), base_no=0, confirmed=["Horsens"]
        )
        author.submit(no=saved.no)
        text = saved.work and "hun gik til lægen 🩺 i Horsens med sin søster"
        start = text.index("Horsens")
        values = judged(session, saved.work, organiser)
        judging.redact(**values, form=author.form, path="did", start=start, end=start + 7, replacement="en by")
        judging.accept(**values)
        row = judging.release(**values, form=author.form)
        assert row.data is not None
        assert row.data["did"] == "hun gik til lægen 🩺 i en by med sin søster"
        assert not any(author.form.fields[name].private for name in row.data)

    @pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (5, 2), (0, 100_000)])
    def test_only_what_stands_there_can_be_marked(
        self, session: Session, author: Author, organiser: Person, work: Work, start: int, end: int
    ) -> None:
        with pytest.raises(DomainError):
            judging.redact(
                **judged(session, work, organiser), form=author.form, path="did", start=start, end=end, replacement=""
            )

    def test_markings_never_overlap(self, session: Session, author: Author, organiser: Person, work: Work) -> None:
        values = judged(session, work, organiser) | {"form": author.form, "path": "did", "replacement": "x"}
        judging.redact(**values, start=0, end=8)
        with pytest.raises(DomainError):
            judging.redact(**values, start=7, end=9)

    def test_what_colleagues_see_must_be_recalled_before_it_changes(
        self, session: Session, author: Author, organiser: Person, work: Work
    ) -> None:
        values = judged(session, work, organiser)
        judging.accept(**values)
        judging.release(**values, form=author.form)
        for change in (
            lambda: judging.reject(**values, comment="x", form=author.form),
            lambda: judging.return_for_changes(**values, comment="x", until=NOW + timedelta(days=1)),
            lambda: judging.undo_redaction(**values, redaction_id=1),
        ):
            with pytest.raises(DomainError):
                change()
        judging.recall(**values)
        assert work.projection == "recalled"
        judging.release(**values, form=author.form)
        assert len(session.scalars(select(Release)).all()) == 2

    def test_a_rejection_erases_the_copies_too(
        self, session: Session, author: Author, organiser: Person, work: Work
    ) -> None:
        values = judged(session, work, organiser)
        judging.accept(**values)
        judging.release(**values, form=author.form)
        judging.recall(**values)
        judging.reject(**values, comment="Patienten kan kendes.", form=author.form)
        session.expire_all()
        assert session.scalars(select(Release.data)).all() == [None]

    def test_an_opening_is_counted_once_a_person(self, session: Session, run: Run, work: Work) -> None:
        reader = actor_of(make_member(session, run).person)
        for minutes in (0, 5):
            later = NOW + timedelta(minutes=minutes)
            judging.record_opening(session, actor=reader, now=later, work_id=work.id, capacity="colleague")
        row = session.scalars(select(Opening)).one()
        assert (row.times, row.first_at, row.last_at) == (2, NOW, NOW + timedelta(minutes=5))


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "accepted"},
        {"projection": "released"},
        {"submitted_no": 2},
        {"returned_until": NOW},
        {"state": "happy"},
        {"state": "draft"},
    ],
)
def test_the_database_repeats_the_rules(session: Session, work: Work, broken: dict[str, Any]) -> None:
    for name, value in broken.items():
        setattr(work, name, value)
    with pytest.raises(IntegrityError):
        session.flush()


def test_rejecting_erases_what_the_analysis_tells_of_the_patient(session: Session) -> None:
    run = factories.make_run(session)
    member = factories.make_member(session, run)
    judge = factories.make_member(session, run, role=Role.FACILITATOR).person
    work = factories.make_work(session, member, state="submitted")
    told, own = "en patient med en tung tallerkenvogn", "jeg havde for travlt"
    analysis = factories.make_work(
        session, member, activity_id="gp-05.analysis", slot="main", data={"description": told, "puzzle": own}
    )
    course = factories.course()
    judging.reject(
        session,
        actor=factories.actor_of(judge),
        now=factories.NOW,
        work_id=work.id,
        revision_no=work.submitted_no or 0,
        comment="Det kan ikke gøres ukendeligt.",
        form=factories.form_of("gp-05.case"),
        analyses=course.analyses_of(work.activity_id, work.slot),
    )
    rows = select(Revision.data).where(Revision.work_id == analysis.id).order_by(Revision.no)
    kept = list(session.scalars(rows))
    assert kept == [None, {"puzzle": own}]
    assert analysis.state == "draft"
