from pathlib import Path

import pytest

from course.content import source
from course.content.loader import check
from course.content.source import DirectorySource, MappingSource, Unreadable


def test_only_the_authors_files_are_content(tmp_path: Path) -> None:
    for name in ("modules/a/x.md", "modules/a/.x.md.swp", "modules/a/x.md~", "modules/.git/x", "docs/y.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert DirectorySource(tmp_path).paths() == ["modules/a/x.md"]


def test_a_file_that_is_too_big(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "TEXT_BYTES", 10)
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules/x.md").write_text("x" * 11)
    for files in (DirectorySource(tmp_path), MappingSource({"modules/x.md": b"x" * 11})):
        with pytest.raises(Unreadable, match="for stor"):
            files.read("modules/x.md")


def test_a_link_out_of_the_content_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("hemmeligt")
    folder = tmp_path / "root/modules/a/a-01"
    folder.mkdir(parents=True)
    (folder / "x.md").symlink_to(tmp_path / "secret.md")
    (folder / "y.md").symlink_to(tmp_path / "nowhere")
    faults = [str(fault) for fault in check(tmp_path / "root")]
    assert "modules/a/a-01/x.md:1: er en genvej til noget uden for indholdet" in faults
    assert "modules/a/a-01/y.md:1: er ikke en almindelig fil" in faults


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MOST_FILES", 1)
    (tmp_path / "modules").mkdir()
    for name in "ab":
        (tmp_path / f"modules/{name}.md").write_text("x")
    assert str(check(tmp_path)[0]) == "modules:1: der er over 1 filer: er det den rigtige mappe?"


def test_a_missing_file() -> None:
    with pytest.raises(Unreadable):
        MappingSource({}).read("x")
