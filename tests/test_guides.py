"""The guides tell the truth about their links, their pictures and the words one reads on the screen."""

from __future__ import annotations

import re
import struct
from functools import cache
from pathlib import Path

import pytest

from course.content.catalogue import Kind, Words
from course.content.root import REPOSITORY
from course.submissions.wording import NOUNS

DOCS = REPOSITORY / "docs"
GUIDES = sorted([REPOSITORY / "README.md", *DOCS.glob("*.md"), *DOCS.glob("decisions/*.md")])
ORGANISER = DOCS / "kursusarrangoer.md"
LARGEST = 150_000
LINK = re.compile(r"\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(([^)\s]+)\)")
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
CASE = NOUNS[Kind.CASE]
COMPOSED = {
    '" ~ noun.the ~ "': CASE.the,
    '" ~ noun.new': f'{CASE.new}"',
    "{{ course.words.sessions|capitalize }}": Words().sessions.capitalize(),
}
"""What a template puts together of several words, as it reads for a case of the GP course."""


def prose(file: Path) -> str:
    """The text of a guide without its code."""
    text = re.sub(r"```.*?```", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"`[^`\n]*`|^(?: {4}|\t)[^\n]*$", "", text, flags=re.MULTILINE)


def slug(heading: str) -> str:
    """The name by which a heading is linked to, as GitHub makes it."""
    return re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", "-")


def targets(file: Path) -> list[str]:
    """What a guide links to and shows, without other sites."""
    return [t for t in LINK.findall(prose(file)) if not re.match(r"https?:|mailto:", t)]


def one_line(text: str) -> str:
    return " ".join(text.split())


@cache
def on_screen() -> str:
    """Every word that the pages can hold: templates, Python and JavaScript, on one line."""
    files = [f for f in (REPOSITORY / "course").rglob("*") if f.suffix in {".py", ".html", ".js"}]
    text = one_line(" ".join(file.read_text(encoding="utf-8") for file in files))
    for code, word in COMPOSED.items():
        text = text.replace(code, word)
    return text


def is_on_screen(words: str) -> bool:
    """Whether a text on some page begins with these words."""
    return re.search(rf"[\"'>}}]\s*{re.escape(words)}(?![\w-])", on_screen()) is not None


@pytest.mark.parametrize("guide", GUIDES, ids=lambda file: file.name)
def test_every_relative_link_and_picture_is_there(guide: Path) -> None:
    for target in targets(guide):
        path, _, fragment = target.partition("#")
        found = (guide.parent / path).resolve() if path else guide
        assert found.is_relative_to(REPOSITORY), f"{guide.name}: {target} leads out of the project"
        assert found.exists(), f"{guide.name}: {target} is not there"
        if fragment and found.suffix == ".md":
            headings = re.findall(r"^#+ (.+)$", found.read_text(encoding="utf-8"), re.MULTILINE)
            assert fragment in map(slug, headings), f"{guide.name}: {target} has no such heading"


def test_every_picture_is_used_light_and_of_a_known_width() -> None:
    used = {(g.parent / t).resolve() for g in GUIDES for t in targets(g) if t.endswith(".png")}
    pictures = set((DOCS / "pictures").iterdir())
    assert pictures, "the guides have pictures"
    assert pictures == used
    for picture in pictures:
        data = picture.read_bytes()
        width, _height = struct.unpack(">II", data[16:24])
        assert len(data) < LARGEST, picture.name
        assert width in {1280, 780, 400}, picture.name


def test_the_organisers_guide_quotes_only_words_that_stand_on_the_screen() -> None:
    quoted = {one_line(words) for words in BOLD.findall(prose(ORGANISER))}
    assert len(quoted) > 60
    missing = sorted(words for words in quoted if not is_on_screen(words))
    assert not missing, "in bold in the guide, but on no page: " + ", ".join(missing)


def test_a_word_that_is_on_no_page_would_be_found() -> None:
    assert is_on_screen("Indbakke")
    assert is_on_screen(f"Træk {CASE.the} tilbage")
    assert not is_on_screen("Indbakk")
    assert not is_on_screen("Knappen findes ikke")
