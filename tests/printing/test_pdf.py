"""Documents: tagged, with text one can search, and with nothing from outside, whatever stands in them."""

from __future__ import annotations

import io
import subprocess
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from course.printing import pdf

PAGE = """<!doctype html><html lang="da"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>Kursusbevis</h1>{body}</body></html>"""


def read(body: str) -> PdfReader:
    """The PDF of a page with this body."""
    return PdfReader(io.BytesIO(pdf.make_pdf(PAGE.format(title="Prøve på æøå", body=body), title="Prøve")))


def test_a_document_is_tagged_named_and_readable() -> None:
    made = read("<p>Blåbærgrød på Ærø</p><table><tr><th scope=row>Navn</th><td>Ida</td></tr></table>")
    root: Any = made.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "da"
    assert "/StructTreeRoot" in root
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert made.metadata is not None
    assert made.metadata.title == "Prøve på æøå"
    assert "Blåbærgrød på Ærø" in made.pages[0].extract_text()


def test_its_letters_are_the_packaged_ones() -> None:
    fonts: Any = read("<p>Tekst <b>fed</b></p>").pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    names = {str(font.get_object()["/BaseFont"]) for font in fonts.values()}
    assert names
    assert all("Plex" in name for name in names), names


@pytest.mark.parametrize(
    "hostile",
    [
        '<img src="file:///etc/hostname" alt="">',
        '<link rel="stylesheet" href="http://192.0.2.1/x.css">',
        '<style>@import url("file:///etc/hostname");</style>',
        '<object data="file:///etc/passwd"></object>',
        '<a href="file:///etc/passwd" rel="attachment">x</a>',
        "<script>document.body.innerHTML = ''</script>",
        '<p style="background:url(http://192.0.2.1/x.png)">x</p>',
        "{{7*7}} \x00 👩🏽‍⚕️",
        "<p>" + "a" * 20_000 + "</p>",
    ],
)
def test_nothing_in_it_is_fetched_or_run(hostile: str) -> None:
    root = Path("/etc/hostname").read_text() if Path("/etc/hostname").exists() else "127.0.0.1"
    made = read(f"<p>Før</p>{hostile}<p>Efter</p>")
    text = "".join(page.extract_text() for page in made.pages).replace("\0", "")  # pypdf reads two-byte letters so
    assert "Før" in text
    assert "Efter" in text
    assert root.strip() not in text
    assert "root:" not in text
    assert not made.attachments


def test_a_child_that_fails_says_so_in_danish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf.sys, "executable", "/bin/false")
    with pytest.raises(pdf.NotMade, match="»Prøve« kunne ikke laves"):
        pdf.make_pdf("<p>x</p>", title="Prøve")


def test_a_child_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_given: object, **_values: object) -> None:
        raise subprocess.TimeoutExpired("child", 1)

    monkeypatch.setattr(pdf.subprocess, "run", hang)
    with pytest.raises(pdf.NotMade, match="tog for lang tid"):
        pdf.make_pdf("<p>x</p>", title="Prøve")


def test_when_another_document_is_being_made_one_is_asked_to_wait(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pdf.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(pdf, "WAIT", 0)
    pdf.make_pdf("<p>først</p>", title="Først")
    (lock,) = tmp_path.iterdir()
    with lock.open() as held:
        flock(held, LOCK_EX)
        with pytest.raises(pdf.NotMade, match="Der bliver lavet andre dokumenter"):
            pdf.make_pdf("<p>x</p>", title="Prøve")
    assert pdf.make_pdf("<p>igen</p>", title="Igen").startswith(b"%PDF-")


def test_what_is_too_large_is_refused_before_it_is_tried() -> None:
    with pytest.raises(pdf.NotMade, match="for stort"):
        pdf.make_pdf("a" * (pdf.LARGEST + 1), title="Prøve")
