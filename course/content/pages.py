"""Pages of the catalogue: rendered Markdown with open inner links, and the activities between."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Link:
    """A link inside the content.

    `scheme` module: target "gp-04"; page: "gp-04/myter"; figur: "gp-04/navn.svg".
    """

    scheme: str
    target: str
    fragment: str = ""


@dataclass(frozen=True, slots=True)
class Html:
    """A stretch of rendered Markdown with its inner links still open."""

    parts: tuple[str | Link, ...]

    def render(self, link: Callable[[Link], str]) -> Markup:
        """Return the HTML; `link` gives the address of each inner link (and image), unescaped, without the
        fragment.
        """
        return Markup("").join(Markup(part) if isinstance(part, str) else _address(part, link) for part in self.parts)


def _address(target: Link, link: Callable[[Link], str]) -> str:
    return link(target) + (f"#{target.fragment}" if target.fragment else "")


@dataclass(frozen=True, slots=True)
class ActivityRef:
    """The place on a page where an activity stands."""

    activity_id: str


Segment = Html | ActivityRef


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page's Markdown as it is shown, and how much there is to read in it."""

    segments: tuple[Segment, ...]
    words: int
    lix: int


@dataclass(frozen=True)
class Page:
    """One page of a module: stretches of text and the activities between them.

    It is drawn from its Markdown when it is first looked at: two courses have some hundred pages, and a server that is
    starting shows none of them.

    `audience`: everyone | facilitator (notes) | projector (shown in the room) | handout (printed for everybody).
    `language`: of its title and text, as HTML writes it; all but "da" are translations of a Danish page.
    """

    id: str
    title: str
    module_id: str
    draw: Callable[[], Drawn] = field(repr=False, compare=False)
    audience: str = "everyone"
    language: str = "da"

    @cached_property
    def _drawn(self) -> Drawn:
        return self.draw()

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The stretches of text and the places of activities, in order."""
        return self._drawn.segments

    @property
    def words(self) -> int:
        """How many words of running text there are."""
        return self._drawn.words

    @property
    def lix(self) -> int:
        """How hard it is to read."""
        return self._drawn.lix

    @property
    def is_for_staff(self) -> bool:
        """Whether a participant never sees it."""
        return self.audience in ("facilitator", "projector")

    def render(self, link: Callable[[Link], str]) -> tuple[Markup | ActivityRef, ...]:
        """Return what a template shows in order: safe HTML, and a reference for every activity."""
        return tuple(segment.render(link) if isinstance(segment, Html) else segment for segment in self.segments)

    @property
    def html(self) -> Markup:
        """The whole page with `module:` and `page:` links as written and `<div data-activity="…"></div>`
        markers.
        """
        return Markup("").join(
            piece if isinstance(piece, Markup) else Markup('<div data-activity="{}"></div>').format(piece.activity_id)
            for piece in self.render(lambda link: f"{link.scheme}:{link.target}")
        )
