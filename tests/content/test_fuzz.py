"""Whatever stands in the files: faults, never an exception."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from course.content.loader import load_source
from course.content.root import REPOSITORY
from course.content.source import DirectorySource, MappingSource

REAL = {path: DirectorySource(REPOSITORY).read(path) for path in DirectorySource(REPOSITORY).paths()}
TEXTS = sorted(path for path in REAL if path.endswith((".yaml", ".md", ".txt")))
TOKENS = [
    "", ":", "- ", "{", "}", "[", "]", "#", "|", ">", "&a ", "*a", "!x ", "'", '"', "\t", "\n", "\n\n",
    "    ", "---\n", "null", "true", "12", "-1", "2026-02-31", "æøå", "\u0301", "\x00", "\ud7ff", "///",
    "/// activity | x", "## ", "[a](module:x)", "![](figur:x)", "<b>", "{{ x }}", "{x}", "start",
    "14 days before day1", "id: x", "needs: [{}]", "options: []", "steps: {}", "format: 2",
    "slots: [{id: a, title: a}]", "gp-05.case", "$", "999999999999999999999",
]  # fmt: skip


@dataclass(frozen=True)
class Edit:
    """One slip of the hand: `line` and `other` are taken modulo the lines there are, `column` likewise."""

    path: str
    line: int
    column: int
    other: int
    token: str
    kind: str

    def apply(self, files: dict[str, bytes]) -> None:
        lines = files[self.path].decode("utf-8", "surrogatepass").split("\n")
        at = self.line % len(lines)
        column = self.column % (len(lines[at]) + 1)
        if self.kind == "delete":
            del lines[at : at + 1 + self.column % 3]
        elif self.kind == "insert":
            lines[at] = lines[at][:column] + self.token + lines[at][column:]
        elif self.kind == "value":
            lines[at] = lines[at].partition(":")[0] + ": " + self.token
        elif self.kind == "repeat":
            lines.insert(at, lines[self.other % len(lines)])
        else:
            lines[at] = self.token
        files[self.path] = "\n".join(lines).encode("utf-8", "surrogatepass")


NUMBERS = st.integers(0, 400)
EDITS = st.lists(
    st.builds(
        Edit,
        st.sampled_from(TEXTS),
        NUMBERS,
        NUMBERS,
        NUMBERS,
        st.sampled_from(TOKENS) | st.text(max_size=8),
        st.sampled_from(("delete", "insert", "value", "repeat", "replace")),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=10, deadline=None)
@given(EDITS)
def test_a_mutated_course_gives_faults_and_never_raises(edits: list[Edit]) -> None:
    files = dict(REAL)
    for edit in edits:
        edit.apply(files)
    loaded = load_source(MappingSource(files))
    assert (loaded.catalogue is not None) or loaded.faults
    for fault in loaded.faults:
        assert fault.line >= 1
        assert fault.message
        assert "\n" not in str(fault)


@settings(max_examples=6, deadline=None)
@given(st.sampled_from(sorted(REAL)), st.binary(max_size=300))
def test_any_bytes_in_any_file(path: str, data: bytes) -> None:
    load_source(MappingSource(REAL | {path: data}))


@settings(max_examples=5, deadline=None)
@given(st.sampled_from(sorted(REAL)))
def test_any_file_may_be_missing(path: str) -> None:
    load_source(MappingSource({name: data for name, data in REAL.items() if name != path}))
