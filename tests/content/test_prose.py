import pytest

from course.content.prose import Placed, outline


def problems(text: str, *, page: bool = True) -> list[tuple[int, str]]:
    return outline(text, page=page).problems


def test_what_a_page_names() -> None:
    found = outline(
        "[a](module:m-01) og `[b](module:nej)`\n\n/// activity | m-01.x\n///\n\n## På vej\n\n[her](#på-vej)\n"
        "![kort](figur:k.svg)\n\n/// fact | Et kort\nx\n///",
        page=True,
    )
    assert found.problems == []
    assert found.links == [
        Placed(0, "module:m-01"),
        Placed(7, "", "på-vej"),
        Placed(8, "figur:k.svg"),
    ]
    assert found.activities == [Placed(2, "m-01.x")]
    assert found.anchors == {"på-vej", "et-kort"}


@pytest.mark.parametrize(
    "text",
    [
        "Hun var < 3 uger syg, og 5 > 3.",
        "//// fact | Ydre\n/// story | Indre\nTekst.\n///\n////",
        "Et kryds [x] og en note [1].",
        "Se [wiki](https://da.wikipedia.org/wiki/Ryg_(anatomi)) eller [skriv](mailto:post@kurset.dk).",
        "Tekst\n\n---\n\nTekst",
        '/// rule | R\n    checked: "2026-03-31"\n    source: law, § 7\n\nTekst.\n///',
    ],
)
def test_what_is_allowed(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("## A\n\n#### B", 2, "springer"),
        ("A\n\n# B", 2, "begynd med ##"),
        ("A\nB\n===", 2, "overskrifter med ##"),
        ("/// fact\nA", 0, "lukkes ikke"),
        ("A\n\n///", 2, "lukker ikke noget"),
        ("/// facts\nA\n///", 0, "findes ikke"),
        ("A <br> B", 0, "rå HTML"),
        ("A <https://x.dk>", 0, "rå HTML"),
        ("[A](/sti)", 0, "kan ikke bruges"),
        ("[A](ftp://x.dk)", 0, "kan ikke bruges"),
        ("A\n[A\nB](http://x.dk)", 1, "kan ikke bruges"),
        ("![](figur:a.svg)", 0, "mangler en tekst"),
        ("[](module:m)", 0, "mangler en tekst"),
        ("[A](figur:a.svg)", 0, "kan ikke bruges"),
        ("/// map\n![K](figur:k.svg)\n///", 0, "skal have en overskrift"),
        ("/// map | Kort\n- [N](#n) 50 15 højre\n///", 1, "et sted på kortet skrives"),
        ("/// map | Kort\n- [N](#n) 50 16 højre 10\n///", 1, "i spring på 5"),
        ("/// map | Kort\n- [N](#n) 50 105 højre 10\n///", 1, "i spring på 5"),
        ("/// map | Kort\nHej.\n///", 1, "kun et billede og en liste"),
    ],
)
def test_what_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    found = problems(text)
    assert len(found) == 1
    assert found[0][0] == line
    assert words in found[0][1]


@pytest.mark.parametrize("text", ["## A", "/// activity | a.b\n///", "[a](module:m-01)", "![a](figur:a.svg)"])
def test_what_only_a_page_may_hold(text: str) -> None:
    assert not problems(text)
    assert len(problems(text, page=False)) == 1


def test_a_map_is_kept_to_pages_and_its_links_are_looked_after() -> None:
    text = "/// map | Kort over kroppen\n![K](figur:k.svg)\n\n- [Nakken](#nakken) 50 15 højre 10\n///"
    found = outline(text, page=True)
    assert (found.problems, found.anchors) == ([], {"kort-over-kroppen"})
    assert [(link.what, link.fragment) for link in found.links] == [("figur:k.svg", ""), ("", "nakken")]
    assert outline(text, page=False).problems[0][1].startswith("et kort skal have en overskrift")
