"""The talk in the author's guide is a whole one, and `course talks` prints what an author has written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from course.cli import main
from course.content.root import REPOSITORY
from tests.exercises.playing import course_with, faults_with, files_with

from .talks import text

GUIDE = (REPOSITORY / "docs" / "forfatter.md").read_text(encoding="utf-8")


def example() -> str:
    """The talk in the guide."""
    part = GUIDE.partition("### Øvelse: consultation")[2].partition("\n### ")[0]
    [found] = re.findall(r"```yaml\n(.*?)```", part, re.DOTALL)
    return found


def test_the_example_of_the_guide_passes_the_check() -> None:
    assert faults_with(example()) == []
    exercise = course_with(example()).activities["demo-01.practice"].exercises[0]
    assert exercise.kind == "consultation"
    assert exercise.spec.best == 6


def test_a_fault_is_told_with_file_and_line() -> None:
    broken = example().replace("to: tavs", "to: tavst")
    line = broken.splitlines().index("        to: tavst") + 1
    assert f"assessments/demo/exercises/attesten.yaml:{line}: scenen »tavst« findes ikke" in map(
        str, faults_with(broken)
    )


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A folder of content with two talks."""
    for path, data in files_with(example(), text()).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    return tmp_path


def talks(*arguments: str | Path) -> tuple[int, str]:
    found = CliRunner().invoke(main, ["talks", *map(str, arguments)])
    return found.exit_code, found.output


def test_one_talk_is_printed(written: Path) -> None:
    status, printed = talks("attesten", "--path", written)
    assert status == 0
    assert printed.startswith("Attesten\n========\n")
    assert "45 veje: " in printed
    assert printed.count("\nVej ") == 45
    assert "hvilke-loeft → byt-fliser → to-uger" in printed
    assert "Planen, der gik i stå" not in printed


def test_the_short_form(written: Path) -> None:
    status, printed = talks("attesten", "--short", "--path", written)
    assert status == 0
    assert "Fliserne (beslutning: loeft)" in printed
    assert "45. " in printed
    assert "Vej 1:" not in printed


def test_all_talks_of_a_course_are_printed(written: Path) -> None:
    status, printed = talks("--course", "demo", "--path", written)
    assert status == 0
    assert "Attesten" in printed
    assert "Planen, der gik i stå" in printed


@pytest.mark.parametrize(
    ("arguments", "words"), [(["findes-ikke"], "Der er ingen samtale »findes-ikke«."), (["--course", "x"], "ingen")]
)
def test_no_such_talk(written: Path, arguments: list[str], words: str) -> None:
    status, printed = talks(*arguments, "--path", written)
    assert status == 1
    assert words in printed


def test_a_talk_with_faults_is_not_printed(written: Path) -> None:
    file = written / "assessments" / "demo" / "exercises" / "attesten.yaml"
    file.write_text(example().replace("to: tavs", "to: tavst"), encoding="utf-8")
    status, printed = talks("attesten", "--path", written)
    assert status == 1
    assert printed.strip() == "assessments/demo/exercises/attesten.yaml har fejl: kør course check"


def test_no_content(tmp_path: Path) -> None:
    assert talks("--path", tmp_path)[0] == 2
