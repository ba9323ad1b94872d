"""What undoes the changes of a test, undoes them all."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.factories import make_person
from tests.routes import restore, rows


def test_rows_that_are_gone_new_and_changed_are_as_they_were(engine: Engine, session: Session) -> None:
    anna, bo = make_person(session, "Anna"), make_person(session, "Bo")
    session.commit()
    kept = rows(engine)
    bo.name = "Bodil"
    session.delete(anna)
    session.flush()
    make_person(session, "Carl")
    session.commit()
    assert rows(engine) != kept
    restore(engine, kept)
    assert rows(engine) == kept


def test_also_when_one_has_taken_what_another_had(engine: Engine, session: Session) -> None:
    anna, bo = make_person(session, "Anna"), make_person(session, "Bo")
    session.commit()
    kept, email = rows(engine), anna.email
    session.delete(anna)
    session.flush()
    bo.email = email
    session.commit()
    restore(engine, kept)
    assert rows(engine) == kept
