"""What the product imports is what it declares: nothing works only because a tool brought it along."""

import ast
import re
import sys
from importlib.metadata import packages_distributions, requires
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Loaded by name, not by import: two database drivers and a time zone table.
NEVER_IMPORTED = {"psycopg", "pysqlite3", "tzdata"}


def declared() -> set[str]:
    """The distributions that pyproject.toml names for running."""
    lines = [line for line in requires("vejenfrem-kursus") or [] if "extra ==" not in line]
    return {normal(re.split(r"[\s<>=!~;\[(]", line)[0]) for line in lines}


def imported() -> set[str]:
    """The distributions whose packages some file in course/ imports."""
    names = {name for file in (ROOT / "course").rglob("*.py") for name in top_names(file)}
    known = packages_distributions()
    return {normal(known[name][0]) for name in names - sys.stdlib_module_names - {"course"}}


def top_names(file: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_import_is_declared() -> None:
    assert imported() - declared() == set()


def test_everything_declared_is_used() -> None:
    assert declared() - imported() - NEVER_IMPORTED == set()
