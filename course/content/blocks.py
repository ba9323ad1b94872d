"""The blocks an author can set on a page: `/// fact | Title` … `///`, and the place of an activity.

A box is `<div class="box box-fact">` with the name of its kind, a heading and the text. The level of the
heading is set by where it stands (course.content.markdown). Arguments and options have passed
course.content.prose.
"""

import datetime as dt
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
        _append_day(foot, "Efterset ", self.options["checked"], f". Kilde: {self.options['source']}.")


def _append_day(parent: etree.Element, before: str, day: dt.date, after: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + before
    else:
        parent.text = (parent.text or "") + before
    time = etree.SubElement(parent, "time", {"datetime": day.isoformat()})
    time.text = f"{day.day}. {_MONTHS[day.month - 1]} {day.year}"
    time.tail = after


class CourseBlocks(BlocksExtension):
    """Registers the blocks with a Markdown instance."""

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: Any) -> None:
        block_mgr.register(ActivityPlace, {})
        block_mgr.register(Rule, {})
        for name in BOXES:
            if name != Rule.NAME:
                block_mgr.register(type(f"{name.title()}Box", (Box,), {"NAME": name}), {})
