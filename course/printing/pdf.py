"""From HTML to a tagged PDF, in a child process: a document blocks one worker at most, and breaks none."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from flask import Response, make_response, render_template

from course.db.errors import DomainError
from course.printing.paper import TICKED, UNTICKED, Paper, kind_of

TIME_LIMIT = 55.0
WAIT = 4.0
PAUSE = 0.05
AT_ONCE = 1
"""How many documents are made at the same time on this machine, so that a worker is always left to answer."""
LARGEST = 8_000_000


class NotMade(DomainError):
    """The document could not be made now. Nothing is lost; it can be asked for again."""

    status = 503


def make_pdf(html: str, *, title: str) -> bytes:
    """The PDF of a whole HTML document with ``<html lang>`` and ``<title>``; ``title`` names it in an error.

    Raises:
        NotMade: too many documents are being made, or this one took too long or could not be made.
    """
    return run_child("course.printing.child", html.encode("utf-8", "replace"), title=title, begins=b"%PDF-")


def run_child(module: str, posted: bytes, *, title: str, begins: bytes) -> bytes:
    """What a module that makes one document writes, given ``posted``; a document ``begins`` so.

    Raises:
        NotMade: as for ``make_pdf``.
    """
    if len(posted) > LARGEST:
        raise NotMade(f"»{title}« er for stort til at blive lavet som ét dokument.")
    with _turn(title):
        try:
            child = subprocess.run(
                [sys.executable, "-m", module], input=posted, capture_output=True, timeout=TIME_LIMIT, check=False
            )
        except subprocess.TimeoutExpired:
            raise NotMade(f"»{title}« tog for lang tid at lave. Prøv igen om lidt.") from None
    if child.returncode != 0 or not child.stdout.startswith(begins):
        raise NotMade(f"»{title}« kunne ikke laves. Prøv igen om lidt.")
    return child.stdout


@contextmanager
def _turn(title: str) -> Iterator[None]:
    """Wait a moment for a turn; a lock on a file holds between processes and ends with whoever held it."""
    until = time.monotonic() + WAIT
    files = [Path(tempfile.gettempdir()) / f"course-printing-{os.getuid()}-{number}.lock" for number in range(AT_ONCE)]
    while True:
        for path in files:
            with os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)) as held:
                try:
                    flock(held, LOCK_EX | LOCK_NB)
                except BlockingIOError:
                    continue
                yield
                return
        if time.monotonic() > until:
            raise NotMade(f"Der bliver lavet andre dokumenter lige nu. Prøv »{title}« igen om et øjeblik.")
        time.sleep(PAUSE)


def print_template(template: str, /, *, title: str, **values: object) -> bytes:
    """The PDF of a template that extends ``printing/base.html``."""
    return make_pdf(render_template(template, title=title, **values), title=title)


def paper_html(paper: Paper) -> str:
    """A paper made of parts as a whole HTML document; see ``course.printing.paper``."""
    parts = {"kind_of": kind_of, "TICKED": TICKED, "UNTICKED": UNTICKED}
    return render_template("printing/paper.html", title=paper.title, paper=paper, **parts)


def paper_pdf(paper: Paper) -> bytes:
    """The PDF of a paper made of parts."""
    return make_pdf(paper_html(paper), title=paper.title)


def pdf_response(pdf: bytes, name: str) -> Response:
    """Answer with a PDF that the browser shows; ``name`` without ``.pdf``, in letters, digits and dashes."""
    response = make_response(pdf)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
