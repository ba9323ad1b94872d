"""The kinds of exercise: which there are, and what the rest of the program asks of one.

A kind is a folder in `course/exercises/kinds/` whose package holds `KIND`; its name in one of the two tuples below
is the only line elsewhere. Kinds are found by name, since this room lies below them: what a kind knows of content
(its shape, its checks, how it is built) and how it is played is pure and imports neither Flask nor the database.

An attempt is a **log**: a growing list of steps, plain JSON objects. Everything a kind says of an attempt is a fold
over its log, so that it can be taken up again anywhere, by any process.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from markupsafe import Markup

from course.content.schema import ExercisePart, FieldPart
from course.content.tools import Tool

NAMES: tuple[str, ...] = ("quiz", "spot", "screening", "key_features", "consultation")
"""The kinds that are played and scored."""

WRITTEN: tuple[str, ...] = ("plan", "statement")
"""The kinds whose answer is a text, kept by the spine: activities of the same name."""

PACKAGE = "course.exercises.kinds"

Step = Mapping[str, Any]
Log = Sequence[Step]
Keys = tuple[str | int, ...]
Problem = tuple[Keys, str]
"""The keys that lead to a place in a file, and what is wrong there in a Danish sentence."""
Passage = tuple[Keys, str]
"""The keys that lead to a text in a file, and the text: Markdown or plain."""


class Posted(Protocol):
    """What a form was posted with."""

    def get(self, key: str, /) -> str | None:
        """The first value of a name."""
        ...

    def getlist(self, key: str, /) -> list[str]:
        """All values of a name."""
        ...


class Making(Protocol):
    """What a kind is given to build with: called, it renders Markdown; `tools` are those the exercise names."""

    def __call__(self, text: str | None, /) -> Markup: ...

    @property
    def tools(self) -> Mapping[int, Tool]: ...


class Unclear(Exception):
    """What was posted is no step yet. `problems`: (id of a field on the page, what to do); `kept`: what is shown again
    as it was chosen, in the shape of a step.
    """

    def __init__(self, problems: Sequence[tuple[str, str]], kept: Step | None = None) -> None:
        self.problems = tuple(problems)
        self.kept: Step = kept or {}
        super().__init__("; ".join(text for _, text in self.problems))


@dataclass(frozen=True, slots=True)
class Score:
    """`points` of `of`; never below nothing, never above all."""

    points: int
    of: int

    @property
    def percent(self) -> int:
        """Whole per cent, rounded down: 70 is reached only by 70."""
        return 100 * self.points // self.of if self.of else 0


class ContentKind(Protocol):
    """What every kind says of its files. `ways`: how it may assess (questions, performance)."""

    name: str
    ways: frozenset[str]

    @property
    def model(self) -> type[ExercisePart]: ...

    def problems(self, model: Any) -> Iterator[Problem]:
        """Give everything an author must mend."""
        ...

    def prose(self, model: Any) -> Iterator[Passage]:
        """Give every text but the intro that is read as running text. What is there to be judged, such as a text full
        of faults to find, is left out, and so are titles and labels. Asked only of a file without problems.
        """
        ...

    def build(self, model: Any, html: Making) -> Any:
        """Return the exercise as it is played: frozen, its texts rendered. Asked only of a file without problems."""
        ...


class WrittenKind(ContentKind, Protocol):
    """A kind whose answer is a text."""

    def form_problems(self, model: Any, fields: Mapping[str, FieldPart]) -> Iterator[Problem]:
        """Give what an author must mend once the fields of the form are known, by their ids."""
        ...


class ExerciseKind(ContentKind, Protocol):
    """A kind that is played. `spec` is what `build` returned."""

    def read(self, spec: Any, log: Log, posted: Posted) -> Step:
        """Return one step; raise Unclear when what was posted is none. Never raises anything else."""
        ...

    def is_over(self, spec: Any, log: Log) -> bool: ...

    def score(self, spec: Any, log: Log) -> Score: ...

    def page(self, spec: Any, log: Log) -> Mapping[str, Any]:
        """Return what the template `exercises/<kind>/ask.html` gets as `view`."""
        ...

    def report(self, spec: Any, log: Log) -> Mapping[str, Any]:
        """Return what the template `exercises/<kind>/explain.html` gets as `view`."""
        ...

    def missed(self, spec: Any, log: Log) -> tuple[str, ...]:
        """Return the ids of items worth meeting again."""
        ...


class AloneKind(ExerciseKind, Protocol):
    """A kind whose items can be asked one at a time."""

    def alone(self, spec: Any, item: str) -> Any | None:
        """Return the exercise with only this item, None when there is no such item."""
        ...


class TriedKind(ExerciseKind, Protocol):
    """A kind whose exercises can be tried from end to end."""

    def trials(self, model: Any) -> Iterator[Problem]:
        """Give what shows only when every way is tried. It takes long, so a server that is starting does not ask."""
        ...


class SharedKind(ExerciseKind, Protocol):
    """A kind that shows how the run has answered beside one's own answer."""

    def together(self, spec: Any, log: Log, logs: Sequence[Log]) -> Mapping[str, Any]:
        """Return what the template `explain.html` gets as `together`. `logs` has one attempt of each member, at least
        five of them.
        """
        ...


@cache
def _module(name: str) -> Any:
    return import_module(f"{PACKAGE}.{name}")


def kind(name: str) -> ContentKind:
    """Return a kind by its name; raises KeyError for a name that is none."""
    if name not in NAMES + WRITTEN:
        raise KeyError(name)
    return cast(ContentKind, _module(name).KIND)


def written(name: str) -> WrittenKind | None:
    """Return a kind whose answer is a text; None for any other."""
    return cast(WrittenKind, kind(name)) if name in WRITTEN else None


def played(name: str) -> ExerciseKind:
    """Return a kind that is played; raises KeyError for a name that is none."""
    if name not in NAMES:
        raise KeyError(name)
    return cast(ExerciseKind, _module(name).KIND)


def alone(name: str) -> AloneKind | None:
    """Return a kind whose items can be asked one at a time; None for any other."""
    found = played(name) if name in NAMES else None
    return cast(AloneKind, found) if hasattr(found, "alone") else None


def tried(name: str) -> TriedKind | None:
    """Return a kind whose exercises can be tried from end to end; None for any other."""
    found = played(name) if name in NAMES else None
    return cast(TriedKind, found) if hasattr(found, "trials") else None


def shared(name: str) -> SharedKind | None:
    """Return a kind that shows how the run has answered; None for any other."""
    found = played(name) if name in NAMES else None
    return cast(SharedKind, found) if hasattr(found, "together") else None


def folder(name: str) -> Path:
    """Return where a kind lives: its templates are below."""
    if name not in NAMES + WRITTEN:
        raise KeyError(name)
    return Path(_module(name).__file__).parent
