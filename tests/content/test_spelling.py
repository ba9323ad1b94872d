"""The Danish of the teaching, spelt: Debian's dictionary (hunspell-da) and the field's own list of words."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from course.content.faults import FaultList
from course.content.root import REPOSITORY
from course.content.source import FOLDERS
from course.content.yaml_source import parse

WORDS = REPOSITORY / "assessments" / "words.txt"
DICTIONARY = "da_DK"

NOT_TEXT = {
    "format", "id", "kind", "file", "form", "quiz", "page", "audience", "language", "teaches", "assesses", "objectives",
    "courses", "course", "session", "sessions", "activity", "source", "on", "opens", "due", "at", "starts", "ends",
    "rubric", "type", "guard", "needs", "modules", "module", "slot", "keep", "when", "field", "only", "status", "shape",
    "readers", "column", "key", "to", "from", "start", "sets", "effects", "shown_by", "finds", "in", "value", "case",
    "exercise", "exercises", "skill", "skips", "answers", "time_up", "path", "group", "setting", "modes", "mode",
}  # fmt: skip
"""Keys whose values name things; what stands under them is not read by anybody."""

_MARKUP = (
    (re.compile(r"\]\([^)\n]*\)"), "] "),  # the address of a link or a picture
    (re.compile(r"^ {0,3}/{3,} *activity.*$", re.M), ""),
    (re.compile(r"^ {0,3}/{3,} *[\w-]*", re.M), ""),
    (re.compile(r"`[^`\n]+`"), " "),  # what is typed, such as a command
    (re.compile(r"^ {4}(?:checked|valid_from|source):.*$", re.M), ""),
    (re.compile(r"\{\w+\}"), ""),  # a place that another answer is set into
    (re.compile(r"https?://\S+|\[\[\w+\|"), " "),
    (re.compile(r"[*_`\[\]|]"), " "),
)
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_SVG_TEXT = re.compile(r">([^<>]+)<")


def plain(text: str) -> str:
    for pattern, instead in _MARKUP:
        text = pattern.sub(instead, text)
    return text


def strings(value: Any) -> Iterator[str]:
    """Give every text in a YAML file that somebody reads."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and value.get("language", "da") == "da":
        for key, inner in value.items():
            if key not in NOT_TEXT:
                yield from strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from strings(inner)


def translations(module: Path) -> set[str]:
    """The pages of a module that are not Danish, by file."""
    parsed = parse(str(module), module.read_text(encoding="utf-8"), FaultList())
    pages = parsed.value["pages"] if parsed else ()
    return {page["file"] for page in pages if page.get("language", "da") != "da"}


def texts(file: Path) -> list[str]:
    written = file.read_text(encoding="utf-8")
    if file.suffix == ".yaml":
        parsed = parse(str(file), written, FaultList())
        assert parsed is not None, file
        return list(strings(parsed.value))
    return _SVG_TEXT.findall(written) if file.suffix == ".svg" else [written]


def danish_files(root: Path) -> Iterator[Path]:
    for file in sorted(path for folder in FOLDERS for path in (root / folder).rglob("*")):
        module = file.parent / "module.yaml"
        is_translated = file.suffix in (".md", ".svg") and module.is_file() and file.name in translations(module)
        if file.suffix in (".md", ".yaml", ".svg") and not is_translated:
            yield file


def words_of(root: Path) -> dict[str, str]:
    """Return every word of the teaching with one file it stands in."""
    found: dict[str, str] = {}
    for file in danish_files(root):
        for text in texts(file):
            for word in _WORD.findall(plain(text)):
                found.setdefault(word, file.relative_to(root).as_posix())
    return found


def known_words(listed: str) -> set[str]:
    lines = (line.partition("#")[0].strip().lower() for line in listed.splitlines())
    return {line for line in lines if line}


def unknown(words: list[str]) -> set[str]:
    """Return the words that hunspell does not know."""
    asked = subprocess.run(
        ["hunspell", "-i", "utf-8", "-d", DICTIONARY, "-l"],
        input="\n".join(words),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return set(asked.stdout.split())


def test_what_is_read_and_what_is_not() -> None:
    page = "/// fact | Om ryggen\nSe [siden](page:gp-01/vej).\n///\n\n/// activity | gp-01.laes\n///\n{svar} **Slut**"
    assert _WORD.findall(plain(page)) == ["Om", "ryggen", "Se", "siden", "Slut"]
    assert list(strings({"id": "vej", "title": "Vejen", "steps": ({"kind": "x", "help": "Hjælp"},)})) == [
        "Vejen",
        "Hjælp",
    ]
    assert known_words("# Faget\nMSB # besvær\n\nloggene\n") == {"msb", "loggene"}


@pytest.mark.skipif(shutil.which("hunspell") is None, reason="Debian's hunspell is not installed")
def test_every_word_is_spelt_as_the_dictionary_or_the_list_has_it() -> None:
    assert unknown(["ryggen", "rygggen"]) == {"rygggen"}
    found = words_of(REPOSITORY)
    assert len(found) > 3000
    known = known_words(WORDS.read_text(encoding="utf-8"))
    wrong = {word: found.get(word) for word in unknown(sorted(found)) if word.lower() not in known}
    assert wrong == {}


@pytest.mark.skipif(shutil.which("hunspell") is None, reason="Debian's hunspell is not installed")
def test_the_list_holds_only_words_that_are_used_and_that_the_dictionary_lacks() -> None:
    used = {word.lower() for word in words_of(REPOSITORY)}
    listed = [line.partition("#")[0].strip() for line in WORDS.read_text(encoding="utf-8").splitlines()]
    listed = [word for word in listed if word]
    assert sorted(word for word in listed if word.lower() not in used) == []
    assert set(listed) - unknown(listed) == set()
