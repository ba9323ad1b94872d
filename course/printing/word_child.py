"""The process that makes one Word document and ends: ``python -m course.printing.word_child``.

Reads a paper as JSON (UTF-8) from standard input, writes the document to standard output. Headings are Word's own,
tables have heads that repeat, and the language is Danish, so that a screen reader can use it.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from collections.abc import Callable
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell

from course.printing import paper as parts

MEMORY = 1_000_000_000
SECONDS = 30
WIDTH = 174
"""Millimetres between the margins of an A4 page."""
HALVES = (48, 4, 48)
"""Two columns with air between, in percent."""
FEW = 4
"""So many things to tick stand on one line with their label."""
SIZES = (("Normal", 10), ("Heading 1", 18), ("Heading 2", 12.5), ("Heading 3", 10.5), ("Caption", 9.5))
POSTER_SIZES = (("Normal", 18), ("Heading 1", 34), ("Heading 2", 24), ("Heading 3", 20), ("Caption", 14))
"""The letters of each style in points; those of a poster can be read from across the room."""
FONT = "Calibri"
"""Letters that come with Word: ours are not on the reader's machine, and Word would take Times for them."""
DARK, GREY, TINT = RGBColor(0x07, 0x3F, 0x45), RGBColor(0x59, 0x59, 0x59), "E6F1F1"


def make(paper: parts.Paper) -> bytes:
    """The document."""
    document = Document()
    _style(document, paper)
    if paper.kicker:
        _paragraph(document, paper.kicker, color=GREY, size=9)
    document.add_heading(paper.title, level=1)
    if paper.lede:
        _paragraph(document, paper.lede, size=11.5)
    for block in paper.blocks:
        DRAW[parts.kind_of(block)](document, block)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _style(document: DocumentObject, paper: parts.Paper) -> None:
    """A4, our letters and colours, Danish, and the foot with the number of the page."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = Mm(18)
    section.bottom_margin = Mm(18)
    for name, size in POSTER_SIZES if paper.look == "poster" else SIZES:
        style: Any = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{script}"), FONT)
        if name != "Normal":
            style.font.color.rgb, style.font.bold = DARK, True
            style.paragraph_format.keep_with_next = True
            style.paragraph_format.space_before = Pt(0 if name == "Heading 1" else 9)
        style.paragraph_format.space_after = Pt(3)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "da-DK")
    document.styles["Normal"].element.get_or_add_rPr().append(language)
    line: Any = document.styles.add_style("Writing line", WD_STYLE_TYPE.PARAGRAPH)
    line.base_style = document.styles["Normal"]
    about = document.core_properties
    about.title, about.author, about.language, about.comments = paper.title, "Vejen Frem Kursus", "da-DK", ""
    foot = section.footer.paragraphs[0]
    foot.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    _run(foot, f"{paper.foot}\tside ", size=8, color=GREY)
    _page_number(foot)


def _page_number(paragraph: Any) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = _run(paragraph, "", size=8, color=GREY)
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _run(paragraph: Any, text: str, *, bold: bool = False, size: float | None = None, color: Any = None) -> Any:
    run = paragraph.add_run(text)
    run.bold = bold or None
    if size:
        run.font.size = Pt(size)
    if color is not None:
        run.font.color.rgb = color
    return run


def _paragraph(document: Any, text: str, **look: Any) -> Any:
    paragraph = document.add_paragraph()
    _run(paragraph, text, **look)
    return paragraph


def _label(document: Any, text: str) -> None:
    paragraph = _paragraph(document, text, bold=True)
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_after = Pt(1)


def _writing_lines(document: Any, count: int) -> None:
    """Dotted lines from margin to margin, which one can also type over."""
    for _ in range(count):
        paragraph = document.add_paragraph(style="Writing line")
        paragraph.paragraph_format.space_before = Pt(7)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
        paragraph.add_run("\t")


def _heading(document: Any, block: parts.Heading) -> None:
    text = f"{block.number}. {block.text}" if block.number else block.text
    document.add_heading(text, level=block.level).paragraph_format.page_break_before = block.new_page


def _words(document: Any, block: parts.Words) -> None:
    if block.kind == "muted":
        _paragraph(document, block.text, color=GREY, size=9)
    else:
        _paragraph(document, block.text, size=11.5 if block.kind == "lede" else None)


def _bullets(document: Any, block: parts.Bullets) -> None:
    for item in block.items:
        paragraph = document.add_paragraph(style="List Bullet")
        paragraph.paragraph_format.space_after = Pt(0)
        _run(paragraph, item, color=GREY if block.kind == "ask" else None, size=9.5)


def _answer(document: Any, block: parts.Answer) -> None:
    _label(document, block.label)
    if block.value:
        _paragraph(document, block.value)
    _writing_lines(document, block.room)


def _pairs(document: Any, block: parts.Pairs) -> None:
    table = _table(document, (len(block.items) + 1) // 2, HALVES, borders=False)
    for row in table.rows:
        row.height = Mm(8)
    for index, (label, value) in enumerate(block.items):
        cell = table.cell(index // 2, 2 * (index % 2))
        _run(cell.paragraphs[0], f"{label}: ", bold=True, size=9.5)
        if value:
            _run(cell.paragraphs[0], value)
        else:
            _line(cell, "bottom")
    _gap(document)


def _ticks(document: Any, block: parts.Ticks) -> None:
    marked = [f"{parts.TICKED if ticked else parts.UNTICKED}{text}" for text, ticked in block.options]
    if block.in_line:
        few = len(block.options) <= FEW
        if not few:
            _label(document, block.label)
        paragraph = _paragraph(document, f"{block.label}   " if few else "", bold=True)
        _run(paragraph, "    ".join(marked))
        return
    _label(document, block.label)
    for line in marked:
        _paragraph(document, line).paragraph_format.space_after = Pt(1)


def _numbered(document: Any, block: parts.Numbered) -> None:
    _label(document, block.label)
    for number, item in enumerate(block.items, 1):
        paragraph = _paragraph(document, f"{number}.  {item}")
        if not item:
            paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
            paragraph.add_run("\t")


def _grid(document: Any, block: parts.Grid) -> None:
    if block.caption:
        _label(document, block.caption)
    table = _table(document, len(block.rows) + 1, block.widths)
    size = 8 if block.small else 9
    for cell, head in zip(table.rows[0].cells, block.heads, strict=True):
        _fill(cell, head, size=size, bold=True)
        _shade(cell, TINT)
    _repeat(table)
    for row, texts in zip(list(table.rows)[1:], block.rows, strict=True):
        row.height = Mm(block.height)
        _keep_together(row)
        for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            _fill(cell, text, size=size, bold=block.first_is_head and column == 0)
    _gap(document)


def _meter(document: Any, block: parts.Meter) -> None:
    """The picture as a table whose cells are filled: it can be edited, and it is read as words."""
    _label(document, block.caption)
    table = _table(document, len(block.rows), (44, 14, 14, 28))
    for number, (row, (name, filled, word)) in enumerate(zip(table.rows, block.rows, strict=True), 1):
        cells = row.cells
        _fill(cells[0], f"{number} {name}", size=9, bold=True)
        for step in range(2):
            if step < (filled or 0):
                _shade(cells[1 + step], "0B5C63")
        _fill(cells[-1], word, size=9)
    _gap(document)


def _signatures(document: Any, block: parts.Signatures) -> None:
    _paragraph(document, "").paragraph_format.space_after = Pt(20)
    table = _table(document, (len(block.names) + 1) // 2, HALVES, borders=False)
    for index, name in enumerate(block.names):
        cell = table.cell(index // 2, 2 * (index % 2))
        cell.paragraphs[0].paragraph_format.space_before = Pt(2)
        _run(cell.paragraphs[0], f"{name}, dato og underskrift", size=9, color=GREY)
        _line(cell, "top")


DRAW: dict[str, Callable[[Any, Any], None]] = {
    "heading": _heading, "words": _words, "bullets": _bullets, "answer": _answer, "pairs": _pairs, "ticks": _ticks,
    "numbered": _numbered, "grid": _grid, "meter": _meter, "signatures": _signatures,
}  # fmt: skip


def _table(document: Any, rows: int, widths: tuple[int, ...], *, borders: bool = True) -> Table:
    table = document.add_table(rows=rows, cols=len(widths))
    table.autofit = False
    if borders:
        table.style = "Table Grid"
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(WIDTH * width / 100)
        for cell in column.cells:
            cell.width = Mm(WIDTH * width / 100)
    return table


def _fill(cell: _Cell, text: str, *, size: float, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1.5)
    _run(paragraph, text, size=size, bold=bold)


def _shade(cell: _Cell, color: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", color)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _line(cell: _Cell, side: str) -> None:
    """A line to write on, at the ``top`` or the ``bottom`` of a cell."""
    borders, line = OxmlElement("w:tcBorders"), OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "777777")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    cell._tc.get_or_add_tcPr().append(borders)


def _repeat(table: Table) -> None:
    """The first row is the head: it comes again on the next page, and is read as one."""
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _keep_together(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _gap(document: Any) -> None:
    """A little air below a table."""
    paragraph = _paragraph(document, "", size=4)
    paragraph.paragraph_format.space_after = Pt(0)


def main() -> None:
    """Make the document of what stands on standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.buffer.write(make(parts.from_data(json.loads(sys.stdin.buffer.read()))))


if __name__ == "__main__":
    main()
