"""Whom an organiser invites: read from pasted addresses or an uploaded table. Pure.

Every row that cannot be used is named with its line and the reason; the good ones are kept.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from course.accounts.rules import NAME_MAX, is_email, normalise_email, normalise_name
from course.guard.fixed import holds_private_number

from .rules import Role

MOST_ROWS = 200
LARGEST_UPLOAD = 500_000
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Row:
    """One person to invite, and the line that said so (the first is 1)."""

    line: int
    email: str
    name: str = ""
    clinic: str = ""
    role: Role = Role.PARTICIPANT
    is_trainee: bool = False


@dataclass(frozen=True, slots=True)
class RowFault:
    """A line that cannot be used and why, as a Danish sentence. ``shown`` is what stood there, cut short."""

    line: int
    shown: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rows:
    """What was read: the good rows and the bad lines."""

    good: tuple[Row, ...] = ()
    bad: tuple[RowFault, ...] = ()


class BadRow(ValueError):
    """Why a row cannot be used, in Danish."""


HEADS = {
    "name": {"navn", "name", "fulde navn", "deltager", "full name"},
    "email": {
        "email",
        "e-mail",
        "mail",
        "mailadresse",
        "e-mailadresse",
        "emailadresse",
        "e-mail address",
        "email address",
    },
    "clinic": {"klinik", "praksis", "arbejdsplads", "clinic", "practice", "lægehus"},
    "role": {"rolle", "role"},
    "is_trainee": {"uddannelseslæge", "uddannelseslaege", "trainee", "under uddannelse", "uddl"},
}
_FIELD_OF = {head: field for field, heads in HEADS.items() for head in heads}

ROLES = {
    **dict.fromkeys(
        ("", "deltager", "kursist", "læge", "amr", "arbejdsmiljørepræsentant", "participant", "gp"), Role.PARTICIPANT
    ),
    **dict.fromkeys(("underviser", "facilitator", "teacher"), Role.FACILITATOR),
    **dict.fromkeys(("kursusarrangør", "arrangør", "organiser", "organizer"), Role.ORGANISER),
}
YES = {"ja", "j", "yes", "y", "x", "1", "true", "sand"}
NO = {"", "nej", "n", "no", "0", "false", "falsk", "-"}

_SEPARATORS = (";", "\t", ",")
_ANGLED = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]*)>\s*")
_ENTRY = re.compile(r"[\s;,]*(?P<entry>[^<>@;]*<[^<>]*>|[^\s;,<>]+@[^\s;,<>]+)")


def read_pasted(text: str) -> Rows:
    """Read what was pasted: ``Navn <mail>``, ``mail``, several on a line, or cells from a spreadsheet."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).lstrip("\ufeff")
    if _separator_of_header(text):
        return _without_doubles(_read_table(text))
    return _without_doubles(_read_lines(text))


def read_upload(data: bytes) -> Rows:
    """Read an uploaded file, whatever its encoding and separator; with or without a line of headings."""
    if len(data) > LARGEST_UPLOAD:
        return Rows(bad=(RowFault(1, "", "Filen er for stor. Den må højst fylde 500 kB."),))
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return Rows(bad=(RowFault(1, "", "Filen er et regneark. Gem den som CSV, og vælg den igen."),))
    return read_pasted(decode(data))


def decode(data: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 or Windows-1252 (which includes Latin-1's letters)."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if data[1:2] == b"\0":
        return data.decode("utf-16-le", "replace")
    if data[:1] == b"\0":
        return data.decode("utf-16-be", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def sift(rows: Rows, reason_against: Callable[[Row], str | None]) -> Rows:
    """Move the rows that somebody else knows a reason against to the bad ones."""
    good, bad = [], list(rows.bad)
    for row in rows.good:
        reason = reason_against(row)
        if reason is None:
            good.append(row)
        else:
            bad.append(RowFault(row.line, row.email, reason))
    return Rows(tuple(good), tuple(sorted(bad, key=lambda fault: fault.line)))


Read = Row | RowFault


def _without_doubles(read: Iterable[Read]) -> Rows:
    good: dict[tuple[str, Role], Row] = {}
    bad: list[RowFault] = []
    for row in read:
        if isinstance(row, RowFault):
            bad.append(row)
        elif (first := good.get((row.email, row.role))) is not None:
            bad.append(RowFault(row.line, row.email, f"Adressen står også i linje {first.line}."))
        elif len(good) >= MOST_ROWS:
            bad.append(
                RowFault(
                    row.line,
                    row.email,
                    f"Der kan højst inviteres {MOST_ROWS} ad gangen. Tag resten bagefter.",
                )
            )
        else:
            good[row.email, row.role] = row
    return Rows(tuple(good.values()), tuple(bad))


def _separator_of_header(text: str) -> str | None:
    """What separates the headings of the first line; None when the first line is no line of headings."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    if "@" in first:
        return None
    for separator in _SEPARATORS:
        if "email" in [_FIELD_OF.get(_head(cell)) for cell in first.split(separator)]:
            return separator
    return None


def _head(cell: str) -> str:
    return cell.strip().strip('"').strip().lower()


def _read_table(text: str) -> Iterator[Read]:
    reader = csv.reader(
        io.StringIO(text.replace("\0", "\ufffd"), newline=""), delimiter=_separator_of_header(text) or ";"
    )
    fields: list[str | None] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if fields is None:
                fields = [_FIELD_OF.get(_head(cell)) for cell in cells]
                continue
            values = {field: cell.strip() for field, cell in zip(fields, cells, strict=False) if field}
            yield _row(reader.line_num, " ".join(filter(None, map(str.strip, cells))), values)
    except csv.Error:
        yield RowFault(reader.line_num, "", "Herfra kan filen ikke læses. Er der et anførselstegn for meget?")


def _read_lines(text: str) -> Iterator[Read]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        if line.count("@") <= 1:
            yield _row(number, line, _values_of(line))
        else:
            yield from _read_entries(number, line)


def _read_entries(number: int, line: str) -> Iterator[Read]:
    """Several addresses on one line; what is left between them is named as well."""
    place = 0
    while found := _ENTRY.match(line, place):
        yield _row(number, found["entry"], _values_of(found["entry"]))
        place = found.end()
    if line[place:].strip(" \t;,"):
        yield RowFault(number, _short(line[place:]), "Det kan ikke læses som en mailadresse.")


def _values_of(entry: str) -> dict[str, str]:
    """The values in an entry with one address: ``Navn <mail>``, or cells (the name before the clinic)."""
    if angled := _ANGLED.fullmatch(entry.strip(" \t;,")):
        return {"name": _turned(angled["name"].strip(" \t\"'")), "email": angled["email"]}
    cells = [cell.strip(' \t"') for cell in re.split(r"[;,\t]", entry)]
    if len(cells) == 1:
        words = entry.split()
        address = next((word for word in words if "@" in word), entry.strip())
        return {"email": address.strip('"'), "name": " ".join(word for word in words if word != address)}
    address = next((cell for cell in cells if "@" in cell), "")
    name, clinic, *_ = [cell for cell in cells if cell and cell != address] + ["", ""]
    return {"email": address, "name": name, "clinic": clinic}


def _turned(name: str) -> str:
    """``Holm, Karen`` is Karen Holm."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and "," not in first else name


def _row(line: int, shown: str, values: Mapping[str, str]) -> Read:
    try:
        return Row(
            line,
            _email(values.get("email", "")),
            _text(values.get("name", ""), "Navnet"),
            _text(values.get("clinic", ""), "Arbejdsstedets navn"),
            _role(values.get("role", "")),
            _is_trainee(values.get("is_trainee", "")),
        )
    except BadRow as fault:
        return RowFault(line, _short(shown), str(fault))


def _email(text: str) -> str:
    email = normalise_email(text.strip().removeprefix("mailto:"))
    if not email:
        raise BadRow("Der er ingen mailadresse.")
    if not is_email(email):
        raise BadRow("Det ligner ikke en mailadresse.")
    return email


def _text(text: str, what: str) -> str:
    text = normalise_name(text)
    if len(text) > NAME_MAX:
        raise BadRow(f"{what} er for langt (højst {NAME_MAX} tegn).")
    if holds_private_number(text):
        raise BadRow(f"{what} må ikke indeholde CPR-nummer, telefonnummer eller mailadresse.")
    return text


def _role(text: str) -> Role:
    role = ROLES.get(text.strip().lower())
    if role is None:
        raise BadRow("Rollen kendes ikke. Skriv deltager, underviser eller kursusarrangør.")
    return role


def _is_trainee(text: str) -> bool:
    text = text.strip().lower()
    if text not in YES | NO:
        raise BadRow("Skriv ja eller nej i kolonnen uddannelseslæge.")
    return text in YES


def _short(text: str) -> str:
    text = normalise_name(text)
    return text if len(text) <= 60 else f"{text[:59]}…"
