"""A QR code as a picture: of an address that also stands beside it in letters."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr_svg(address: str, *, css_class: str = "qr") -> Markup:
    """An inline SVG without style of its own, to be hidden from screen readers: the address is said in words."""
    svg = segno.make(address, error="m", micro=False).svg_inline(
        scale=4, border=4, svgclass=css_class, lineclass=None, omitsize=True, dark="#000", light="#fff"
    )
    return Markup(svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))


def qr_data(address: str) -> str:
    """The same as a data address for ``<img src>``, where a document wants a picture with a text of its own."""
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=2, dark="#000")
