"""The check that the tests of documents lean on finds what it should find."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import BooleanObject, NameObject
from weasyprint import HTML

from course.printing import child
from tests.printing.pdfua import faults, nodes

PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>Prøve</h1>{body}</body></html>"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}<rect width="9" height="9"/></svg>'
TABLE = "<table><tr><th>Navn</th><th>År</th></tr><tr><th>Ida</th><td>3</td></tr></table>"


def made(body: str = "<p>Ord</p>", *, lang: str = "da", title: str = "Prøve") -> bytes:
    return child.make(PAGE.format(body=body, lang=lang, title=title))


@pytest.mark.parametrize(
    "body",
    [
        "<p>Ord</p>",
        TABLE,
        "<ul><li>Et</li></ul><dl><dt>Hvad</dt><dd>Det</dd></dl>",
        "<dl class='definitions'><div><dt>Hvad</dt><dd>Det <ul><li>et</li></ul></dd></div></dl>",
        "<ul><li><p>a</p><ul><li>x</li></ul></li></ul><ol><li><p>a</p><p>b</p></li></ol>",
        "<ul><li><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table></li></ul>",
        "<ol><li><div>x</div></li><li></li></ol>",
        '<p><a href="https://eksempel.dk">Et sted</a></p>',
        SVG.format("<title>En prik</title>"),
    ],
)
def test_what_is_sound_is_let_through(body: str) -> None:
    assert faults(made(body)) == []


def test_heads_say_what_they_head() -> None:
    root = PdfReader(io.BytesIO(made(TABLE))).trailer["/Root"]["/StructTreeRoot"]  # type: ignore[index]
    scopes = [node["/A"]["/Scope"] for node in nodes(root) if node.get("/S") == "/TH"]
    assert scopes == ["/Column", "/Column", "/Row"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<h3>To under</h3>", "HEADING"),
        (SVG.format(""), "a picture says nothing"),
    ],
)
def test_what_is_wrong_with_the_parts_is_found(body: str, said: str) -> None:
    assert any(said in fault for fault in faults(made(body))), faults(made(body))


def test_a_head_without_scope_is_found() -> None:
    bare = HTML(string=PAGE.format(body=TABLE, lang="da", title="x")).write_pdf(pdf_variant="pdf/ua-1")
    assert bare is not None
    assert "a head of a table does not say what it heads" in faults(bare)


def test_a_document_that_is_not_tagged_not_danish_or_without_a_name_is_found() -> None:
    assert "the document does not say that it is Danish" in faults(made(lang="en"))
    writer = PdfWriter(clone_from=io.BytesIO(made()))
    writer.root_object["/MarkInfo"][NameObject("/Marked")] = BooleanObject(False)  # type: ignore[index]
    writer.root_object["/ViewerPreferences"][NameObject("/DisplayDocTitle")] = BooleanObject(False)  # type: ignore[index]
    changed = io.BytesIO()
    writer.write(changed)
    found = faults(changed.getvalue())
    assert "the document does not say that it is tagged" in found
    assert "the window does not show the title" in found
