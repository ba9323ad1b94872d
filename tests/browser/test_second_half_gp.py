"""The second half as a GP walks it: group, worksheet, agreement, log, homework, words to a peer, certificate, data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.stages import HOMEWORK, PASSWORD, WORDS, Staged, clock_of, groups
from tests.browser.visit import Visit
from tests.browser.writing import fill, fill_by_keyboard, keep_every_word
from tests.factories import form_of
from tests.printing.pdfua import faults
from tests.wholerun import DAY2, at

pytestmark = pytest.mark.browser

ways = pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
SHEET, LOG = "activities/gp-13.worksheet/main", "activities/gp-21.log/main"
EXPLAIN, MEANING, PROBLEMS = form_of("gp-13.worksheet").steps
HOSTILE = "<script>alert(1)</script> {{7*7}} ${7*7} 😀 æøå \u202e %s ' OR 1=1 --"


@pytest.fixture
def site(staged: Staged) -> Iterator[Staged]:
    """The run at its great moments, in place of the demo."""
    with clock_of(staged):
        yield staged


def check(window: Visit) -> None:
    """The page as it stands, where axe can run."""
    if window.javascript:
        window.check()


def send(window: Visit) -> None:
    """Tick what is asked of oneself, keep every word, and send."""
    window.page.locator('main form[action$="/submit"]').wait_for()
    keep_every_word(window)
    for box in window.page.locator("main form [name=check]").all():
        box.check()
    with window.page.expect_navigation():
        window.page.locator('main form[action$="/submit"] .actions button').last.click()


def saved(window: Visit) -> None:
    """Wait until the page says that it is saved."""
    if window.javascript:
        expect(window.page.locator("[data-save-status]")).to_have_attribute("data-state", "saved")
    else:
        window.press("Gem")
        expect(window.page.locator("[data-save-status]")).to_contain_text("Gemt")


# -- the group and its worksheet ---------------------------------------------------------------------------------------


@ways
def test_two_write_in_one_worksheet_and_no_word_is_lost(visit: Open, site: Staged, javascript: bool) -> None:
    site.put("day1")
    first, second, *_ = groups(site.play)[0]
    one, other = visit(first, javascript=javascript), visit(second, javascript=javascript)
    one.go(site.url_of("sessions/day1/group"))
    one.sees("Din gruppe: Gruppe 1")
    one.sees("Dit eget")
    check(one)
    one.press("Gruppens ark")
    check(one)
    for window in (one, other):
        window.go(site.url_of(f"{SHEET}/steps/meaning"))
    one.page.locator("#dilemma").fill("På den ene side ryggen, skriver den ene.")
    saved(one)
    other.page.locator("#example_of").fill("Et eksempel på en besked, der blev båret, skriver den anden.")
    saved(other)
    if javascript:
        expect(other.page.locator("#dilemma")).to_have_value("På den ene side ryggen, skriver den ene.")
    check(other)
    one.go(site.url_of(f"{SHEET}/steps/meaning"))
    expect(one.page.locator("#example_of")).to_have_value(re.compile("skriver den anden"))
    expect(one.page.locator("#dilemma")).to_have_value(re.compile("skriver den ene"))


def test_the_same_field_at_the_same_time(visit: Open, site: Staged) -> None:
    """Without JavaScript: both texts are shown, with whose they are, and one chooses."""
    site.put("day1")
    first, second, *_ = groups(site.play)[0]
    one, other = visit(first, javascript=False), visit(second, javascript=False)
    for window, text in ((one, "Den ene skrev noget."), (other, "Den anden skrev noget ganske andet.")):
        window.go(site.url_of(f"{SHEET}/steps/meaning"))
        window.page.locator("#limits").fill(text)
    one.press("Gem")
    other.press("Gem")
    other.sees("Den ene skrev noget.")
    other.sees("Den anden skrev noget ganske andet.")
    if other.page.locator("h1").inner_text() == "Der er to udgaver af det samme":
        other.page.locator('label[for="pick-limits-both"]').click()
        other.press("Gem det valgte")
    one.go(site.url_of(f"{SHEET}/steps/meaning"))
    both = one.page.locator("#limits").input_value()
    assert "Den ene skrev noget." in both
    assert "Den anden skrev noget ganske andet." in both


def test_a_worksheet_from_nothing_to_sent(visit: Open, site: Staged) -> None:
    site.put("day1")
    name = groups(site.play)[0][0]
    window = visit(name, javascript=False)
    for step in (EXPLAIN, MEANING, PROBLEMS):
        window.go(site.url_of(f"{SHEET}/steps/{step.id}"))
        fill(window, step)
        window.press("Gem")
    window.go(site.url_of(f"{SHEET}/submit"))
    send(window)
    window.sees("Kvitteringsnummer")
    other = visit(groups(site.play)[0][1])
    other.go(site.url_of("sessions/day1/group"))
    other.sees("Sendt")
    other.check()
    stranger = visit(groups(site.play)[1][0])
    stranger.go(site.url_of(SHEET))
    stranger.sees("ikke begyndt")
    team = other.page.request.get(site.url_of("teams/1")).status
    assert (team, stranger.page.request.get(site.url_of("teams/1")).status) == (200, 404)


@ways
def test_the_group_is_dissolved_while_it_writes(visit: Open, site: Staged, javascript: bool) -> None:
    site.put("day1")
    name = groups(site.play)[0][0]
    window, staff = visit(name, javascript=javascript), visit("mette", javascript=False)
    window.go(site.url_of(f"{SHEET}/steps/meaning"))
    window.page.locator("#limits").fill("det, der nåede at blive gemt")
    saved(window)
    staff.go(site.url_of("sessions/day1/groups"))
    staff.press("Opløs Gruppe 1 …")
    staff.press("Opløs gruppen")
    text = "det, der stod på skærmen, da gruppen blev opløst"
    window.page.locator("#dilemma").fill(text)
    if javascript:
        expect(window.page.locator("[data-autosave-banner]")).to_be_visible()
    window.press("Gem")
    window.sees(text)
    check(window)
    window.go(site.url_of("sessions/day1/group"))
    window.sees("Du er ikke i en gruppe endnu.")
    window.press("Gruppe 1: det, I skrev")
    window.sees("det, der nåede at blive gemt")
    check(window)


def test_the_sign_in_runs_out_over_the_worksheet(visit: Open, site: Staged) -> None:
    """What was typed is shown, and sent after signing in beside it."""
    site.put("day1")
    name = groups(site.play)[0][0]
    window = visit(name, javascript=False)
    window.go(site.url_of(f"{SHEET}/steps/meaning"))
    window.page.locator("#dilemma").fill("en lang tanke, som ikke må gå tabt")
    window.page.context.clear_cookies()
    window.press("Gem")
    window.sees("Din tekst er her endnu")
    window.sees("en lang tanke, som ikke må gå tabt")
    other = Visit(window.page.context.new_page(), site.url, javascript=False)
    other.go("/sign-in")
    other.write("Mailadresse", site.email(name))
    other.write("Adgangskode", PASSWORD)
    other.press("Log ind")
    other.sees_heading("Min vej")
    window.press("Send teksten")
    window.sees("en lang tanke, som ikke må gå tabt")


# -- agreement, log, homework ------------------------------------------------------------------------------------------


def test_the_agreement_by_the_keyboard_alone(visit: Open, site: Staged) -> None:
    site.put("day1")
    site.turn(site.moments["evening1"].now)
    window = visit("anna")
    window.go(site.url_of("activities/gp-17.commitment/main/steps/commitment"))
    page = window.page
    window.tab_to(page.locator("#what"))
    page.keyboard.insert_text("Jeg spørger til arbejdet, hver gang nogen kommer med ryggen i den næste uge.")
    window.tab_to(page.locator("#when"))
    page.keyboard.type("15012027")
    window.tab_to(page.locator("#sign"))
    page.keyboard.insert_text("der står noget om arbejdet i fem journaler")
    window.tab_to(page.locator("#sure-0"))
    window.key("Space")
    window.check()
    window.tab_to(page.get_by_role("button", name="Gem og afslut"))
    window.key("Enter")
    window.sees_heading("Tak, du er færdig")
    window.check()


@ways
def test_every_new_free_text_keeps_what_is_typed(visit: Open, site: Staged, javascript: bool) -> None:
    """Markup, templates, emoji and far too much: shown as text, kept or refused with a sentence, never executed."""
    site.put("homework")
    window = visit("anna", javascript=javascript)
    for page in ("activities/gp-17.commitment/main/steps/commitment", "activities/gp-23.homework/main/steps/reflect"):
        window.go(site.url_of(page))
        area = window.page.locator("main textarea").first
        area.fill(HOSTILE)
        window.press("Gem")
        kept = re.compile(r"<script>alert\(1\)</script> \{\{7\*7\}\}")
        expect(window.page.locator("main textarea").first).to_have_value(kept)
        window.page.wait_for_load_state()
        area = window.page.locator("main textarea").first
        area.evaluate("e => { e.removeAttribute('maxlength'); e.value = 'ordet '.repeat(17000) + '\\u0000'; }")
        window.press("Gem")
        expect(window.page.locator(".field-error").first).to_contain_text("tegn")
    check(window)


@ways
def test_the_log_and_the_live_count_of_the_homework(visit: Open, site: Staged, javascript: bool) -> None:
    site.put("evening1")
    window = visit("bo", javascript=javascript)
    for step in form_of("gp-21.log").steps:
        window.go(site.url_of(f"{LOG}/steps/{step.id}"))
        fill(window, step)
        check(window)
        window.press("Gem")
        expect(window.page.locator("[data-save-status]")).to_contain_text("Gemt")
    window.go(site.url_of(f"{LOG}/submit"))
    send(window)
    window.sees_heading("Tak")
    reflect, stand = form_of(HOMEWORK).steps
    window.go(site.url_of(f"activities/{HOMEWORK}/main/steps/{reflect.id}"))
    words = " ".join(["arbejdet fylder hos patienten, og jeg spurgte for sent til det"] * 30)
    fill(window, reflect, text=words)
    if javascript:
        window.sees(f"{len(words.split())} ord")
        window.page.locator("#reflection").fill("tre små ord")
        window.sees("3 ord")
        window.page.locator("#reflection").fill(words)
        window.sees(f"{len(words.split())} ord")
    check(window)
    window.press("Gem og fortsæt")
    window.sees_heading(stand.title)
    fill(window, stand)
    check(window)
    window.press("Gem og se det igennem")
    send(window)
    window.sees("Kvitteringsnummer")
    check(window)
    window.page.go_back()
    send_again = window.page.locator('main form[action$="/submit"] .actions button')
    if send_again.count():
        send_again.last.click()
    window.go(site.url_of(f"activities/{HOMEWORK}/main"))
    window.sees("Sendt")


# -- words to a peer ---------------------------------------------------------------------------------------------------


@ways
def test_words_to_a_peer_and_an_answer(visit: Open, site: Staged, javascript: bool) -> None:
    site.put("peers_met")
    window = visit("carl", javascript=javascript)
    window.go(site.url_of(f"peers/{HOMEWORK}"))
    window.sees("Kun du og underviserne kan læse den her.")
    check(window)
    window.press("Skriv dine ord")
    (step,) = form_of(WORDS).steps
    window.go(site.url_of(f"activities/{WORDS}/main/steps/{step.id}"))
    fill(window, step)
    check(window)
    window.press("Gem og se det igennem")
    send(window)
    receiver = visit("erik", javascript=javascript)
    receiver.go(site.url_of(f"homework/{HOMEWORK}/words"))
    receiver.sees("Patienten havde haft ondt i lang tid")
    check(receiver)
    receiver.press("Skriv et svar")
    (step,) = form_of("gp-23.answer").steps
    receiver.go(site.url_of(f"activities/gp-23.answer/main/steps/{step.id}"))
    fill(receiver, step)
    check(receiver)
    assert visit("anna").page.request.get(site.url_of(f"activities/{WORDS}/main")).status == 200
    stranger = visit("anna")
    stranger.go(site.url_of(f"homework/{HOMEWORK}/words"))
    stranger.sees_not("Patienten havde haft ondt i lang tid")


def test_words_by_the_keyboard_alone(visit: Open, site: Staged) -> None:
    site.put("peers_met")
    window = visit("dora")
    (step,) = form_of(WORDS).steps
    window.go(site.url_of(f"activities/{WORDS}/main/steps/{step.id}"))
    fill_by_keyboard(window, step)
    window.tab_to(window.page.locator('button[name=action][value="next"]').or_(window.page.locator("[value=finish]")))
    window.key("Enter")
    window.sees_heading("Se igennem og send")


# -- the certificate and one's own data --------------------------------------------------------------------------------


def test_ones_certificate_and_the_page_that_checks_it(visit: Open, site: Staged) -> None:
    site.put("after")
    window = visit("fie")
    window.go(site.url_of("certificate"))
    window.sees("Fremmødet på Kursusdag 1 mangler eller er for kort.")
    window.check()
    assert window.page.request.get(site.url_of("certificate.pdf")).status == 404
    site.put("done")
    window = visit("bo")
    window.go(site.url_of("certificate"))
    window.sees("Dit bevis er klar")
    window.check()
    pdf = window.page.request.get(site.url_of("certificate.pdf"))
    assert faults(pdf.body()) == []
    number = window.page.locator("dd", has_text=re.compile(r"^\w{5}(-\w{5}){4}$")).inner_text()
    nobody = visit()
    nobody.go("/certificates")
    nobody.check()
    nobody.tab_to(nobody.field("number"))
    nobody.page.keyboard.insert_text(number.lower().replace("-", " "))
    nobody.key("Enter")
    nobody.sees_heading("Kursusbeviset er gyldigt")
    for text in ("Læge Bo", "Praktiserende læge", "Medborgerhuset", "SL-2026-44", "Klynge Åsbakken", number):
        nobody.sees(text)
    nobody.check()
    for guessed in (number[:-1] + ("A" if number[-1] != "A" else "B"), "ukendt", "%00", "<script>", "🦊"):
        answer = nobody.page.request.get(f"/certificates/{guessed}")
        assert answer.status == 404, guessed
        assert "Læge" not in answer.text()
    tries = [nobody.page.request.get("/certificates/AAAAA-AAAAA-AAAAA-AAAAA-AAAAA").status for _ in range(30)]
    assert tries[-1] == 429


@ways
def test_ones_data_is_read_taken_out_and_erased(visit: Open, site: Staged, javascript: bool) -> None:
    site.put("done")
    window = visit("bo", javascript=javascript)
    window.go("/account")
    window.press("Mine data", exact=False)
    window.sees_heading("Mine data")
    window.sees("Min aftale")
    check(window)
    taken = window.page.request.get("/me/data.json")
    assert json.loads(taken.text())["navn"] == "Læge Bo"
    if javascript:
        assert faults(window.page.request.get("/me/data.pdf").body()) == []
    window.press("Slet mig …")
    check(window)
    window.field("password").fill("forkert adgangskode")
    window.press("Fortsæt")
    window.sees("Det er ikke din adgangskode.")
    window.field("password").fill(PASSWORD)
    window.press("Fortsæt")
    window.sees_heading("Er du helt sikker?")
    check(window)
    window.press("Slet mig nu")
    window.sees_heading("Er du helt sikker?")
    window.page.locator("main [name=sure]").check()
    window.press("Slet mig nu")
    window.sees("Du er slettet.")
    window.go(site.url_of("path"))
    window.sees_heading("Log ind")
    staff = visit("olga")
    staff.go(site.url_of("completion"))
    staff.sees_not("Læge Bo")


@ways
def test_a_run_is_left(visit: Open, site: Staged, javascript: bool) -> None:
    site.put("peers_met")
    window = visit("dora", javascript=javascript)
    window.go("/me/data")
    window.press("forlad holdet …", exact=False)
    check(window)
    window.press("Forlad holdet")
    window.sees("Du er ikke længere på holdet »Hold Åsbakken«.")
    assert window.page.request.get(site.url_of("path")).status == 404
    staff = visit("mette", javascript=False)
    staff.go(site.url_of(f"homework/{HOMEWORK}"))
    staff.sees("5 af 5 har afleveret.")


def test_after_three_months_one_is_asked_what_came_of_it(visit: Open, site: Staged) -> None:
    site.put("done")
    site.turn(at(DAY2 + timedelta(days=95), 10))
    window = visit("carl")
    window.go(site.url_of("activities/gp-43.followup/main"))
    window.press("Begynd", exact=False)
    (step, *_) = form_of("gp-43.followup").steps
    fill(window, step)
    window.check()
    window.page.locator("main [data-save-status]").first.wait_for()
    with window.page.expect_navigation():
        window.page.locator("main form .save-bar button").first.click()
    window.sees_heading("Tak, du er færdig")
    window.check()
