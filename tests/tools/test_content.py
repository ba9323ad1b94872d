"""The thirteen tools as they are written, and what the check says when they are not."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from course.content.checks.tools import GP_LEVEL, LEVEL, texts_of
from course.content.faults import Fault
from course.content.language import exempt_words, measure
from course.content.loader import load_source
from course.content.source import DirectorySource, MappingSource
from course.content.tools import NOTE, Reader, Shape
from tests.factories import ROOT, catalogue
from tests.tools.filling import NUMBERS, tool

SAMPLE = Path(__file__).parent.parent / "content" / "samplecourse"


def test_there_are_thirteen() -> None:
    assert list(catalogue().tools) == list(NUMBERS)


def test_matched_versions_share_one_definition() -> None:
    families: dict[str, set[int]] = defaultdict(set)
    for one in catalogue().tools.values():
        families[one.family].add(one.nr)
    assert {frozenset(found) for found in families.values()} >= {
        frozenset({1, 4, 12}),
        frozenset({2, 5, 13}),
        frozenset({3, 6}),
    }
    assert list(tool(3).form.fields) == list(tool(6).form.fields)


@pytest.mark.parametrize(("nr", "steps"), [(1, 5), (4, 6), (12, 6)])
def test_the_dialogue_has_its_steps(nr: int, steps: int) -> None:
    assert len(tool(nr).form.steps) == steps


@pytest.mark.parametrize(("nr", "questions"), [(7, 11), (10, 7)])
def test_a_table_has_all_its_questions(nr: int, questions: int) -> None:
    (table,) = tool(nr).tables.values()
    assert len(table.questions) == questions
    assert all({q.id, q.id + NOTE} <= set(tool(nr).form.fields) for q in table.questions)


def test_every_barrier_has_two_phrases_and_something_to_do() -> None:
    (table,) = tool(10).tables.values()
    assert all(len(q.say) == 2 and q.act and q.suggests and q.name for q in table.questions)


def test_an_agreement_is_signed_by_two_and_begins_its_log_on_a_page_of_its_own() -> None:
    for nr in (3, 6):
        assert len(tool(nr).signatures) == 2
        assert tool(nr).new_pages == {"follow"}


def test_each_is_for_its_readers() -> None:
    first = {one.nr: one.readers[0] for one in catalogue().tools.values()}
    assert {nr for nr, reader in first.items() if reader is Reader.WORKER} == {1, 2, 3}
    assert {nr for nr, reader in first.items() if reader is Reader.GP} == {10, 11, 12, 13}
    assert all(Reader.AMO in tool(nr).readers for nr in (7, 8, 9))


@pytest.mark.parametrize("nr", NUMBERS)
def test_each_can_be_read(nr: int) -> None:
    exempt = exempt_words((ROOT / "assessments/long_words.txt").read_text("utf-8"))
    assert measure(texts_of(tool(nr)), exempt).lix <= (GP_LEVEL if tool(nr).is_for_gp else LEVEL)


def test_nothing_must_be_filled_in_and_every_text_has_a_limit() -> None:
    for one in catalogue().tools.values():
        for field in one.form.fields.values():
            assert not field.required
            if field.type in ("text", "line"):
                assert field.max is not None
                assert field.max <= 500


def test_the_places_of_the_policy_are_filled() -> None:
    assert tool(9).shape is Shape.POLICY
    assert set(tool(9).places) == {"workplace", "person"}
    assert all(any(place in text for text in tool(9).starts.values()) for place in tool(9).places.values())


# -- the check ---------------------------------------------------------------------------------------------------------


def faults(name: str, *changes: tuple[str, str]) -> list[Fault]:
    """What is found when a tool's file is changed, in an otherwise sound content."""
    source = DirectorySource(SAMPLE)
    files = {path: source.read(path) for path in source.paths()}
    text = (ROOT / "assessments/tools" / name).read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    found = load_source(MappingSource(files | {f"assessments/tools/{name}": text.encode()})).faults
    return [fault for fault in found if fault.path.startswith("assessments/tools/")]


@pytest.mark.parametrize("file", sorted((ROOT / "assessments/tools").glob("*.yaml")), ids=lambda file: file.stem)
def test_a_tool_alone_is_sound(file: Path) -> None:
    assert faults(file.name) == []


BROKEN = [
    ("dialogue.yaml", "      - {1: \"Hvor tit gør du det?\", 4:", "      - {1: \"Hvor tit gør du det?\", 6:",
     "teksten til redskab 4 mangler"),
    ("dialogue.yaml", "only: [4, 12]\n    new_page", "only: [5, 12]\n    new_page", "her er intet redskab 5"),
    ("dialogue.yaml", "title: {4: Følg op, 12:", "title: {4+12: Følg op, 12:", "et redskab har to tekster her"),
    ("dialogue.yaml", "nr: 4\n", "nr: 1\n", "redskab 1 står allerede i"),
    ("dialogue.yaml", "nr: 4\n", "nr: 14\n", "»nr« må højst være 13"),
    ("dialogue.yaml", "shape: dialogue", "shape: dialog", "mente du »dialogue«?"),
    ("dialogue.yaml", "        type: date\n", "        type: date\n        max: 3\n", "kan ikke have »max«"),
    ("goal.yaml", "id: measure", "id: count", "skal have feltet »measure« af typen line"),
    ("screening.yaml", "{id: maybe,", "{id: perhaps,", "en screening skal have én tabel med svarene"),
    ("screening.yaml", "            - \"Hvem kan sige ja til det?\"\n", "", "skal have name, suggests, act og to say"),
    ("policy.yaml", "place: \"[arbejdspladsen]\"", "place: \"[firmaet]\"", "»[firmaet]« står ikke i nogen »start«"),
    ("evaluation.yaml", "Svar, \"Det lærte vi\"]", "Svar]", "3 eller 4 overskrifter"),
    ("points.yaml", "id: can\n", "id: how_often\n", "feltet »how_often« findes to gange"),
    ("points.yaml", "intro: |\n  Arket", "intro: |\n  # Arket", "overskrift"),
    ("goal.yaml", "id: parts\n", "id: concrete\n", "concrete"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "said"), BROKEN, ids=[f"{b[0]}-{b[3][:30]}" for b in BROKEN])
def test_what_is_wrong_is_said_with_its_line(name: str, old: str, new: str, said: str) -> None:
    found = faults(name, (old, new))
    assert any(said in fault.message for fault in found), found
    assert all(fault.line >= 1 for fault in found)


def test_a_tool_that_is_too_hard_is_named() -> None:
    hard = "Arbejdsmarkedsfastholdelsesforanstaltninger forudsætter tværsektorielle samarbejdsrelationer. " * 60
    found = faults("ideas.yaml", ("intro: |\n", f"intro: |\n  {hard}\n"))
    assert any("redskab 8 har LIX" in fault.message for fault in found), found
