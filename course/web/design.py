"""The pages under /design: every part of the interface in every state, for engineers and for the tests.

They exist only in debug mode or with the setting ``DESIGN_PAGE``; elsewhere they answer like pages
that are not there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, PasswordField, RadioField, SelectField, StringField, validators

from course.content.catalogue import Field, FieldType, Option
from course.web import errors
from course.web.audience import PUBLIC, audience

bp = Blueprint("design", __name__)

SHOWN_AT = datetime(2026, 12, 4, 8, 0, tzinfo=UTC)

WORK_STATES = ("draft", "submitted", "returned", "accepted", "rejected", "withdrawn")
PROJECTIONS = ("released", "recalled")
GATES = ("open", "started", "not_yet", "closed", "done")
ICONS_SHOWN = ("calendar", "print", "person", "chat", "pen", "send", "eye", "flag", "book", "download")

AGES = (
    {"id": "18-29", "text": "18–29 år"},
    {"id": "30-49", "text": "30–49 år"},
    {"id": "50-66", "text": "50–66 år"},
)
ASKED = (
    {"id": "work", "label": "Spurgte om arbejdet"},
    {"id": "function", "label": "Spurgte om funktion"},
    {"id": "plan", "label": "Lagde en plan"},
)
ACTORS = (
    {"id": "who", "label": "Hvem?", "type": "line"},
    {"id": "role", "label": "Rolle", "type": "choice", "options": ({"id": "leader", "text": "Leder"},)},
    {"id": "saw", "label": "Hvad så de?", "type": "text"},
)
BEFORE = "Patienten ville gerne tilbage på arbejde, men turde ikke løfte. Jeg sygemeldte i 14 dage."
CHANGED = (
    ("same", "Patienten ville gerne tilbage på arbejde, men turde ikke "),
    ("del", "løfte"),
    ("ins", "bære kasserne på lageret"),
    ("same", ". Jeg sygemeldte i 14 dage"),
    ("ins", " uden at spørge til opgaverne"),
    ("same", "."),
)


FIELDS = (
    Field("age", FieldType.CHOICE, "Aldersgruppe", "", True, "s", options=(Option("30-49", "30–49 år"),)),
    Field("wanted", FieldType.TEXT, "Hvad ville patienten?", "", True, "s"),
    Field("sure", FieldType.SCALE, "Hvor sikker er du?", "", True, "s", min_text="slet ikke", max_text="helt"),
    Field("when", FieldType.DATE, "Hvornår?", "", False, "s"),
    Field("why", FieldType.LINES, "Hvorfor?", "", False, "s"),
)
ANSWERS = {
    "age": "30-49",
    "wanted": "Tilbage på arbejde.\nMen ikke til kasserne.",
    "sure": 7,
    "why": ["Jeg havde travlt.", "Jeg spurgte ikke."],
}


# Plain words as choices: the type stubs of WTForms do not know them yet.
CLUSTERS: Any = ["Klynge Nord", "Klynge Syd"]
WAYS: Any = ["På e-mail", "Slet ikke"]


class ExampleForm(Form):
    """A form with every kind of WTForms field that the product uses."""

    email = StringField(
        "E-mail", [validators.InputRequired("Skriv din e-mail.")], description="Den, du fik invitationen på."
    )
    password = PasswordField("Vælg en adgangskode", [validators.InputRequired("Vælg en adgangskode.")])
    cluster = SelectField("Klynge", choices=CLUSTERS)
    way = RadioField("Hvordan vil du have besked?", choices=WAYS)
    remember = BooleanField("Husk mig på denne computer", [validators.InputRequired("Sæt et kryds for at gå videre.")])


def _examples() -> dict[str, Any]:
    """Everything the template shows."""
    wrong = ExampleForm(MultiDict({"cluster": "Klynge Nord", "way": "På e-mail"}))
    wrong.validate()
    steps = [
        {"title": "Hvad skete der?", "url": "#trin", "state": "done"},
        {"title": "Hvem var med?", "url": "#trin", "state": "current"},
        {"title": "Dilemmaet", "url": None, "state": "locked", "note": "Åbner på kursusdag 1"},
        {"title": "Næste gang", "url": None, "state": "locked"},
    ]
    return {
        "shown_at": SHOWN_AT,
        "work_states": WORK_STATES,
        "projections": PROJECTIONS,
        "gates": GATES,
        "icons_shown": ICONS_SHOWN,
        "ages": AGES,
        "asked": ASKED,
        "actors": ACTORS,
        "before": BEFORE,
        "changed": CHANGED,
        "fields_shown": FIELDS,
        "answers_shown": ANSWERS,
        "wrong": wrong,
        "steps_shown": steps,
        "navigation": [
            {"label": "Min vej", "url": "#", "current": True},
            {"label": "Kollegers forløb", "url": "#", "current": False},
            {"label": "Kalender", "url": "#", "current": False},
        ],
    }


@bp.before_request
def only_when_enabled() -> None:
    """Answer 404 unless the pages are switched on."""
    if not (current_app.debug or current_app.config.get("DESIGN_PAGE")):
        abort(404)


@bp.get("/design")
@audience(PUBLIC)
def show() -> str:
    """Every component on one page."""
    return render_template("web/design.html", **_examples(), statuses=errors.PAGES)


@bp.get("/design/confirm")
@audience(PUBLIC)
def confirmation() -> str:
    """The page that asks once more before something that cannot be undone."""
    return render_template("web/design_confirm.html")


@bp.get("/design/errors/<int:status>")
@audience(PUBLIC)
def error(status: int) -> Response:
    """An error page, with the status it would have."""
    if status not in errors.PAGES:
        abort(404)
    return errors.error_response(status)
