"""YAML as authors write it: plain values and the line each came from.

Nodes are composed by libyaml, twelve times as fast as a parser in Python (88 kB: 25 ms against 300), and the
values are made here. So the rules are few: a plain `1` is a number, `true` and `false` are yes and no, `null`
or nothing is nothing, and everything else is text - `on`, `9.00`, `000` and `2026-02-31` too. Keys are always
text. Anchors with aliases, tags, several documents and doubled keys are faults.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from course.content.faults import FaultList

Path = tuple[str | int, ...]

DEEPEST = 20
"""No content file nests deeper; a parser in C is not to be asked what it does at ten thousand."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value", "map", "seq")
}
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_MANY_LEVELS = re.compile(rf"^[ ]*(?:[-?:][ ]+){{{DEEPEST},}}", re.M)

_PROBLEMS = (
    (
        "mapping values are not allowed",
        "et kolon med mellemrum efter må ikke stå i teksten: sæt teksten i anførselstegn",
    ),
    ("could not find expected ':'", "her mangler et kolon efter nøglen"),
    ("found character '\\t'", "der står et tabulatortegn: brug mellemrum"),
    (
        "found character that cannot start any token",
        "linjen begynder med et tegn, der skal stå i anførselstegn",
    ),
    (
        "expected <block end>",
        "indrykningen passer ikke med linjerne ovenfor, eller teksten skal i anførselstegn",
    ),
    (
        "did not find expected key",
        "indrykningen passer ikke med linjerne ovenfor, eller teksten skal i anførselstegn",
    ),
    ("did not find expected '-' indicator", "listen er ikke rykket ens ind"),
    ("did not find expected ',' or", "et komma, en } eller en ] mangler"),
    ("found unexpected end of stream", "et anførselstegn, en } eller en ] mangler"),
    ("found unexpected document indicator", "»---« og »...« hører ikke til her"),
    ("expected a single document", "filen må kun rumme ét dokument: fjern »---«"),
    ("but found another document", "filen må kun rumme ét dokument: fjern »---«"),
    ("undefined alias", "genveje med »*« kan ikke bruges: sæt teksten i anførselstegn"),
    ("anchor", "genveje med »&« og »*« kan ikke bruges"),
)


@dataclass(slots=True)
class Lines:
    """The line of every value of a file, by its path of keys and indices."""

    _of: dict[Path, int] = field(default_factory=dict)
    _blocks: set[Path] = field(default_factory=set)

    def of(self, *path: str | int) -> int:
        """Return the line of a value, or of the nearest thing around it that is written."""
        while path and path not in self._of:
            path = path[:-1]
        return self._of.get(path, 1)

    def within(self, path: Path, offset: int) -> int:
        """Return the line `offset` lines into a text (0 is its first)."""
        return self.of(*path) + (1 + offset if path in self._blocks else 0)

    def note_first(self, path: Path, line: int) -> None:
        self._of.setdefault(path, line)

    def note(self, path: Path, line: int, *, block: bool = False) -> None:
        self._of[path] = line
        if block:
            self._blocks.add(path)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file's value (dicts, tuples, texts, whole numbers, booleans, None) and its lines."""

    value: Any
    lines: Lines


def decode(path: str, data: bytes, faults: FaultList) -> str | None:
    """Return the text of a file, or None with a fault if it is not clean UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.add(path, line, "filen er ikke gemt som UTF-8: gem den igen med tegnsættet UTF-8")
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = _CONTROL.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        faults.add(path, line, f"et usynligt styretegn (U+{ord(found[0]):04X}) skal væk")
        return None
    return text


def parse(path: str, text: str, faults: FaultList) -> Parsed | None:
    """Return the value of a YAML file, or None with a fault if it cannot be read as YAML at all."""
    if _is_too_deep(text):
        faults.add(path, 1, f"der er mere end {DEEPEST} niveauer inde i hinanden")
        return None
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        faults.add(path, mark.line + 1 if mark else 1, _in_danish(f"{error.context or ''} {error.problem or ''}"))
        return None
    except (yaml.YAMLError, ValueError, RecursionError):
        faults.add(path, 1, "filen kan ikke læses som YAML")
        return None
    if node is None:
        faults.add(path, 1, "filen er tom")
        return None
    reading = _Reading(path, faults)
    return Parsed(reading.value(node, ()), reading.lines)


def _is_too_deep(text: str) -> bool:
    depth = 0
    for found in re.finditer(r"[\[{]|[\]}]", text):
        depth = depth + 1 if found[0] in "[{" else max(0, depth - 1)
        if depth > 4 * DEEPEST:
            return True
    deepest_indent = max((len(indent) for indent in re.findall(r"^ +(?=\S)", text, re.M)), default=0)
    return deepest_indent > 40 * DEEPEST or _MANY_LEVELS.search(text) is not None


def _in_danish(problem: str) -> str:
    for english, danish in _PROBLEMS:
        if english in problem:
            return danish
    return "filen kan ikke læses som YAML her: se på indrykning, kolon og anførselstegn"


class _Reading:
    """One walk through the nodes of a file."""

    def __init__(self, path: str, faults: FaultList) -> None:
        self.path = path
        self.faults = faults
        self.lines = Lines()
        self.seen: set[int] = set()

    def value(self, node: yaml.Node, path: Path) -> Any:
        if id(node) in self.seen:
            # The node's own line is where it was first written: the nearest known line is that of the alias.
            self.faults.add(self.path, self.lines.of(*path), "genveje med »&« og »*« kan ikke bruges")
            return None
        self.seen.add(id(node))
        line = node.start_mark.line + 1
        self.lines.note_first(path, line)
        if len(path) > DEEPEST:
            self.faults.add(self.path, line, f"der er mere end {DEEPEST} niveauer inde i hinanden")
            return None
        if node.tag not in _TAGS:
            self.faults.add(self.path, line, "mærker med »!« kan ikke bruges: sæt teksten i anførselstegn")
            return None
        return self._untagged(node, path)

    def _untagged(self, node: yaml.Node, path: Path) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return tuple(self.value(item, (*path, index)) for index, item in enumerate(node.value))
        if not isinstance(node, yaml.ScalarNode):
            return None
        if node.style in ("|", ">"):
            self.lines.note(path, self.lines.of(*path), block=True)
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self.faults.add(self.path, line, "en nøgle skal være et ord")
            elif key.value in result:
                self.faults.add(self.path, line, f"nøglen »{key.value}« står to gange")
            else:
                here = (*path, key.value)
                self.lines.note(here, line)
                result[key.value] = self.value(value, here)
        return result


def _scalar(node: yaml.ScalarNode) -> str | int | bool | None:
    text: str = node.value
    if node.style:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    return int(text) if _INTEGER.fullmatch(text) else text
