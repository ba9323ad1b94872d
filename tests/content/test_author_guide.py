"""The author's guide says what every key, every box and every choice means."""

import re
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from course.content import kinds, schema
from course.content.blocks import BOXES, RULE_OPTIONS
from course.content.planner_schema import MeetingFile
from course.content.root import REPOSITORY
from course.content.tool_schema import ToolFile

GUIDE = (REPOSITORY / "docs" / "forfatter.md").read_text(encoding="utf-8")
FILES = {
    schema.CourseFile: "### course.yaml",
    schema.ModuleFile: "### module.yaml",
    schema.SheetFile: "### En køreplan",
    schema.CardsFile: "### Kort (",
    schema.FormFile: "### En formular",
    schema.ExercisePart: "### En øvelse",
    schema.ObjectivesFile: "### Læringsmål",
    schema.RubricFile: "### Et vurderingsskema",
    ToolFile: "### Et redskab",
    MeetingFile: "### Mødeplanlæggeren",
    schema.CommentsFile: "### Kommentarer",
    schema.CaseFile: "### En undervisningscase",
}
HEADINGS = {"quiz": "### En quiz"}
"""Where the guide tells of a kind of exercise, if not under `### Øvelse: <kind>`."""
FILES |= {kinds.kind(name).model: HEADINGS.get(name, f"### Øvelse: {name}") for name in kinds.NAMES + kinds.WRITTEN}


def part_of_guide(heading: str) -> str:
    _, found, rest = GUIDE.partition(heading)
    assert found, f"{heading} is not in the guide"
    return re.split(r"^##", rest, maxsplit=1, flags=re.M)[0]


def models_in(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        inner = [models_in(field.annotation) for field in annotation.model_fields.values()]
        return {annotation}.union(*inner)
    return set().union(*(models_in(part) for part in get_args(annotation)))


def words_in(annotation: Any) -> set[str]:
    if isinstance(annotation, str):
        return {annotation}
    return set().union(*(words_in(part) for part in get_args(annotation)))


def is_own(file: type[BaseModel], key: str) -> bool:
    """Whether a key is to be explained with its file: what all exercises begin with is told of once."""
    return file is schema.ExercisePart or not issubclass(file, schema.ExercisePart) or key not in HEAD


HEAD = schema.ExercisePart.model_fields
KEYS = sorted(
    {
        (file.__name__, field.alias or name, heading)
        for file, heading in FILES.items()
        for model in models_in(file) - {schema.ReferencePart}
        for name, field in model.model_fields.items()
        if is_own(model, name)
    }
)
CHOICES = sorted(
    (file.__name__, choice, heading)
    for file, heading in FILES.items()
    for model in models_in(file)
    for field in model.model_fields.values()
    for choice in words_in(field.annotation)
)


def test_every_kind_of_file_is_listed() -> None:
    exercises = {kinds.kind(name).model for name in kinds.NAMES + kinds.WRITTEN}
    found = {
        model
        for model in vars(schema).values()
        if isinstance(model, type) and issubclass(model, schema.Part) and "format" in model.model_fields
    }
    assert found | {ToolFile, MeetingFile} | exercises == set(FILES)


@pytest.mark.parametrize(("file", "key", "heading"), KEYS)
def test_every_key_is_explained_where_its_file_is(file: str, key: str, heading: str) -> None:
    assert f"`{key}`" in part_of_guide(heading) or f"`{key}: " in part_of_guide(heading)


@pytest.mark.parametrize(("file", "choice", "heading"), CHOICES)
def test_every_choice_is_explained(file: str, choice: str, heading: str) -> None:
    part = part_of_guide(heading)
    assert f"`{choice}`" in part or f": {choice}`" in part


@pytest.mark.parametrize("key", schema.ReferencePart.model_fields)
def test_references_are_explained(key: str) -> None:
    assert f"`{key}`" in part_of_guide("### module.yaml")


@pytest.mark.parametrize("word", [*BOXES, *RULE_OPTIONS, "activity", "module:", "page:", "figur:"])
def test_what_a_page_may_hold_is_explained(word: str) -> None:
    part = GUIDE.partition("## Sådan skriver du en side")[2].partition("## Sådan skriver du YAML")[0]
    assert word in part


def test_the_guide_has_no_keys_of_its_own() -> None:
    """A key that was taken out of the schema must leave the guide too."""
    known = {key for _, key, _ in KEYS} | set(schema.ReferencePart.model_fields)
    named = {
        key
        for heading in FILES.values()
        for row in re.findall(r"^\| (`[a-z_]+`(?:, `[a-z_]+`)*) \|", part_of_guide(heading), re.M)
        for key in re.findall(r"`([a-z_]+)`", row)
    }
    assert named <= known | {choice for _, choice, _ in CHOICES}
