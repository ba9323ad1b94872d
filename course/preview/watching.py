"""The content as it is on disk now, read again when a file changes."""

import hashlib
import threading
from pathlib import Path

from course.content.loader import Loaded, load_source
from course.content.source import DirectorySource, Unreadable


class Watched:
    """A content root; `current` answers with its newest state. May be shared between threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()
        self._version = ""
        self._loaded: Loaded | None = None

    def version(self) -> str:
        """Return a text that changes when any file of the content does."""
        digest = hashlib.sha256()
        try:
            paths = DirectorySource(self.root).paths()
        except Unreadable:
            return "unreadable"
        for path in paths:
            try:
                state = (self.root / path).stat()
            except OSError:
                continue  # deleted since it was listed: the next look sees it gone
            digest.update(f"{path}\0{state.st_mtime_ns}\0{state.st_size}\n".encode())
        return digest.hexdigest()[:16]

    def current(self) -> tuple[str, Loaded]:
        """Return the version and what came of loading it."""
        with self._lock:
            version = self.version()
            if self._loaded is None or version != self._version:
                self._loaded = load_source(DirectorySource(self.root))
                self._version = version
            return version, self._loaded
