"""The pages under /design and the macros they show: strict HTML, accessible, light."""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import html5lib
import pytest
from flask import Flask
from jinja2 import StrictUndefined
from markupsafe import Markup
from playwright.sync_api import Browser, ConsoleMessage, Page
from werkzeug.serving import make_server
from wtforms import Form, PasswordField, StringField, validators

from course.content.catalogue import Field, FieldColumn, FieldType, Guard, Option
from course.web import assets, danish, design, errors, security
from course.web.password_strength import COMMON, password_strength
from tests.web.test_password_strength import VECTORS

STATIC = Path(assets.__file__).parent / "static"
AXE = Path(__file__).parent.parent / "browser" / "vendor" / "axe.min.js"
PAGES = ["/design", "/design/confirm", *(f"/design/errors/{status}" for status in errors.PAGES)]
FIRST_VISIT = 100_000
RETURN_VISIT = 15_000
HTML = "<b>&{{ 1 }}</textarea>"


@pytest.fixture(scope="module")
def look() -> Flask:
    """The look alone: templates, static files, headers and the pages under /design."""
    here = Path(assets.__file__).parent
    app = Flask("course", static_folder=here / "static", template_folder=here / "templates")
    app.config.update(DESIGN_PAGE=True, SECRET_KEY="kun-til-proever", TRUSTED_HOSTS=["localhost", "127.0.0.1"])
    app.jinja_env.undefined = StrictUndefined
    app.add_template_global(lambda: Markup('<input type="hidden" name="csrf_token" value="x">'), "csrf_field")
    security.init_app(app, trusted_proxies=0, https=False)
    danish.register(app)
    app.register_blueprint(design.bp)
    return app


@pytest.fixture(scope="module")
def address(look: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, look, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser(chromium: Browser) -> Browser:
    return chromium


def is_complaint(message: ConsoleMessage) -> bool:
    """Whether the browser is unhappy about more than the status of an error page we asked for."""
    return message.type in ("error", "warning") and "the server responded with a status of" not in message.text


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that fails the test on any complaint of the browser, a refused inline style among them."""
    context = browser.new_context(base_url=address)
    shown = context.new_page()
    complaints: list[str] = []
    shown.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    yield shown
    context.close()
    assert complaints == []


def macro(look: Flask, file: str, name: str, *arguments: Any, **named: Any) -> str:
    """What a macro prints, outside any page."""
    with look.test_request_context():
        module = look.jinja_env.get_template(f"web/macros/{file}.html").module
        return str(getattr(module, name)(*arguments, **named))


def names(html: str) -> set[str]:
    return set(re.findall(r'name="([^"]+)"', html))


# --- the pages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_strict_html_without_anything_inline(look: Flask, path: str) -> None:
    response = look.test_client().get(path)
    text = response.get_data(as_text=True)
    html5lib.HTMLParser(strict=True).parse(text)
    assert response.status_code == (int(path.rpartition("/")[2]) if "errors" in path else 200)
    assert not re.search(r'<style|\sstyle=|\son[a-z]+="|<script(?![^>]*\ssrc=)|https?://', text)
    assert text.count("<h1") == 1


def test_the_pages_are_there_only_when_switched_on(look: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(look.config, "DESIGN_PAGE", False)
    assert {look.test_client().get(path).status_code for path in PAGES} == {404}


def test_an_error_page_says_what_happened_what_is_kept_and_what_to_do(look: Flask) -> None:
    text = look.test_client().get("/design/errors/413").get_data(as_text=True)
    page = errors.PAGES[413]
    for words in (page.heading, page.happened, page.kept, page.do, "Hvad er gemt?", "Hvad kan du gøre?"):
        assert words in text


# --- fields -----------------------------------------------------------------------------------------------


COLUMNS = (
    FieldColumn("who", "Hvem?", "line"),
    FieldColumn("role", "Rolle", "choice", (Option("l", "Leder"),)),
    FieldColumn("saw", "Hvad?", "text"),
)
TICKS = (FieldColumn("work", "Arbejde", "check"), FieldColumn("plan", "Plan", "check"))


@pytest.mark.parametrize(
    ("kind", "more", "value", "posted"),
    [
        (FieldType.TEXT, {"words": (20, 120)}, "Tekst", {"f"}),
        (FieldType.LINE, {}, "Tekst", {"f"}),
        (FieldType.CHOICE, {"options": (Option("a", "A"),)}, "a", {"f"}),
        (FieldType.CHOICES, {"options": (Option("a", "A"), Option("b", "B"))}, ["b"], {"f"}),
        (FieldType.SCALE, {"min_text": "nej", "max_text": "ja"}, 0, {"f"}),
        (FieldType.NUMBER, {"min": 0, "max": 52}, 0, {"f"}),
        (FieldType.DATE, {}, "2026-12-04", {"f"}),
        (FieldType.LINES, {"max_items": 4}, ["x"], {f"f-{i}" for i in range(4)}),
        (FieldType.ROWS, {"columns": COLUMNS, "min_items": 2, "max_items": 2}, [{"who": "x"}],
         {f"f-{i}-{column}" for i in range(2) for column in ("who", "role", "saw")}),
        (FieldType.TALLY, {"columns": TICKS, "rows": 10}, [["plan"]], {f"f-{i}" for i in range(10)}),
    ],
)  # fmt: skip
def test_a_content_field_posts_by_the_names_agreed(
    look: Flask, kind: FieldType, more: dict[str, Any], value: Any, posted: set[str]
) -> None:
    field = Field("f", kind, "Spørgsmål", "Hjælp", True, "s", guard=Guard.PATIENT, **more)
    for shown in (None, value):
        html = macro(look, "fields", "content_field", field, shown, error="Ret det.")
        html5lib.HTMLParser(strict=True).parseFragment(html)
        assert names(html) == posted
        assert 'id="f"' in html
        assert "Ret det." in html
        assert 'aria-describedby="f-help f-error' in html
        assert ('data-guard="patient"' in html) == field.is_free_text
    assert "Ikke besvaret" in macro(look, "answers", "answer", field, None)
    assert "Ikke besvaret" not in macro(look, "answers", "answer", field, value)


def test_no_filled_line_or_row_is_left_out(look: Flask) -> None:
    written = [f"linje {place}" for place in range(9)]
    lines = macro(look, "fields", "lines", "why", "Hvorfor?", value=written, max_items=5)
    assert [text in lines for text in written] == [True] * 9
    rows = macro(
        look,
        "fields",
        "rows",
        "who",
        "Hvem?",
        COLUMNS,
        value=[{"who": text} for text in written],
        max_items=5,
    )
    assert [text in rows for text in written] == [True] * 9


@pytest.mark.parametrize("name", ["text_area", "line_input", "number", "date_input", "scale"])
def test_what_people_write_is_never_markup(look: Flask, name: str) -> None:
    html = macro(look, "fields", name, "f", HTML, value=HTML, help=HTML, error=HTML)
    assert "<b>" not in html
    assert html.count("</textarea>") == (name == "text_area")


def test_a_text_keeps_its_first_line_break(look: Flask) -> None:
    html = macro(look, "fields", "text_area", "f", "Spørgsmål", value="\nto linjer\nher")
    [area] = html5lib.parseFragment(html, namespaceHTMLElements=False).iter("textarea")
    assert area.text == "\nto linjer\nher"


class Account(Form):
    email = StringField("E-mail", [validators.InputRequired("Skriv din e-mail.")], description="Din egen.")
    password = PasswordField("Adgangskode")


def test_a_form_field_ties_label_help_and_error_together(look: Flask) -> None:
    form = Account()
    form.validate()
    html = macro(look, "fields", "field", form.email)
    assert 'for="email"' in html
    assert 'aria-describedby="email-help email-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-required="true"' in html
    assert " required" not in html.replace("aria-required", "")
    assert "(valgfrit)" not in html
    plain = macro(look, "fields", "field", form.password, attrs={"data-password": ""})
    assert 'data-password=""' in plain
    assert "aria-invalid" not in plain
    assert "(valgfrit)" in plain
    assert '<a href="#email">Skriv din e-mail.</a>' in macro(look, "ui", "form_errors", form)


# --- states and texts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [*design.WORK_STATES, *design.PROJECTIONS, *design.GATES])
def test_a_state_has_a_word_and_a_drawing(look: Flask, state: str) -> None:
    html = macro(look, "ui", "state_tag", state)
    assert "<svg" in html
    assert state not in re.sub(r"<[^>]+>", "", html).lower()


def test_no_state_shows_nothing(look: Flask) -> None:
    assert macro(look, "ui", "state_tag", "none").strip() == ""
    assert macro(look, "ui", "state_tag", None).strip() == ""


def test_two_texts_say_in_words_what_is_new(look: Flask) -> None:
    html = macro(look, "ui", "two_texts", "Før", "en <b>", "Nu", [("same", "en "), ("ins", "to"), ("del", "<b>")])
    text = re.sub(r"<[^>]+>", "", html)
    assert "en [tilføjet: to][slettet: &lt;b&gt;]" in text


# --- static files -------------------------------------------------------------------------------------------


def test_an_address_changes_with_the_file(look: Flask) -> None:
    digest = assets.digests()["app.css"]
    with look.test_request_context():
        address = look.jinja_env.globals["asset"]("app.css")  # type: ignore[operator]
    assert address == f"/static/app.css?v={digest}"
    client = look.test_client()
    kept = {
        path: client.get(path, buffered=True).headers["Cache-Control"]
        for path in (address, "/static/app.css?v=00000000", "/static/app.css", "/design")
    }
    assert list(kept.values()) == [assets.YEAR, assets.ASK_AGAIN, assets.ASK_AGAIN, "no-store"]
    with look.test_request_context(), pytest.raises(assets.UnknownAsset):
        look.jinja_env.globals["asset"]("app.cs")  # type: ignore[operator]


def weight(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def test_a_first_visit_is_light(look: Flask) -> None:
    client = look.test_client()
    html = client.get("/design").get_data()
    addresses = set(re.findall(rb'(?:href|src)="(/static/[^"]+)"', html))
    fonts = sum(font.stat().st_size for font in STATIC.glob("fonts/*.woff2"))
    others = [client.get(each.decode(), buffered=True).get_data() for each in addresses if b"/fonts/" not in each]
    assert len(others) >= 5
    assert weight((STATIC / "app.css").read_bytes()) <= 14_000
    assert weight(html) <= RETURN_VISIT
    assert weight(html) + fonts + sum(weight(content) for content in others) <= FIRST_VISIT


# --- in the browser -----------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize(
    ("path", "width"),
    [*((path, 320) for path in PAGES), ("/design", 1280), ("/design", 640), ("/design/errors/404", 1280)],
)
def test_axe_finds_nothing_and_nothing_sticks_out(page: Page, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(path)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document)")
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]] == []
    assert found["passes"]
    assert page.evaluate("() => document.documentElement.scrollWidth") == width


@pytest.mark.browser
def test_every_target_is_large_enough(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/design")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, summary, .button, .nav-list a")]
            .filter((each) => each.type !== "hidden" && each.checkVisibility())
            .filter((each) => {
                const box = each.getBoundingClientRect();
                return box.height < 24 || box.width < 24;
            })
            .map((each) => each.outerHTML)"""
    )
    assert small == []


@pytest.mark.browser
def test_the_first_tab_leads_past_the_menu(page: Page) -> None:
    page.goto("/design/errors/404")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Gå til indholdet"
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"


@pytest.mark.browser
def test_the_browser_judges_passwords_as_the_server_does(page: Page) -> None:
    page.goto("/design")
    texts = [*VECTORS, *(word.upper() + "x9" * 8 for word in COMMON)]
    found = page.evaluate("async (texts) => texts.map((await import('/static/js/password.js')).strength)", texts)
    for text, told in zip(texts, found, strict=True):
        own = password_strength(text)
        assert told == {"level": own.level, "label": own.label, "advice": own.advice}, text


@pytest.mark.browser
def test_the_strength_is_told_while_a_password_is_chosen(page: Page) -> None:
    page.goto("/design")
    page.fill("#password", "cykel regnvejr lampe")
    words = page.locator(".password-meter [role=status]").inner_text()
    assert words == "Adgangskoden er god. Den er god. Brug den kun her."


@pytest.mark.browser
def test_the_counter_counts_words_and_code_points(page: Page) -> None:
    page.goto("/design")
    told = page.evaluate(
        """async () => { const m = await import('/static/js/count.js');
            return [m.words("Hun er 45-årig – og vil tilbage"), m.signs("🦔é\\r\\n"),
                    m.sentence("abc", {max: 2}), m.sentence("to ord", {max: 4000, low: 20, high: 120})] }"""
    )
    assert json.loads(json.dumps(told)) == [
        6,
        3,
        {"text": "1 tegn for meget.", "over": True},
        {"text": "2 ord, gerne 20–120. 3.994 tegn tilbage.", "over": False},
    ]


@pytest.mark.browser
def test_a_form_is_sent_once_with_its_button(page: Page) -> None:
    sent: list[str | None] = []
    page.route("**/sent", lambda route: (sent.append(route.request.post_data), route.fulfill(status=204))[1])
    page.goto("/design/confirm")
    page.evaluate(
        """() => { const form = document.querySelector("form[data-once]"); form.action = "/sent";
            const button = form.querySelector("button"); button.name = "action"; button.value = "reject" }"""
    )
    with page.expect_response("**/sent"):
        page.evaluate("() => { const b = document.querySelector('[data-once] button'); b.click(); b.click() }")
    assert page.locator("form[data-once] button").inner_text() == "Sender …"
    page.evaluate("() => document.querySelector('form[data-once] button').click()")
    assert len(sent) == 1
    assert sent[0] is not None
    assert "action=reject" in sent[0]


@pytest.mark.browser
def test_a_shortcut_never_takes_a_letter_from_a_text_and_can_be_switched_off(page: Page) -> None:
    page.goto("/design")
    page.evaluate("() => document.querySelector('[data-key]').href = '#naeste'")
    page.focus("#wanted")
    page.keyboard.press("n")
    assert page.input_value("#wanted") == "n"
    assert page.url.endswith("/design")
    page.evaluate("() => document.activeElement.blur()")
    page.get_by_role("button", name="Slå genvejstaster fra").click()
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("n")
    assert page.url.endswith("/design")
    page.get_by_role("button", name="Slå genvejstaster til").click()
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("n")
    assert page.url.endswith("#naeste")


@pytest.mark.browser
def test_paper_has_the_text_and_not_the_menu(page: Page) -> None:
    page.goto("/design")
    page.emulate_media(media="print")
    assert not page.locator(".breadcrumbs").is_visible()
    assert not page.locator(".person").first.is_visible()
    assert page.get_by_role("heading", name="Rengøringsassistenten").is_visible()
