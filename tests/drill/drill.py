"""The drill: writers write, the server is killed at random, and then every promise is looked up."""

import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, func, select, text

from course.db.audit import AuditRow
from course.db.engine import make_engine
from course.work.models import Revision, Submission, Work
from tests.drill import world
from tests.drill.server import Server
from tests.drill.web import Browser
from tests.drill.writing import FIELD, Promised, Writer

WRITERS = 6
LONGEST_PEACE = 0.08  # seconds between two kills, beside waiting for new words
WHOLE_EVERY = 10
PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `faults` says in words everything that should not be."""

    kills: int
    whole: int
    saves: int
    submissions: int
    retries: int
    twice: int
    lost: int
    duplicates: int
    faults: tuple[str, ...]
    seconds: float

    def __str__(self) -> str:
        acknowledged = self.saves + self.submissions
        return (
            f"{self.kills} kills ({self.whole} of the whole server), {acknowledged} acknowledged "
            f"({self.saves} revisions, {self.submissions} submissions), {self.lost} lost, "
            f"{self.duplicates} duplicates; {self.retries} retries, {self.twice} sent twice at once, "
            f"{self.seconds:.0f} s"
        )


def drill(database_url: str, kills: int, seed: int) -> Outcome:
    """Kill the server `kills` times while six participants write, save by save and case by case."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        people = world.build(database_url, WRITERS)
        server = Server(Path(folder), database_url)
        server.start()
        writers = [writer(server, people, number) for number in range(WRITERS)]
        try:
            whole = kill_at_random(server, writers, kills, random.Random(seed))
        finally:
            for each in writers:
                each.stopping.set()
            for each in writers:
                each.join(PATIENCE)
            server.stop()
    return look_up(database_url, [each.promised for each in writers], kills, whole, began)


def writer(server: Server, people: world.World, number: int) -> Writer:
    browser = Browser(server.port)
    browser.sign_in(people.participants[number], world.PASSWORD)
    # Everybody takes a name that is only small letters, so that the guard has nothing to ask.
    name = "abcdef"[number] * 3
    started = Writer(browser, people.run_id, name, threading.Event())
    started.base_no = 1
    started.start()
    return started


def kill_at_random(server: Server, writers: Sequence[Writer], kills: int, chance: random.Random) -> int:
    """Kill one process that answers, or every so often the whole server; how often it was the whole."""
    peace = threading.Event()
    whole = 0
    for number in range(1, kills + 1):
        wait_for_words(writers)
        peace.wait(chance.uniform(0, LONGEST_PEACE))
        if number % WHOLE_EVERY == 0:
            server.kill()
            server.start()
            whole += 1
        else:
            server.kill_worker(chance.choice(server.workers_at_work()))
    wait_for_words(writers)
    return whole


def wait_for_words(writers: Sequence[Writer]) -> None:
    """Wait until something new is acknowledged: a server that is down cannot be killed."""
    before = sum(each.promised.count for each in writers)
    until = time.monotonic() + PATIENCE
    pause = threading.Event()
    while sum(each.promised.count for each in writers) == before:
        faults = [fault for each in writers for fault in each.promised.faults]
        if faults or time.monotonic() > until:
            raise AssertionError(f"nobody can write any more: {faults}")
        pause.wait(0.002)


def look_up(database_url: str, promised: Sequence[Promised], kills: int, whole: int, began: float) -> Outcome:
    """Compare what was promised with what the database holds."""
    saves = {key: value for each in promised for key, value in each.saves.items()}
    submissions = {key: value for each in promised for key, value in each.submissions.items()}
    engine = make_engine(database_url)
    lost = lost_saves(engine, saves) + lost_submissions(engine, submissions)
    doubled = duplicates(engine)
    faults = [fault for each in promised for fault in each.faults] + lost + doubled + untidy(engine)
    engine.dispose()
    return Outcome(
        kills=kills,
        whole=whole,
        saves=len(saves),
        submissions=len(submissions),
        retries=sum(each.retries for each in promised),
        twice=sum(each.twice for each in promised),
        lost=len(lost),
        duplicates=len(doubled),
        faults=tuple(faults),
        seconds=time.perf_counter() - began,
    )


def lost_saves(engine: Engine, saves: dict[str, tuple[int, str]]) -> list[str]:
    """Acknowledged saves that are not there, or not as they were acknowledged."""
    with engine.connect() as connection:
        rows = connection.execute(select(Revision.save_id, Revision.no, Revision.data)).all()
    found = {save_id: (no, (data or {}).get(FIELD)) for save_id, no, data in rows}
    gone = [(key, told) for key, told in saves.items() if found.get(key) != told]
    return [f"save {key} was acknowledged as {no}" for key, (no, _) in gone]


def lost_submissions(engine: Engine, submissions: dict[str, str]) -> list[str]:
    with engine.connect() as connection:
        rows = connection.execute(select(Submission.submit_key, Submission.receipt)).all()
    found = {key: receipt for key, receipt in rows}
    return [f"receipt {told} is not there" for key, told in submissions.items() if found.get(key) != told]


def duplicates(engine: Engine) -> list[str]:
    """Ids, texts, numbers and receipts that are there more than once."""
    with engine.connect() as connection:
        columns = (Revision.work_id, Revision.no, Revision.save_id, Revision.data)
        rows = connection.execute(select(*columns)).all()
        receipts = connection.execute(select(Submission.receipt, Submission.submit_key)).all()
    counted = Counter(
        [("revision", work_id, no) for work_id, no, _, _ in rows]
        + [("save", save_id) for _, _, save_id, _ in rows]
        + [("text", work_id, (data or {}).get(FIELD)) for work_id, _, _, data in rows]
        + [("receipt", receipt) for receipt, _ in receipts]
        + [("submission", key) for _, key in receipts]
    )
    return [f"{what[0]} {what[1:]} is there {times} times" for what, times in counted.items() if times > 1]


def untidy(engine: Engine) -> list[str]:
    """Half-done things: gaps between revisions, a revision without its audit row, a damaged file."""
    faults = []
    with engine.connect() as connection:
        works = connection.execute(
            select(Work.id, Work.latest_no, func.count(Revision.id), func.max(Revision.no))
            .join(Revision, Revision.work_id == Work.id)
            .group_by(Work.id, Work.latest_no)
        ).all()
        faults += [f"work {row[0]} has gaps: {row}" for row in works if not row[1] == row[2] == row[3]]
        revisions = connection.scalar(select(func.count()).select_from(Revision))
        audited = connection.scalar(select(func.count()).select_from(AuditRow).where(AuditRow.verb == "saved"))
        if revisions != audited:
            faults.append(f"{revisions} revisions, but {audited} audit rows")
        if engine.dialect.name == "sqlite":
            told = connection.execute(text("PRAGMA integrity_check")).scalar()
            faults += [] if told == "ok" else [f"the file is damaged: {told}"]
    return faults
