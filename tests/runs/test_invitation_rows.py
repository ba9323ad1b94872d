from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.accounts.rules import is_email
from course.runs.invitation_rows import (
    LARGEST_UPLOAD,
    MOST_ROWS,
    Row,
    Rows,
    decode,
    read_pasted,
    read_upload,
    sift,
)
from course.runs.rules import Role

TABLE = (
    "klinik;navn;email;rolle;uddannelseslæge\n"
    "Lægehuset Å;Karen Holm;karen@klinik.example;;\n"
    ";Bo Lund;BO@Klinik.example;underviser;nej\n"
    ";Søren Ærø;soeren@klinik.example;deltager;ja\n"
)
PEOPLE = (
    Row(2, "karen@klinik.example", "Karen Holm", "Lægehuset Å"),
    Row(3, "bo@klinik.example", "Bo Lund", "", Role.FACILITATOR),
    Row(4, "soeren@klinik.example", "Søren Ærø", "", Role.PARTICIPANT, True),
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_table_in_every_dress(encoding: str, separator: str, newline: str) -> None:
    data = TABLE.replace(";", separator).replace("\n", newline).encode(encoding)
    assert read_upload(data) == Rows(PEOPLE)


def test_english_headings_in_another_order_with_quotes_and_columns_nobody_knows() -> None:
    data = b'Phone,"Role","E-mail","Name"\n12,organiser,"karen@klinik.example","Holm, Karen"\n'
    (row,) = read_upload(data).good
    assert (row.email, row.name, row.role) == ("karen@klinik.example", "Holm, Karen", Role.ORGANISER)


@pytest.mark.parametrize(
    ("line", "email", "name", "clinic"),
    [
        ("karen@klinik.example", "karen@klinik.example", "", ""),
        ("  KAREN@Klinik.Example ", "karen@klinik.example", "", ""),
        ("Karen Holm <karen@klinik.example>", "karen@klinik.example", "Karen Holm", ""),
        ('"Holm, Karen" <karen@klinik.example>;', "karen@klinik.example", "Karen Holm", ""),
        ("Holm, Karen <karen@klinik.example>", "karen@klinik.example", "Karen Holm", ""),
        ("<karen@klinik.example>", "karen@klinik.example", "", ""),
        ("Karen Holm karen@klinik.example", "karen@klinik.example", "Karen Holm", ""),
        ("karen@klinik.example Karen Holm", "karen@klinik.example", "Karen Holm", ""),
        ("Karen Holm;karen@klinik.example;Lægehuset", "karen@klinik.example", "Karen Holm", "Lægehuset"),
        ("karen@klinik.example\tKaren Holm\tLægehuset", "karen@klinik.example", "Karen Holm", "Lægehuset"),
        ("mailto:karen@klinik.example", "karen@klinik.example", "", ""),
        ("<script>alert(1)</script> <karen@klinik.example>", None, "", ""),
        ("{{7*7}} <karen@klinik.example>", "karen@klinik.example", "{{7*7}}", ""),
    ],
)
def test_one_person_on_a_line(line: str, email: str | None, name: str, clinic: str) -> None:
    rows = read_pasted(line)
    if email is None:
        assert (rows.good, len(rows.bad)) == ((), 1)
    else:
        assert rows == Rows((Row(1, email, name, clinic),))


@pytest.mark.parametrize(
    "line",
    [
        "Karen Holm <karen@klinik.example>, Bo Lund <bo@klinik.example>; c@klinik.example",
        "Karen Holm <karen@klinik.example>; Bo Lund <bo@klinik.example>; c@klinik.example;",
        '"Karen Holm" <karen@klinik.example> "Bo Lund" <bo@klinik.example> c@klinik.example',
    ],
)
def test_several_people_on_a_line(line: str) -> None:
    rows = read_pasted(line)
    assert [(row.email, row.name) for row in rows.good] == [
        ("karen@klinik.example", "Karen Holm"),
        ("bo@klinik.example", "Bo Lund"),
        ("c@klinik.example", ""),
    ]
    assert rows.bad == ()


def test_addresses_only_separated_by_commas_or_spaces() -> None:
    rows = read_pasted("a@klinik.example, b@klinik.example c@klinik.example,d@klinik.example")
    assert [row.email[0] for row in rows.good] == list("abcd")


def test_every_bad_line_is_named_and_the_good_ones_are_kept() -> None:
    rows = read_pasted(
        "karen@klinik.example\n"
        "\n"
        "bo@klinik\n"
        "Uden Adresse\n"
        "Karen igen <Karen@klinik.example>\n"
        "c@klinik.example d@klinik.example noget andet\n"
    )
    assert [row.email for row in rows.good] == [
        "karen@klinik.example",
        "c@klinik.example",
        "d@klinik.example",
    ]
    assert [(fault.line, fault.reason) for fault in rows.bad] == [
        (3, "Det ligner ikke en mailadresse."),
        (4, "Det ligner ikke en mailadresse."),
        (5, "Adressen står også i linje 1."),
        (6, "Det kan ikke læses som en mailadresse."),
    ]


def test_bad_cells_of_a_table_are_named() -> None:
    rows = read_upload(
        "navn;email;rolle;uddannelseslæge\n"
        "A;a@klinik.example;konge;\n"
        "B;b@klinik.example;;måske\n"
        "C;;;\n"
        f"{'x' * 201};d@klinik.example;;\n"
        "E;e@klinik.example\n"
        "E;e@klinik.example;underviser;\n".encode()
    )
    assert [(row.line, row.role) for row in rows.good] == [(6, Role.PARTICIPANT), (7, Role.FACILITATOR)]
    assert [fault.line for fault in rows.bad] == [2, 3, 4, 5]
    reasons = " ".join(fault.reason for fault in rows.bad)
    for said in ("Rollen kendes ikke", "ja eller nej", "ingen mailadresse", "for langt"):
        assert said in reasons


def test_too_many() -> None:
    rows = read_pasted("\n".join(f"p{number}@klinik.example" for number in range(MOST_ROWS + 2)))
    assert len(rows.good) == MOST_ROWS
    assert [fault.line for fault in rows.bad] == [MOST_ROWS + 1, MOST_ROWS + 2]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"x" * (LARGEST_UPLOAD + 1), "for stor"),
        (b"PK\x03\x04rest", "regneark"),
        (b"\xd0\xcf\x11\xe0rest", "regneark"),
        (b'navn;email\n"' + b"x" * 140_000 + b"\n", "anførselstegn"),
    ],
)
def test_files_that_are_no_lists(data: bytes, said: str) -> None:
    rows = read_upload(data)
    assert rows.good == ()
    assert said in rows.bad[-1].reason


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\n", b"navn;email\n"])
def test_empty_lists(data: bytes) -> None:
    assert read_upload(data) == Rows()


def test_header_injection_stays_out() -> None:
    rows = read_pasted("karen@klinik.example%0aBcc:x@y.example\nBo\x0b\x00 <bo@klinik.example>")
    assert [(row.email, row.name) for row in rows.good if "\n" in row.email + row.name] == []
    assert all(row.name.isprintable() and row.email.isprintable() for row in rows.good)


def test_rows_that_somebody_knows_a_reason_against() -> None:
    rows = sift(
        read_pasted("a@klinik.example\nx\nb@klinik.example"),
        lambda row: "Nej." if row.email[0] == "a" else None,
    )
    assert [row.email for row in rows.good] == ["b@klinik.example"]
    assert [(fault.line, fault.reason) for fault in rows.bad] == [
        (1, "Nej."),
        (2, "Det ligner ikke en mailadresse."),
    ]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_a_fault_of_ours(data: bytes) -> None:
    assert isinstance(decode(data), str)
    for row in read_upload(data).good:
        assert is_email(row.email)


PIECES = st.sampled_from([*"ab@.<>;, \t\n\"'\r\x00æ", "navn;email\n", "a@b.dk", "<b@b.dk>", "Åse"])


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_gives_addresses_or_reasons(text: str) -> None:
    rows = read_pasted(text)
    for row in rows.good:
        assert is_email(row.email)
        assert row.name.isprintable()
        assert "\n" not in row.name
    for fault in rows.bad:
        assert fault.reason.endswith((".", "?"))
        assert fault.line >= 1
