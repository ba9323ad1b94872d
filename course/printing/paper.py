"""A document in parts that both PDF and Word can be made of. What is left empty becomes room for a pen.

The same parts give the same document twice: `printing/paper.html` draws them for the PDF, `course.printing.word`
for Word. Texts are plain; nobody's words can become markup.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Heading:
    """``level`` 2 or 3; ``new_page`` begins one; ``number`` stands before the words in a circle of its own."""

    text: str
    level: int = 2
    number: str = ""
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; ``kind`` is plain, muted or lede. Its line breaks are kept."""

    text: str
    kind: str = "plain"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A short list."""

    items: tuple[str, ...]
    kind: str = "plain"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked and what was answered, and ``room`` lines to write on."""

    label: str
    value: str = ""
    room: int = 2


@dataclass(frozen=True, slots=True)
class Pairs:
    """Short answers, two in a row."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ticks:
    """Things to tick; ``in_line`` when they are short: on one line, which the label shares where there are few."""

    label: str
    options: tuple[tuple[str, bool], ...]
    in_line: bool = False


@dataclass(frozen=True, slots=True)
class Numbered:
    """A numbered list of lines; empty ones are room to write on."""

    label: str
    items: tuple[str, ...]


TICKED, UNTICKED = "☒ ", "☐ "
"""A line of a cell that begins so is a box to tick, drawn as one in the PDF."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. ``widths`` in percent; rows are at least ``height`` millimetres high; ``together`` on one page."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    height: int = 8
    first_is_head: bool = False
    small: bool = False
    together: bool = False


@dataclass(frozen=True, slots=True)
class Meter:
    """A picture of how far each thing is in the way: rows of (name, 0, 1 or 2, the same in a word).

    The number is None where nobody has asked. ``said`` tells what the picture shows to whoever does not see it.
    """

    caption: str
    rows: tuple[tuple[str, int | None, str], ...]
    said: str


@dataclass(frozen=True, slots=True)
class Signatures:
    """Who writes under, each with room for the date."""

    names: tuple[str, ...]


Block = Heading | Words | Bullets | Answer | Pairs | Ticks | Numbered | Grid | Meter | Signatures
KINDS: dict[str, type] = {
    one.__name__.lower(): one
    for one in (Heading, Words, Bullets, Answer, Pairs, Ticks, Numbered, Grid, Meter, Signatures)
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole document: a kicker above its title, a lede below it, its parts, and a line at its end. ``look``: paper,
    or poster with large letters, to be read from across the room.
    """

    title: str
    kicker: str
    lede: str
    blocks: tuple[Block, ...]
    foot: str
    look: str = "paper"


def kind_of(block: Block) -> str:
    """The name of a part's kind, in lower case."""
    return type(block).__name__.lower()


def as_data(paper: Paper) -> dict[str, Any]:
    """A document as plain data, to be sent to the process that makes it."""
    blocks = [{**asdict(block), "block": kind_of(block)} for block in paper.blocks]
    return {"title": paper.title, "kicker": paper.kicker, "lede": paper.lede, "foot": paper.foot, "look": paper.look,
            "blocks": blocks}  # fmt: skip


def from_data(data: dict[str, Any]) -> Paper:
    """The document again."""
    blocks = tuple(KINDS[block.pop("block")](**_tuples(block)) for block in data["blocks"])
    return Paper(data["title"], data["kicker"], data["lede"], blocks, data["foot"], data["look"])


def _tuples(value: Any) -> Any:
    """Lists become tuples again, all the way down."""
    if isinstance(value, dict):
        return {name: _tuples(one) for name, one in value.items()}
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value
