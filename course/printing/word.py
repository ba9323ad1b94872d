"""Word documents (.docx), made in a child process like the PDFs: a document blocks one worker at most."""

from __future__ import annotations

import json

from flask import Response, make_response

from course.printing.paper import Paper, as_data
from course.printing.pdf import run_child

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def make_word(paper: Paper) -> bytes:
    """The Word document of a paper.

    Raises:
        NotMade: too many documents are being made, or this one took too long or could not be made.
    """
    posted = json.dumps(as_data(paper), ensure_ascii=False).encode("utf-8", "replace")
    return run_child("course.printing.word_child", posted, title=paper.title, begins=b"PK")


def word_response(made: bytes, name: str) -> Response:
    """Answer with a Word document to be kept; ``name`` without ``.docx``, in letters, digits and dashes."""
    response = make_response(made)
    response.mimetype = MEDIA_TYPE
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    return response
