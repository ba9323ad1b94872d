"""Whether the organiser waits longer when the instance is full: 30 works, and 3,000."""

import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench import scene
from tests.drill.web import Browser

WORKS_OF_A_RUN = 30
RUNS = 100
REPEATS = 150


@dataclass(frozen=True, slots=True)
class Growth:
    """Milliseconds of one page in an instance with few works, and with many."""

    name: str
    few: float
    many: float

    @property
    def times(self) -> float:
        return self.many / self.few


def grown(folder: Path, few_url: str, many_url: str) -> list[Growth]:
    """The organiser's pages in an instance of one run with 30 works, and of 100 such runs."""
    [alone] = scene.build(few_url, runs=1, participants=WORKS_OF_A_RUN // 2)
    among = scene.build(many_url, runs=RUNS, participants=WORKS_OF_A_RUN // 2)[RUNS // 2]
    small, large = scene.start(folder, "few", few_url), scene.start(folder, "many", many_url)
    try:
        one, other = scene.signed_in(small, alone.organiser), scene.signed_in(large, among.organiser)
        return [
            growth(name, (one, path.format(run=alone.run_id)), (other, path.format(run=among.run_id)))
            for name, path in scene.STAFF_PAGES.items()
        ]
    finally:
        small.stop()
        large.stop()


def growth(name: str, few: tuple[Browser, str], many: tuple[Browser, str]) -> Growth:
    """The middle of many requests, one after the other, of both in turn."""
    pairs = [(milliseconds(*few), milliseconds(*many)) for _ in range(REPEATS)]
    settled = pairs[REPEATS // 5 :]
    return Growth(name, *(statistics.median(times) for times in zip(*settled, strict=True)))


def milliseconds(browser: Browser, path: str) -> float:
    began = time.perf_counter()
    answer = browser.get(path)
    taken = time.perf_counter() - began
    assert answer.status == 200, f"{path} was answered {answer.status}"
    return taken * 1000
