"""A run pins its content: the files as they were, in one piece that the database keeps.

`unpack` reads them through the same loader as the files on disk, with the reader of the format they were
written in. A check that has grown stricter since does not shut out a run under way.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from course.content.building import build
from course.content.catalogue import Catalogue, Course
from course.content.faults import ContentFaults, FaultList
from course.content.loader import load_source
from course.content.packing import NotAPack, compress, course_digest, course_paths, pack_files, unpack_files
from course.content.reading import read
from course.content.source import DirectorySource, MappingSource

KEPT = 8
"""How many unpacked courses a process keeps."""

__all__ = ["NotAPack", "load_and_pack", "pack", "unpack"]


def pack(root: Path, course_id: str) -> bytes:
    """Return the files of a course, packed; the same files always give the same bytes.

    Raises ContentFaults if the content has faults, KeyError if there is no such course.
    """
    return load_and_pack(root)[1][course_id]


def load_and_pack(root: Path) -> tuple[Catalogue, dict[str, bytes]]:
    """Return the catalogue and every course packed, reading the files once; raise ContentFaults with every fault but
    those of a thorough check.
    """
    source = DirectorySource(root)
    loaded = load_source(source, thorough=False)
    if loaded.catalogue is None or loaded.faults:
        raise ContentFaults(loaded.faults)
    packed = {
        course_id: compress(
            pack_files({path: source.read(path) for path in course_paths(source, loaded.written, course_id)})
        )
        for course_id in loaded.catalogue.courses
    }
    return loaded.catalogue, packed


def unpack(data: bytes) -> Course:
    """Return the course in packed data. Raises NotAPack, or ContentFaults for a format no longer known."""
    return _unpacked(hashlib.sha256(data).digest(), _Packed(data))


class _Packed:
    """The data, equal to any other, so that the cache keeps the digest and not the bytes."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data: bytes | None = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Packed)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=KEPT)
def _unpacked(_digest: bytes, packed: _Packed) -> Course:
    data, packed.data = packed.data, None
    source = MappingSource(unpack_files(data or b""))
    faults = FaultList()
    written = read(source, faults)
    if len(faults):
        raise ContentFaults(faults.sorted())
    folders = list(written.courses)
    if len(folders) != 1 or written.courses[folders[0]].file is None:
        raise NotAPack("the packed content does not hold one course")
    return build(written, {folders[0]: course_digest(source, written, folders[0])}).courses[folders[0]]
