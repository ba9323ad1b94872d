"""The proof of an erasure: what to look for is collected before, and searched for afterwards, in every row and byte.

A search can only show that something *is* there. It looks for the name, the address and pieces of every text the person
wrote, as they stand in rows, in the files of the database (its log included) and in every file of the instance.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, LargeBinary, String, select
from sqlalchemy.orm import Session

from course.accounts.models import Person
from course.certificates.models import Certificate
from course.db.base import Base
from course.exercises.models import PracticeStep
from course.runs.models import Membership
from course.work.models import Release, Revision

from .finding import owned_by

PIECE = 32
"""Characters of a text that are looked for: long enough to be nobody else's."""
MOST = 400
BLOCK = 4 * 1024 * 1024
AT_ONCE = 1000
UNBROKEN = re.compile(rf'[^"\\\n\r\t]{{{PIECE},}}')  # what no format writes in another way


@dataclass(frozen=True, slots=True)
class Needles:
    """What is searched for. ``left_out`` counts what cannot prove anything: others have it too, rightly."""

    words: tuple[str, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """Something was found; ``where`` names a table and column or a file, never the text."""

    where: str
    times: int


def needles_of(session: Session, person: Person) -> Needles:
    """Collect, before the erasure, what must be nowhere afterwards."""
    owned = owned_by(session, person)
    texts = session.scalars(select(Revision.data).where(Revision.work_id.in_(owned.works))).all()
    copies = session.scalars(select(Release.data).where(Release.work_id.in_(owned.works))).all()
    answers = session.scalars(select(PracticeStep.data).where(PracticeStep.practice_id.in_(owned.practices))).all()
    pieces = list(dict.fromkeys(piece for data in [*texts, *copies, *answers] for piece in _pieces(data)))
    pieces = pieces[:: max(1, len(pieces) // MOST)]
    who = [person.email, *([person.name] if len(person.name) >= 5 else [])]
    others = _of_others(session, person, owned.works, [*pieces, person.name])
    kept = [word for word in [*who, *pieces] if word not in others]
    return Needles(tuple(kept), len(pieces) + 2 - len(kept))


def _pieces(value: Any) -> Iterator[str]:
    """The beginning and the end of every unbroken stretch of every text."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _pieces(part)
    elif isinstance(value, str):
        for found in UNBROKEN.findall(value):
            yield found[:PIECE]
            yield found[-PIECE:]


def _of_others(session: Session, person: Person, works: Iterable[int], words: list[str]) -> set[str]:
    """Those of these words that somebody else has written or bears as well (a text that everybody was given)."""
    looked_for = _pattern(words)
    mine, found = set(works), set[str]()
    for work_id, data in session.execute(select(Revision.work_id, Revision.data).execution_options(yield_per=AT_ONCE)):
        if work_id not in mine and data:
            found.update(looked_for.findall(json.dumps(data, ensure_ascii=False)))
    names = session.scalars(select(Person.name).where(Person.id != person.id, Person.name == person.name))
    return found | set(names) | _on_certificates(session, person)


def _on_certificates(session: Session, person: Person) -> set[str]:
    """The name of an organiser who stands on what others were given, and rightly still does."""
    members = select(Membership.id).where(Membership.person_id == person.id)
    others = session.scalars(
        select(Certificate.printed).where(Certificate.printed.is_not(None), Certificate.membership_id.not_in(members))
    )
    return {person.name} if any(person.name in _as_text(printed) for printed in others) else set()


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in words if word) or r"(?!)")


def search_rows(session: Session, needles: Needles) -> list[Hit]:
    """Look through every column of every row of every table."""
    looked_for = _pattern(needles.words)
    hits: dict[str, int] = {}
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.columns if _is_text(column)]
        if columns:
            for row in session.execute(select(*columns).execution_options(yield_per=AT_ONCE)):
                for column, value in zip(columns, row, strict=True):
                    times = len(looked_for.findall(_as_text(value)))
                    if times:
                        where = f"{table.name}.{column.name}"
                        hits[where] = hits.get(where, 0) + times
    return [Hit(where, times) for where, times in hits.items()]


def _is_text(column: Any) -> bool:
    return isinstance(column.type, String | JSON | LargeBinary)


def _as_text(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bytes():
            return value.decode("utf-8", "replace")
        case _:
            return json.dumps(value, ensure_ascii=False)


def search_files(paths: Iterable[Path], needles: Needles) -> list[Hit]:
    """Look through the bytes of files, as UTF-8 and as JSON writes letters beyond ASCII."""
    forms = {form for word in needles.words for form in (word.encode(), json.dumps(word)[1:-1].encode())}
    if not forms:
        return []
    looked_for = re.compile(b"|".join(re.escape(form) for form in sorted(forms)), re.IGNORECASE)
    longest = max(len(form) for form in forms)
    found = ((path, _times(path, looked_for, longest)) for path in paths)
    return [Hit(path.name, times) for path, times in found if times]


def _times(path: Path, looked_for: re.Pattern[bytes], longest: int) -> int:
    times, tail = 0, b""
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                piece = tail + block
                ends = [found.end() for found in looked_for.finditer(piece)]
                times += len(ends)
                tail = piece[max(ends[-1] if ends else 0, len(piece) - longest + 1) :]
    except FileNotFoundError:  # a log or a temporary file that has gone meanwhile
        return times
    return times


def files_of(instance: Path, database: Path | None) -> list[Path]:
    """Every file that an erased person could still stand in: the instance's, and the database's with its log."""
    found = {path for path in instance.rglob("*") if path.is_file()}
    if database is not None:
        found |= {path for path in database.parent.glob(f"{database.name}*") if path.is_file()}
    return sorted(found)
