"""The samples of the kinds, the content they stand in, and what can be posted from a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import yaml
from flask import Flask, render_template
from hypothesis import strategies as st

from course.content import kinds
from course.content.catalogue import Course, Exercise
from course.content.faults import Fault
from course.content.loader import Loaded, load_source
from course.content.pinning import compress, pack_files
from course.content.source import DirectorySource, MappingSource
from course.preview.app import create_app
from tests.html import must_be_valid, parsed

SAMPLES = Path(__file__).parent / "samples"
ROOT = Path(__file__).parents[2]
COURSE = ROOT / "tests" / "content" / "samplecourse"
Posts = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Sample:
    """An exercise as a file, and the posts, step by step, that earn everything."""

    exercise: dict[str, Any]
    best: tuple[Posts, ...]

    def whys(self) -> list[str]:
        """Every reason in the file."""
        return list(_whys(self.exercise))


def _whys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(why := value.get("why"), str):
            yield why
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _whys(part)


@cache
def sample(kind: str) -> Sample:
    """The sample of a kind."""
    read = yaml.load((SAMPLES / f"{kind}.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)
    made = yaml.safe_load((SAMPLES / f"{kind}.yaml").read_text("utf-8"))
    return Sample(made["exercise"] | {"format": 1}, tuple(read["best"]))


ACTIVITY: dict[str, Any] = {
    "id": "demo-01.practice",
    "kind": "exercise",
    "title": "Øv dig",
    "minutes": 10,
    "page": "hej",
    "skill": "talk",
    "level": 2,
}
SKILL = {"id": "talk", "title": "Tal om arbejdet", "summary": "Du kan tale om arbejdet."}


@cache
def _base() -> Mapping[str, bytes]:
    course, tools = DirectorySource(COURSE), DirectorySource(ROOT)
    files = {path: course.read(path) for path in course.paths()}
    return files | {path: tools.read(path) for path in tools.paths() if path.startswith("assessments/tools/")}


def files_with(*exercises: Mapping[str, Any] | str, **activity: Any) -> dict[str, bytes]:
    """The files of the sample course with exercises (data, or the text of a file) and an activity that gives them."""
    files = dict(_base())
    texts = [one if isinstance(one, str) else dumped(one) for one in exercises]
    ids = [yaml.safe_load(text)["id"] for text in texts]
    files |= {f"assessments/demo/exercises/{id}.yaml": text.encode() for id, text in zip(ids, texts, strict=True)}
    module, page, course = (f"modules/demo/{name}" for name in ("demo-01/module.yaml", "demo-01/hej.md", "course.yaml"))
    placed: dict[str, Any] = {
        key: value for key, value in (ACTIVITY | {"exercises": ids} | activity).items() if value is not None
    }
    minutes = 20 + (0 if placed.get("skips") else placed["minutes"])
    text = files[module].decode().replace("minutes: 20\n", f"minutes: {minutes}\n", 1)
    files[module] = text.replace("activities:\n", f"activities:\n  - {_flow(placed)}\n", 1).encode()
    files[page] += f"\n\n/// activity | {placed['id']}\n///\n".encode()
    files[course] += f"skills: [{_flow(SKILL)}]\n".encode()
    return files


def _flow(value: Mapping[str, Any]) -> str:
    return dumped(value, flow=True).strip()


class _Plain(yaml.SafeDumper):
    """YAML without shortcuts: content files have none."""

    def ignore_aliases(self, data: Any) -> bool:
        """Whether something is written out each time."""
        return True


def dumped(value: Mapping[str, Any], *, flow: bool = False) -> str:
    """Data as an author writes it."""
    return yaml.dump(dict(value), Dumper=_Plain, allow_unicode=True, default_flow_style=flow, width=10_000)


def load_with(*exercises: Mapping[str, Any] | str, **activity: Any) -> Loaded:
    """The sample course with exercises, read and checked."""
    return load_source(MappingSource(files_with(*exercises, **activity)))


def course_with(*exercises: Mapping[str, Any] | str, **activity: Any) -> Course:
    """The sample course with exercises; it has no fault."""
    loaded = load_with(*exercises, **activity)
    assert loaded.catalogue is not None, loaded.faults
    assert list(loaded.faults) == []
    return loaded.catalogue.courses["demo"]


def faults_with(*exercises: Mapping[str, Any] | str, **activity: Any) -> list[Fault]:
    """What is wrong with the sample course with exercises."""
    return list(load_with(*exercises, **activity).faults)


def packed_with(*exercises: Mapping[str, Any] | str, **activity: Any) -> bytes:
    """The sample course with exercises, packed for a run."""
    return compress(pack_files(files_with(*exercises, **activity)))


@cache
def built(kind: str) -> Exercise:
    """The sample of a kind, as it is played."""
    return course_with(sample(kind).exercise).activities[ACTIVITY["id"]].exercises[0]


# -- pages -----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Page:
    """The part of a page that a kind draws."""

    html: str
    tree: Element = field(init=False)

    def __post_init__(self) -> None:
        page = f"<!doctype html><html lang=da><head><title>x</title></head><body><form>{self.html}</form></body></html>"
        must_be_valid(page)
        self.tree = parsed(page)

    @property
    def text(self) -> str:
        return " ".join("".join(self.tree.itertext()).split())

    @property
    def ids(self) -> list[str]:
        return [element.attrib["id"] for element in self.tree.iter() if "id" in element.attrib]

    def all(self, *tags: str) -> list[Element]:
        """Every element of these tags, in the order of the page."""
        return [element for element in self.tree.iter() if element.tag in tags]

    def choices(self) -> dict[str, tuple[str, list[str]]]:
        """What can be posted: for each name its type and the values to choose from."""
        found: dict[str, tuple[str, list[str]]] = {}
        for element in self.all("input", "select", "button", "textarea"):
            name, kind = element.get("name"), element.get("type", element.tag)
            if name is None or kind == "hidden":
                continue
            values = found.setdefault(name, (element.tag if element.tag != "input" else kind, []))[1]
            if element.tag == "select":
                values += [option.get("value", "") for option in element.iter("option") if option.get("value")]
            else:
                values.append(element.get("value", ""))
        return found


def without_database() -> Flask:
    """An application that can draw the templates of the kinds, and nothing else."""
    return create_app(COURSE)


def drawn(app: Flask, exercise: Exercise, template: str, view: Mapping[str, Any], **values: Any) -> Page:
    """A template of a kind as its frame includes it."""
    score = values.pop("score", kinds.Score(0, 1))
    with app.test_request_context():
        html = render_template(
            f"exercises/{exercise.kind}/{template}.html",
            view=view,
            exercise=exercise,
            kept=values.pop("kept", {}),
            errors=values.pop("errors", []),
            attempt={"points": score.points, "points_of": score.of},
            **values,
        )
    return Page(html)


def posts_of(page: Page) -> st.SearchStrategy[Posts]:
    """What somebody might post from a page: a choice for each question, one of the buttons; or leave some out."""
    fields: dict[str, st.SearchStrategy[list[str]]] = {}
    buttons: list[tuple[str, str]] = []
    for name, (kind, values) in page.choices().items():
        if kind in ("submit", "button"):
            buttons += [(name, value) for value in values]
        elif kind == "checkbox":
            fields[name] = st.lists(st.sampled_from(values), unique=True)
        elif kind in ("radio", "select"):
            fields[name] = st.sampled_from(values).map(lambda value: [value])
        else:
            fields[name] = st.integers(-20, 60).map(lambda number: [str(number)])
    pressed = st.sampled_from(buttons).map(lambda b: {b[0]: [b[1]]}) if buttons else st.just({})
    return st.builds(lambda chosen, button: chosen | button, st.fixed_dictionaries(fields), pressed)
