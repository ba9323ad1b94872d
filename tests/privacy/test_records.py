"""The registry is whole: a table, a text or a pointer at a person that nobody thought of fails here."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import JSON, LargeBinary, String, Table, Text

from course import tables
from course.privacy.records import RECORDS, STAFF_WORDS, TAKEN_OUT_BY_ACTOR, Then, Whose, Words, table_of_param
from course.privacy.rules import RETENTION

ALL = {table.name: table for table in tables.metadata().sorted_tables}
POINTS_AT = {Whose.PERSON: "person", Whose.MEMBER: "membership", Whose.WORK: "work", Whose.PRACTICE: "practice"}
EVERY = pytest.mark.parametrize("name", sorted(ALL))


def holds_text(column: Any) -> bool:
    """Whether anything can be written in a column."""
    return isinstance(column.type, String | Text | JSON | LargeBinary)


def pointers(table: Table, at: str) -> set[str]:
    """The columns of a table that point at another table's id."""
    return {key.parent.name for key in table.foreign_keys if key.column.table.name == at}


def test_every_table_is_registered_and_nothing_else() -> None:
    assert set(RECORDS) == set(ALL)


@EVERY
def test_every_text_is_classified(name: str) -> None:
    assert {column.name for column in ALL[name].columns if holds_text(column)} == set(RECORDS[name].words)


@EVERY
def test_every_pointer_at_a_person_says_what_becomes_of_it(name: str) -> None:
    record = RECORDS[name]
    told = set(record.owners) | set(record.actors)
    assert pointers(ALL[name], "person") <= told
    assert told <= set(ALL[name].columns.keys())
    assert not set(record.owners) & set(record.actors)


@EVERY
def test_every_row_of_a_member_or_of_a_work_is_somebodys(name: str) -> None:
    """Rows that hang on a membership or a work go with it, and must be found when it is taken out."""
    owned = pointers(ALL[name], "membership") | pointers(ALL[name], "work") | pointers(ALL[name], "revision")
    without = {("membership", "tutor_id"), ("work", "replaces_id")}
    owned = {column for column in owned if (name, column) not in without and column != "revision_no"}
    assert owned <= set(RECORDS[name].owners)


@EVERY
def test_owners_point_where_they_say(name: str) -> None:
    for column, whose in RECORDS[name].owners.items():
        if whose is Whose.ADDRESS:
            assert RECORDS[name].words[column] is Words.NAME
        elif (name, column) != ("person", "id"):
            targets = {key.column.table.name for key in ALL[name].c[column].foreign_keys}
            assert POINTS_AT[whose] in targets or "revision" in targets


@EVERY
def test_what_is_forgotten_can_be_null_and_what_stays_has_a_reason(name: str) -> None:
    table, record = ALL[name], RECORDS[name]
    for column, then in record.actors.items():
        if then is Then.FORGET:
            assert table.c[column].nullable, column
        else:
            checks = " ".join(str(getattr(c, "sqltext", "")) for c in table.constraints)
            assert not table.c[column].nullable or column in checks, f"{column} could be forgotten"


@EVERY
def test_how_long_is_said_in_the_retention_table(name: str) -> None:
    assert RECORDS[name].kept in RETENTION
    assert RECORDS[name].title


def test_texts_of_people_are_never_kept_for_good() -> None:
    for name, record in RECORDS.items():
        kinds = set(record.words.values())
        if kinds & {Words.NAME, Words.OWN, Words.STAFF}:
            assert record.kept not in {"always", "sealed"}, name


def test_staff_words_are_every_word_of_staff_with_its_writer() -> None:
    of_staff = {(t, c) for t, r in RECORDS.items() for c, kind in r.words.items() if kind is Words.STAFF}
    told = {(table, column) for table, column, _ in STAFF_WORDS}
    assert of_staff <= told
    for table, column, by in STAFF_WORDS:
        assert column in ALL[table].c
        assert by in RECORDS[table].actors


def test_what_one_did_to_others_can_be_taken_out() -> None:
    for table, column in TAKEN_OUT_BY_ACTOR.items():
        assert column in RECORDS[table].actors


@pytest.mark.parametrize(
    ("name", "table"),
    [("submission_id", "submission"), ("flag", "risk_flag"), ("membership", "membership"), ("sessions", None)],
)
def test_the_parameters_of_mails_name_tables(name: str, table: str | None) -> None:
    assert table_of_param(name) == table
