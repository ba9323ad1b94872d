import json
import zlib
from pathlib import Path

import pytest

from course.content import pinning
from course.content.building import digest_of
from course.content.faults import ContentFaults
from course.content.loader import load
from course.content.packing import NotAPack, compress, pack_files, unpack_files
from course.content.root import REPOSITORY

from .conftest import SAMPLE

PINNED = Path(__file__).parent / "pinned"
"""Courses as runs pinned them before the second half of the course had its keys, and their digests then."""


def repacked(data: bytes, path: str, old: str, new: str) -> bytes:
    packed = json.loads(zlib.decompress(data))
    assert old in packed["files"][path]
    packed["files"][path] = packed["files"][path].replace(old, new)
    return zlib.compress(json.dumps(packed).encode())


def test_a_course_comes_back_as_it_was() -> None:
    course = load(SAMPLE).courses["demo"]
    again = pinning.unpack(pinning.pack(SAMPLE, "demo"))
    assert again.digest == course.digest
    assert dict(again.activities) == dict(course.activities)
    assert dict(again.modules) == dict(course.modules)
    assert again.figures["demo-01/vej.svg"].data == course.figures["demo-01/vej.svg"].data
    assert list(again.cases) == ["rengoering"]


def test_the_real_course_comes_back_as_it_was() -> None:
    for name, course in load(REPOSITORY).courses.items():
        again = pinning.unpack(pinning.pack(REPOSITORY, name))
        assert again.digest == course.digest
        assert dict(again.activities) == dict(course.activities)


def test_the_same_files_give_the_same_bytes() -> None:
    assert pinning.pack(SAMPLE, "demo") == pinning.pack(SAMPLE, "demo")
    forwards = {"a.md": b"1", "b.md": b"2"}
    assert pack_files(forwards) == pack_files(dict(reversed(forwards.items())))


def test_unpacking_twice_gives_the_same_course() -> None:
    data = pinning.pack(SAMPLE, "demo")
    assert pinning.unpack(data) is pinning.unpack(bytes(bytearray(data)))


def test_other_courses_are_left_behind(tmp_path: Path, sample_files: dict[str, bytes]) -> None:
    other = {
        path.replace("demo", "other"): data.replace(b"demo", b"other")
        for path, data in sample_files.items()
        if path.startswith(("modules/", "assessments/demo"))
    }
    other["assessments/objectives.yaml"] = (
        sample_files["assessments/objectives.yaml"]
        + sample_files["assessments/objectives.yaml"].replace(b"demo", b"other").partition(b"objectives:\n")[2]
    )
    for path, data in (sample_files | other).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    assert list(load(tmp_path).courses) == ["demo", "other"]
    paths = unpack_files(pinning.pack(tmp_path, "other"))
    assert not [path for path in paths if "demo" in path or path.startswith("cases/")]
    assert pinning.unpack(pinning.pack(tmp_path, "other")).id == "other"


def test_a_stricter_check_does_not_shut_out_a_pinned_course() -> None:
    data = repacked(pinning.pack(SAMPLE, "demo"), "modules/demo/demo-01/module.yaml", "minutes: 20", "minutes: 25")
    assert pinning.unpack(data).modules["demo-01"].minutes == 25


def test_a_format_nobody_reads_is_a_clear_fault() -> None:
    data = repacked(pinning.pack(SAMPLE, "demo"), "modules/demo/course.yaml", "format: 1", "format: 99")
    with pytest.raises(ContentFaults, match=r"course\.yaml:1: format 99 kendes ikke: denne version læser format 1"):
        pinning.unpack(data)


@pytest.mark.parametrize("name", ["demo", "gp"])
def test_a_course_pinned_by_an_earlier_version_is_read_as_it_was(name: str) -> None:
    course = pinning.unpack((PINNED / f"{name}.pack").read_bytes())
    then = json.loads((PINNED / f"{name}.json").read_text("utf-8"))
    assert course.digest == then["course"]
    assert {key: activity.digest for key, activity in course.activities.items()} == then["activities"]
    assert {key: rubric.digest for key, rubric in course.rubrics.items()} == then["rubrics"]
    pages = [page for module in course.modules.values() for page in module.pages]
    assert {f"{page.module_id}/{page.id}": [page.words, page.lix] for page in pages} == then["pages"]
    assert {page.audience for page in pages} == {"everyone"}
    assert (dict(course.sheets), dict(course.cards), course.attendance_percent) == ({}, {}, 80)


def test_an_anchor_pinned_without_id_and_reasons_has_them_empty() -> None:
    [anchor] = pinning.unpack((PINNED / "demo.pack").read_bytes()).rubrics["reflection"].anchors
    assert (anchor.id, dict(anchor.why), dict(anchor.levels)) == ("anchor-1", {}, {"description": 1})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not zlib",
        compress(b"not json"),
        compress(b"[]"),
        compress(b'{"pack": 2, "files": {}, "figures": {}}'),
        compress(b'{"pack": 1, "files": {}, "figures": {}}'),
        compress(b'{"pack": 1, "files": [], "figures": {}}'),
        compress(b'{"pack": 1, "files": {}, "figures": {"a": 1}}'),
        compress(pack_files({"a": b"x" * 1000}))[:-20],
    ],
)
def test_what_is_no_pack_is_refused(data: bytes) -> None:
    with pytest.raises(NotAPack):
        pinning.unpack(data)


def test_a_pack_that_grows_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course.content.packing.MOST_BYTES", 1000)
    with pytest.raises(NotAPack, match="too large"):
        unpack_files(compress(pack_files({"a.md": b"x" * 100_000})))


def test_content_with_faults_is_not_packed() -> None:
    with pytest.raises(ContentFaults):
        pinning.pack(Path(__file__).parent.parent / "brokencourse", "broken")
    with pytest.raises(KeyError):
        pinning.pack(SAMPLE, "nowhere")


def test_the_digest_of_plain_data_does_not_depend_on_order() -> None:
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": 2})
