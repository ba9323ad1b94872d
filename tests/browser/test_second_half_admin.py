"""The end of a run as the organiser and the administrator walk it: completion, certificates, sheets, backup."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from course.accounts import sign_ins
from course.config import Settings
from course.db.session import EXTENSION, new_session
from course.maintenance import commands
from course.work.models import Work
from tests.browser.conftest import Open, served
from tests.browser.stages import Staged, clock_of
from tests.browser.visit import Visit
from tests.conftest import SECRET

pytestmark = pytest.mark.browser

ways = pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
HOSTILE = "=HYPERLINK(1) <script>alert(1)</script> {{7*7}} 😀 godkendt, for hun tog dagen på et tilsvarende kursus"
NUMBER = "010190-1234"


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
def test_who_lacks_what_until_everybody_has_a_certificate(visit: Open, site: Staged, javascript: bool) -> None:
    site.put("after")
    window = visit("olga", javascript=javascript)
    window.go(site.url_of())
    window.press("Hvem mangler hvad", exact=False)
    window.sees("5 af 6 har gennemført. 0 beviser er udstedt.")
    check(window)
    window.press("Udsted beviser til dem")
    window.sees("5 beviser er udstedt.")
    window.press("Læge Fie")
    window.page.get_by_text("Godkend kurset som gennemført alligevel", exact=True).click()
    window.field("reason").fill("nej")
    window.press("Godkend som gennemført")
    window.sees("Det blev ikke gemt")
    check(window)
    window.field("reason").fill(f"{HOSTILE} {NUMBER}")
    window.press("Godkend som gennemført")
    window.sees("Kurset tæller som gennemført.")
    window.sees("<script>alert(1)</script> {{7*7}} 😀")
    window.sees_not(NUMBER)
    check(window)
    window.press("Udsted bevis")
    window.sees("Beviset er udstedt, og deltageren får en mail.")
    check(window)
    own = visit("fie", javascript=javascript)
    own.go(site.url_of("certificate"))
    own.sees("Dit bevis er klar")


@ways
def test_a_certificate_is_revoked_and_issued_anew(visit: Open, site: Staged, javascript: bool) -> None:
    site.put("done")
    window = visit("olga", javascript=javascript)
    window.go(site.url_of("completion"))
    window.press("Læge Anna")
    number = window.page.locator("dd").nth(1).inner_text()
    window.page.get_by_text("Træk beviset tilbage", exact=True).click()
    window.page.locator("#revoke-reason").fill("Navnet var stavet forkert.")
    window.press("Træk tilbage")
    window.sees("Beviset er trukket tilbage.")
    check(window)
    nobody = visit(javascript=javascript)
    nobody.go(f"/certificates/{number}")
    nobody.sees("Beviset er trukket tilbage")
    nobody.sees_not("Navnet var stavet forkert.")
    nobody.sees_not("Læge Anna")
    check(nobody)
    window.press("Udsted bevis")
    window.page.get_by_text("Udsted igen med rettet navn eller andre oplysninger", exact=True).click()
    window.press("Udsted igen")
    window.sees("Det gamle gælder ikke mere.")


def test_a_double_click_issues_once(visit: Open, site: Staged) -> None:
    site.put("after")
    one, other = visit("olga"), visit("olga", javascript=False)
    for window in (one, other):
        window.go(site.url_of("completion"))
    one.page.get_by_role("button", name="Udsted beviser til dem").dblclick()
    one.sees("5 beviser er udstedt.")
    other.press("Udsted beviser til dem")
    other.sees("5 beviser er udstedt.")


def test_the_run_as_sheets(visit: Open, site: Staged) -> None:
    site.put("done")
    window = visit("olga")
    window.go(site.url_of("completion"))
    with window.page.expect_download() as found:
        window.press("Hent som CSV")
    rows = list(csv.reader(io.StringIO(found.value.path().read_text(encoding="utf-8-sig")), delimiter=";"))
    assert any("Læge Anna" in row for row in rows)
    assert not any(cell.startswith(("=", "+", "@", "-")) for row in rows for cell in row)
    with window.page.expect_download() as found:
        window.press("Hent til Excel (xlsx)")
    assert found.value.path().read_bytes().startswith(b"PK")
    assert visit("mette").page.request.get(site.url_of("completion")).status == 404


def test_a_backup_put_back_on_an_empty_machine(visit: Open, site: Staged, tmp_path: Path) -> None:
    """By the commands; then the restored server answers, with everything in it, and the certificates check out."""
    site.put("done")
    settings: Settings = site.app.extensions["settings"]
    said: list[str] = []
    file, broken = tmp_path / "kopi.zip", tmp_path / "kort.zip"
    assert commands.backup(settings, datetime.now(UTC), file, said.append) == 0, said
    broken.write_bytes(file.read_bytes()[:-500])
    folder = tmp_path / "ny"
    folder.mkdir()
    empty = Settings(instance=folder, database_url=f"sqlite:///{folder / 'demo.db'}", secret_key=SECRET)
    assert commands.restore(empty, datetime.now(UTC), broken, said.append) == 1
    assert commands.restore(empty, datetime.now(UTC), file, said.append) == 0, said
    assert commands.restore(empty, datetime.now(UTC), file, said.append) == 1, "it is no longer empty"
    assert commands.doctor(empty, datetime.now(UTC), said.append) == 0, said
    own = visit("bo")
    own.go(site.url_of("certificate"))
    number = own.page.locator("dd").nth(1).inner_text()
    with served(folder) as (app, home):
        with new_session(app.extensions[EXTENSION]) as session:
            works = session.scalar(select(func.count()).select_from(Work))
            token = sign_ins.begin(session, person_id=site.play.people["olga"], now=datetime.now(UTC))
            session.commit()
        with new_session(site.engine) as session:
            assert works == session.scalar(select(func.count()).select_from(Work))
        window = visit(home=home)
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        cookie = str(serializer.dumps({"_user_id": token, "_fresh": True}))
        window.page.context.add_cookies([{"name": "course", "value": cookie, "url": home}])
        window.go(site.url_of("completion"))
        expect(window.page.get_by_role("row", name="Læge Bo")).to_contain_text("Udstedt")
        window.go(f"/certificates/{number}")
        window.sees_heading("Kursusbeviset er gyldigt")
        window.check()
        window.page.context.close()


STAFF_PAGES = (
    "completion", "completion/2", "mails", "mails/certificate", "export.csv", "outbox", "people", "sessions",
    "sessions/day1", "sessions/day1/groups", "sessions/day1/attendance", "sessions/day1/code", "figures",
    "homework/gp-23.homework", "sessions/day1/folder.pdf",
)  # fmt: skip


def test_the_wrong_people_find_nothing(visit: Open, site: Staged) -> None:
    site.put("done")
    member, nobody = visit("carl"), visit()
    for page in STAFF_PAGES:
        assert member.page.request.get(site.url_of(page)).status == 404, page
        answer = nobody.page.request.get(site.url_of(page))
        assert "/sign-in" in answer.url, page
    for page in ("path", "certificate", "attend", "sessions/day1/group"):
        other = f"/runs/{site.play.other_id}/{page}"
        assert member.page.request.get(other).status == 404, page
