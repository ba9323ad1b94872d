"""The base of every fixed form: Flask-WTF's form token, and WTForms' messages in Danish."""

from __future__ import annotations

import re
from typing import Any

from flask_wtf import FlaskForm

from .danish import file_size

MESSAGES = {
    "Field must be equal to %(other_name)s.": "Feltet skal være det samme som %(other_name)s.",
    "This field is required.": "Feltet skal udfyldes.",
    "Invalid IP address.": "Det er ikke en IP-adresse.",
    "Invalid Mac address.": "Det er ikke en MAC-adresse.",
    "Invalid URL.": "Det er ikke en webadresse.",
    "Invalid UUID.": "Det er ikke et UUID.",
    "Invalid value, must be one of: %(values)s.": "Vælg en af disse: %(values)s.",
    "Invalid value, can't be any of: %(values)s.": "Det må ikke være en af disse: %(values)s.",
    "Field must be at least %(min)d character long.": "Skriv mindst %(min)d tegn.",
    "Field must be at least %(min)d characters long.": "Skriv mindst %(min)d tegn.",
    "Field cannot be longer than %(max)d character.": "Skriv højst %(max)d tegn.",
    "Field cannot be longer than %(max)d characters.": "Skriv højst %(max)d tegn.",
    "Field must be exactly %(max)d character long.": "Skriv præcis %(max)d tegn.",
    "Field must be exactly %(max)d characters long.": "Skriv præcis %(max)d tegn.",
    "Field must be between %(min)d and %(max)d characters long.": "Skriv mellem %(min)d og %(max)d tegn.",
    "Number must be at least %(min)s.": "Tallet skal være mindst %(min)s.",
    "Number must be at most %(max)s.": "Tallet må højst være %(max)s.",
    "Number must be between %(min)s and %(max)s.": "Tallet skal ligge mellem %(min)s og %(max)s.",
    "Date must be at least %(min)s.": "Datoen må tidligst være %(min)s.",
    "Date must be at most %(max)s.": "Datoen må senest være %(max)s.",
    "Date must be between %(min)s and %(max)s.": "Datoen skal ligge mellem %(min)s og %(max)s.",
    "Invalid input.": "Det kan ikke bruges her.",
    "This field cannot be edited.": "Feltet kan ikke ændres.",
    "This field is disabled and cannot have a value.": "Feltet er ikke i brug og kan ikke udfyldes.",
    "Invalid field name '%s'.": "Feltet »%s« findes ikke.",
    "Invalid email address.": "Det ligner ikke en mailadresse.",
    "Choices cannot be None.": "Der er ikke noget at vælge imellem.",
    "Not a valid choice.": "Vælg en af mulighederne.",
    "'%(value)s' is not a valid choice for this field.": "»%(value)s« er ikke en af mulighederne.",
    "'%(value)s' are not valid choices for this field.": "»%(value)s« er ikke blandt mulighederne.",
    "Invalid Choice: could not coerce.": "Vælg en af mulighederne.",
    "Invalid choice(s): one or more data inputs could not be coerced.": "Vælg blandt mulighederne.",
    "Not a valid datetime value.": "Skriv en dato og et klokkeslæt.",
    "Not a valid date value.": "Skriv en dato, fx 4-12-2026.",
    "Not a valid time value.": "Skriv et klokkeslæt, fx 9.00.",
    "Not a valid week value.": "Skriv en uge.",
    "Not a valid integer value.": "Skriv et helt tal.",
    "Not a valid decimal value.": "Skriv et tal.",
    "Not a valid float value.": "Skriv et tal.",
    "Invalid CSRF Token.": "Siden har stået åben for længe. Send den igen.",
    "CSRF token missing.": "Siden har stået åben for længe. Send den igen.",
    "CSRF failed.": "Siden har stået åben for længe. Send den igen.",
    "CSRF token expired.": "Siden har stået åben for længe. Send den igen.",
    "The CSRF token is missing.": "Siden har stået åben for længe. Send den igen.",
    "The CSRF session token is missing.": "Siden har stået åben for længe. Send den igen.",
    "The CSRF token has expired.": "Siden har stået åben for længe. Send den igen.",
    "The CSRF token is invalid.": "Siden har stået åben for længe. Send den igen.",
    "The CSRF tokens do not match.": "Siden har stået åben for længe. Send den igen.",
    "File does not have an approved extension.": "Den slags fil kan ikke bruges her.",
    "File does not have an approved extension: {extensions}": "Filen skal være en af: {extensions}",
}

_FILE_SIZE = re.compile(r"File must be between (\d+) and (\d+) bytes\.")


class DanishTranslations:
    """What WTForms asks for its messages."""

    def gettext(self, string: str) -> str:
        """The Danish message; one that was Danish already comes back as it is."""
        if found := _FILE_SIZE.fullmatch(string):
            return f"Filen skal fylde mellem {file_size(int(found[1]))} og {file_size(int(found[2]))}."
        return MESSAGES.get(string, string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """The Danish message for an amount."""
        return self.gettext(singular if n == 1 else plural)


class DanishForm(FlaskForm):
    """A form whose own messages are Danish."""

    class Meta(FlaskForm.Meta):
        locales = ("da",)

        def get_translations(self, form: Any) -> DanishTranslations:
            """Danish, whatever the browser asks for."""
            return DanishTranslations()
