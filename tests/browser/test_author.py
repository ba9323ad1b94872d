"""Journey 8: an author edits a page and a prompt, sees it at once, and is told every fault."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from course.cli import main
from course.preview.app import create_app
from tests.browser.conftest import Open
from tests.factories import ROOT
from tests.serving import serving

pytestmark = pytest.mark.browser


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the content that an author can change."""
    for name in ("modules", "cases", "assessments"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def preview(content: Path) -> Iterator[str]:
    """The address of a running preview of it."""
    with serving(lambda _: create_app(content)) as (_app, url):
        yield url


def test_from_an_edit_to_the_page(visit: Open, content: Path, preview: str) -> None:
    window = visit(home=preview)
    window.go(f"{preview}/")
    window.check()
    window.page.locator('main a[href*="gp"]').first.click()
    window.check()
    window.page.get_by_role("link", name="Din egen mandag").first.click()
    window.check()
    page = content / "modules" / "gp" / "gp-01" / "velkommen.md"
    page.write_text(page.read_text("utf-8") + "\n\nDet her har forfatteren lige skrevet.\n", "utf-8")
    window.sees("Det her har forfatteren lige skrevet.")

    form = content / "assessments" / "gp" / "forms" / "case.yaml"
    text = form.read_text("utf-8")
    form.write_text(text.replace("Hvad ville patienten gerne have?", "Hvad drømte patienten om?"), "utf-8")
    checked = CliRunner().invoke(main, ["check", str(content)])
    assert checked.exit_code == 0, checked.output

    page.write_text(page.read_text("utf-8") + "\n[ingen steder](module:gp-99)\n", "utf-8")
    form.write_text(text.replace("type: choices", "type: ukendt"), "utf-8")
    checked = CliRunner().invoke(main, ["check", str(content)])
    assert checked.exit_code == 1
    lines = [line for line in checked.output.splitlines() if ".md:" in line or ".yaml:" in line]
    assert [line for line in lines if line.startswith("modules/gp/gp-01/velkommen.md:")]
    assert [line for line in lines if line.startswith("assessments/gp/forms/case.yaml:")]
    assert "Traceback" not in checked.output
    window.go(f"{preview}/faults")
    window.sees("velkommen.md")
    window.check()


def test_a_run_under_way_is_not_changed_until_the_organiser_takes_the_new_version(visit: Open) -> None:
    """The demo's runs are pinned; the page that compares them says that nothing is newer."""
    window = visit("Birgit")
    window.go("/runs/1/content")
    expect(window.page.get_by_role("heading", level=1)).to_be_visible()
    window.check()
