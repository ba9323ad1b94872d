"""Faults in the content: where they are and what is wrong, in plain Danish."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing an author must mend. `path` is relative to the content root, `line` counts from 1."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class ContentFaults(Exception):
    """The content cannot be used as it is; `faults` lists everything that is wrong, in order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(slots=True)
class FaultList:
    """Where the steps of reading put what they find, so that nobody stops at the first fault."""

    _found: dict[Fault, None] = field(default_factory=dict)

    def add(self, path: str, line: int, message: str) -> None:
        """Note a fault; a message that quotes what an author wrote stays on one line all the same."""
        self._found[Fault(path, max(1, line), " ".join(message.split()))] = None

    def extend(self, faults: Iterable[Fault]) -> None:
        self._found.update(dict.fromkeys(faults))

    def sorted(self) -> list[Fault]:
        return sorted(self._found)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.sorted())

    def __len__(self) -> int:
        return len(self._found)
