"""What pydantic finds, said in plain Danish at the line it concerns."""

import difflib
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from course.content.faults import FaultList
from course.content.yaml_source import Parsed, Path

_MESSAGES: Mapping[str, str] = {
    "missing": "nøglen »{key}« mangler",
    "string_type": "»{key}« skal være tekst: sæt den i anførselstegn",
    "int_type": "»{key}« skal være et helt tal uden anførselstegn",
    "int_from_float": "»{key}« skal være et helt tal",
    "bool_type": "»{key}« skal være true eller false",
    "date_type": "»{key}« skal være en dato som 2026-03-31",
    "tuple_type": "»{key}« skal være en liste",
    "dict_type": "»{key}« skal være nøgler med værdier",
    "model_type": "»{key}« skal være nøgler med værdier",
    "model_attributes_type": "»{key}« skal være nøgler med værdier",
    "too_short": "»{key}« skal have mindst {min_length} på listen",
    "too_long": "»{key}« må højst have {max_length} på listen",
    "string_too_short": "»{key}« er tom",
    "string_too_long": "»{key}« må højst være {max_length} tegn",
    "greater_than_equal": "»{key}« skal være mindst {ge}",
    "less_than_equal": "»{key}« må højst være {le}",
}
_MOMENTS = ("is_instance_of", "dataclass_type", "dataclass_exact_type", "time_type")


def report(path: str, model: type[BaseModel], parsed: Parsed, error: ValidationError, faults: FaultList) -> None:
    """Add one fault for everything pydantic found in a file."""
    every = error.errors(include_url=False)
    for found in every:
        loc: Path = found["loc"]
        if found["type"] == "too_short" and any(other["loc"][: len(loc)] == loc != other["loc"] for other in every):
            continue  # it is short only because what stands in it is not right
        faults.add(path, parsed.lines.of(*loc), _message(model, loc, found))


def _message(model: type[BaseModel], loc: Path, found: Mapping[str, Any]) -> str:
    key = _key(loc)
    kind = found["type"]
    if kind == "extra_forbidden" and found["input"] is None and " " in key:
        return f"teksten deles af et komma før »{key}«: sæt hele teksten i anførselstegn"
    if kind == "extra_forbidden":
        return f"ukendt nøgle »{key}«{_suggestion(key, _keys_at(model, loc[:-1]))}"
    if kind == "literal_error":
        return _choice(key, found)
    if kind == "string_pattern_mismatch":
        return _pattern(key, found)
    if kind == "value_error":
        return str(found["ctx"]["error"])
    if kind in _MOMENTS:
        return f"»{key}« skal være tekst"
    message = _MESSAGES.get(kind, "»{key}« har ikke den rigtige form")
    return message.format(key=key, **found.get("ctx", {}))


def _key(loc: Path) -> str:
    """Return the name an author knows: the last key, with its number in a list."""
    names = [part for part in loc if isinstance(part, str) and part != "[key]"]
    if not names:
        return "filen"
    last = loc[-1]
    return f"{names[-1]} nr. {last + 1}" if isinstance(last, int) else names[-1]


def _choice(key: str, found: Mapping[str, Any]) -> str:
    written = found.get("input")
    allowed = str(found["ctx"]["expected"]).replace(" or ", ", ").replace("'", "").split(", ")
    if key == "format":
        return f"format {written} kendes ikke her: skriv format: {allowed[-1]}"
    return no_choice(key, str(written), allowed)


def no_choice(key: str, written: str, allowed: list[str]) -> str:
    """Say that a key cannot have a value, and which it can."""
    near = _suggestion(written, allowed)
    return f"»{key}« kan ikke være »{written}«{near or ': vælg mellem ' + ', '.join(allowed)}"


def _pattern(key: str, found: Mapping[str, Any]) -> str:
    written = found.get("input")
    if key == "source":
        return f"kilden »{written}« skal være tre cifre som 000, eventuelt med et bogstav, eller law"
    if key == "file":
        return f"»{written}« er ikke et filnavn i modulets mappe"
    return f"»{key}« kan ikke være »{written}«: brug små bogstaver a-z, tal og bindestreg eller understreg"


def _suggestion(written: str, allowed: list[str]) -> str:
    near = difflib.get_close_matches(written, allowed, n=1, cutoff=0.6)
    return f" – mente du »{near[0]}«?" if near else ""


def _keys_at(model: type[BaseModel], loc: Path) -> list[str]:
    """Return the keys that are allowed where `loc` points."""
    current: Any = model
    for part in loc:
        if isinstance(part, str) and _is_model(current):
            current = current.model_fields[part].annotation if part in current.model_fields else None
            current = _model_in(current)
    return [field.alias or name for name, field in current.model_fields.items()] if _is_model(current) else []


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _model_in(annotation: Any) -> Any:
    """Return the model inside an annotation such as tuple[Model, ...] or Model | None."""
    if _is_model(annotation):
        return annotation
    return next((found for found in map(_model_in, get_args(annotation)) if found is not None), None)
