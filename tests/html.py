"""HTML as a browser reads it: quickly for what a test looks for, strictly for whether it is well formed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any
from xml.etree import ElementTree

import html5lib
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] (it brings no types)

_PLAIN_TEXT = re.compile(r">[^<&\x00-\x08\x0b-\x1f\x7f-\x9f]+<")
_PLAIN_VALUE = re.compile(r'="[^"<&\x00-\x08\x0b-\x1f\x7f-\x9f]*"')
_seen: set[bytes] = set()


class _Elements(ElementTree.TreeBuilder):
    """Builds the elements of the standard library from what lxml reads."""

    def start(self, tag: Any, attrs: Mapping[Any, Any]) -> ElementTree.Element:
        return super().start(tag, dict(attrs))


def parsed(page: str) -> ElementTree.Element:
    """The elements of a page, or of a fragment of one. Names are in lower case and without a namespace, in SVG too."""
    tree = etree.fromstring(page, etree.HTMLParser(target=_Elements()))
    for area in tree.iter("textarea"):  # a line break right after the tag is not part of the text
        area.text = (area.text or "").removeprefix("\n")
    return tree


def must_be_valid(page: str) -> None:
    """Fails when a page is not well-formed HTML.

    The strict parser is slow and the suite draws tens of thousands of pages, so those that differ from one already
    read in nothing but plain words are not read again. What can break a page stays in the comparison: every tag,
    every name of an attribute, every text or value with a sign that means something in HTML.
    """
    shape = blake2b(_PLAIN_VALUE.sub('=""', _PLAIN_TEXT.sub("><", page)).encode(), digest_size=16).digest()
    if shape not in _seen:
        html5lib.HTMLParser(strict=True).parse(page)
        _seen.add(shape)
