"""The error pages: what happened, what is kept, what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from course.db.errors import DomainError
from course.db.session import current


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """The words of one error page, all Danish."""

    heading: str
    happened: str
    kept: str
    do: str


PAGES = {
    400: ErrorPage(
        "Det kunne vi ikke læse",
        "Browseren sendte noget, som serveren ikke forstod.",
        "Det, du allerede har gemt, ligger, hvor det lå.",
        "Gå tilbage, og prøv igen. Sker det én gang til, så luk fanen, og åbn siden på ny.",
    ),
    403: ErrorPage(
        "Det må du ikke her",
        "Siden kan ikke bruges på den måde.",
        "Intet er ændret.",
        "Gå til forsiden, og find vej derfra.",
    ),
    404: ErrorPage(
        "Siden findes ikke",
        "Siden findes ikke, eller du har ikke adgang til den.",
        "Det, du har gemt, ligger, hvor det lå.",
        "Se efter, om adressen er skrevet rigtigt, eller begynd forfra på forsiden.",
    ),
    405: ErrorPage(
        "Det kan siden ikke bruges til",
        "Siden kan ikke åbnes på den måde.",
        "Intet er ændret.",
        "Gå til forsiden, og find vej derfra.",
    ),
    409: ErrorPage(
        "Det passer ikke længere",
        "Noget er ændret, siden du åbnede siden.",
        "Det, der var gemt, er ikke overskrevet.",
        "Åbn siden igen, og se, hvordan det står nu.",
    ),
    413: ErrorPage(
        "Det er for stort",
        "Teksten eller filen er større, end serveren tager imod.",
        "Det, du har gemt før, ligger, hvor det lå. Det, du lige sendte, er ikke gemt.",
        "Gå tilbage i browseren – din tekst står der endnu – og gør den kortere.",
    ),
    422: ErrorPage(
        "Der mangler noget",
        "Noget i det, du sendte, kan ikke bruges, som det står.",
        "Det, du har gemt før, ligger, hvor det lå.",
        "Gå tilbage, og ret det.",
    ),
    429: ErrorPage(
        "For mange forsøg",
        "Der er prøvet for mange gange på kort tid.",
        "Intet er ændret, og din konto er ikke spærret.",
        "Vent lidt, og prøv igen.",
    ),
    500: ErrorPage(
        "Noget gik galt hos os",
        "Der skete en fejl på serveren. Den er skrevet i loggen – uden det, du skrev.",
        "Det, der stod »Gemt« ved, er gemt.",
        "Gå tilbage, og prøv igen om lidt. Bliver det ved, så skriv til kursusarrangøren.",
    ),
    503: ErrorPage(
        "Serveren har travlt",
        "Serveren kunne ikke nå det lige nu.",
        "Det, der stod »Gemt« ved, er gemt. Det, du lige sendte, er måske ikke.",
        "Vent et øjeblik, gå tilbage i browseren, og send igen. Det bliver ikke gemt to gange.",
    ),
}


def wants_json() -> bool:
    """Whether the request came from a script that reads JSON."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def error_response(status: int, happened: str = "") -> Response:
    """The page (or JSON object) of an error; ``happened`` replaces the page's own sentence."""
    page = PAGES.get(status, PAGES[500 if status >= 500 else 400])
    if happened:
        page = replace(page, happened=happened)
    if wants_json():
        response = jsonify(error=page.happened)
    else:
        response = make_response(render_template("web/errors/error.html", status=status, **asdict(page)))
    response.status_code = status
    return response


NO_ROOM = "Der er ikke plads til mere på serverens disk. Den, der driver kurset, skal gøre plads, før noget kan gemmes."
DISK_FULL = "53100"  # PostgreSQL's number for it


def has_no_room(error: Exception) -> bool:
    """Whether a database could not write because its disk is full (SQLite says so in words, PostgreSQL by number)."""
    told = getattr(error, "orig", None)
    return getattr(told, "sqlstate", None) == DISK_FULL or "disk is full" in str(told)


def init_app(app: Flask) -> None:
    """Answer every error with a page of ours."""

    @app.errorhandler(DomainError)
    def refused(error: DomainError) -> Response:
        return error_response(error.status, error.message)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        if error.code is None or error.code < 400:
            return make_response(error.get_response())
        response = error_response(error.code)
        for name, value in error.get_headers():
            if name in {"Retry-After", "Allow"}:
                response.headers[name] = value
        return response

    @app.errorhandler(OperationalError)
    @app.errorhandler(PoolTimeout)
    def busy(error: Exception) -> Response:
        is_full = has_no_room(error)
        what = "has no room left on its disk" if is_full else "did not answer in time"
        current_app.logger.error("the database %s: %s", what, type(error).__name__)
        current().rollback()
        response = error_response(503, NO_ROOM if is_full else "")
        response.headers["Retry-After"] = "5"
        return response

    @app.errorhandler(500)
    def failed(_error: Exception) -> Response:
        current().rollback()
        return error_response(500)
