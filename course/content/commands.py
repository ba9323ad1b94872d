"""The commands of an author: `course check` and `course coverage`. Each returns the exit status."""

from pathlib import Path

from course.content.coverage import as_json, as_text, coverage
from course.content.faults import FaultList
from course.content.loader import check
from course.content.reading import read
from course.content.root import NoContent, find_root
from course.content.source import DirectorySource


def check_command(path: str | Path | None = None) -> int:
    """Print `path:line: message` for every fault under a content root; 1 if there is any, 2 if there is no
    content.
    """
    try:
        root = find_root(path)
    except NoContent as error:
        print(error)
        return 2
    faults = check(root)
    for fault in faults:
        print(fault)
    print(f"{len(faults)} {'fejl' if faults else 'fejl: alt er i orden'}")
    return 1 if faults else 0


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
