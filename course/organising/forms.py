"""The organiser's forms."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from course import guard
from course.accounts.rules import normalise_name
from course.content.catalogue import LIVE, OWN_TIME, Course
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


def no_cpr(_form: object, field: Field) -> None:
    """A number of an activity may look like a telephone number, but a CPR number it never is."""
    if any(finding.kind == "cpr" for finding in guard.find(field.data or "", "patient")):
        raise ValidationError("Skriv ikke CPR-nummer her.")


class RunForm(DanishForm):
    """Name, cluster, and date, times and place of each session; made for a course by :func:`run_form`."""

    name = StringField(
        "Holdets navn",
        [DataRequired("Giv holdet et navn."), Length(max=120), no_private_number],
        filters=[tidy],
        description="For eksempel »Åsbakken, vinter 2026«. Deltagerne ser navnet.",
    )
    cluster = StringField("Klynge", [Length(max=120), no_private_number], filters=[tidy])
    organised_by = StringField(
        "Arrangør på kursusbeviset",
        [Length(max=200), no_private_number],
        filters=[tidy],
        description="For eksempel klyngen eller foreningen. Ellers står navnet på den, der har oprettet holdet.",
    )
    activity_number = StringField(
        "Aktivitetsnummer",
        [
            Length(max=60),
            Regexp(r"[\w ./-]*\Z", message="Brug kun bogstaver, tal, mellemrum og tegnene . / -"),
            no_cpr,
        ],
        filters=[tidy],
        description="Fra den ordning, kurset er godkendt i. Det står på beviset.",
    )
    erase_days = IntegerField(
        "Forløbene slettes",
        [Optional(), NumberRange(1, 365, "Skriv et helt tal mellem 1 og 365.")],
        default=30,
        description="Så mange dage efter sidste kursusdag. Det, der kan fortælle om patienter, bliver slettet da.",
    )
    facilitators = TextAreaField(
        "Undervisere",
        [Optional(), Length(max=4000)],
        description="Én mailadresse på hver linje. De får en invitation som undervisere.",
    )

    @property
    def chosen_mode(self) -> str:
        """How the run is held; a course that can be held in one way only does not ask."""
        return self["mode"].data if "mode" in self else LIVE

    def meetings(self, course: Course) -> dict[str, Meeting]:
        """The sessions as typed, in Danish time; in one's own time from the first day to the end of the last."""
        return {key: self._meeting(key) for key in course.sessions}

    def _meeting(self, key: str) -> Meeting:
        day, place = self[f"{key}-date"].data, self[f"{key}-place"].data or ""
        if self.chosen_mode == OWN_TIME:
            until = self[f"{key}-until"].data or day
            return Meeting(local_instant(day, FIRST_MINUTE), local_instant(until, LAST_MINUTE), place)
        starts, ends = self[f"{key}-starts"].data, self[f"{key}-ends"].data
        return Meeting(local_instant(day, starts), local_instant(day, ends), place)


def last_day_of(form: RunForm, field: Field) -> None:
    """In one's own time a session has a last day, which is not before the first."""
    first = form[field.name.removesuffix("until") + "date"].data
    if form.chosen_mode != OWN_TIME:
        return
    if field.data is None:
        raise ValidationError("Vælg den sidste dag, kursusgangen kan tages.")
    if first is not None and field.data < first:
        raise ValidationError("Den sidste dag ligger før den første.")


MODES = {LIVE: "Live på video", OWN_TIME: "I egen takt med en makker"}
FIRST_MINUTE, LAST_MINUTE = time(6), time(23, 59)


def run_form(course: Course, sessions: Iterable[RunSession] = (), **values: Any) -> RunForm:
    """A form with the dates of each session of ``course``; filled with those of a run when there is one."""
    fields: dict[str, Any] = {}
    has_own_time = OWN_TIME in course.modes
    if len(course.modes) > 1:
        fields["mode"] = RadioField(
            "Sådan holdes det",
            [InputRequired("Vælg, hvordan holdet skal holdes.")],
            choices=[],
            default=course.modes[0],
            description="I egen takt får alle en makker og tager hver kursusgang mellem to datoer, du vælger.",
        )
    for key, planned in course.sessions.items():
        first_day = " (i egen takt: den første dag)" if has_own_time else ""
        fields[f"{key}-date"] = DateField(
            f"{planned.title}: dato{first_day}", [InputRequired("Vælg en dato."), sensible_year]
        )
        fields[f"{key}-starts"] = TimeField(
            "Begynder kl.", [InputRequired("Vælg et klokkeslæt.")], default=planned.starts
        )
        fields[f"{key}-ends"] = TimeField("Slutter kl.", [InputRequired("Vælg et klokkeslæt.")], default=planned.ends)
        if has_own_time:
            fields[f"{key}-until"] = DateField(
                "Den sidste dag", [last_day_of, Optional(), sensible_year],
                description="Kun i egen takt: den sidste dag, kursusgangen kan tages.",
            )  # fmt: skip
        place = "Video-link eller sted" if course.is_online else "Sted"
        fields[f"{key}-place"] = StringField(place, [Length(max=200), no_private_number], filters=[tidy])
    form_class = type("RunFormOfCourse", (RunForm,), fields)
    for session in sessions:
        starts, ends = session.starts_at.astimezone(COPENHAGEN), session.ends_at.astimezone(COPENHAGEN)
        values |= {
            f"{session.key}-date": starts.date(),
            f"{session.key}-starts": starts.time(),
            f"{session.key}-ends": ends.time(),
            f"{session.key}-place": session.place,
        }
        if values.get("mode") == OWN_TIME:
            planned = course.sessions[session.key]
            values |= {
                f"{session.key}-starts": planned.starts,
                f"{session.key}-ends": planned.ends,
                f"{session.key}-until": ends.date(),
            }
    form = form_class(data=values)
    asked = getattr(form, "mode", None)
    if isinstance(asked, RadioField):
        asked.choices = [(mode, MODES[mode]) for mode in course.modes]
    return _worded(form, course)


def _worded(form: RunForm, course: Course) -> RunForm:
    """The same form in the words of the course."""
    if not course.tells_of_patients:
        form.cluster.label.text = "Netværk, forening eller område"
        form.erase_days.label.text = "Teksterne slettes"
        form.erase_days.description = (
            f"Så mange dage efter sidste {course.words.session}. Det, der har kort frist, bliver slettet da."
        )
    return form


class DeadlineForm(DanishForm):
    """A new date for one deadline, for all or for one participant."""

    membership = SelectField("For hvem", [InputRequired("Vælg, hvem fristen flyttes for.")], choices=[])
    date = DateField("Ny dato", [InputRequired("Vælg en dato."), sensible_year])
    time = TimeField("Klokkeslæt", [InputRequired("Vælg et klokkeslæt.")])


class MemberForm(DanishForm):
    """What decides whom a participant sits with: clinic, and for a trainee the tutor. Made by :func:`member_form`."""

    clinic = StringField(
        "Klinik",
        [Length(max=120), no_private_number],
        filters=[tidy],
        description="To fra samme klinik kommer ikke i gruppe sammen, når det kan undgås.",
    )
    is_trainee = BooleanField("Læge under uddannelse")
    tutor = SelectField(
        "Tutor på holdet",
        choices=[],
        description="En uddannelseslæge sidder ikke med sin tutor og giver heller ikke tutoren ord med.",
    )


def member_form(course: Course, **values: Any) -> MemberForm:
    """The form in the words of a course."""
    form = MemberForm(data=values)
    form.clinic.label.text = course.words.workplace.capitalize()
    form.clinic.description = f"To fra samme {course.words.workplace} kommer ikke sammen, når det kan undgås."
    return form


class AddressForm(DanishForm):
    """A corrected invitation."""

    email = StringField("Mailadresse", [InputRequired("Skriv en mailadresse."), Length(max=254)], filters=[tidy])
    name = StringField("Navn", [Length(max=120), no_private_number], filters=[tidy])
