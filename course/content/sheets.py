"""The days of a course: its sessions, the run sheet of each, and the cards to print for them."""

import datetime as dt
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Session:
    """A dated meeting of a run; `starts` and `ends` are wall-clock times in Copenhagen."""

    id: str
    title: str
    starts: dt.time
    ends: dt.time

    @property
    def length(self) -> dt.timedelta:
        """How long it is planned to be."""
        return dt.timedelta(hours=self.ends.hour - self.starts.hour, minutes=self.ends.minute - self.starts.minute)


@dataclass(frozen=True, slots=True)
class SheetItem:
    """A line of a run sheet. `pause`: a break, not teaching. `late`: what to do when behind time; `shrink`: it can
    be made shorter.
    """

    minutes: int
    title: str
    module_id: str | None
    is_pause: bool
    how_html: Markup
    bring: str
    shrink: bool
    late: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The run sheet of one session: what happens minute by minute, breaks included."""

    session: str
    title: str
    before_html: Markup
    items: tuple[SheetItem, ...]
    after_html: Markup

    @property
    def net_minutes(self) -> int:
        """The minutes of teaching: everything but the breaks."""
        return sum(item.minutes for item in self.items if not item.is_pause)

    def times(self, starts: dt.time) -> list[tuple[dt.time, dt.time, SheetItem]]:
        """Return every line with when it begins and ends on the clock, when the first begins at `starts`."""
        at = starts.hour * 60 + starts.minute
        found: list[tuple[dt.time, dt.time, SheetItem]] = []
        for item in self.items:
            found.append((_clock(at), _clock(at + item.minutes), item))
            at += item.minutes
        return found


def _clock(minutes: int) -> dt.time:
    hour, minute = divmod(minutes, 60)
    return dt.time(hour % 24, minute)


@dataclass(frozen=True, slots=True)
class Card:
    id: str
    title: str
    html: Markup


@dataclass(frozen=True, slots=True)
class Cards:
    """A set of cards to print and cut: thinking cards, parts of a role play, an observer's sheet.

    ``large``: their titles can be read across a room. ``fold``: all of them are one card to fold, two to a page.
    """

    id: str
    title: str
    session: str | None
    module_id: str | None
    intro_html: Markup
    cards: tuple[Card, ...]
    large: bool = False
    fold: bool = False
