from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.accounts import resets, sign_ins
from course.accounts.models import ResetToken
from course.accounts.rules import RESET_LIMIT
from course.outbox.models import Message
from tests.conftest import SECRET
from tests.factories import NOW, make_person


def ask(session: Session, email: str, at: timedelta = timedelta(0)) -> str:
    """Ask for a link and answer with its token, made anew as the mail does."""
    resets.ask(session, now=NOW + at, email=email, secret=SECRET)
    latest = session.scalars(select(ResetToken).order_by(ResetToken.id.desc())).first()
    assert latest is not None
    return resets.link_token(latest.nonce, SECRET)


def test_a_link_works_once_and_ends_every_sign_in(session: Session) -> None:
    person = make_person(session, password_hash="gammel")
    sign_ins.begin(session, person_id=person.id, now=NOW)
    first, second = ask(session, person.email), ask(session, person.email.upper())
    assert resets.find(session, token=first, now=NOW) is person
    _, token = resets.use(session, token=first, now=NOW, password_hash="ny", device="Firefox")
    session.expire_all()
    assert person.password_hash == "ny"
    assert [row.token_hash for row in sign_ins.of_person(session, person.id, NOW)] == [sign_ins.token_hash(token)]
    for used in (first, second):
        with pytest.raises(resets.ResetGone):
            resets.use(session, token=used, now=NOW, password_hash="nyere", device="")


def test_a_link_is_too_old_after_two_hours(session: Session) -> None:
    token = ask(session, make_person(session).email)
    resets.find(session, token=token, now=NOW + RESET_LIMIT - timedelta(seconds=1))
    with pytest.raises(resets.ResetGone):
        resets.find(session, token=token, now=NOW + RESET_LIMIT)


def test_the_table_and_the_outbox_do_not_hold_the_token(session: Session) -> None:
    token = ask(session, make_person(session).email)
    reset, message = session.scalars(select(ResetToken)).one(), session.scalars(select(Message)).one()
    assert token not in (reset.nonce, reset.token_hash)
    assert message.params == {"reset_id": reset.id}
    assert message.run_id is None
    assert resets.link_token(reset.nonce, "en anden nøgle") != token


@pytest.mark.parametrize("email", ["ukendt@klinik.example", "", "ikke en adresse", "a@b.dk\x00"])
def test_nobody_gets_no_mail(session: Session, email: str) -> None:
    resets.ask(session, now=NOW, email=email, secret=SECRET)
    assert session.scalars(select(Message)).all() == []


@pytest.mark.parametrize("token", ["", "x", "ø" * 43, "a" * 43])
def test_an_unknown_link(session: Session, token: str) -> None:
    make_person(session)
    with pytest.raises(resets.ResetGone):
        resets.find(session, token=token, now=NOW)


def test_a_closed_account_stays_closed(session: Session) -> None:
    person = make_person(session)
    token = ask(session, person.email)
    person.closed_at = NOW
    session.flush()
    with pytest.raises(resets.ResetGone):
        resets.use(session, token=token, now=NOW, password_hash="ny", device="")
