import html5lib
import pytest

from course.content.catalogue import ActivityRef, Html, Link, Page
from course.content.markdown import Renderer, paragraphs, slug
from course.content.pages import Drawn
from course.content.root import REPOSITORY

ALLOWED = {"html", "head", "body", "p", "a", "img", "div", "code", "pre"} | {
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer()


def shown(renderer: Renderer, text: str) -> str:
    page = Page("p", "P", "m-01", lambda: Drawn(renderer.segments(text, "m-01"), 0, 0))
    return "".join(
        piece if isinstance(piece, str) else f"<<{piece.activity_id}>>"
        for piece in page.render(lambda link: f"/{link.scheme}/{link.target}?a=1&b=2")
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Øvelse på år ét", "øvelse-på-år-ét"),
        ("Hvad kan *du* gøre?", "hvad-kan-du-gøre"),
        ("A\u030al", "ål"),
        ("  MSB & arbejde_nu ", "msb-arbejde-nu"),
    ],
)
def test_slug_keeps_danish_letters(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_headings_have_ids_with_danish_letters(renderer: Renderer) -> None:
    assert '<h2 id="på-vej">På vej</h2>' in shown(renderer, "## På vej")


def test_a_page_is_cut_at_its_activities(renderer: Renderer) -> None:
    segments = renderer.segments("Før\n\n/// activity | m-01.a\n///\n\n/// activity | m-01.b\n///\n\nEfter", "m-01")
    assert [type(segment) for segment in segments] == [Html, ActivityRef, ActivityRef, Html]
    assert segments[1:3] == (ActivityRef("m-01.a"), ActivityRef("m-01.b"))


def test_a_box_has_its_kind_and_a_heading(renderer: Renderer) -> None:
    box = shown(renderer, "/// fact | Ondt i *ryggen*\nTekst.\n///")
    assert '<div class="box box-fact">' in box
    assert '<p class="box-kind">Fakta</p>' in box
    assert '<h2 class="box-heading" id="ondt-i-ryggen">Ondt i <em>ryggen</em></h2>' in box
    untitled = shown(renderer, "/// tomorrow\nTekst.\n///")
    assert "box-kind" not in untitled
    assert ">Til konsultationen i morgen</h2>" in untitled


def test_a_box_heading_never_skips_a_level(renderer: Renderer) -> None:
    page = shown(renderer, "/// fact | Et\nA\n///\n\n## To\n\n/// fact | Tre\nB\n///")
    assert page.index("<h2 class") < page.index("<h2 id") < page.index("<h3 class")


def test_a_rule_says_when_it_was_checked(renderer: Renderer) -> None:
    rule = shown(
        renderer,
        "/// rule | Fire uger\n    checked: 2026-03-31\n    valid_from: 2026-01-01\n"
        '    source: "law, § 7 a"\n\nTekst.\n///',
    )
    assert 'Gælder fra <time datetime="2026-01-01">1. januar 2026</time>.' in rule
    assert 'Efterset <time datetime="2026-03-31">31. marts 2026</time>. Kan være ændret. Kilde: § 7 a.' in rule


def test_inner_links_are_left_to_the_caller_and_escaped(renderer: Renderer) -> None:
    segments = renderer.segments("[a](page:m-02/x#øl) ![kort](figur:k.svg)", "m-01")
    assert isinstance(segments[0], Html)
    links = [part for part in segments[0].parts if isinstance(part, Link)]
    assert links == [Link("page", "m-02/x", "øl"), Link("figur", "m-01/k.svg")]
    page = shown(renderer, "[a](page:m-02/x#øl) ![kort](figur:k.svg)")
    assert 'href="/page/m-02/x?a=1&amp;b=2#øl"' in page
    assert '<img alt="kort" src="/figur/m-01/k.svg?a=1&amp;b=2">' in page


def test_the_html_of_a_page_keeps_links_and_markers(renderer: Renderer) -> None:
    segments = renderer.segments("[a](module:m-02)\n\n/// activity | m.a\n///", "m")
    page = Page("p", "P", "m", lambda: Drawn(segments, 0, 0))
    assert page.html == '<p><a href="module:m-02">a</a></p>\n<div data-activity="m.a"></div>'


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "Hej <img src=x onerror=alert(1)>",
        '<div style="color:red">x</div>',
        "[x](javascript:alert(1))",
        "[x](data:text/html,x)",
        "![x](https://example.com/x.png)",
        '<div data-activity="m.x"></div>',
        '[x](module:a"onclick="alert)',
        "<!-- x -->",
        "| a |\n|:-:|\n| <b onclick=x>y</b> |",
        "```\n<script>\n```",
        '[r]: javascript:alert "x"\n\n[r]',
    ],
)
def test_nothing_dangerous_passes(renderer: Renderer, text: str) -> None:
    document = html5lib.parse(shown(renderer, text), namespaceHTMLElements=False)
    for element in document.iter():
        assert element.tag in ALLOWED
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name not in ("style", "data-activity", "align")
            assert not value.strip().startswith(("javascript:", "data:"))
    assert not list(document.iter("script"))


def test_typography_is_kept_as_written(renderer: Renderer) -> None:
    assert shown(renderer, "»Ja« – sagde hun ... 'nej' \"måske\" -- 3/4") == (
        "<p>»Ja« – sagde hun ... 'nej' \"måske\" -- 3/4</p>"
    )


def test_tables_scroll_by_themselves_and_name_their_columns(renderer: Renderer) -> None:
    table = shown(renderer, "| a | b |\n|---|--:|\n| 1 | 2 |")
    assert '<div class="table-scroll" tabindex="0" role="region" aria-label="Tabel"><table>' in table
    assert '<th scope="col">a</th>' in table
    assert "style" not in table


def test_paragraphs_are_running_text_only(renderer: Renderer) -> None:
    text = "## Nej\n\nEn *god* linje.\n\n- et\n- to\n\n| nej |\n|---|\n| nej |\n\n"
    text += "/// fact | Nej\nJa &amp; ja.\n///"
    assert paragraphs(renderer.html(text)) == ["En god linje.", "et", "to", "Ja & ja."]


MAP = """/// map | Kort over kroppen
![En krop](figur:krop.svg)

- [Nakken](#nakken) 50 15 højre 10
- [Skulderen](#skulderen) 35 20 venstre 15
///

## Nakken
"""


def test_a_map_is_a_picture_with_a_list_of_links(renderer: Renderer) -> None:
    page = html5lib.parse(shown(renderer, MAP), namespaceHTMLElements=False)
    picture = next(element for element in page.iter("div") if element.get("class") == "map-picture")
    assert [element.tag for element in picture] == ["p", "ul"]
    signs = [[link.attrib for link in item] for item in picture.iter("li")]
    assert [item.get("class") for item in picture.iter("li")] == [
        "map-sign map-right map-y10",
        "map-sign map-left map-y15",
    ]
    assert [sign["href"] for sign, _ in signs] == ["#nakken", "#skulderen"]
    assert "tabindex" not in signs[0][0]
    assert signs[0][1] == {
        "class": "map-mark map-x50 map-y15", "href": "#nakken", "tabindex": "-1", "aria-hidden": "true",
    }  # fmt: skip
    assert [link.text for item in picture.iter("li") for link in item] == ["Nakken", None, "Skulderen", None]


def test_a_map_has_a_heading_one_can_come_back_to(renderer: Renderer) -> None:
    assert '<h2 class="box-heading" id="kort-over-kroppen">Kort over kroppen</h2>' in shown(renderer, MAP)


def test_every_step_of_a_map_has_its_rule_of_style() -> None:
    style = (REPOSITORY / "course" / "web" / "static" / "app.css").read_text(encoding="utf-8")
    for step in range(0, 101, 5):
        assert f".map-x{step}{{--x:{step}%}}" in style
        assert f".map-y{step}{{--y:{step}%}}" in style
