"""Journey 1: an organiser creates a run, moves a deadline, and invites."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.browser.conftest import Open, Site
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser

DAY1 = date.today() + timedelta(days=90)
DAY2 = DAY1 + timedelta(days=35)
ways = pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])


def sign_in(window: Visit, site: Site, name: str) -> None:
    """Sign in on the page, with address and password."""
    account = site.account(name)
    window.go("/sign-in")
    window.write("Mailadresse", account.email)
    window.write("Adgangskode", account.password)
    window.press("Log ind")


def create_run(window: Visit, name: str) -> None:
    """Create a run by the form."""
    window.go("/runs/new")
    window.field("name").fill(name)
    window.field("cluster").fill("Klynge Åsbakken")
    for key, day in (("day1", DAY1), ("day2", DAY2)):
        window.field(f"{key}-date").fill(day.isoformat())
        window.field(f"{key}-place").fill("Medborgerhuset")
    window.field("facilitators").fill("Ny Underviser <ny.underviser@demo.example>\nikke en adresse")
    window.press("Opret holdet")
    window.sees_heading(name)


@ways
def test_from_sign_in_to_invited_people(visit: Open, site: Site, javascript: bool, tmp_path: Path) -> None:
    window = visit(javascript=javascript)
    sign_in(window, site, "Birgit")
    window.sees_heading("Mine hold")
    window.press("Opret et hold")
    window.press("Opret holdet")
    window.sees("Giv holdet et navn.")
    create_run(window, "Åsbakken: prøvehold")
    window.sees("Linje 2")
    if javascript:
        window.check()

    window.press("Folk og invitationer")
    window.sees("ny.underviser@demo.example")
    window.field("addresses").fill("Ida Lund <ida.lund@demo.example>\nmads@demo.example\nida lund\nmads@demo.example")
    window.press("Inviter")
    window.sees("Linje 3")
    window.sees("ida.lund@demo.example")
    if javascript:
        window.check()

    table = tmp_path / "deltagere.csv"
    table.write_bytes(
        "navn;email;klinik\nJørgen Bæk;joergen@demo.example;Klinik Søvænget\nÅse;æøå;\n".encode("latin-1")
    )
    window.field("file").set_input_files(table)
    window.press("Inviter")
    window.sees("joergen@demo.example")
    window.sees("Jørgen Bæk")
    window.sees("Linje 3")

    window.page.get_by_role("row", name="Jørgen Bæk").get_by_role("button", name="Send igen").click()
    window.sees("er sendt igen")
    window.page.get_by_role("row", name="mads@demo.example").get_by_role("link", name="Ret").click()
    window.field("email").fill("mads.lind@demo.example")
    window.press("Ret og send igen")
    window.sees("mads.lind@demo.example")
    window.page.get_by_role("row", name="mads.lind@demo.example").get_by_role("button", name="Træk tilbage").click()
    window.sees("Linket virker ikke mere")
    window.sees("Trukket tilbage")


@ways
def test_a_deadline_moves_after_one_has_seen_what_moves(visit: Open, javascript: bool) -> None:
    window = visit("Birgit", javascript=javascript)
    window.go("/runs/1/deadlines")
    window.page.get_by_role("link", name="Flyt Send dine to forløb").click()
    window.field("date").fill((date.today() - timedelta(days=1)).isoformat())
    window.press("Se, hvad der flytter sig")
    window.sees("i fortiden")
    window.field("date").fill((date.today() + timedelta(days=12)).isoformat())
    window.press("Se, hvad der flytter sig")
    window.sees("Intet er gemt endnu")
    window.sees("Nikolaj Birkemose")
    told = window.page.get_by_text("Får en mail", exact=True).count()
    assert told > 0
    if javascript:
        window.check()
    window.press("Flyt fristen og giv besked")
    window.sees("Fristen er flyttet.")
    window.go("/runs/1/outbox")
    window.page.get_by_role("row", name="En frist er flyttet").first.wait_for()
    assert window.page.get_by_role("row", name="En frist er flyttet").count() == told

    window.go("/runs/1/deadlines/cases")
    window.page.locator("#membership").select_option(label="Dorte Hvidkjær")
    window.field("date").fill((date.today() + timedelta(days=15)).isoformat())
    window.press("Se, hvad der flytter sig")
    assert window.page.locator("tbody tr").count() == 1
    window.press("Flyt fristen og giv besked")
    window.sees("Egne frister")
    window.sees("Dorte Hvidkjær")


def test_the_days_of_a_run_are_moved(visit: Open) -> None:
    window = visit("Birgit")
    window.go("/runs/2/edit")
    window.field("day1-place").fill("Forsamlingshuset")
    window.field("day1-date").fill((DAY1 + timedelta(days=2)).isoformat())
    window.field("day2-date").fill((DAY1 - timedelta(days=9)).isoformat())
    window.press("Se, hvad der flytter sig")
    window.sees("Det kan ikke gemmes sådan")
    window.field("day2-date").fill((DAY2 + timedelta(days=9)).isoformat())
    window.press("Se, hvad der flytter sig")
    window.sees("Frister, der følger med")
    window.check()
    window.press("Gem og giv besked")
    window.sees("Holdet er ændret.")
    window.sees("Forsamlingshuset")


def test_a_run_is_cancelled(visit: Open) -> None:
    window = visit("Birgit")
    window.go("/runs/1/cancel")
    window.check()
    window.page.locator("main form button[type=submit]").last.click()
    window.sees("Holdet er aflyst")
    other = visit("Nikolaj")
    other.go("/runs/1/path")
    other.sees("Holdet er aflyst")
    other.check()


def test_the_demo_lists_its_people(visit: Open, site: Site) -> None:
    window = visit()
    window.go("/")
    window.sees_heading("Log ind")
    for account in site.accounts:
        window.sees(account.name)
    window.press("Log ind som Karen Østerhus")
    window.sees_heading("Min vej")
