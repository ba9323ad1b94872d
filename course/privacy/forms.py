"""The fixed forms of one's own data."""

from __future__ import annotations

from wtforms import BooleanField, PasswordField
from wtforms.validators import InputRequired

from course.accounts.forms import OLD_PASSWORD, needed_password
from course.web.forms import DanishForm


class EraseForm(DanishForm):
    """The password again, before anything that cannot be undone."""

    password = PasswordField("Din adgangskode", [needed_password], render_kw=OLD_PASSWORD)


class SureForm(DanishForm):
    """The second question."""

    sure = BooleanField("Ja, slet mig og det, jeg har skrevet", [InputRequired("Sæt kryds, hvis du er sikker.")])
