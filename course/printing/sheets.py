"""Rows as a sheet: CSV that a Danish Excel opens, or xlsx. Nothing that a person typed can become a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from unicodedata import category

Cell = str | int | float | bool | date | datetime | None

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
"""What makes a spreadsheet read a cell as a formula (OWASP, "CSV injection"), also in full width."""
WIDEST = 60


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula, also when the sheet is saved as CSV and opened again."""
    kept = "".join(sign for sign in text if sign in "\t\r\n" or sign.isprintable() or category(sign) == "Zs")
    bare = kept.lstrip(" \u00a0\"'")
    return f"'{kept}" if kept.startswith(FORMULA_SIGNS) or bare.startswith(FORMULA_SIGNS) else kept


def shown(cell: Cell) -> str | int | float:
    """A cell as it is written: numbers stay numbers, the rest is text."""
    match cell:
        case None:
            return ""
        case bool():
            return "ja" if cell else "nej"
        case int() | float():
            return cell
        case datetime():
            return cell.isoformat(sep=" ", timespec="minutes")
        case date():
            return cell.isoformat()
        case _:
            return neutral(cell)


def csv_bytes(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a byte order mark, semicolons and decimal commas."""
    made = io.StringIO()
    writer = csv.writer(made, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in ([*heads], *rows):
        writer.writerow([str(v).replace(".", ",") if isinstance(v := shown(cell), float) else v for cell in row])
    return made.getvalue().encode("utf-8-sig")


def xlsx_bytes(title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook with one sheet; the heads stay in sight and can be filtered by."""
    from xlsxwriter import Workbook  # 1½ MB that few pages need

    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(made, options) as book:
        sheet = book.add_worksheet("".join(sign for sign in title if sign not in "[]:*?/\\'")[:31] or "Ark")
        bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        widths, last = [len(head) for head in heads], 0
        for column, head in enumerate(heads):
            sheet.write_string(0, column, neutral(head), bold)
        for last, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                value = shown(cell)
                if isinstance(value, str):
                    sheet.write_string(last, column, value, wrap)
                else:
                    sheet.write_number(last, column, value)
                widths[column] = max(widths[column], len(str(value)))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width, WIDEST) + 2)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, last, max(0, len(heads) - 1))
    return made.getvalue()
