"""The blocks an author can set on a page: `/// fact | Title` … `///`, a picture with places on it (`/// map`), and
the place of an activity.

A box is `<div class="box box-fact">` with the name of its kind, a heading and the text. The level of the
heading is set by where it stands (course.content.markdown). Arguments and options have passed
course.content.prose.
"""

import datetime as dt
import re
import xml.etree.ElementTree as etree
from collections.abc import Mapping
from typing import Any

from markdown import Markdown
from pymdownx.blocks import BlocksExtension
from pymdownx.blocks.block import Block, type_string

BOXES: Mapping[str, str] = {
    "fact": "Fakta",
    "story": "Fortælling",
    "try": "Prøv selv",
    "tomorrow": "Til konsultationen i morgen",
    "rule": "Regel",
    "talk": "Tal om det hos jer",
}
"""The boxes, with the words a reader sees above each."""

ACTIVITY = "activity"
MAP = "map"
RULE_OPTIONS = ("valid_from", "checked", "source")

_MONTHS = (
    "januar", "februar", "marts", "april", "maj", "juni",
    "juli", "august", "september", "oktober", "november", "december",
)  # fmt: skip


class ActivityPlace(Block):
    """`/// activity | gp-02.confidence`: a marker that the renderer cuts the page at."""

    NAME = ACTIVITY
    ARGUMENT = True

    def on_create(self, parent: etree.Element) -> etree.Element:
        return etree.SubElement(parent, "div", {"data-activity": str(self.argument).strip()})


class PictureMap(Block):
    """`/// map | Heading`: a picture with places on it that lead to headings of the page, and the same as a list.

    Each line of the list is a link, where its mark stands on the picture (from the left and from the top, in per
    cent, in steps of five), the side its sign stands at, and how far down: `- [Nakken](#nakken) 50 15 højre 10`.
    Both mark and sign are links; the mark is passed over by keyboards and screen readers, which have the list.
    """

    NAME = MAP
    ARGUMENT = True

    def on_create(self, parent: etree.Element) -> etree.Element:
        block = etree.SubElement(parent, "div", {"class": "map"})
        etree.SubElement(block, "h2", {"class": "box-heading"}).text = str(self.argument).strip()
        return block

    def on_end(self, block: etree.Element) -> None:
        shown = [element for element in block if element.tag != "h2"]
        picture = etree.SubElement(block, "div", {"class": "map-picture"})
        for element in shown:
            block.remove(element)
            picture.append(element)
            if element.tag == "ul":
                element.set("class", "map-places")
                for item in element:
                    _set_place(item)


class Box(Block):
    """A box of any kind but a rule."""

    ARGUMENT = None

    def on_create(self, parent: etree.Element) -> etree.Element:
        box = etree.SubElement(parent, "div", {"class": f"box box-{self.NAME}"})
        label = BOXES[str(self.NAME)]
        title = str(self.argument or "").strip()
        if title:
            etree.SubElement(box, "p", {"class": "box-kind"}).text = label
        etree.SubElement(box, "h2", {"class": "box-heading"}).text = title or label
        return box


def _day(value: Any) -> dt.date:
    """Return an option as a date; the block's own reader may already have made it one."""
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))


class Rule(Box):
    """A rule of law or form, with the day it was last checked and where it comes from."""

    NAME = "rule"
    OPTIONS = {"valid_from": (None, _day), "checked": (None, _day), "source": ("", type_string)}  # noqa: RUF012

    def on_end(self, block: etree.Element) -> None:
        foot = etree.SubElement(block, "p", {"class": "box-source"})
        foot.text = ""
        if self.options["valid_from"]:
            _append_day(foot, "Gælder fra ", self.options["valid_from"], ". ")
        _append_day(
            foot, "Efterset ", self.options["checked"], f". Kan være ændret. Kilde: {_named(self.options['source'])}."
        )


SOURCES = {
    "000": "VEJEN FREM (2021)",
    "001": "Når arbejdet gør ondt",
    "002": "Små virksomheders gode erfaringer (Arbejdstilsynet, 2020)",
    "003": "Model mod sygefravær på offentlige arbejdspladser (STAR)",
    "004": "Rehabilitering af sygemeldte, Silkeborg (2008)",
}
"""What a source is called for a reader, by its first three digits; a law stands by its own name."""


def _named(source: str) -> str:
    """A source as a reader knows it: »000, Bilag 5« is »VEJEN FREM (2021), Bilag 5«."""
    first, _, where = source.partition(", ")
    name = SOURCES.get(first[:3], "")
    return f"{name}, {where}" if name else where[:1].upper() + where[1:]


def _append_day(parent: etree.Element, before: str, day: dt.date, after: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + before
    else:
        parent.text = (parent.text or "") + before
    time = etree.SubElement(parent, "time", {"datetime": day.isoformat()})
    time.text = f"{day.day}. {_MONTHS[day.month - 1]} {day.year}"
    time.tail = after


_PLACE_ON_MAP = re.compile(r"(\[[^\]]+\]\(#([^)\s]+)\))\s+(\d+)\s+(\d+)\s+(venstre|højre)\s+(\d+)")


def is_place(text: str) -> bool:
    """Whether a list item names a place on a map, with every number in steps of five up to a hundred."""
    found = _PLACE_ON_MAP.fullmatch(text.strip())
    return found is not None and all(int(n) % 5 == 0 and int(n) <= 100 for n in (found[3], found[4], found[6]))


def _set_place(item: etree.Element) -> None:
    """Make a sign and a mark of one line of the list; inline Markdown is read afterwards."""
    found = _PLACE_ON_MAP.fullmatch((item.text or "").strip())
    if found is None:
        return
    link, target, left, top, side, down = found.groups()
    item.set("class", f"map-sign map-{'right' if side == 'højre' else 'left'} map-y{down}")
    item.text = link
    mark = {"class": f"map-mark map-x{left} map-y{top}", "href": f"#{target}", "tabindex": "-1", "aria-hidden": "true"}
    etree.SubElement(item, "a", mark)


class CourseBlocks(BlocksExtension):
    """Registers the blocks with a Markdown instance."""

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: Any) -> None:
        block_mgr.register(ActivityPlace, {})
        block_mgr.register(PictureMap, {})
        block_mgr.register(Rule, {})
        for name in BOXES:
            if name != Rule.NAME:
                block_mgr.register(type(f"{name.title()}Box", (Box,), {"NAME": name}), {})
