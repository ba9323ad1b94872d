"""The problem map: what is counted, how large the spots are, and whose words are shown."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from course.organising import map_rules as rules
from tests.factories import course

SHEET = "gp-13.worksheet"


def row(barrier: str, kind: str = "", problem: str = "", solution: str = "") -> dict[str, str]:
    """A line of a worksheet."""
    given = {"barrier": barrier, "kind": kind, "problem": problem, "solution": solution}
    return {name: value for name, value in given.items() if value}


def test_the_worksheet_of_the_course_feeds_the_map() -> None:
    assert [field.id for field in rules.sources(course())[SHEET]] == ["problems"]


def test_it_counts_lines_that_name_a_barrier() -> None:
    data: dict[str, Any] = {
        "problems": [
            row("heavy-work", "tasks"),
            row("heavy-work", "tasks"),
            row("stress"),
            {"problem": "uden barriere"},
        ]
    }
    found = rules.problem_map(course(), [(SHEET, data), (SHEET, {}), ("gp-17.commitment", data)], [])
    assert found is not None
    counts = {(b.id, c.kind.id): (c.count, c.size) for b, cells, _ in found.rows for c in cells if c.count}
    assert counts == {("heavy-work", "tasks"): (2, 4)}
    assert {b.id: total for b, _, total in found.rows if total} == {"heavy-work": 2, "stress": 1}
    assert (found.lines, found.texts, found.named) == (3, 1, ())


def test_words_come_from_releases_alone() -> None:
    data = {
        "problems": [row("heavy-work", "tasks", "Der var kun tunge opgaver.", "Byt to opgaver."), row("stress", "talk")]
    }
    found = rules.problem_map(course(), [(SHEET, data)], [(SHEET, data)])
    assert found is not None
    assert [(n.problem, n.solution) for n in found.named] == [("Der var kun tunge opgaver.", "Byt to opgaver.")]


@given(some.lists(some.tuples(some.integers(0, 6), some.integers(0, 8)), max_size=80))
def test_every_line_is_on_the_map_once(pairs: list[tuple[int, int]]) -> None:
    empty = rules.problem_map(course(), [], [])
    assert empty is not None
    barriers = [barrier.id for barrier, _, _ in empty.rows]
    kinds = [kind.id for kind in empty.kinds]
    data = {"problems": [row(barriers[b % len(barriers)], kinds[k % len(kinds)]) for b, k in pairs]}
    found = rules.problem_map(course(), [(SHEET, data)], [])
    assert found is not None
    cells = [cell for _, row_cells, _ in found.rows for cell in row_cells]
    assert sum(cell.count for cell in cells) == sum(total for _, _, total in found.rows) == len(pairs) == found.lines
    assert all((cell.size > 0) == (cell.count > 0) and cell.size <= rules.SIZES for cell in cells)
