"""A run as a sheet: what stands in it, what never does, and nothing that a spreadsheet would calculate."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.certificates import service as certificates
from course.runs import attendance, completion
from course.runs.attendance_rules import AttendanceState, Mark
from course.runs.models import Membership, Run
from tests.factories import DAY1, DAY2, actor_of, case_data, make_member, make_person, make_run, make_work
from tests.runs.small_course import has_read, make_facilitator, make_organiser, small_run

SignIn = Callable[[Person], FlaskClient]
AFTER = DAY2 + timedelta(days=3)
HOSTILE = '=HYPERLINK("http://ond.example";"Klik")'


@pytest.fixture(autouse=True)
def _at_the_end() -> Iterator[None]:
    with time_machine.travel(AFTER, tick=False):
        yield


@pytest.fixture
def run(session: Session) -> Run:
    organiser = make_organiser(session)
    run = small_run(session, organiser, DAY1, DAY2, "Hold Øst/Vest 1")
    make_facilitator(session, run, "Maja")
    anna = make_member(session, run, make_person(session, "Anna Åberg", title="Praktiserende læge"))
    lars = make_member(session, run, make_person(session, HOSTILE, title="@SUM(A1)"))
    lars.clinic, anna.clinic = '+45 klinikken; ;"=1+1"', "Lægerne på torvet"
    for member, key, begins in ((anna, "day1", None), (anna, "day2", 1.0), (lars, "day1", None)):
        start = DAY1 if key == "day1" else DAY2
        attendance.mark(
            session, actor=actor_of(organiser), now=DAY2, run=run, session_key=key, membership_id=member.id, seen="-",
            wanted=Mark(AttendanceState.PRESENT, start + timedelta(hours=begins) if begins else None),
        )  # fmt: skip
    has_read(session, anna.id)
    completion.grant(
        session, actor=actor_of(organiser), now=AFTER, run=run, membership_id=lars.id, reason="zqxgrund til det hele"
    )
    certificates.issue(session, actor=actor_of(organiser), now=AFTER, run=run, membership_id=anna.id)
    return run


@pytest.fixture
def olga(session: Session, run: Run, client_for: SignIn) -> FlaskClient:
    return client_for(session.get_one(Person, run.created_by_id))


def table_of(olga: FlaskClient, run: Run) -> list[list[str]]:
    answer = olga.get(f"/runs/{run.id}/export.csv")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="hold-oest-vest-1.csv"'
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


def test_people_attendance_and_completion(olga: FlaskClient, run: Run) -> None:
    heads, *rows = table_of(olga, run)
    assert heads == [
        "Navn", "Rolle", "Titel", "Mailadresse", "Klinik", "Under uddannelse", "Kursusdag 1", "Kursusdag 1: minutter",
        "Kursusdag 2", "Kursusdag 2: minutter", "Gennemført", "Mangler", "Bevis udstedt",
    ]  # fmt: skip
    anna = dict(zip(heads, next(row for row in rows if row[0] == "Anna Åberg"), strict=True))
    assert anna.pop("Mailadresse").endswith("@example.test")
    assert anna == {
        "Navn": "Anna Åberg", "Rolle": "deltager", "Titel": "Praktiserende læge", "Klinik": "Lægerne på torvet",
        "Under uddannelse": "nej", "Kursusdag 1": "Til stede", "Kursusdag 1: minutter": "360",
        "Kursusdag 2": "Til stede fra kl. 10.00", "Kursusdag 2: minutter": "300", "Gennemført": "Ja", "Mangler": "",
        "Bevis udstedt": "2027-01-11",
    }  # fmt: skip
    lars = dict(zip(heads, next(row for row in rows if "ond.example" in row[0]), strict=True))
    assert lars["Gennemført"] == "Ja, godkendt med begrundelse"
    assert lars["Kursusdag 2"] == "Ikke noteret"
    assert "Fremmødet på Kursusdag 2 mangler" in lars["Mangler"]
    assert sorted(row[1] for row in rows) == ["deltager", "deltager", "kursusarrangør", "underviser"]


def test_no_cell_is_a_formula(olga: FlaskClient, run: Run) -> None:
    rows = table_of(olga, run)
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert any(cell == f"'{HOSTILE}" for row in rows for cell in row)
    answer = olga.get(f"/runs/{run.id}/export.xlsx")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="hold-oest-vest-1.xlsx"'
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell for cell in cells if cell.hyperlink is not None]
    assert any(cell.value == f"'{HOSTILE}" for cell in cells)
    read = [["" if cell.value is None else str(cell.value) for cell in row] for row in sheet.iter_rows()]
    width = len(rows[0])
    assert read == [row + [""] * (width - len(row)) for row in rows], "both sheets say the same"


@time_machine.travel(DAY1 - timedelta(days=30), tick=False)
def test_no_text_that_anybody_wrote(session: Session, client_for: SignIn) -> None:
    run = make_run(session, name="Hold med forløb")
    member = make_member(session, run)
    judge = make_facilitator(session, run, "Maja")
    make_work(session, member, data=case_data(wanted="zqxforloeb om ryggen og arbejdet"), state="released", judge=judge)
    olga = client_for(session.get_one(Person, run.created_by_id))
    stored = olga.get(f"/runs/{run.id}/export.csv").data.decode()
    assert member.person.name in stored
    assert "zqxforloeb" not in stored
    book = load_workbook(io.BytesIO(olga.get(f"/runs/{run.id}/export.xlsx").data)).active
    assert book is not None
    assert "zqxforloeb" not in str([cell.value for row in book.iter_rows() for cell in row])


def test_the_reason_of_a_grant_and_the_number_of_a_certificate_stay_here(
    session: Session, olga: FlaskClient, run: Run
) -> None:
    stored = str(table_of(olga, run))
    assert "zqxgrund" not in stored
    members = session.query(Membership).filter_by(run_id=run.id).all()
    numbers = [c.certificate.number for c in certificates.candidates(session, run, members) if c.certificate]
    assert len(numbers) == 1
    assert str(numbers[0]) not in stored
