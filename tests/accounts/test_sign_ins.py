from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts import service, sign_ins
from course.accounts.models import Person, SignIn
from course.accounts.rules import ABSOLUTE_LIMIT, IDLE_LIMIT
from course.db.audit import AuditRow
from course.db.errors import DomainError, NotAllowed
from tests.factories import NOW, actor_of, make_person


def test_the_token_is_not_in_the_table(session: Session) -> None:
    token = sign_ins.begin(session, person_id=make_person(session).id, now=NOW, device="Firefox på Linux")
    row = session.scalars(select(SignIn)).one()
    assert token not in (row.token_hash, row.device)
    found = sign_ins.find(session, token)
    assert found is not None
    assert (found.id, found.actor.person_id) == (row.id, row.person_id)
    assert sign_ins.find(session, row.token_hash) is None
    assert sign_ins.find(session, "") is None


def test_two_sign_ins_have_two_tokens(session: Session) -> None:
    person = make_person(session)
    tokens = {sign_ins.begin(session, person_id=person.id, now=NOW) for _ in range(3)}
    assert len(tokens) == 3


def test_use_keeps_a_sign_in_alive_but_not_for_ever(session: Session) -> None:
    token = sign_ins.begin(session, person_id=make_person(session).id, now=NOW)
    row = sign_ins.find(session, token)
    assert row is not None
    assert not sign_ins.counts(row, NOW + IDLE_LIMIT)
    at = NOW
    while at < NOW + ABSOLUTE_LIMIT - timedelta(hours=7):
        at += timedelta(hours=7)
        sign_ins.see(session, sign_in_id=row.id, now=at)
        row = sign_ins.find(session, token)
        assert row is not None
        assert sign_ins.counts(row, at + timedelta(minutes=1))
    assert not sign_ins.counts(row, NOW + ABSOLUTE_LIMIT)


def test_a_closed_account_is_out(session: Session) -> None:
    person = make_person(session)
    token = sign_ins.begin(session, person_id=person.id, now=NOW)
    person.closed_at = NOW
    session.flush()
    found = sign_ins.find(session, token)
    assert found is not None
    assert not sign_ins.counts(found, NOW)


def test_one_ends_ones_own_sign_ins_only(session: Session) -> None:
    karen, bo = make_person(session), make_person(session, "Bo Lund")
    sign_ins.begin(session, person_id=karen.id, now=NOW)
    row = sign_ins.of_person(session, karen.id, NOW)[0]
    with pytest.raises(NotAllowed):
        sign_ins.end(session, actor=actor_of(bo), now=NOW, sign_in_id=row.id)
    with pytest.raises(NotAllowed):
        sign_ins.end(session, actor=actor_of(karen), now=NOW, sign_in_id=999_999)
    sign_ins.end(session, actor=actor_of(karen), now=NOW, sign_in_id=row.id)
    sign_ins.end(session, actor=actor_of(karen), now=NOW + timedelta(hours=1), sign_in_id=row.id)
    assert row.revoked_at == NOW
    assert sign_ins.of_person(session, karen.id, NOW) == []


def test_a_new_password_ends_every_other_sign_in(session: Session) -> None:
    person, other = make_person(session, password_hash="gammel"), make_person(session, "Bo Lund")
    for somebody in (person, person, person, other):
        sign_ins.begin(session, person_id=somebody.id, now=NOW)
    kept = sign_ins.of_person(session, person.id, NOW)[1]
    service.change_password(
        session, actor=actor_of(person), now=NOW, was="gammel", password_hash="ny", sign_in_id=kept.id
    )
    session.expire_all()
    assert [row.id for row in sign_ins.of_person(session, person.id, NOW)] == [kept.id]
    assert len(sign_ins.of_person(session, other.id, NOW)) == 1
    assert person.password_hash == "ny"


def test_a_password_that_changed_in_the_meantime_is_not_overwritten(session: Session) -> None:
    person = make_person(session, password_hash="nyest")
    with pytest.raises(DomainError):
        service.change_password(
            session, actor=actor_of(person), now=NOW, was="gammel", password_hash="ny", sign_in_id=None
        )
    entered = service.sign_in(session, person_id=person.id, now=NOW, was="gammel", new_hash=None, device="")
    assert entered is None


def test_people_are_made_once_for_an_address(session: Session) -> None:
    made = service.create_person(session, actor=None, now=NOW, email=" Karen@Klinik.example ", name="  Karen  Holm ")
    assert (made.email, made.name) == ("karen@klinik.example", "Karen Holm")
    assert service.find_person(session, "KAREN@klinik.example") is made
    with pytest.raises(DomainError):
        service.create_person(session, actor=None, now=NOW, email="karen@klinik.example", name="En anden")
    for email, name in (
        ("karen", "Karen"),
        ("ny@klinik.example", " \x00 "),
        ("ny@klinik.example", "x" * 201),
    ):
        with pytest.raises(DomainError):
            service.create_person(session, actor=None, now=NOW, email=email, name=name)
    made.closed_at = NOW
    session.flush()
    assert service.find_person(session, "karen@klinik.example") is None


def test_the_audit_rows_hold_no_words(session: Session) -> None:
    person = service.create_person(session, actor=None, now=NOW, email="karen@klinik.example", name="Karen Holm")
    service.change_details(session, actor=actor_of(person), now=NOW, name="{{7*7}}", title="<script>")
    assert session.get_one(Person, person.id).name == "{{7*7}}"
    rows = session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
    assert [row.verb for row in rows] == ["person_created", "details_changed"]
    assert [row.detail for row in rows] == [{"person": person.id}, None]
