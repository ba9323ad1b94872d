"""What the server costs: how long until it answers, and how much memory each worker holds."""

import statistics
import time
from pathlib import Path

from tests.bench import scene
from tests.drill.server import Server
from tests.drill.web import Browser

STARTS = 5


def start_seconds(folder: Path, database_url: str) -> float:
    """From starting the process to the end of the first page; the middle of some starts."""
    taken = []
    for number in range(STARTS):
        began = time.perf_counter()
        server = scene.start(folder, f"start-{number}", database_url)
        answer = Browser(server.port).get("/sign-in")
        taken.append(time.perf_counter() - began)
        server.stop()
        assert answer.status == 200, f"the first page was answered {answer.status}"
    return statistics.median(taken)


def memory(server: Server) -> tuple[float, float]:
    """MB of the largest worker: all it can see (RSS), and its share where pages are shared (PSS)."""
    rows = [Path(f"/proc/{pid}/smaps_rollup").read_text("ascii") for pid in server.workers_at_work()]
    return max(field(row, "Rss") for row in rows), max(field(row, "Pss") for row in rows)


def field(text: str, name: str) -> float:
    line = next(line for line in text.splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024
