"""Journeys 2 to 5: from the invitation to two cases and the first half of an analysis."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, Site
from tests.browser.visit import Visit
from tests.browser.writing import CASE, LONG, fill, fill_by_keyboard, send_case, write_case
from tests.factories import course, form_of
from tests.routes import rows

pytestmark = pytest.mark.browser

ways = pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
CASE_URL = "/runs/1/activities/gp-05.case"
NUMBER = "010190-1234"


def invite(visit: Open, email: str) -> str:
    """Let the organiser invite somebody to the first run; the link in the mail."""
    organiser = visit("Birgit")
    organiser.go("/runs/1/people")
    organiser.field("addresses").fill(f"Ny Læge <{email}>")
    organiser.press("Inviter")
    organiser.sees("1 inviteret.")
    organiser.go("/runs/1/outbox")
    organiser.page.get_by_role("link", name=email).first.click()
    link = organiser.page.locator(".mail-text a").first.get_attribute("href")
    assert link
    return link


@ways
def test_from_the_invitation_to_the_path(visit: Open, javascript: bool) -> None:
    link = invite(visit, "ny.laege@demo.example")
    window = visit(javascript=javascript)
    window.go(link)
    window.sees_heading("Velkommen til kurset")
    if javascript:
        window.check()
    window.field("password").fill("kort")
    if javascript:
        expect(window.page.locator("main")).to_contain_text(re.compile("svag|kort|tegn", re.IGNORECASE))
    window.press("Kom i gang")
    window.sees_heading("Velkommen til kurset")
    window.field("name").fill("Ny Læge")
    window.field("password").fill("cykel lampe skov onsdag")
    if javascript:
        window.check()
    window.press("Kom i gang")
    window.sees_heading("Min vej")
    window.sees("Velkommen, Ny Læge.")
    window.sees("Kursusdag 1")
    if javascript:
        window.check()
    window.press("Begynd")
    window.sees_heading("Din egen mandag")
    again = visit()
    again.go(link)
    again.sees("virker ikke")
    again.check()


def test_the_path_says_why_and_when(visit: Open, site: Site) -> None:
    window = visit("Nikolaj")
    window.go("/runs/1/path")
    window.sees("Frist")
    window.sees("min.")
    with window.page.expect_download() as found:
        window.press("Hent som kalenderfil", within="body")
    text = found.value.path().read_text(encoding="utf-8")
    assert text.startswith("BEGIN:VCALENDAR")
    feed = window.page.locator("code.break").text_content()
    assert feed
    response = visit().page.request.get(feed)
    assert response.ok
    assert "BEGIN:VEVENT" in response.text()


SHORT_FORMS = ("gp-01.aim", "gp-02.confidence", "gp-02.role", "gp-02.next-ten", "gp-04.words", "gp-04.stories")


def begin(visit: Open, email: str, javascript: bool) -> Visit:
    """Be invited, choose a password, and stand at the beginning of the path."""
    link = invite(visit, email)
    window = visit(javascript=javascript)
    window.go(link)
    window.field("name").fill("Ny Læge")
    window.field("password").fill("cykel lampe skov onsdag")
    window.press("Kom i gang")
    window.sees_heading("Min vej")
    return window


def check(window: Visit) -> None:
    """The page as it stands, where axe can run."""
    if window.javascript:
        window.check()


@ways
def test_reading_and_the_short_forms(visit: Open, javascript: bool) -> None:
    """gp-01, gp-02 and gp-04, by their own next buttons."""
    window = begin(visit, "laeser@demo.example", javascript)
    window.go("/runs/1/modules/gp-01/trygt")
    window.press("Jeg har læst siden")
    window.sees("er læst.")
    for activity_id in SHORT_FORMS:
        window.go(f"/runs/1/activities/{activity_id}")
        window.page.locator("main .actions .button-primary").first.click()
        steps = form_of(activity_id).steps
        for step in steps:
            window.sees_heading(step.title)
            fill(window, step)
            check(window)
            window.press("Gem og afslut" if step is steps[-1] else "Gem og fortsæt")
        window.sees_heading("Tak, du er færdig")


@ways
def test_the_quiz_explains_itself(visit: Open, javascript: bool) -> None:
    window = begin(visit, "myter@demo.example", javascript)
    window.go("/runs/1/exercises/gp-04.myths")
    window.press("Se forklaringerne")
    window.sees("Svar på")
    check(window)
    quiz = course().activities["gp-04.myths"].exercises[0].spec
    for question in quiz.questions:
        window.page.locator(f'label[for="{question.id}-{question.options[0].id}"]').click()
    window.press("Se forklaringerne")
    window.sees(f"af {len(quiz.questions)} svar ramte")
    for option in (option for question in quiz.questions for option in question.options):
        window.sees(option.why[:40])
    check(window)
    window.press("Prøv igen")
    window.sees("Se forklaringerne")


@ways
def test_two_cases_from_nothing_to_the_receipt(visit: Open, javascript: bool) -> None:
    window = begin(visit, "skriver@demo.example", javascript)
    for slot in ("good", "bad"):
        window.go(f"{CASE_URL}/{slot}")
        window.press("Begynd", exact=False)
        write_case(window, check=javascript and slot == "good")
        check(window)
        window.press("Send forløbet")
        window.sees("Der mangler lidt")
        check(window)
        send_case(window)
        window.sees("Kvitteringsnummer")
        check(window)
    number = window.page.locator(".receipt-number").inner_text()
    window.press("Se oversigten")
    window.sees(number)
    window.press("Træk forløbet tilbage")
    window.sees("trukket forløbet tilbage")
    window.press("Se igennem og send")
    send_case(window)


@ways
def test_personal_data_is_stopped_at_the_door(visit: Open, site: Site, javascript: bool) -> None:
    window = visit("Nikolaj", javascript=javascript)
    window.go(f"{CASE_URL}/good/steps/events")
    fill(window, CASE.steps[1])
    wanted = window.page.locator("#wanted")
    wanted.fill(f"Hun hedder Anne Petersen, har cpr {NUMBER} og telefon 20 30 40 50 og ville gerne blive på arbejde.")
    if javascript:
        window.page.locator("#did").focus()
        expect(wanted).not_to_have_value(re.compile(NUMBER))
        window.check_axe()
    window.press("Gem")
    expect(wanted).to_have_value(re.compile(r"\[CPR-nummer\]"))
    expect(wanted).not_to_have_value(re.compile(r"20 30 40 50"))
    if not javascript:
        window.sees("uden nogle oplysninger")
    for step in (CASE.steps[0], CASE.steps[2]):
        window.go(f"{CASE_URL}/good/steps/{step.id}")
        fill(window, step)
        window.press("Gem")
        expect(window.page.locator("[data-save-status]")).to_contain_text("Gemt")
        window.page.wait_for_load_state()
    window.go(f"{CASE_URL}/good/submit")
    window.sees("Se på disse ord")
    window.sees("Anne Petersen")
    if javascript:
        window.check()
    assert NUMBER not in everything_stored(site)


def everything_stored(site: Site) -> str:
    """Every row of the database as text."""
    return str(rows(site.engine))


def test_autosave_says_saved_only_when_it_is(visit: Open, site: Site) -> None:
    window = visit("Nikolaj")
    window.go(f"{CASE_URL}/good/steps/events")
    status = window.page.locator("[data-save-status]")
    window.page.locator("#wanted").fill("vaskemaskinen i kælderen var for tung for skulderen")
    expect(status).to_contain_text("Gemt")
    assert "vaskemaskinen i kælderen" in everything_stored(site)
    window.page.context.set_offline(True)
    window.page.locator("#wanted").fill("vaskemaskinen på loftet var for tung for skulderen")
    expect(status).to_have_attribute("data-state", re.compile("offline|error"))
    assert "vaskemaskinen på loftet" not in everything_stored(site)
    window.page.context.set_offline(False)
    expect(status).to_have_attribute("data-state", "saved")
    assert "vaskemaskinen på loftet" in everything_stored(site)


@ways
def test_two_tabs_disagree_and_both_texts_are_shown(visit: Open, javascript: bool) -> None:
    first, second = visit("Nikolaj", javascript=False), visit("Nikolaj", javascript=javascript)
    for window in (first, second):
        window.go(f"{CASE_URL}/good/steps/events")
    first.page.locator("#wanted").fill("Den ene fane skrev, at hun ville have ro.")
    first.press("Gem")
    second.page.locator("#wanted").fill("Den anden fane skrev, at hun ville tilbage.")
    if javascript:
        second.page.locator("[data-autosave-banner]").wait_for(state="visible")
        second.check_axe()
        second.press("Se begge udgaver")
    else:
        second.press("Gem")
    second.sees_heading("Der er to udgaver af det samme")
    second.sees("Den ene fane")
    second.sees("Den anden fane")
    if javascript:
        second.check()
    second.page.locator('label[for="pick-wanted-both"]').click()
    second.page.locator("#both-wanted").fill("Hun ville have ro, og hun ville tilbage.")
    second.press("Gem det valgte")
    first.go(f"{CASE_URL}/good/steps/events")
    expect(first.page.locator("#wanted")).to_have_value("Hun ville have ro, og hun ville tilbage.")


@ways
def test_the_first_half_of_an_analysis(visit: Open, javascript: bool) -> None:
    window = visit("Nikolaj", javascript=javascript)
    window.go("/runs/1/activities/gp-05.analysis/main")
    window.sees("Åbner")
    window.press("Begynd", exact=False)
    describe, explain = form_of("gp-05.analysis").steps[:2]
    window.sees_heading(describe.title)
    expect(window.page.locator("#description")).to_have_value(re.compile("Patienten ville:"))
    window.sees("Fra dom til det, du så")
    if javascript:
        window.check()
    window.page.locator("#description").fill("Lederen var doven. " + LONG)
    window.press("Gem og fortsæt")
    window.sees_heading(explain.title)
    fill(window, explain)
    if javascript:
        window.check()
    window.press("Gem og gå til oversigten")
    window.sees_heading("Analyse af en kritisk episode")
    window.sees("tænke over")
    if javascript:
        window.check()
    window.go("/runs/1/activities/gp-05.analysis/main/steps/position")
    window.sees("Åbner")
    window.go("/runs/1/path")
    window.sees("Resten åbner senere")


def test_the_whole_way_by_keyboard(visit: Open, site: Site) -> None:
    """Sign in, find the next thing, write a case and send it: Tab, Enter, Space and letters, nothing else."""
    window = visit()
    account = site.account("Nikolaj")
    window.go("/")
    page = window.page
    window.tab_to(page.get_by_label("Mailadresse", exact=True))
    page.keyboard.insert_text(account.email)
    window.tab_to(page.get_by_label("Adgangskode", exact=True))
    page.keyboard.insert_text(account.password)
    window.key("Enter")
    window.sees_heading("Min vej")
    window.key("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Gå til indholdet"
    window.key("Enter")
    window.tab_to(page.get_by_role("link", name="Et forløb, der gik godt").first)
    window.key("Enter")
    for step in CASE.steps:
        window.sees_heading(step.title)
        fill_by_keyboard(window, step)
        window.tab_to(page.locator('button[name=action][value="next"]'))
        window.key("Enter")
    window.sees_heading("Se igennem og send")
    for number in range(len(CASE.self_check)):
        window.tab_to(page.locator(f"#check-{number}"))
        window.key("Space")
    window.tab_to(page.get_by_role("button", name="Send forløbet"))
    window.key("Enter")
    window.sees_heading("Tak, vi har modtaget forløbet")


@ways
def test_a_double_click_sends_once(visit: Open, site: Site, javascript: bool) -> None:
    window = visit("Dorte", javascript=javascript)
    window.go(f"{CASE_URL}/good")
    before = len(rows(site.engine)["submission"])
    window.page.locator("main .actions a").first.click()
    for step in CASE.steps:
        window.go(f"{CASE_URL}/good/steps/{step.id}")
        fill(window, step, only_required=True)
        window.press("Gem")
        window.page.wait_for_load_state()
        expect(window.page.locator("[data-save-status]")).to_contain_text("Gemt")
        window.page.wait_for_load_state()
    window.go(f"{CASE_URL}/good/submit")
    for number in range(len(CASE.self_check)):
        window.page.locator(f'label[for="check-{number}"]').click()
    window.page.get_by_role("button", name="Send forløbet").dblclick()
    window.sees_heading("Tak, vi har modtaget forløbet")
    assert len(rows(site.engine)["submission"]) == before + 1


def test_signed_out_in_the_middle_nothing_is_lost(visit: Open) -> None:
    """A sign-in that runs out under somebody's hands gives the text back after signing in again."""
    window = visit(javascript=False)
    window.go("/")
    window.press("Log ind som Nikolaj Birkemose")
    window.sees_heading("Min vej")
    window.go(f"{CASE_URL}/good/steps/events")
    window.page.locator("#wanted").fill("en lang tanke, som ikke må gå tabt")
    other = window.page.context.new_page()
    other.goto("/account")
    other.locator("header").get_by_role("button", name="Log ud").first.click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Log ind")
    other.close()
    window.press("Gem")
    window.sees("Din tekst er her endnu")
    window.press("Log ind som Nikolaj Birkemose")
    window.sees("en lang tanke, som ikke må gå tabt")
