"""The fixed short fields – names, titles, places: kept as typed, but never with a number that belongs to a person."""

from __future__ import annotations

from wtforms import Field, Form
from wtforms.validators import ValidationError

from course import guard

KINDS = frozenset({"cpr", "phone", "email"})
SAY = "Skriv ikke CPR-nummer, telefonnummer eller mailadresse her."


def holds_private_number(text: str) -> bool:
    """Whether a CPR number, a phone number or a mail address stands in a text."""
    return any(finding.kind in KINDS for finding in guard.find(text, "patient"))


def no_private_number(_form: Form, field: Field) -> None:
    """A WTForms validator that refuses them."""
    if holds_private_number(field.data or ""):
        raise ValidationError(SAY)
