"""PDF and Word of all thirteen: tagged, on A4, one or two pages, and with every word that was written."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docx import Document as open_word
from docx.document import Document as WordDocument
from docx.shared import Mm
from flask import Flask
from pypdf import PdfReader
from weasyprint.document import Document
from weasyprint.formatting_structure import boxes

from course.printing import child, paper, word_child
from course.printing.pdf import paper_html
from course.tools.papers import BLANK, FOOT, paper_of
from course.web import danish
from tests.printing.pdfua import faults, nodes
from tests.tools.filling import NUMBERS, filled, tool, words_of

pytestmark = pytest.mark.one_database  # tools and planners ask the database only who is there


EDGE = 24.0
"""CSS pixels: what a printer cannot print on (6.35 mm); no letter stands nearer to the edge of the paper."""
LONG = "løfter kasser fra gulvet op på hylden i hallen om formiddagen " * 8
HOW = ["empty", "short", "long"]
TEMPLATES = Path(child.__file__).parent / "templates"


@pytest.fixture(scope="module")
def plain() -> Flask:
    """An application with the templates of documents and nothing else."""
    app = Flask("documents", template_folder=str(TEMPLATES))
    danish.register(app)
    return app


def paper_for(nr: int, how: str) -> paper.Paper:
    """The document of a tool: empty, with a word in each field, or with every text as long as it may be."""
    one = tool(nr)
    if how == "empty":
        return paper_of(one, {}, empty=True)
    return paper_of(one, filled(one, LONG if how == "long" else ""))


def pdf_of(app: Flask, made: paper.Paper) -> bytes:
    """Its PDF, made in this process by what the child process runs."""
    with app.app_context():
        return child.make(paper_html(made))


def joined(text: str) -> str:
    """Text without line breaks and what divided its words."""
    return "".join(text.replace("\0", "").replace("\u00ad", "").replace("\u2010", "").replace("-", "").split())


def text_of(made: bytes, nr: int) -> str:
    """All the text of a PDF, without the foot of its pages."""
    pages = PdfReader(io.BytesIO(made)).pages
    foot = joined(FOOT.format(nr=nr))
    texts = [joined(one.extract_text()) for one in pages]
    assert all(foot in text for text in texts)
    return "".join(
        text.replace(foot, "").replace(f"{number}af{len(pages)}", "") for number, text in enumerate(texts, 1)
    )


def written_in(data: dict[str, Any]) -> Iterator[str]:
    """Every text that was typed, whole."""
    for value in data.values():
        for one in value if isinstance(value, list) else [value]:
            yield from (text for text in (one.values() if isinstance(one, dict) else [one]) if is_typed(text))


def is_typed(text: object) -> bool:
    return isinstance(text, str) and text.startswith("zq")


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("nr", NUMBERS)
def test_a_pdf_keeps_pdf_ua_and_its_pages_and_cuts_no_word(plain: Flask, nr: int, how: str) -> None:
    with plain.app_context():
        document = child.lay_out(paper_html(paper_for(nr, how)))
    assert list(spilled(document)) == []
    made = child.write(document)
    assert faults(made) == []
    assert all("Plex" in name for name in fonts_of(made))
    assert 1 <= len(PdfReader(io.BytesIO(made)).pages) <= tool(nr).pages <= 2
    text = text_of(made, nr)
    if how != "empty":
        typed = list(written_in(filled(tool(nr), LONG if how == "long" else "")))
        assert len(typed) > 5
        assert [one for one in typed if joined(one) not in text] == []
    assert joined(tool(nr).title) in text


def fonts_of(made: bytes) -> set[str]:
    """The letters of a PDF."""
    pages = PdfReader(io.BytesIO(made)).pages
    resources: list[Any] = [one["/Resources"] for one in pages]
    return {str(font.get_object()["/BaseFont"]) for resource in resources for font in resource["/Font"].values()}


def spilled(document: Document) -> Iterator[str]:
    """Texts that reach into what cannot be printed on, or out of the cell they stand in."""
    for one in document.pages:
        box: Any = one._page_box
        yield from _outside(box, EDGE, EDGE, one.width - EDGE, one.height - EDGE)
        for cell in (inner for inner in box.descendants() if isinstance(inner, boxes.TableCellBox)):
            x, y = cell.position_x, cell.position_y
            yield from _outside(cell, x, y, x + cell.border_width(), y + cell.border_height())


def _outside(box: Any, left: float, top: float, right: float, bottom: float) -> Iterator[str]:
    texts: list[Any] = [inner for inner in box.descendants() if isinstance(inner, boxes.TextBox)]
    for text in (one for one in texts if one.text.strip()):
        x, y = text.position_x, text.position_y
        if x < left - 1 or y < top - 1 or x + text.width > right + 1 or y + text.height > bottom + 1:
            yield f"{text.text!r} at {x:.0f}, {y:.0f}"


def test_what_spills_is_found() -> None:
    """The proof above would fail if a word stood outside."""
    html = "<html lang=da><title>x</title><p style='margin-left:170mm;white-space:nowrap'>langt uden for arket"
    assert any("uden for" in found for found in spilled(child.lay_out(html)))
    html = "<html lang=da><table style='table-layout:fixed;width:20mm'><tr><td><nobr>ikke plads til den"
    assert any("plads" in found for found in spilled(child.lay_out(html)))


@pytest.mark.parametrize("nr", [3, 10, 12])
def test_headings_tables_and_lists_are_tagged_as_such(plain: Flask, nr: int) -> None:
    root: Any = PdfReader(io.BytesIO(pdf_of(plain, paper_for(nr, "short")))).trailer["/Root"]
    tags = [str(node["/S"]) for node in nodes(root["/StructTreeRoot"]) if "/S" in node]
    assert tags.count("/H1") == 1
    assert tags.count("/H2") >= len(tool(nr).form.steps)
    assert {"/Table", "/TH", "/TD", "/TR"} <= set(tags)
    assert not {"/H3", "/H4"} & set(tags)


def test_the_picture_of_the_barriers_says_what_it_shows(plain: Flask) -> None:
    made = pdf_of(plain, paper_of(tool(10), {"fear": "there", "heavy": "maybe"}))
    root: Any = PdfReader(io.BytesIO(made)).trailer["/Root"]
    said = [str(node["/Alt"]) for node in nodes(root["/StructTreeRoot"]) if node.get("/S") == "/Figure"]
    assert "Nede: Bange for, at det kommer igen. Halvt nede: Tungt arbejde." in said[0]
    assert set(said[1:]) == {"afkrydset", "ikke afkrydset"}


def test_a_sheet_with_much_more_than_fits_goes_on_and_loses_nothing(plain: Flask) -> None:
    one = tool(3)
    data = filled(one)
    for name in ("weeks", "log"):
        data[name] = [
            {c.id: f"zq{name}{n}{c.id} {'ord ' * 40}" for c in one.form.fields[name].columns} for n in range(6)
        ]
    with plain.app_context():
        document = child.lay_out(paper_html(paper_of(one, data)))
    pdf = child.write(document)
    text = text_of(pdf, 3)
    assert [word for word in written_in(data) if joined(word) not in text] == []
    assert faults(pdf) == []
    assert len(PdfReader(io.BytesIO(pdf)).pages) > one.pages
    assert list(spilled(document)) == []


# -- Word --------------------------------------------------------------------------------------------------------------


def word_of(made: paper.Paper) -> tuple[bytes, WordDocument]:
    """Its Word document, by way of the data that is sent to the child process."""
    data = word_child.make(paper.from_data(json.loads(json.dumps(paper.as_data(made)))))
    return data, open_word(io.BytesIO(data))


def test_what_is_sent_to_the_child_comes_out_as_it_went_in() -> None:
    for nr in NUMBERS:
        made = paper_for(nr, "short")
        assert paper.from_data(json.loads(json.dumps(paper.as_data(made)))) == made


@pytest.mark.parametrize("how", ["empty", "short"])
@pytest.mark.parametrize("nr", NUMBERS)
def test_a_word_document_opens_with_everything_in_it(nr: int, how: str) -> None:
    data, document = word_of(paper_for(nr, how))
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        assert files.testzip() is None
        text = joined(files.read("word/document.xml").decode())
        assert 'w:val="da-DK"' in files.read("word/styles.xml").decode()
    section = document.sections[0]
    assert [round(side / Mm(1)) for side in (section.page_width or 0, section.page_height or 0)] == [210, 297]
    titles = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert titles == [tool(nr).title]
    assert sum(p.style is not None and p.style.name == "Heading 2" for p in document.paragraphs) >= len(
        tool(nr).form.steps
    )
    assert document.core_properties.title == tool(nr).title
    assert document.core_properties.language == "da-DK"
    if how == "short":
        assert [found for found in words_of(filled(tool(nr))) if found not in text] == []


def test_a_word_document_has_heads_lines_and_words_of_word_itself() -> None:
    """What a screen reader and an editor lean on: real headings, lists and heads of tables, and no drawing."""
    _, document = word_of(paper_for(3, "empty"))
    xml = document.element.xml
    assert "w:drawing" not in xml
    assert xml.count("<w:tblHeader/>") == 2
    assert xml.count("<w:tcBorders>") >= 10, "a line to write on for each short answer, and two to sign on"
    _, dialogue = word_of(paper_for(12, "short"))
    styles = {paragraph.style.name for paragraph in dialogue.paragraphs if paragraph.style is not None}
    assert {"Heading 1", "Heading 2", "List Bullet"} <= styles


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here (apt: libreoffice-writer-nogui)")
def test_word_documents_open_in_libreoffice_with_every_word(tmp_path: Path) -> None:
    names = {}
    for nr in NUMBERS:
        for how in HOW:
            names[f"{nr}-{how}"] = (nr, how)
            (tmp_path / f"{nr}-{how}.docx").write_bytes(word_of(paper_for(nr, how))[0])
    subprocess.run(
        [
            "soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "pdf",
            "--outdir", str(tmp_path), *(str(tmp_path / f"{name}.docx") for name in names),
        ],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    for name, (nr, how) in names.items():
        made = PdfReader(tmp_path / f"{name}.pdf")
        assert len(made.pages) <= tool(nr).pages + (how == "long"), name
        pages = [joined(one.extract_text()) for one in made.pages]
        foot = joined(FOOT.format(nr=nr))
        text = "".join(page.replace(f"{foot}side{number}", "") for number, page in enumerate(pages, 1))
        assert joined(tool(nr).title) in text
        if how != "empty":
            assert [word for word in words_of(filled(tool(nr))) if word not in text] == [], name


def test_the_head_of_a_table_comes_again_on_the_next_page() -> None:
    _, document = word_of(paper_for(7, "empty"))
    assert "w:tblHeader" in document.tables[0].rows[0]._tr.xml


# -- what stands on them -----------------------------------------------------------------------------------------------


def blocks_of(made: paper.Paper, kind: type) -> list[Any]:
    return [block for block in made.blocks if isinstance(block, kind)]


def test_an_empty_print_has_room_to_write_and_no_tick() -> None:
    for nr in NUMBERS:
        made = paper_for(nr, "empty")
        assert all(block.room or nr == 9 for block in blocks_of(made, paper.Answer))
        assert not any(ticked for block in blocks_of(made, paper.Ticks) for _, ticked in block.options)
        assert not any(
            paper.TICKED in cell for grid in blocks_of(made, paper.Grid) for row in grid.rows for cell in row
        )


def test_the_policy_bears_the_workplaces_own_words() -> None:
    one = tool(9)
    made = paper_of(one, dict(one.starts) | {"workplace": "Havnens Smedje", "person": "din mester"})
    text = " ".join(block.value for block in blocks_of(made, paper.Answer))
    assert "Hos Havnens Smedje skal man" in text
    assert "Din mester ringer" in text
    assert "[" not in text
    empty = " ".join(block.value for block in blocks_of(paper_of(one, {}, empty=True), paper.Answer))
    assert f"Hos {BLANK}" in empty


def test_the_picture_of_the_barriers_says_the_same_in_words() -> None:
    made = paper_of(tool(10), {"expectations": "there", "heavy": "maybe", "fixed": "not"})
    (meter,) = blocks_of(made, paper.Meter)
    assert [(filled_steps, said) for _, filled_steps, said in meter.rows][:4] == [
        (2, "er der"), (1, "måske"), (0, "ikke der"), (None, "ikke spurgt"),
    ]  # fmt: skip
    for gate, name in (("Nede", "Mørke forventninger"), ("Halvt nede", "Tungt arbejde")):
        assert f"{gate}: {name}." in meter.said
    assert not blocks_of(paper_for(10, "empty"), paper.Meter)
