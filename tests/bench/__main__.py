"""`make bench`: measures the speed table of the design and writes it to docs/speed.md."""

import argparse
import os
import platform
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from course.db.engine import sqlite_module
from tests.bench import process, queries, rates, scale, scene, weight
from tests.bench.report import Measured, table
from tests.drill.server import Server
from tests.factories import ROOT
from tests.postgres import new_database, postgres_server

FLOOR = ("-m", "tests.bench.floor")
PEOPLE = (8, 40)
HEAD = """# Speed

Measured by `make bench` on {date} with Python {python}, SQLite {sqlite}, {processors} processors ({system}).
The floor is the same server with next to nothing in it: one Flask view, one SELECT and one small template,
or one INSERT (`tests/bench/floor.py`). Floor and product run side by side and are loaded in turn, eight
requests at a time, by a load generator that shares the processors with them; each figure is the middle of
{rounds} rounds of {seconds:.0f} seconds. Ratios travel between machines, requests a second do not.

"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "speed.md")
    parser.add_argument("--only", choices=("sqlite", "postgres"), help="one kind of database")
    given = parser.parse_args()
    parts = [head()]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ends:
        if given.only != "postgres":
            parts.append(told(measure_sqlite(Path(folder) / "sqlite")))
        if given.only != "sqlite":
            server = ends.enter_context(postgres_server(durable=True))
            parts.append(told(measure_postgres(Path(folder) / "postgres", server)))
    given.output.write_text("\n".join(parts), "utf-8")
    return 0


def head() -> str:
    return HEAD.format(
        date=datetime.now(UTC).date().isoformat(),
        python=platform.python_version(),
        sqlite=sqlite_module().sqlite_version,
        processors=os.cpu_count(),
        system=platform.machine(),
        rounds=rates.ROUNDS,
        seconds=rates.SECONDS,
    )


def told(found: Measured) -> str:
    text = table(found)
    print(text, flush=True)
    return text


def measure_sqlite(folder: Path) -> Measured:
    folder.mkdir()
    names = ("floor", "product", "few", "many")
    return measure("SQLite", folder, [f"sqlite:///{folder / name}.db" for name in names])


def measure_postgres(folder: Path, server: str) -> Measured:
    folder.mkdir()
    names = ("floor", "product", "few", "many")
    return measure("PostgreSQL", folder, [new_database(server, f"bench_{name}") for name in names])


def measure(database: str, folder: Path, urls: list[str]) -> Measured:
    """Everything, on one kind of database. `urls` are the floor's, the product's and two for growth."""
    floor_url, product_url, few_url, many_url = urls
    found = Measured(database, people=list(PEOPLE))
    small, large = (scene.build(product_url, runs=1, participants=number)[0] for number in PEOPLE)
    found.seconds = process.start_seconds(folder, product_url)
    (folder / "floor").mkdir()
    floor = Server(folder / "floor", floor_url, FLOOR)
    floor.start()
    product = scene.start(folder, "product", product_url)
    try:
        who = scene.browsers(product, small)
        found.weights = {
            name: weight.weigh(who[0], path.format(run=small.run_id)) for name, path in scene.PAGES.items()
        }
        found.pages = list(rates.pages(floor, product, small, who))
        found.save = rates.saves(floor, product, small, who)
        found.memory = process.memory(product)
    finally:
        floor.stop()
        product.stop()
    found.queries = queries.counted(folder, product_url, [small, large])
    found.growth = scale.grown(folder, few_url, many_url)
    return found


if __name__ == "__main__":
    sys.exit(main())
