"""Pages of the catalogue: rendered Markdown with open inner links, and the activities between."""

from collections.abc import Callable
from dataclasses import dataclass

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
class Page:
    """One page of a module: stretches of text and the activities between them."""

    id: str
    title: str
    module_id: str
    segments: tuple[Segment, ...]
    words: int
    lix: int

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
