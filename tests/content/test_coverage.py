import json

import pytest

from course.content.commands import coverage_command
from course.content.coverage import coverage
from course.content.faults import FaultList
from course.content.reading import read
from course.content.source import MappingSource

from .conftest import SAMPLE

TWO = "modules/demo/demo-02/module.yaml"


def changed_coverage(files: dict[str, bytes], path: str, old: str, new: str):
    text = files[path].decode()
    assert old in text
    changed = files | {path: text.replace(old, new, 1).encode()}
    return coverage(read(MappingSource(changed), FaultList()))[0]


def test_who_teaches_and_assesses_what(sample_files: dict[str, bytes]) -> None:
    found = coverage(read(MappingSource(sample_files), FaultList()))[0]
    assert [(row.objective, row.taught, row.assessed) for row in found.rows] == [
        ("demo.P1.viden.1", ("demo-01.read",), ("demo-01.myths",)),
        ("demo.P1.evne.1", ("demo-02.case",), ("demo-02.case",)),
        ("demo.P1.saarbarhed.1", ("demo-01.myths",), ("demo-01.confidence",)),
        ("demo.P1.effekt.1", ("demo-01.confidence",), ("demo-01.confidence",)),
    ]
    assert not found.missing
    assert not found.fails


def test_an_assessment_of_the_wrong_kind_does_not_count(sample_files: dict[str, bytes]) -> None:
    path = "modules/demo/demo-01/module.yaml"
    found = changed_coverage(sample_files, path, "assesses: [demo.P1.viden.1]", "assesses: [demo.P1.effekt.1]")
    assert [row.objective for row in found.missing] == ["demo.P1.viden.1"]
    assert found.rows[3].assessed == ("demo-01.confidence",)
    assert found.fails


def test_a_module_teaches_what_it_names(sample_files: dict[str, bytes]) -> None:
    path = "modules/demo/demo-01/module.yaml"
    found = changed_coverage(sample_files, path, ", teaches: [demo.P1.viden.1]", "")
    assert found.rows[0].taught == ("demo-01",)


def test_only_a_complete_course_fails(sample_files: dict[str, bytes]) -> None:
    gone = {TWO: sample_files[TWO].replace(b"    assesses: [demo.P1.evne.1]\n", b"")}
    draft = {"modules/demo/course.yaml": sample_files["modules/demo/course.yaml"].replace(b"complete", b"draft")}
    complete_course = coverage(read(MappingSource(sample_files | gone), FaultList()))[0]
    draft_course = coverage(read(MappingSource(sample_files | gone | draft), FaultList()))[0]
    assert complete_course.fails
    assert draft_course.missing
    assert not draft_course.fails


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert coverage_command(SAMPLE) == 0
    text = capsys.readouterr().out
    assert "demo (complete): 4 af 4 læringsmål er dækket" in text
    assert "✓ demo.P1.viden.1" in text
    assert coverage_command(SAMPLE, True) == 0
    data = json.loads(capsys.readouterr().out)
    assert data[0]["missing"] == []
    assert data[0]["rows"][0]["assessed"] == ["demo-01.myths"]


def test_the_command_fails_for_a_complete_course_with_a_gap(tmp_path, sample_files, capsys) -> None:
    for path, data in sample_files.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data.replace(b"    assesses: [demo.P1.evne.1]\n", b""))
    assert coverage_command(tmp_path) == 1
    assert "– demo.P1.evne.1" in capsys.readouterr().out
