"""The organiser's forms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import DateField, Field, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from course.accounts.rules import normalise_name
from course.content.catalogue import Course
from course.guard.fixed import no_private_number
from course.runs.models import RunSession
from course.runs.rules import COPENHAGEN, local_instant
from course.runs.service import Meeting
from course.web.forms import DanishForm


def tidy(text: str | None) -> str:
    """What was typed, on one line and without signs that cannot be seen."""
    return normalise_name(text or "")


def sensible_year(_form: object, field: Field) -> None:
    """A year typed with a finger slip is no date of a course."""
    if field.data is not None and not 2020 <= field.data.year <= 2100:
        raise ValidationError("Se på årstallet: det ligger langt fra i dag.")


class RunForm(DanishForm):
    """Name, cluster, and date, times and place of each session; made for a course by :func:`run_form`."""

    name = StringField(
        "Holdets navn",
        [DataRequired("Giv holdet et navn."), Length(max=120), no_private_number],
        filters=[tidy],
        description="For eksempel »Åsbakken, vinter 2026«. Deltagerne ser navnet.",
    )
    cluster = StringField("Klynge", [Length(max=120), no_private_number], filters=[tidy])
    facilitators = TextAreaField(
        "Undervisere",
        [Optional(), Length(max=4000)],
        description="Én mailadresse på hver linje. De får en invitation som undervisere.",
    )

    def meetings(self, course: Course) -> dict[str, Meeting]:
        """The sessions as typed, in Danish time."""
        return {
            key: Meeting(
                local_instant(self[f"{key}-date"].data, self[f"{key}-starts"].data),
                local_instant(self[f"{key}-date"].data, self[f"{key}-ends"].data),
                self[f"{key}-place"].data or "",
            )
            for key in course.sessions
        }


def run_form(course: Course, sessions: Iterable[RunSession] = (), **values: Any) -> RunForm:
    """A form with the dates of each session of ``course``; filled with those of a run when there is one."""
    fields: dict[str, Any] = {}
    for key, planned in course.sessions.items():
        fields[f"{key}-date"] = DateField(f"{planned.title}: dato", [InputRequired("Vælg en dato."), sensible_year])
        fields[f"{key}-starts"] = TimeField(
            "Begynder kl.", [InputRequired("Vælg et klokkeslæt.")], default=planned.starts
        )
        fields[f"{key}-ends"] = TimeField("Slutter kl.", [InputRequired("Vælg et klokkeslæt.")], default=planned.ends)
        fields[f"{key}-place"] = StringField("Sted", [Length(max=200), no_private_number], filters=[tidy])
    form_class = type("RunFormOfCourse", (RunForm,), fields)
    for session in sessions:
        starts, ends = session.starts_at.astimezone(COPENHAGEN), session.ends_at.astimezone(COPENHAGEN)
        values |= {
            f"{session.key}-date": starts.date(),
            f"{session.key}-starts": starts.time(),
            f"{session.key}-ends": ends.time(),
            f"{session.key}-place": session.place,
        }
    return form_class(data=values)


class DeadlineForm(DanishForm):
    """A new date for one deadline, for all or for one participant."""

    membership = SelectField("For hvem", [InputRequired("Vælg, hvem fristen flyttes for.")], choices=[])
    date = DateField("Ny dato", [InputRequired("Vælg en dato."), sensible_year])
    time = TimeField("Klokkeslæt", [InputRequired("Vælg et klokkeslæt.")])


class AddressForm(DanishForm):
    """A corrected invitation."""

    email = StringField("Mailadresse", [InputRequired("Skriv en mailadresse."), Length(max=254)], filters=[tidy])
    name = StringField("Navn", [Length(max=120), no_private_number], filters=[tidy])
