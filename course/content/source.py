"""Where the files of the content come from: a folder, or a mapping (a run's pinned copy).

Paths are relative to the content root with forward slashes: "modules/gp/course.yaml".
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

FOLDERS = ("assessments", "cases", "modules")
MOST_FILES = 5_000
TEXT_BYTES = 400_000
FIGURE_BYTES = 500_000
FIGURES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}
"""The images a module may hold, by ending, with their media type."""


class Unreadable(Exception):
    """A file that cannot be read; the message is a Danish sentence."""


class Source(Protocol):
    """Files by path. `paths` is sorted; `read` raises Unreadable."""

    def paths(self) -> list[str]: ...

    def read(self, path: str) -> bytes: ...


def suffix(path: str) -> str:
    """Return the ending of a path, in lower case: ".yaml"."""
    return os.path.splitext(path)[1].lower()


def _too_big(path: str, size: int) -> bool:
    return size > (FIGURE_BYTES if suffix(path) in FIGURES else TEXT_BYTES)


class DirectorySource:
    """The content under a root with modules/, cases/ and assessments/."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._real = root.resolve()
        self._read: dict[str, bytes] = {}

    def paths(self) -> list[str]:
        found: list[str] = []
        for folder in FOLDERS:
            for parent, folders, files in os.walk(self.root / folder):
                folders[:] = [name for name in folders if _is_content(name)]
                base = Path(parent).relative_to(self.root).as_posix()
                found.extend(f"{base}/{name}" for name in files if _is_content(name))
                if len(found) > MOST_FILES:
                    raise Unreadable(f"der er over {MOST_FILES} filer: er det den rigtige mappe?")
        return sorted(found)

    def read(self, path: str) -> bytes:
        """A file as it was when it was first read: what is checked is what is packed."""
        if path not in self._read:
            self._read[path] = self._from_disk(path)
        return self._read[path]

    def _from_disk(self, path: str) -> bytes:
        file = self.root / path
        try:
            if not file.is_file():
                raise Unreadable("er ikke en almindelig fil")
            if not file.resolve().is_relative_to(self._real):
                raise Unreadable("er en genvej til noget uden for indholdet")
            if _too_big(path, file.stat().st_size):
                raise Unreadable("filen er for stor")
            return file.read_bytes()
        except OSError as error:
            raise Unreadable("filen kan ikke læses") from error


def _is_content(name: str) -> bool:
    """Whether a name is the author's: editors' and systems' own files are passed over."""
    return not (name.startswith((".", "#")) or name.endswith("~") or name == "__pycache__")


class MappingSource:
    """Files held in memory."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def paths(self) -> list[str]:
        return sorted(self._files)

    def read(self, path: str) -> bytes:
        if path not in self._files:
            raise Unreadable("filen findes ikke")
        if _too_big(path, len(self._files[path])):
            raise Unreadable("filen er for stor")
        return self._files[path]
