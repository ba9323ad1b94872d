"""Documentation is held to the code: every setting and command is explained, every link leads somewhere."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from course.cli import main
from course.config import PREFIX, READERS, Settings

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SETTINGS = ROOT / "docs" / "indstillinger.md"
SECRET = "kT3-vN8_qLx0ZrW5bYc7HdJ2mPfGs9Ua"
LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?\)")


def everything() -> str:
    return "\n".join(page.read_text("utf-8") for page in PAGES)


def commands(group: click.Group, *before: str) -> Iterator[str]:
    """The full name of every command that does something."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *before, name)
        else:
            yield " ".join((*before, name))


def make_targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    return set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))


def test_every_setting_is_explained_and_nothing_else_is() -> None:
    headings = re.findall(r"^### (COURSE_\w+)$", SETTINGS.read_text("utf-8"), re.MULTILINE)
    known = {f"{PREFIX}{name.upper()}" for name in READERS} | {"COURSE_INSTANCE"}
    assert sorted(headings) == sorted(known)


def test_the_example_of_the_settings_can_be_used(tmp_path: Path) -> None:
    [example] = re.findall(r"```toml\n(.*?)```", SETTINGS.read_text("utf-8"), re.DOTALL)
    (tmp_path / "instance").mkdir()
    filled = example.replace('"…"', f'"{SECRET}"')
    (tmp_path / "instance" / "config.toml").write_text(filled, "utf-8")
    settings = Settings.load({}, tmp_path)
    assert settings.base_url == tomllib.loads(filled)["base_url"]


@pytest.mark.parametrize("command", sorted(commands(main)))
def test_every_command_is_explained(command: str) -> None:
    assert re.search(rf"\bcourse {command}\b", everything()), f"no page tells of `course {command}`"


def test_every_command_that_is_told_of_exists() -> None:
    told = set(re.findall(r"(?:`|\.venv/bin/)course ([a-z]+)", everything()))
    assert told <= set(main.commands)


def test_every_make_target_that_is_told_of_exists() -> None:
    told = set(re.findall(r"(?:`|^    )make ([a-z-]+)", everything(), re.MULTILINE))
    assert told <= make_targets()


@pytest.mark.parametrize("target", sorted(make_targets()))
def test_every_make_target_can_be_asked_for(target: str) -> None:
    phony = re.search(r"^\.PHONY:(.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony is not None
    assert target in phony[1].split()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text("utf-8")) if not re.match(r"[a-z]+:", link)]
    places = [unquote(link.partition("#")[0]) for link in links]
    assert [place for place in places if place and not (page.parent / place).exists()] == []
