"""Take the pictures of the guides anew, from the demo and the preview: ``python -m tests.browser.shots [name …]``.

The clock stands at one Danish day, so that the same program gives the same pictures.
"""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import time_machine
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from werkzeug.serving import make_server

from course import preview
from course.app import create_app
from course.config import Settings
from course.content.root import REPOSITORY
from course.demo.build import PASSWORD, build
from tests.browser.conftest import ARGUMENTS, CHROMIUM, Quiet
from tests.conftest import SECRET

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


def read(page: Page) -> None:
    page.goto("/runs/1/reviews")
    page.get_by_role("row", name="Nikolaj").get_by_role("link").click()


def write(page: Page) -> Locator:
    page.goto("/runs/1/path")
    page.get_by_role("link", name="Et forløb, der gik godt").first.click()
    page.get_by_role("link", name="Det, der skete").first.click()
    field = page.get_by_label("Hvad gjorde du?")
    field.fill("Jeg ringede til lederen på 20 30 40 50 sammen med patienten, og vi talte om opgaverne.")
    page.keyboard.press("Tab")
    page.get_by_text("[telefon]").first.wait_for()
    page.get_by_text("Gemt 13").wait_for()
    return field


def preview_page(page: Page) -> None:
    page.goto("/courses/gp/modules/gp-02")


def preview_faults(page: Page) -> None:
    page.goto("/")


SHOTS = (
    Shot("min-vej", "poul.erik.tranholm", path, 900),
    Shot("holdet", "birgit.lundsgaard", cockpit, 900),
    Shot("inviter", "birgit.lundsgaard", invite, 900),
    Shot("frist-flyt", "birgit.lundsgaard", move_deadline, 900),
    Shot("indbakke", "maja.ellekaer", inbox, 900),
    Shot("forloeb-laes", "maja.ellekaer", read, 1000),
    Shot("skriv-forloeb", "lasse.moerkeby", write, 800, PHONE),
    Shot("preview-side", "", preview_page, 900),
    Shot("preview-fejl", "", preview_faults, 600),
)


@contextmanager
def serving(make: Callable[[int], Flask]) -> Iterator[str]:
    """The address of an application on a free port of this machine, while the block lasts."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        port: int = listening.getsockname()[1]
        server = make_server(
            "127.0.0.1", port, make(port), threaded=True, request_handler=Quiet, fd=listening.fileno()
        )
        server.daemon_threads = True  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{port}"
        server.shutdown()
        thread.join(10)
        server.server_close()


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


def copy_content(to: Path) -> Path:
    """The repository's content, to be broken."""
    for folder in ("modules", "assessments", "cases"):
        shutil.copytree(REPOSITORY / folder, to / folder)
    return to


def broken_content(to: Path) -> Path:
    """The content with four faults an author makes."""
    root = copy_content(to)
    for file, was, becomes in (
        ("modules/gp/gp-02/module.yaml", "title:", "titel:"),
        ("modules/gp/gp-05/module.yaml", "due: cases", "due: forløb"),
    ):
        path = root / file
        text = path.read_text(encoding="utf-8")
        assert was in text, f"{file} no longer holds »{was}«"
        path.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    return root


def take(browser: Browser, url: str, shot: Shot) -> Path:
    """Take one picture and say where it is."""
    context = browser.new_context(
        base_url=url,
        viewport={"width": shot.width, "height": shot.height},
        device_scale_factor=2 if shot.width == PHONE else 1,
        locale="da-DK",
        timezone_id="Europe/Copenhagen",
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    if shot.who:
        page.goto("/sign-in")
        page.get_by_label("Mailadresse").fill(f"{shot.who}@demo.example")
        page.get_by_label("Adgangskode", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Log ind", exact=True).click()
    top = shot.stage(page)
    if top is not None:
        top.evaluate("e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 120)")
    page.evaluate("document.fonts.ready")
    file = PICTURES / f"{shot.name}.png"
    page.screenshot(path=file, animations="disabled", caret="hide")
    context.close()
    size = file.stat().st_size
    assert size < LARGEST, f"{file.name} holds {size} bytes"
    return file


def main(names: list[str]) -> None:
    """Take the named pictures, or all."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    wanted = [shot for shot in SHOTS if not names or shot.name in names]
    with (
        tempfile.TemporaryDirectory() as made,
        time_machine.travel(NOW, tick=True),
        sync_playwright() as playwright,
        serving(lambda port: demo(Path(made), port)) as of_demo,
        serving(lambda _: preview.create_app(REPOSITORY)) as of_preview,
        serving(lambda _: preview.create_app(broken_content(Path(made) / "broken"))) as of_broken,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, "--lang=da-DK"])
        for shot in wanted:
            url = of_demo if shot.who else of_broken if shot.stage is preview_faults else of_preview
            print(f"{take(browser, url, shot).relative_to(REPOSITORY)}", flush=True)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
