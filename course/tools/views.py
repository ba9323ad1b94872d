"""The tools: a list, a page to fill in, the document as PDF and Word, and the pocket card.

What is typed about a real person is posted to make its document and is forgotten with the request: nothing here
opens a write transaction, flashes, logs, redirects with words or puts them in the session
(docs/decisions/0010-tools-are-never-stored.md).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course.content.catalogue import Catalogue, Tool
from course.content.tools import Shape, ToolQuestion
from course.db.session import current
from course.printing.paper import Paper
from course.printing.pdf import NotMade, paper_pdf, pdf_response, print_template
from course.printing.word import make_word, word_response
from course.tools import rules
from course.tools.papers import READERS, paper_of
from course.tools.pointing import WHY, point
from course.web.audience import PUBLIC, SIGNED_IN, audience
from course.web.clock import now
from course.web.danish import listing, local
from course.work.fields import Read, read

bp = Blueprint("tools", __name__, template_folder="templates", static_folder="static", static_url_path="/static/tools")

POCKET_TOOL = 10
POCKET_CACHE = "public, max-age=3600, stale-while-revalidate=604800, stale-if-error=2592000"
"""The card is the same for everybody: a phone may keep it for a month when there is no network."""
KEPT_PRINTS = 32


def _tool(nr: int) -> Tool:
    catalogue: Catalogue = current_app.extensions["catalogue"]
    return catalogue.tools.get(nr) or abort(404)


@bp.app_template_filter("readers_da")
def readers_da(tool: Tool) -> str:
    """Whom a tool is for, in words."""
    return listing([READERS[reader] for reader in tool.readers])


@bp.get("/tools")
@audience(SIGNED_IN)
def index() -> str:
    """All tools, by whom they are for."""
    catalogue: Catalogue = current_app.extensions["catalogue"]
    groups = [
        (READERS[reader], [tool for tool in catalogue.tools.values() if tool.readers[0] is reader])
        for reader in READERS
    ]
    return render_template("tools/index.html", groups=[group for group in groups if group[1]])


# -- filling in --------------------------------------------------------------------------------------------------------


@bp.get("/tools/<int:nr>")
@audience(SIGNED_IN)
def tool(nr: int) -> str:
    """An empty tool, with its proposals."""
    shown = _tool(nr)
    return _page(shown, Read({}, dict(shown.starts), {}), seen=False)


@bp.post("/tools/<int:nr>")
@audience(SIGNED_IN)
def look(nr: int) -> ResponseReturnValue:
    """The same page with the words in it, and what the tool has to say about them."""
    shown = _tool(nr)
    given = read(shown.form.fields.values(), request.form)
    return _page(shown, given, seen=True), 422 if given.problems else 200


def _page(shown: Tool, given: Read, *, seen: bool, busy: str = "") -> str:
    """The page of a tool. ``seen``: something was posted; ``busy``: why a document could not be made."""
    data = {name: value for name, value in given.data.items() if value is not None}
    return render_template(
        "tools/tool.html",
        tool=shown,
        form=shown.form,
        data=given.typed,
        problems=given.problems,
        errors=[(name, f"{shown.form.fields[name].label}: {problem}") for name, problem in given.problems.items()],
        seen=seen,
        busy=busy,
        hints=rules.hints(data, local(now()).date()) if seen and shown.shape is Shape.GOAL else None,
        is_begun=rules.is_begun(data),
        outcome=rules.outcome(shown, data) if seen and shown.shape is Shape.SCREENING else None,
        pointed=point(shown, data) if seen else [],
        why=WHY,
    )


# -- documents ---------------------------------------------------------------------------------------------------------


def _file_name(shown: Tool) -> str:
    """``redskab-12-seks-trin``: the name says which tool, and nothing of what is in it."""
    plain = shown.title.lower().translate(str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"}))
    ascii_only = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", ascii_only)
    return "-".join(["redskab", str(shown.nr), *words[:4]])


@lru_cache(maxsize=KEPT_PRINTS)
def _empty_print(kind: str, paper: Paper) -> bytes:
    """A print without any words is the same for everybody."""
    return paper_pdf(paper) if kind == "pdf" else make_word(paper)


@bp.get("/tools/<int:nr>/print")
@audience(SIGNED_IN)
def empty_print(nr: int) -> Response:
    """The empty print, to fill in by hand."""
    shown = _tool(nr)
    current().commit()  # nothing is read while the document is made
    return pdf_response(_empty_print("pdf", paper_of(shown, {}, empty=True)), _file_name(shown))


@bp.get("/tools/<int:nr>/word")
@audience(SIGNED_IN)
def empty_word(nr: int) -> Response:
    """The same in Word."""
    shown = _tool(nr)
    current().commit()
    return word_response(_empty_print("word", paper_of(shown, {}, empty=True)), _file_name(shown))


@bp.post("/tools/<int:nr>/print")
@audience(SIGNED_IN)
def filled_print(nr: int) -> ResponseReturnValue:
    """What was typed, as a PDF that the browser keeps: the page stays as it was, with the words in it."""
    return _document(nr, "pdf")


@bp.post("/tools/<int:nr>/word")
@audience(SIGNED_IN)
def filled_word(nr: int) -> ResponseReturnValue:
    """The same in Word."""
    return _document(nr, "word")


def _document(nr: int, kind: str) -> ResponseReturnValue:
    shown = _tool(nr)
    given = read(shown.form.fields.values(), request.form)
    if given.problems:
        return _page(shown, given, seen=True), 422
    current().commit()
    paper = paper_of(shown, _answered(given))
    try:
        if kind == "word":
            return word_response(make_word(paper), _file_name(shown))
        made = pdf_response(paper_pdf(paper), _file_name(shown))
    except NotMade as error:
        return _page(shown, given, seen=True, busy=error.message), error.status
    made.headers["Content-Disposition"] = f'attachment; filename="{_file_name(shown)}.pdf"'
    return made


def _answered(given: Read) -> dict[str, Any]:
    return {name: value for name, value in given.data.items() if value is not None}


# -- the pocket card ---------------------------------------------------------------------------------------------------


@bp.get("/lommekort")
@audience(PUBLIC)
def pocket_card() -> Response:
    """The seven barriers on one screen of a phone: for anybody, the same for everybody, storing nothing."""
    shown = _tool(POCKET_TOOL)
    (table,) = shown.tables.values()
    page = render_template(
        "tools/pocket_card.html", tool=shown, questions=table.questions, tool_url=url_for("tools.tool", nr=POCKET_TOOL)
    )
    response = make_response(page)
    response.headers["Cache-Control"] = POCKET_CACHE
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


@bp.get("/lommekort/print")
@audience(PUBLIC)
def pocket_print() -> Response:
    """The same to cut and fold: made once for everybody, and then kept in memory."""
    shown = _tool(POCKET_TOOL)
    current().commit()
    return pdf_response(_pocket_pdf(shown.title, shown.tables[next(iter(shown.tables))].questions), "lommekort")


@lru_cache(maxsize=2)
def _pocket_pdf(title: str, questions: tuple[ToolQuestion, ...]) -> bytes:
    return print_template("tools/print/pocket_card.html", title=f"Lommekort: {title.lower()}", questions=questions)
