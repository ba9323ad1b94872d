"""From a content root to the catalogue, or to everything that is wrong with it."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from course.content import checks
from course.content.building import build
from course.content.catalogue import Catalogue
from course.content.checks.dated import outdated_rules
from course.content.faults import ContentFaults, Fault, FaultList
from course.content.packing import course_digest
from course.content.reading import Written, read
from course.content.source import DirectorySource, Source


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of reading a source.

    `catalogue` is None when the files do not fit together. With faults of a thorough check only, it is there: an
    author sees the page that is too hard to read.
    """

    catalogue: Catalogue | None
    faults: tuple[Fault, ...]
    written: Written

    def warnings(self, today: dt.date) -> list[Fault]:
        """Return what an author should look at, though the content can be used as it is."""
        return outdated_rules(self.written, today)


def load_source(source: Source, *, thorough: bool = True) -> Loaded:
    """Read, check and build everything in a source. Never raises for anything an author can write.

    `thorough` also asks how the text reads and where every way through a talk leads. That is for an author, takes as
    long as all the rest, and a server that is starting does without.
    """
    faults = FaultList()
    written = read(source, faults)
    checks.check_structure(written, faults)
    catalogue = None
    if not len(faults):
        digests = {folder: course_digest(source, written, folder) for folder in written.courses}
        catalogue = build(written, digests)
    if thorough:
        checks.check_thoroughly(written, catalogue, faults)
    return Loaded(catalogue, tuple(faults.sorted()), written)


def load(root: Path) -> Catalogue:
    """Return the catalogue of a content root; raise ContentFaults with every fault there is."""
    loaded = load_source(DirectorySource(root))
    if loaded.catalogue is None or loaded.faults:
        raise ContentFaults(loaded.faults)
    return loaded.catalogue


def check(root: Path) -> list[Fault]:
    """Return every fault of a content root, sorted by path and line."""
    return list(load_source(DirectorySource(root)).faults)
