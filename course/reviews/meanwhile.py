"""The author took the text back while a reviewer had it open."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from course.db.errors import NotAllowed
from course.db.session import current
from course.runs.access import actor, run

from . import reading
from .forms import Typed


def taken_back(work_id: int, typed: Typed) -> ResponseReturnValue:
    """Say so to somebody who had the text open, and give their comment back.

    Raises:
        NotAllowed: they had not.
    """
    if not reading.has_opened(current(), actor=actor(), run_id=run().id, work_id=work_id):
        raise NotAllowed
    return render_template("reviews/taken_back.html", run=run(), typed=typed), 409
