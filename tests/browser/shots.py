"""Take the pictures of the guides anew, from the demo and the preview: ``python -m tests.browser.shots [name …]``.

The clock stands at one Danish day, so that the same program gives the same pictures.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import time_machine
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from course import preview
from course.app import create_app
from course.config import Settings
from course.content.root import REPOSITORY
from course.demo.build import PASSWORD, build
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.conftest import SECRET
from tests.serving import serving

PICTURES = REPOSITORY / "docs" / "pictures"
LARGEST = 150_000
"""Bytes: a guide opens quickly on a phone too."""
NOW = datetime(2026, 11, 11, 12, 20, tzinfo=UTC)
"""Wednesday 11 November 2026 at 13.20 in Denmark: day 1 of the demo's first run is then Tuesday 1 December."""
WIDE, PHONE = 1280, 390

Stage = Callable[[Page], Locator | None]
"""Brings a page to what the picture shows; answers what shall stand at its top (None: the page as it is)."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of ``height`` CSS pixels: who is signed in in the demo ("": nobody, in the preview), and the stage."""

    name: str
    who: str
    stage: Stage
    height: int
    width: int = WIDE
    before: tuple[str, Stage] | None = None
    """What somebody else has done first, and who."""


def path(page: Page) -> None:
    page.goto("/runs/1/path")


def cockpit(page: Page) -> None:
    page.goto("/runs/1")


def invite(page: Page) -> None:
    page.goto("/runs/2/people")
    page.get_by_label("Mailadresser").fill(
        "Tove Engholm <tove.engholm@demo.example>\n"
        "Rasmus Lindeskov; rasmus.lindeskov@demo.example; Lægehuset Bakkely\n"
        "Gitte Havgaard, gitte.havgaard@demo\n"
        "Ida Kragelund <ida.kragelund@demo.example>"
    )
    page.get_by_role("button", name="Inviter", exact=True).click()


def move_deadline(page: Page) -> None:
    page.goto("/runs/1/deadlines/cases")
    page.get_by_label("Ny dato").fill("2026-11-20")
    page.get_by_role("button", name="Se, hvad der flytter sig").click()


def inbox(page: Page) -> None:
    page.goto("/runs/1/reviews?state=all&order=author")


def send_with_names(page: Page) -> None:
    """Take the case back, write a name and a place into it, keep both, and send it again."""
    page.goto("/runs/1/path")
    page.get_by_role("link", name="Et forløb, der gik dårligt").first.click()
    page.get_by_role("button", name="Træk forløbet tilbage").click()
    page.get_by_role("link", name="Forløbet", exact=True).click()
    field = page.get_by_label("Hvad gjorde arbejdspladsen")
    field.fill(field.input_value().replace("Lederen ville", "Lederen i Kolding, Flemming, ville", 1))
    page.keyboard.press("Tab")
    page.get_by_text("Se på ordet »Flemming«").wait_for()
    page.get_by_role("button", name="Gem og fortsæt").click()
    page.get_by_role("button", name="Gem og se det igennem").click()
    page.get_by_role("heading", name="Se igennem og send").wait_for()
    for choice in page.get_by_label("Ordet kan blive stående").all():
        choice.check()
    for question in page.locator("[name=check]").all():
        question.check()
    page.get_by_role("button", name="Send forløbet").click()
    page.get_by_role("heading", name="Tak, vi har modtaget forløbet").wait_for()


def read(page: Page) -> None:
    page.goto("/runs/1/reviews")
    page.get_by_role("row", name="Nikolaj").get_by_role("link").click()


def write(page: Page) -> Locator:
    page.goto("/runs/1/path")
    page.get_by_role("link", name="Et forløb, der gik godt").first.click()
    page.get_by_label("Hvad ville patienten gerne have?").fill(
        "Han ville vide, hvornår skulderen var rask nok til fuld tid. Han turde næsten ikke sige det til nogen."
    )
    field = page.get_by_label("Hvad gjorde du?")
    field.fill("Jeg ringede til mester på 20 30 40 50, mens han sad hos mig. Vi talte om en trappe op i tid.")
    page.keyboard.press("Tab")
    page.get_by_text("[telefon]").first.wait_for()
    page.locator("[data-save-status]").get_by_text("Gemt").wait_for()
    return page.get_by_text("Hvad ville patienten gerne have?")


def run_of(page: Page, name: str) -> str:
    """The address of the run of this name, among those of whoever is signed in."""
    page.goto("/")
    address = page.get_by_role("link", name=name).get_attribute("href") or ""
    found = re.match(r"/runs/\d+", address)
    assert found is not None, f"{name} is no run of theirs"
    return found[0]


BETWEEN, FINISHED = "Åsbakken: vinterhold", "Åsbakken: efterårshold"


def groups(page: Page) -> None:
    page.goto(f"{run_of(page, BETWEEN)}/sessions/day1/groups")


def course_day(page: Page) -> None:
    page.goto(f"{run_of(page, BETWEEN)}/sessions/day1")


def attendance(page: Page) -> Locator:
    page.goto(f"{run_of(page, BETWEEN)}/sessions/day1/attendance")
    return page.get_by_role("heading", name="Holdet", exact=True)


def homework(page: Page) -> None:
    page.goto(f"{run_of(page, BETWEEN)}/homework/gp-23.homework")


def completion(page: Page) -> None:
    page.goto(f"{run_of(page, FINISHED)}/completion")


def certificate(page: Page) -> None:
    """What somebody sees who was shown the certificate and follows its code."""
    page.goto("/")
    page.get_by_role("link", name="Kursusbevis", exact=True).click()
    page.get_by_role("link", name="siden med dit nummer").click()
    page.get_by_role("heading", name="Kursusbeviset er gyldigt").wait_for()


def screening(page: Page) -> Locator:
    page.goto("/tools/10")
    answers = ("there", "maybe", "not", "not", "there", "not", "maybe")
    for name, answer in zip(BARRIERS, answers, strict=True):
        page.check(f"#{name}-{answer}")
    page.get_by_role("button", name="Se barriererne samlet").click()
    return page.get_by_role("heading", name="Det fandt I")


def pocket_card(page: Page) -> None:
    page.goto("/lommekort")


def preview_page(page: Page) -> None:
    page.goto("/courses/gp/modules/gp-02")


def preview_faults(page: Page) -> None:
    page.goto("/")


BARRIERS = ("expectations", "heavy", "fixed", "stress", "support", "unhappy", "fear")
SHOTS = (
    Shot("min-vej", "poul.erik.tranholm", path, 900),
    Shot("holdet", "birgit.lundsgaard", cockpit, 900),
    Shot("inviter", "birgit.lundsgaard", invite, 740),
    Shot("frist-flyt", "birgit.lundsgaard", move_deadline, 900),
    Shot("indbakke", "maja.ellekaer", inbox, 900),
    Shot("forloeb-laes", "maja.ellekaer", read, 1000, before=("nikolaj.birkemose", send_with_names)),
    Shot("skriv-forloeb", "lasse.moerkeby", write, 740, PHONE),
    Shot("kursusdag", "birgit.lundsgaard", course_day, 900),
    Shot("grupper", "birgit.lundsgaard", groups, 900),
    Shot("fremmoede", "maja.ellekaer", attendance, 740, PHONE),
    Shot("hjemmeopgave", "maja.ellekaer", homework, 900),
    Shot("hvem-mangler", "birgit.lundsgaard", completion, 900),
    Shot("kursusbevis", "mette.lindegaard", certificate, 740, PHONE),
    Shot("redskab-10", "karen.oesterhus", screening, 640),
    Shot("lommekort", "karen.oesterhus", pocket_card, 700, 400),
    Shot("preview-side", "", preview_page, 900),
    Shot("preview-fejl", "", preview_faults, 640),
)


def demo(instance: Path, port: int) -> Flask:
    """The demo, but without the list of accounts."""
    app = create_app(
        Settings(
            instance=instance,
            database_url=f"sqlite:///{instance / 'demo.db'}",
            secret_key=SECRET,
            base_url=f"http://127.0.0.1:{port}",
            demo=True,
        )
    )
    build(app, NOW)
    return app


FAULTS = (
    ("modules/gp/gp-02/module.yaml", "title:", "titel:"),
    ("modules/gp/gp-04/module.yaml", "file: myter.md", "file: mytter.md"),
    ("modules/gp/gp-05/module.yaml", "due: cases", "due: case"),
    ("modules/gp/course.yaml", "14 days before day1", "14 days before day3"),
)
"""What an author gets wrong: file, what stands there, what was typed."""


def broken_content(root: Path) -> Path:
    """The content with every fault of ``FAULTS``."""
    for folder in ("modules", "assessments", "cases"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    for name, was, becomes in FAULTS:
        file = root / name
        text = file.read_text(encoding="utf-8")
        assert was in text, f"{name} no longer holds »{was}«"
        file.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    return root


@contextmanager
def window(browser: Browser, url: str, who: str, width: int, height: int) -> Iterator[Page]:
    """A window of the browser, signed in when there is somebody to be."""
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        device_scale_factor=2 if width == PHONE else 1,
        locale="da-DK",
        timezone_id="Europe/Copenhagen",
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    if who:
        page.goto("/sign-in")
        page.get_by_label("Mailadresse").fill(f"{who}@demo.example")
        page.get_by_label("Adgangskode", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Log ind", exact=True).click()
    yield page
    context.close()


def take(browser: Browser, url: str, shot: Shot) -> Path:
    """Take one picture and say where it is."""
    if shot.before:
        who, stage = shot.before
        with window(browser, url, who, WIDE, shot.height) as page:
            stage(page)
    file = PICTURES / f"{shot.name}.png"
    with window(browser, url, shot.who, shot.width, shot.height) as page:
        top = shot.stage(page)
        if top is not None:
            top.evaluate("e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 32)")
        page.evaluate("document.fonts.ready")
        page.screenshot(path=file, animations="disabled", caret="hide")
    size = file.stat().st_size
    assert size < LARGEST, f"{file.name} holds {size} bytes"
    return file


def main(names: list[str]) -> None:
    """Take the named pictures, or all."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    unknown = set(names) - {shot.name for shot in SHOTS}
    if unknown:
        raise SystemExit(f"no such picture: {', '.join(sorted(unknown))}")
    wanted = [shot for shot in SHOTS if not names or shot.name in names]
    with (
        tempfile.TemporaryDirectory() as made,
        time_machine.travel(NOW, tick=True),
        sync_playwright() as playwright,
        serving(lambda port: demo(Path(made), port)) as (_, of_demo),
        serving(lambda _: preview.create_app(REPOSITORY)) as (_, of_preview),
        serving(lambda _: preview.create_app(broken_content(Path(made) / "broken"))) as (_, of_broken),
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, "--lang=da-DK"])
        for shot in wanted:
            url = of_demo if shot.who else of_broken if shot.stage is preview_faults else of_preview
            print(take(browser, url, shot).relative_to(REPOSITORY), flush=True)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
