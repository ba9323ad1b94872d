"""A run as a sheet: people, attendance, completion. Never a text that anybody wrote about a patient."""

from __future__ import annotations

import re
import unicodedata

from flask import Response, make_response

from course.certificates import service as certificates
from course.content.catalogue import Course
from course.db.session import current
from course.printing.sheets import Cell, csv_bytes, xlsx_bytes
from course.runs.access import run
from course.runs.contents import course_of
from course.runs.models import Membership
from course.runs.rules import ROLE_NAMES, Role
from course.runs.service import members
from course.web.audience import ORGANISER, audience
from course.web.danish import local

from . import completion_words
from .views import bp

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PEOPLE = ("Navn", "Rolle", "Titel", "Mailadresse")
_TRAINEE = "Under uddannelse"
_COMPLETION = ("Gennemført", "Mangler", "Bevis udstedt")


def sheet() -> tuple[list[str], list[list[Cell]]]:
    """The heads and a row for each member of the run, participants first."""
    session = current()
    everybody = members(session, run().id)
    people = [m for m in everybody if m.role == Role.PARTICIPANT]
    course = course_of(session, run())
    titles = [(meeting.key, course.sessions[meeting.key].title) for meeting in run().sessions]
    heads = [*_PEOPLE, course.words.workplace.capitalize(), *([_TRAINEE] if course.words.trainees else [])]
    for _, title in titles:
        heads += [title, f"{title}: minutter"]
    rows: list[list[Cell]] = []
    for found in certificates.candidates(session, run(), people):
        row = _person(found.membership, course)
        for key, _ in titles:
            there = found.presences.get(key)
            row += [completion_words.attended(there), there.minutes if there is not None else None]
        issued = found.certificate.issued_at if found.certificate is not None else None
        row += [
            completion_words.completed(found),
            " ".join(one.sentence for one in found.missing),
            local(issued).date() if issued is not None else None,
        ]
        rows.append(row)
    rows += [_person(m, course) for m in everybody if m.role != Role.PARTICIPANT]
    return [*heads, *_COMPLETION], rows


def _person(member: Membership, course: Course) -> list[Cell]:
    person, trainee = member.person, member.is_trainee if member.role == Role.PARTICIPANT else None
    row: list[Cell] = [person.name, ROLE_NAMES[Role(member.role)], person.title, person.email, member.clinic]
    return [*row, trainee] if course.words.trainees else row


def file_name() -> str:
    """The run's name in letters that every file system takes: ``hold-aasbakken``."""
    plain = run().name.lower().translate(str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"}))
    ascii_only = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:60] or "hold"


def _download(data: bytes, mimetype: str, suffix: str) -> Response:
    response = make_response(data)
    response.mimetype = mimetype
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name()}.{suffix}"'
    return response


@bp.get("/runs/<int:run_id>/export.csv")
@audience(ORGANISER)
def export_csv(run_id: int) -> Response:
    """The sheet as CSV."""
    heads, rows = sheet()
    return _download(csv_bytes(heads, rows), "text/csv", "csv")


@bp.get("/runs/<int:run_id>/export.xlsx")
@audience(ORGANISER)
def export_xlsx(run_id: int) -> Response:
    """The sheet as a workbook."""
    heads, rows = sheet()
    return _download(xlsx_bytes(run().name, heads, rows), XLSX, "xlsx")
