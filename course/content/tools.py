"""The tools of the catalogue: one version for one reader, with the form it asks by and what its paper needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from course.content.forms import Form, Reference


class Shape(StrEnum):
    """What a tool is, beside its fields: it decides what is said about the answers and how they are shown."""

    DIALOGUE = "dialogue"
    GOAL = "goal"
    AGREEMENT = "agreement"
    EVALUATION = "evaluation"
    IDEAS = "ideas"
    POLICY = "policy"
    SCREENING = "screening"
    POINTS = "points"


class Reader(StrEnum):
    """Whom a version is written for."""

    WORKER = "worker"
    LEADER = "leader"
    AMO = "amo"
    GP = "gp"


NOTE = "_note"
"""What the id of a question's own words ends with; the answer to choose has the question's id itself."""


@dataclass(frozen=True, slots=True)
class ToolQuestion:
    """A question of a table. ``suggests``, ``act`` and ``say`` tell what an answer may mean and what to do and say."""

    id: str
    text: str
    name: str = ""
    examples: str = ""
    suggests: str = ""
    act: tuple[str, ...] = ()
    say: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionTable:
    """Questions that are answered alike: by one of the same answers, if there are any, and in words of one's own."""

    questions: tuple[ToolQuestion, ...]
    heads: tuple[str, ...]
    has_answers: bool


@dataclass(frozen=True, slots=True)
class Tool:
    """One of the thirteen. Versions of one family share ``family`` and the ids of steps and fields.

    ``form`` is an ordinary form: what a work could be written in. ``asks`` maps a step to the questions above its
    fields, ``tables`` a step to the table its fields come from, ``starts`` a field to the text it begins with,
    ``places`` a field to the words in other fields' texts that its answer takes the place of, ``room`` a field to the
    lines for writing on an empty print. ``pages`` is how many A4 pages it fills at most.
    """

    nr: int
    family: str
    shape: Shape
    readers: tuple[Reader, ...]
    title: str
    summary: str
    lede: str
    pages: int
    form: Form
    asks: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, QuestionTable]
    starts: Mapping[str, str]
    places: Mapping[str, str]
    room: Mapping[str, int]
    new_pages: frozenset[str]
    signatures: tuple[str, ...]
    references: tuple[Reference, ...]

    @property
    def is_for_gp(self) -> bool:
        return Reader.GP in self.readers
