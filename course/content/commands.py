"""The commands of an author: `course check` and `course coverage`. Each returns the exit status."""

import datetime as dt
from pathlib import Path

from course.content.coverage import as_json, as_text, coverage
from course.content.faults import FaultList
from course.content.loader import load_source
from course.content.reading import read
from course.content.root import NoContent, find_root
from course.content.source import DirectorySource


def check_command(path: str | Path | None = None, today: dt.date | None = None) -> int:
    """Print `path:line: message` for every fault under a content root; 1 if there is any, 2 if there is no
    content. Warnings are printed too, but do not fail; `today` is what dated rules are held against.
    """
    try:
        root = find_root(path)
    except NoContent as error:
        print(error)
        return 2
    loaded = load_source(DirectorySource(root))
    warnings = loaded.warnings(today or dt.date.today())
    for fault in loaded.faults:
        print(fault)
    for warning in warnings:
        print(f"{warning.path}:{warning.line}: advarsel: {warning.message}")
    print(_summary(len(loaded.faults), len(warnings)))
    return 1 if loaded.faults else 0


def _summary(faults: int, warnings: int) -> str:
    words = f"{faults} fejl" if faults else "0 fejl: alt er i orden"
    if not warnings:
        return words
    return f"{faults} fejl, {warnings} {'advarsel' if warnings == 1 else 'advarsler'}"


def coverage_command(path: str | Path | None = None, as_json_text: bool = False) -> int:
    """Print what is taught and assessed where; 1 if a course that is `complete` misses something."""
    try:
        root = find_root(path)
    except NoContent as error:
        print(error)
        return 2
    faults = FaultList()
    courses = coverage(read(DirectorySource(root), faults))
    print(as_json(courses) if as_json_text else as_text(courses))
    if len(faults) and not as_json_text:
        print(f"\n{len(faults)} fejl i filerne: kør course check")
    return 1 if any(course.fails for course in courses) else 0
