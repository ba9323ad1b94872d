"""What a reviewer typed. Everything that could be kept has been through the guard before it gets here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from course import guard
from course.web.danish import listing
from course.work.fields import clean_text

from . import rules
from .deciding import Seen

REMARK, LEVEL = "remark-", "level-"
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Typed:
    """The whole review page as it was posted, so that no act loses what stands in another field.

    ``do`` is what was pressed and ``on`` what it was about. ``replaced`` names the placeholders that stand where
    something looked like personal data.
    """

    do: str
    on: str
    revision_no: int
    state: str
    comment: str
    day: str
    clock: str
    remarks: Mapping[str, str]
    path: str
    start: int
    end: int
    replacement: str
    field: str
    words: str
    reason: str
    assignee: int | None
    replaced: tuple[str, ...]
    levels: Mapping[str, str]

    @property
    def seen(self) -> Seen:
        """What the reviewer had on the screen."""
        return Seen(self.revision_no, self.state)

    @property
    def until(self) -> datetime | None:
        """The deadline of a return; None when it cannot be read."""
        return rules.read_deadline(self.day, self.clock)

    @property
    def is_bare(self) -> bool:
        """Whether nothing was typed that a new page would lose."""
        return not (self.comment or self.reason or self.levels or any(self.remarks.values()))


def read(posted: Mapping[str, str]) -> Typed:
    """Read a posted review page and put a placeholder for everything red. Slow: call it before writing."""
    replaced: list[str] = []

    def clean(name: str) -> str:
        text, findings = without_red(posted.get(name, ""))
        replaced.extend(findings)
        return text

    do, _, on = posted.get("do", "").partition(":")
    return Typed(
        do=do,
        on=on,
        revision_no=whole(posted.get("revision_no")),
        state=posted.get("state", "")[:20],
        comment=clean("comment"),
        day=posted.get("until_day", "")[:20],
        clock=posted.get("until_time", "")[:20],
        remarks={name.removeprefix(REMARK): clean(name) for name in posted if name.startswith(REMARK)},
        path=posted.get("path", "")[:200],
        start=whole(posted.get("start"), -1),
        end=whole(posted.get("end"), -1),
        replacement=clean("replacement"),
        field=posted.get("field", "")[:80],
        words=clean_text(posted.get("words", "")[:500]),
        reason=clean("reason"),
        assignee=whole(posted.get("assignee")) or None,
        replaced=tuple(dict.fromkeys(replaced)),
        levels={name.removeprefix(LEVEL): level[:3] for name, level in posted.items() if name.startswith(LEVEL)},
    )


def without(typed: Typed, used: str) -> Typed:
    """What stands typed after an act has used one part up: "comment", "reason", "remark", "levels" (or none: "")."""
    match used:
        case "comment" | "reason":
            return replace(typed, **{used: ""})
        case "remark":
            return replace(typed, remarks={**typed.remarks, typed.on: ""})
        case "levels":
            return replace(typed, levels={})
    return typed


def without_red(text: str) -> tuple[str, list[str]]:
    """A text as it can be kept, and the placeholders that were put into it."""
    clean, findings = guard.replace_red(clean_text(text[:LONGEST]), "patient")
    return clean, [finding.suggestion for finding in findings]


def whole(text: str | None, default: int = 0) -> int:
    """A whole number from a hidden field; what is none is ``default``."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else default


def replaced_words(replaced: tuple[str, ...] | list[str]) -> str:
    """What was replaced, as a sentence; empty when nothing was."""
    if not replaced:
        return ""
    return f"Der stod noget, som ligner personoplysninger. Nu står der {listing(dict.fromkeys(replaced))} i stedet."
