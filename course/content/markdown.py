"""Markdown becomes safe HTML, cut into stretches at the places of activities.

No raw HTML passes, no style, no script, no address but https, mailto and the content's own. Danish typography
is kept as written. The result is cleaned by nh3 all the same.
"""

import re
import unicodedata
import xml.etree.ElementTree as etree
from html import unescape
from threading import Lock

import nh3
from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup

from course.content.blocks import CourseBlocks
from course.content.catalogue import ActivityRef, Html, Link, Segment

INNER = ("module", "page", "figur")
"""The schemes of links inside the content."""

_TAGS = {
    "p", "h2", "h3", "h4", "h5", "ul", "ol", "li", "strong", "em", "a", "img", "blockquote", "table", "thead",
    "tbody", "tr", "th", "td", "div", "hr", "br", "code", "pre", "dl", "dt", "dd", "time",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "class", "tabindex", "aria-hidden"},
    "img": {"src", "alt"},
    "div": {"class", "data-activity"},
    "p": {"class"},
    "ol": {"start"},
    "ul": {"class"},
    "li": {"class"},
    "time": {"datetime"},
    **{heading: {"id", "class"} for heading in ("h2", "h3", "h4", "h5")},
}
_PLACE = re.compile(r'<div data-activity="([^"]*)"></div>')
_INNER_LINK = re.compile(r'(<(?:a|img) (?:alt="[^"]*" )?(?:href|src)=")(module|page|figur):([^"#]*)(?:#([^"]*))?(?=")')
_NOT_TEXT = re.compile(r'<(h[2-5]|table|pre)\b.*?</\1>|<p class="box-(?:kind|source)">.*?</p>', re.S)
_BLOCK_EDGE = re.compile(r"</?(?:p|li|ul|ol|dd|dt|dl|blockquote|div)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")


def slug(text: str, separator: str = "-") -> str:
    """Return the id of a heading: lower case, æøå kept, everything but letters and digits a separator."""
    lower = unicodedata.normalize("NFC", text).lower()
    return re.sub(r"[\W_]+", separator, lower).strip(separator)


class _BoxHeadings(Treeprocessor):
    """A box's heading is an h2 before the first heading of the page and an h3 after it, so that no level is
    skipped.
    """

    def run(self, root: etree.Element) -> None:
        seen = False
        for element in root.iter():
            if element.tag in ("h2", "h3", "h4", "h5"):
                if element.get("class") == "box-heading" and seen:
                    element.tag = "h3"
                seen = True


class Renderer:
    """One Markdown instance for one load. Pages are drawn when they are first asked for, one at a time."""

    def __init__(self) -> None:
        self._busy = Lock()
        self._markdown = Markdown(
            extensions=["tables", "sane_lists", "def_list", "toc", CourseBlocks()],
            extension_configs={"toc": {"slugify": slug, "marker": ""}},
        )
        self._markdown.preprocessors.deregister("html_block")
        self._markdown.inlinePatterns.deregister("html")
        self._markdown.parser.blockprocessors.deregister("reference")
        self._markdown.treeprocessors.register(_BoxHeadings(self._markdown), "box_headings", 15)

    def html(self, text: str) -> Markup:
        """Return a text without activities or inner links (an intro, a help, a story) as HTML."""
        return Markup(self._clean(text)) if text.strip() else Markup("")

    def segments(self, text: str, module_id: str) -> tuple[Segment, ...]:
        """Return a page as stretches of HTML and the activities between them."""
        pieces = _PLACE.split(self._clean(text))
        found: list[Segment] = []
        for index, piece in enumerate(pieces):
            if index % 2:
                found.append(ActivityRef(unescape(piece)))
            elif piece.strip():
                found.append(Html(_parts(piece, module_id)))
        return tuple(found)

    def _clean(self, text: str) -> str:
        with self._busy:
            self._markdown.reset()
            converted = self._markdown.convert(text)
        html = nh3.clean(
            converted,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            url_schemes={"https", "mailto", *INNER},
            link_rel=None,
        )
        return _scrolling(html).replace("<th></th>", "<td></td>").replace("<th>", '<th scope="col">')


def _scrolling(html: str) -> str:
    """Let a wide table scroll by itself, also from the keyboard, so that the page does not at 320 px.

    Each is a region with a name of its own: Tabel, Tabel 2 …
    """
    before, *tables = html.split("<table>")
    names = ["Tabel", *(f"Tabel {no}" for no in range(2, len(tables) + 1))]
    opened = (
        f'<div class="table-scroll" tabindex="0" role="region" aria-label="{name}"><table>{rest}'
        for name, rest in zip(names, tables, strict=False)
    )
    return before + "".join(opened).replace("</table>", "</table></div>")


def _parts(html: str, module_id: str) -> tuple[str | Link, ...]:
    parts: list[str | Link] = []
    end = 0
    for found in _INNER_LINK.finditer(html):
        scheme, target, fragment = found[2], unescape(found[3]), unescape(found[4] or "")
        parts.append(html[end : found.end(1)])
        parts.append(Link(scheme, f"{module_id}/{target}" if scheme == "figur" else target, fragment))
        end = found.end()
    parts.append(html[end:])
    return tuple(parts)


def paragraphs(html: str) -> list[str]:
    """Return the running text of rendered Markdown, a paragraph or list item at a time.

    Headings, tables and the small print of boxes are left out: LIX is about sentences.
    """
    text = _BLOCK_EDGE.sub("\0", _NOT_TEXT.sub("\0", html))
    plain = (unescape(_TAG.sub("", piece)).strip() for piece in text.split("\0"))
    return [" ".join(piece.split()) for piece in plain if piece]
