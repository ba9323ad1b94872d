"""`make drill`: the drill in full, on both databases. Exit 1 if a promise was broken."""

import argparse
import secrets
import sys
import tempfile
from pathlib import Path

from tests.drill.drill import drill
from tests.postgres import new_database, postgres_server


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.drill", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="how many kills on each database")
    chance = secrets.randbelow(1_000_000)
    parser.add_argument("--seed", type=int, default=chance, help="repeats the same chances")
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        sqlite = told("SQLite", f"sqlite:///{Path(folder) / 'course.db'}", given)
    # The server keeps fsync on: an acknowledged commit is on disk, as in production.
    with postgres_server(durable=True) as server:
        postgres = told("PostgreSQL", new_database(server, "drill"), given)
    return 0 if sqlite and postgres else 1


def told(name: str, database_url: str, given: argparse.Namespace) -> bool:
    outcome = drill(database_url, given.kills, given.seed)
    print(f"{name}: {outcome}", flush=True)
    for fault in outcome.faults:
        print(f"  {fault}", flush=True)
    return not outcome.faults


if __name__ == "__main__":
    sys.exit(main())
