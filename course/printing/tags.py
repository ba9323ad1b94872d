"""The tags of a PDF put right where WeasyPrint leaves them outside PDF/UA-1: heads of tables, and lists."""

from __future__ import annotations

from typing import Any

Tags = dict[int, Any]
OF_LIST, OF_ITEM = {"/L", "/LI", "/Caption"}, {"/Lbl", "/LBody"}


def mend(_document: object, pdf: Any) -> None:
    """What WeasyPrint calls when all objects of a PDF are there and before it is written."""
    objects: list[Any] = pdf.objects
    tags: Tags = {one.number: one for one in objects if _is_tag(one)}
    for tag in list(tags.values()):
        if tag["S"] == "/TH":
            _give_scope(tag, tags)
        elif tag["S"] == "/L" and {kid["S"] for kid in _kids(tag, tags)} - OF_LIST:
            _unlist(tag, tags)
    for tag in list(tags.values()):
        if tag["S"] == "/LI":
            _give_body(tag, tags, pdf)


def _is_tag(thing: Any) -> bool:
    return isinstance(thing, dict) and "S" in thing


def _number(reference: Any) -> int:
    """The number of an object in ``b"12 0 R"``; −1 of what is no reference."""
    return int(reference.split()[0]) if isinstance(reference, bytes) else -1


def _kids(tag: Any, tags: Tags) -> list[Any]:
    """The tags directly in a tag; words and pictures are none."""
    return [tags[_number(kid)] for kid in tag.get("K", ()) if _number(kid) in tags]


def _give_scope(head: Any, tags: Tags) -> None:
    """Say whether a head heads its column or its row.

    Heads in ``<thead>``, and rows of nothing but heads, head columns; a head beside cells heads its row.
    """
    row = tags.get(_number(head["P"]), {})
    group = tags.get(_number(row.get("P")), {})
    heads_column = group.get("S") == "/THead" or {cell["S"] for cell in _kids(row, tags)} == {"/TH"}
    head["A"]["Scope"] = "/Column" if heads_column else "/Row"


def _unlist(tag: Any, tags: Tags) -> None:
    """A list of other things than items (``<dl>`` with ``<div>``) is a division, and so are its parts."""
    tag["S"] = "/Div"
    for kid in _kids(tag, tags):
        if kid["S"] in {"/Div", "/LI", "/LBody", "/NonStruct"}:
            _unlist(kid, tags)


def _give_body(item: Any, tags: Tags, pdf: Any) -> None:
    """Put what stands in an item, beside its bullet, in one body: paragraphs, tables, divisions."""
    kids = _kids(item, tags)
    loose = [kid for kid in kids if kid["S"] != "/Lbl"]
    if not {kid["S"] for kid in kids} - OF_ITEM:
        return
    given = {"Type": "/StructElem", "S": "/LBody", "P": item.reference, "Pg": item["Pg"]}
    new_tag, new_row = type(item), type(item["K"])
    body = new_tag(given | {"K": new_row([kid.reference for kid in loose])})
    pdf.add_object(body)
    tags[body.number] = body
    for kid in loose:
        kid["P"] = body.reference
        if kid["S"] == "/LBody":
            kid["S"] = "/Div"
    item["K"] = new_row([*(kid.reference for kid in kids if kid["S"] == "/Lbl"), body.reference])
