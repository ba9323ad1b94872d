"""One course's files as one piece of data: what a run keeps, and what its digest is taken of."""

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping

from course.content.reading import LONG_WORDS, OBJECTIVES, Written
from course.content.source import FIGURES, Source, suffix

PACK = 1
"""The number of this way of packing."""

MOST_BYTES = 60_000_000
"""No course unpacks to more than this."""


class NotAPack(ValueError):
    """The data is not a packed course."""


def course_paths(source: Source, written: Written, folder: str) -> list[str]:
    """Return the files a course needs: its own, the shared lists, the rubrics, its teaching cases and the tools its
    exercises are built on.
    """
    numbers = {nr for exercise in written.courses[folder].exercises.values() for nr in exercise.model.tool_numbers}
    tools = {file.path for file in written.tools.values() if numbers & {version.nr for version in file.model.versions}}
    own = (f"modules/{folder}/", f"assessments/{folder}/", "assessments/rubrics/")
    cases = {file.path for file in written.cases.values() if folder in file.model.courses}
    return [
        path
        for path in source.paths()
        if path.startswith(own) or path in (OBJECTIVES, LONG_WORDS) or path in cases | tools
    ]


def pack_files(files: Mapping[str, bytes]) -> bytes:
    """Return files as deterministic JSON: the same files always give the same bytes."""
    texts = {path: data.decode("utf-8") for path, data in files.items() if suffix(path) not in FIGURES}
    figures = {path: base64.b64encode(data).decode() for path, data in files.items() if suffix(path) in FIGURES}
    packed = {"pack": PACK, "files": texts, "figures": figures}
    return json.dumps(packed, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def compress(data: bytes) -> bytes:
    return zlib.compress(data)


def unpack_files(data: bytes) -> dict[str, bytes]:
    """Return the files of compressed, packed data; raise NotAPack for anything else."""
    try:
        reading = zlib.decompressobj()
        text = reading.decompress(data, MOST_BYTES)
        if not reading.eof:
            raise NotAPack("the packed content is cut short or too large")
        packed = json.loads(text)
        if packed["pack"] != PACK:
            raise NotAPack(f"pack {packed['pack']} is not known here: this version reads pack {PACK}")
        files = {path: str(content).encode() for path, content in packed["files"].items()}
        figures = {path: base64.b64decode(content) for path, content in packed["figures"].items()}
    except (zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, NotAPack):
            raise
        raise NotAPack("this is not packed content") from error
    return files | figures


def course_digest(source: Source, written: Written, folder: str) -> str:
    """Return the digest of a course's files as they are packed."""
    files = {path: source.read(path) for path in course_paths(source, written, folder)}
    return hashlib.sha256(pack_files(files)).hexdigest()
