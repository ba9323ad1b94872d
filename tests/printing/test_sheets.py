"""Cells that cannot become formulas, and sheets a Danish Excel opens."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from course.printing.sheets import FORMULA_SIGNS, Cell, csv_bytes, neutral, shown, xlsx_bytes


@pytest.mark.parametrize("sign", FORMULA_SIGNS)
def test_what_could_be_a_formula_is_text(sign: str) -> None:
    for text in (f"{sign}1+1", f" {sign}1+1", f'"{sign}1+1', f"\u00a0{sign}cmd|' /C calc'!A0"):
        assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Anna", "a=b", "12-3", "Åse", "'citat'", "5 + 5"])
def test_other_text_stays(text: str) -> None:
    assert neutral(text) == text


@given(st.text(max_size=30))
def test_no_text_begins_as_a_formula(text: str) -> None:
    cell = next(csv.reader(io.StringIO(csv_bytes([text], []).decode("utf-8-sig"), newline=""), delimiter=";"))[0]
    assert not cell.startswith(FORMULA_SIGNS)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (None, ""), (True, "ja"), (False, "nej"), (-3, -3), (2.5, 2.5), (date(2026, 12, 4), "2026-12-04"),
        (datetime(2026, 12, 4, 8, 0, tzinfo=UTC), "2026-12-04 08:00+00:00"), ("-3", "'-3"),
    ],
)  # fmt: skip
def test_cells(cell: Cell, written: object) -> None:
    assert shown(cell) == written


def test_csv() -> None:
    made = csv_bytes(["Navn", "Tal"], [['Åse; "x"\nny linje', 2.5], ["Bo", 3]])
    assert made == '\ufeff"Navn";"Tal"\r\n"Åse; ""x""\nny linje";"2,5"\r\n"Bo";"3"\r\n'.encode()


def test_xlsx() -> None:
    made = xlsx_bytes("Hold [1]: a/b?", ["Navn", "=1"], [["=1+1", -2], ["https://x.example", None], ["00123", 2.5]])
    sheet = load_workbook(io.BytesIO(made)).active
    assert sheet is not None
    assert sheet.title == "Hold 1 ab"
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [["" if v is None else v for v in row] for row in rows] == [
        ["Navn", "'=1"], ["'=1+1", -2], ["https://x.example", ""], ["00123", 2.5],
    ]  # fmt: skip


def test_xlsx_without_rows_and_with_strange_signs() -> None:
    assert load_workbook(io.BytesIO(xlsx_bytes("", ["Navn"], []))).active is not None
    made = xlsx_bytes("x", ["Navn"], [["a\x00b\x0bc\ud800\u200bd"]])
    sheet = load_workbook(io.BytesIO(made)).active
    assert sheet is not None
    assert sheet["A2"].value == "abcd"
