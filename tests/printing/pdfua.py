"""Whether a PDF can be used by somebody who cannot see it: PDF/UA-1, as far as a machine can tell.

`page` holds a file against the rules of PDF/UA-1 that veraPDF holds it against. It asks for less than we promise
(a head of a table may be without scope where the place says enough), so our own promises are looked at here.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import page
from pypdf import PdfReader

RULES = 100
"""The profile has more rules than this: a checker that looks at nothing would find nothing."""


def faults(made: bytes) -> list[str]:
    """Everything that is wrong with a document, in words; nothing where it keeps PDF/UA-1 and what we promise."""
    report = page.validate_pdf_bytes(made, profile="ua1")
    assert report.rules.total > RULES
    return [f"{one.rule_id}: {one.message}" for one in report.failures] + list(_ours(PdfReader(io.BytesIO(made))))


def _ours(reader: PdfReader) -> Iterator[str]:
    root: Any = reader.trailer["/Root"]
    if root.get("/Lang") != "da":
        yield "the document does not say that it is Danish"
    if not (reader.metadata and reader.metadata.title) or not root["/ViewerPreferences"]["/DisplayDocTitle"].value:
        yield "the window does not show the title"
    if not root["/MarkInfo"]["/Marked"].value or b"pdfuaid" not in root["/Metadata"].get_data():
        yield "the document does not say that it is tagged"
    for number, one in enumerate(reader.pages, 1):
        yield from (f"page {number}: {fault}" for fault in _page_faults(one))
    for node in nodes(root["/StructTreeRoot"]):
        yield from _node_faults(node)


def _page_faults(one: Any) -> Iterator[str]:
    if (round(float(one.mediabox.width)), round(float(one.mediabox.height))) not in {(595, 842), (842, 595)}:
        yield "not A4"
    if one.get("/Annots") and one.get("/Tabs") != "/S":
        yield "the tab key does not follow the tags"
    for font in one["/Resources"].get("/Font", {}).values():
        inner = font.get_object().get("/DescendantFonts", [font])[0].get_object()
        described = inner["/FontDescriptor"].get_object()
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(described):
            yield f"{inner['/BaseFont']} is not in the file"


def _node_faults(node: Any) -> Iterator[str]:
    kind = node.get("/S")
    if kind == "/TH" and node["/A"].get("/Scope") not in {"/Row", "/Column"}:
        yield "a head of a table does not say what it heads"
    if kind == "/Figure" and not node.get("/Alt"):
        yield "a picture says nothing"


def nodes(node: Any) -> Iterator[Any]:
    """Every tag of a document, in the order it is read."""
    yield node
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        inner = kid.get_object()
        if hasattr(inner, "get") and "/S" in inner:
            yield from nodes(inner)
