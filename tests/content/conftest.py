"""The sample course of these tests, as files one can change."""

from collections.abc import Callable
from pathlib import Path

import pytest

from course.content.faults import Fault
from course.content.loader import load_source
from course.content.source import DirectorySource, MappingSource

SAMPLE = Path(__file__).parent / "samplecourse"

Change = Callable[..., list[Fault]]


@pytest.fixture(scope="session")
def sample_files() -> dict[str, bytes]:
    source = DirectorySource(SAMPLE)
    return {path: source.read(path) for path in source.paths()}


@pytest.fixture
def changed(sample_files: dict[str, bytes]) -> Change:
    """Return a function that loads the sample with one text replaced in one file, and gives the faults."""

    def change(path: str, old: str, new: str) -> list[Fault]:
        text = sample_files[path].decode()
        assert old in text, f"{old!r} is not in {path}"
        files = sample_files | {path: text.replace(old, new, 1).encode()}
        return list(load_source(MappingSource(files)).faults)

    return change
