"""The fixed form of accepting an invitation."""

from __future__ import annotations

from wtforms import Field, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from course.accounts.forms import NewPasswordForm
from course.accounts.rules import NAME_MAX, normalise_name
from course.guard.fixed import no_private_number


class AcceptForm(NewPasswordForm):
    """A new person's name and password."""

    name = StringField(
        "Dit navn",
        [InputRequired("Skriv dit navn."), Length(max=NAME_MAX), no_private_number],
        render_kw={"autocomplete": "name"},
    )

    def validate_name(self, field: Field) -> None:
        """A name must have something that can be seen."""
        if not normalise_name(field.data or ""):
            raise ValidationError("Skriv dit navn.")

    def validate_password(self, field: Field) -> None:
        """Ask the rules, with the name as it is on the form."""
        self.name_of_person = self.name.data or ""
        super().validate_password(field)
