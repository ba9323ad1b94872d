"""Talks for the tests: the sample as it is written or with one thing changed, and small ones made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

from course.content.faults import FaultList
from course.content.yaml_source import Parsed, parse
from course.exercises.kinds.consultation.problems import plain
from course.exercises.kinds.consultation.schema import ConsultationPart
from course.exercises.kinds.consultation.talk import Talk, build

SAMPLE = Path(__file__).parent.parent / "samples" / "consultation.yaml"
EXPERT = ("femte-dag", "spoerg-leder", "paa-papir", "saetningen", "om-to-uger")


def text() -> str:
    """The sample as a file of its own."""
    written = SAMPLE.read_text(encoding="utf-8")
    return dedent(written.partition("exercise:\n")[2].partition("best:\n")[0])


def parsed() -> Parsed:
    """The sample's value and lines."""
    faults = FaultList()
    found = parse("talk.yaml", text(), faults)
    assert found is not None
    assert not len(faults)
    return found


def loose(value: Any) -> Any:
    """A value with lists for tuples, so that a test can change it."""
    if isinstance(value, dict):
        return {key: loose(each) for key, each in value.items()}
    return [loose(each) for each in value] if isinstance(value, list | tuple) else value


def tight(value: Any) -> Any:
    """A value as the reader of YAML gives it."""
    if isinstance(value, dict):
        return {key: tight(each) for key, each in value.items()}
    return tuple(tight(each) for each in value) if isinstance(value, list | tuple) else value


def model_of(value: dict[str, Any]) -> ConsultationPart:
    return ConsultationPart.model_validate(tight(value))


def changed(change: Callable[[dict[str, Any]], object]) -> ConsultationPart:
    """The sample after a change."""
    value = loose(parsed().value)
    change(value)
    return model_of(value)


def sample() -> Talk:
    """The sample talk, its texts as written."""
    return build(changed(lambda value: None), plain)


def scene(value: dict[str, Any], name: str) -> dict[str, Any]:
    """A scene of a loose value."""
    return next(each for each in value["scenes"] if each["id"] == name)


def choice(value: dict[str, Any], name: str) -> dict[str, Any]:
    """A choice of a loose value."""
    return next(each for scene in value["scenes"] for each in scene.get("choices", ()) if each["id"] == name)


def said(name: str, to: Any, **more: Any) -> dict[str, Any]:
    """A choice with a feedback."""
    return {"id": name, "text": f"»{name}«", "feedback": "Fordi.", "to": to, **more}


def small(*scenes: dict[str, Any], minutes: int = 0, time_up: str | None = None) -> Talk:
    """A talk of a few scenes with the counter ``trust``; the first is the start."""
    value = {
        "format": 1,
        "id": "lille",
        "kind": "consultation",
        "title": "Lille",
        "setting": "consultation",
        "with": "Bo",
        "minutes": minutes,
        "time_up": time_up,
        "counters": [{"id": "trust", "title": "Tillid", "start": 5}],
        "start": scenes[0]["id"],
        "scenes": [{"title": "Scene", "says": "Bo tier.", **each} for each in scenes],
        "expert": {"path": [scenes[0]["choices"][0]["id"]], "thinking": "Sådan."},
    }
    return build(model_of(value), plain)
