from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import flask_wtf
import pytest
import wtforms
from flask import Flask
from wtforms import FileField, StringField
from wtforms.validators import InputRequired, Length

from course.web.forms import MESSAGES, DanishForm, DanishTranslations


def messages_of(package: Path) -> Iterator[str]:
    """Every text that a library hands to gettext or ngettext, or raises as a fault of a form token."""
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in {"gettext", "ngettext"} or (name == "ValidationError" and file.name == "csrf.py"):
                yield from (str(part.value) for part in node.args[:2] if isinstance(part, ast.Constant))


def test_every_message_of_the_libraries_is_danish() -> None:
    found = {text for library in (wtforms, flask_wtf) for text in messages_of(Path(str(library.__file__)).parent)}
    assert len(found) > 40
    assert found - MESSAGES.keys() == set()
    assert not [text for text, danish in MESSAGES.items() if text == danish]


@pytest.mark.parametrize("text", sorted(MESSAGES))
def test_a_message_keeps_its_places(text: str) -> None:
    def places(message: str) -> set[str]:
        return {
            word for word in ("%(min)", "%(max)", "%(value", "%(other_name)", "%s", "{extensions}") if word in message
        }

    assert places(MESSAGES[text]) == places(text)


def test_a_form_answers_in_danish(app: Flask) -> None:
    class Sample(DanishForm):
        name = StringField(validators=[InputRequired(), Length(max=3)])
        file = FileField()

    with app.test_request_context(method="POST", data={"name": "for lang"}):
        form = Sample()
        form.validate()
        assert form.name.errors == ["Skriv højst 3 tegn."]
    with app.test_request_context(method="POST", data={}):
        form = Sample()
        form.validate()
        assert list(form.name.errors) == ["Feltet skal udfyldes."]


def test_sizes_are_told_as_people_say_them() -> None:
    said = DanishTranslations().gettext("File must be between 1 and 500000 bytes.")
    assert said == "Filen skal fylde mellem 1 byte og 500 kB."
    assert DanishTranslations().ngettext("Skriv navnet.", "Skriv navnene.", 2) == "Skriv navnene."
