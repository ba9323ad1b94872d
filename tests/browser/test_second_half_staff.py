"""The days of a run as its facilitators walk them: groups, the day, attendance, figures, homework and peers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from course.runs.attendance_rules import code, slot_at
from tests.browser.conftest import Open
from tests.browser.stages import HOMEWORK, Staged, clock_of
from tests.browser.visit import Visit
from tests.conftest import SECRET
from tests.printing.pdfua import faults
from tests.wholerun import DAY1, at

pytestmark = pytest.mark.browser

ways = pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
GROUPS, ROLL, CODE = "sessions/day1/groups", "sessions/day1/attendance", "sessions/day1/code"


@pytest.fixture
def site(staged: Staged) -> Iterator[Staged]:
    """The run at its great moments, in place of the demo."""
    with clock_of(staged):
        yield staged


def check(window: Visit) -> None:
    """The page as it stands, where axe can run."""
    if window.javascript:
        window.check()


@ways
def test_groups_are_made_changed_and_made_anew(visit: Open, site: Staged, javascript: bool) -> None:
    site.put("eve")
    window = visit("mette", javascript=javascript)
    window.go(site.url_of("sessions"))
    window.press("Kursusdag 1")
    window.press("Grupper")
    window.sees("Der er ikke lavet grupper til kursusdag 1 endnu.")
    check(window)
    window.press("Lav grupper")
    window.sees("Der er lavet 2 grupper.")
    check(window)
    window.page.get_by_text("Vælg forløb til Gruppe 1", exact=True).first.click()
    window.page.locator("#group-1 form label").first.click()
    window.press("Vælg forløb til Gruppe 1")
    window.sees("Gruppens forløb er valgt.")
    window.field("member").select_option(label="Læge Anna")
    window.field("team").select_option(label="En ny gruppe")
    window.press("Flyt")
    window.sees("Deltageren er flyttet.")
    window.press("Til udskrift")
    window.sees("Læge Anna")
    window.page.go_back()

    site.turn(at(DAY1, 8, 50))
    site.sign_in_again(window, "mette")
    window.go(site.url_of(ROLL))
    window.press("Ikke til stede: Læge Fie")
    window.go(site.url_of(GROUPS))
    expect(window.page.get_by_label("Læge Fie", exact=True)).to_be_checked()
    window.press("Lav grupperne om uden dem, der mangler")
    window.sees("Grupperne er lavet om.")
    window.sees("Læge Fie – mangler")
    check(window)
    window.press("Opløs Gruppe 1 …")
    check(window)
    window.press("Opløs gruppen")
    window.sees("Det, den har skrevet, kan stadig læses.")


def test_two_facilitators_change_the_groups_at_once(visit: Open, site: Staged) -> None:
    site.put("day1")
    one, other = visit("mette"), visit("niels", javascript=False)
    for window in (one, other):
        window.go(site.url_of(GROUPS))
    for window, member, said in ((one, 1, "Deltageren er flyttet."), (other, 2, "Det blev ikke ændret")):
        window.field("member").select_option(index=member)
        window.field("team").select_option(label="En ny gruppe")
        window.press("Flyt")
        window.sees(said)
    one.page.go_back()
    one.press("Fordel alle på ny")
    one.sees_heading("Grupper")
    one.check()


def test_the_day_on_the_screen_and_on_paper(visit: Open, site: Staged) -> None:
    site.put("day1")
    window = visit("mette")
    window.go(site.url_of("sessions/day1"))
    window.sees("2 grupper med 6 deltagere.")
    window.check()
    for page in ("folder.pdf", "sheet.pdf"):
        answer = window.page.request.get(site.url_of(f"sessions/day1/{page}"))
        assert answer.headers["content-type"] == "application/pdf"
        assert faults(answer.body()) == []
    window.press("Til skærmen i rummet")
    first = window.page.locator("h1").inner_text()
    window.key("n")
    expect(window.page.locator("h1")).not_to_have_text(first)
    window.key("p")
    expect(window.page.locator("h1")).to_have_text(first)
    window.check()


@ways
def test_the_roll_is_called(visit: Open, site: Staged, javascript: bool) -> None:
    site.put("day1")
    window, other = visit("mette", javascript=javascript), visit("niels", javascript=False)
    for one in (window, other):
        one.go(site.url_of(ROLL))
    window.press("Til stede: Læge Anna")
    window.sees("1 til stede")
    row = window.page.locator("li.roll-row", has_text="Læge Bo")
    row.locator("summary").click()
    row.get_by_label("Kom kl.").fill("09:05")
    window.press("Gem tiderne: Læge Bo")
    window.sees("Til stede fra kl. 9.05")
    check(window)
    other.press("Ikke til stede: Læge Anna")
    other.sees_heading("To har noteret hver sit")
    other.sees("Til stede")
    other.press("Gem det, du valgte")
    other.sees_heading("Fremmøde: Kursusdag 1")
    window.press("Resten er til stede")
    window.sees("4 er noteret til stede.")
    window.sees("1 ikke til stede, 0 ikke noteret.")


def test_two_facilitators_note_the_same_person(visit: Open, site: Staged) -> None:
    """Both see what the other noted, wide and narrow; nothing is overwritten unseen."""
    site.put("day1")
    one, other = visit("mette"), visit("niels")
    for window in (one, other):
        window.go(site.url_of(ROLL))
    one.press("Til stede: Læge Dora")
    one.sees("1 til stede")
    other.press("Ikke til stede: Læge Dora")
    other.sees("Fremmødet er noteret af Læge Mette")
    other.check()
    other.press("Behold det, der står")
    other.sees("1 til stede")


def signs(window: Visit) -> str:
    """The code on the screen."""
    return "".join(window.page.locator(".code-signs span[class='']").or_(
        window.page.locator(".code-signs span:not([class])")
    ).all_inner_texts())  # fmt: skip


@ways
def test_the_code_on_the_screen_is_typed(visit: Open, site: Staged, javascript: bool) -> None:
    site.put("day1")
    staff, window = visit("mette"), visit("bo", javascript=javascript)
    staff.go(site.url_of(CODE))
    shown = signs(staff)
    assert len(shown) == 6
    staff.check()
    window.go(site.url_of("path"))
    window.sees("I dag")
    window.press("Meld dig til stede")
    check(window)
    yesterday = code(SECRET, site.play.run_id, "day1", slot_at(at(DAY1 - timedelta(days=1), 9, 10)))
    for wrong in (yesterday, "x", "🦊" * 6, "<script>alert(1)</script>"[:12], "{{7*7}}"):
        window.write("Koden på skærmen", wrong)
        window.press("Jeg er her")
        window.sees("Du er ikke noteret endnu")
    check(window)
    window.write("Koden på skærmen", f" {shown[:3].lower()} {shown[3:].lower()} ")
    window.press("Jeg er her")
    window.sees("Du er noteret til stede på Kursusdag 1. Velkommen.")
    check(window)
    staff.go(site.url_of(CODE))
    staff.sees("1 af 6 er noteret.")
    site.turn(at(DAY1, 17))
    staff.go(site.url_of(CODE))
    staff.sees("Dagen er slut")
    window.go(site.url_of("attend"))
    window.sees("Det er for tidligt")


def test_the_picture_of_the_code_leads_to_the_page(visit: Open, site: Staged) -> None:
    """Scanned by a participant: the code is filled in. By somebody of another run, or nobody: not found, or sign in."""
    site.put("day1")
    staff, window, nobody = visit("mette"), visit("carl"), visit()
    staff.go(site.url_of(CODE))
    shown = signs(staff)
    window.go(f"/attend/{site.play.run_id}/{shown}")
    expect(window.page.get_by_label("Koden på skærmen", exact=True)).to_have_value(shown)
    button = window.page.get_by_role("button", name="Jeg er her")
    window.tab_to(button)
    window.key("Enter")
    window.sees("Du er noteret til stede")
    assert staff.page.request.get(f"/attend/{site.play.run_id}/{shown}").status == 404
    assert window.page.request.get(f"/attend/{site.play.other_id}/{shown}").status == 404
    nobody.go(f"/attend/{site.play.run_id}/{shown}")
    nobody.sees_heading("Log ind")


def test_figures_and_the_map(visit: Open, site: Staged) -> None:
    site.put("day2")
    window, member = visit("mette"), visit("anna")
    window.go(site.url_of("figures"))
    window.sees("6 svar")
    window.sees("Spørgsmål med færre end fem svar")
    window.check()
    window.press("Vis på skærmen i rummet")
    window.sees_not("Holdets egne ord")
    window.go(site.url_of("problem-map"))
    window.sees("linjer fra 1 ark")
    window.check()
    member.go(site.url_of("problem-map"))
    member.sees("linjer fra 1 ark")
    for page in ("figures", "sessions", GROUPS, ROLL, CODE, f"homework/{HOMEWORK}", "completion", "mails"):
        assert member.page.request.get(site.url_of(page)).status == 404, page


@ways
def test_peers_are_shared_out_and_changed(visit: Open, site: Staged, javascript: bool) -> None:
    site.put("homework")
    window = visit("mette", javascript=javascript)
    window.go(site.url_of("sessions"))
    window.press("Hjemmeopgave og makkere")
    window.sees("5 af 6 har afleveret.")
    check(window)
    window.press("Fordel makkere")
    window.sees("Makkerne er fordelt.")
    check(window)
    row = window.page.get_by_role("row", name="Læge Bo").first
    row.get_by_text("Skift, hvem der giver ord").click()
    row.locator("select[name=person]").select_option(label="Læge Niels")
    row.locator("button[value='stand-in']").click()
    window.sees("Makkeren er skiftet.")
    window.sees("Underviser træder til")


@ways
def test_a_homework_is_read_and_given_to_the_peer(visit: Open, site: Staged, javascript: bool) -> None:
    site.put("homework")
    window = visit("mette", javascript=javascript)
    window.go(site.url_of(f"homework/{HOMEWORK}"))
    window.press("Fordel makkere")
    window.page.get_by_role("row", name="Læge Carl").first.get_by_role("link", name="Læs", exact=False).click()
    window.sees("Læge Carl")
    for group in window.page.locator("#profil .field-profile .ticks").all():
        group.locator("label").nth(2).click()
    window.press("Gem profilen")
    window.sees_heading("Din refleksion")
    check(window)


def test_a_reviewer_practises_on_examples(visit: Open, site: Staged) -> None:
    site.put("homework")
    window = visit("niels")
    window.go(site.url_of("calibration/homework"))
    window.check()
    window.page.locator("main a[href*='/calibration/homework/']").first.click()
    for group in window.page.locator(".field-profile .ticks").all():
        group.locator("label").nth(1).click()
    window.check()
    window.page.locator("main form button[type=submit]").last.click()
    window.sees("trin")
    window.check()


def test_a_missed_day_is_made_up_with_another_run(visit: Open, site: Staged) -> None:
    """Olga agrees it; Fie is a guest on the other run's roll, and the day counts on her own."""
    site.put("evening1")
    window = visit("olga")
    window.go(site.url_of("completion"))
    window.press("Læge Fie")
    window.check()
    window.field("host").first.select_option(label="Et andet hold, mandag den 14. december 2026")
    window.press("Gem aftalen: Kursusdag 1")
    window.sees("Fjern aftalen")
    site.turn(at(DAY1 + timedelta(days=10), 9, 30))
    site.sign_in_again(window, "olga")
    window.go(f"/runs/{site.play.other_id}/{ROLL}")
    window.sees("Gæster fra andre hold")
    window.press("Til stede: Læge Fie")
    window.check()
    window.go(site.url_of("completion"))
    expect(window.page.get_by_role("row", name="Læge Fie")).not_to_contain_text("Kursusdag 1 mangler")


def test_nothing_of_another_run(visit: Open, site: Staged) -> None:
    """Ids of one run under the address of another are not found, whoever asks."""
    site.put("day2")
    window = visit("olga")
    window.go(site.url_of(GROUPS))
    link = window.page.get_by_role("link", name="Opløs Gruppe 1 …").get_attribute("href")
    assert link
    wrong = link.replace(f"/runs/{site.play.run_id}/", f"/runs/{site.play.other_id}/")
    assert window.page.request.get(wrong).status == 404
    for page in ("sessions/day3", "sessions/day1/screen/99", "teams/987654", "homework/gp-17.commitment"):
        assert window.page.request.get(site.url_of(page)).status == 404, page
