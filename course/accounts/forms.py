"""The fixed forms of signing in and of one's own account."""

from __future__ import annotations

from wtforms import EmailField, Field, PasswordField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from course.guard.fixed import no_private_number
from course.web.forms import DanishForm

from .rules import NAME_MAX, PASSWORD_MAX, normalise_name, normalise_password, password_fault

ADDRESS = {"autocomplete": "username", "spellcheck": "false", "autocapitalize": "none"}
OLD_PASSWORD = {"autocomplete": "current-password"}
NEW_PASSWORD = {"autocomplete": "new-password", "data-password": ""}

needed_address = InputRequired("Skriv din mailadresse.")
needed_password = InputRequired("Skriv din adgangskode.")


class SignInForm(DanishForm):
    """Address and password."""

    email = EmailField("Mailadresse", [needed_address, Length(max=254)], render_kw=ADDRESS)
    password = PasswordField("Adgangskode", [needed_password], render_kw=OLD_PASSWORD)


class ForgotForm(DanishForm):
    """The address that the link is sent to."""

    email = EmailField("Mailadresse", [needed_address, Length(max=254)], render_kw=ADDRESS)


class NewPasswordForm(DanishForm):
    """A password to be chosen. ``email`` and ``name`` are whose it will be."""

    password = PasswordField(
        "Vælg en adgangskode", [InputRequired("Vælg en adgangskode."), Length(max=4 * PASSWORD_MAX)],
        render_kw=NEW_PASSWORD,
    )  # fmt: skip

    email_of_person = ""
    name_of_person = ""

    def validate_password(self, field: Field) -> None:
        """Ask the rules."""
        name = self.name_of_person
        fault = password_fault(normalise_password(field.data or ""), email=self.email_of_person, name=name)
        if fault:
            raise ValidationError(fault)


class ChangePasswordForm(NewPasswordForm):
    """The old password and the new one."""

    password = PasswordField(
        "Ny adgangskode",
        [InputRequired("Vælg en ny adgangskode."), Length(max=4 * PASSWORD_MAX)],
        render_kw=NEW_PASSWORD,
    )
    current_password = PasswordField("Nuværende adgangskode", [needed_password], render_kw=OLD_PASSWORD)


class DetailsForm(DanishForm):
    """Name and title, as others in a run see them."""

    name = StringField(
        "Navn",
        [InputRequired("Skriv dit navn."), Length(max=NAME_MAX), no_private_number],
        render_kw={"autocomplete": "name"},
    )
    title = StringField(
        "Titel",
        [Length(max=NAME_MAX), no_private_number],
        description="For eksempel: speciallæge i almen medicin, eller arbejdsmiljørepræsentant.",
    )

    def validate_name(self, field: Field) -> None:
        """A name must have something that can be seen."""
        if not normalise_name(field.data or ""):
            raise ValidationError("Skriv dit navn.")
