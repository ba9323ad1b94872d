"""The process that makes one PDF and ends: ``python -m course.printing.child``.

Reads HTML (UTF-8) from standard input, writes the PDF to standard output. It opens nothing but the fonts and the style
sheet of this package: no address outside, no file. It has limits of memory and time, so that a document can neither
fill the machine nor stay.
"""

from __future__ import annotations

import io
import logging
import resource
import sys
from pathlib import Path
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from course.printing.tags import mend

FONTS = Path(__file__).parent.parent / "web" / "static" / "fonts"
STYLE = Path(__file__).parent / "print.css"
FONT_SCHEME = "font:"
MEMORY = 1_500_000_000
SECONDS = 50
OPTIONS: dict[str, Any] = {"pdf_variant": "pdf/ua-1", "presentational_hints": False}


class OnlyOurs(URLFetcher):
    """Gives the fonts of the package (``font:<name>.woff2``) and data addresses; refuses everything else."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if not url.startswith(FONT_SCHEME):
            return super().fetch(url, headers)
        name = url.removeprefix(FONT_SCHEME)
        known = {path.name: path for path in FONTS.glob("*.woff2")}
        if name not in known:
            raise ValueError(f"no such font: {name}")
        return URLFetcherResponse(url, known[name].read_bytes(), {"Content-Type": "font/woff2"})


def lay_out(html: str) -> Document:
    """The pages of a document, with every box in its place."""
    fonts, fetcher = FontConfiguration(), OnlyOurs()
    style = CSS(string=STYLE.read_text(encoding="utf-8"), font_config=fonts, url_fetcher=fetcher)
    return HTML(string=html, url_fetcher=fetcher).render(font_config=fonts, stylesheets=[style], **OPTIONS)


def make(html: str) -> bytes:
    """The PDF of a document, tagged after PDF/UA-1."""
    return write(lay_out(html))


def write(document: Document) -> bytes:
    """The PDF of pages that are laid out."""
    made = io.BytesIO()
    document.write_pdf(made, finisher=mend, **OPTIONS)
    return made.getvalue()


def main() -> None:
    """Make the PDF of what stands on standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # its lines would hold what people wrote
    sys.stdout.buffer.write(make(sys.stdin.buffer.read().decode("utf-8")))


if __name__ == "__main__":
    main()
