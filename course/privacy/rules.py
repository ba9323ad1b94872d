"""How long what is kept. Pure; ``docs/databeskyttelse/slettefrister.md`` is held to this file by a test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from course.content.catalogue import Form
from course.content.forms import Keep

COURSE_DAYS = 365
LONG_DAYS = 5 * 365
MESSAGE_DAYS = 90
INVITATION_DAYS = 90
AUDIT_DAYS = 2 * 365
PERSON_DAYS = 2 * 365
COURSE_TIME = timedelta(days=COURSE_DAYS)


class Period(StrEnum):
    """The periods there are. ``PERSON``: as long as the person is known here."""

    SHORT = "short"
    COURSE = "course"
    LONG = "long"
    MESSAGE = "message"
    OVER = "over"
    INVITATION = "invitation"
    AUDIT = "audit"
    PERSON = "person"
    SEALED = "sealed"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Retention:
    """One line of the retention table: what, and until when, in Danish."""

    what: str
    until: str


RETENTION: Mapping[Period, Retention] = {
    Period.SHORT: Retention(
        "Det, der kan handle om en patient: forløb, analyser, hjemmeopgaver og andre felter med kort frist, "
        "bemærkninger og overstregninger i dem, frigivne kopier, beskeder om risiko, og hvem der har åbnet dem",
        "30 dage efter holdets sidste kursusgang eller efter sidste ændring, hvis den er senere "
        "(holdet kan have en anden frist end 30 dage)",
    ),
    Period.COURSE: Retention(
        "Andre svar, svar i quizzer og øvelser, grupper, makkerpar, flyttede frister, øvelse i at vurdere og "
        "holdets egne mailtekster",
        f"{COURSE_DAYS} dage efter holdets sidste kursusgang",
    ),
    Period.LONG: Retention(
        "Deltagelse i holdet, forpligtelser (»det vil jeg gøre«), fremmøde, gennemførelse "
        "og kursusbevisets åbne felter",
        f"5 år ({LONG_DAYS} dage) efter holdets sidste kursusgang",
    ),
    Period.MESSAGE: Retention(
        "Modtagerens adresse på en sendt eller fejlet mail (mailens ord bliver ikke gemt)",
        f"{MESSAGE_DAYS} dage efter, at den blev sendt eller fejlede",
    ),
    Period.OVER: Retention(
        "Indlogninger, links til ny adgangskode og tællinger af forsøg", "når de er udløbet eller afsluttet"
    ),
    Period.INVITATION: Retention(
        "Invitationer", f"{INVITATION_DAYS} dage efter, at de er brugt, trukket tilbage eller udløbet"
    ),
    Period.AUDIT: Retention("Loggen over, hvem der gjorde hvad hvornår (uden tekster)", f"2 år ({AUDIT_DAYS} dage)"),
    Period.PERSON: Retention(
        "Navn, titel, mailadresse og adgangskode (som hash), og egne gemte bemærkninger",
        f"så længe personen er på et hold, og 2 år ({PERSON_DAYS} dage) efter sidste aktivitet",
    ),
    Period.SEALED: Retention(
        "Kursusbevisets forseglede kopi, som kun kan læses med nummeret på papiret",
        "bliver stående, så beviset kan kontrolleres",
    ),
    Period.ALWAYS: Retention(
        "Kursets indhold, holdets navn, datoer og steder (ingen deltagere)", "bliver stående"
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunDates:
    """What decides about a run's retention: when its last session ended (or it was cancelled), and its own days."""

    last_session_ends: datetime
    cancelled_at: datetime | None
    erase_days: int

    @property
    def over_at(self) -> datetime:
        """From when the periods count. A run that is cancelled is over when it is cancelled."""
        if self.cancelled_at is None:
            return self.last_session_ends
        return min(self.cancelled_at, self.last_session_ends)

    def ends(self, keep: Keep) -> datetime:
        """When answers of this kind go."""
        return self.over_at + timedelta(days=self.days(keep))

    def days(self, keep: Keep) -> int:
        """For how many days answers of this kind are kept."""
        return {Keep.SHORT: self.erase_days, Keep.COURSE: COURSE_DAYS, Keep.LONG: LONG_DAYS}[keep]


def expired(dates: RunDates, changed_at: datetime, now: datetime) -> frozenset[Keep]:
    """The kinds of answers that shall be gone from a work now.

    The short period counts from the last change of the work when that is later: what somebody writes after the last
    session (the own patient, the follow-up) shall not go the same night. The longer ones never move.
    """
    gone = {keep for keep in (Keep.COURSE, Keep.LONG) if dates.ends(keep) <= now}
    short = max(dates.over_at, changed_at) + timedelta(days=dates.erase_days)
    if short <= now or Keep.COURSE in gone:
        gone.add(Keep.SHORT)
    if Keep.LONG in gone:
        gone.add(Keep.COURSE)
    return frozenset(gone)


def remaining(form: Form | None, data: Mapping[str, Any] | None, gone: Iterable[Keep]) -> dict[str, Any]:
    """What stays of a text. A field that the form does not have (any more) is kept as shortly as any."""
    gone = frozenset(gone)
    fields = form.fields if form is not None else {}
    return {
        name: value
        for name, value in (data or {}).items()
        if (fields[name].keep if name in fields else Keep.SHORT) not in gone
    }


def message_goes(now: datetime) -> datetime:
    """Mails that ended before this lose their address."""
    return now - timedelta(days=MESSAGE_DAYS)


def invitation_goes(now: datetime) -> datetime:
    """Invitations that ended before this go."""
    return now - timedelta(days=INVITATION_DAYS)


def audit_goes(now: datetime) -> datetime:
    """Audit rows from before this go."""
    return now - timedelta(days=AUDIT_DAYS)


def person_goes(now: datetime) -> datetime:
    """People without a membership who have done nothing since this go."""
    return now - timedelta(days=PERSON_DAYS)
