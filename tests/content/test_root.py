import datetime as dt
from pathlib import Path

import pytest

from course.content import root
from course.content.commands import check_command, coverage_command
from course.content.root import NoContent, content_root, find_root

from .conftest import SAMPLE


def test_the_setting_wins(tmp_path: Path) -> None:
    (tmp_path / "modules").mkdir()
    assert content_root(str(tmp_path)) == tmp_path.resolve()


def test_a_wrong_setting_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(NoContent, match="COURSE_CONTENT_ROOT"):
        content_root(tmp_path)


def test_packaged_content_comes_before_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert content_root() == root.REPOSITORY
    (tmp_path / "modules").mkdir()
    monkeypatch.setattr(root, "PACKAGED", tmp_path)
    assert content_root() == tmp_path


def test_nothing_anywhere_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(root, "PACKAGED", tmp_path / "a")
    monkeypatch.setattr(root, "REPOSITORY", tmp_path / "b")
    with pytest.raises(NoContent, match="COURSE_CONTENT_ROOT"):
        content_root()


def test_an_author_may_name_any_file_inside() -> None:
    assert find_root(SAMPLE / "modules/demo/demo-01/hej.md") == SAMPLE


def test_commands_without_content(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_command(tmp_path) == 2
    assert coverage_command(tmp_path) == 2
    assert "her er ingen mappe »modules«" in capsys.readouterr().out


def test_check_of_sound_content(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_command(SAMPLE, today=dt.date(2026, 11, 1)) == 0
    assert capsys.readouterr().out == "0 fejl: alt er i orden\n"
