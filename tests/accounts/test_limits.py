from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from course.accounts import devices, limits
from course.accounts.models import RateCount
from tests.conftest import SECRET
from tests.factories import NOW

WINDOW = timedelta(minutes=15)


def test_tries_are_counted_up_to_the_limit_and_anew_in_the_next_window(session: Session) -> None:
    assert [limits.hit(session, "prøve", "a", 2, WINDOW, NOW) for _ in range(3)] == [True, True, False]
    assert limits.hit(session, "prøve", "b", 2, WINDOW, NOW)
    assert limits.hit(session, "andet", "a", 2, WINDOW, NOW)
    assert limits.hit(session, "prøve", "a", 2, WINDOW, NOW + WINDOW)


def test_the_key_is_not_stored_as_it_is(session: Session) -> None:
    limits.hit(session, "prøve", "karen@klinik.example", 2, WINDOW, NOW)
    keys = session.scalars(select(RateCount.key)).all()
    assert len(keys) == 1
    assert "karen" not in keys[0]


def test_how_long_to_wait_is_told(session: Session) -> None:
    tries = [(limits.Limit("en", 1, WINDOW), "k"), (limits.Limit("to", 5, timedelta(hours=1)), "k")]
    at = NOW + timedelta(minutes=5)
    assert limits.count_all(session, tries, at) == 0
    wait = limits.count_all(session, tries, at)
    assert 600 <= wait <= 602
    assert limits.count_all(session, tries, at + timedelta(seconds=wait)) == 0


def test_old_counts_are_purged(session: Session) -> None:
    limits.hit(session, "prøve", "a", 2, WINDOW, NOW)
    limits.hit(session, "prøve", "b", 2, timedelta(days=1), NOW)
    assert limits.purge(session, NOW) == 0
    assert limits.purge(session, NOW + WINDOW) == 1
    assert session.scalar(select(func.count()).select_from(RateCount)) == 1


def test_a_device_is_known_for_its_own_address_only() -> None:
    cookie = devices.make_cookie(SECRET, "karen@klinik.example")
    assert devices.device_of(SECRET, cookie, "karen@klinik.example")
    assert devices.device_of(SECRET, cookie, "bo@klinik.example") is None
    assert devices.device_of("en helt anden nøgle", cookie, "karen@klinik.example") is None
    for forged in (None, "", "x", cookie[:-1], cookie + "a", "W10.x"):
        assert devices.device_of(SECRET, forged, "karen@klinik.example") is None
    assert "karen" not in cookie
