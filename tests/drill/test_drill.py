"""The drill in short; `make drill` is the whole of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from course.db.engine import make_engine
from course.work.models import Revision
from tests.drill import world
from tests.drill.drill import drill, look_up
from tests.drill.writing import FIELD, Promised
from tests.postgres import new_database, server_url

KILLS = 50


def keeps_its_promises(database_url: str) -> None:
    outcome = drill(database_url, KILLS, seed=20261204)
    assert outcome.faults == ()
    assert (outcome.lost, outcome.duplicates) == (0, 0)
    assert outcome.saves > KILLS
    assert outcome.submissions
    assert outcome.retries


@pytest.mark.drill
def test_nothing_acknowledged_is_lost_on_sqlite(tmp_path: Path) -> None:
    keeps_its_promises(f"sqlite:///{tmp_path / 'course.db'}")


@pytest.mark.drill
@pytest.mark.postgres
def test_nothing_acknowledged_is_lost_on_postgres(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> None:
    server = server_url(tmp_path_factory, worker_id)
    keeps_its_promises(new_database(server, f"drill_{worker_id}"))


def test_the_look_up_sees_what_is_broken(tmp_path: Path) -> None:
    """The drill's own judgement: a promise that is not kept, a text kept twice, a missing audit row."""
    url = f"sqlite:///{tmp_path / 'course.db'}"
    world.build(url, participants=2)
    engine = make_engine(url)
    with engine.begin() as connection:
        [[save_id, data], *_] = connection.execute(select(Revision.save_id, Revision.data)).all()
        connection.execute(
            insert(Revision).values(work_id=1, no=3, save_id="again", saved_at=datetime.now(UTC), data=data)
        )
    engine.dispose()
    assert data is not None
    kept, lost = (1, data[FIELD]), (7, "never written")
    promised = Promised(saves={save_id: kept, "gone": lost}, submissions={"key": "K7F3-92QD"})
    outcome = look_up(url, [promised], kills=1, whole=0, began=0.0)
    assert (outcome.saves, outcome.submissions, outcome.lost, outcome.duplicates) == (2, 1, 2, 1)
    told = "\n".join(outcome.faults)
    for fault in ("save gone", "receipt K7F3-92QD", "is there 2 times", "work 1 has gaps", "2 audit rows"):
        assert fault in told
